import CampaignKit
import CampaignTesting
import Testing

/// An engine in virtual time, over a store in memory, with an account and ways to fill it.
struct EngineBench: Sendable {
  let time: VirtualTime
  let store: LocalStore
  let engine: CampaignEngine
  let account: Account
  let identifiers = IdentifierGenerator(random: SeededGenerator(seed: 7))

  /// A Wednesday, 10:00 in UTC.
  static let start = Timestamp(milliseconds: 1_772_618_400_000)

  /// Runs a test with an engine that runs, until the test is done.
  static func run(
    accountLimit: Int = 100, systemLimit: Int = 1000, start: Timestamp = start,
    storeBehind: Duration = .zero,
    configure: @escaping @Sendable (inout EngineConfiguration) -> Void = { _ in },
    through wrap: @escaping @Sendable (LocalStore) -> any CampaignStorage = { $0 },
    dialer: @escaping @Sendable (VirtualTime) -> any Dialer,
    _ body: @escaping @Sendable (EngineBench) async throws -> Void
  ) async throws {
    try await VirtualTime.run(start: start, maximumSteps: 20_000_000) { time in
      var storing = LocalStore.Configuration()
      storing.time = LateTime(time: time, by: storeBehind)
      storing.identifiers = IdentifierGenerator(random: SeededGenerator(seed: 1))
      let store = LocalStore(configuration: storing)
      try await store.setSystemLimit(systemLimit)
      var running = EngineConfiguration()
      running.owner = "test"
      running.clock = time
      configure(&running)
      let engine = CampaignEngine(storage: wrap(store), dialer: dialer(time), configuration: running)
      var account = Account(
        id: IdentifierGenerator(random: SeededGenerator(seed: 3)).next(at: start), name: "test", createdAt: start)
      account.concurrencyLimit = accountLimit
      try await store.insert(account)
      let bench = EngineBench(time: time, store: store, engine: engine, account: account)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await engine.run() }
        do {
          try await body(bench)
        } catch {
          engine.stop()
          throw error
        }
        engine.stop()
        try await group.waitForAll()
      }
    }
  }

  /// A campaign that keeps no legal hours, with leads whose numbers count up.
  func campaign(
    leads: Int, named name: String = "campaign", firstNumber: UInt64 = 15_550_000_000,
    configure: (inout Campaign) -> Void = { _ in }
  ) async throws -> Campaign {
    var campaign = Campaign(
      id: identifiers.next(at: time.now()), account: account.id, name: name, createdAt: time.now())
    campaign.compliance.keepsLegalHours = false
    campaign.callerNumbers = [try #require(PhoneNumber(digits: 15_559_999_999))]
    configure(&campaign)
    campaign = try await engine.create(campaign)
    let people = try (0..<UInt64(leads)).map { NewLead(number: try #require(PhoneNumber(digits: firstNumber + $0))) }
    _ = try await store.insert(people, into: campaign.id, options: LeadInsertion())
    return campaign
  }

  /// An agent of the group `sales` who is free.
  func agent() async throws -> Agent {
    var agent = Agent(
      id: identifiers.next(at: time.now()), account: account.id, kind: .person, name: "agent", createdAt: time.now())
    agent.group = "sales"
    agent.status = .available
    try await store.insert(agent)
    return agent
  }

  /// Waits until a campaign has a status, or fails after a while.
  func wait(
    for id: Campaign.ID, toBe status: Campaign.Status, atMost longest: Duration = .seconds(86_400),
    _ location: SourceLocation = #_sourceLocation
  ) async throws {
    let end = time.elapsed + longest
    while time.elapsed < end {
      if try await store.campaign(id)?.status == status { return }
      await time.wait(for: .milliseconds(500))
    }
    Issue.record("the campaign is \(try await store.campaign(id)?.status.rawValue ?? "gone")", sourceLocation: location)
  }

  func leads(of id: Campaign.ID) async throws -> [Lead] {
    try await store.leads(LeadQuery(.campaign(id)), page: PageRequest(limit: 1000)).elements
  }

  func calls(of id: Campaign.ID) async throws -> [Call] {
    var query = CallQuery(account: account.id)
    query.campaign = id
    query.isAscending = true
    return try await store.calls(query, page: PageRequest(limit: 1000)).elements
  }
}

/// A clock that is behind another.
private struct LateTime: TimeSource {
  let time: VirtualTime
  let by: Duration

  func now() -> Timestamp { time.now() - by }
}

extension EngineBench {
  /// Runs another engine over the same store for as long as a test needs it.
  func besides(
    _ dialer: any Dialer, through storage: (any CampaignStorage)? = nil,
    _ body: (CampaignEngine) async throws -> Void
  ) async throws {
    var configuration = EngineConfiguration()
    configuration.owner = "second"
    configuration.clock = time
    let other = CampaignEngine(storage: storage ?? store, dialer: dialer, configuration: configuration)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await other.run() }
      try await body(other)
      other.stop()
      try await group.waitForAll()
    }
  }
}
