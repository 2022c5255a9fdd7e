/// The classes of bytes that HTTP's grammar is made of.
enum Characters {
  /// `tchar`: what names of methods and fields are made of.
  @inline(__always)
  static func isToken(_ byte: UInt8) -> Bool {
    // Bits for ! # $ % & ' * + - . 0-9, and for A-Z ^ _ ` a-z | ~.
    let low: UInt64 = 0x03FF_6CFA_0000_0000
    let high: UInt64 = 0x57FF_FFFF_C7FF_FFFE
    guard byte < 128 else { return false }
    return (byte < 64 ? low : high) >> UInt64(byte & 63) & 1 == 1
  }

  /// What a field's value may have: visible characters, blanks, tabs and bytes above ASCII.
  @inline(__always)
  static func isFieldValue(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == 0x09 }

  /// Whether all of a text may stand in a field's value. Looks at eight bytes at a time.
  @inline(__always)
  static func isFieldValue(_ text: UnsafeRawBufferPointer) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    var hits: UInt64 = 0
    var index = 0
    while index &+ 8 <= text.count {
      let word = text.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      let delete = word ^ (ones &* 0x7F)
      // Marks every control and delete; what stands above a marked byte may be marked without need.
      hits |= ((word &- (ones &* 0x20)) & ~word) | ((delete &- ones) & ~delete)
      index &+= 8
    }
    guard hits & (ones &* 0x80) == 0 else { return text.allSatisfy { isFieldValue($0) } }
    while index < text.count {
      guard isFieldValue(text[index]) else { return false }
      index &+= 1
    }
    return true
  }

  @inline(__always)
  static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  @inline(__always)
  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  @inline(__always)
  static func lowercased(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

  static func isToken(_ text: String) -> Bool { !text.isEmpty && text.utf8.allSatisfy(isToken) }
}

extension ArraySlice<UInt8> {
  /// Whether these are the bytes of a text.
  @inline(__always)
  func isSame(as text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { expected in
      for offset in 0..<expected.count where self[startIndex &+ offset] != expected[offset] { return false }
      return true
    }
  }

  /// Whether these are the bytes of a text of lower-case ASCII, whatever their case.
  @inline(__always)
  func isCaseInsensitively(_ lowercase: StaticString) -> Bool {
    guard count == lowercase.utf8CodeUnitCount else { return false }
    return lowercase.withUTF8Buffer { expected in
      for offset in 0..<expected.count
      where Characters.lowercased(self[startIndex &+ offset]) != expected[offset] { return false }
      return true
    }
  }

  /// The bytes as text; what is not UTF-8 is replaced. Reading a slice as text directly would copy it twice.
  var text: String { withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) } }
}
