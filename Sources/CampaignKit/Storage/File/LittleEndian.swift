extension UnsafeRawBufferPointer {
  /// Reads an integer in the journal's byte order. The caller has checked that the bytes are there.
  @inline(__always)
  func integer<Integer: FixedWidthInteger & BitwiseCopyable>(_ type: Integer.Type, at offset: Int) -> Integer {
    Integer(littleEndian: loadUnaligned(fromByteOffset: offset, as: type))
  }

  /// A part, without the bounds of this buffer. The caller has checked that the bytes are there.
  @inline(__always)
  func part(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: self[range])
  }

  /// The offset of the first byte that is not zero.
  func firstNonzero() -> Int? {
    var offset = 0
    while offset + 8 <= count, loadUnaligned(fromByteOffset: offset, as: UInt64.self) == 0 { offset += 8 }
    while offset < count, self[offset] == 0 { offset += 1 }
    return offset < count ? offset : nil
  }
}

extension UnsafeMutableRawBufferPointer {
  /// Writes an integer in the journal's byte order. The caller has made the room.
  @inline(__always)
  func store<Integer: FixedWidthInteger & BitwiseCopyable>(_ value: Integer, at offset: Int) {
    storeBytes(of: value.littleEndian, toByteOffset: offset, as: Integer.self)
  }
}
