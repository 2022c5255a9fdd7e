public import CampaignKit

extension VirtualTime {
  /// Makes an engine that lives in this time, over an empty store in memory.
  ///
  /// The same program gives the same identifiers and the same calls, every time.
  ///
  /// ```swift
  /// try await VirtualTime.run { time in
  ///   let engine = time.engine()
  ///   async let running: Void = engine.run()
  ///   engine.stop()
  ///   try await running
  /// }
  /// ```
  ///
  /// - Parameters:
  ///   - dialer: The carrier; the simulated one unless told otherwise.
  ///   - configuration: How it works. Its clock is this time, whatever it was.
  ///   - seed: What the store's identifiers are drawn from.
  /// - Returns: The engine, which has no account yet and does not run yet.
  public func engine(
    dialer: (any Dialer)? = nil, configuration: EngineConfiguration = EngineConfiguration(), seed: UInt64 = 1
  ) -> CampaignEngine {
    var keeping = LocalStore.Configuration()
    keeping.time = self
    keeping.identifiers = IdentifierGenerator(random: SeededGenerator(seed: seed))
    var running = configuration
    running.clock = self
    return CampaignEngine(
      storage: LocalStore(configuration: keeping), dialer: dialer ?? SimulatedCarrier(clock: self),
      configuration: running)
  }
}
