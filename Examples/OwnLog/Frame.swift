import CampaignKit

/// A batch as it lies in the file, or, with an empty payload, the mark that every batch before it is durable.
///
///     0   8  checksum of all that follows
///     8   8  position: the number of the batch
///     16  8  durable: every batch before this one was durable when the frame was written
///     24  8  length of the payload
///     32     payload, and zeros up to a multiple of 8
struct Frame {
  static let headerSize = 32
  var position: UInt64
  var durable: UInt64
  var payload: ArraySlice<UInt8>
  var size: Int { Self.headerSize + (payload.count + 7) & ~7 }

  static func encode(_ payload: [UInt8], position: UInt64, durable: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(headerSize + payload.count + 7)
    for number in [0, position, durable, UInt64(payload.count)] { bytes.append(number: number) }
    bytes += payload
    while bytes.count % 8 != 0 { bytes.append(0) }
    bytes.setNumber(checksum(bytes[8...]), at: 0)
    return bytes
  }

  /// The frame that begins there; nil if no whole frame does.
  init?(_ bytes: [UInt8], at offset: Int) {
    guard offset + Self.headerSize <= bytes.count,
      let length = Int(exactly: bytes.number(at: offset + 24)), length <= bytes.count - offset - Self.headerSize
    else { return nil }
    position = bytes.number(at: offset + 8)
    durable = bytes.number(at: offset + 16)
    payload = bytes[(offset + Self.headerSize)..<(offset + Self.headerSize + length)]
    guard offset + size <= bytes.count, durable <= position,
      checksum(bytes[(offset + 8)..<(offset + size)]) == bytes.number(at: offset)
    else { return nil }
  }

  /// The frame that begins there in a file.
  init?(in file: any OpenFile, at offset: UInt64) throws(LogError) {
    let header = try file.bytes(from: offset, count: Self.headerSize)
    guard header.count == Self.headerSize, let length = Int(exactly: header.number(at: 24)),
      length <= Int(try file.size())
    else { return nil }
    self.init(try file.bytes(from: offset, count: Self.headerSize + (length + 7) & ~7), at: 0)
  }
}

/// What a log file holds.
struct FrameScan {
  var first: UInt64
  var offsets: [UInt64] = []
  /// Where the next frame goes.
  var size = UInt64(Frame.headerSize)
  /// How many bytes of an unfinished write lie behind that; nil if none do.
  var torn: Int?

  init(_ file: any OpenFile, _ path: String, snapshot: UInt64) throws(LogError) {
    let bytes = try file.bytes(from: 0, count: Int(try file.size()))
    // The file got its name when its first frame was durable.
    guard let mark = Frame(bytes, at: 0), mark.payload.isEmpty, mark.position <= snapshot else {
      throw .damage("The log does not begin as it was written.", path, 0)
    }
    first = mark.position
    var next = first
    while let frame = Frame(bytes, at: Int(size)), frame.position == next {
      if !frame.payload.isEmpty {
        offsets.append(size)
        next += 1
      }
      size += UInt64(frame.size)
    }
    guard Int(size) < bytes.count else { return }
    // An unfinished write, or damage? A later frame that takes the missing batch for durable is a witness.
    for offset in stride(from: Int(size) + 8, to: bytes.count, by: 8) {
      if let later = Frame(bytes, at: offset), later.durable > max(next, snapshot) {
        throw .damage("Batch \(next) is not the one that was written, and was durable.", path, size)
      }
    }
    torn = bytes.count - Int(size)
  }
}

/// A snapshot in a file: checksum, position and length, eight bytes each, and then the content.
enum SnapshotFile {
  private static let headerSize = 24

  static func write(
    _ files: any FileSystem, _ path: String, _ position: UInt64, _ write: (any SnapshotSink) throws -> Void
  ) throws {
    let sink = Sink()
    for number in [0, position, 0] { sink.bytes.append(number: number) }
    try write(sink)
    sink.bytes.setNumber(UInt64(sink.bytes.count - headerSize), at: 16)
    sink.bytes.setNumber(checksum(sink.bytes[8...]), at: 0)
    let file = try files.open(path, .create)
    try file.truncate(to: 0)
    try file.write(sink.bytes, at: 0)
    try file.synchronizeData(SyncPoint("snapshot"))
    try file.close()
  }

  /// Gathers the snapshot in memory: simple, and good for small ones.
  private final class Sink: SnapshotSink {
    var bytes: [UInt8] = []
    func write(_ piece: UnsafeRawBufferPointer) { bytes += Array(piece) }
  }

  static func position(_ files: any FileSystem, _ path: String) throws(LogError) -> UInt64 {
    try read(files, path).number(at: 8)
  }

  static func contents(_ files: any FileSystem, _ path: String) throws(LogError) -> [UInt8] {
    Array(try read(files, path)[headerSize...])
  }

  private static func read(_ files: any FileSystem, _ path: String) throws(LogError) -> [UInt8] {
    let file = try files.open(path, .read)
    let bytes = try file.bytes(from: 0, count: Int(try file.size()))
    guard bytes.count >= headerSize, bytes.number(at: 16) == UInt64(bytes.count - headerSize),
      bytes.number(at: 0) == checksum(bytes[8...])
    else { throw .damage("The snapshot is not the one that was written.", path, 0) }
    return bytes
  }
}
