/// Tells the time, and lets time pass. All waiting of an engine goes through one.
public protocol EngineClock: TimeSource {
  /// Returns after a while, or as soon as the task is cancelled.
  func wait(for duration: Duration) async
}

extension SystemTime: EngineClock {
  /// Returns after a while, or as soon as the task is cancelled.
  public func wait(for duration: Duration) async {
    try? await Task.sleep(for: duration, clock: .continuous)
  }
}
