/// Compression in the formats of RFC 1951 and 1952.
///
/// The whole of the content is compressed at once, in one pass, with a memory of 200 KB beside it: made for answers of
/// a server, not for archives.
public enum Gzip {
  /// Compresses to the format that `gzip` reads, and that HTTP calls so.
  ///
  /// - Parameter bytes: The content.
  /// - Returns: The compressed content, at most a few bytes for each 64 KiB longer than it was.
  public static func compress(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
    output.reserveCapacity(bytes.count / 3 + 64)
    output = deflate(bytes, appendingTo: output)
    for value in [CRC32.checksum(bytes), UInt32(truncatingIfNeeded: bytes.count)] {
      for shift in [0, 8, 16, 24] as [UInt32] { output.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }
    return output
  }

  /// Compresses to bare DEFLATE, without a head or a sum.
  ///
  /// - Parameter bytes: The content.
  /// - Returns: The compressed content.
  public static func deflate(_ bytes: [UInt8]) -> [UInt8] { deflate(bytes, appendingTo: []) }

  private static func deflate(_ bytes: [UInt8], appendingTo output: consuming [UInt8]) -> [UInt8] {
    var writer = BitWriter(appendingTo: output)
    var block = Block()
    var blockStart = 0
    var matcher = Matcher(bytes)
    matcher.tokens { token in
      if block.isFull {
        let end = blockStart + block.byteCount
        block.write(bytes[blockStart..<end], isLast: false, to: &writer)
        blockStart = end
        block = Block()
      }
      block.add(token)
    }
    block.write(bytes[blockStart...], isLast: true, to: &writer)
    writer.align()
    return writer.bytes
  }
}

/// The checksum that gzip ends with.
public enum CRC32 {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
  }

  /// The sum of some bytes.
  ///
  /// - Parameter bytes: The bytes.
  /// - Returns: The sum.
  public static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let table = table
    var sum: UInt32 = .max
    for byte in bytes { sum = sum >> 8 ^ table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] }
    return ~sum
  }
}
