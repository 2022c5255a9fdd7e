/// Why a campaign starts no call now, or that it does.
public struct CampaignExplanation: Hashable, Sendable {
  /// Whether it starts calls now, as far as is known.
  public var isDialing: Bool
  /// What holds it, such as `campaign.hours` or `systemLimit`; `dialing` when nothing does.
  public var rule: String
  /// The same in a sentence, with what to do about it where something can be done.
  public var text: String
  /// Where the rule is written, if it is one of the law.
  public var citation: String?
  /// When it goes on by itself; nil where that is not known.
  public var until: Timestamp?

  init(_ rule: String, _ text: String, citation: String? = nil, until: Timestamp? = nil, isDialing: Bool = false) {
    self.isDialing = isDialing
    self.rule = rule
    self.text = text
    self.citation = citation
    self.until = until
  }
}

/// How the leads of a campaign stand, before it is started or while it runs.
public struct Preflight: Hashable, Sendable {
  /// How many may be called now.
  public var now = 0
  /// How many may be called later.
  public var later = 0
  /// How many will not be called, as things stand.
  public var never = 0
  /// How many each rule holds back.
  public var byRule: [String: Int] = [:]
  /// The earliest moment at which one of those that wait may be called.
  public var next: Timestamp?

  mutating func count(_ decision: DecisionRecord) {
    if decision.isDialled {
      now += 1
    } else {
      byRule[decision.rule, default: 0] += 1
      guard let retryAt = decision.retryAt else {
        never += 1
        return
      }
      later += 1
      next = min(next ?? retryAt, retryAt)
    }
  }
}

extension CampaignEngine {
  /// Why a campaign starts no call now, or that it does.
  ///
  /// - Throws: ``EngineError/Code/store`` when there is no such campaign.
  public func explain(_ id: Campaign.ID) async throws(EngineError) -> CampaignExplanation {
    let (campaign, account) = try await found(id)
    let problems = campaign.scheduleProblems(in: account, at: now)
    let open = campaign.status == .active || campaign.status == .scheduled
    if open, let problem = problems.first { return CampaignExplanation("schedule", problem.description) }
    switch campaign.status {
    case .draft: return CampaignExplanation("campaign.draft", "it was not started")
    case .paused:
      return CampaignExplanation("campaign.paused", "it is paused" + (campaign.statusReason.map { ": \($0)" } ?? ""))
    case .completed, .cancelled, .failed:
      return CampaignExplanation("campaign.over", "it is \(campaign.status.rawValue)")
    case .scheduled, .active: break
    }
    let (run, carrierHold) = guarded.withLock { ($0.state.runs[id], $0.state.carrierHold) }
    guard let run else {
      let lease = try await stored { () throws(StoreError) in try await self.storage.lease(of: id) }
      return CampaignExplanation(
        "owner", lease.map { "'\($0.owner)' runs it" } ?? "no engine runs it; call run()", until: lease?.expiresAt)
    }
    if let until = carrierHold.until, now < until, let cause = carrierHold.cause {
      return CampaignExplanation("carrier", "the carrier takes no calls: \(cause.message)", until: until)
    }
    return try await hold(of: run).map(CampaignExplanation.init(_:))
      ?? CampaignExplanation("dialing", "it starts calls as leads fall due", isDialing: true)
  }

  /// What holds a campaign. Where there is no room no lead is looked at, so the store is asked whether one is due at all:
  /// the end of a call helps nobody who is called later.
  private func hold(of run: CampaignRun) async throws(EngineError) -> CampaignRun.Hold? {
    guard let hold = run.hold, hold.waitsForRoom else { return run.hold }
    var run = run
    let (open, _, nextOpening) = run.openPlaces(at: now)
    guard !open.isEmpty else { return run.firstClosed ?? hold }
    let id = run.campaign.id
    let queues = try await stored { () throws(StoreError) in try await self.storage.queues(of: id) }
    let localities = Set(open.map(\.locality))
    let due = queues.filter { localities.contains($0.locality) }.compactMap(\.nextDueAt).min()
    let moment = try await stored { () throws(StoreError) in try await self.storage.now() }
    if let due, due <= moment { return hold }
    return .nothingDue(until: [due, nextOpening].compactMap(\.self).min())
  }

