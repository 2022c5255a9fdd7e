import CampaignKit

// Everything that a store counts, counted again from its records.

extension Bench {
  /// All elements of a list, by cursor.
  @inline(never)
  func everything<Element>(
    _ what: String, limit: Int = 200, _ page: (PageRequest) async throws -> Page<Element>
  ) async throws -> [Element] {
    var found: [Element] = []
    var request = PageRequest(limit: limit, countsTotal: true)
    while true {
      let part = try await page(request)
      found += part.elements
      guard let next = part.next else { return found }
      try expect(!part.elements.isEmpty, "a page of \(what) is empty and names a next one")
      request.start = .cursor(next)
    }
  }

  @inline(never)
  func allCalls(of account: Account.ID) async throws -> [Call] {
    try await everything("calls") { try await store.calls(CallQuery(account: account), page: $0) }
  }

  @inline(never)
  func allLeads(of campaign: Campaign.ID) async throws -> [Lead] {
    try await everything("leads") { try await store.leads(LeadQuery(.campaign(campaign)), page: $0) }
  }

  @inline(never)
  func allCampaigns(of account: Account.ID) async throws -> [Campaign] {
    try await everything("campaigns") { try await store.campaigns(CampaignQuery(account: account), page: $0) }
  }

  /// Compares everything that is counted with a recount, and looks for what must never be.
  @inline(never)
  func recount() async throws {
    let accounts = try await everything("accounts") { try await store.accounts($0) }
    var live = 0
    for account in accounts {
      let calls = try await allCalls(of: account.id)
      let campaigns = try await allCampaigns(of: account.id)
      try equal(Set(calls.map(\.id)).count, calls.count, "the number of calls listed once")
      try await recountRollups(of: account, calls, campaigns)
      try await recountAgents(of: account, calls)
      try await recountEvents(of: account, calls)
      var statuses: [Campaign.Status: Int] = [:]
      for campaign in campaigns {
        statuses[campaign.status, default: 0] += 1
        try await recountLeads(of: campaign, calls.filter { $0.campaign == campaign.id })
      }
      let counted = try await store.campaignCounts(of: account.id)
      try equal(counted, statuses, "the campaigns in each status")
      let own = calls.count { $0.status.isLive }
      live += own
      let slots = try await store.slots(of: account.id)
      try equal(
        slots.accountActive, own + (try await reserved(of: account.id)), "the slots of the account that are taken")
      try equal(
        slots.accountLimit, account.concurrencyLimit ?? slots.accountLimit, "the limit of the account")
    }
    if let account = accounts.first {
      let slots = try await store.slots(of: account.id)
      try equal(slots.systemActive, live + (try await reserved()), "the slots of the system that are taken")
    }
  }

  @inline(never)
  private func recountRollups(of account: Account, _ calls: [Call], _ campaigns: [Campaign]) async throws {
    try await recount(.account(account.id), calls, "the account")
    let named = Set(campaigns.map(\.id)).union(calls.compactMap(\.campaign))
    for campaign in named.sorted() {
      try await recount(.campaign(campaign), calls.filter { $0.campaign == campaign }, "a campaign")
    }
    let numbers = try await store.callerNumbers(of: account.id, from: nil, until: nil)
    try equal(numbers, CallerNumberCounts.recounting(calls), "the counts of the numbers called from")
    for agent in Set(calls.compactMap(\.agent)).sorted() {
      try await recount(.agent(agent), calls.filter { $0.agent == agent }, "an agent")
    }
  }

  @inline(never)
  private func recount(_ scope: RollupScope, _ calls: [Call], _ what: String) async throws {
    let total = try await store.total(of: scope)
    try equal(total, Rollup(recounting: calls), "the roll-up of \(what)")
    let attempts = calls.filter(\.isAttempt)
    let quarters = Set(attempts.map(\.createdAt.startOfQuarter)).sorted().map { quarter in
      QuarterRollup(
        start: quarter, rollup: Rollup(recounting: attempts.filter { $0.createdAt.startOfQuarter == quarter }))
    }
    let stored = try await store.quarters(of: scope, from: nil, until: nil)
    try equal(stored, quarters, "the quarterly roll-up of \(what)")
  }

  @inline(never)
  private func recountAgents(of account: Account, _ calls: [Call]) async throws {
    let agents = try await everything("agents") { try await store.agents(AgentQuery(account: account.id), page: $0) }
    let activities = try await store.activity(of: agents.map(\.id))
    try equal(activities.count, agents.count, "the number of agents with an activity")
    for agent in agents {
      let own = calls.filter { $0.agent == agent.id && $0.isAttempt }
      let over = own.filter { !$0.status.isLive }
      let activity = try exists(activities[agent.id], "the activity of an agent")
      try equal(activity.currentCalls, own.count { $0.wantsAgent }, "the calls that an agent has")
      try equal(activity.calls, over.count, "the calls that an agent had")
      try equal(activity.talkTime, over.reduce(.zero) { $0 + ($1.talkTime ?? .zero) }, "an agent's talk time")
      if own.count == over.count {
        // A clock that went back, or a carrier's own, may let a call end before it began.
        let last = over.map { max($0.endedAt ?? $0.createdAt, $0.createdAt) }.max()
        try equal(activity.lastActiveAt, last, "the end of an agent's last call")
      } else {
        try expect(activity.lastActiveAt != nil, "an agent with a call was active")
      }
    }
  }

