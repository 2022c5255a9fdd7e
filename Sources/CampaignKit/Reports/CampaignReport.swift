/// What there is to say of a campaign: its leads now, and its calls in a period.
public struct CampaignReport: Hashable, Sendable {
  /// The campaign.
  public var campaign: Campaign
  /// How many leads it has in each status, now.
  public var leads: LeadCounts
  /// Its calls, on the campaign's own clock.
  public var calls: CallSeries
  /// When this was so.
  public var at: Timestamp

  /// Creates a report.
  public init(_ campaign: Campaign, leads: LeadCounts, calls: CallSeries, at now: Timestamp) {
    self.campaign = campaign
    self.leads = leads
    self.calls = calls
    at = now
  }

  // MARK: Contacts

  /// Leads that were tried at least once.
  public var contacted: Int { leads.attempted }

  /// Their share of all leads, in per cent.
  public var contactedPercentage: Double { Percentage.of(contacted, in: leads.total) }

  /// Leads that were never tried. With ``contacted`` they are all.
  public var untouched: Int { leads.total - contacted }

  // MARK: Days

  /// How many days a campaign lasts, and how many of them are over.
  public struct Span: Hashable, Sendable {
    /// From its start to its end, as planned, or as it was where it is over; to today where no end is planned.
    public var total: Int
    /// From its start to today.
    public var elapsed: Int
    /// What is left. With ``elapsed`` it is ``total``.
    public var remaining: Int { total - elapsed }
  }

  /// How long the campaign lasts, in days of its own calendar: the difference of dates.
  ///
  /// It starts when its schedule says, or else when it was started; without either there is nothing to count. It ends
  /// when it ended, or else when its schedule says.
  public var span: Span {
    func date(_ bound: ScheduleBound?) -> CivilDate? {
      switch bound {
      case .moment(let moment): calls.clock.date(at: moment)
      case .day(let date): date
      case nil: nil
      }
    }
    guard let start = date(campaign.schedule.start) ?? campaign.startedAt.map(calls.clock.date(at:)) else {
      return Span(total: 0, elapsed: 0)
    }
    let today = calls.clock.date(at: campaign.endedAt ?? at).daysSince1970 - start.daysSince1970
    let planned = campaign.endedAt == nil ? date(campaign.schedule.end) : nil
    let total = max(0, planned.map { $0.daysSince1970 - start.daysSince1970 } ?? today)
    return Span(total: total, elapsed: min(max(0, today), total))
  }
}
