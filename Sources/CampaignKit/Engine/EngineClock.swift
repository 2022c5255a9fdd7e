/// Tells the time, and lets time pass. All waiting of an engine goes through one.
///
/// One that is a `TaskExecutor` as well, as virtual time is, runs what an engine begins beside its own run.
public protocol EngineClock: TimeSource {
  /// Returns after a while, or as soon as the task is cancelled.
  func wait(for duration: Duration) async

  /// How long it is since some moment in the past. Nobody sets it, so it never jumps and never goes back.
  var elapsed: Duration { get }
}

extension EngineClock {
  /// Begins a task for which nobody waits.
  func begin(_ work: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
    Task(executorPreference: self as? any TaskExecutor, operation: work)
  }
}

extension SystemTime: EngineClock {
  /// Returns after a while, or as soon as the task is cancelled.
  public func wait(for duration: Duration) async {
    try? await Task.sleep(for: duration, clock: .continuous)
  }

  /// How long it is since some moment in the past.
  public var elapsed: Duration { ContinuousClock.now - Self.beginning }

  private static let beginning = ContinuousClock.now
}
