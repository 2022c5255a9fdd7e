/// Bytes as pairs of hexadecimal digits: RFC 4648, section 8.
package enum Hexadecimal {
  /// The text of some bytes, in lower case.
  package static func encode(_ bytes: [UInt8]) -> String {
    String(unsafeUninitializedCapacity: 2 * bytes.count) { room in
      for (index, byte) in bytes.enumerated() {
        room[2 * index] = digit(byte >> 4)
        room[2 * index + 1] = digit(byte & 15)
      }
      return 2 * bytes.count
    }
  }

  /// The lower-case digit of a value below 16.
  @inlinable
  package static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }

  /// The bytes of a text of either case; nil for anything but pairs of digits.
  package static func decode(_ text: some StringProtocol) -> [UInt8]? {
    var bytes: [UInt8] = []
    var upper: UInt8?
    for character in text.utf8 {
      guard let value = value(character) else { return nil }
      if let half = upper {
        bytes.append(half << 4 | value)
        upper = nil
      } else {
        upper = value
      }
    }
    return upper == nil ? bytes : nil
  }

  /// The value of a digit of either case; nil for any other byte.
  @inlinable
  package static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x41...0x46: digit - 0x37
    case 0x61...0x66: digit - 0x57
    default: nil
    }
  }
}
