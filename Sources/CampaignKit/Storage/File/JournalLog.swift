import Locks

/// A log in one folder of files, made to survive crashes, full devices and failing ones.
///
/// The folder holds `lock`, one or more `journal-…` files with the batches, and a `snapshot-…` file once
/// ``replace(before:with:)`` was called. Anything else in it is left alone. Back it up as a whole, while the log
/// is closed or with a file-system snapshot.
///
/// ```swift
/// let log = JournalLog(folder: "/var/lib/campaigns")
/// let contents = try log.open()
/// try log.append(Array("hello".utf8), at: contents.end, durably: true)
/// try log.close()
/// ```
///
/// ## What it relies on
///
/// - `fdatasync` (`F_FULLFSYNC` on Apple systems) returns only when the device would keep the data through a
///   loss of power. Turn off write caches that forget.
/// - A write does not harm bytes beside it, even when power is lost in the middle. (SQLite calls this
///   "powersafe overwrite".) The bytes of the write itself may be there in any part.
/// - One damaged place: that the last batches of a log vanish without a trace, together with all that
///   was written after them, cannot be told from a log that never had them.
///
/// ## What it does about damage
///
/// At the first batch that cannot be read, opening looks for witnesses behind it: a later batch, a later file,
/// or the mark of an orderly close that says the batch was durable. With a witness the log is damaged and
/// refused, with the file and the offset. Without one the rest is what a crash left of an unfinished write; it
/// is cut off, and ``LogContents/repairs`` says so.
public final class JournalLog: DurableLog {
  let folder: String
  let fileSystem: any FileSystem
  let configuration: Configuration
  /// Nil while the log is not open.
  let state = Locked<State?>(nil)

  /// Describes a log; nothing is touched before ``open()``.
  ///
  /// - Parameters:
  ///   - folder: The folder's path. It is created when it is not there; the folder around it must be there.
  ///   - configuration: Sizes, all with defaults.
  ///   - fileSystem: Where the files are; the disk, except in tests.
  public init(
    folder: String, configuration: Configuration = Configuration(), fileSystem: any FileSystem = DiskFileSystem()
  ) {
    var folder = folder
    while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
    self.folder = folder.isEmpty ? "." : folder
    self.configuration = configuration.checked()
    self.fileSystem = fileSystem
  }

  /// The sizes a journal works with.
  public struct Configuration: Sendable {
    /// How many bytes of room are reserved at a time; 16 MiB unless told otherwise, at least 4 KiB.
    ///
    /// More means fewer pauses while room is reserved, and as much more of the device that is taken from the
    /// start.
    public var preallocation: UInt64 = 16 << 20

    /// How many bytes of a snapshot have a checksum in common; 1 MiB unless told otherwise, 64 bytes to 1 GiB.
    ///
    /// A block is the piece in which a snapshot is handed out, and the memory that writing and reading take.
    public var snapshotBlock: Int = 1 << 20

    /// Where salts and the log's identity come from. Fixed in tests that must repeat exactly.
    package var random: @Sendable () -> UInt64 = { .random(in: .min ... .max) }

    /// Creates a configuration with the defaults.
    public init() {}

    fileprivate func checked() -> Configuration {
      precondition(preallocation >= 4096, "A journal reserves at least 4096 bytes at a time.")
      precondition((64...1 << 30).contains(snapshotBlock), "A snapshot's blocks have 64 bytes to 1 GiB.")
      return self
    }
  }

  /// What is known while the log is open.
  struct State: Sendable {
    var storeID: StoreID
    let lock: any OpenFile
    /// The snapshot that was found at ``open()``.
    var snapshot: SnapshotReader?
    /// Batches before this are in the snapshot.
    var start: UInt64
    /// Journals before the one that is appended to, as far as they hold batches from `start` on.
    var earlier: [JournalFile]
    var active: JournalFile
    /// The active file's size, as far as it is reserved.
    var room: UInt64
    /// The number of the next batch.
    var end: UInt64
    /// All batches before this one are durable.
    var durable: UInt64
    /// Whether a part of a batch that found the device full was cut off and may come back when power is lost.
    var hasOpenCut = false
    /// Whether the last frame is the mark of an orderly close.
    var isMarked = false
    /// The highest generation that any file has had.
    var generation: UInt64
    var isReplacing = false
    /// Set when a write or a synchronization has failed: what the active file holds is not known any more.
    var failure: Failure?
    /// The frame that is being written; kept for its capacity.
    var frame: [UInt8] = []

    struct Failure {
      var error: LogError
      /// A snapshot must contain all batches before this one to make up for the failure.
      var covers: UInt64
    }
  }

  /// Takes the folder for this opener and finds out what it holds.
  ///
  /// What is reported is durable when this returns. See ``JournalLog`` for what happens to damage.
  public func open() throws(LogError) -> LogContents {
    try state.withLock { state throws(LogError) in
      guard state == nil else {
        throw LogError(.locked, "This log is open already.", file: folder)
      }
      try fileSystem.createDirectory(folder)
      let lock = try takeLock()
      do throws(LogError) {
        let (opened, contents) = try start(lock)
        state = opened
        return contents
      } catch {
        try? lock.close()
        throw error
      }
    }
  }

  /// Hands out the snapshot that was found at ``open()``, in blocks that are checked before they are handed out.
  public func readSnapshot(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let snapshot = try withState { state throws(LogError) in state.snapshot }
    guard let snapshot else { throw LogError(.misused, "The log was opened without a snapshot.", file: folder) }
    try snapshot.read(body)
  }

  /// Hands out every batch from `position` on, checking each again; `position` is not before the snapshot's.
  public func read(
    from position: UInt64, _ body: (_ position: UInt64, _ batch: UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let journals = try withState { state throws(LogError) in
      guard position >= state.start else {
        throw LogError(
          .misused, "Batch \(position) is part of the snapshot, which contains \(state.start) batches.", file: folder)
      }
      return state.earlier + [state.active]
    }
    for journal in journals where journal.position > position {
      try journal.read(from: position, body)
    }
  }

  /// Makes everything durable, leaves the mark of an orderly close, and gives up the folder.
  ///
  /// Does nothing when the log is not open. The folder is given up even if this throws.
  public func close() throws(LogError) {
    try state.withLock { state throws(LogError) in
      guard var open = state else { return }
      guard !open.isReplacing else {
        throw LogError(.misused, "The log cannot be closed while it is being replaced.", file: folder)
      }
      state = nil
      defer { try? open.lock.close() }
      if open.failure == nil { try demandPlace(&open) }
      try open.finish(configuration)
      try open.active.file.close()
    }
  }

  /// Runs `body` with the state of the open log, and with the lock held.
  func withState<Result: Sendable>(
    _ body: (inout State) throws(LogError) -> Result
  ) throws(LogError) -> Result {
    try state.withLock { state throws(LogError) in
      // Taken out and put back, not copied: a second reference would make every append copy the frame's buffer.
      guard var open = state.take() else { throw LogError(.closed, "The log is not open.", file: folder) }
      defer { state = open }
      return try body(&open)
    }
  }

  func path(_ name: FileName) -> String {
    folder + "/" + name.text
  }
}
