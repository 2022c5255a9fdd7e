public import CampaignKit

/// The system's clock, made faster: what takes a minute by it takes a second, with a speed of 60. A speed below 1 makes
/// it slower.
///
/// Unlike `VirtualTime` it passes by itself, and so it can be used where sockets are.
public struct FastTime: EngineClock {
  private let speed: Double
  private let start: Timestamp
  private let beginning: ContinuousClock.Instant

  /// Creates a clock that shows the system's time, and runs ahead of it from now on.
  public init(speed: Double) {
    self.speed = speed
    start = SystemTime().now()
    beginning = .now
  }

  /// The time.
  public func now() -> Timestamp { start + elapsed }

  /// How long it is since the clock was made.
  public var elapsed: Duration { (ContinuousClock.now - beginning) * speed }

  /// Returns after a while, or as soon as the task is cancelled.
  public func wait(for duration: Duration) async {
    try? await Task.sleep(for: duration / speed, clock: .continuous)
  }
}
