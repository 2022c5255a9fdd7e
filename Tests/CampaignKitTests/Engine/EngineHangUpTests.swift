import CampaignKit
import CampaignTesting
import Testing

/// A call that is to be hung up is over in the end, whatever the carrier does.
@Suite struct EngineHangUpTests {
  @Test("A hang-up that failed is tried again") func failedHangUp() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in
        ScriptedDialer.Script(events: [(.seconds(1), .answered(.human))], failingHangUps: 3)
      }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 1)
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(10))
      let call = try #require(try await bench.calls(of: campaign.id).first)
      try await bench.engine.hangUp(call.id)
      await bench.time.wait(for: .seconds(60))
      #expect(dialer.dialer.hangUps.count == 4)
      #expect(try await bench.store.call(call.id)?.status == .ended)
    }
  }

  @Test("A call that is being ordered is hung up once the carrier has it") func orderedCall() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in
        ScriptedDialer.Script(
          placing: .seconds(1), events: [(.seconds(3), .answered(.human))], hangsUpByNameOnly: true)
      }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 1)
      _ = try await bench.engine.start(campaign.id)
      while dialer.dialer.placements.isEmpty { await bench.time.wait(for: .milliseconds(10)) }
      _ = try await bench.engine.pause(campaign.id, hangingUp: true)
      await bench.time.wait(for: .seconds(10))
      #expect(try await bench.calls(of: campaign.id).map(\.status) == [.ended])
      #expect(dialer.dialer.hangUps.count == 1)
    }
  }

  @Test("A call that lasts too long keeps its lead until it is hung up") func overdueCall() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { order, _ in
        ScriptedDialer.Script(
          events: [(.seconds(1), .answered(.human))],
          findings: .found([CallEvent(.answered(.human), of: .call(order.id))]), failingHangUps: 4)
      }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 1) {
        $0.longestCall = .seconds(120)
        $0.retries = RetryPolicy(maximumAttempts: 2, retried: [.expired], delay: .fixed(.seconds(1)))
      }
      _ = try await bench.engine.start(campaign.id)
      while dialer.dialer.hangUps.count < 4 { await bench.time.wait(for: .milliseconds(100)) }
      #expect(dialer.dialer.placements.count == 1)
      #expect(try await bench.calls(of: campaign.id).map(\.status) == [.answered])
      await bench.time.wait(for: .seconds(30))
      #expect(dialer.dialer.placements.count == 2)
      #expect(try await bench.calls(of: campaign.id).first?.disposition == .expired)
      _ = try await bench.engine.cancel(campaign.id, hangingUp: true)
    }
  }

  @Test("One hang-up that fails does not keep the others from being asked for") func manyHangUps() async throws {
    try await EngineBench.run { time in
      ScriptedDialer(time) { _, _ in ScriptedDialer.Script(events: [(.seconds(1), .answered(.human))]) }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 3)
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(10))
      // Another process, such as one that serves an API only.
      let stubborn = StubbornDialer()
      var configuration = EngineConfiguration()
      configuration.clock = bench.time
      let other = CampaignEngine(storage: bench.store, dialer: stubborn, configuration: configuration)
      await #expect(throws: EngineError.self) { try await other.pause(campaign.id, hangingUp: true) }
      #expect(stubborn.requests.withLock { $0 } == 3)
    }
  }
}
