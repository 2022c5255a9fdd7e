/// How many calls may start, and which limit says so.
struct Permits {
  /// The limits in the order in which they are named when several leave equally little.
  enum Limit {
    case systemLimit, accountLimit, campaignLimit, agents, callerNumbers, rate
  }

  private(set) var count: Int
  private var first: Limit?

  init(_ wanted: Int) {
    count = wanted
  }

  /// Notes what a limit leaves. The first that leaves less than was wanted is the one that is told.
  mutating func lower(to rest: Int, _ limit: Limit) {
    let rest = max(0, rest)
    guard rest < count else { return }
    count = rest
    first = limit
  }

  /// Why there were no more calls, once the rates were taken.
  func stop(
    record: ClaimRecord, request: ClaimRequest, campaign: ClaimTerms, day: Range<Timestamp>, now: Timestamp
  ) -> ClaimStop {
    switch first {
    case .systemLimit: return .systemLimit
    case .accountLimit: return .accountLimit
    case .campaignLimit: return .campaignLimit
    case .agents: return .agents
    case .callerNumbers: return .callerNumbers(until: day.contains(now) ? day.upperBound : now)
    case .rate: return .rate(until: Rate.nextStart(record: record, request: request, campaign: campaign))
    case nil: return .satisfied
    }
  }
}

/// Starts at even distances, with a few at once after a pause; moments are in nanoseconds.
///
/// Of a rate, one moment is kept: when the next start would come if all came at even distances.
struct Rate {
  let interval: Int64
  let burst: Int64

  init(delay: Duration) {
    interval = max(1, Self.held(delay.milliseconds.multipliedReportingOverflow(by: 1_000_000), above: delay > .zero))
    burst = 1
  }

  init(perSecond: Double, burst: Int = 1) {
    // Also a rate that is no number is the slowest.
    let exact = 1_000_000_000 / (perSecond > 1e-6 ? perSecond : 1e-6)
    interval = max(1, Int64(min(exact, 1e15)))
    self.burst = Int64(max(1, min(burst, 1_000_000)))
  }

  init(_ limit: RateLimit) {
    self.init(perSecond: limit.perSecond, burst: limit.burst)
  }

  static func nanoseconds(_ moment: Timestamp) -> Int64 {
    held(moment.milliseconds.multipliedReportingOverflow(by: 1_000_000), above: moment.milliseconds > 0)
  }

  /// A result, or the end of what 64 bits can hold: a moment or a time that is too far off must not come near.
  private static func held(_ result: (partialValue: Int64, overflow: Bool), above: Bool) -> Int64 {
    result.overflow ? (above ? .max : .min) : result.partialValue
  }

  /// How long so many starts take at even distances.
  private func time(of starts: Int64) -> Int64 {
    Self.held(starts.multipliedReportingOverflow(by: interval), above: true)
  }

  /// The moment that is kept. A later one than a full burst at this instant would give was left behind by a clock that
  /// was ahead; in its place comes one that permits one start. Nobody would ever be permitted one that lowers it else.
  private func bounded(_ next: Int64, at now: Int64) -> Int64 {
    guard next > Self.held(now.addingReportingOverflow(time(of: burst)), above: true) else { return next }
    return Self.held(now.addingReportingOverflow(time(of: burst - 1)), above: true)
  }

  /// How many may start at a moment.
  func permits(at now: Int64, until next: Int64) -> Int {
    let ahead = Self.held(max(bounded(next, at: now), now).subtractingReportingOverflow(now), above: true)
    let slack = time(of: burst - 1) - ahead
    return slack < 0 ? 0 : Int(slack / interval) + 1
  }

  /// The moment that is kept after so many starts.
  func until(after starts: Int, at now: Int64, until next: Int64) -> Int64 {
    let next = bounded(next, at: now)
    return starts == 0
      ? next : Self.held(max(next, now).addingReportingOverflow(time(of: Int64(starts))), above: true)
  }

  /// When the next may start.
  func nextStart(until next: Int64) -> Int64 {
    Self.held(next.subtractingReportingOverflow(time(of: burst - 1)), above: false)
  }

  /// When all rates of a claim permit the next start, rounded up to the millisecond.
  static func nextStart(record: ClaimRecord, request: ClaimRequest, campaign: ClaimTerms) -> Timestamp {
    var latest: Int64 = 0
    if campaign.pacing.delayBetweenCalls > .zero {
      latest = max(latest, Rate(delay: campaign.pacing.delayBetweenCalls).nextStart(until: record.delayUntil))
    }
    if let perSecond = campaign.pacing.callsPerSecond {
      latest = max(latest, Rate(perSecond: perSecond).nextStart(until: record.rateUntil))
    }
    for limit in request.rates {
      let until = record.rates.first { $0.name == limit.name }?.until ?? 0
      latest = max(latest, Rate(limit).nextStart(until: until))
    }
    return Timestamp(milliseconds: latest / 1_000_000 + (latest % 1_000_000 > 0 ? 1 : 0))
  }
}

extension StoreState {
  /// Notes so many starts in the rates of a claim.
  func takeRates(
    _ starts: Int, _ request: ClaimRequest, campaign: ClaimTerms, record: inout ClaimRecord, now: Timestamp
  ) {
    let nanoseconds = Rate.nanoseconds(now)
    if campaign.pacing.delayBetweenCalls > .zero {
      record.delayUntil = Rate(delay: campaign.pacing.delayBetweenCalls).until(
        after: starts, at: nanoseconds, until: record.delayUntil)
    }
    if let perSecond = campaign.pacing.callsPerSecond {
      record.rateUntil = Rate(perSecond: perSecond).until(after: starts, at: nanoseconds, until: record.rateUntil)
    }
    record.rates = rates(request.rates, after: starts, at: nanoseconds)
  }

  func rates(_ limits: [RateLimit], after starts: Int, at now: Int64) -> [(name: String, until: Int64)] {
    var until: [(name: String, until: Int64)] = []
    for limit in limits {
      let moment = Rate(limit).until(after: starts, at: now, until: tables.rates[limit.name] ?? 0)
      // One name given twice is one rate, as slow as the slower.
      if let index = until.firstIndex(where: { $0.name == limit.name }) {
        until[index].until = max(until[index].until, moment)
      } else {
        until.append((limit.name, moment))
      }
    }
    return until
  }
}
