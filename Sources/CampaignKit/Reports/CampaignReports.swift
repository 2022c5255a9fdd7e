/// Reads reports from a store.
///
/// Everything comes from what the store counts as it goes; the number of reads does not depend on how many leads or
/// calls there are. Where a report shows calls themselves, it shows a bounded page of them. `Documentation/Reports.md`
/// has every figure with its formula and its source.
///
/// A campaign or an agent of another account is answered as if there were no such thing.
public struct CampaignReports: Sendable {
  let storage: any CampaignStorage

  /// Reads from a store.
  public init(_ storage: any CampaignStorage) {
    self.storage = storage
  }

  // MARK: Campaigns

  /// How far a campaign has come.
  ///
  /// - Throws: ``StoreError/Code/notFound``.
  public func progress(of id: Campaign.ID, in account: Account.ID) async throws(StoreError) -> CampaignProgress {
    try await progress(of: campaign(id, in: account))
  }

  /// How far a campaign has come that was read a moment ago, such as one of a page of campaigns.
  public func progress(of campaign: Campaign) async throws(StoreError) -> CampaignProgress {
    let now = try await storage.now()
    let leads = try await storage.leadCounts(of: campaign.id) ?? LeadCounts()
    let calls = try await storage.total(of: .campaign(campaign.id))
    let recent = try await series(
      .campaign(campaign.id), in: CampaignProgress.period(of: campaign, at: now), on: .utc)
    let queues = try await campaign.status == .active ? storage.queues(of: campaign.id) : []
    return CampaignProgress(
      campaign, leads: leads, calls: calls, recent: recent.total, nextDueAt: queues.compactMap(\.nextDueAt).min(),
      at: now)
  }

  /// The leads of a campaign now, and its calls in a period.
  ///
  /// - Throws: ``StoreError/Code/notFound``.
  public func report(
    on id: Campaign.ID, in account: Account.ID, period: ReportPeriod = .everything
  ) async throws(StoreError) -> CampaignReport {
    let campaign = try await campaign(id, in: account)
    let now = try await storage.now()
    let leads = try await storage.leadCounts(of: id) ?? LeadCounts()
    let calls = try await series(.campaign(id), in: period, on: clock(of: campaign))
    return CampaignReport(campaign, leads: leads, calls: calls, at: now)
  }

  /// When something last happened to a campaign: it was changed, or its newest call was created, went on or ended.
  public func lastActivity(of campaign: Campaign) async throws(StoreError) -> Timestamp {
    let query = CallQuery(account: campaign.account, campaign: campaign.id)
    guard let call = try await storage.calls(query, page: PageRequest(limit: 1)).elements.first else {
      return campaign.updatedAt
    }
    let times = [call.createdAt, call.placedAt, call.ringingAt, call.answeredAt, call.endedAt].compactMap(\.self)
    return times.reduce(campaign.updatedAt, max)
  }

  // MARK: Calls

  /// The calls of an account in a period, on the account's clock, or of one of its campaigns, on the campaign's.
  ///
  /// - Throws: ``StoreError/Code/notFound``.
  public func calls(
    of account: Account.ID, campaign id: Campaign.ID? = nil, period: ReportPeriod = .everything
  ) async throws(StoreError) -> CallSeries {
    if let id {
      let campaign = try await campaign(id, in: account)
      return try await series(.campaign(id), in: period, on: clock(of: campaign))
    }
    return try await series(.account(account), in: period, on: clock(of: account))
  }

  /// Why calls of the last days reached nobody.
  ///
  /// - Parameters:
  ///   - account: The account.
  ///   - id: The campaign, or nil for all calls of the account.
  ///   - days: How many days, today included, on the clock of the campaign or the account; at least one.
  ///   - newest: How many failed calls to show.
  /// - Returns: The report, compared with as many days before.
  /// - Throws: ``StoreError/Code/notFound``.
  public func failures(
    of account: Account.ID, campaign id: Campaign.ID? = nil, days: Int = 7, newest: Int = 0
  ) async throws(StoreError) -> FailureReport {
    let now = try await storage.now()
    let clock: ZoneClock
    if let id {
      clock = try await self.clock(of: campaign(id, in: account))
    } else {
      clock = try await self.clock(of: account)
    }
    let days = min(max(days, 1), 36_500)
    let today = clock.date(at: now).daysSince1970
    let first = clock.start(of: CivilDate(daysSince1970: today - days + 1))
    let before = ReportPeriod(from: clock.start(of: CivilDate(daysSince1970: today - 2 * days + 1)), until: first)
    let period = ReportPeriod(from: first, until: now)
    let scope = id.map { RollupScope.campaign($0) } ?? .account(account)
    let both = try await series(scope, in: ReportPeriod(from: before.from, until: period.until), on: clock)
    let calls = both.part(period)
    var campaigns: [Campaign.ID: Rollup] = [:]
    if let id { campaigns[id] = calls.total } else { campaigns = try await totals(of: account, in: period) }
    return FailureReport(
      calls, previous: both.part(before).total, campaigns: campaigns,
      newest: try await failedCalls(among: calls, of: account, campaign: id, limit: newest))
  }

  /// The calls of the newest campaigns of an account in a period.
  private func totals(
    of account: Account.ID, in period: ReportPeriod
  ) async throws(StoreError) -> [Campaign.ID: Rollup] {
    let query = CampaignQuery(account: account, statuses: Set(Campaign.Status.allCases).subtracting([.draft]))
    var totals: [Campaign.ID: Rollup] = [:]
    for campaign in try await storage.campaigns(query, page: PageRequest(limit: 100)).elements {
      totals[campaign.id] = try await series(.campaign(campaign.id), in: period, on: .utc).total
    }
    return totals
  }

  /// The newest failed calls of a series. The roll-ups tell from when on so many have failed, so that no older call is
  /// looked at.
  private func failedCalls(
    among calls: CallSeries, of account: Account.ID, campaign: Campaign.ID?, limit: Int
  ) async throws(StoreError) -> [Call] {
    guard limit > 0, calls.total.failed > 0 else { return [] }
    var missing = limit
    var from = calls.period.from
    for quarter in calls.quarters.reversed() where missing > 0 {
      missing -= quarter.rollup.failed
      from = quarter.start
    }
    let failing = Set(Disposition.allCases.filter { !$0.reachesPerson })
    let query = CallQuery(
      account: account, campaign: campaign, dispositions: failing, from: from, until: calls.period.until)
    // Intents that were withdrawn are listed as well, and are no calls.
    var found: [Call] = []
    var request = PageRequest(limit: limit)
    while true {
      let page = try await storage.calls(query, page: request)
      found += page.elements.filter(\.isAttempt)
      guard found.count < limit, let next = page.next else { return Array(found.prefix(limit)) }
      request.start = .cursor(next)
    }
  }
}
