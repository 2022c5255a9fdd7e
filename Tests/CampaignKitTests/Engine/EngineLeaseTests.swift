import CampaignKit
import CampaignTesting
import Locks
import Testing

/// A process that may have lost a campaign decides nothing about its calls.
@Suite struct EngineLeaseTests {
  /// Runs a test in which the engine has a call that waits for an agent when it is cut off from its store.
  private func run(
    lease: Duration, agentWait: Duration,
    _ body: @escaping @Sendable (EngineBench, CutStore.Link, ScriptedDialer, Call.ID, Agent.ID) async throws -> Void
  ) async throws {
    let dialer = Holder()
    let link = CutStore.Link()
    try await EngineBench.run {
      $0.lease = lease
      $0.agentWait = agentWait
    } through: {
      CutStore(inner: $0, link: link)
    } dialer: { time in
      dialer.make(time) { _, _ in ScriptedDialer.Script() }
    } _: { bench in
      let agent = try await bench.agent()
      let campaign = try await bench.campaign(leads: 1) { $0.agents.group = "sales" }
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(3))
      let id = try #require(dialer.dialer.placements.first?.order.id)
      _ = try await bench.store.setStatus(.onBreak, of: agent.id, in: bench.account.id)
      #expect(await bench.engine.take(CallEvent(.answered(.human), of: .call(id))))
      await bench.time.wait(for: .milliseconds(100))
      link.isCut = true
      try await body(bench, link, dialer.dialer, id, agent.id)
    }
  }

  @Test("It hangs up no call that the new owner has connected, and does not tell that it was abandoned")
  func aCallOfTheNewOwner() async throws {
    try await run(lease: .seconds(6), agentWait: .seconds(40)) {
      (bench, link, dialer, id, agent) async throws in
      _ = try await bench.store.setStatus(.available, of: agent, in: bench.account.id)
      let second = ScriptedDialer(bench.time) { _, _ in ScriptedDialer.Script() }
      try await bench.besides(second) { _ in
        await bench.time.wait(for: .seconds(30))
        #expect(second.connected[id] == agent)
        await bench.time.wait(for: .seconds(20))
        #expect(dialer.hangUps == [] && dialer.connections == [])
        link.isCut = false
        await bench.time.wait(for: .seconds(20))
        #expect(dialer.hangUps == [] && dialer.connections == [])
        #expect(await bench.engine.take(CallEvent(.ended(CallEnd(.completed)), of: .call(id))))
        await bench.time.wait(for: .seconds(5))
        let call = try #require(try await bench.store.call(id))
        #expect(call.disposition == .answered && call.agent == agent)
      }
    }
  }

  @Test("An agent who has become free meanwhile gets whoever has waited too long") func aFreeAgent() async throws {
    try await run(lease: .seconds(20), agentWait: .seconds(11)) {
      (bench, link, dialer, id, agent) async throws in
      await bench.time.wait(for: .seconds(5))
      _ = try await bench.store.setStatus(.available, of: agent, in: bench.account.id)
      await bench.time.wait(for: .milliseconds(7500))
      #expect(dialer.hangUps == [] && dialer.connections == [])
      link.isCut = false
      await bench.time.wait(for: .seconds(40))
      #expect(dialer.hangUps == [] && dialer.connected[id] == agent)
    }
  }

  @Test("It decides what was left undecided when the campaign is certain to be its own again", arguments: [12.5, 60])
  func anUndecidedCall(seconds: Double) async throws {
    try await run(lease: .seconds(20), agentWait: .seconds(11)) {
      (bench, link, dialer, id, _) async throws in
      await bench.time.wait(for: .seconds(seconds))
      #expect(dialer.hangUps == [])
      link.isCut = false
      await bench.time.wait(for: .seconds(40))
      #expect(dialer.hangUps == [id])
      #expect(try await bench.store.call(id)?.disposition == .abandoned)
    }
  }
}

/// A store to which the connection is lost at times.
private struct CutStore: StorageWrapper {
  final class Link: Sendable {
    private let state = Locked(false)

    var isCut: Bool {
      get { state.withLock { $0 } }
      set { state.withLock { $0 = newValue } }
    }
  }

  let inner: any CampaignStorage
  let link: Link

  func pass<Result: Sendable>(
    _ operation: StorageOperation, _ work: (any CampaignStorage) async throws(StoreError) -> Result
  ) async throws(StoreError) -> Result {
    guard !link.isCut else { throw StoreError(.unavailable, "nobody answers") }
    return try await work(inner)
  }
}
