import CampaignKit

/// Counts everything that a store counts once more, from its records, and collects the differences.
struct Recount {
  let store: any CampaignStorage
  private(set) var differences: [String] = []
  private(set) var accounts = 0
  private(set) var leads = 0
  private(set) var calls = 0

  init(_ store: any CampaignStorage) {
    self.store = store
  }

  /// Compares all there is.
  mutating func run() async throws {
    var live = 0
    var reserved = 0
    var systemActive = 0
    for account in try await Page.everything({ try await store.accounts($0) }) {
      accounts += 1
      let ofAccount = CallQuery(account: account.id, isAscending: true)
      let calls = try await Page.everything { try await store.calls(ofAccount, page: $0) }
      self.calls += calls.count
      expect(Set(calls.map(\.id)).count == calls.count, "a call of \(account.id) is listed twice")
      let own = calls.count { $0.status.isLive }
      let slots = try await store.slots(of: account.id)
      expect(slots.accountActive >= own, "account \(account.id) has \(own) calls and \(slots.accountActive) slots")
      live += own
      reserved += slots.accountActive - own
      systemActive = slots.systemActive
      try await compare(.account(account.id), calls)
      try await recountCallerNumbers(of: account.id, calls)
      try await recountCampaigns(of: account.id, calls)
      try await recountAgents(of: account.id, calls)
      try await recountContacts(of: account.id)
      let last = try await store.lastEvent(of: account.id)
      if let told = try await lastTold(of: account.id, last) {
        expect(told == last, "the last event of \(account.id) is \(told), not \(last)")
      }
    }
    expect(systemActive == live + reserved, "the system has \(live + reserved) slots taken, and says \(systemActive)")
  }

  /// The number of the last event; nil when it is no longer kept, as it may be after an import.
  private func lastTold(of account: Account.ID, _ last: UInt64) async throws -> UInt64? {
    do {
      return try await store.events(of: account, after: last - min(last, 1000), limit: 1000).last?.sequence ?? 0
    } catch {
      guard error.code == .gone else { throw error }
      return nil
    }
  }

  private mutating func expect(_ holds: Bool, _ message: @autoclosure () -> String) {
    if !holds { differences.append(message()) }
  }

  private mutating func recountCallerNumbers(of account: Account.ID, _ calls: [Call]) async throws {
    var counts: [PhoneNumber: CallerCounts] = [:]
    for call in calls where call.isAttempt {
      if let number = call.from { counts[number, default: CallerCounts()].count(call) }
    }
    let recounted = counts.sorted { $0.key < $1.key }.map { CallerNumberCounts(number: $0.key, counts: $0.value) }
    let stored = try await store.callerNumbers(of: account, from: nil, until: nil)
    expect(stored == recounted, "the numbers that \(account) calls from are counted as \(stored), not \(recounted)")
  }

  private mutating func recountCampaigns(of account: Account.ID, _ calls: [Call]) async throws {
    let campaigns = try await Page.everything { try await store.campaigns(CampaignQuery(account: account), page: $0) }
    var statuses: [Campaign.Status: Int] = [:]
    let calls = Dictionary(grouping: calls.filter { $0.campaign != nil }, by: { $0.campaign })
    for campaign in campaigns {
      statuses[campaign.status, default: 0] += 1
      try await compare(.campaign(campaign.id), calls[campaign.id] ?? [])
      try await recountLeads(of: campaign, calls[campaign.id] ?? [])
      for batch in try await store.importBatches(of: campaign.id) {
        let tally = batch.tally
        expect(
          tally.total == tally.invalid + tally.duplicates + tally.suppressed + tally.inserted,
          "the tally of import \(batch.id) does not add up: \(tally)")
      }
    }
    let counted = try await store.campaignCounts(of: account)
    expect(counted == statuses, "the campaigns of \(account) are \(statuses), and are counted as \(counted)")
  }

  private mutating func compare(_ scope: RollupScope, _ calls: [Call]) async throws {
    let attempts = calls.filter(\.isAttempt)
    let total = try await store.total(of: scope)
    expect(total == Self.rollup(attempts), "the roll-up of \(scope) is \(total), not \(Self.rollup(attempts))")
    let quarters = Dictionary(grouping: attempts) { $0.createdAt.milliseconds / 900_000 }
    let recounted = quarters.sorted { $0.key < $1.key }.map {
      QuarterRollup(start: Timestamp(milliseconds: $0.key * 900_000), rollup: Self.rollup($0.value))
    }
    let stored = try await store.quarters(of: scope, from: nil, until: nil)
    expect(stored == recounted, "the quarters of \(scope) differ from a recount")
  }

