/// Looks for a text in what is known of people, whatever the case.
struct TextSearch {
  private let needle: [Character]
  /// The needle's bytes in lower case, if the stored bytes can be searched as they are.
  private let bytes: [UInt8]?

  /// Creates a search; nil for an empty text, which is in everything.
  init?(_ text: String?) {
    guard let text, !text.isEmpty else { return nil }
    let lower = text.lowercased()
    needle = Array(lower)
    let isPlain = text.utf8.allSatisfy { $0 < 0x80 && $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "+") }
    bytes = isPlain ? Array(lower.utf8) : nil
  }

  /// Whether a text contains what is looked for.
  func matches(_ text: String?) -> Bool {
    guard let text else { return false }
    return Self.finds(needle, in: Array(text.lowercased()))
  }

  /// Whether `needle` is in `all`. `String.contains` is not used: where Foundation is loaded it is Foundation's,
  /// and that one traps for some texts with zeros or combining marks.
  private static func finds<Element: Equatable>(_ needle: [Element], in all: [Element]) -> Bool {
    guard needle.count <= all.count else { return false }
    return (0...all.count - needle.count).contains { start in
      all[start..<start + needle.count].elementsEqual(needle)
    }
  }

  /// Whether what is known of a person contains it.
  func matches(_ person: Person, number: PhoneNumber?) -> Bool {
    matches(person.fullName) || matches(person.email) || matches(number?.description)
  }

  /// Whether stored bytes could contain it; quick, and wrong only by saying yes.
  func mayMatch(_ stored: UnsafeRawBufferPointer) -> Bool {
    guard let bytes, let first = bytes.first else { return true }
    var index = 0
    let last = stored.count - bytes.count
    var isPlain = true
    while index < stored.count {
      let byte = stored[index]
      if byte >= 0x80 { isPlain = false }
      if index <= last, Self.lower(byte) == first {
        var length = 1
        while length < bytes.count, Self.lower(stored[index + length]) == bytes[length] { length += 1 }
        if length == bytes.count { return true }
      }
      index += 1
    }
    return !isPlain
  }

  /// Whether a number could contain it.
  func mayMatch(number: UInt64) -> Bool {
    bytes.map { Self.finds($0, in: Array(String(number).utf8)) } ?? true
  }

  @inline(__always)
  private static func lower(_ byte: UInt8) -> UInt8 { byte >= 65 && byte <= 90 ? byte | 32 : byte }
}
