/// Reads a file in large pieces, so that small parts of it can be looked at one after another.
///
/// Used by one thread: it is not `Sendable`.
final class FileWindow {
  static let defaultPiece = 1 << 20

  let size: UInt64
  private let file: any OpenFile
  private let piece: Int
  private var buffer: UnsafeMutableRawBufferPointer
  private var start: UInt64 = 0
  private var filled = 0

  init(_ file: any OpenFile, piece: Int = defaultPiece) throws(LogError) {
    self.file = file
    self.size = try file.size()
    self.piece = piece
    // Never larger than the file: small journals are common in tests.
    let capacity = Int(min(UInt64(piece), max(size, 64)))
    self.buffer = .allocate(byteCount: capacity, alignment: 16)
  }

  deinit {
    buffer.deallocate()
  }

  /// Returns `count` bytes at `offset`, or nil when the file does not have them.
  ///
  /// They are valid until the next call.
  func bytes(at offset: UInt64, count: Int) throws(LogError) -> UnsafeRawBufferPointer? {
    guard count >= 0, offset <= size, UInt64(count) <= size - offset else { return nil }
    if offset < start || offset + UInt64(count) > start + UInt64(filled) {
      if count > buffer.count {
        buffer.deallocate()
        buffer = .allocate(byteCount: count, alignment: 16)
      }
      let wanted = Int(min(UInt64(buffer.count), size - offset))
      filled = 0
      start = offset
      filled = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]), at: offset)
      // The file became shorter while it was read.
      guard filled >= count else { return nil }
    }
    let first = Int(offset - start)
    return UnsafeRawBufferPointer(rebasing: buffer[first..<first + count])
  }

  /// The whole, unaltered frame at `offset`, if there is one.
  ///
  /// The bytes are those of the frame, header included, and valid until the next call.
  func frame(at offset: UInt64, salt: UInt64) throws(LogError) -> (JournalFrame, UnsafeRawBufferPointer)? {
    guard let header = try bytes(at: offset, count: JournalFrame.headerSize),
      let frame = JournalFrame.header(header, salt: salt),
      let bytes = try bytes(at: offset, count: frame.size),
      JournalFrame.isWhole(bytes, salt: salt)
    else { return nil }
    return (frame, bytes)
  }
}
