import CampaignKit
import CampaignTesting

/// A campaign of thirty days in six time zones, in virtual time.
func measureMonth(_ context: Context) async throws {
  let count = context.scaled(100_000)
  var days = 0.0
  var calls = 0
  let took = try await seconds { (days, calls) = try await callThroughMonth(leads: count) }
  context.report.add(
    Figure(
      name: "30 days of \(count.grouped) leads in virtual time", value: took, unit: "s", target: .atMost(20),
      note:
        "\(calls.grouped) calls on \(days.short) days; six time zones, legal hours, up to three attempts, lifelike outcomes"
    ))
}

private func callThroughMonth(leads count: Int) async throws -> (days: Double, calls: Int) {
  let zones = [
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Anchorage",
    "Pacific/Honolulu",
  ]
  // Monday, the second of March.
  let start = Timestamp(milliseconds: 1_772_409_600_000)
  return try await VirtualTime.run(start: start, maximumSteps: .max) { time in
    var storing = LocalStore.Configuration()
    storing.time = time
    storing.identifiers = IdentifierGenerator(random: SeededGenerator(seed: 1))
    let fixture = try await StoreFixture(LocalStore(configuration: storing))
    var running = EngineConfiguration()
    running.owner = "benchmark"
    running.clock = time
    let engine = CampaignEngine(
      storage: fixture.store, dialer: SimulatedCarrier(seed: 1, clock: time), configuration: running)
    guard var campaign = try await fixture.store.campaign(fixture.campaign) else { return (0, 0) }
    campaign.retries = RetryPolicy(maximumAttempts: 3, delay: .fixed(.seconds(86_400)))
    campaign.longestCall = .seconds(3600)
    campaign.schedule.days = [.monday, .tuesday, .wednesday, .thursday, .friday]
    // So many at once that it takes the month.
    campaign.pacing.maximumConcurrentCalls = max(1, count / 18_000)
    campaign.schedule.end = .moment(start + .seconds(30 * 86_400))
    _ = try await fixture.store.update(campaign)
    var leads: [NewLead] = []
    for index in 0..<count {
      guard let number = PhoneNumber(digits: 12_000_000_000 + UInt64(index)) else { continue }
      leads.append(NewLead(number: number, locality: Locality(jurisdiction: "US", timeZones: [zones[index % 6]])))
    }
    _ = try await fixture.store.insert(leads, into: fixture.campaign, options: LeadInsertion())
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await engine.run() }
      _ = try await engine.start(fixture.campaign)
      while try await fixture.store.campaign(fixture.campaign)?.status == .active {
        await time.wait(for: .seconds(3600))
      }
      engine.stop()
      try await group.waitForAll()
    }
    return (time.elapsed / .seconds(86_400), try await fixture.store.total(of: .campaign(fixture.campaign)).created)
  }
}
