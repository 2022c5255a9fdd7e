/// Why calls reached nobody, where and when, and what to do about it.
///
/// A call has failed when it ended and reached nobody; see ``Rollup/failed``. The counts of the reasons, of the
/// campaigns, of the days and of the hours each add up to all failed calls.
public struct FailureReport: Sendable {
  /// All calls of the period, those that failed among them.
  public var calls: CallSeries
  /// Those of the period of the same length before; nil where the period has no beginning or no end.
  public var previous: Rollup?
  /// The failed calls by campaign, most first.
  public var campaigns: [CampaignShare]
  /// What follows from the figures.
  public var recommendations: [Recommendation]
  /// The newest failed calls.
  public var newest: [Call]

  /// The failed calls of one campaign.
  public struct CampaignShare: Hashable, Sendable {
    /// The campaign; nil for all calls of none that is listed: single calls, and those of deleted campaigns.
    public var campaign: Campaign.ID?
    /// How many of its calls failed.
    public var failed: Int
    /// Its share of all failed calls, in per cent; see ``Percentage/shares(of:)``.
    public var percentage: Double
  }

  /// Creates a report.
  ///
  /// - Parameters:
  ///   - calls: The calls of an account or a campaign.
  ///   - previous: Those of the period before.
  ///   - campaigns: The calls of the campaigns among them.
  ///   - newest: The newest failed calls.
  public init(
    _ calls: CallSeries, previous: Rollup? = nil, campaigns: [Campaign.ID: Rollup] = [:], newest: [Call] = []
  ) {
    self.calls = calls
    self.previous = previous
    self.newest = newest
    recommendations = Recommendation.of(calls, previous: previous)
    var parts: [(campaign: Campaign.ID?, failed: Int)] = campaigns.filter { $0.value.failed > 0 }
      .sorted { ($1.value.failed, $0.key) < ($0.value.failed, $1.key) }
      .map { ($0.key, $0.value.failed) }
    let rest = calls.total.failed - parts.reduce(0) { $0 + $1.failed }
    if rest > 0 { parts.append((nil, rest)) }
    self.campaigns = zip(parts, Percentage.shares(of: parts.map(\.failed))).map {
      CampaignShare(campaign: $0.campaign, failed: $0.failed, percentage: $1)
    }
  }

  /// How many calls failed.
  public var failed: Int { calls.total.failed }

  /// The reasons with their counts and shares, the most frequent first.
  public var reasons: [OutcomeShare<Disposition>] { calls.total.failureReasons }

  /// How many calls failed on each local date; dates without a call are absent.
  public var days: [(date: CivilDate, failed: Int)] { calls.days.map { ($0.date, $0.calls.failed) } }

  /// How many calls failed in each local hour of the day, from midnight on.
  public var hours: [Int] { calls.hours.map(\.failed) }

  /// How many more calls failed than in the period before; nil where there is none.
  public var change: Int? { previous.map { failed - $0.failed } }

  /// By how many points the share of failed calls is above that of the period before; nil where there is none.
  public var rateChange: Double? {
    previous.map { ((calls.total.failureRate - $0.failureRate) * 100).rounded() / 100 }
  }
}
