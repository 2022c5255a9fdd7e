// What there is to say of accounts, agents and the system.
extension CampaignReports {
  // MARK: Accounts

  /// An account at a glance.
  ///
  /// - Throws: ``StoreError/Code/notFound``.
  public func dashboard(of account: Account.ID) async throws(StoreError) -> AccountDashboard {
    let clock = try await clock(of: account)
    let now = try await storage.now()
    let calls = try await series(.account(account), in: AccountDashboard.period(at: now, on: clock), on: clock)
    let completed = CampaignQuery(account: account, statuses: [.completed], sort: .updatedAt)
    return AccountDashboard(
      campaigns: try await storage.campaignCounts(of: account), quarters: calls.quarters, on: clock,
      slots: try await storage.slots(of: account),
      completed: try await storage.campaigns(completed, page: PageRequest(limit: AccountDashboard.mostCompleted))
        .elements, at: now)
  }

  /// How an account's calls and campaigns did in a period.
  ///
  /// - Throws: ``StoreError/Code/notFound``.
  public func analytics(
    of account: Account.ID, last span: AnalyticsSpan
  ) async throws(StoreError) -> AccountAnalytics {
    let now = try await storage.now()
    return try await analytics(of: account, in: .last(span.length, before: now))
  }

  /// How an account's calls and campaigns did in a period.
  ///
  /// - Throws: ``StoreError/Code/notFound``.
  public func analytics(
    of account: Account.ID, in period: ReportPeriod
  ) async throws(StoreError) -> AccountAnalytics {
    let calls = try await series(.account(account), in: period, on: clock(of: account))
    return AccountAnalytics(
      calls, ended: try await campaigns(of: account, endedSince: period.from), at: try await storage.now())
  }

  /// The live calls of an account, and how much of the limits they use.
  ///
  /// - Parameters:
  ///   - account: The account.
  ///   - limit: How many calls to show.
  /// - Returns: The report; the newest calls come first.
  /// - Throws: ``StoreError/Code/notFound``.
  public func activeCalls(of account: Account.ID, limit: Int = 0) async throws(StoreError) -> ActiveCallsReport {
    let query = CallQuery(account: account, isLive: true)
    let calls = limit > 0 ? try await storage.calls(query, page: PageRequest(limit: limit)).elements : []
    return ActiveCallsReport(slots: try await storage.slots(of: account), calls: calls, at: try await storage.now())
  }

  /// How much of the limits is used, and how fast calls are made.
  ///
  /// The calls of the last five minutes are counted; that is the one figure that is not kept.
  public func utilization(of account: Account.ID) async throws(StoreError) -> UtilizationReport {
    let query = CallQuery(account: account, from: try await storage.now() - UtilizationReport.window)
    let recent = try await storage.calls(query, page: PageRequest(limit: 0, countsTotal: true)).total ?? 0
    return UtilizationReport(
      slots: try await storage.slots(of: account), campaigns: try await storage.campaignCounts(of: account),
      recentCalls: recent)
  }

  /// The campaigns of an account that ended at a moment or later, one page after the other from the last that changed.
  private func campaigns(
    of account: Account.ID, endedSince start: Timestamp?
  ) async throws(StoreError) -> [Campaign] {
    let query = CampaignQuery(account: account, statuses: [.completed, .cancelled, .failed], sort: .updatedAt)
    var found: [Campaign] = []
    var request = PageRequest(limit: 100)
    while true {
      let page = try await storage.campaigns(query, page: request)
      // A campaign was changed when it ended, or later.
      let wanted = page.elements.prefix { campaign in start.map { campaign.updatedAt >= $0 } ?? true }
      found += wanted
      guard let next = page.next, wanted.count == page.elements.count else { return found }
      request.start = .cursor(next)
    }
  }

  // MARK: Agents