  @inline(never)
  private func recountLeads(of campaign: Campaign, _ calls: [Call]) async throws {
    let leads = try await allLeads(of: campaign.id)
    try equal(Set(leads.map(\.id)).count, leads.count, "the number of leads listed once")
    var counts = LeadCounts()
    for lead in leads {
      counts[lead.status] += 1
      if lead.attempts > 0 { counts.attempted += 1 }
      if lead.status == .waiting {
        let contact = try exists(
          await store.contact(lead.contact, of: lead.account), "the contact of a lead that waits")
        try expect(
          contact.numbers.indices.contains(lead.numberIndex)
            && contact.numbers[lead.numberIndex].number == lead.number,
          "a lead that waits names the number \(lead.numberIndex) of \(contact.numbers.count), and another number")
      }
      let own = calls.filter { $0.lead == lead.id }
      let live = own.filter(\.status.isLive)
      try expect(live.count <= 1, "a lead has \(live.count) live calls")
      try equal(lead.liveCall, live.first?.id, "the live call of a lead")
      try equal(lead.status == .calling, !live.isEmpty, "whether a lead with the status \(lead.status) has a call")
      let attempts = own.filter(\.isAttempt)
      try equal(lead.attempts, attempts.count, "the attempts at a lead")
      // The one with the highest number: a clock may have gone back between two.
      let last = attempts.max { $0.attempt < $1.attempt }
      try equal(lead.lastAttemptAt, last?.createdAt, "the last attempt at a lead")
      if lead.status.isFinal { try equal(lead.nextAttemptAt, nil, "the next attempt at a lead that is done") }
    }
    let stored = try await store.leadCounts(of: campaign.id)
    try equal(stored, counts, "the counts of the leads")
    if campaign.status == .active || campaign.status == .paused {
      try expect(
        leads.isEmpty || counts.open > 0,
        "a campaign whose leads are all done should be completed and is \(campaign.status)")
    }
    if Campaign.statuses.isFinal(campaign.status) {
      try equal(counts.waiting, 0, "the leads that wait in a campaign that is over")
    }
    try await recountQueues(of: campaign, leads.filter { $0.status == .waiting })
  }

  @inline(never)
  private func recountQueues(of campaign: Campaign, _ waiting: [Lead]) async throws {
    let now = try await now
    let queues = try await store.queues(of: campaign.id).filter { $0.waiting > 0 }
    try equal(Set(queues.map(\.locality)), Set(waiting.map(\.locality)), "the localities in which leads wait")
    try equal(queues.count, Set(queues.map(\.locality)).count, "the number of localities told once")
    for queue in queues {
      let own = waiting.filter { $0.locality == queue.locality }
      try equal(queue.waiting, own.count, "the leads that wait in a locality")
      let next = own.map { $0.nextAttemptAt ?? .distantPast }.min() ?? .distantPast
      let told = try exists(queue.nextDueAt, "the moment at which the next lead of a locality is due")
      try expect(
        next > now ? told == next : told <= now, "the next lead of a locality is due at \(next), not at \(told)")
    }
  }

  @inline(never)
  private func recountEvents(of account: Account, _ calls: [Call]) async throws {
    let last = try await store.lastEvent(of: account.id)
    guard let events = try await allEvents(of: account.id) else { return }
    try equal(events.map(\.sequence), Array(1..<(last + 1)), "the numbers of the events")
    try expect(events.allSatisfy { $0.account == account.id }, "an event belongs to its account")
    let intended = events.filter { $0.kind == .callIntended }.compactMap(\.call)
    try equal(intended.count, calls.count, "the number of intents that were told")
    try equal(Set(intended), Set(calls.map(\.id)), "the calls whose intent was told")
    let ended = events.filter { $0.kind == .callEnded }.compactMap(\.call)
    try equal(ended.count, calls.count { !$0.status.isLive }, "the number of ends that were told")
    try equal(Set(ended), Set(calls.filter { !$0.status.isLive }.map(\.id)), "the calls whose end was told")
  }

  /// All events of an account; nil when the first are no longer kept.
  @inline(never)
  func allEvents(of account: Account.ID) async throws -> [CampaignEvent]? {
    var events: [CampaignEvent] = []
    while true {
      let more: [CampaignEvent]
      do {
        more = try await store.events(of: account, after: events.last?.sequence ?? 0, limit: 300)
      } catch {
        if error.code == .gone { return nil }
        throw error
      }
      if more.isEmpty { return events }
      events += more
    }
  }
}