  /// Why a lead would be called now, or the first rule that holds it back and when it could pass.
  ///
  /// - Throws: ``EngineError/Code/store`` when there is no such lead, ``EngineError/Code/schedule``.
  public func explain(_ id: Lead.ID) async throws(EngineError) -> DecisionRecord {
    guard let lead = try await stored({ () throws(StoreError) in try await self.storage.lead(id) }) else {
      throw EngineError(StoreError(.notFound, "there is no lead \(id)"))
    }
    let (campaign, account) = try await found(lead.campaign)
    let now = try await stored { () throws(StoreError) in try await self.storage.now() }
    let hours = try hours(of: campaign, in: account, at: lead.locality)
    let facts = try await stored { () throws(StoreError) in
      try await self.storage.dialingFacts(of: lead.id, keeping: hours.limits(at: now))
    }
    return DecisionRecord.decide(lead, of: campaign, facts: facts, hours: hours, at: now)
  }

  /// Counts which leads of a campaign may be called now, later, and never, as if it were active.
  ///
  /// It reads every lead, so it takes as long as there are many.
  ///
  /// - Throws: ``EngineError/Code/store`` when there is no such campaign, ``EngineError/Code/schedule``.
  public func preflight(_ id: Campaign.ID) async throws(EngineError) -> Preflight {
    var (campaign, account) = try await found(id)
    if !Campaign.statuses.isFinal(campaign.status) { campaign.status = .active }
    var preflight = Preflight()
    var hours: [Locality: CallingHours] = [:]
    var query = LeadQuery(.campaign(id))
    query.statuses = [.waiting]
    var request = PageRequest(limit: 1000)
    let now = try await stored { () throws(StoreError) in try await self.storage.now() }
    while true {
      let page = try await stored { [query, request] () throws(StoreError) in
        try await self.storage.leads(query, page: request)
      }
      for lead in page.elements {
        let open: CallingHours
        if let known = hours[lead.locality] {
          open = known
        } else {
          open = try self.hours(of: campaign, in: account, at: lead.locality)
        }
        hours[lead.locality] = open
        let facts = try await stored { () throws(StoreError) in
          try await self.storage.dialingFacts(of: lead.id, keeping: open.limits(at: now))
        }
        preflight.count(DecisionRecord.decide(lead, of: campaign, facts: facts, hours: open, at: now))
      }
      guard let next = page.next else { return preflight }
      request.start = .cursor(next)
    }
  }

  private func hours(
    of campaign: Campaign, in account: Account, at locality: Locality
  ) throws(EngineError) -> CallingHours {
    do { return try configuration.hours(of: campaign, in: account, at: locality) } catch {
      throw EngineError([error])
    }
  }

}

extension CampaignExplanation {
  init(_ hold: CampaignRun.Hold) {
    switch hold {
    case .systemLimit:
      self.init("systemLimit", "the limit of the whole system is reached; it goes on when a call ends")
    case .accountLimit:
      self.init("accountLimit", "the limit of the account is reached; it goes on when a call ends")
    case .campaignLimit:
      self.init("campaignLimit", "its own limit is reached; it goes on when a call ends")
    case .agents: self.init("agents", "no agent of its group is free, at work and below their limit")
    case .callerNumbers(let most, let until):
      self.init(
        "callerNumbers",
        "every caller number has made its \(most.map { "\($0) call\($0 == 1 ? "" : "s")" } ?? "calls") today; it goes on "
          + "when the next day begins, or with more numbers or a higher callerChoice.maximumPerDay", until: until)
    case .rate(let until): self.init("rate", "a rate, or the delay between calls, holds the next one", until: until)
    case .nothingDue(let until):
      self.init("nothingDue", "no lead is due; those that wait have a later time", until: until)
    case .closed(let rule, let citation, _) where DialingRule.registry(of: rule) != nil:
      self.init(
        rule,
        "the copy of the do-not-call registry '\(DialingRule.registry(of: rule) ?? "")' is missing or too old; import a "
          + "newer one", citation: citation)
    case .closed(let rule, let citation, let until):
      self.init(rule, "no lead may be called now, by the rule '\(rule)'", citation: citation, until: until)
    case .notStarted(let until): self.init("notStarted", "it starts by itself", until: until)
    case .schedule(let problem): self.init("schedule", problem.description)
    case .store(let code, let message, let until):
      self.init("store", "the store failed and is tried again (\(code)): \(message)", until: until)
    }
  }
}