  /// What an agent did in a period, and does now.
  ///
  /// - Throws: ``StoreError/Code/notFound``.
  public func report(
    on id: Agent.ID, in account: Account.ID, period: ReportPeriod = .everything
  ) async throws(StoreError) -> AgentReport {
    guard let agent = try await storage.agent(id, of: account) else {
      throw StoreError(.notFound, "there is no such agent")
    }
    let calls =
      period == .everything
      ? try await storage.total(of: .agent(id)) : try await series(.agent(id), in: period, on: .utc).total
    return AgentReport(agent, calls: calls, activity: try await storage.activity(of: [id])[id] ?? AgentActivity())
  }

  /// How many agents of an account there are in each status, every status among them.
  public func agentCounts(of account: Account.ID) async throws(StoreError) -> [Agent.Status: Int] {
    var counts: [Agent.Status: Int] = [:]
    for status in Agent.Status.allCases {
      let query = AgentQuery(account: account, status: status)
      counts[status] = try await storage.agents(query, page: PageRequest(limit: 0, countsTotal: true)).total ?? 0
    }
    return counts
  }

  // MARK: Numbers

  /// How the numbers do that an account calls from.
  ///
  /// - Parameters:
  ///   - account: The account.
  ///   - days: How many days, today included, on the account's clock; at least one.
  /// - Returns: A line for each number that was called from.
  /// - Throws: ``StoreError/Code/notFound``.
  public func callerNumbers(of account: Account.ID, days: Int = 7) async throws(StoreError) -> CallerNumberReport {
    let clock = try await clock(of: account)
    let days = min(max(days, 1), 36_500)
    let date = clock.date(at: try await storage.now())
    let first = CivilDate(daysSince1970: date.daysSince1970 - days + 1)
    let period = ReportPeriod.days(from: first, through: date, on: clock)
    let today = ReportPeriod.days(from: date, through: date, on: clock)
    return CallerNumberReport(
      days: days, period: period,
      counts: try await storage.callerNumbers(of: account, from: period.from, until: period.until),
      today: try await storage.callerNumbers(of: account, from: today.from, until: today.until))
  }

  // MARK: Health

  /// How well the system is, with an account's calls of the last hour as the sign of how the carrier does.
  ///
  /// - Parameters:
  ///   - account: The account.
  ///   - storeTakesWrites: Whether the last write was taken, as whoever wrote knows.
  /// - Returns: The score, and what is wrong.
  /// - Throws: ``StoreError/Code/notFound``.
  public func health(
    of account: Account.ID, storeTakesWrites: Bool = true
  ) async throws(StoreError) -> HealthReport {
    let period = ReportPeriod.last(.seconds(3600), before: try await storage.now())
    return HealthReport(
      system: try await storage.slots(of: account).system,
      campaignsWithoutOwner: try await storage.unownedCampaigns(limit: 100).count,
      recent: try await series(.account(account), in: period, on: .utc).total, storeTakesWrites: storeTakesWrites)
  }

  // MARK: Reading

  func series(
    _ scope: RollupScope, in period: ReportPeriod, on clock: ZoneClock
  ) async throws(StoreError) -> CallSeries {
    CallSeries(try await storage.quarters(of: scope, from: period.from, until: period.until), in: period, on: clock)
  }

  func campaign(_ id: Campaign.ID?, in account: Account.ID) async throws(StoreError) -> Campaign {
    guard let id, let campaign = try await storage.campaign(id), campaign.account == account else {
      throw StoreError(.notFound, "there is no such campaign")
    }
    return campaign
  }

  /// The clock of an account; UTC where its zone is not known.
  func clock(of account: Account.ID) async throws(StoreError) -> ZoneClock {
    guard let account = try await storage.account(account) else {
      throw StoreError(.notFound, "there is no such account")
    }
    return ZoneClock(account.timeZone) ?? .utc
  }

  /// The clock of a campaign: that of its schedule, or else of its account.
  func clock(of campaign: Campaign) async throws(StoreError) -> ZoneClock {
    if let name = campaign.schedule.timeZone { return ZoneClock(name) ?? .utc }
    return try await clock(of: campaign.account)
  }
}
