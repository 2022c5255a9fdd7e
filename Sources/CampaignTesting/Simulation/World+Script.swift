import CampaignKit

// What happens from the beginning to the end.

extension World {
  /// Runs the plan until all is over, or a promise is broken.
  func run() async throws {
    try await prepare()
    for place in 0..<plan.processes { start(place) }
    let acts = plan.acts.map {
      (at: $0.at, isTrouble: false, act: Optional($0.event), trouble: nil as SimulationPlan.Trouble?)
    }
    let troubles = plan.troubles.map {
      (at: $0.at, isTrouble: true, act: nil as SimulationPlan.Act?, trouble: Optional($0.event))
    }
    let script = (acts + troubles).enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
    var nextCheck = plan.horizon / 6
    for (number, entry) in script {
      while nextCheck < entry.at {
        guard await wait(until: nextCheck) else { return }
        try await recount()
        nextCheck += plan.horizon / 6
      }
      guard await wait(until: entry.at) else { return }
      crew.begin { [self] in
        if let act = entry.act { await perform(act, number: number) }
        if let trouble = entry.trouble { await befall(trouble) }
      }
    }
    guard await wait(until: plan.horizon) else { return }
    try await finish()
  }

  /// Waits, in pieces; returns false as soon as a promise is broken.
  private func wait(until moment: Duration) async -> Bool {
    while observer.failure == nil {
      let rest = moment - time.elapsed
      guard rest > .zero else { return true }
      await time.wait(for: min(rest, .seconds(120)))
    }
    return false
  }

  /// Fills the store before anything runs.
  private func prepare() async throws {
    try openStore()
    try await store.setSystemLimit(plan.systemLimit)
    try await store.setDefaultAccountLimit(Books.defaultAccountLimit)
    for entry in plan.accounts {
      try await store.insert(entry.account)
      for agent in entry.agents { try await store.insert(agent) }
    }
    for (index, entry) in plan.campaigns.enumerated() {
      _ = try await store.insert(entry.campaign)
      _ = try await store.insert(newLeads(entry.leads, of: index), into: entry.campaign.id, options: LeadInsertion())
    }
  }

  func newLeads(_ leads: [SimulationPlan.Lead], of campaign: Int) -> [NewLead] {
    let account = plan.accounts[plan.campaigns[campaign].account]
    return leads.compactMap { lead in
      let person = account.people[lead.person]
      guard let number = person.numbers.first.flatMap({ PhoneNumber(digits: $0) }) else { return nil }
      var new = NewLead(number: number, priority: lead.priority, locality: person.locality)
      new.furtherNumbers = person.numbers.dropFirst().compactMap { PhoneNumber(digits: $0) }.map { Contact.Number($0) }
      new.subject = lead.subject
      new.notBefore = lead.notBefore.map { plan.start + $0 }
      return new
    }
  }

  // MARK: The end

  /// Lets everything come to its end in good weather, and looks whether it does.
  private func finish() async throws {
    trace.note("all is well from now on")
    heal()
    // Those that are away come back.
    guard await wait(until: plan.horizon + .seconds(700)) else { return }
    for act in calmActs { await perform(act, number: 0) }
    let end = plan.horizon + plan.calm
    var round = 0
    while time.elapsed < end, try await !isOver() {
      for index in plan.campaigns.indices { await perform(.resume(campaign: index), number: round) }
      // Who did not come in the bad weather may be told of in the good.
      for act in agentsBack { await perform(act, number: round) }
      round += 1
      guard await wait(until: min(end, time.elapsed + plan.calm / 12)) else { return }
    }
    try await recount()
    try await checkProgress()
    for index in plan.campaigns.indices { await perform(.cancel(campaign: index, hangingUp: false), number: 0) }
    // The longest call, the wait for an order that may come late, and the time by which clocks went back.
    let last =
      time.elapsed + .seconds(1800 + 900) + plan.engine.lease + plan.engine.tick * 2
      + plan.jumps.map { max(.zero, .zero - $0.event) }.reduce(.zero, +)
    while time.elapsed < last, try await !isQuiet() {
      guard await wait(until: min(last, time.elapsed + .seconds(60))) else { return }
    }
    try await recount()
    try await checkEnd()
  }

  /// What is done so that everything can come to its end.
  private var calmActs: [SimulationPlan.Act] {
    var acts: [SimulationPlan.Act] = [.systemLimit(6)]
    for index in plan.accounts.indices { acts.append(.accountLimit(account: index, 4)) }
    acts += agentsBack
    for index in plan.campaigns.indices {
      acts.append(.campaignLimit(campaign: index, nil))
      acts.append(.start(campaign: index))
    }
    return acts
  }

  private var agentsBack: [SimulationPlan.Act] {
    plan.accounts.enumerated().flatMap { account, entry in
      entry.agents.indices.map { .agentStatus(account: account, agent: $0, .available) }
    }
  }

  private func isOver() async throws -> Bool {
    for entry in plan.campaigns {
      guard let campaign = try await store.campaign(entry.campaign.id) else { continue }
      if !Campaign.statuses.isFinal(campaign.status) { return false }
    }
    return try await isQuiet()
  }

  private func isQuiet() async throws -> Bool {
    let books = carrier.books
    guard books.liveLines(at: books.now).isEmpty else { return false }
    return try await liveCalls().isEmpty
  }
}
