import Digests

/// How a snapshot file is divided.
///
/// After the header come blocks, all of them as long as the header says but the last:
///
///     0   8  checksum of everything behind it, seeded with the file's salt
///     8   4  length of the content
///     12  4  number of the block, its upper bits cut off
///     16     content
///
/// and then the footer:
///
///     0   8  magic: "CKSNPEND"
///     8   8  bytes of content in all blocks
///     16  8  number of blocks
///     24  8  position, as in the header
///     32  8  the blocks' checksums, chained
///     40 16  zeros
///     56  8  checksum of the bytes before it, seeded with the salt
enum SnapshotLayout {
  static let blockHeaderSize = 16
  static let footerSize = 64
  static let footerMagic = Array("CKSNPEND".utf8)

  /// Adds a block's checksum to the chain, so that exchanged or repeated blocks are noticed.
  static func chain(_ chain: UInt64, _ checksum: UInt64) -> UInt64 {
    (chain ^ checksum) &* 0x9E37_79B9_7F4A_7C15 &+ 1
  }
}

/// Writes a snapshot file, block by block. Used by one thread.
final class SnapshotWriter: SnapshotSink {
  private let file: any OpenFile
  private let header: FileHeader
  private let blockSize: Int
  private var block: [UInt8] = []
  private var offset = UInt64(FileHeader.size)
  private var blocks: UInt64 = 0
  private var total: UInt64 = 0
  private var chain: UInt64 = 0
  /// The first error: whoever writes may have swallowed it, the snapshot must not be finished all the same.
  private var failure: LogError?

  init(_ file: any OpenFile, _ header: FileHeader) throws(LogError) {
    self.file = file
    self.header = header
    self.blockSize = Int(header.blockSize)
    startBlock()
    block.reserveCapacity(SnapshotLayout.blockHeaderSize + blockSize)
    let bytes = header.encoded()
    try put(bytes, at: 0)
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(LogError) {
    if let failure { throw failure }
    var rest = bytes[...]
    while !rest.isEmpty {
      let room = SnapshotLayout.blockHeaderSize + blockSize - block.count
      block.append(contentsOf: UnsafeRawBufferPointer(rebasing: rest.prefix(room)))
      rest = rest.dropFirst(room)
      if block.count == SnapshotLayout.blockHeaderSize + blockSize { try flush() }
    }
  }

  /// Writes what is left and the footer.
  func finish() throws(LogError) {
    if let failure { throw failure }
    if block.count > SnapshotLayout.blockHeaderSize { try flush() }
    var footer = [UInt8](repeating: 0, count: SnapshotLayout.footerSize)
    footer.withUnsafeMutableBytes { buffer in
      buffer.copyBytes(from: SnapshotLayout.footerMagic)
      buffer.store(total, at: 8)
      buffer.store(blocks, at: 16)
      buffer.store(header.position, at: 24)
      buffer.store(chain, at: 32)
      buffer.store(Checksum64.of(UnsafeRawBufferPointer(rebasing: buffer[..<56]), seed: header.salt), at: 56)
    }
    try put(footer, at: offset)
  }

  private func flush() throws(LogError) {
    let length = block.count - SnapshotLayout.blockHeaderSize
    let number = UInt32(truncatingIfNeeded: blocks)
    let salt = header.salt
    let checksum = block.withUnsafeMutableBytes { buffer in
      buffer.store(UInt32(length), at: 8)
      buffer.store(number, at: 12)
      let checksum = Checksum64.of(UnsafeRawBufferPointer(rebasing: buffer[8...]), seed: salt)
      buffer.store(checksum, at: 0)
      return checksum
    }
    try put(block, at: offset)
    offset += UInt64(block.count)
    blocks += 1
    total += UInt64(length)
    chain = SnapshotLayout.chain(chain, checksum)
    startBlock()
  }

  private func startBlock() {
    block.removeAll(keepingCapacity: true)
    block.append(contentsOf: repeatElement(0, count: SnapshotLayout.blockHeaderSize))
  }

  private func put(_ bytes: [UInt8], at offset: UInt64) throws(LogError) {
    do throws(LogError) {
      try file.write(bytes, at: offset)
    } catch {
      failure = error
      throw error
    }
  }
}

extension OpenFile {
  /// Writes all bytes of an array.
  func write(_ bytes: [UInt8], at offset: UInt64) throws(LogError) {
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(LogError) in try self.write(buffer, at: offset) }
    }
    try result.get()
  }
}
