public import CampaignKit
import Locks

/// A source of time that stands still until it is moved.
public final class ManualTime: TimeSource {
  private let moment: Locked<Timestamp>

  /// Creates a source.
  ///
  /// - Parameter start: The time that it tells first; the start of 2025 by default.
  public init(_ start: Timestamp = Timestamp(milliseconds: 1_735_689_600_000)) {
    moment = Locked(start)
  }

  /// The time to which it was moved last.
  public func now() -> Timestamp {
    moment.withLock { $0 }
  }

  /// Moves the time to a moment, forwards or backwards.
  public func set(_ moment: Timestamp) {
    self.moment.withLock { $0 = moment }
  }

  /// Moves the time on; a negative duration moves it back.
  public func advance(by duration: Duration) {
    moment.withLock { $0 = $0 + duration }
  }
}
