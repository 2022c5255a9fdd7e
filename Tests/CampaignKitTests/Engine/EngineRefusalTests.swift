import CampaignKit
import CampaignTesting
import Testing

/// What an engine makes of orders that the carrier refuses: whether the number is at fault, or all of the campaign.
@Suite struct EngineRefusalTests {
  private static func run(
    _ script: @escaping @Sendable (CallOrder, Int) -> ScriptedDialer.Script,
    _ body: @escaping @Sendable (EngineBench, ScriptedDialer) async throws -> Void
  ) async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time, script: script)
    } _: { bench in
      try await body(bench, dialer.dialer)
    }
  }

  @Test("One number whose order is at fault fails, and the others are called", arguments: [1, 10])
  func oneAlone(atOnce: Int) async throws {
    try await Self.run { order, _ in
      order.to.digits == 15_550_000_001 ? .refuses(.invalidOrder) : .answers()
    } _: { bench, _ in
      let campaign = try await bench.campaign(leads: 5) { $0.pacing.maximumConcurrentCalls = atOnce }
      _ = try await bench.engine.start(campaign.id)
      try await bench.wait(for: campaign.id, toBe: .completed)
      let failed = try await bench.leads(of: campaign.id).filter { $0.status == .failed }
      #expect(failed.map(\.number.digits) == [15_550_000_001])
      let call = try #require(try await bench.calls(of: campaign.id).first { $0.disposition == .failed })
      #expect(call.failure == Call.Failure(code: "invalidOrder", cause: "scripted"))
    }
  }

  @Test("Two numbers in a row pause the campaign, and what is refused meanwhile is as if it had not been tried")
  func crowd() async throws {
    try await Self.run { _, _ in
      .refuses(.invalidOrder)
    } _: { bench, dialer in
      let campaign = try await bench.campaign(leads: 20)
      _ = try await bench.engine.start(campaign.id)
      try await bench.wait(for: campaign.id, toBe: .paused, atMost: .seconds(5))
      await bench.time.wait(for: .seconds(60))
      #expect(dialer.placements.count == 20)
      let leads = try await bench.leads(of: campaign.id)
      #expect(leads.count { $0.status == .failed } == 1)
      #expect(leads.count { $0.status == .waiting && $0.attempts == 0 } == 19)
    }
  }

  @Test("A campaign of which the carrier refuses all is paused after each resume, and yet comes to its end")
  func ends() async throws {
    try await Self.run { _, _ in
      .refuses(.invalidOrder)
    } _: { bench, _ in
      let campaign = try await bench.campaign(leads: 3) { $0.pacing.maximumConcurrentCalls = 1 }
      _ = try await bench.engine.start(campaign.id)
      for _ in 0..<2 {
        try await bench.wait(for: campaign.id, toBe: .paused, atMost: .seconds(60))
        await bench.time.wait(for: .seconds(5))
        _ = try await bench.engine.resume(campaign.id)
      }
      try await bench.wait(for: campaign.id, toBe: .completed, atMost: .seconds(60))
      #expect(try await bench.leads(of: campaign.id).allSatisfy { $0.status == .failed && $0.attempts == 1 })
    }
  }

  @Test("Five numbers in a row that the carrier does not call pause the campaign, which says why", arguments: [1, 20])
  func blocked(atOnce: Int) async throws {
    try await Self.run { _, _ in
      ScriptedDialer.Script(refusal: DialerError(.blocked, "this country is closed", carrierCode: "21215"))
    } _: { bench, _ in
      let campaign = try await bench.campaign(leads: 20) { $0.pacing.maximumConcurrentCalls = atOnce }
      _ = try await bench.engine.start(campaign.id)
      try await bench.wait(for: campaign.id, toBe: .paused, atMost: .seconds(30))
      await bench.time.wait(for: .seconds(5))
      let leads = try await bench.leads(of: campaign.id)
      #expect(leads.count { $0.status == .failed } == 4)
      #expect(leads.count { $0.status == .waiting && $0.attempts == 0 } == 16)
      let explanation = try await bench.engine.explain(campaign.id)
      #expect(explanation.rule == "campaign.paused")
      #expect(
        explanation.text
          == "it is paused: the carrier has refused to call 5 numbers in a row; the last: this country is closed")
    }
  }

  @Test("Numbers that are refused between others are refused alone") func between() async throws {
    try await Self.run { _, number in
      number % 5 == 4 ? .ends(.completed) : .refuses(number % 5 < 2 ? .blocked : .invalidNumber)
    } _: { bench, _ in
      let campaign = try await bench.campaign(leads: 30) { $0.pacing.maximumConcurrentCalls = 1 }
      _ = try await bench.engine.start(campaign.id)
      try await bench.wait(for: campaign.id, toBe: .completed)
      #expect(try await bench.leads(of: campaign.id).count { $0.status == .failed } == 24)
    }
    try await Self.run { _, _ in
      .refuses(.invalidNumber)
    } _: { bench, _ in
      let campaign = try await bench.campaign(leads: 30)
      _ = try await bench.engine.start(campaign.id)
      try await bench.wait(for: campaign.id, toBe: .completed)
    }
  }

  @Test("A single call whose order is at fault fails, and says why") func single() async throws {
    try await Self.run { _, _ in
      .refuses(.invalidOrder)
    } _: { bench, _ in
      var order = SingleCall(account: bench.account.id, to: try #require(PhoneNumber(digits: 15_550_000_000)))
      order.keepsLegalHours = false
      let call = try await bench.engine.call(order)
      await bench.time.wait(for: .seconds(5))
      let ended = try #require(try await bench.store.call(call.id))
      #expect(ended.disposition == .failed && ended.failure?.cause == "scripted")
    }
  }

  @Test("What a dialer held back itself is no failure of the carrier, and is waited for as long as it says")
  func heldBack() async throws {
    try await Self.run { _, number in
      switch number {
      case 0..<6:
        ScriptedDialer.Script(
          refusal: DialerError(.throttled, "our own pace", retryAfter: .seconds(3), wasHeldBack: true))
      case 6: .refuses(.unavailable)
      default: .answers()
      }
    } _: { bench, dialer in
      let campaign = try await bench.campaign(leads: 1) {
        $0.pacing.breaker = Pacing.Breaker(failureShare: 0.5, minimumCalls: 3)
      }
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(2))
      let explanation = try await bench.engine.explain(campaign.id)
      #expect(explanation.rule == "carrier" && explanation.text.contains("our own pace"))
      try await bench.wait(for: campaign.id, toBe: .completed)
      let times = dialer.placements.map(\.at)
      let waits = zip(times, times.dropFirst()).map { Int(($1 - $0) / .seconds(1)) }
      #expect(waits == [3, 3, 3, 3, 3, 3, 1])
      #expect(try await bench.leads(of: campaign.id).map(\.attempts) == [1])
    }
  }

  @Test("A crowd that was held back and failed together waits for a failure, not for none") func heldBackWithOthers()
    async throws
  {
    try await Self.run { _, number in
      switch number {
      case 0:
        ScriptedDialer.Script(
          placing: .milliseconds(5),
          refusal: DialerError(.throttled, "our own pace", retryAfter: .milliseconds(100), wasHeldBack: true))
      case 1: .refuses(.unavailable)
      default: .answers()
      }
    } _: { bench, dialer in
      let campaign = try await bench.campaign(leads: 2)
      _ = try await bench.engine.start(campaign.id)
      try await bench.wait(for: campaign.id, toBe: .completed)
      let times = dialer.placements.map(\.at)
      #expect(times.count == 4)
      #expect(times[2] - times[1] >= .seconds(1))
    }
  }
}
