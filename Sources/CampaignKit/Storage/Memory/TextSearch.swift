/// Looks for a text in what is known of people, whatever the case.
struct TextSearch {
  /// A piece of the needle that has to be in what is stored, for what is looked for to be there.
  struct Word {
    fileprivate let bytes: [UInt8]
  }

  private let needle: [Character]
  /// The needle's bytes, if all are ASCII.
  private let bytes: [UInt8]?
  /// What must be in the stored bytes; empty where they cannot be searched as they are. Names are stored apart, and
  /// numbers without a plus sign, so both cut the needle.
  let words: [Word]

  /// Creates a search; nil for an empty text, which is in everything.
  init?(_ text: String?) {
    guard let text, !text.isEmpty else { return nil }
    let lower = text.lowercased()
    needle = Array(lower)
    bytes = Self.isPlain(lower.utf8) ? Array(lower.utf8) : nil
    words = (bytes ?? []).split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "+") }.map { Word(bytes: Array($0)) }
  }

  /// Whether a text contains what is looked for.
  func matches(_ text: String?) -> Bool {
    guard let text else { return false }
    if let bytes, Self.isPlain(text.utf8) {
      let all = text.utf8
      return all.withContiguousStorageIfAvailable { Word(bytes: bytes).isIn(UnsafeRawBufferPointer($0)) }
        ?? Self.finds(bytes, in: Array(text.lowercased().utf8))
    }
    return Self.finds(needle, in: Array(text.lowercased()))
  }

  /// Whether each byte is a character of its own. A carriage return makes one of itself and what follows it.
  private static func isPlain(_ text: String.UTF8View) -> Bool {
    text.allSatisfy { $0 < 0x80 && $0 != UInt8(ascii: "\r") }
  }

  /// Whether `needle` is in `all`. `String.contains` is not used: where Foundation is loaded it is Foundation's,
  /// and that one traps for some texts with zeros or combining marks.
  fileprivate static func finds<Element: Equatable>(_ needle: [Element], in all: [Element]) -> Bool {
    guard needle.count <= all.count else { return false }
    return (0...all.count - needle.count).contains { start in
      all[start..<start + needle.count].elementsEqual(needle)
    }
  }

  /// Whether what is known of a person contains it.
  func matches(_ person: Person, number: PhoneNumber?) -> Bool {
    matches(person.fullName) || matches(person.email) || matches(number?.description)
  }
}

extension TextSearch.Word {
  /// Whether stored bytes could contain it; quick, and wrong only by saying yes.
  func mayBeIn(_ stored: UnsafeRawBufferPointer) -> Bool {
    isIn(stored) || stored.contains { $0 >= 0x80 }
  }

  /// Whether a number contains it.
  func isIn(number: UInt64) -> Bool {
    guard bytes.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) else { return false }
    return TextSearch.finds(bytes, in: Array(String(number).utf8))
  }

  /// Whether bytes contain it, whatever their case.
  fileprivate func isIn(_ stored: UnsafeRawBufferPointer) -> Bool {
    guard let first = bytes.first, stored.count >= bytes.count else { return bytes.isEmpty }
    for start in 0...stored.count - bytes.count where Self.lower(stored[start]) == first {
      var length = 1
      while length < bytes.count, Self.lower(stored[start + length]) == bytes[length] { length += 1 }
      if length == bytes.count { return true }
    }
    return false
  }

  @inline(__always)
  private static func lower(_ byte: UInt8) -> UInt8 { byte >= 65 && byte <= 90 ? byte | 32 : byte }
}
