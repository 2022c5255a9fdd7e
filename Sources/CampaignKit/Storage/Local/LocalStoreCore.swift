import Foundation
import Locks
import Synchronization

/// The state of a ``LocalStore`` behind its lock, and the appending of its changes to the log.
///
/// Callers decide and apply under the lock, and wait outside of it until their bytes are in the log. Whoever
/// appends takes all bytes that have gathered as one batch, so the more wait, the more share an append.
final class LocalStoreCore: Sendable {
  typealias Waiter = UnsafeContinuation<StoreError?, Never>

  /// What the lock guards.
  struct Guarded: ~Copyable {
    var state: StoreState
    /// The number of the next batch.
    var position: UInt64 = 0
    /// Those whose changes are in the outbox.
    var waiters: [Waiter] = []
    /// Bytes that could not be appended, and why.
    var failed: Failed?
    var isClosed = false
    /// Whether the thread sleeps and must be woken.
    var isIdle = false
    /// When what was appended first and is not yet durable has to be.
    var synchronizeBy: DispatchTime?
    var logBytes = 0
    var snapshotAt: Int
    var isSnapshotting = false
    var snapshotFailure: String?
    var repairs: [String] = []
    var readers: [Int: AsyncStream<Account.ID>.Continuation] = [:]
    var nextReader = 0
  }

  struct Failed {
    var bytes: [UInt8]
    var error: LogError
    /// Whether the log takes no appends until a snapshot has taken the place of all of it.
    var needsReplacement: Bool
  }

  let time: any TimeSource
  private let configuration: LocalStore.Configuration
  private let guarded: Locked<Guarded>
  /// Set once, before the store is handed out.
  private let log = Locked<(any DurableLog)?>(nil)
  /// Held while somebody appends, so that batches go in one after the other.
  private let appending = Locked<Void>(())
  private let wake = DispatchSemaphore(value: 0)
  private let finished = DispatchSemaphore(value: 0)
  private let snapshotDone = DispatchSemaphore(value: 0)
  /// Rises with every change, so that the thread can see one coming without the lock.
  private let arrivals = Atomic<Int>(0)

  init(configuration: LocalStore.Configuration) {
    self.configuration = configuration
    time = configuration.time
    guarded = Locked(
      Guarded(
        state: StoreState(identifiers: configuration.identifiers, keepsChanges: false),
        snapshotAt: configuration.snapshotEvery))
  }

  // MARK: Opening

  func open(_ log: any DurableLog) throws(StoreError) {
    do {
      let contents = try log.open()
      do {
        try guarded.withLock { guarded in
          guarded.logBytes = try Self.read(log, contents, into: &guarded.state, at: time.now())
          guarded.state.keepsChanges = true
          guarded.position = contents.end
          guarded.repairs = contents.repairs
        }
      } catch {
        try? log.close()
        throw error
      }
    } catch let error as LogError {
      throw StoreError(error)
    } catch let error as StoreError {
      throw error
    } catch {
      throw StoreError(.damaged, "the log could not be read", cause: error)
    }
    self.log.withLock { $0 = log }
    guard configuration.appending == .thread else { return }
    let thread = Thread { [self] in runThread() }
    thread.name = "CampaignKit log"
    thread.stackSize = 1 << 20
    thread.start()
  }

  /// Fills the state, and returns how many bytes of changes the log holds beside its snapshot.
  private static func read(
    _ log: any DurableLog, _ contents: LogContents, into state: inout StoreState, at now: Timestamp
  ) throws -> Int {
    var bytes = 0
    if contents.snapshot != nil {
      var loader = SnapshotLoader()
      try log.readSnapshot { try loader.take($0) }
      guard loader.isComplete else { throw StoreError(.damaged, "the snapshot has no end; restore it from a backup") }
      state.load(loader.tables, at: now)
    }
    try log.read(from: contents.snapshot ?? 0) { _, batch in
      try state.replay(batch)
      bytes += batch.count
    }
    state.touched = []
    state.remnants = nil
    return bytes
  }

  // MARK: Reading and writing

  /// Looks at the state.
  func read<Result: Sendable>(
    _ look: (inout StoreState, Timestamp) throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    let now = time.now()
    return try guarded.withLock { (guarded) throws(StoreError) in
      guard !guarded.isClosed else { throw Self.closed }
      return try look(&guarded.state, now)
    }
  }

