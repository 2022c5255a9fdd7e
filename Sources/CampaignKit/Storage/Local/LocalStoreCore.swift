import Foundation
import Locks
import Synchronization

/// The state of a ``LocalStore`` behind its lock, and the appending of its changes to the log.
///
/// Callers decide and apply under the lock, and wait outside of it until their bytes are in the log. Whoever
/// appends takes all bytes that have gathered as one batch, so the more wait, the more share an append.
final class LocalStoreCore: Sendable {
  typealias Waiter = UnsafeContinuation<StoreError?, Never>

  /// Changes that are appended as one batch, and those who wait for that.
  struct Gathering {
    var bytes: [UInt8] = []
    var waiters: [Waiter] = []
  }

  /// What the lock guards.
  struct Guarded: ~Copyable {
    var state: StoreState
    /// The number of the next batch.
    var position: UInt64 = 0
    /// Gatherings that have become large enough to be batches, oldest first.
    var gathered: [Gathering] = []
    /// Those whose changes are in the outbox, which gathers the next batch.
    var waiters: [Waiter] = []
    /// Whether batches are being appended.
    var isAppending = false
    /// Those who changed nothing, since what they wanted is in a batch that is being appended.
    var bystanders: [Waiter] = []
    /// What could not be appended, and why.
    var failed: Failed?
    var isClosed = false
    /// How closing went, once it is over.
    var ending: Result<Void, StoreError>?
    /// Whether the thread sleeps and must be woken.
    var isIdle = false
    /// When what was appended first and is not yet durable has to be.
    var synchronizeBy: DispatchTime?
    var logBytes = 0
    var snapshotAt: Int
    var isSnapshotting = false
    var snapshotFailure: String?
    var repairs: [String] = []
    /// In the order in which they came, so that everything happens in one order.
    var readers = HintReaders()
  }

  struct Failed {
    /// The batches, oldest first.
    var batches: [[UInt8]]
    var error: LogError
    /// Whether the log takes no appends until a snapshot has taken the place of all of it.
    var needsReplacement: Bool
  }

  let time: any TimeSource
  let configuration: LocalStore.Configuration
  let guarded: Locked<Guarded>
  /// Set once, before the store is handed out.
  let log = Locked<(any DurableLog)?>(nil)
  /// Held while somebody appends, so that batches go in one after the other.
  let appending = Locked<Void>(())
  let wake = DispatchSemaphore(value: 0)
  let finished = DispatchSemaphore(value: 0)
  let snapshotDone = DispatchSemaphore(value: 0)
  /// Signalled when the store is closed; whoever waited passes it on.
  let ended = DispatchSemaphore(value: 0)
  /// Rises with every change, so that the thread can see one coming without the lock.
  let arrivals = Atomic<Int>(0)
  /// Whether there is a log; it never changes once the store is open.
  private let isLogged = Atomic(false)

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
    isLogged.store(true, ordering: .relaxed)
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
      try state.load(loader.tables, at: now)
    }
    state.beginReplaying()
    try log.read(from: contents.snapshot ?? 0) { _, batch in
      try state.replay(batch)
      bytes += batch.count
    }
    state.endReplaying()
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
    // Without a log there is nothing to wait for.
    guard isLogged.load(ordering: .relaxed) else {
      return try guarded.withLock { Self.decide(decide, &$0, time) }.get()
    }
    // Nobody else tries to recover when there is no thread.
    if configuration.appending == .caller, guarded.withLock({ $0.failed != nil && !$0.isClosed }) { appendAll() }
    var outcome: Swift.Result<Result, StoreError>?
    let failure: StoreError? = await withUnsafeContinuation { waiter in
      let (isPending, mustWake) = guarded.withLock { guarded in
        outcome = Self.decide(decide, &guarded, time)
        defer { guarded.closeGathering(from: configuration.largestBatch) }
        guard case .success = outcome, guarded.wait(waiter) else { return (false, false) }
        defer { guarded.isIdle = false }
        return (true, guarded.isIdle)
      }
      if !isPending {
        waiter.resume(returning: nil)
      } else if configuration.appending == .caller {
        appendAll()
        synchronizeIfDue()
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

  static let closed = StoreError(.closed, "the store was closed")

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
    guarded.withLock { guarded in
      guard !guarded.isClosed else { return AsyncStream { $0.finish() } }
      return guarded.readers.add()
    }
  }
}

extension LocalStoreCore.Guarded {
  /// Whether there is anything to append.
  var hasGathered: Bool { !gathered.isEmpty || !state.outbox.bytes.isEmpty }

  /// Lets somebody wait for all that is not in the log yet; false when there is nothing.
  mutating func wait(_ waiter: LocalStoreCore.Waiter) -> Bool {
    if !state.outbox.bytes.isEmpty {
      waiters.append(waiter)
    } else if !gathered.isEmpty {
      gathered[gathered.count - 1].waiters.append(waiter)
    } else if isAppending {
      bystanders.append(waiter)
    } else {
      return false
    }
    return true
  }

  /// Begins the next batch when the one that gathers has so many bytes. The changes of one caller are never parted.
  mutating func closeGathering(from size: Int) {
    guard state.outbox.bytes.count >= size else { return }
    var closed = LocalStoreCore.Gathering()
    swap(&closed.bytes, &state.outbox.bytes)
    swap(&closed.waiters, &waiters)
    gathered.append(closed)
  }

  /// Notes that nothing is being appended any more, and returns who has waited for that.
  mutating func endAppending() -> [LocalStoreCore.Waiter] {
    isAppending = false
    defer { bystanders = [] }
    return bystanders
  }

  /// Takes all that is to be appended, in batches.
  mutating func takeGathered() -> [LocalStoreCore.Gathering] {
    closeGathering(from: 1)
    var taken: [LocalStoreCore.Gathering] = []
    swap(&taken, &gathered)
    return taken
  }

  /// Tells readers which accounts have new events.
  mutating func tellReaders() {
    guard !state.touched.isEmpty else { return }
    if readers.count > 0 {
      for row in Set(state.touched).sorted() {
        readers.tell(state.tables.accounts[Int(row)].account.id)
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
