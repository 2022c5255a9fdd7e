import CampaignKit

/// A small world in one store, in which a sequence of operations is played.
///
/// What the store names itself is told as `lead 3` or `call 0`, so that two stores can be compared.
struct Replay {
  let tested: StoreUnderTest
  var store: any CampaignStorage { tested.store }
  var accounts: [Account.ID] = []
  var campaigns: [Campaign.ID] = []
  var agents: [Agent.ID] = []
  var leads: [Lead.ID] = []
  var calls: [Call.ID] = []
  var contacts: [Contact.ID] = []
  var leases: [Campaign.ID: CampaignLease] = [:]
  var reservations: [SlotReservation] = []

  static let places = [
    Locality.unknown, Locality(jurisdiction: "US-FL", timeZones: ["America/New_York"]),
    Locality(jurisdiction: "US-CA", timeZones: ["America/Los_Angeles"]),
  ]

  /// Numbers to call from: of another country, of another area, of the area of the leads, and nearer to some of them.
  static let callers = [447_700_900_123, 12_125_550_100, 14_152_000_000, 14_155_550_109].compactMap {
    PhoneNumber(digits: $0)
  }

  /// Makes two accounts with two campaigns and two agents each.
  init(_ tested: StoreUnderTest) async throws {
    self.tested = tested
    let now = try await store.now()
    var made: UInt32 = 0
    func next<Entity>(_ entity: Entity.Type) -> Identifier<Entity> {
      made += 1
      return Identifier(high: UInt64(now.milliseconds) << 16, low: made)
    }
    try await store.setSystemLimit(8)
    try await store.setDefaultAccountLimit(5)
    for index in 0..<2 {
      let account = Account(id: next(Account.self), name: "Account \(index)", createdAt: now)
      try await store.insert(account)
      accounts.append(account.id)
      for number in 0..<2 {
        var campaign = Campaign(id: next(Campaign.self), account: account.id, name: "C\(number)", createdAt: now)
        campaign.retries.maximumAttempts = 3
        if number == 1 { campaign.agents.group = "group" }
        campaigns.append(try await store.insert(campaign).id)
        var agent = Agent(id: next(Agent.self), account: account.id, kind: .person, name: "A", createdAt: now)
        agent.group = "group"
        agent.status = .available
        try await store.insert(agent)
        agents.append(agent.id)
      }
    }
  }

  /// The calls that are likely to be live.
  private var recentCalls: [Call.ID] { calls.suffix(8) }

  /// Does one operation and tells what came of it.
  mutating func play(_ operation: Operation) async throws -> String {
    do {
      return try await perform(operation)
    } catch let error as StoreError {
      return "throws \(error.code)"
    }
  }

  func number(_ index: Int) throws -> PhoneNumber {
    guard let number = PhoneNumber(digits: 14_155_550_100 + UInt64(index)) else {
      throw StoreError(.invalid, "the number \(index) cannot be")
    }
    return number
  }

  func pattern(_ index: Int, isPrefix: Bool) throws -> Suppression.Pattern {
    let number = try number(index)
    guard isPrefix, let prefix = PhonePrefix(digits: number.digits / 10) else { return .number(number) }
    return .prefix(prefix)
  }

