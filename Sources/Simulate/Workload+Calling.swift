import CampaignKit

// Campaigns, leads, imports and calls.
extension Workload {
  static let places = [
    Locality.unknown, Locality(jurisdiction: "US-FL", timeZones: ["America/New_York"]),
    Locality(jurisdiction: "US-CA", timeZones: ["America/Los_Angeles"]),
  ]

  mutating func changeCampaigns(of account: Account.ID) async throws {
    guard let index = index(of: campaigns), campaigns.count >= 3 || chance(50) else {
      return try await addCampaign(to: account)
    }
    let id = campaigns[index].id
    let fact = Fact(.campaign, id)
    switch pick(10) {
    case 0:
      let leads = campaigns[index].leads.map { Fact(.lead, $0) }
      let facts = [fact, Fact(.lease, id)] + leads + campaigns[index].batches.map { Fact(.batch, $0) }
      guard try await attempt(facts, { try await store.delete(id) }) != nil else { return }
      campaigns.remove(at: index)
      gone(facts)
    case 1, 2:
      guard var campaign = try await store.campaign(id) else { return }
      campaign.name = name("campaign")
      campaign.pacing.maximumConcurrentCalls = chance(50) ? 1 + pick(20) : nil
      campaign.agents.group = chance(30) ? "group" : nil
      campaign.agents.configuration = chance(30) ? object() : nil
      let changed = campaign
      guard let stored = try await attempt([fact], { try await store.update(changed) }) else { return }
      done(fact, Fact.value(stored))
    case 3, 4:
      let fact = Fact(.lease, id)
      let owner = "owner \(pick(4) == 0 ? 1 : 0)"
      let seconds = chance(20) ? 100 : 10_000_000
      let lease = try await attempt([fact]) { try await store.acquire(id, by: owner, lasting: .seconds(seconds)) }
      guard let lease else { return }
      campaigns[index].lease = lease
      done(fact, Fact.value(lease))
    case 5:
      guard let lease = campaigns[index].lease else { return }
      let fact = Fact(.lease, id)
      if chance(70) {
        guard let held = try await attempt([fact], { try await store.renew([lease], lasting: .seconds(20_000_000)) })
        else { return }
        guard let renewed = held.first else { return report(.refused([fact])) }
        campaigns[index].lease = renewed
        return done(fact, Fact.value(renewed))
      }
      guard try await attempt([fact], { try await store.release(lease) }) != nil else { return }
      campaigns[index].lease = nil
      done(fact, try await fact.value(in: store))
    default:
      let trigger: Campaign.Trigger =
        chance(85)
        ? any([.start, .start, .start, .resume, .resume, .pause, .schedule]) ?? .start
        : any([.end, .cancel, .fail]) ?? .end
      let reason = name("reason")
      guard
        let stored = try await attempt([fact], { try await store.transition(id, on: trigger, reason: reason) })
      else { return }
      done(fact, Fact.value(stored))
    }
  }

  private mutating func addCampaign(to account: Account.ID) async throws {
    var campaign = Campaign(
      id: try await newID(), account: account, name: name("campaign"), createdAt: try await store.now())
    campaign.retries.maximumAttempts = 1 + pick(4)
    campaign.retries.delays = [.busy: .fixed(.seconds(60)), .noAnswer: .fixed(.seconds(90)), .failed: .list([])]
    campaign.compliance.rollingLimits =
      chance(40)
      ? [
        RollingLimit(
          name: "weekly", key: any([.number, .person, .subject]) ?? .number, maximum: 2, window: .seconds(5000),
          counting: [.noAnswer, .busy, .answered, .voicemail], citation: "12 CFR 1006.14")
      ] : []
    campaign.pacing.callsPerSecond = chance(20) ? 12.5 : nil
    campaign.metadata = object()
    campaign.tags = ["a", "b"]
    let callers = [12_125_550_100, 14_155_550_100, 493_012_345_678].compactMap { PhoneNumber(digits: $0) }
    campaign.callerNumbers = Array(callers.prefix(campaigns.count % 4))
    campaign.callerChoice.maximumPerDay = campaigns.count % 4 == 3 ? 40 : nil
    let new = campaign
    let fact = Fact(.campaign, campaign.id)
    guard let stored = try await attempt([fact], { try await store.insert(new) }) else { return }
    campaigns.append(CampaignBook(id: stored.id))
    done(fact, Fact.value(stored))
  }

  // MARK: Leads

