public import CampaignKit
import Locks

/// Wraps a file system and makes chosen operations fail, or synchronizations do nothing.
///
/// ```swift
/// let disk = FaultyFileSystem(LossyFileSystem())
/// disk.fail(.write, number: 3, with: .noRoom, shortWrite: 100)
/// ```
///
/// Operations of a kind are counted from 1, from the creation of this object on.
public final class FaultyFileSystem: FileSystem {
  /// The kinds of operation that can fail.
  public enum Kind: Sendable, Hashable, CaseIterable {
    /// Writing bytes.
    case write
    /// Making a file's bytes durable.
    case synchronize
    /// Giving a file another name.
    case rename
    /// Removing a file.
    case remove
    /// Reserving room for a file.
    case preallocate
    /// Making a folder's names durable.
    case synchronizeDirectory
    /// Cutting a file.
    case truncate
    /// Opening or creating a file.
    case open
  }

  /// How an operation fails.
  public enum Failure: Sendable, Hashable, CaseIterable {
    /// As on a full device: `ENOSPC`.
    case noRoom
    /// As on a failing device: `EIO`.
    case inputOutput
  }

  private struct Rule: Sendable {
    var kind: Kind
    var number: Int
    var failure: Failure
    var isPersistent: Bool
    var shortWrite: Int
  }

  private struct State: Sendable {
    var counts: [Kind: Int] = [:]
    var points: [SyncPoint: Int] = [:]
    var rules: [Rule] = []
    var failingPoints: [SyncPoint: Failure] = [:]
    var ignored: Set<SyncPoint> = []
    var ignoredNumbers: [Kind: Set<Int>] = [:]
    var meanwhile: [SyncPoint: @Sendable () -> Void] = [:]
  }

  private let base: any FileSystem
  private let state = Locked(State())

  /// Wraps a file system; nothing fails until told so.
  public init(_ base: any FileSystem) {
    self.base = base
  }

  /// Makes an operation fail.
  ///
  /// - Parameters:
  ///   - kind: The kind of operation.
  ///   - number: Which one of that kind, from 1.
  ///   - failure: How it fails.
  ///   - persistently: Whether all later ones of the kind fail too.
  ///   - shortWrite: How many bytes of a failing write are written all the same.
  public func fail(
    _ kind: Kind, number: Int, with failure: Failure, persistently: Bool = false, shortWrite: Int = 0
  ) {
    state.withLock {
      $0.rules.append(
        Rule(
          kind: kind, number: number, failure: failure, isPersistent: persistently, shortWrite: shortWrite))
    }
  }

  /// Makes the next synchronization at a place fail.
  public func failNext(at point: SyncPoint, with failure: Failure = .inputOutput) {
    state.withLock { $0.failingPoints[point] = failure }
  }

  /// Makes every synchronization at a place do nothing and report success.
  public func ignore(_ point: SyncPoint) {
    state.withLock { _ = $0.ignored.insert(point) }
  }

  /// Makes one synchronization do nothing and report success.
  ///
  /// - Parameters:
  ///   - kind: ``Kind/synchronize`` or ``Kind/synchronizeDirectory``.
  ///   - number: Which one of that kind, from 1.
  public func ignore(_ kind: Kind, number: Int) {
    state.withLock { _ = $0.ignoredNumbers[kind, default: []].insert(number) }
  }

  /// Does something when a file was synchronized at a place and nobody knows yet, as another thread may.
  ///
  /// - Parameters:
  ///   - point: The place.
  ///   - body: What is done, once; nil for nothing.
  public func doMeanwhile(at point: SyncPoint, _ body: (@Sendable () -> Void)?) {
    state.withLock { $0.meanwhile[point] = body }
  }

  func takeMeanwhile(at point: SyncPoint) -> (@Sendable () -> Void)? {
    state.withLock { $0.meanwhile.removeValue(forKey: point) }
  }

  /// Lets everything succeed again; the counters go on.
  public func heal() {
    state.withLock {
      $0.rules = []
      $0.failingPoints = [:]
      $0.ignored = []
      $0.ignoredNumbers = [:]
    }
  }

  /// How many operations of a kind there were.
  public func count(_ kind: Kind) -> Int {
    state.withLock { $0.counts[kind, default: 0] }
  }

  /// How many synchronizations there were at a place.
  public func count(at point: SyncPoint) -> Int {
    state.withLock { $0.points[point, default: 0] }
  }

