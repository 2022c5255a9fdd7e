/// Tells the time, and lets time pass. All waiting of an engine goes through one.
public protocol EngineClock: TimeSource {
  /// Returns after a while, or as soon as the task is cancelled.
  func wait(for duration: Duration) async

  /// How long it is since some moment in the past. Nobody sets it, so it never jumps and never goes back.
  var elapsed: Duration { get }
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
