import CampaignKit
import CampaignTesting
import Testing

/// What an engine does when the carrier refuses.
@Suite struct EngineCarrierTests {
  @Test func aCarrierThatIsThrottledIsLeftAloneAndNoAttemptIsCounted() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, number in number == 0 ? .refuses(.throttled, retryAfter: .seconds(20)) : .answers() }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 1)
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(5))
      #expect(try await bench.engine.explain(campaign.id).rule == "carrier")
      try await bench.wait(for: campaign.id, toBe: .completed)
      let placements = dialer.dialer.placements.map(\.at)
      #expect(placements.count == 2)
      #expect(placements[1] - placements[0] >= .seconds(20))
      #expect(placements[1] - placements[0] < .seconds(21))
      #expect(try await bench.leads(of: campaign.id).map(\.attempts) == [1])
    }
  }

  @Test func aCarrierThatFailsForLongIsTriedLessAndLess() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, number in number < 6 ? .refuses(.unavailable) : .answers() }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 1)
      _ = try await bench.engine.start(campaign.id)
      try await bench.wait(for: campaign.id, toBe: .completed)
      let times = dialer.dialer.placements.map(\.at)
      let waits = zip(times, times.dropFirst()).map { ($1 - $0) / .seconds(1) }
      #expect(waits.map { Int($0) } == [1, 2, 4, 8, 16, 32])
    }
  }

  @Test func aNumberThatIsRefusedFailsAndTheOthersGoOn() async throws {
    try await EngineBench.run { time in
      ScriptedDialer(time) { order, _ in order.to.digits == 15_550_000_001 ? .refuses(.invalidNumber) : .answers() }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 3) { $0.retries.maximumAttempts = 5 }
      _ = try await bench.engine.start(campaign.id)
      try await bench.wait(for: campaign.id, toBe: .completed)
      let leads = try await bench.leads(of: campaign.id)
      #expect(leads.filter { $0.status == .failed }.map(\.number.digits) == [15_550_000_001])
      #expect(leads.count { $0.status == .completed } == 2)
      let call = try #require(try await bench.calls(of: campaign.id).first { $0.disposition == .failed })
      #expect(call.failure?.code == "invalidNumber")
    }
  }

  @Test func anOrderThatIsRefusedPausesItsCampaignAndSaysWhy() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in .refuses(.invalidOrder) }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 3) { $0.pacing.maximumConcurrentCalls = 1 }
      _ = try await bench.engine.start(campaign.id)
      try await bench.wait(for: campaign.id, toBe: .paused, atMost: .seconds(5))
      #expect(try await bench.store.campaign(campaign.id)?.statusReason == "the carrier refuses its calls: scripted")
      // One number alone may be at fault itself.
      let leads = try await bench.leads(of: campaign.id)
      #expect(leads.map(\.status).sorted { $0.rawValue < $1.rawValue } == [.failed, .waiting, .waiting])
      #expect(leads.allSatisfy { $0.attempts == ($0.status == .failed ? 1 : 0) })
    }
  }

  @Test func aBreakerPausesACampaignOfWhichTooManyCallsFail() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in
        ScriptedDialer.Script(events: [
          (.seconds(1), .ended(CallEnd(.failed, failure: Call.Failure(code: "34", cause: "no circuit"))))
        ])
      }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 100) {
        $0.pacing.maximumConcurrentCalls = 1
        $0.pacing.breaker = Pacing.Breaker(failureShare: 0.5, minimumCalls: 10, window: .seconds(300))
      }
      _ = try await bench.engine.start(campaign.id)
      try await bench.wait(for: campaign.id, toBe: .paused, atMost: .seconds(60))
      let reason = try #require(try await bench.store.campaign(campaign.id)?.statusReason)
      #expect(reason == "the carrier failed 10 of 10 calls; the last: no circuit")
      #expect(dialer.dialer.placements.count <= 11)
    }
  }

  @Test func theCarriersRateIsKept() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time, capabilities: DialerCapabilities(callsPerSecond: 2)) { _, _ in .answers() }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 20)
      _ = try await bench.engine.start(campaign.id)
      try await bench.wait(for: campaign.id, toBe: .completed)
      let times = dialer.dialer.placements.map(\.at)
      #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 >= .milliseconds(499) })
      #expect(times[19] - times[0] < .seconds(11))
    }
  }
}
