import CampaignKit

/// FNV-1a. It finds every accident and no forgery.
func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
  bytes.withUnsafeBytes { bytes in
    var sum: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return sum
  }
}

extension [UInt8] {
  func number(at offset: Int) -> UInt64 {
    withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) }
  }

  mutating func setNumber(_ number: UInt64, at offset: Int) {
    withUnsafeMutableBytes { $0.storeBytes(of: number.littleEndian, toByteOffset: offset, as: UInt64.self) }
  }

  mutating func append(number: UInt64) {
    self += Swift.withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }
}

extension OpenFile {
  /// Reads so many bytes; fewer at the end of the file.
  func bytes(from offset: UInt64, count: Int) throws(LogError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let result = bytes.withUnsafeMutableBytes { buffer in
      Result { () throws(LogError) in try read(into: buffer, at: offset) }
    }
    bytes.removeLast(count - (try result.get()))
    return bytes
  }

  func write(_ bytes: [UInt8], at offset: UInt64) throws(LogError) {
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(LogError) in try write(buffer, at: offset) }
    }
    try result.get()
  }
}

extension LogError {
  static func damage(_ message: String, _ path: String, _ offset: UInt64? = nil) -> LogError {
    LogError(.damaged, "\(message) Restore the folder from a backup.", file: path, offset: offset)
  }
}
