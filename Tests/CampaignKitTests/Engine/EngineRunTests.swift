import CampaignKit
import CampaignTesting
import Locks
import Testing

@Suite struct EngineRunTests {
  @Test func callsEveryLeadOnceAndCompletes() async throws {
    try await EngineBench.run { time in
      ScriptedDialer(time) { _, _ in .answers() }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 20) { $0.pacing.maximumConcurrentCalls = 3 }
      _ = try await bench.engine.start(campaign.id)
      try await bench.wait(for: campaign.id, toBe: .completed)
      let calls = try await bench.calls(of: campaign.id)
      #expect(calls.count == 20)
      #expect(calls.allSatisfy { $0.disposition == .answered && $0.talkTime == .seconds(30) })
      #expect(try await bench.leads(of: campaign.id).allSatisfy { $0.status == .completed })
    }
  }

  @Test func triesAgainAfterTheDelayAndGivesUpInTheEnd() async throws {
    try await EngineBench.run { time in
      ScriptedDialer(time) { _, _ in .ends(.noAnswer) }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 2) {
        $0.retries = RetryPolicy(maximumAttempts: 3, delay: .fixed(.seconds(600)))
      }
      _ = try await bench.engine.start(campaign.id)
      try await bench.wait(for: campaign.id, toBe: .completed)
      let calls = try await bench.calls(of: campaign.id)
      #expect(calls.count == 6)
      #expect(try await bench.leads(of: campaign.id).allSatisfy { $0.status == .failed && $0.attempts == 3 })
      for lead in try await bench.leads(of: campaign.id) {
        let times = calls.filter { $0.lead == lead.id }.map(\.createdAt)
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 >= .seconds(605) && $1 - $0 < .seconds(606) })
      }
    }
  }

  @Test func callsThatGoOnTogetherAreWrittenTogether() async throws {
    try await VirtualTime.run(start: EngineBench.start, maximumSteps: 1_000_000) { time in
      var storing = LocalStore.Configuration()
      storing.time = time
      let store = UpdateCounter(inner: LocalStore(configuration: storing))
      try await store.setSystemLimit(1000)
      let identifiers = IdentifierGenerator(random: SeededGenerator(seed: 3))
      var account = Account(id: identifiers.next(at: EngineBench.start), name: "test", createdAt: EngineBench.start)
      account.concurrencyLimit = 200
      try await store.insert(account)
      var campaign = Campaign(
        id: identifiers.next(at: EngineBench.start), account: account.id, name: "campaign",
        createdAt: EngineBench.start)
      campaign.compliance.keepsLegalHours = false
      _ = try await store.insert(campaign)
      let leads = try (0..<1000 as Range<UInt64>).map {
        NewLead(number: try #require(PhoneNumber(digits: 15_550_010_000 + $0)))
      }
      _ = try await store.insert(leads, into: campaign.id, options: LeadInsertion())
      var mix = CarrierMix.instant
      mix.shares = CarrierMix.Shares(human: 1)
      mix.optOuts = 0
      var carrier = SimulatedCarrier.Configuration(mix: mix)
      carrier.forcesOutcomes = false
      var running = EngineConfiguration()
      running.clock = time
      let engine = CampaignEngine(
        storage: store, dialer: SimulatedCarrier(carrier, clock: time), configuration: running)
      try await withThrowingTaskGroup(of: Void.self) { [campaign] group in
        group.addTask { try await engine.run() }
        _ = try await engine.start(campaign.id)
        await time.wait(for: .seconds(60))
        #expect(try await store.campaign(campaign.id)?.status == .completed)
        engine.stop()
        try await group.waitForAll()
      }
      // Each call takes two updates at least: that it was placed, and how it went on and ended.
      #expect(store.updates.withLock { $0 } < 100)
    }
  }
}

/// A store that counts how often calls are updated.
private final class UpdateCounter: StorageWrapper {
  let inner: any CampaignStorage
  let updates = Locked(0)

  init(inner: any CampaignStorage) {
    self.inner = inner
  }

  func update(_ calls: [CallUpdate]) async throws(StoreError) -> [Result<Call.Status, StoreError>] {
    updates.withLock { $0 += 1 }
    return try await inner.update(calls)
  }
}