  mutating func changeLeads(of account: Account.ID) async throws {
    guard let index = index(of: campaigns) else { return }
    guard let lead = any(campaigns[index].leads), chance(50) else { return try await addLeads(to: index, of: account) }
    let fact = Fact(.lead, lead)
    switch pick(12) {
    case 0..<5:
      let changes = LeadChanges(
        person: chance(20) ? Person(firstName: name("first")) : nil, type: chance(20) ? .some(nil) : nil,
        priority: Int32(pick(5)) - 2, fields: chance(30) ? object() : nil, notes: .some(name("notes")),
        locality: chance(50) ? any(Self.places) : nil)
      guard let stored = try await attempt([fact], { try await store.update(lead, with: changes) }) else { return }
      done(fact, Fact.value(stored))
    case 5..<8:
      let moment = chance(50) ? try await store.now() + .seconds(pick(500)) : nil
      let isCallback = chance(30)
      let stored = try await attempt([fact]) {
        try await store.reschedule(lead, at: moment, isCallback: isCallback)
      }
      guard let stored else { return }
      done(fact, Fact.value(stored))
    case 8, 9:
      let trigger = chance(50) ? Lead.Trigger.cancel : .suppress
      guard let stored = try await attempt([fact], { try await store.end(lead, on: trigger) }) else { return }
      done(fact, Fact.value(stored))
    case 10:
      guard try await attempt([fact], { try await store.delete(lead) }) != nil else { return }
      campaigns[index].leads.removeAll { $0 == lead }
      gone([fact])
    default:
      guard chance(30) else { return }
      let facts = campaigns[index].leads.map { Fact(.lead, $0) }
      let id = campaigns[index].id
      guard try await attempt(facts, { try await store.deleteLeads(of: id) }) != nil else { return }
      campaigns[index].leads = []
      gone(facts)
    }
  }

  private mutating func addLeads(to index: Int, of account: Account.ID) async throws {
    let campaign = campaigns[index].id
    if campaigns[index].batch == nil, chance(30) {
      let id = try await newID(ImportBatch.self)
      let batch = ImportBatch(
        id: id, account: account, campaign: campaign, name: name("import"), digest: "digest\(id)",
        createdAt: try await store.now())
      guard try await attempt([Fact(.batch, id)], { try await store.insert(batch) }) != nil else { return }
      campaigns[index].batch = batch
      campaigns[index].batches.append(id)
      campaigns[index].imported = []
      return done(Fact(.batch, id), Fact.value(batch))
    }
    if let batch = campaigns[index].batch, chance(30) { return try await end(batch, of: index) }
    let now = try await store.now()
    var leads: [NewLead] = []
    for _ in 0...pick(8) {
      guard let number = phone() else { continue }
      var lead = NewLead(number: number, priority: Int32(pick(3)) - 1, fields: object(), locality: Self.places[pick(3)])
      lead.person = Person(firstName: name("first"), country: "US")
      lead.notBefore = chance(20) ? now + .seconds(pick(300)) : nil
      lead.subject = chance(40) ? "debt" : nil
      lead.type = chance(20) ? "warm" : nil
      lead.notes = chance(20) ? name("notes") : nil
      lead.isSuppressed = chance(5)
      if chance(20), let number = phone() { lead.furtherNumbers = [Contact.Number(number)] }
      leads.append(lead)
    }
    let new = leads
    var facts: [Fact] = []
    var options = LeadInsertion()
    if let batch = campaigns[index].batch {
      options.step = LeadInsertion.Step(
        batch: batch.id, from: batch.progress, to: batch.progress + Int64(new.count), invalid: pick(2))
      facts = [Fact(.batch, batch.id)]
    }
    let given = options
    guard let result = try await attempt(facts, { try await store.insert(new, into: campaign, options: given) }) else {
      return
    }
    var values: [(fact: Fact, value: String)] = []
    for case .inserted(let lead, _) in result.outcomes {
      campaigns[index].leads.append(lead)
      if options.step != nil { campaigns[index].imported.append(lead) }
      values.append((Fact(.lead, lead), try await Fact(.lead, lead).value(in: store)))
    }
    if let batch = campaigns[index].batch, let stored = try await store.importBatch(batch.id) {
      campaigns[index].batch = stored
      values.append((Fact(.batch, stored.id), Fact.value(stored)))
    }
    report(.done(values))
  }