  private mutating func perform(_ operation: Operation) async throws -> String {
    let now = try await store.now()
    switch operation {
    case .addLeads(let campaign, let numbers, let priority, let wait, let place, let subject):
      guard let id = campaigns.at(campaign) else { return "-" }
      let new = try numbers.map { index in
        var lead = NewLead(number: try number(index), priority: priority, locality: Self.places[place])
        lead.notBefore = wait.map { now + .seconds($0) }
        lead.subject = [nil, "debt", "offer"][subject]
        // Some people share a second number.
        lead.furtherNumbers = [50 + index % 4, 60 + index].compactMap { try? number($0) }.map { Contact.Number($0) }
        return lead
      }
      let result = try await store.insert(new, into: id, options: LeadInsertion())
      for case .inserted(let lead, _) in result.outcomes {
        leads.append(lead)
        if let contact = try await store.lead(lead)?.contact, !contacts.contains(contact) { contacts.append(contact) }
      }
      return result.outcomes.map { outcome in
        switch outcome {
        case .inserted(let lead, let contactCreated): "\(name(lead)) \(contactCreated ? "with a new contact" : "")"
        case .duplicate(let lead): "duplicate of \(name(lead))"
        case .recent(let lead): "recent \(name(lead))"
        case .suppressed: "suppressed"
        }
      }.joined(separator: ", ")
    case .transition(let campaign, let trigger):
      guard let id = campaigns.at(campaign) else { return "-" }
      return "\(try await store.transition(id, on: trigger, reason: nil).status)"
    case .changeCampaign(let campaign, let change):
      guard let id = campaigns.at(campaign), var value = try await store.campaign(id) else { return "-" }
      switch change {
      case .concurrency(let limit): value.pacing.maximumConcurrentCalls = limit
      case .attempts(let maximum): value.retries.maximumAttempts = maximum
      case .delay(let seconds): value.pacing.delayBetweenCalls = .seconds(seconds)
      case .callers(let count, let prefersNearby, let perDay):
        value.callerNumbers = Array(Self.callers.prefix(count))
        value.callerChoice = CallerChoice(prefersNearby: prefersNearby, maximumPerDay: perDay)
      case .rolling(let key, let maximum):
        value.compliance.rollingLimits =
          key.map { [RollingLimit(name: "rolling", key: $0, maximum: maximum, window: .seconds(120))] } ?? []
      }
      return "revision \(try await store.update(value).revision)"
    case .deleteCampaign(let campaign):
      guard let id = campaigns.at(campaign) else { return "-" }
      try await store.delete(id)
    case .setSystemLimit(let limit): try await store.setSystemLimit(limit)
    case .setDefaultLimit(let limit): try await store.setDefaultAccountLimit(limit)
    case .setAccountLimit(let account, let limit):
      guard let id = accounts.at(account), var value = try await store.account(id) else { return "-" }
      value.concurrencyLimit = limit
      _ = try await store.update(value)
    case .acquire(let campaign, let owner, let seconds):
      guard let id = campaigns.at(campaign) else { return "-" }
      let lease = try await store.acquire(id, by: "owner \(owner)", lasting: .seconds(seconds))
      leases[id] = lease
      return "until \(lease.expiresAt)"
    case .releaseLease(let campaign):
      guard let id = campaigns.at(campaign), let lease = leases[id] else { return "-" }
      try await store.release(lease)
    case .claim(let campaign, let count, let open, let isRated):
      guard let id = campaigns.at(campaign), let lease = leases[id] else { return "-" }
      let request = ClaimRequest(
        lease: lease, count: count, open: open.sorted().map { OpenLocality(Self.places[$0], until: .distantFuture) },
        agents: agents, rates: isRated ? [RateLimit(name: "line", perSecond: 0.5, burst: 2)] : [], rule: "rule")
      let claim = try await store.claim(request)
      calls += claim.calls.map(\.call)
      return describe(claim)
    case .begin(let account, let index, let caller):
      guard let id = accounts.at(account) else { return "-" }
      let from = caller.flatMap { Self.callers.at($0) }
      let call = try await store.begin(SingleCall(account: id, to: number(index), from: from))
      calls.append(call.id)
      return describe(call)
    default: return try await performMore(operation, now)
    }
    return "done"
  }