  /// A copy of the tables, to be searched without the lock.
  func tables<Result: Sendable>(
    _ look: (inout StoreState) throws(StoreError) -> Result
  ) throws(StoreError) -> (Tables, Result) {
    try guarded.withLock { (guarded) throws(StoreError) in
      guard !guarded.isClosed else { throw Self.closed }
      return (guarded.state.tables, try look(&guarded.state))
    }
  }

  /// Makes a change, and returns when it is as durable as the store is configured to make it.
  func write<Result: Sendable>(
    _ decide: (inout StoreState, Timestamp) throws(StoreError) -> Result
  ) async throws(StoreError) -> Result {
    // Nobody else tries to recover when there is no thread.
    if configuration.appending == .caller, guarded.withLock({ $0.failed != nil && !$0.isClosed }) { appendAll() }
    var outcome: Swift.Result<Result, StoreError>?
    let failure: StoreError? = await withUnsafeContinuation { waiter in
      let (isPending, mustWake) = guarded.withLock { guarded in
        outcome = Self.decide(decide, &guarded, time)
        guard !guarded.state.outbox.bytes.isEmpty, case .success = outcome else { return (false, false) }
        guarded.waiters.append(waiter)
        defer { guarded.isIdle = false }
        return (true, guarded.isIdle)
      }
      if !isPending {
        waiter.resume(returning: nil)
      } else if configuration.appending == .caller {
        appendAll()
      } else {
        arrivals.wrappingAdd(1, ordering: .relaxed)
        if mustWake { wake.signal() }
      }
    }
    if let failure { throw failure }
    guard let outcome else { throw Self.closed }
    return try outcome.get()
  }

  private static func decide<Result>(
    _ decide: (inout StoreState, Timestamp) throws(StoreError) -> Result, _ guarded: inout Guarded,
    _ time: any TimeSource
  ) -> Swift.Result<Result, StoreError> {
    guard !guarded.isClosed else { return .failure(closed) }
    if let failed = guarded.failed { return .failure(StoreError(failed.error)) }
    do {
      let result = try decide(&guarded.state, time.now())
      guarded.tellReaders()
      return .success(result)
    } catch {
      return .failure(error)
    }
  }

  private static let closed = StoreError(.closed, "the store was closed")

  // MARK: Appending

  /// Appends all that has gathered, until nothing is left.
  private func appendAll() {
    appending.withLock { _ in
      recoverIfFailed()
      while appendOnce() {}
    }
  }

  /// Appends what has gathered as one batch; false when there was nothing.
  private func appendOnce() -> Bool {
    guard let log = log.withLock({ $0 }) else { return false }
    let durably = configuration.durability == .everyCommit
    let taken: (bytes: [UInt8], waiters: [Waiter], position: UInt64, tables: Tables?, logBytes: Int)? = guarded.withLock
    { guarded in
      guard guarded.failed == nil, !guarded.state.outbox.bytes.isEmpty else { return nil }
      var bytes: [UInt8] = []
      swap(&bytes, &guarded.state.outbox.bytes)
      var waiters: [Waiter] = []
      swap(&waiters, &guarded.waiters)
      let position = guarded.position
      guarded.position += 1
      guarded.logBytes += bytes.count
      if !durably, guarded.synchronizeBy == nil, case .interval(let duration) = configuration.durability.kind {
        guarded.synchronizeBy = .now() + .milliseconds(Int(clamping: duration.milliseconds))
      }
      var tables: Tables?
      if guarded.logBytes >= guarded.snapshotAt, !guarded.isSnapshotting {
        guarded.isSnapshotting = true
        tables = guarded.state.tables
      }
      return (bytes, waiters, position, tables, guarded.logBytes)
    }
    guard let taken else { return false }
    do throws(LogError) {
      try log.append(taken.bytes, at: taken.position, durably: durably)
      for waiter in taken.waiters { waiter.resume(returning: nil) }
    } catch {
      fail(taken.bytes, taken.waiters, error, endsSnapshot: taken.tables != nil)
      return false
    }
    if let tables = taken.tables {
      beginSnapshot(of: tables, before: taken.position + 1, covering: taken.logBytes)
    }
    return true
  }

  /// Keeps what could not be appended, and tells all who wait.
  private func fail(_ bytes: [UInt8], _ waiters: [Waiter], _ error: LogError, endsSnapshot: Bool) {
    let others = guarded.withLock { guarded in
      guarded.failed = Failed(
        bytes: bytes + guarded.state.outbox.bytes, error: error, needsReplacement: error.code != .full)
      guarded.state.outbox.bytes = []
      guarded.position -= 1
      guarded.logBytes -= bytes.count
      // Another snapshot may be on its way, which a close has to wait for.
      if endsSnapshot { guarded.isSnapshotting = false }
      var others: [Waiter] = []
      swap(&others, &guarded.waiters)
      return others
    }
    for waiter in waiters + others { waiter.resume(returning: StoreError(error)) }
  }

