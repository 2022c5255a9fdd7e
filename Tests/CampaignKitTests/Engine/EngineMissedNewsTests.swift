import CampaignKit
import CampaignTesting
import Locks
import Testing

/// What other processes hear of a call is not missed where no event tells of it here.
@Suite struct EngineMissedNewsTests {
  /// Runs a campaign of two leads, one call at a time, with an agent, on an engine that has placed the first call; and
  /// another engine beside it.
  private func run(
    _ ear: Ear,
    _ body: @escaping @Sendable (EngineBench, CampaignEngine, ScriptedDialer, Agent.ID) async throws -> Void
  ) async throws {
    let dialer = Holder()
    try await EngineBench.run(through: { HardOfHearingStore(inner: $0, ear: ear) }) { time in
      dialer.make(time) { _, _ in ScriptedDialer.Script() }
    } _: { bench in
      let agent = try await bench.agent()
      let campaign = try await bench.campaign(leads: 2) {
        $0.agents.group = "sales"
        $0.pacing.maximumConcurrentCalls = 1
      }
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(3))
      let silent = ScriptedDialer(bench.time) { _, _ in ScriptedDialer.Script() }
      try await bench.besides(silent) { other in try await body(bench, other, dialer.dialer, agent.id) }
    }
  }

  @Test("An answer and an end of which another process hears are noticed, though their events are gone")
  func goneEvents() async throws {
    let ear = Ear()
    try await run(ear) { (bench, other, dialer, agent) async throws in
      let id = try #require(dialer.placements.first?.order.id)
      ear.isTooLate = true
      #expect(await other.take(CallEvent(.answered(.human), of: .call(id))))
      await bench.time.wait(for: .milliseconds(500))
      #expect(dialer.connected[id] == agent)
      #expect(await other.take(CallEvent(.ended(CallEnd(.completed)), of: .call(id))))
      await bench.time.wait(for: .seconds(3))
      #expect(try await bench.store.call(id)?.disposition == .answered)
      #expect(dialer.placements.count == 2)
      // Nobody had to ask the carrier.
      #expect(dialer.lookUps == [])
    }
  }

  @Test("An answer of which another process hears is noticed with the first hint of its account") func firstHint()
    async throws
  {
    let ear = Ear(isPlugged: true)
    try await run(ear) { (bench, other, dialer, agent) async throws in
      let id = try #require(dialer.placements.first?.order.id)
      #expect(await other.take(CallEvent(.answered(.human), of: .call(id))))
      await bench.time.wait(for: .milliseconds(500))
      #expect(dialer.connections == [])
      ear.hint(at: bench.account.id)
      await bench.time.wait(for: .milliseconds(500))
      #expect(dialer.connected[id] == agent)
    }
  }
}

/// How a ``HardOfHearingStore`` hears.
private final class Ear: Sendable {
  private let state = Locked(false)
  /// The only hints that there are, if any are kept back.
  let hints: AsyncStream<Account.ID>?
  private let continuation: AsyncStream<Account.ID>.Continuation?

  init(isPlugged: Bool = false) {
    let (stream, continuation) = AsyncStream.makeStream(of: Account.ID.self)
    hints = isPlugged ? stream : nil
    self.continuation = isPlugged ? continuation : nil
  }

  /// Whether events are gone when somebody asks for them.
  var isTooLate: Bool {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }

  func hint(at account: Account.ID) { continuation?.yield(account) }
}

/// A store of whose events an engine hears late.
private struct HardOfHearingStore: StorageWrapper {
  let inner: any CampaignStorage
  let ear: Ear

  func events(
    of account: Account.ID, after sequence: UInt64, limit: Int
  ) async throws(StoreError) -> [CampaignEvent] {
    if ear.isTooLate { throw StoreError(.gone, "they are not kept any more") }
    return try await inner.events(of: account, after: sequence, limit: limit)
  }

  func hints() -> AsyncStream<Account.ID> { ear.hints ?? inner.hints() }
}
