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
  let actions: AsyncStream<EngineAction>
  /// Rings when a deadline has come.
  let alarm: Alarm

  /// What is behind the lock.
  struct Guarded: Sendable {
    var state: EngineState
    var hasRun = false
    /// Takes actions to be done; they wait until the engine runs.
    let actions: AsyncStream<EngineAction>.Continuation
    /// What was decided and is not handed over yet.
    var decided: [EngineAction] = []
    /// How many actions are not done yet.
    var underWay = 0
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
    self.storage = storage
    self.dialer = dialer
    self.configuration = configuration
    alarm = Alarm(clock: configuration.clock)
    let (actions, continuation) = AsyncStream.makeStream(of: EngineAction.self)
    self.actions = actions
    guarded = Locked(
      Guarded(
        state: EngineState(configuration, carrier: dialer.name, capabilities: dialer.capabilities),
        actions: continuation))
  }

  /// The time by the engine's clock.
  var now: Timestamp { configuration.clock.now() }

  /// Tells the engine what has happened; what is to be done about it is done by ``run()``.
  func feed(_ input: EngineInput) {
    let now = now
    guarded.withLock { guarded in
      guarded.state.handle(input, at: now, &guarded.decided)
      guarded.hand()
      alarm.set(guarded.state.nextWake())
    }
  }

  /// Notes what came of an action, and returns one of those that follow from it; the others are handed over.
  func done(_ input: EngineInput?) -> EngineAction? {
    let now = now
    return guarded.withLock { guarded in
      guarded.underWay -= 1
      if let input { guarded.state.handle(input, at: now, &guarded.decided) }
      let next = guarded.decided.popLast()
      if next != nil { guarded.underWay += 1 }
      guarded.hand()
      alarm.set(guarded.state.nextWake())
      return next
    }
  }
}

extension CampaignEngine.Guarded {
  /// Hands over what was decided; ends the run once it is to end and nothing is left to do.
  mutating func hand() {
    underWay += decided.count
    for action in decided { actions.yield(action) }
    decided.removeAll(keepingCapacity: true)
    if state.isStopping, underWay == 0, state.isDrained { actions.finish() }
  }
}
