import CampaignKit
import Synchronization

/// A log in three files: `log` has the batches one after the other, `snapshot` the snapshot, `lock` the lock.
///
/// A new snapshot, and a log without the batches that it replaces, are written beside the old ones under another
/// name, made durable, and then renamed: whatever happens, one of the two is there whole.
final class OwnLog: DurableLog {
  private struct State {
    var lock: any OpenFile
    var file: any OpenFile
    /// The number of the first batch in the file, and where each of them lies.
    var first: UInt64
    var offsets: [UInt64] = []
    /// Where the next frame goes.
    var size: UInt64
    var durable: UInt64 = 0
    /// Batches before this one are in the snapshot; nil without one.
    var snapshot: UInt64?
    var isReplacing = false
    /// Why nothing can be appended, and how many batches a snapshot must contain to make up for it.
    var failure: (error: LogError, covers: UInt64)?
    var end: UInt64 { first + UInt64(offsets.count) }

    mutating func fail(_ error: LogError, covers: UInt64) -> LogError {
      var error = error
      if error.code == .full { error.code = .failed }
      failure = (error, covers)
      return error
    }
  }

  private let files: any FileSystem
  private let folder: String
  private let state = Mutex<State?>(nil)

  init(folder: String, files: any FileSystem = DiskFileSystem()) {
    self.folder = folder
    self.files = files
  }

  private func path(_ name: String) -> String { folder + "/" + name }

  private func with<Result: Sendable>(_ body: (inout State) throws(LogError) -> Result) throws(LogError) -> Result {
    try state.withLock { state throws(LogError) in
      // Taken out and put back: with a second reference to it, every append would copy the list of offsets.
      guard var open = state.take() else { throw LogError(.closed, "The log is not open.") }
      defer { state = open }
      return try body(&open)
    }
  }

  // MARK: Opening and closing

  func open() throws(LogError) -> LogContents {
    try files.createDirectory(folder)
    let lock = try files.open(path("lock"), .create)
    try lock.lock()  // Given up with the last reference to `lock`, so by every error below.
    let names = try files.list(folder)
    for name in ["log.new", "snapshot.new"] where names.contains(name) { try files.remove(path(name)) }
    let snapshot = names.contains("snapshot") ? try SnapshotFile.position(files, path("snapshot")) : nil
    if !names.contains("log") {
      guard snapshot == nil else { throw .damage("There is a snapshot and no log.", path("log")) }
      // The folder is a name too, in the folder around it.
      let parent = folder.lastIndex(of: "/").map { folder[..<$0] } ?? "."
      try files.synchronizeDirectory(parent.isEmpty ? "/" : String(parent), SyncPoint("parent"))
      _ = try makeFile(first: 0, tail: [])
    }
    let file = try files.open(path("log"), .readWrite)
    let found = try FrameScan(file, path("log"), snapshot: snapshot ?? 0)
    var repairs: [String] = []
    if let torn = found.torn {
      // Durably, before a new batch is written where the rest of an old one may still be.
      try file.truncate(to: found.size)
      repairs.append("\(path("log")) is cut at byte \(found.size): \(torn) bytes of an unfinished write are removed.")
    }
    var opened = State(
      lock: lock, file: file, first: found.first, offsets: found.offsets, size: found.size, snapshot: snapshot)
    if let snapshot, opened.end < snapshot {
      try start(&opened, at: snapshot)
    }
    // What is told to be there must stay there.
    try opened.file.synchronizeData(SyncPoint("open"))
    try files.synchronizeDirectory(folder, SyncPoint("open"))
    opened.durable = opened.end
    state.withLock { $0 = opened }
    return LogContents(snapshot: snapshot, end: opened.end, repairs: repairs)
  }

  func close() throws(LogError) {
    guard state.withLock({ $0 != nil }) else { return }
    defer { state.withLock { $0 = nil } }
    try with { state throws(LogError) in
      if let failure = state.failure { throw failure.error }
      try write(&state, Frame.encode([], position: state.end, durable: state.end))
      try state.file.synchronizeData(SyncPoint("close"))
      try state.lock.close()
    }
  }

  // MARK: Reading

  func readSnapshot(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    guard try with({ state throws(LogError) in state.snapshot }) != nil else {
      throw LogError(.misused, "There is no snapshot.")
    }
    try SnapshotFile.contents(files, path("snapshot")).withUnsafeBytes(body)
  }

