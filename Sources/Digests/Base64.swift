/// Bytes as text of 64 characters: RFC 4648, sections 4 and 5.
///
/// Reading is strict: one text for each row of bytes. White space, characters of the other alphabet, padding where
/// there must be none, missing padding and bits that belong to no byte are refused.
package struct Base64: Sendable {
  /// `+` and `/`, padded with `=` to groups of four.
  package static let standard = Base64(last: "+/", isPadded: true)
  /// `-` and `_`, which may stand in addresses and names of files, without padding.
  package static let url = Base64(last: "-_", isPadded: false)

  private let alphabet: [UInt8]
  /// The value of each byte in the alphabet, 255 for those that are not in it.
  private let values: [UInt8]
  private let isPadded: Bool

  private init(last: String, isPadded: Bool) {
    alphabet = Array(("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + last).utf8)
    var values = [UInt8](repeating: 255, count: 256)
    for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
    self.values = values
    self.isPadded = isPadded
  }

  /// The text of some bytes.
  package func encode(_ bytes: some Sequence<UInt8>) -> String {
    bytes.withContiguousStorageIfAvailable(encode) ?? Array(bytes).withUnsafeBufferPointer(encode)
  }

  private func encode(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { text in
      var count = 0
      var bits: UInt32 = 0
      var held = 0
      func write(_ byte: UInt8) {
        text[count] = byte
        count += 1
      }
      for byte in bytes {
        bits = bits << 8 | UInt32(byte)
        held += 8
        while held >= 6 {
          held -= 6
          write(alphabet[Int(bits >> UInt32(held) & 63)])
        }
      }
      if held > 0 { write(alphabet[Int(bits << UInt32(6 - held) & 63)]) }
      while isPadded, count % 4 != 0 { write(UInt8(ascii: "=")) }
      return count
    }
  }

  /// The bytes of a text; nil for a text that ``encode(_:)`` would not have made.
  package func decode(_ text: some StringProtocol) -> [UInt8]? {
    var characters = Array(text.utf8)
    if isPadded {
      guard characters.count % 4 == 0 else { return nil }
      for _ in 0..<2 where characters.last == UInt8(ascii: "=") { characters.removeLast() }
    }
    // One character alone holds no byte.
    guard characters.count % 4 != 1 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(characters.count * 3 / 4)
    var bits: UInt32 = 0
    var held = 0
    for character in characters {
      let value = values[Int(character)]
      guard value < 64 else { return nil }
      bits = bits << 6 | UInt32(value)
      held += 6
      if held >= 8 {
        held -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
      }
    }
    guard bits & (1 << UInt32(held) - 1) == 0 else { return nil }
    return bytes
  }
}
