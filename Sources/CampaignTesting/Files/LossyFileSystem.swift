public import CampaignKit
import Locks

/// Files in memory that can lose power.
///
/// It keeps what is in the cache, which every reader sees, apart from what is durable. ``crash(seed:)`` gives the
/// file system that is found after a loss of power: what was durable, and of everything else any part.
///
/// ```swift
/// let disk = LossyFileSystem()
/// try run(on: disk)
/// let found = disk.crash(seed: 42)
/// try check(found)
/// ```
///
/// ## The model
///
/// - A write that was not synchronized survives in any subset of its 512-byte sectors, and each of them whole,
///   or only its first or only its last bytes. Bytes beside a write are never harmed.
/// - Cutting a file and reserving room for it survive or not, each on its own, in any combination with writes
///   before and after. What a file has grown by without data reads as zeros.
/// - Creating, renaming and removing a name survive or not, in any subset, except that a change is lost when an
///   earlier change of the same name was. A rename is whole or not at all.
/// - A file's content and its name are independent: synchronizing the one does nothing for the other.
/// - Bytes that a file's synchronization should have made durable when ``FaultyFileSystem`` let it fail stay in
///   doubt: readers go on seeing them, but no later synchronization makes them durable, unless they are written
///   again. That is how Linux behaves.
///
/// Everything is deterministic: the same operations and the same seed give the same files.
public final class LossyFileSystem: FileSystem {
  let state: Locked<State>

  /// Creates an empty file system with the root folder `/`.
  public init() {
    state = Locked(State())
  }

  private init(_ state: State) {
    self.state = Locked(state)
  }

  /// How many operations have changed or synchronized something so far.
  public var operations: Int {
    state.withLock { $0.operations }
  }

  /// Whether operations can still succeed.
  public var hasPower: Bool {
    state.withLock { $0.operations < $0.limit }
  }

  /// Turns the power off after `count` operations in total: every later call fails and changes nothing.
  public func powerOff(after count: Int) {
    state.withLock { $0.limit = count }
  }

  /// Turns the power off now, and returns the files that are found after it is back, chosen by a seed.
  public func crash(seed: UInt64) -> LossyFileSystem {
    var random = SeededGenerator(seed: seed)
    return LossyFileSystem(
      state.withLock { state in
        state.limit = 0
        return state.afterPowerLoss(&random)
      })
  }

  /// Turns the power off now, and returns the files that are found if exactly the changes survive that
  /// `survives` picks. They are offered in the order in which they were made in each file and folder.
  public func crash(keeping survives: (PendingChange) -> Bool) -> LossyFileSystem {
    LossyFileSystem(
      state.withLock { state in
        state.limit = 0
        return state.afterPowerLoss(keeping: survives)
      })
  }

  /// Ends the process, so to speak: returns the same files with everything that is in the cache, and without
  /// locks. Calls through the old file system fail from now on.
  public func restart() -> LossyFileSystem {
    LossyFileSystem(
      state.withLock { state in
        state.limit = 0
        var next = state
        next.limit = .max
        next.locks = [:]
        return next
      })
  }

  /// The bytes of a file as readers see them, or nil if there is none.
  public func contents(of path: String) -> [UInt8]? {
    state.withLock { state in
      (try? state.file(path)).flatMap { state.files[$0]?.cached }
    }
  }

  /// Replaces the bytes of a file, durably and without counting as an operation: for tests that damage files.
  public func setContents(_ bytes: [UInt8], of path: String) {
    state.withLock { state in
      guard let (directory, name) = try? state.place(path) else { return }
      let node = state.directories[directory]?.cached[name] ?? state.makeNode()
      state.files[node] = File(durable: bytes, cached: bytes)
      state.directories[directory]?.cached[name] = node
      state.directories[directory]?.durable[name] = node
    }
  }

