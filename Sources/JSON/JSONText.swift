/// Byte-level facts that reading and writing share.
enum JSONText {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highBits: UInt64 = 0x8080_8080_8080_8080

  /// A word that is 0 if a string can hold all of its eight bytes as they are; otherwise its lowest bit is in the first
  /// byte that is a quote, a backslash or a control.
  @inline(__always)
  static func hits(in word: UInt64) -> UInt64 {
    let quote = word ^ (ones &* 0x22)
    let backslash = word ^ (ones &* 0x5C)
    // In each term the lowest set bit is exact: borrows make false hits only above a true one.
    let hits = ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | ((word &- (ones &* 0x20)) & ~word)
    return hits & highBits
  }

  /// The bytes of a text of less than eight, the first lowest, with blanks behind them.
  @inline(__always)
  static func shortWord(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    let count = bytes.count
    if count >= 4 {
      // Two halves, which overlap unless there are none too many.
      let low = UInt64(UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)))
      let high = UInt64(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)))
      let word = low | high << UInt64(8 &* (count &- 4))
      return word | (ones &* 0x20) << UInt64(8 &* count)
    }
    var word = ones &* 0x20
    for index in 0..<count {
      word = word & ~(0xFF << UInt64(8 &* index)) | UInt64(bytes[index]) << UInt64(8 &* index)
    }
    return word
  }

  /// What stands in a string for a byte that it cannot hold: up to six bytes, the first lowest.
  static func escape(of byte: UInt8) -> (word: UInt64, count: Int) {
    func short(_ letter: UInt8) -> (word: UInt64, count: Int) { (0x5C | UInt64(letter) << 8, 2) }
    switch byte {
    case 0x22, 0x5C: return short(byte)
    case 0x08: return short(0x62)
    case 0x09: return short(0x74)
    case 0x0A: return short(0x6E)
    case 0x0C: return short(0x66)
    case 0x0D: return short(0x72)
    default:
      func digit(_ value: UInt8) -> UInt64 { UInt64(value < 10 ? 0x30 + value : 0x57 + value) }
      return (0x3030_755C | digit(byte >> 4) << 32 | digit(byte & 0xF) << 40, 6)
    }
  }

  /// How many digits a number has, 1 for 0.
  @inline(__always)
  static func digitCount(_ value: UInt64) -> Int {
    var count = 1
    var rest = value
    while rest >= 10_000 {
      rest /= 10_000
      count &+= 4
    }
    return count &+ (rest >= 1000 ? 3 : rest >= 100 ? 2 : rest >= 10 ? 1 : 0)
  }

  /// Finds the first byte from `start` that a string cannot hold as it is: a quote, a backslash or a control.
  ///
  /// Looks at eight bytes at a time. `isASCII` may be false for a run that is followed by a byte above 0x7F.
  @inline(__always)
  static func cleanRun(
    in bytes: UnsafeRawBufferPointer, from start: Int, to end: Int
  ) -> (end: Int, isASCII: Bool) {
    var index = start
    var seen: UInt64 = 0
    while index &+ 8 <= end {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      seen |= word
      let found = hits(in: word)
      if found != 0 {
        return (index &+ found.trailingZeroBitCount / 8, seen & highBits == 0)
      }
      index &+= 8
    }
    while index < end {
      let byte = bytes[index]
      if byte < 0x20 || byte == 0x22 || byte == 0x5C { break }
      seen |= UInt64(byte)
      index &+= 1
    }
    return (index, seen & highBits == 0)
  }

  /// Finds the first byte of `range` that does not begin a well-formed UTF-8 sequence inside the range.
  static func firstInvalidUTF8(in bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Int? {
    func isContinuation(_ index: Int, _ allowed: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
      index < end && allowed.contains(bytes[index])
    }
    var index = start
    while index < end {
      let lead = bytes[index]
      switch lead {
      case 0x00...0x7F:
        index += 1
      case 0xC2...0xDF:
        guard isContinuation(index + 1) else { return index }
        index += 2
      case 0xE0...0xEF:
        // Overlong forms and surrogates show in the second byte.
        let second: ClosedRange<UInt8> = lead == 0xE0 ? 0xA0...0xBF : lead == 0xED ? 0x80...0x9F : 0x80...0xBF
        guard isContinuation(index + 1, second), isContinuation(index + 2) else { return index }
        index += 3
      case 0xF0...0xF4:
        let second: ClosedRange<UInt8> = lead == 0xF0 ? 0x90...0xBF : lead == 0xF4 ? 0x80...0x8F : 0x80...0xBF
        guard isContinuation(index + 1, second), isContinuation(index + 2), isContinuation(index + 3) else {
          return index
        }
        index += 4
      default:
        return index
      }
    }
    return nil
  }

  /// The value of a hexadecimal digit.
  static func hexValue(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x30...0x39: UInt32(byte) - 0x30
    case 0x41...0x46: UInt32(byte) - 0x41 + 10
    case 0x61...0x66: UInt32(byte) - 0x61 + 10
    default: nil
    }
  }

  @inline(__always)
  static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
}