  /// Tries to make durable what could not be appended.
  private func recoverIfFailed() {
    guard let log = log.withLock({ $0 }) else { return }
    let taken: (failed: Failed, position: UInt64, tables: Tables)? = guarded.withLock { guarded in
      // A snapshot that is being written has the place of another; its end is not far.
      guard !guarded.isSnapshotting else { return nil }
      return guarded.failed.map { ($0, guarded.position, guarded.state.tables) }
    }
    guard let (failed, position, tables) = taken else { return }
    do {
      if failed.needsReplacement {
        try log.replace(before: position + 1) { try tables.write(to: $0) }
      } else {
        try log.append(failed.bytes, at: position, durably: true)
      }
      guarded.withLock { guarded in
        guarded.failed = nil
        guarded.position += 1
        guarded.logBytes = failed.needsReplacement ? 0 : guarded.logBytes + failed.bytes.count
      }
    } catch {
      let error = error as? LogError ?? LogError(.failed, "the state could not be written anew: \(error)")
      guarded.withLock {
        // A device without room for the snapshot is no reason to append to what cannot be relied on.
        $0.failed = Failed(
          bytes: failed.bytes, error: error, needsReplacement: failed.needsReplacement || error.code != .full)
      }
    }
  }

  // MARK: The thread

  private func runThread() {
    while true {
      let seen = arrivals.load(ordering: .relaxed)
      appendAll()
      synchronizeIfDue()
      if arrivals.load(ordering: .relaxed) != seen || awaitArrival(after: seen) { continue }
      let next: DispatchTime? = guarded.withLock { guarded in
        guard guarded.state.outbox.bytes.isEmpty || guarded.failed != nil else { return .now() }
        if guarded.isClosed { return nil }
        guarded.isIdle = true
        if guarded.failed != nil { return .now() + .seconds(1) }
        return guarded.synchronizeBy ?? .distantFuture
      }
      guard let next else { break }
      _ = wake.wait(timeout: next)
    }
    finished.signal()
  }

  /// Waits a few microseconds for the next change: one writer who goes on at once need not wake a thread.
  private func awaitArrival(after seen: Int) -> Bool {
    let end = DispatchTime.now().uptimeNanoseconds + 20_000
    while DispatchTime.now().uptimeNanoseconds < end {
      if arrivals.load(ordering: .relaxed) != seen { return true }
    }
    return false
  }

  private func synchronizeIfDue() {
    guard let log = log.withLock({ $0 }) else { return }
    appending.withLock { _ in
      let isDue = guarded.withLock { guarded in
        guard let moment = guarded.synchronizeBy, moment <= .now(), guarded.failed == nil else { return false }
        guarded.synchronizeBy = nil
        return true
      }
      guard isDue else { return }
      do throws(LogError) {
        try log.synchronize()
      } catch {
        // What was appended since the last time is in doubt; the state still has it. It also has what has come
        // meanwhile: the snapshot will contain that, so it must not be appended behind it once more.
        let waiters = guarded.withLock { guarded in
          guarded.failed = Failed(bytes: guarded.state.outbox.bytes, error: error, needsReplacement: true)
          guarded.state.outbox.bytes = []
          var waiters: [Waiter] = []
          swap(&waiters, &guarded.waiters)
          return waiters
        }
        for waiter in waiters { waiter.resume(returning: StoreError(error)) }
      }
    }
  }

  // MARK: Snapshots

  private func beginSnapshot(of tables: Tables, before position: UInt64, covering bytes: Int) {
    guard configuration.appending == .thread else {
      return writeSnapshot(of: tables, before: position, covering: bytes)
    }
    let thread = Thread { [self] in writeSnapshot(of: tables, before: position, covering: bytes) }
    thread.name = "CampaignKit snapshot"
    thread.start()
  }

