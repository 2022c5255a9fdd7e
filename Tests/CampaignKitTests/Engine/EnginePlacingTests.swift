import CampaignKit
import CampaignTesting
import Locks
import Testing

/// Between the claim of a call and its order.
@Suite struct EnginePlacingTests {
  @Test(
    "The store's clock may be behind the engine's, or ahead", arguments: [50, 1000, 40_000, -40_000, -50] as [Int64])
  func clocks(behind: Int64) async throws {
    let dialer = Holder()
    try await EngineBench.run(storeBehind: .milliseconds(behind)) { time in
      dialer.make(time) { _, _ in .answers(talk: .seconds(5)) }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 50) { $0.pacing.maximumConcurrentCalls = 5 }
      _ = try await bench.engine.start(campaign.id)
      try await bench.wait(for: campaign.id, toBe: .completed, atMost: .seconds(120))
      #expect(dialer.dialer.placements.count == 50)
      #expect(try await bench.calls(of: campaign.id).count == 50)
    }
  }

  @Test("A single call is placed though a tick comes between its intent and its order") func tick() async throws {
    let dialer = Holder()
    let clock = LateClock()
    try await EngineBench.run {
      $0.tick = .seconds(1)
    } through: { store in
      SlowStore(inner: store, clock: clock)
    } dialer: { time in
      clock.time.withLock { $0 = time }
      return dialer.make(time) { _, _ in .answers(talk: .seconds(1)) }
    } _: { bench in
      for number in 0..<30 {
        var order = SingleCall(
          account: bench.account.id, to: try #require(PhoneNumber(digits: 15_550_000_000 + UInt64(number))))
        order.keepsLegalHours = false
        _ = try await bench.engine.call(order)
        await bench.time.wait(for: .milliseconds(77))
      }
      await bench.time.wait(for: .seconds(100))
      #expect(dialer.dialer.placements.count == 30)
      #expect(try await bench.store.slots(of: bench.account.id).systemActive == 0)
    }
  }

  @Test("Nothing is placed once a pause or an entry on the list has returned", arguments: [false, true])
  func nothingAfterwards(isPause: Bool) async throws {
    let dialer = Holder()
    let clock = LateClock()
    try await EngineBench.run(
      through: { SlowStore(inner: $0, clock: clock) },
      dialer: { time in
        clock.time.withLock { $0 = time }
        return dialer.make(time) { _, _ in .answers() }
      }
    ) { bench in
      let campaign = try await bench.campaign(leads: 1)
      _ = try await bench.engine.start(campaign.id)
      // The store is being asked for the last time.
      await bench.time.wait(for: .milliseconds(20))
      #expect(try await bench.calls(of: campaign.id).count == 1)
      if isPause {
        _ = try await bench.engine.pause(campaign.id)
      } else {
        let lead = try #require(try await bench.leads(of: campaign.id).first)
        try await bench.engine.suppress([
          Suppression(.number(lead.number), account: bench.account.id, source: "test", addedAt: bench.time.now())
        ])
      }
      await bench.time.wait(for: .seconds(1))
      #expect(dialer.dialer.placements.isEmpty)
      #expect(try await bench.calls(of: campaign.id).map(\.disposition) == [.cancelled])
    }
  }

  @Test("A clock that jumps ahead makes neither an order nor a call too old") func jump() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { order, _ in
        ScriptedDialer.Script(
          placing: .seconds(25), events: [(.seconds(26), .answered(.human))],
          findings: .found([CallEvent(.answered(.human), of: .call(order.id))]))
      }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 1) {
        $0.retries = RetryPolicy(maximumAttempts: 3, retried: [.unknown, .expired], delay: .fixed(.seconds(1)))
      }
      _ = try await bench.engine.start(campaign.id)
      while dialer.dialer.placements.isEmpty { await bench.time.wait(for: .milliseconds(10)) }
      bench.time.jump(by: .seconds(86_400))
      await bench.time.wait(for: .seconds(100))
      bench.time.jump(by: .seconds(86_400))
      await bench.time.wait(for: .seconds(600))
      #expect(dialer.dialer.placements.count == 1)
      #expect(dialer.dialer.hangUps.isEmpty)
      #expect(try await bench.calls(of: campaign.id).map(\.status) == [.answered])
    }
  }
}

/// The clock of a bench that is made after its store.
private final class LateClock: Sendable {
  let time = Locked<VirtualTime?>(nil)
}

/// A store that takes its time to begin a single call, and for the last look before a call.
private struct SlowStore: StorageWrapper {
  let inner: any CampaignStorage
  let clock: LateClock

  private func rest() async { await clock.time.withLock { $0 }?.wait(for: .milliseconds(50)) }

  func begin(_ order: SingleCall) async throws(StoreError) -> Call {
    let call = try await inner.begin(order)
    await rest()
    return call
  }

  func mayPlace(_ call: Call.ID, under lease: CampaignLease?) async throws(StoreError) -> Bool {
    let answer = try await inner.mayPlace(call, under: lease)
    await rest()
    return answer
  }
}
