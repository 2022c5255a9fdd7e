import CampaignKit
import CampaignTesting
import Locks
import Testing

/// How an engine comes to its end.
@Suite struct EngineStopTests {
  @Test func aRunThatIsCancelledStillWritesDownWhatItHasPlaced() async throws {
    try await withEngine { bench in
      let run = Task(executorPreference: bench.time) { [engine = bench.engine] in try await engine.run() }
      _ = try await bench.engine.start(bench.campaign)
      await bench.time.wait(for: .milliseconds(5))
      // Both orders are on their way to the carrier.
      #expect(bench.dialer.placements.count == 2)
      run.cancel()
      try await run.value
      let calls = try await bench.calls()
      #expect(calls.count == 2)
      #expect(calls.allSatisfy { $0.status == .placed && $0.carrierReference != nil })
      #expect(try await bench.store.lease(of: bench.campaign) == nil)
    }
  }

  @Test func aStopGivesUpOnAStoreThatStaysDown() async throws {
    try await withEngine { bench in
      let run = Task(executorPreference: bench.time) { [engine = bench.engine] in try await engine.run() }
      _ = try await bench.engine.start(bench.campaign)
      await bench.time.wait(for: .milliseconds(5))
      bench.faults.isDown.withLock { $0 = true }
      // What cannot be written: that the calls were placed, and that one of the people wants to hear no more.
      await bench.engine.take(CallEvent(.optedOut, of: .call(try #require(bench.dialer.placements.first).order.id)))
      await bench.time.wait(for: .seconds(2))
      let stopped = bench.time.elapsed
      bench.engine.stop()
      try await run.value
      let took = bench.time.elapsed - stopped
      // As long as a lease, and what is left of the wait between two tries.
      #expect(took >= .seconds(25) && took <= .seconds(100))
      #expect(try await bench.calls().allSatisfy { $0.status == .intended })
    }
  }

  @Test func aStopWaitsForAStoreThatComesBack() async throws {
    try await withEngine { bench in
      let run = Task(executorPreference: bench.time) { [engine = bench.engine] in try await engine.run() }
      _ = try await bench.engine.start(bench.campaign)
      await bench.time.wait(for: .milliseconds(5))
      bench.faults.isDown.withLock { $0 = true }
      await bench.time.wait(for: .seconds(2))
      bench.engine.stop()
      await bench.time.wait(for: .seconds(5))
      bench.faults.isDown.withLock { $0 = false }
      try await run.value
      #expect(try await bench.calls().allSatisfy { $0.carrierReference != nil })
    }
  }

  private struct StopBench: Sendable {
    let time: VirtualTime
    let store: LocalStore
    let faults: FallibleStore
    let dialer: ScriptedDialer
    let engine: CampaignEngine
    let account: Account.ID
    let campaign: Campaign.ID

    func calls() async throws -> [Call] {
      try await store.calls(CallQuery(account: account), page: PageRequest(limit: 100)).elements
    }
  }

  /// An engine that does not run yet, over a store that can fail, with a campaign of two leads that ring for long.
  private func withEngine(_ body: @escaping @Sendable (StopBench) async throws -> Void) async throws {
    try await VirtualTime.run(start: EngineBench.start, maximumSteps: 1_000_000) { time in
      var storing = LocalStore.Configuration()
      storing.time = time
      let store = LocalStore(configuration: storing)
      let identifiers = IdentifierGenerator(random: SeededGenerator(seed: 3))
      var account = Account(id: identifiers.next(at: EngineBench.start), name: "test", createdAt: EngineBench.start)
      account.concurrencyLimit = 10
      try await store.insert(account)
      var campaign = Campaign(
        id: identifiers.next(at: EngineBench.start), account: account.id, name: "campaign",
        createdAt: EngineBench.start)
      campaign.compliance.keepsLegalHours = false
      _ = try await store.insert(campaign)
      let leads = try (0..<2).map { NewLead(number: try #require(PhoneNumber(digits: 15_550_000_000 + $0))) }
      _ = try await store.insert(leads, into: campaign.id, options: LeadInsertion())
      let faults = FallibleStore(inner: store)
      let dialer = ScriptedDialer(time) { _, _ in
        ScriptedDialer.Script(events: [(.seconds(600), .ringing)])
      }
      var running = EngineConfiguration()
      running.owner = "test"
      running.clock = time
      try await body(
        StopBench(
          time: time, store: store, faults: faults, dialer: dialer,
          engine: CampaignEngine(storage: faults, dialer: dialer, configuration: running), account: account.id,
          campaign: campaign.id))
    }
  }
}

/// A store that refuses every change while it is down.
private final class FallibleStore: StorageWrapper {
  let inner: any CampaignStorage
  let isDown = Locked(false)

  init(inner: any CampaignStorage) {
    self.inner = inner
  }

  func pass<Result: Sendable>(
    _ operation: StorageOperation, _ work: (any CampaignStorage) async throws(StoreError) -> Result
  ) async throws(StoreError) -> Result {
    if operation.isChange, isDown.withLock({ $0 }) { throw StoreError(.unavailable, "down") }
    return try await work(inner)
  }
}