  /// Creates one directory; never fails of itself.
  public func createDirectory(_ path: String) throws(LogError) {
    try base.createDirectory(path)
  }

  /// Names everything in a directory; never fails of itself.
  public func list(_ path: String) throws(LogError) -> [String] {
    try base.list(path)
  }

  /// Opens a file, if it is not the one that fails.
  public func open(_ path: String, _ mode: OpenMode) throws(LogError) -> any OpenFile {
    if let (failure, _) = pass(.open) { throw error(failure, path) }
    return FaultyFile(try base.open(path, mode), path: path, self)
  }

  /// Gives a file another name, if it is not the one that fails.
  public func rename(_ path: String, to newPath: String) throws(LogError) {
    if let (failure, _) = pass(.rename) { throw error(failure, path) }
    try base.rename(path, to: newPath)
  }

  /// Removes a file, if it is not the one that fails.
  public func remove(_ path: String) throws(LogError) {
    if let (failure, _) = pass(.remove) { throw error(failure, path) }
    try base.remove(path)
  }

  /// Makes the names in a directory durable, fails, or pretends to.
  public func synchronizeDirectory(_ path: String, _ point: SyncPoint) throws(LogError) {
    switch pass(.synchronizeDirectory, point) {
    case .fail(let failure): throw error(failure, path)
    case .ignore: return
    case .proceed: try base.synchronizeDirectory(path, point)
    }
  }

  enum Verdict {
    case fail(Failure)
    case ignore
    case proceed
  }

  /// Counts an operation and finds out whether it fails.
  func pass(_ kind: Kind) -> (Failure, shortWrite: Int)? {
    state.withLock { state in
      state.counts[kind, default: 0] += 1
      let number = state.counts[kind, default: 0]
      let rule = state.rules.first {
        $0.kind == kind && ($0.isPersistent ? number >= $0.number : number == $0.number)
      }
      return rule.map { ($0.failure, $0.shortWrite) }
    }
  }

  func pass(_ kind: Kind, _ point: SyncPoint) -> Verdict {
    if let (failure, _) = pass(kind) { return .fail(failure) }
    return state.withLock { state in
      state.points[point, default: 0] += 1
      if let failure = state.failingPoints.removeValue(forKey: point) { return .fail(failure) }
      let number = state.counts[kind, default: 0]
      let isIgnored = state.ignored.contains(point) || state.ignoredNumbers[kind, default: []].contains(number)
      return isIgnored ? .ignore : .proceed
    }
  }

  func error(_ failure: Failure, _ path: String) -> LogError {
    let number = failure == .noRoom ? SystemError.noRoom : SystemError.inputOutput
    return .system(number, "This failure was injected.", file: path)
  }
}

/// A file of a ``FaultyFileSystem``, opened.
private final class FaultyFile: OpenFile {
  private let base: any OpenFile
  private let path: String
  private let system: FaultyFileSystem

  init(_ base: any OpenFile, path: String, _ system: FaultyFileSystem) {
    self.base = base
    self.path = path
    self.system = system
  }

  func size() throws(LogError) -> UInt64 {
    try base.size()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(LogError) -> Int {
    try base.read(into: buffer, at: offset)
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(LogError) {
    if let (failure, count) = system.pass(.write) {
      if count > 0 { try base.write(UnsafeRawBufferPointer(rebasing: bytes.prefix(count)), at: offset) }
      throw system.error(failure, path)
    }
    try base.write(bytes, at: offset)
  }

  func preallocate(_ size: UInt64) throws(LogError) {
    if let (failure, _) = system.pass(.preallocate) { throw system.error(failure, path) }
    try base.preallocate(size)
  }

  func truncate(to size: UInt64) throws(LogError) {
    if let (failure, _) = system.pass(.truncate) { throw system.error(failure, path) }
    try base.truncate(to: size)
  }

  func synchronizeData(_ point: SyncPoint) throws(LogError) {
    switch system.pass(.synchronize, point) {
    case .fail(let failure):
      (base as? LossyFile)?.failToSynchronize()
      throw system.error(failure, path)
    case .ignore: break
    case .proceed: try base.synchronizeData(point)
    }
    system.takeMeanwhile(at: point)?()
  }

  func isStill(at path: String) throws(LogError) -> Bool {
    try base.isStill(at: path)
  }

  func lock() throws(LogError) {
    try base.lock()
  }

  func close() throws(LogError) {
    try base.close()
  }
}
