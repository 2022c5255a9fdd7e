import CampaignKit
import CampaignTesting
import Testing

/// A carrier is asked for calls by the clock of the process that asks: one that lists calls from a moment on does not find
/// a call that seems to be made later than it was, and the person would be rung again.
@Suite struct EngineReferenceTests {
  private static let uncertain: @Sendable (CallOrder, Int) -> ScriptedDialer.Script = { _, _ in
    var script = ScriptedDialer.Script.refuses(.uncertain)
    script.findings = .unknown
    return script
  }

  @Test("Calls of the process before are asked for by one's own clock", arguments: [60, -60])
  func takesOver(ahead: Int) async throws {
    let dialer = Holder()
    try await EngineBench.run(storeBehind: .seconds(-ahead)) { time in
      dialer.make(time, script: Self.uncertain)
    } _: { bench in
      let campaign = try await bench.campaign(leads: 1)
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(5))
      let placedAt = try #require(dialer.dialer.placements.first?.at)
      bench.engine.stop()
      await bench.time.wait(for: .seconds(60))
      let other = ScriptedDialer(bench.time, script: Self.uncertain)
      try await bench.besides(other) { engine async throws in
        // Not for so long that a carrier that never heard of it is believed.
        await bench.time.wait(for: .seconds(22))
        let id = try #require(dialer.dialer.placements.first?.order.id)
        try await engine.hangUp(id)
        await bench.time.wait(for: .seconds(1))
      }
      #expect(other.placements.isEmpty)
      let asked = other.asked + other.askedToHangUp
      #expect(!other.asked.isEmpty && !other.askedToHangUp.isEmpty)
      for reference in asked { #expect(abs((reference.createdAt - placedAt).milliseconds) < 1000) }
    }
  }

  @Test("So are single calls, and calls that somebody else follows", arguments: [60, -60])
  func single(ahead: Int) async throws {
    let dialer = Holder()
    try await EngineBench.run(storeBehind: .seconds(-ahead)) { time in
      dialer.make(time, script: Self.uncertain)
    } _: { bench in
      var order = SingleCall(account: bench.account.id, to: try #require(PhoneNumber(digits: 15_550_000_000)))
      order.keepsLegalHours = false
      let call = try await bench.engine.call(order)
      await bench.time.wait(for: .seconds(5))
      let placedAt = try #require(dialer.dialer.placements.first?.at)
      bench.engine.stop()
      await bench.time.wait(for: .seconds(60))
      let stored = try #require(try await bench.store.call(call.id))
      #expect(abs((await bench.engine.reference(of: stored).createdAt - placedAt).milliseconds) < 1000)
      // One that never ran knows nothing but what it asks the store.
      let stranger = ScriptedDialer(bench.time, script: Self.uncertain)
      var configuration = EngineConfiguration()
      configuration.clock = bench.time
      try await CampaignEngine(storage: bench.store, dialer: stranger, configuration: configuration).hangUp(call.id)
      let other = ScriptedDialer(bench.time, script: Self.uncertain)
      try await bench.besides(other) { _ async throws in await bench.time.wait(for: .seconds(120)) }
      #expect(!other.asked.isEmpty && !stranger.askedToHangUp.isEmpty)
      for reference in other.asked + stranger.askedToHangUp {
        #expect(abs((reference.createdAt - placedAt).milliseconds) < 1000)
      }
    }
  }

  @Test("A clock that is set meanwhile leaves the call as old as it is", arguments: [3600, -3600])
  func jumps(by seconds: Int) async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time, script: Self.uncertain)
    } _: { bench in
      let campaign = try await bench.campaign(leads: 1)
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(5))
      let placedAt = try #require(dialer.dialer.placements.first?.at)
      let before = dialer.dialer.asked.count
      bench.time.jump(by: .seconds(seconds))
      await bench.time.wait(for: .seconds(120))
      let asked = dialer.dialer.asked.dropFirst(before)
      #expect(!asked.isEmpty)
      for reference in asked {
        #expect(abs((reference.createdAt - placedAt - .seconds(seconds)).milliseconds) < 1000)
      }
    }
  }
}
