import Digests

/// A snapshot file whose header and footer have been checked.
struct SnapshotReader: Sendable {
  let file: any OpenFile
  let path: String
  let header: FileHeader
  /// The bytes of content.
  let total: UInt64
  private let blocks: UInt64
  private let chain: UInt64

  /// Checks header and footer; the blocks are checked as they are read.
  init(_ file: any OpenFile, path: String, generation: UInt64) throws(LogError) {
    self.file = file
    self.path = path
    let window = try FileWindow(file, piece: FileHeader.size)
    guard let bytes = try window.bytes(at: 0, count: FileHeader.size) else {
      throw .damagedFile("The snapshot is shorter than its header.", path, window.size)
    }
    switch FileHeader.decode(bytes, as: .snapshot) {
    case .newer(let version): throw .newerFormat(version, path)
    case .damaged: throw .damagedFile("The snapshot's header is not the one that was written.", path, 0)
    case .header(let header): self.header = header
    }
    guard header.generation == generation, header.blockSize > 0, header.blockSize <= 1 << 30 else {
      throw .damagedFile("The snapshot's header belongs to another file.", path, 0)
    }

    let footerSize = UInt64(SnapshotLayout.footerSize)
    guard window.size >= UInt64(FileHeader.size) + footerSize else {
      throw .damagedFile("The snapshot has no end.", path, window.size)
    }
    let footerOffset = window.size - footerSize
    guard let footer = try window.bytes(at: footerOffset, count: SnapshotLayout.footerSize),
      footer.part(0..<8).elementsEqual(SnapshotLayout.footerMagic),
      Checksum64.of(footer.part(0..<56), seed: header.salt) == footer.integer(UInt64.self, at: 56)
    else { throw .damagedFile("The snapshot's end is missing or damaged.", path, footerOffset) }
    total = footer.integer(UInt64.self, at: 8)
    blocks = footer.integer(UInt64.self, at: 16)
    chain = footer.integer(UInt64.self, at: 32)
    let expected = total.dividedReportingOverflow(by: header.blockSize).partialValue
    let content = window.size - UInt64(FileHeader.size) - footerSize
    guard footer.integer(UInt64.self, at: 24) == header.position, total <= content,
      blocks == expected + (total % header.blockSize == 0 ? 0 : 1), blocks <= content / 16,
      content == total + blocks * UInt64(SnapshotLayout.blockHeaderSize)
    else { throw .damagedFile("The snapshot's end contradicts its size.", path, footerOffset) }
  }

  /// Hands out the content, block by block, each only after it was checked.
  func read(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let capacity = SnapshotLayout.blockHeaderSize + Int(min(header.blockSize, max(total, 1)))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
    defer { buffer.deallocate() }
    var offset = UInt64(FileHeader.size)
    var rest = total
    var found: UInt64 = 0
    for number in 0..<blocks {
      let length = Int(min(rest, header.blockSize))
      let size = SnapshotLayout.blockHeaderSize + length
      let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<size]), at: offset)
      let block = UnsafeRawBufferPointer(rebasing: buffer[..<size])
      let checksum = block.integer(UInt64.self, at: 0)
      guard count == size, block.integer(UInt32.self, at: 8) == UInt32(length),
        block.integer(UInt32.self, at: 12) == UInt32(truncatingIfNeeded: number),
        Checksum64.of(block.part(8..<size), seed: header.salt) == checksum
      else { throw LogError.damagedFile("A block of the snapshot is not the one that was written.", path, offset) }
      try body(block.part(SnapshotLayout.blockHeaderSize..<size))
      found = SnapshotLayout.chain(found, checksum)
      offset += UInt64(size)
      rest -= UInt64(length)
    }
    guard found == chain else {
      throw LogError.damagedFile("The snapshot's blocks are not the ones it was made of.", path, offset)
    }
  }
}

extension LogError {
  static func damagedFile(_ message: String, _ path: String, _ offset: UInt64) -> LogError {
    LogError(
      .damaged,
      "\(message) Nothing was changed. Keep a copy of the folder, check the device, and restore the folder as a "
        + "whole from a backup.",
      file: path, offset: offset)
  }

  static func newerFormat(_ version: UInt32, _ path: String) -> LogError {
    LogError(
      .newerFormat,
      "The file has format version \(version); this version of the library reads up to \(FileHeader.version). "
        + "Nothing was changed. Use the newer version again.",
      file: path)
  }
}