  private func writeSnapshot(of tables: Tables, before position: UInt64, covering bytes: Int) {
    guard let log = log.withLock({ $0 }) else { return }
    var failure: String?
    do {
      try log.replace(before: position) { try tables.write(to: $0) }
    } catch {
      failure = "\(error)"
    }
    guarded.withLock { guarded in
      guarded.isSnapshotting = false
      guarded.snapshotFailure = failure
      if failure == nil {
        guarded.logBytes = max(0, guarded.logBytes - bytes)
        guarded.snapshotAt = configuration.snapshotEvery
      } else {
        // Not again at once: a device without room for a snapshot should keep what it has for changes.
        guarded.snapshotAt = guarded.logBytes + configuration.snapshotEvery / 2 + 1
      }
    }
    snapshotDone.signal()
  }

  func snapshotNow() throws(StoreError) {
    guard log.withLock({ $0 != nil }) else { return }
    appendAll()
    let taken: (tables: Tables, position: UInt64, logBytes: Int)? = appending.withLock { _ in
      guarded.withLock { guarded in
        guard !guarded.isSnapshotting, !guarded.isClosed, guarded.failed == nil,
          guarded.state.outbox.bytes.isEmpty
        else { return nil }
        guarded.isSnapshotting = true
        return (guarded.state.tables, guarded.position, guarded.logBytes)
      }
    }
    guard let taken else {
      throw StoreError(.conflict, "a snapshot is being written already, or the store takes no writes")
    }
    writeSnapshot(of: taken.tables, before: taken.position, covering: taken.logBytes)
    if let failure = guarded.withLock({ $0.snapshotFailure }) {
      throw StoreError(.unavailable, "the snapshot could not be written: \(failure); the store goes on without it")
    }
  }

  // MARK: Ending

  func close() throws(StoreError) {
    let (wasClosed, readers) = guarded.withLock { guarded in
      defer { guarded.isClosed = true }
      var readers: [Int: AsyncStream<Account.ID>.Continuation] = [:]
      swap(&readers, &guarded.readers)
      return (guarded.isClosed, readers)
    }
    // Without the lock: the end of a stream takes it, to strike the reader off.
    for reader in readers.values { reader.finish() }
    guard !wasClosed, let log = log.withLock({ $0 }) else { return }
    if configuration.appending == .thread {
      arrivals.wrappingAdd(1, ordering: .relaxed)
      wake.signal()
      finished.wait()
    } else {
      appendAll()
    }
    while guarded.withLock({ $0.isSnapshotting }) { snapshotDone.wait() }
    let failed = guarded.withLock { $0.failed?.error }
    do {
      try log.close()
    } catch {
      throw StoreError(error)
    }
    if let failed { throw StoreError(failed) }
  }

  /// Gives the log up when nobody has closed the store.
  func abandon() {
    guard log.withLock({ $0 != nil }), !guarded.withLock({ $0.isClosed }) else { return }
    try? close()
  }

  // MARK: Looking

  var condition: LocalStore.Condition {
    guarded.withLock { guarded in
      LocalStore.Condition(
        isWritable: guarded.failed == nil && !guarded.isClosed,
        failure: guarded.failed.map { StoreError($0.error) } ?? (guarded.isClosed ? Self.closed : nil),
        repairs: guarded.repairs, logBytes: guarded.logBytes, snapshotFailure: guarded.snapshotFailure)
    }
  }

  func hints() -> AsyncStream<Account.ID> {
    let (stream, continuation) = AsyncStream.makeStream(of: Account.ID.self, bufferingPolicy: .bufferingNewest(1024))
    let number: Int? = guarded.withLock { guarded in
      guard !guarded.isClosed else { return nil }
      guarded.readers[guarded.nextReader] = continuation
      guarded.nextReader += 1
      return guarded.nextReader - 1
    }
    guard let number else {
      continuation.finish()
      return stream
    }
    continuation.onTermination = { [weak self] _ in
      self?.guarded.withLock { $0.readers[number] = nil }
    }
    return stream
  }
}

extension LocalStoreCore.Guarded {
  /// Tells readers which accounts have new events.
  mutating func tellReaders() {
    guard !state.touched.isEmpty else { return }
    if !readers.isEmpty {
      for row in Set(state.touched) {
        let account = state.tables.accounts[Int(row)].account.id
        for reader in readers.values { reader.yield(account) }
      }
    }
    state.touched.removeAll(keepingCapacity: true)
  }
}

extension StoreError {
  /// What a failure of the log means to the caller of a store.
  init(_ error: LogError) {
    switch error.code {
    case .damaged, .newerFormat: self.init(.damaged, error.message, cause: error)
    case .closed: self.init(.closed, error.message, cause: error)
    default: self.init(.unavailable, error.message, cause: error)
    }
  }
}
