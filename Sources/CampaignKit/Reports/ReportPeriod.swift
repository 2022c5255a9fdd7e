/// The time that a report covers: whole quarters of an hour, as roll-ups are kept.
public struct ReportPeriod: Hashable, Sendable {
  /// The first moment; nil for everything from the first call on.
  public let from: Timestamp?
  /// The first moment after it; nil for everything to the last call.
  public let until: Timestamp?

  /// All the time there is.
  public static let everything = ReportPeriod(from: nil, until: nil)

  /// Creates a period that begins with the quarter of an hour in which `from` lies, and ends with the one that is not
  /// over before `until`.
  public init(from: Timestamp?, until: Timestamp?) {
    self.from = from.map(\.startOfQuarter)
    self.until = until.map { $0 == $0.startOfQuarter ? $0 : $0.startOfQuarter + QuarterRollup.length }
  }

  /// The last so long, up to now, the quarters that have begun included.
  public static func last(_ length: Duration, before now: Timestamp) -> ReportPeriod {
    ReportPeriod(from: now - max(length, .zero), until: now)
  }

  /// Whole days of a calendar: from the first moment of one date to the last of another; nil leaves that side open.
  public static func days(from first: CivilDate?, through last: CivilDate?, on clock: ZoneClock) -> ReportPeriod {
    ReportPeriod(from: first.map(clock.start(of:)), until: last.map(clock.end(of:)))
  }

  /// The period of the same length that ends where this one begins; nil where a side is open.
  public var previous: ReportPeriod? {
    guard let from, let until, until > from else { return nil }
    return ReportPeriod(from: from - (until - from), until: from)
  }

  /// How much of it is over, and no less than a minute, so that something can be divided by it; nil where it has no
  /// beginning.
  func elapsed(at now: Timestamp) -> Duration? {
    from.map { max(min(until ?? now, now) - $0, .seconds(60)) }
  }

  /// Whether a moment lies in it.
  func contains(_ moment: Timestamp) -> Bool {
    (from.map { moment >= $0 } ?? true) && (until.map { moment < $0 } ?? true)
  }
}

/// The lengths of time for which analytics are told.
public enum AnalyticsSpan: String, Hashable, Sendable, Codable, CaseIterable {
  /// The last hour.
  case hour = "1h"
  /// The last six hours.
  case sixHours = "6h"
  /// The last day of 24 hours.
  case day = "24h"
  /// The last seven days of 24 hours.
  case week = "7d"
  /// The last thirty days of 24 hours.
  case month = "30d"

  /// How long it is.
  public var length: Duration {
    switch self {
    case .hour: .seconds(3600)
    case .sixHours: .seconds(6 * 3600)
    case .day: .seconds(86_400)
    case .week: .seconds(7 * 86_400)
    case .month: .seconds(30 * 86_400)
    }
  }
}

extension Timestamp {
  /// The start of the quarter of an hour that contains the moment.
  public var startOfQuarter: Timestamp {
    let length = QuarterRollup.length.milliseconds
    let rest = milliseconds % length
    return Timestamp(milliseconds: milliseconds - (rest < 0 ? rest + length : rest))
  }
}
