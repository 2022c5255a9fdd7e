extension JSONObject {
  /// As many bytes as its text takes at most. It is found without writing the text, and is rough: each byte of a
  /// string counts as one that has to be escaped.
  package var greatestTextLength: Int {
    reduce(into: 2) { $0 += Self.length(of: $1.key) + $1.value.greatestTextLength }
  }

  fileprivate static func length(of text: String) -> Int { 6 * text.utf8.count + 4 }
}

extension JSONValue {
  fileprivate var greatestTextLength: Int {
    switch self {
    case .null, .bool: 6
    case .number(let number): number.greatestTextLength
    case .string(let text): JSONObject.length(of: text)
    case .array(let elements): elements.reduce(into: 3) { $0 += $1.greatestTextLength }
    case .object(let members): members.greatestTextLength + 1
    }
  }
}

extension JSONNumber {
  fileprivate var greatestTextLength: Int {
    if case .text(let text) = storage { text.utf8.count + 1 } else { 32 }
  }
}
