import Locks

/// Runs campaigns: claims leads, places calls, follows them, ends them, and takes up what another process left.
///
/// ```swift
/// let engine = CampaignEngine(storage: .memory, dialer: SimulatedCarrier())
/// ```
///
/// An engine does nothing until ``run()`` is called, and then runs every campaign of the store that nobody else runs.
/// Any number of engines, in any number of processes, may share a store.
///
/// What an engine promises is written in `Documentation/Architecture.md`; the rules that must never be broken are kept
/// by the store, which decides about each call in one step.
public final class CampaignEngine: Sendable {
  /// The store.
  public let storage: any CampaignStorage
  /// The carrier.
  public let dialer: any Dialer
  let configuration: EngineConfiguration
  let guarded: Locked<Guarded>
  /// What is to be done.
  let jobs = EngineJobs()
  /// Those who have told of something, and wait until the store has it.
  let waiting = Locked(KeepingWaiters())
  /// Rings when a deadline has come.
  let alarm: Alarm

  /// What is behind the lock.
  struct Guarded: Sendable {
    var state: EngineState
    var hasRun = false
    /// Takes what is to be done; it waits until the engine runs.
    let jobs: EngineJobs
    /// What was decided and is not handed over yet.
    var decided: [EngineAction] = []
    /// How many actions are not done yet, beside the updates of calls.
    var underWay = 0
    /// News and ends of calls that nobody writes yet.
    var updates: [CallUpdate] = []
    /// How many write such updates.
    var writers = 0
  }

  /// Creates an engine.
  ///
  /// - Parameters:
  ///   - storage: The store, such as ``LocalStore``.
  ///   - dialer: The carrier, such as ``SimulatedCarrier``.
  ///   - configuration: How it works.
  public init(
    storage: any CampaignStorage, dialer: any Dialer, configuration: EngineConfiguration = EngineConfiguration()
  ) {
    let configuration = configuration.workable
    self.storage = storage
    self.dialer = dialer
    self.configuration = configuration
    alarm = Alarm(clock: configuration.clock)
    guarded = Locked(
      Guarded(
        state: EngineState(configuration, carrier: dialer.name, capabilities: dialer.capabilities),
        jobs: jobs))
  }

  /// The time by the engine's clock.
  var now: Timestamp { configuration.clock.now() }

  /// Tells the engine what has happened; what is to be done about it is done by ``run()``.
  func feed(_ input: EngineInput) {
    feed([input])
  }

  /// Tells the engine what has happened together.
  func feed(_ inputs: [EngineInput]) {
    turn { decide(inputs, &$0) }
  }

  /// Notes what came of an action.
  func done(_ input: EngineInput?) {
    turn { guarded in
      guarded.underWay -= 1
      if let input { decide([input], &guarded) }
    }
  }

  /// Notes what came of updates, and returns those to write next; nil when there are none.
  func updated(_ results: [(CallUpdate, Result<Call.Status, StoreError>)]) -> [CallUpdate]? {
    turn { guarded in
      guarded.writers -= 1
      if !results.isEmpty { decide([.updated(results)], &guarded) }
      guarded.sort()
      return guarded.takeUpdates()
    }
  }

  /// Does something behind the lock, and sees to it that all is done that is to be done because of it.
  func turn<Value>(_ work: (inout Guarded) -> Value) -> Value {
    let (value, next) = act(work)
    alarm.set(next)
    return value
  }

  /// Does something behind the lock, hands over what is to be done because of it, and says when the state is to be woken.
  ///
  /// Nobody is resumed behind the lock: that would wait for whoever cancels the same task, and a handler of that
  /// cancellation may wait for the lock.
  func act<Value>(_ work: (inout Guarded) -> Value) -> (Value, nextWake: Timestamp) {
    let (value, answers, next) = guarded.withLock { guarded in
      let value = work(&guarded)
      guarded.hand()
      return (value, takeAnswers(&guarded), guarded.state.nextWake())
    }
    jobs.wake()
    for answer in answers { answer.waiter.resume(returning: answer.isKept) }
    return (value, next)
  }

  func decide(_ inputs: [EngineInput], _ guarded: inout Guarded) {
    guarded.state.elapsed = configuration.clock.elapsed
    guarded.state.handle(inputs, at: now, &guarded.decided)
  }
}

extension CampaignEngine.Guarded {
  /// The most updates that are written together.
  private static var largestUpdate: Int { 512 }
  /// How many write at the same time: one more than is needed while the first waits for its answer.
  private static var mostWriters: Int { 2 }

  /// Hands over what was decided; ends the run once it is to end and nothing is left to do.
  mutating func hand() {
    sort()
    if !updates.isEmpty, writers < Self.mostWriters {
      writers += 1
      jobs.add(.write)
    }
    if state.isStopping, underWay == 0, writers == 0, state.isDrained { jobs.finish() }
  }

  /// Puts updates of calls aside, to be written together, and hands the rest over.
  mutating func sort() {
    guard !decided.isEmpty else { return }
    for action in decided {
      if case .update(let update) = action {
        updates.append(update)
      } else {
        underWay += 1
        jobs.add(.act(action))
      }
    }
    decided.removeAll(keepingCapacity: true)
  }

  /// Takes updates to be written.
  mutating func takeUpdates() -> [CallUpdate]? {
    guard !updates.isEmpty else { return nil }
    writers += 1
    var taken: [CallUpdate] = []
    if updates.count <= Self.largestUpdate {
      swap(&taken, &updates)
    } else {
      taken = Array(updates.prefix(Self.largestUpdate))
      updates.removeFirst(Self.largestUpdate)
    }
    return taken
  }
}
