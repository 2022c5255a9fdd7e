/// Finds the bytes that structure a CSV file: delimiters, quotes and line breaks.
///
/// It looks at eight bytes at once as one integer. A comparison of SIMD vectors would do, but the standard library
/// has no way to get the bits of its result that the compiler makes fast.
struct CSVStructure {
  /// Bytes that ``mask(of:)`` looks at.
  static let blockSize = 64

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
  private static let high: UInt64 = 0x8080_8080_8080_8080
  private static let quotes = ones &* UInt64(CSVByte.quote)
  private static let lineFeeds = ones &* UInt64(CSVByte.lineFeed)
  private static let carriageReturns = ones &* UInt64(CSVByte.carriageReturn)

  private let delimiters: UInt64

  init(_ delimiter: CSVDelimiter) {
    delimiters = Self.ones &* UInt64(delimiter.byte)
  }

  /// A bit for each of 64 bytes, the first one lowest: whether the byte has a meaning.
  @inline(__always)
  func mask(of block: UnsafePointer<UInt8>) -> UInt64 {
    var mask: UInt64 = 0
    for index in 0..<8 as Range<UInt64> {
      let bytes = UInt64(
        littleEndian: UnsafeRawPointer(block + Int(index) * 8).loadUnaligned(as: UInt64.self))
      let folded = bytes & Self.low
      // Adding 127 to seven bits sets the eighth, unless all are 0. So it stays clear where a byte is the one sought.
      let differs =
        ((folded ^ delimiters) &+ Self.low) & ((folded ^ Self.quotes) &+ Self.low)
        & ((folded ^ Self.lineFeeds) &+ Self.low) & ((folded ^ Self.carriageReturns) &+ Self.low)
      // One product brings the eighth bits of all bytes together at the top.
      let found = ((~(differs | bytes) & Self.high) &* 0x0002_0408_1020_4081) >> 56
      mask |= found << (index * 8)
    }
    return mask
  }
}
