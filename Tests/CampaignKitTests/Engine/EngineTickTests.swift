import CampaignKit
import CampaignTesting
import Locks
import Testing

/// What an engine looks at by itself.
@Suite struct EngineTickTests {
  @Test func aCampaignThatWaitsIsNotReadAgainWhileNothingHappens() async throws {
    try await run { bench in
      await bench.time.wait(for: .seconds(60))
      let before = bench.store.reads.withLock { $0 }
      await bench.time.wait(for: .seconds(600))
      #expect(bench.store.reads.withLock { $0 } == before)
    }
  }

  @Test("Q-69: a change of which no hint came is noticed at the next tick")
  func aChangeOfWhichNoHintCameIsNoticedAtTheNextTick() async throws {
    try await run { bench in
      await bench.time.wait(for: .seconds(60))
      var campaign = try #require(try await bench.store.inner.campaign(bench.campaign))
      campaign.schedule.start = .moment(EngineBench.start)
      _ = try await bench.store.inner.update(campaign)
      await bench.time.wait(for: .seconds(11))
      #expect(try await bench.store.inner.campaign(bench.campaign)?.status == .active)
    }
  }

  private struct TickBench: Sendable {
    let time: VirtualTime
    let store: CountingStore
    let campaign: Campaign.ID
  }

  /// Runs an engine over a store without hints, with a campaign that starts in a day.
  private func run(_ body: @escaping @Sendable (TickBench) async throws -> Void) async throws {
    try await VirtualTime.run(start: EngineBench.start, maximumSteps: 1_000_000) { time in
      var storing = LocalStore.Configuration()
      storing.time = time
      let store = CountingStore(inner: LocalStore(configuration: storing))
      let identifiers = IdentifierGenerator(random: SeededGenerator(seed: 3))
      let account = Account(id: identifiers.next(at: EngineBench.start), name: "test", createdAt: EngineBench.start)
      try await store.insert(account)
      var campaign = Campaign(
        id: identifiers.next(at: EngineBench.start), account: account.id, name: "campaign",
        createdAt: EngineBench.start)
      campaign.compliance.keepsLegalHours = false
      campaign.schedule.start = .moment(EngineBench.start + .seconds(86_400))
      _ = try await store.insert(campaign)
      let lead = NewLead(number: try #require(PhoneNumber(digits: 15_550_000_000)))
      _ = try await store.insert([lead], into: campaign.id, options: LeadInsertion())
      var running = EngineConfiguration()
      running.clock = time
      let engine = CampaignEngine(
        storage: store, dialer: ScriptedDialer(time) { _, _ in .answers() }, configuration: running)
      try await withThrowingTaskGroup(of: Void.self) { [campaign] group in
        group.addTask { try await engine.run() }
        _ = try await engine.start(campaign.id)
        do {
          try await body(TickBench(time: time, store: store, campaign: campaign.id))
        } catch {
          engine.stop()
          throw error
        }
        engine.stop()
        try await group.waitForAll()
      }
    }
  }
}

/// A store that counts how often campaigns are read, and hints at nothing.
private final class CountingStore: StorageWrapper {
  let inner: any CampaignStorage
  let reads = Locked(0)

  init(inner: any CampaignStorage) {
    self.inner = inner
  }

  func campaign(_ id: Campaign.ID) async throws(StoreError) -> Campaign? {
    reads.withLock { $0 += 1 }
    return try await inner.campaign(id)
  }

  func hints() -> AsyncStream<Account.ID> { AsyncStream { _ in } }
}