  private mutating func end(_ batch: ImportBatch, of index: Int) async throws {
    let fact = Fact(.batch, batch.id)
    campaigns[index].batch = nil
    if chance(60) {
      guard let stored = try await attempt([fact], { try await store.complete(batch.id) }) else { return }
      return done(fact, Fact.value(stored))
    }
    let imported = Set(campaigns[index].imported)
    let facts = imported.sorted().map { Fact(.lead, $0) }
    guard let stored = try await attempt([fact] + facts, { try await store.undo(batch.id) }) else { return }
    campaigns[index].leads.removeAll { imported.contains($0) }
    report(.done([(fact, Fact.value(stored))] + facts.map { ($0, Fact.absent) }))
  }

  // MARK: Calls

  mutating func claim(for account: Account.ID) async throws {
    guard let index = index(of: campaigns), let lease = campaigns[index].lease else { return }
    let request = ClaimRequest(
      lease: lease, count: 1 + pick(6), open: Self.places.map { OpenLocality($0, until: .distantFuture) },
      agents: agents, rates: chance(20) ? [RateLimit(name: "line", perSecond: 50, burst: 5)] : [],
      from: phone(1).flatMap { index % 2 == 0 ? $0 : nil },
      rule: chance(50) ? "rule" : nil)
    guard let claim = try await attempt([], { try await store.claim(request) }) else { return }
    live += claim.calls.map(\.call)
    var values: [(fact: Fact, value: String)] = []
    for call in claim.calls {
      values.append((Fact(.call, call.call), try await Fact(.call, call.call).value(in: store)))
    }
    report(.done(values))
  }

  mutating func begin(for account: Account.ID) async throws {
    guard let number = phone() else { return }
    let order = SingleCall(account: account, to: number, metadata: object())
    guard let call = try await attempt([], { try await store.begin(order) }) else { return }
    live.append(call.id)
    done(Fact(.call, call.id), Fact.value(call))
  }

  mutating func tellNews() async throws {
    guard let call = any(chance(85) ? live : over) else { return }
    let now = try await store.now()
    let fact = Fact(.call, call)
    let stored: Call?
    switch pick(9) {
    case 0:
      let given = agents
      guard try await attempt([fact], { try await store.assign(call, to: given) }) != nil else { return }
      stored = try await store.call(call)
    case 1:
      let (notes, metadata) = (name("notes"), chance(50) ? object() : nil)
      stored = try await attempt([fact]) { try await store.annotate(call, notes: notes, metadata: metadata) }
    default:
      let news: [CallNews] = [
        .placed(carrier: "carrier", reference: "reference \(call)", at: now), .ringing(at: now),
        .answered(at: now, by: chance(50) ? .human : nil), .detected(any(AnsweredBy.allCases) ?? .human),
        .conference(name("room")), .cost(micros: Int64(pick(10_000))),
        .recording(Call.Recording(url: "https://example.com/\(pick(9))", duration: .seconds(pick(60)))),
        .messageLeft(at: now), .callbackAgreed(chance(70) ? now + .seconds(pick(5000)) : nil),
      ]
      let given = any(news) ?? .ringing(at: now)
      stored = try await attempt([fact], { try await store.record(given, of: call) })?.call
    }
    if let stored { done(fact, Fact.value(stored)) }
  }

  mutating func finish() async throws {
    guard let index = index(of: live), live.count > 6 || chance(60) else { return }
    let call = live[index]
    let fact = Fact(.call, call)
    let now = try await store.now()
    let wasPlaced = try await store.call(call)?.status != .intended
    let steps: [LeadStep] = [
      .complete, .fail, .cancel, .suppress,
      .retry(at: now + .seconds(pick(600)), numberIndex: pick(2), isCallback: false),
      .retry(at: now + .seconds(pick(600)), numberIndex: 0, isCallback: true),
      .retry(at: now, numberIndex: 0, isCallback: false),
    ]
    var ending = CallEnding(any(Disposition.allCases) ?? .busy, next: any(steps) ?? .complete)
    ending.at = chance(30) ? now - .seconds(pick(5)) : nil
    ending.duration = chance(50) ? .seconds(pick(300)) : nil
    ending.costMicros = chance(50) ? Int64(pick(5000)) : nil
    ending.failure = chance(20) ? Call.Failure(code: "486", cause: "busy here") : nil
    ending.isAttempt = wasPlaced || chance(60)
    let given = ending
    guard let (stored, _) = try await attempt([fact], { try await store.finish(call, given) }) else { return }
    live.remove(at: index)
    over.append(call)
    if over.count > 50 { over.removeFirst() }
    done(fact, Fact.value(stored))
  }
}
