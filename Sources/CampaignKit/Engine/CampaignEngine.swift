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

  /// What is behind the lock.
  struct Guarded: Sendable {
    var state: EngineState
    var isRunning = false
    /// Takes actions to be done; nil while the engine does not run.
    var actions: AsyncStream<[EngineAction]>.Continuation?
    /// Actions that are under way.
    var underWay = 0
    /// Ends the wait for the next deadline.
    var alarm: Alarm?
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
    guarded = Locked(
      Guarded(state: EngineState(configuration, carrier: dialer.name, capabilities: dialer.capabilities)))
  }

  /// The time by the engine's clock.
  var now: Timestamp { configuration.clock.now() }

  /// Tells the engine what has happened; what is to be done about it is done by ``run()``.
  func feed(_ input: EngineInput) {
    let now = now
    guarded.withLock { guarded in
      guarded.do(guarded.state.handle(input, at: now))
    }
  }
}

extension CampaignEngine.Guarded {
  /// Hands actions over to be done, and sees to it that the next deadline is kept.
  mutating func `do`(_ actions: [EngineAction]) {
    if !actions.isEmpty, let stream = self.actions {
      underWay += actions.count
      stream.yield(actions)
    }
    alarm?.set(state.nextWake())
    if state.isDrained, underWay == 0 { self.actions?.finish() }
  }
}
