/// Bits in the order of DEFLATE: the first is the lowest of the first byte.
struct BitWriter {
  private(set) var bytes: [UInt8]
  private var bits: UInt64 = 0
  private var count = 0

  init(appendingTo bytes: consuming [UInt8]) { self.bytes = bytes }

  /// Appends the lowest bits of a value, up to 32 of them.
  @inline(__always)
  mutating func write(_ value: UInt32, _ width: Int) {
    bits |= UInt64(value) << UInt64(count)
    count += width
    while count >= 8 {
      bytes.append(UInt8(truncatingIfNeeded: bits))
      bits >>= 8
      count -= 8
    }
  }

  /// Goes on at the next byte.
  mutating func align() {
    if count > 0 { write(0, 8 - count) }
  }

  mutating func append(_ slice: ArraySlice<UInt8>) { bytes.append(contentsOf: slice) }
}
