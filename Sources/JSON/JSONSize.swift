extension JSONObject {
  /// Whether it is nested deeper than so many levels, of which it is one itself.
  package func isDeeper(than limit: Int) -> Bool {
    if limit < 1 { return true }
    return !isFlat && contains { $0.value.isDeeper(than: limit - 1) }
  }

  static func greatestLength(of text: String) -> Int { 6 * text.utf8.count + 4 }
}

extension JSONValue {
  var greatestTextLength: Int {
    switch self {
    case .null, .bool: 6
    case .number(let number): number.greatestTextLength
    case .string(let text): JSONObject.greatestLength(of: text)
    case .array(let elements): elements.reduce(into: 3) { $0 += $1.greatestTextLength }
    case .object(let members): members.greatestTextLength + 1
    }
  }

  fileprivate func isDeeper(than limit: Int) -> Bool {
    switch self {
    case .array(let elements): limit < 1 || elements.contains { $0.isDeeper(than: limit - 1) }
    case .object(let members): members.isDeeper(than: limit)
    default: false
    }
  }
}

extension JSONNumber {
  fileprivate var greatestTextLength: Int {
    if case .text(let text) = storage { text.utf8.count + 1 } else { 32 }
  }
}