  private static func rollup(_ calls: [Call]) -> Rollup {
    var rollup = Rollup()
    for call in calls {
      rollup.countCreated(call)
      if !call.status.isLive { rollup.countEnded(call) }
    }
    return rollup
  }

  private mutating func recountLeads(of campaign: Campaign, _ calls: [Call]) async throws {
    let leads = try await Page.everything { try await store.leads(LeadQuery(.campaign(campaign.id)), page: $0) }
    self.leads += leads.count
    let calls = Dictionary(grouping: calls, by: { $0.lead })
    var counts = LeadCounts()
    var waiting: [Locality: [Lead]] = [:]
    for lead in leads {
      counts[lead.status] += 1
      if lead.attempts > 0 { counts.attempted += 1 }
      if lead.status == .waiting { waiting[lead.locality, default: []].append(lead) }
      let own = calls[lead.id] ?? []
      let live = own.filter(\.status.isLive)
      let attempts = own.filter(\.isAttempt)
      expect(live.count <= 1, "lead \(lead.id) has \(live.count) live calls")
      expect(
        lead.liveCall == live.first?.id && (lead.status == .calling) == !live.isEmpty,
        "lead \(lead.id) is \(lead.status) with call \(lead.liveCall?.description ?? "none"), and has \(live.map(\.id))"
      )
      expect(
        lead.attempts == attempts.count && lead.lastAttemptAt == attempts.map(\.createdAt).max(),
        "lead \(lead.id) has \(lead.attempts) attempts, and \(attempts.count) calls that are")
    }
    expect(Set(leads.map(\.id)).count == leads.count, "a lead of \(campaign.id) is listed twice")
    expect(Set(leads.map(\.ordinal)).count == leads.count, "an ordinal of \(campaign.id) is given twice")
    let stored = try await store.leadCounts(of: campaign.id)
    expect(stored == counts, "the leads of \(campaign.id) are \(counts), and are counted as \(stored ?? LeadCounts())")
    if campaign.status == .active || campaign.status == .paused {
      expect(leads.isEmpty || counts.open > 0, "campaign \(campaign.id) is \(campaign.status) with no open lead")
    }
    let queues = try await store.queues(of: campaign.id).filter { $0.waiting > 0 }
    // Looked at after the queues: what was due then is due now.
    let now = try await store.now()
    expect(
      queues.count == waiting.count, "campaign \(campaign.id) has \(queues.count) queues, not \(waiting.count)")
    for queue in queues {
      let own = waiting[queue.locality] ?? []
      expect(queue.waiting == own.count, "a queue of \(campaign.id) has \(queue.waiting) leads, not \(own.count)")
      let next = own.map { $0.nextAttemptAt ?? .distantPast }.min() ?? .distantPast
      let told = queue.nextDueAt ?? .distantPast
      expect(
        next > now ? told == next : told <= now, "a queue of \(campaign.id) is due at \(next), and says \(told)")
    }
  }

  private mutating func recountAgents(of account: Account.ID, _ calls: [Call]) async throws {
    let agents = try await Page.everything { try await store.agents(AgentQuery(account: account), page: $0) }
    let activities = try await store.activity(of: agents.map(\.id))
    let calls = Dictionary(grouping: calls.filter { $0.agent != nil }, by: { $0.agent })
    for agent in agents {
      let own = calls[agent.id] ?? []
      let over = own.filter { $0.isAttempt && !$0.status.isLive }
      try await compare(.agent(agent.id), own)
      guard let activity = activities[agent.id] else {
        differences.append("agent \(agent.id) has no activity")
        continue
      }
      expect(
        activity.currentCalls == own.count { $0.wantsAgent } && activity.calls == over.count
          && activity.talkTime == over.reduce(.zero) { $0 + ($1.talkTime ?? .zero) },
        "the activity of agent \(agent.id) is \(activity), which is not that of its \(own.count) calls")
    }
  }

  private mutating func recountContacts(of account: Account.ID) async throws {
    let contacts = try await Page.everything { try await store.contacts(ContactQuery(account: account), page: $0) }
    expect(Set(contacts.map(\.number)).count == contacts.count, "two contacts of \(account) have one number")
    for list in try await store.lists(of: account) {
      let ofList = ContactQuery(account: account, list: list.id)
      let members = try await Page.everything { try await store.contacts(ofList, page: $0) }
      expect(members.count == list.count, "list \(list.id) has \(members.count) contacts, and says \(list.count)")
    }
  }
}
