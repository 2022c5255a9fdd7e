import CampaignKit

/// A campaign in a store and with a carrier of its own, of which the server's know nothing.
struct TrialCampaign: Sendable {
  private let engine: CampaignEngine
  private let account: Account
  private let campaign: Campaign
  private let count: Int
  private let duration: Duration

  /// Makes a campaign that can be started.
  ///
  /// - Parameters:
  ///   - outcomes: What becomes of the calls, as the last four digits of the numbers.
  ///   - limit: How many calls there may be at once.
  ///   - duration: How long it may take.
  /// - Throws: What the store refuses.
  init(outcomes: [String], limit: Int = 2, within duration: Duration) async throws {
    let storage = LocalStore.memory
    self.duration = duration
    var configuration = EngineConfiguration()
    // However slow the machine is: that would be another finding.
    configuration.placeWithin = duration
    configuration.lease = duration
    engine = CampaignEngine(
      storage: storage, dialer: SimulatedCarrier(mix: .instant), configuration: configuration)
    let identifiers = IdentifierGenerator()
    let now = try await storage.now()
    var account = Account(id: identifiers.next(at: now), name: "trial", createdAt: now)
    account.concurrencyLimit = limit
    try await storage.insert(account)
    try await storage.setSystemLimit(limit)
    self.account = account
    let settings = Campaign(id: identifiers.next(at: now), account: account.id, name: "trial", createdAt: now)
      .withoutLegalHours
    let leads = outcomes.enumerated().compactMap { place, outcome in
      PhoneNumber(e164: "+1415\(200 + place)\(outcome)").map { number in
        NewLead(number: number, locality: Locality(timeZones: Array(number.timeZones)))
      }
    }
    try HealthFailure.unless(leads.count == outcomes.count, "the numbers of the trial cannot be read")
    count = leads.count
    campaign = try await engine.create(settings)
    _ = try await storage.insert(leads, into: campaign.id, options: LeadInsertion())
  }

  /// Runs it to its end.
  ///
  /// - Throws: A ``HealthFailure`` where it takes longer than that.
  func run() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await engine.run() }
      group.addTask {
        try await Task.sleep(for: duration)
        throw HealthFailure(reason: "it is not over after \(duration)")
      }
      group.addTask {
        _ = try await engine.start(campaign.id)
        for try await event in engine.events(of: account.id, after: 0)
        where event.campaign == campaign.id && event.status == Campaign.Status.completed.rawValue {
          return engine.stop()
        }
      }
      defer { group.cancelAll() }
      // The engine and the reader of its events; the clock ends with the group.
      for _ in 0..<2 { try await group.next() }
    }
  }

  /// Compares what was counted with the calls and leads themselves.
  func recount() async throws {
    let storage = engine.storage
    let query = CallQuery(account: account.id, campaign: campaign.id)
    let calls = try await storage.calls(query, page: PageRequest(limit: 1000)).elements
    let leads = try await storage.leads(LeadQuery(.campaign(campaign.id)), page: PageRequest(limit: 1000)).elements
    let counted = try await storage.total(of: .campaign(campaign.id))
    let counts = try await storage.leadCounts(of: campaign.id) ?? LeadCounts()
    try HealthFailure.unless(
      calls.count == count && Set(calls.map(\.to)).count == count, "there are \(calls.count) calls to \(count) people")
    try HealthFailure.unless(calls.allSatisfy { $0.status == .ended }, "a call is not over")
    try HealthFailure.unless(counted.endedCalls == calls.count, "\(counted.endedCalls) calls were counted")
    for disposition in Disposition.allCases {
      let found = calls.count { $0.disposition == disposition }
      try HealthFailure.unless(
        counted[disposition] == found, "\(disposition): \(counted[disposition]) counted, \(found) found")
    }
    for status in Lead.Status.allCases {
      let found = leads.count { $0.status == status }
      try HealthFailure.unless(counts[status] == found, "\(status): \(counts[status]) counted, \(found) found")
    }
  }

  /// The limits, and how much of them is used.
  func slots() async throws -> SlotUsage { try await engine.storage.slots(of: account.id) }
}

extension Campaign {
  /// The same, at any hour: nobody is called.
  fileprivate var withoutLegalHours: Campaign {
    var campaign = self
    campaign.compliance.keepsLegalHours = false
    return campaign
  }
}
