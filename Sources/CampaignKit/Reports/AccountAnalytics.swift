/// How an account's calls and campaigns did in a period.
public struct AccountAnalytics: Hashable, Sendable {
  /// The calls of the period, on the account's clock.
  public var calls: CallSeries
  /// The campaigns that ended in the period.
  public var ended: [Campaign]
  /// How many calls were created, by the minute of the period that is over; 0 where the period has no beginning.
  public var callsPerMinute: Double

  /// Creates a report.
  public init(_ calls: CallSeries, ended: [Campaign], at now: Timestamp) {
    self.calls = calls
    self.ended = ended.filter { $0.endedAt.map(calls.period.contains) ?? false }
    let minutes = calls.period.elapsed(at: now).map { $0 / .seconds(60) }
    callsPerMinute = minutes.map { (Double(calls.total.created) / $0 * 100).rounded() / 100 } ?? 0
  }

  /// How many campaigns were completed in the period.
  public var completedCampaigns: Int { ended.count { $0.status == .completed } }

  /// The share of the campaigns that ended in the period that were completed, in per cent.
  public var completionRate: Double { Percentage.of(completedCampaigns, in: ended.count) }

  /// How long those that were completed took on average, from start to end; zero where there is none.
  public var averageCompletionTime: Duration { ended.filter { $0.status == .completed }.averageRunningTime }

  /// The hour of the day with most calls; nil where there was none.
  public var peakHour: Int? { calls.peakHours.first?.hour }
}