  private mutating func performMore(_ operation: Operation, _ now: Timestamp) async throws -> String {
    switch operation {
    case .mayPlace(let call):
      guard let id = recentCalls.at(call) else { return "-" }
      let lease = try await store.call(id)?.campaign.flatMap { leases[$0] }
      return "\(try await store.mayPlace(id, under: lease))"
    case .dialingFacts(let lead):
      guard let id = leads.at(lead) else { return "-" }
      let facts = try await store.dialingFacts(of: id)
      let limits = facts.limits.map { "\($0.limit.name) until \($0.until)" }
      return "\(facts.suppression.map { "\($0.pattern)" } ?? "-") \(facts.isNumberBusy) \(limits)"
    case .record(let call, let kind):
      guard let id = recentCalls.at(call) else { return "-" }
      let (value, isNew) = try await store.record(try await news(kind, of: id, now), of: id)
      return "\(isNew) \(describe(value))"
    case .update(let calls, let kinds, let disposition):
      var updates: [CallUpdate] = []
      for id in calls.compactMap({ recentCalls.at($0) }) {
        var update = CallUpdate(id, ending: disposition.map { CallEnding($0, next: .complete) })
        for kind in kinds { update.news.append(try await news(kind, of: id, now)) }
        updates.append(update)
      }
      let results = try await store.update(updates)
      return results.map { result in
        switch result {
        case .success(let status): status.rawValue
        case .failure(let error): "\(error.code)"
        }
      }.joined(separator: ", ")
    case .assign(let call):
      guard let id = recentCalls.at(call) else { return "-" }
      return name(try await store.assign(id, to: agents))
    case .finish(let call, let disposition, let step):
      guard let id = recentCalls.at(call) else { return "-" }
      var ending = CallEnding(disposition, next: .complete)
      switch step {
      case .complete: break
      case .fail: ending.next = .fail
      case .cancel: ending.next = .cancel
      case .suppress: ending.next = .suppress
      case .retry(let wait, let number, let isCallback):
        ending.next = .retry(at: now + .seconds(wait), numberIndex: number, isCallback: isCallback)
      case .withdrawn:
        guard let live = try await store.call(id), live.status == .intended, live.agent == nil else { return "-" }
        ending.isAttempt = false
        ending.next = .release(at: now)
      }
      let (value, isNew) = try await store.finish(id, ending)
      return "\(isNew) \(describe(value))"
    case .endLead(let lead, let trigger):
      guard let id = leads.at(lead) else { return "-" }
      return "\(try await store.end(id, on: trigger).status)"
    case .reschedule(let lead, let wait, let isCallback):
      guard let id = leads.at(lead) else { return "-" }
      return describe(
        try await store.reschedule(id, at: wait.map { now + .seconds($0) }, isCallback: isCallback))
    case .changeLead(let lead, let priority, let place):
      guard let id = leads.at(lead) else { return "-" }
      return describe(
        try await store.update(id, with: LeadChanges(priority: priority, locality: Self.places[place])))
    case .deleteLead(let lead):
      guard let id = leads.at(lead) else { return "-" }
      try await store.delete(id)
    case .deleteLeads(let campaign):
      guard let id = campaigns.at(campaign) else { return "-" }
      return "\(try await store.deleteLeads(of: id))"
    case .suppress(let index, let isPrefix, let account, let seconds):
      let entry = Suppression(
        try pattern(index, isPrefix: isPrefix), account: account.flatMap { accounts.at($0) }, source: "test",
        addedAt: now, expiresAt: seconds.map { now + .seconds($0) })
      return try await store.suppress([entry]).map { name($0) }.sorted().joined(separator: ", ")
    case .unsuppress(let index, let isPrefix, let account):
      return
        "\(try await store.unsuppress([pattern(index, isPrefix: isPrefix)], of: account.flatMap { accounts.at($0) }))"
    case .setAgentStatus(let agent, let status):
      let index = agent % agents.count
      _ = try await store.setStatus(status, of: agents[index], in: accounts[index / 2])
    case .reserve(let account, let count, let seconds):
      guard let id = accounts.at(account) else { return "-" }
      reservations.append(try await store.reserve(count, of: id, for: .seconds(seconds), note: ""))
    case .releaseReservation(let index):
      guard let reservation = reservations.at(index) else { return "-" }
      try await store.release(reservation.id)
    case .advance(let milliseconds): try await tested.advance(.milliseconds(milliseconds))
    default: break
    }
    return "done"
  }

  private func news(_ kind: Operation.NewsKind, of call: Call.ID, _ now: Timestamp) async throws -> CallNews {
    switch kind {
    case .agentAbsent: .agentAbsent(try await store.call(call)?.agent ?? Agent.ID(high: 0, low: 0), at: now)
    case .placed: .placed(carrier: "carrier", reference: name(call), at: now - .seconds(1))
    case .ringing: .ringing(at: now)
    case .answered: .answered(at: now, by: .human)
    case .detected: .detected(.machineEndBeep)
    case .person: .detected(.human)
    case .messageLeft: .messageLeft(at: now)
    case .callbackAgreed: .callbackAgreed(now + .seconds(60))
    case .conference: .conference("room")
    case .recording: .recording(Call.Recording(url: "https://example.com"))
    case .cost: .cost(micros: 250)
    }
  }
}

extension Array {
  /// An element by a number of any size; nil when there is none at all.
  func at(_ index: Int) -> Element? { isEmpty ? nil : self[index % count] }
}
