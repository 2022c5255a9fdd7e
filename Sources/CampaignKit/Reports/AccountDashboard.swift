/// An account at a glance.
public struct AccountDashboard: Sendable {
  /// How many campaigns it has in each status; a status without one is absent.
  public var campaigns: [Campaign.Status: Int]
  /// The calls since midnight, on the account's clock.
  public var today: Rollup
  /// The calls since Monday's midnight.
  public var week: Rollup
  /// The calls since the first of the month.
  public var month: Rollup
  /// The limits, and how much of them is used.
  public var slots: SlotUsage
  /// The campaigns that were completed last, ``mostCompleted`` at most.
  public var completed: [Campaign]
  /// How many calls were created today, by the minute of the day so far.
  public var callsPerMinute: Double

  /// How many completed campaigns the average duration is taken of at most.
  public static let mostCompleted = 100

  /// Creates a dashboard.
  ///
  /// - Parameters:
  ///   - campaigns: How many campaigns there are in each status.
  ///   - quarters: The calls of ``period(at:on:)``.
  ///   - clock: The account's clock.
  ///   - slots: The limits.
  ///   - completed: The campaigns that were completed last.
  ///   - now: The time.
  public init(
    campaigns: [Campaign.Status: Int], quarters: [QuarterRollup], on clock: ZoneClock, slots: SlotUsage,
    completed: [Campaign] = [], at now: Timestamp
  ) {
    self.campaigns = campaigns
    self.slots = slots
    self.completed = completed
    let starts = Starts(at: now, on: clock)
    func since(_ start: Timestamp) -> Rollup { Rollup.sum(quarters.lazy.filter { $0.start >= start }.map(\.rollup)) }
    today = since(starts.day)
    week = since(starts.week)
    month = since(starts.month)
    let minutes = max(now - starts.day, .seconds(60)) / .seconds(60)
    callsPerMinute = (Double(today.created) / minutes * 100).rounded() / 100
  }

  /// The time that the figures need: since the beginning of the week or of the month, whichever came first.
  public static func period(at now: Timestamp, on clock: ZoneClock) -> ReportPeriod {
    let starts = Starts(at: now, on: clock)
    return ReportPeriod(from: min(starts.week, starts.month), until: nil)
  }

  /// How many campaigns it has.
  public var totalCampaigns: Int { campaigns.values.reduce(0, +) }

  /// How long the completed campaigns took on average, from start to end; zero where there is none.
  public var averageCampaignDuration: Duration { completed.averageRunningTime }

  /// When the day, the week and the month began.
  private struct Starts {
    var day: Timestamp
    var week: Timestamp
    var month: Timestamp

    init(at now: Timestamp, on clock: ZoneClock) {
      let today = clock.date(at: now)
      day = clock.start(of: today)
      // Monday is the first day; Sunday has the number 0.
      week = clock.start(of: CivilDate(daysSince1970: today.daysSince1970 - (today.weekday.rawValue + 6) % 7))
      month = clock.start(of: CivilDate(daysSince1970: today.daysSince1970 - (today.day - 1)))
    }
  }
}

extension [Campaign] {
  /// How long those that started and ended took on average; zero where there is none.
  var averageRunningTime: Duration {
    let times = compactMap { campaign -> Duration? in
      guard let start = campaign.startedAt, let end = campaign.endedAt else { return nil }
      return Swift.max(end - start, .zero)
    }
    return times.isEmpty ? .zero : times.reduce(Duration.zero, +) / times.count
  }
}
