import Digests

/// The first 512 bytes of a journal or a snapshot.
///
///     0    8  magic: "CKJOURNL" or "CKSNAPSH"
///     8    4  format version
///     12   4  size of this header, 512
///     16  16  store id: the same in all files of a log
///     32   8  generation: the number in the file's name
///     40   8  position: of a journal's first batch; of the first batch that a snapshot does not contain
///     48   8  durable: how many batches were durable when the file was started
///     56   8  salt: random; every checksum in the file is seeded with it
///     64   8  block size of a snapshot, 0 in a journal
///     72 432  zeros
///     504  8  checksum of the bytes before it
///
/// All integers are little-endian. The checksum covers the zeros too, so that no flipped bit goes unnoticed.
struct FileHeader: Hashable {
  enum Kind: Sendable { case journal, snapshot }

  static let size = 512
  static let version: UInt32 = 1

  var kind: Kind
  var storeID: StoreID
  var generation: UInt64
  var position: UInt64
  var durable: UInt64
  var salt: UInt64
  var blockSize: UInt64 = 0

  private static let seed: UInt64 = 0x4341_4D50_4149_474E

  func encoded() -> [UInt8] {
    encoded(version: Self.version)
  }

  /// The header as another version would write it, for tests.
  func encoded(version: UInt32) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.size)
    bytes.withUnsafeMutableBytes { buffer in
      buffer.copyBytes(from: Self.magic(kind))
      buffer.store(version, at: 8)
      buffer.store(UInt32(Self.size), at: 12)
      buffer.store(storeID.high, at: 16)
      buffer.store(storeID.low, at: 24)
      buffer.store(generation, at: 32)
      buffer.store(position, at: 40)
      buffer.store(durable, at: 48)
      buffer.store(salt, at: 56)
      buffer.store(blockSize, at: 64)
      buffer.store(Self.checksum(UnsafeRawBufferPointer(buffer)), at: 504)
    }
    return bytes
  }

  /// What the first bytes of a file turned out to be.
  enum Decoded {
    case header(FileHeader)
    case newer(UInt32)
    case damaged
  }

  static func decode(_ bytes: UnsafeRawBufferPointer, as kind: Kind) -> Decoded {
    guard bytes.count >= size, bytes.part(0..<8).elementsEqual(magic(kind)) else { return .damaged }
    let version = bytes.integer(UInt32.self, at: 8)
    let checksum = bytes.integer(UInt64.self, at: 504)
    guard version == Self.version else {
      // With our own version put in its place, does the checksum fit? Then it is our file with a flipped bit.
      var own = Array(bytes.part(0..<size))
      own.withUnsafeMutableBytes { $0.store(Self.version, at: 8) }
      let isOurs = own.withUnsafeBytes { Self.checksum($0) } == checksum
      return version > Self.version && !isOurs ? .newer(version) : .damaged
    }
    guard Self.checksum(bytes) == checksum, bytes.integer(UInt32.self, at: 12) == UInt32(size) else { return .damaged }
    return .header(
      FileHeader(
        kind: kind,
        storeID: StoreID(high: bytes.integer(UInt64.self, at: 16), low: bytes.integer(UInt64.self, at: 24)),
        generation: bytes.integer(UInt64.self, at: 32), position: bytes.integer(UInt64.self, at: 40),
        durable: bytes.integer(UInt64.self, at: 48), salt: bytes.integer(UInt64.self, at: 56),
        blockSize: bytes.integer(UInt64.self, at: 64)))
  }

  private static func magic(_ kind: Kind) -> [UInt8] {
    switch kind {
    case .journal: Array("CKJOURNL".utf8)
    case .snapshot: Array("CKSNAPSH".utf8)
    }
  }

  private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    Checksum64.of(bytes.part(0..<504), seed: seed)
  }
}

/// 128 random bits that all files of one log have in common.
struct StoreID: Hashable, Sendable {
  var high: UInt64
  var low: UInt64
}

/// The names of the files in a log's folder. Whatever has another name is not the log's and is left alone.
enum FileName: Hashable {
  case journal(UInt64)
  case snapshot(UInt64)
  /// A snapshot that is being written.
  case unfinishedSnapshot(UInt64)

  static let lock = "lock"
  private static let digits = 12
  /// No log gets there; a name with a larger number is somebody's joke, and adding to it would overflow.
  static let greatest: UInt64 = (1 << 62) - 1

  init?(_ name: String) {
    let isPart = name.hasSuffix(".part")
    let stem = isPart ? name.dropLast(5) : name[...]
    let pieces = stem.split(separator: "-", omittingEmptySubsequences: false)
    guard pieces.count == 2, let kind = pieces.first, let text = pieces.last,
      let generation = UInt64(text), (1...Self.greatest).contains(generation), Self.text(generation) == text
    else { return nil }
    switch (kind, isPart) {
    case ("journal", false): self = .journal(generation)
    case ("snapshot", false): self = .snapshot(generation)
    case ("snapshot", true): self = .unfinishedSnapshot(generation)
    default: return nil
    }
  }

  var text: String {
    switch self {
    case .journal(let generation): "journal-" + Self.text(generation)
    case .snapshot(let generation): "snapshot-" + Self.text(generation)
    case .unfinishedSnapshot(let generation): "snapshot-" + Self.text(generation) + ".part"
    }
  }

  private static func text(_ generation: UInt64) -> String {
    let text = String(generation)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }
}
