import Digests

/// One record of a journal: a batch, or the mark of an orderly close.
///
///     0   8  checksum of everything behind it, seeded with the file's salt
///     8   4  length of the payload
///     12  4  marker: the kind, mixed with the salt
///     16  8  position: the number of the batch; of the next batch in a mark
///     24  8  durable: all batches before this one were durable when the frame was written
///     32     payload, then zeros up to a multiple of 8
///
/// `durable` is what tells a torn end from damage: a frame that says batch 7 was durable is a witness against
/// a file in which batch 7 cannot be read. The salt keeps bytes of another file, or of an earlier life of
/// these sectors, from being taken for frames.
struct JournalFrame {
  enum Kind: UInt32 {
    case batch = 0x6863_7442
    case close = 0x6573_6C43

    func marker(salt: UInt64) -> UInt32 {
      rawValue ^ UInt32(truncatingIfNeeded: salt >> 32)
    }
  }

  static let headerSize = 32
  static let alignment: UInt64 = 8
  /// The longest payload; the frame then still has a length that fits a positive `Int32`.
  static let maximumLength = 1 << 30

  private static let emptyHeader = [UInt8](repeating: 0, count: headerSize)

  var kind: Kind
  var position: UInt64
  var durable: UInt64
  var length: Int

  /// The bytes that a frame with a payload of `length` bytes takes up.
  static func size(length: Int) -> Int {
    headerSize + (length + 7) & ~7
  }

  var size: Int { Self.size(length: length) }

  /// Writes a whole frame into `bytes`, which keeps its capacity from one frame to the next.
  static func encode(
    _ kind: Kind, _ payload: [UInt8], position: UInt64, durable: UInt64, salt: UInt64, into bytes: inout [UInt8]
  ) {
    bytes.removeAll(keepingCapacity: true)
    bytes += Self.emptyHeader
    bytes += payload
    while bytes.count < size(length: payload.count) { bytes.append(0) }
    bytes.withUnsafeMutableBytes { buffer in
      buffer.store(UInt32(payload.count), at: 8)
      buffer.store(kind.marker(salt: salt), at: 12)
      buffer.store(position, at: 16)
      buffer.store(durable, at: 24)
      buffer.store(Checksum64.of(UnsafeRawBufferPointer(rebasing: buffer[8...]), seed: salt), at: 0)
    }
  }

  /// Reads the header alone; the checksum is not looked at, since the payload is needed for that.
  static func header(_ bytes: UnsafeRawBufferPointer, salt: UInt64) -> JournalFrame? {
    guard bytes.count >= headerSize else { return nil }
    let marker = bytes.integer(UInt32.self, at: 12)
    let kind: Kind
    if marker == Kind.batch.marker(salt: salt) {
      kind = .batch
    } else if marker == Kind.close.marker(salt: salt) {
      kind = .close
    } else {
      return nil
    }
    let length = Int(bytes.integer(UInt32.self, at: 8))
    guard length <= maximumLength, (length == 0) == (kind == .close) else { return nil }
    let frame = JournalFrame(
      kind: kind, position: bytes.integer(UInt64.self, at: 16), durable: bytes.integer(UInt64.self, at: 24),
      length: length)
    return frame.durable <= frame.position && frame.position < UInt64.max ? frame : nil
  }

  /// Whether the bytes of a whole frame are the ones that were written.
  static func isWhole(_ bytes: UnsafeRawBufferPointer, salt: UInt64) -> Bool {
    Checksum64.of(bytes.part(8..<bytes.count), seed: salt) == bytes.integer(UInt64.self, at: 0)
  }
}
