/// How far a campaign has come.
public struct CampaignProgress: Hashable, Sendable {
  /// Its status.
  public var status: Campaign.Status
  /// How many leads it has in each status.
  public var leads: LeadCounts
  /// What was counted of its calls.
  public var calls: Rollup
  /// How many leads an hour reached their end since it was started; nil before the first.
  public var leadsPerHour: Double?
  /// When it will be done if it goes on like that; nil where that cannot be told, and once it is over.
  public var estimatedEnd: Timestamp?

  /// Works out how far a campaign has come.
  public init(_ campaign: Campaign, leads: LeadCounts, calls: Rollup, at now: Timestamp) {
    status = campaign.status
    self.leads = leads
    self.calls = calls
    let done = leads.total - leads.open
    guard let startedAt = campaign.startedAt, done > 0 else { return }
    let hours = max((campaign.endedAt ?? now) - startedAt, .milliseconds(1)) / .seconds(3600)
    leadsPerHour = Double(done) / hours
    guard campaign.status == .active, leads.open > 0 else { return }
    // Times beyond what can be told are as good as never.
    let rest = hours * Double(leads.open) / Double(done)
    if rest < 1_000_000 { estimatedEnd = now + .seconds(3600 * rest) }
  }

  /// The share of leads that are done, 0 to 1; 1 where there are none.
  public var share: Double {
    leads.total == 0 ? 1 : Double(leads.total - leads.open) / Double(leads.total)
  }
}