  /// Creates one directory whose name is not durable yet.
  public func createDirectory(_ path: String) throws(LogError) {
    try change(path) { state throws(LogError) in
      let (directory, name) = try state.place(path)
      if let node = state.directories[directory]?.cached[name] {
        guard state.directories[node] != nil else {
          throw .system(SystemError.notDirectory, "The folder could not be created.", file: path)
        }
        return
      }
      let node = state.makeNode()
      state.directories[node] = Directory()
      state.directories[directory]?.perform(.create(name, node))
    }
  }

  /// Names everything in a directory, sorted.
  public func list(_ path: String) throws(LogError) -> [String] {
    try look(path) { state throws(LogError) in
      guard let directory = state.directories[try state.directory(path)] else { return [] }
      return directory.cached.keys.sorted()
    }
  }

  /// Opens a file; a new name is not durable yet.
  public func open(_ path: String, _ mode: OpenMode) throws(LogError) -> any OpenFile {
    let existing: Int? = try look(path) { state throws(LogError) in
      let (directory, name) = try state.place(path)
      return state.directories[directory]?.cached[name]
    }
    if let existing {
      if mode == .createNew { throw .system(SystemError.exists, "The file could not be created.", file: path) }
      return LossyFile(self, node: existing, path: path)
    }
    guard mode == .create || mode == .createNew else {
      throw .system(SystemError.noEntry, "The file could not be opened.", file: path)
    }
    let node = try change(path) { state throws(LogError) in
      let (directory, name) = try state.place(path)
      let node = state.makeNode()
      state.files[node] = File()
      state.directories[directory]?.perform(.create(name, node))
      return node
    }
    return LossyFile(self, node: node, path: path)
  }

  /// Gives a file another name in the same folder.
  public func rename(_ path: String, to newPath: String) throws(LogError) {
    try change(path) { state throws(LogError) in
      let node = try state.file(path)
      let (directory, name) = try state.place(path)
      let (newDirectory, newName) = try state.place(newPath)
      precondition(directory == newDirectory, "A file is renamed within its folder only.")
      state.directories[directory]?.perform(.rename(name, newName, node))
    }
  }

  /// Removes a file; who has it open keeps it.
  public func remove(_ path: String) throws(LogError) {
    try change(path) { state throws(LogError) in
      _ = try state.file(path)
      let (directory, name) = try state.place(path)
      state.directories[directory]?.perform(.remove(name))
    }
  }

  /// Makes the names in a directory durable; the files in it are another matter.
  public func synchronizeDirectory(_ path: String, _ point: SyncPoint) throws(LogError) {
    try change(path) { state throws(LogError) in
      let node = try state.directory(path)
      state.directories[node]?.synchronize()
    }
  }

  /// Counts an operation and carries it out, if there is power.
  func change<Result: Sendable>(
    _ path: String, _ body: (inout State) throws(LogError) -> Result
  ) throws(LogError) -> Result {
    try state.withLock { state throws(LogError) in
      guard state.operations < state.limit else {
        throw .system(SystemError.inputOutput, "There is no power.", file: path)
      }
      state.operations += 1
      return try body(&state)
    }
  }

  func look<Result: Sendable>(
    _ path: String, _ body: (inout State) throws(LogError) -> Result
  ) throws(LogError) -> Result {
    try state.withLock { state throws(LogError) in
      guard state.operations <= state.limit else {
        throw .system(SystemError.inputOutput, "There is no power.", file: path)
      }
      return try body(&state)
    }
  }
}

/// A change that is not durable yet, offered to ``LossyFileSystem/crash(keeping:)``.
public struct PendingChange: Sendable, Hashable {
  /// What is changed.
  public enum Kind: Sendable, Hashable {
    /// A part of a write, at most one sector.
    case write(offset: Int, count: Int)
    /// The size of a file.
    case size(Int)
    /// A name in a folder that is created, made the new name of a file, or removed.
    case name
  }

  /// The file's last name, or the name that is changed.
  public let name: String
  /// What is changed.
  public let kind: Kind
}
