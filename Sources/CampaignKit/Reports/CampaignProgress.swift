/// How far a campaign has come, and when it will be done if it goes on like that.
public struct CampaignProgress: Hashable, Sendable {
  /// How far back the rate looks.
  public static let window = Duration.seconds(3600)

  /// Its status.
  public var status: Campaign.Status
  /// How many leads it has in each status.
  public var leads: LeadCounts
  /// What was counted of its calls.
  public var calls: Rollup
  /// How many leads an hour were done by a call since ``window`` ago, or since the campaign was started or resumed
  /// where that is less; nil unless it is active and there was one.
  public var leadsPerHour: Double?
  /// When it will be done at that rate from the moment on at which the next lead is due, as if it called around the
  /// clock; nil where there is no rate, where all that wait are due later than in ``window``, as the rate tells nothing
  /// of then, and beyond a hundred years.
  public var estimatedEnd: Timestamp?

  /// Works out how far a campaign has come.
  ///
  /// - Parameters:
  ///   - campaign: The campaign.
  ///   - leads: Its leads.
  ///   - calls: All its calls.
  ///   - recent: The calls of ``period(of:at:)``.
  ///   - nextDueAt: When the next of the leads that wait is due; nil, the default, for at once.
  ///   - now: The time.
  public init(
    _ campaign: Campaign, leads: LeadCounts, calls: Rollup, recent: Rollup, nextDueAt: Timestamp? = nil,
    at now: Timestamp
  ) {
    status = campaign.status
    self.leads = leads
    self.calls = calls
    guard campaign.status == .active, recent.leadsDone > 0 else { return }
    // The first quarter may have begun before the campaign did, but its calls have not.
    let start = max(Self.start(of: campaign, at: now).startOfQuarter, campaign.startedAt ?? .distantPast)
    let hours = max(now - start, .seconds(1)) / .seconds(3600)
    let rate = Double(recent.leadsDone) / hours
    leadsPerHour = rate
    let rest = Double(leads.open) / rate
    let next = max(nextDueAt ?? now, now)
    if leads.open > 0, rest < 876_600, next - now <= Self.window { estimatedEnd = next + .seconds(3600 * rest) }
  }

  /// The period whose calls tell the rate.
  public static func period(of campaign: Campaign, at now: Timestamp) -> ReportPeriod {
    ReportPeriod(from: start(of: campaign, at: now), until: now)
  }

  private static func start(of campaign: Campaign, at now: Timestamp) -> Timestamp {
    min(max(now - window, campaign.resumedAt ?? campaign.startedAt ?? .distantPast), now)
  }

  /// Leads that are done.
  public var processed: Int { leads.total - leads.open }

  /// Leads that are not done. With ``processed`` they are all.
  public var remaining: Int { leads.open }

  /// The share of leads that are done, 0 to 1; 1 where there are none.
  public var share: Double { leads.total == 0 ? 1 : Double(processed) / Double(leads.total) }

  /// The share of leads that are done, in per cent; 0 where there are none. It is 100 only when all are.
  public var percentage: Double {
    remaining > 0 ? min(Percentage.of(processed, in: leads.total), 99.99) : Percentage.of(processed, in: leads.total)
  }
}