  func read(from position: UInt64, _ body: (UInt64, UnsafeRawBufferPointer) throws -> Void) throws {
    let (file, first, offsets, start) = try with { state throws(LogError) in
      (state.file, state.first, state.offsets, state.snapshot ?? 0)
    }
    guard position >= start else { throw LogError(.misused, "Batch \(position) is part of the snapshot.") }
    for (index, offset) in offsets.enumerated() where first + UInt64(index) >= position {
      guard let frame = try Frame(in: file, at: offset), frame.position == first + UInt64(index) else {
        throw LogError.damage("Batch \(first + UInt64(index)) has changed.", path("log"), offset)
      }
      try frame.payload.withUnsafeBytes { try body(frame.position, $0) }
    }
  }

  // MARK: Appending

  func append(_ batch: [UInt8], at position: UInt64, durably: Bool) throws(LogError) {
    try with { state throws(LogError) in
      if let failure = state.failure { throw failure.error }
      guard position == state.end, !batch.isEmpty else {
        throw LogError(.misused, "Batch \(state.end) is next, and a batch is not empty.")
      }
      let offset = state.size
      try write(&state, Frame.encode(batch, position: position, durable: state.durable))
      if durably { try synchronize(&state, covers: position + 1) }
      state.offsets.append(offset)
      if durably { state.durable = state.end }
    }
  }

  func synchronize() throws(LogError) {
    try with { state throws(LogError) in
      if let failure = state.failure { throw failure.error }
      try synchronize(&state, covers: state.end)
      state.durable = state.end
    }
  }

  private func synchronize(_ state: inout State, covers: UInt64) throws(LogError) {
    do throws(LogError) {
      try state.file.synchronizeData(SyncPoint("append"))
    } catch {
      // Never tried again: the system may have dropped what it could not write.
      throw state.fail(error, covers: covers)
    }
  }

  private func write(_ state: inout State, _ frame: [UInt8]) throws(LogError) {
    do throws(LogError) {
      try state.file.write(frame, at: state.size)
      state.size += UInt64(frame.count)
    } catch {
      // A full device may have taken a part. Without it the same batch can be tried again.
      if error.code == .full, (try? state.file.truncate(to: state.size)) != nil { throw error }
      throw state.fail(error, covers: state.end + 1)
    }
  }

  // MARK: Replacing

  func replace(before position: UInt64, with write: (any SnapshotSink) throws -> Void) throws {
    try with { state throws(LogError) in
      let least = max(state.snapshot ?? 0, state.failure?.covers ?? 0)
      guard !state.isReplacing, position >= least, position <= state.end + 1 || state.failure != nil else {
        throw LogError(.misused, "A snapshot of \(least) to \(state.end + 1) batches is possible, one at a time.")
      }
      state.isReplacing = true
    }
    defer { state.withLock { $0?.isReplacing = false } }
    try SnapshotFile.write(files, path("snapshot.new"), position, write)
    try files.rename(path("snapshot.new"), to: path("snapshot"))
    // From here on it may be found; the batches stay until it is sure to be.
    try with { state throws(LogError) in state.snapshot = position }
    try files.synchronizeDirectory(folder, SyncPoint("snapshot"))
    try with { state throws(LogError) in try start(&state, at: position) }
  }

  /// Lets the log begin with batch `first`, and keeps what follows it. Appends wait for this alone.
  private func start(_ state: inout State, at first: UInt64) throws(LogError) {
    let kept = first < state.end ? state.offsets[Int(first - state.first)] : state.size
    let tail = try state.file.bytes(from: kept, count: Int(state.size - kept))
    do throws(LogError) {
      let (file, size) = try makeFile(first: first, tail: state.failure == nil ? tail : [])
      let offsets = state.offsets.filter { $0 >= kept }.map { $0 - kept + UInt64(Frame.headerSize) }
      state.file = file
      (state.first, state.offsets, state.size) = (first, offsets, size)
      (state.durable, state.failure) = (state.end, nil)
    } catch {
      // It is not known which of the two files has the name.
      throw state.fail(error, covers: max(state.end, state.failure?.covers ?? 0))
    }
  }

  private func makeFile(first: UInt64, tail: [UInt8]) throws(LogError) -> (any OpenFile, UInt64) {
    let file = try files.open(path("log.new"), .create)
    try file.truncate(to: 0)
    let bytes = Frame.encode([], position: first, durable: first) + tail
    try file.write(bytes, at: 0)
    try file.synchronizeData(SyncPoint("log"))
    try files.rename(path("log.new"), to: path("log"))
    try files.synchronizeDirectory(folder, SyncPoint("log"))
    return (file, UInt64(bytes.count))
  }
}
