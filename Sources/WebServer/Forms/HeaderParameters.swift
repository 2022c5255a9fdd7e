/// A field's value that has parameters, such as `form-data; name="a"; filename="b.csv"`.
struct HeaderParameters {
  /// What stands before the first semicolon, in lower case.
  let value: String
  private let parameters: [(name: String, value: [UInt8])]

  /// Reads a value; nothing when it is malformed or has a parameter twice.
  init?(_ bytes: some Collection<UInt8>) {
    var rest = Array(bytes)[...]
    let head = rest.prefix { $0 != 0x3B }
    rest = rest.dropFirst(head.count)
    value = String(decoding: Self.trimmed(head), as: UTF8.self).lowercased()
    var parameters: [(name: String, value: [UInt8])] = []
    while rest.popFirst() != nil {
      rest = rest.drop(while: Characters.isBlank)
      // A semicolon at the end is common.
      if rest.isEmpty || rest.first == 0x3B { continue }
      let name = rest.prefix(while: Characters.isToken)
      rest = rest.dropFirst(name.count)
      guard !name.isEmpty, rest.popFirst() == 0x3D, let text = Self.text(&rest) else { return nil }
      rest = rest.drop(while: Characters.isBlank)
      guard rest.isEmpty || rest.first == 0x3B else { return nil }
      let lowercased = String(decoding: name, as: UTF8.self).lowercased()
      guard !parameters.contains(where: { $0.name == lowercased }) else { return nil }
      parameters.append((lowercased, text))
    }
    self.parameters = parameters
  }

  subscript(name: String) -> [UInt8]? { parameters.first { $0.name == name }?.value }

  /// The value of a parameter as text; nothing when it is not UTF-8.
  func text(_ name: String) -> String? { self[name].flatMap { String(validating: $0, as: UTF8.self) } }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var bytes = bytes.drop(while: Characters.isBlank)
    while let last = bytes.last, Characters.isBlank(last) { bytes.removeLast() }
    return bytes
  }

  /// A token, or a text in quotes. A backslash before anything but a quote or a backslash stands for itself: old
  /// browsers send paths such as `C:\a.csv`.
  private static func text(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
    guard rest.first == 0x22 else {
      let token = rest.prefix { $0 != 0x3B && !Characters.isBlank($0) && $0 != 0x22 }
      rest = rest.dropFirst(token.count)
      return token.isEmpty ? nil : Array(token)
    }
    rest = rest.dropFirst()
    var text: [UInt8] = []
    while let byte = rest.popFirst() {
      if byte == 0x22 { return text }
      if byte == 0x5C, rest.first == 0x22 || rest.first == 0x5C, let escaped = rest.popFirst() {
        text.append(escaped)
      } else {
        text.append(byte)
      }
    }
    return nil
  }
}
