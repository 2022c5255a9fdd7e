/// Checks UTF-8 that arrives in pieces.
public struct UTF8Validator: Sendable {
  /// Bytes that the current character still needs, and what the next of them may be.
  private var needed = 0
  private var lower: UInt8 = 0x80
  private var upper: UInt8 = 0xBF

  /// Creates a validator at the start of a text.
  public init() {}

  /// Whether what has been seen ends with a whole character.
  public var isComplete: Bool { needed == 0 }

  /// Goes on checking.
  ///
  /// - Parameter bytes: The next bytes.
  /// - Returns: False as soon as no further byte could make the text valid.
  public mutating func accept(_ bytes: some Sequence<UInt8>) -> Bool {
    for byte in bytes {
      if needed == 0 {
        if byte < 0x80 { continue }
        guard begin(byte) else { return false }
      } else {
        guard byte >= lower, byte <= upper else { return false }
        needed -= 1
        lower = 0x80
        upper = 0xBF
      }
    }
    return true
  }

  /// Takes the first byte of a character; some leave the second less room, so that no character has two forms.
  private mutating func begin(_ byte: UInt8) -> Bool {
    switch byte {
    case 0xC2...0xDF: needed = 1
    case 0xE0...0xEF:
      needed = 2
      if byte == 0xE0 { lower = 0xA0 }
      if byte == 0xED { upper = 0x9F }
    case 0xF0...0xF4:
      needed = 3
      if byte == 0xF0 { lower = 0x90 }
      if byte == 0xF4 { upper = 0x8F }
    default: return false
    }
    return true
  }
}
