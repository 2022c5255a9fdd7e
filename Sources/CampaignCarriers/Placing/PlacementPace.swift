import Foundation

/// How fast calls are started with one account: as fast as it was set up, or as the carrier showed that it takes.
///
/// It is a value and knows no clock; moments are durations since any fixed one.
struct PlacementPace: Sendable {
  /// When a call may start.
  enum Turn: Hashable {
    /// After this wait. The start is taken.
    case after(Duration)
    /// Not before this wait is over, which is longer than was offered. Nothing is taken.
    case notWithin(Duration)
  }

  /// The most that is ever started in a second; nil for no limit.
  private let ceiling: Double?
  private let burst: Int
  /// How many are started in a second now; nil for no limit.
  private(set) var perSecond: Double?
  /// When the next would start if all came at even distances.
  private var next = Duration.zero
  /// Nothing starts before this.
  private var restsUntil = Duration.zero
  /// When the rate was last lowered, and when it was last changed.
  private var loweredAt: Duration?
  private var changedAt = Duration.zero
  /// Starts of late: each counts for half at first, and for less as time passes. Calls that go on at an even rate come
  /// to as many as are started in a second.
  private var measured = 0.0
  private var measuredAt = Duration.zero
  /// When what is measured began.
  private var measuredFrom = Duration.zero

  /// The rate never falls below a call in five seconds.
  private static let lowest = 0.2

  init(perSecond: Double?, burst: Int) {
    ceiling = perSecond.flatMap { $0 > 0 ? $0 : nil }
    self.perSecond = ceiling
    self.burst = max(1, burst)
  }

  /// Takes the next start, if it is not too far off.
  mutating func take(at now: Duration, within longest: Duration) -> Turn {
    let start = max(now, restsUntil, next - interval * (burst - 1))
    guard start - now <= longest else { return .notWithin(start - now) }
    next = max(next, start) + interval
    measure(at: now)
    return .after(start - now)
  }

  /// Takes a start now, whose turn it is not: what comes after it makes room for it.
  mutating func takeAtOnce(at now: Duration) {
    next = max(next, now) + interval
    measure(at: now)
  }

  private var interval: Duration { perSecond.map { .nanoseconds(Int64(1e9 / $0)) } ?? .zero }

  private mutating func measure(at now: Duration) {
    let passed = max(.zero, now - measuredAt) / .seconds(1)
    measured *= exp(-passed / 2)
    if measured < 0.01 { measuredFrom = now }
    measured += 0.5
    measuredAt = now
  }

  /// How many were started in a second of late, also where that began only just; nil when one was at most.
  private var rate: Double? {
    guard measured > 0.51 else { return nil }
    let span = max(0.1, (measuredAt - measuredFrom) / .seconds(1))
    return measured / (1 - exp(-span / 2))
  }

  /// The carrier has said that calls come too fast.
  ///
  /// Many calls that were started together are refused together; that counts once. So does what was sent before the
  /// rate was lowered and is refused after that.
  mutating func slowDown(at now: Duration, sentAt: Duration? = nil, resting: Duration?) {
    if let resting { restsUntil = max(restsUntil, now + min(resting, .seconds(60))) }
    if let loweredAt, now - loweredAt < .seconds(1) || sentAt ?? now < loweredAt { return }
    let current = min(perSecond ?? .infinity, rate ?? .infinity)
    perSecond = max(Self.lowest, current.isFinite ? current * 0.7 : 1)
    next = min(next, now + interval)
    (loweredAt, changedAt) = (now, now)
  }

  /// The carrier has taken a call without complaint. A rate that was lowered rises again, slowly.
  mutating func goOn(at now: Duration) {
    guard loweredAt != nil, let rate = perSecond, now - changedAt >= .seconds(30) else { return }
    changedAt = now
    let risen = rate * 1.1
    perSecond = ceiling.map { min($0, risen) } ?? risen
  }
}
