/// When a campaign may call, in its own time zone.
///
/// The legal hours of the person called come on top, in that person's own time zone.
public struct Schedule: Hashable, Sendable, Codable {
  /// When it starts; nil for at once.
  public var start: ScheduleBound?
  /// When it ends; nil for when all leads are done.
  public var end: ScheduleBound?
  /// The time zone of its dates, days and hours, as an IANA name; nil for the account's.
  public var timeZone: String?
  /// The days of the week on which it calls; all by default.
  public var days: Set<Weekday>
  /// The hours of the day in which it calls; nil for the account's.
  public var hours: DailyHours?
  /// Dates on which it does not call.
  public var excludedDates: [CivilDate]

  /// Creates a schedule; without arguments, one that is always open.
  public init(
    start: ScheduleBound? = nil, end: ScheduleBound? = nil, timeZone: String? = nil,
    days: Set<Weekday> = Set(Weekday.allCases), hours: DailyHours? = nil, excludedDates: [CivilDate] = []
  ) {
    self.start = start
    self.end = end
    self.timeZone = timeZone
    self.days = days
    self.hours = hours
    self.excludedDates = excludedDates
  }
}

/// An end of a schedule: a moment, or a whole day in the schedule's time zone.
public enum ScheduleBound: Hashable, Sendable, Codable {
  /// A moment.
  case moment(Timestamp)
  /// A day: as a start its first moment, as an end its last.
  case day(CivilDate)
}

/// A span of hours that recurs daily; it may go over midnight.
public struct DailyHours: Hashable, Sendable, Codable {
  /// The first moment.
  public var from: TimeOfDay
  /// The first moment that is outside again. Where it is not after ``from``, it belongs to the next day.
  public var until: TimeOfDay

  /// Creates a span of hours.
  public init(from: TimeOfDay, until: TimeOfDay) {
    self.from = from
    self.until = until
  }
}

/// Whether, when and how often a lead is tried again.
public struct RetryPolicy: Hashable, Sendable, Codable {
  /// How many attempts a lead gets in all, over all outcomes, numbers and restarts; at least 1.
  public var maximumAttempts: Int
  /// The outcomes after which a lead is tried again.
  public var retried: Set<Disposition>
  /// How long to wait after an outcome that has no rule of its own.
  public var delay: RetryDelay
  /// Delays that differ from ``delay`` for some outcomes.
  public var delays: [Disposition: RetryDelay]
  /// Whether the delay runs only while the lead may be called.
  public var countsCallableTimeOnly: Bool
  /// How long to wait before the person's next number is tried.
  @Milliseconds public var nextNumberDelay: Duration

  /// Creates a policy; without arguments, one attempt only.
  public init(
    maximumAttempts: Int = 1, retried: Set<Disposition> = [.noAnswer, .busy, .failed],
    delay: RetryDelay = .fixed(.seconds(3600)), delays: [Disposition: RetryDelay] = [:],
    countsCallableTimeOnly: Bool = false, nextNumberDelay: Duration = .seconds(60)
  ) {
    self.maximumAttempts = maximumAttempts
    self.retried = retried
    self.delay = delay
    self.delays = delays
    self.countsCallableTimeOnly = countsCallableTimeOnly
    self.nextNumberDelay = nextNumberDelay
  }
}

/// How the wait before the next attempt grows.
public enum RetryDelay: Hashable, Sendable {
  /// The same each time.
  case fixed(Duration)
  /// One after the other; the last is repeated.
  case list([Duration])
  /// `first`, then `factor` times as long each time, up to `maximum`.
  case exponential(first: Duration, factor: Double, maximum: Duration)

  /// The wait after so many attempts, counted from 1.
  public func delay(afterAttempt attempt: Int) -> Duration {
    switch self {
    case .fixed(let delay): return delay
    case .list(let delays): return delays.isEmpty ? .zero : delays[min(max(attempt, 1), delays.count) - 1]
    case .exponential(let first, let factor, let maximum):
      var delay = Double(first.milliseconds)
      let limit = Double(maximum.milliseconds)
      for _ in 1..<max(min(attempt, 64), 1) where delay < limit { delay *= max(factor, 1) }
      // The limit also where the delay is no number, and 64 bits where a Double has been rounded beyond them.
      guard delay < limit else { return .milliseconds(maximum.milliseconds) }
      return .milliseconds(min(Int64(exactly: delay.rounded(.down)) ?? .max, maximum.milliseconds))
    }
  }
}

extension RetryDelay: Codable {
  private enum CodingKeys: String, CodingKey {
    case fixed, list, first, factor, maximum
  }

  /// Reads `{"fixed": ms}`, `{"list": [ms]}` or `{"first": ms, "factor": n, "maximum": ms}`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    if let delay = try container.decodeIfPresent(Int64.self, forKey: .fixed) {
      self = .fixed(.milliseconds(delay))
    } else if let delays = try container.decodeIfPresent([Int64].self, forKey: .list) {
      self = .list(delays.map { .milliseconds($0) })
    } else {
      self = .exponential(
        first: .milliseconds(try container.decode(Int64.self, forKey: .first)),
        factor: try container.decode(Double.self, forKey: .factor),
        maximum: .milliseconds(try container.decode(Int64.self, forKey: .maximum)))
    }
  }

  /// Writes what ``init(from:)`` reads.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .fixed(let delay): try container.encode(delay.milliseconds, forKey: .fixed)
    case .list(let delays): try container.encode(delays.map(\.milliseconds), forKey: .list)
    case .exponential(let first, let factor, let maximum):
      try container.encode(first.milliseconds, forKey: .first)
      try container.encode(factor, forKey: .factor)
      try container.encode(maximum.milliseconds, forKey: .maximum)
    }
  }
}
