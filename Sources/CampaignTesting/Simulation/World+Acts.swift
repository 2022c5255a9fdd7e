import CampaignKit

// What people do.

extension World {
  /// Does what a person asks for, through one of the processes that live.
  func perform(_ act: SimulationPlan.Act, number: Int) async {
    guard let running = await anyLiving(number) else { return }
    trace.note("somebody asks process \(running.process.number): \(act)")
    let changes = settings(of: act).map { observer.begin($0.setting, $0.value) }
    var outcome = Timeline.Outcome.done
    do {
      try await ask(act, running)
    } catch let error as EngineError {
      outcome = error.store.map(Self.outcome) ?? (error.code == .schedule ? .refused : .done)
      trace.note("refused: \(error.store?.code.description ?? error.code.description)")
    } catch let error as StoreError {
      outcome = Self.outcome(of: error)
      trace.note("refused: \(error.code)")
    } catch {
      outcome = .uncertain
    }
    for change in changes { observer.finish(change, outcome) }
  }

  private func anyLiving(_ number: Int) async -> Running? {
    for _ in 0..<700 {
      if let running = living(number) { return running }
      await time.wait(for: .seconds(1))
      if Task.isCancelled { return nil }
    }
    return nil
  }

  private static func outcome(of error: StoreError) -> Timeline.Outcome {
    error.code == .unavailable || error.code == .closed ? .uncertain : .refused
  }

  /// What an act changes.
  private func settings(of act: SimulationPlan.Act) -> [(setting: Books.Setting, value: Int)] {
    switch act {
    case .start(let campaign), .resume(let campaign): [(.mayCall(campaign), 1)]
    case .pause(let campaign, _), .cancel(let campaign, _), .end(let campaign): [(.mayCall(campaign), 0)]
    case .systemLimit(let limit): [(.systemLimit, limit)]
    case .accountLimit(let account, let limit): [(.accountLimit(account), limit ?? Books.defaultAccountLimit)]
    case .campaignLimit(let campaign, let limit): [(.campaignLimit(campaign), limit ?? .max)]
    case .agentStatus(let account, let agent, let status):
      [(.isAvailable(plan.accounts[account].agents[agent].id), status == .available ? 1 : 0)]
    // An entry of the do-not-call list is noted when the store has it.
    case .suppress, .addLeads, .singleCall, .reschedule: []
    }
  }

  private func ask(_ act: SimulationPlan.Act, _ running: Running) async throws {
    let engine = running.engine
    func id(_ campaign: Int) -> Campaign.ID { plan.campaigns[campaign].campaign.id }
    switch act {
    case .start(let campaign): _ = try await engine.start(id(campaign))
    case .pause(let campaign, let hangingUp): _ = try await engine.pause(id(campaign), hangingUp: hangingUp)
    case .resume(let campaign): _ = try await engine.resume(id(campaign))
    case .cancel(let campaign, let hangingUp): _ = try await engine.cancel(id(campaign), hangingUp: hangingUp)
    case .end(let campaign): _ = try await engine.end(id(campaign))
    case .addLeads(let campaign, let leads):
      observer.added(leads.map { Books.LeadKey(campaign: campaign, person: $0.person) })
      _ = try await running.store.insert(
        newLeads(leads, of: campaign), into: id(campaign), options: LeadInsertion())
    case .systemLimit(let limit): try await engine.setSystemLimit(limit)
    case .accountLimit(let account, let limit):
      guard var stored = try await running.store.account(plan.accounts[account].account.id) else { return }
      stored.concurrencyLimit = limit
      _ = try await running.store.update(stored)
    case .campaignLimit(let campaign, let limit):
      guard var stored = try await running.store.campaign(id(campaign)) else { return }
      stored.pacing.maximumConcurrentCalls = limit
      _ = try await engine.update(stored)
    case .suppress(let account, let digits, let hangingUp):
      guard let number = PhoneNumber(digits: digits) else { return }
      let entry = Suppression(
        .number(number), account: account.map { plan.accounts[$0].account.id }, source: "asked", addedAt: time.now())
      try await engine.suppress([entry], hangingUp: hangingUp)
    case .agentStatus(let account, let agent, let status):
      let entry = plan.accounts[account]
      _ = try await running.store.setStatus(status, of: entry.agents[agent].id, in: entry.account.id)
    case .singleCall(let account, let digits):
      guard let number = PhoneNumber(digits: digits) else { return }
      var order = SingleCall(
        account: plan.accounts[account].account.id, to: number, placeWithin: plan.engine.placeWithin,
        longestCall: Books.longestSingleCall)
      order.from = plan.callers(of: account).first
      order.keepsLegalHours = plan.singleCallsKeepHours
      order.locality = plan.accounts[account].people.first { $0.numbers.contains(digits) }?.locality
      _ = try await engine.call(order)
    case .reschedule(let campaign, let person, let after):
      guard let lead = try await lead(Books.LeadKey(campaign: campaign, person: person), in: running.store) else {
        return
      }
      observer.rescheduled(Books.LeadKey(campaign: campaign, person: person))
      _ = try await running.store.reschedule(lead.id, at: time.now() + after, isCallback: false)
    }
  }

  private func lead(_ key: Books.LeadKey, in store: any CampaignStorage) async throws -> Lead? {
    let entry = plan.campaigns[key.campaign]
    let numbers = plan.accounts[entry.account].people[key.person].numbers
    let leads = try await store.leads(LeadQuery(.campaign(entry.campaign.id)), page: PageRequest(limit: 1000))
    return leads.elements.first { numbers.contains($0.number.digits) }
  }
}
