// Bytes to text and back.

extension String {
  /// Reads UTF-8 where the bytes are that, and Windows-1252 where they are not.
  init(csv bytes: UnsafeRawBufferPointer, as encoding: CSVEncoding?) {
    let units = bytes.assumingMemoryBound(to: UInt8.self)
    if bytes.isASCII {
      self = String(decoding: units, as: UTF8.self)
    } else if encoding == .windows1252 {
      self = WindowsText.string(bytes)
    } else {
      self = String(validating: units, as: UTF8.self) ?? WindowsText.string(bytes)
    }
  }
}

extension UnsafeRawBufferPointer {
  /// Whether no byte has its highest bit set. Mostly that is so, and then there is a quick way to a text.
  @inline(__always)
  var isASCII: Bool {
    var high: UInt64 = 0
    var place = 0
    while place + 8 <= count {
      high |= loadUnaligned(fromByteOffset: place, as: UInt64.self)
      place += 8
    }
    while place < count {
      high |= UInt64(self[place])
      place += 1
    }
    return high & 0x8080_8080_8080_8080 == 0
  }

  /// Whether a byte is 0.
  @inline(__always)
  var hasZero: Bool {
    var place = 0
    while place + 8 <= count {
      let bytes = loadUnaligned(fromByteOffset: place, as: UInt64.self)
      // Subtracting 1 from a byte that is 0 sets its highest bit, and so do others only where that was set before,
      // or a lower byte was 0.
      if (bytes &- 0x0101_0101_0101_0101) & ~bytes & 0x8080_8080_8080_8080 != 0 { return true }
      place += 8
    }
    while place < count {
      if self[place] == 0 { return true }
      place += 1
    }
    return false
  }
}

/// Windows-1252, with the five bytes that have no character read as control characters.
enum WindowsText {
  /// The characters from 0x80 to 0x9F; all others are those of ISO 8859-1.
  private static let upper: [UInt16] = [
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D,
    0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
    0x0153, 0x009D, 0x017E, 0x0178,
  ]

  static func string(_ bytes: UnsafeRawBufferPointer) -> String {
    let units = bytes.map { byte in
      (0x80...0x9F).contains(byte) ? upper[Int(byte) - 0x80] : UInt16(byte)
    }
    return String(decoding: units, as: UTF16.self)
  }
}

/// Turns UTF-16 that comes in pieces into UTF-8.
struct UTF16Transcoder: Sendable {
  private let isBigEndian: Bool
  /// Whether half of a surrogate pair becomes bytes that are not UTF-8, so that a check finds it.
  private let keepsHalves: Bool
  private var half: UInt8?
  private var surrogate: UInt16?

  init(isBigEndian: Bool, keepsHalves: Bool) {
    self.isBigEndian = isBigEndian
    self.keepsHalves = keepsHalves
  }

  mutating func transcode(_ bytes: UnsafeRawBufferPointer, into output: inout [UInt8]) {
    for byte in bytes {
      guard let first = half else {
        half = byte
        continue
      }
      half = nil
      take(
        isBigEndian ? UInt16(first) << 8 | UInt16(byte) : UInt16(byte) << 8 | UInt16(first), into: &output)
    }
  }

  /// Ends the text; what stands alone is told of.
  mutating func finish(into output: inout [UInt8]) {
    if let alone = surrogate { appendAlone(alone, to: &output) }
    if half != nil { appendAlone(0xDC00, to: &output) }
    surrogate = nil
    half = nil
  }

  private mutating func take(_ unit: UInt16, into output: inout [UInt8]) {
    if let high = surrogate {
      surrogate = nil
      if unit & 0xFC00 == 0xDC00 {
        let value = 0x10000 + (UInt32(high & 0x3FF) << 10 | UInt32(unit & 0x3FF))
        output += [
          0xF0 | UInt8(value >> 18), 0x80 | UInt8(value >> 12 & 0x3F), 0x80 | UInt8(value >> 6 & 0x3F),
          0x80 | UInt8(value & 0x3F),
        ]
        return
      }
      appendAlone(high, to: &output)
    }
    switch unit {
    case 0..<0x80: output.append(UInt8(unit))
    case 0x80..<0x800: output += [0xC0 | UInt8(unit >> 6), 0x80 | UInt8(unit & 0x3F)]
    case 0xD800..<0xDC00: surrogate = unit
    case 0xDC00..<0xE000: appendAlone(unit, to: &output)
    default: append(unit, to: &output)
    }
  }

  private func appendAlone(_ unit: UInt16, to output: inout [UInt8]) {
    append(keepsHalves ? unit : 0xFFFD, to: &output)
  }

  private func append(_ unit: UInt16, to output: inout [UInt8]) {
    output += [0xE0 | UInt8(unit >> 12), 0x80 | UInt8(unit >> 6 & 0x3F), 0x80 | UInt8(unit & 0x3F)]
  }

  /// How many units of UTF-16 the bytes were that gave this UTF-8.
  static func units(in text: some Sequence<UInt8>) -> Int {
    text.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : $1 >= 0xF0 ? 2 : 1) }
  }
}

/// What stands between the quotes of a field in which quotes are doubled, or that goes on behind its quotes.
enum CSVQuoting {
  /// Appends the text of a field that begins with a quote.
  ///
  /// Of text behind the closing quote there are two readings. If the field ends with a quote, the one that seemed to
  /// close it was part of the text; otherwise it was the end of a quoted part, and the text goes on without quotes.
  static func append(_ field: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
    var place = 1
    while place < field.count {
      let byte = field[place]
      place += 1
      if byte != CSVByte.quote {
        output.append(byte)
      } else if place < field.count, field[place] == CSVByte.quote {
        output.append(byte)
        place += 1
      } else {
        break
      }
    }
    guard place < field.count else { return }
    if field[field.count - 1] == CSVByte.quote {
      output.append(CSVByte.quote)
      output += field[place..<field.count - 1]
    } else {
      output += field[place...]
    }
  }
}
