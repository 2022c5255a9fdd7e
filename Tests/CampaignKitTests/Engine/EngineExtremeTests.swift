import CampaignKit
import CampaignTesting
import Locks
import Testing

/// What an engine does with values and answers that make no sense: it goes on, at a bearable pace.
@Suite struct EngineExtremeTests {
  @Test("A carrier that wants to be asked again at once is left alone as after any failure", arguments: [0, -5])
  func impatientCarrier(_ seconds: Int) async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in .refuses(.throttled, retryAfter: .seconds(seconds)) }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 100)
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(10))
      // A hundred at the start, and after 1, 3 and 7 seconds.
      #expect(dialer.dialer.placements.count <= 400)
      _ = try await bench.engine.cancel(campaign.id)
    }
  }

  @Test("A carrier that wants to be left alone for ever is asked again after an hour") func absurdRest() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, number in
        number == 0 ? .refuses(.throttled, retryAfter: .seconds(Int64.max)) : .answers()
      }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 3) { $0.pacing.maximumConcurrentCalls = 1 }
      _ = try await bench.engine.start(campaign.id)
      try await bench.wait(for: campaign.id, toBe: .completed, atMost: .seconds(7200))
      #expect(dialer.dialer.placements.count == 4)
    }
  }

  @Test("Campaigns that reserve every slot that can be told do not stop the engine") func reservedSlots() async throws {
    try await EngineBench.run { time in
      ScriptedDialer(time) { _, _ in .answers() }
    } _: { bench in
      for number in 0..<2 {
        let campaign = try await bench.campaign(leads: 3, firstNumber: 15_550_000_000 + UInt64(number) * 1000) {
          $0.pacing.reservedSlots = .max
        }
        _ = try await bench.engine.start(campaign.id)
        try await bench.wait(for: campaign.id, toBe: .completed, atMost: .seconds(3600))
      }
    }
  }

  @Test("A share is found where nothing limits an account") func unlimitedAccount() {
    let identifiers = IdentifierGenerator(random: SeededGenerator(seed: 9))
    let account: Account.ID = identifiers.next(at: EngineBench.start)
    let campaign: Campaign.ID = identifiers.next(at: EngineBench.start)
    let situation = PacingSituation(
      systemFree: 10, accounts: [account: PacingSituation.Room(free: .max)],
      candidates: [PacingSituation.Candidate(campaign: campaign, account: account, live: 1)])
    #expect(FairSharing().shares(in: situation) == [10])
  }

  @Test("A store that cannot tell how much of the limits is used is asked again after a rest") func blindStore()
    async throws
  {
    let sight = Sight()
    try await EngineBench.run(through: { BlindStore(inner: $0, sight: sight) }) { time in
      ScriptedDialer(time) { _, _ in .ends(.noAnswer, after: .seconds(1)) }
    } _: { bench in
      var campaigns: [Campaign.ID] = []
      for number in 0..<2 {
        let campaign = try await bench.campaign(leads: 50, firstNumber: 15_550_000_000 + UInt64(number) * 1000) {
          $0.pacing.maximumConcurrentCalls = 1
        }
        campaigns.append(try await bench.engine.start(campaign.id).id)
      }
      await bench.time.wait(for: .seconds(5))
      sight.isThere.withLock { $0 = false }
      let before = bench.time.steps
      await bench.time.wait(for: .seconds(60))
      #expect(bench.time.steps - before < 10_000)
      let explanation = try await bench.engine.explain(campaigns[0])
      #expect(explanation.rule.contains("store"), "\(explanation)")
      sight.isThere.withLock { $0 = true }
      for campaign in campaigns { try await bench.wait(for: campaign, toBe: .completed, atMost: .seconds(86_400)) }
    }
  }

  @Test("A claim of no calls and no time to place them count as the least that works")
  func uselessConfiguration() async throws {
    try await EngineBench.run(configure: {
      $0.claimSize = 0
      $0.placeWithin = .zero
      $0.retryAfterFailure = .zero
    }) { time in
      ScriptedDialer(time) { _, _ in .answers() }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 3)
      _ = try await bench.engine.start(campaign.id)
      try await bench.wait(for: campaign.id, toBe: .completed, atMost: .seconds(3600))
    }
  }

  @Test("Failures without a cause are failures to the breaker") func failuresWithoutCause() async throws {
    try await EngineBench.run { time in
      ScriptedDialer(time) { _, _ in .ends(.failed) }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 100) {
        $0.pacing.maximumConcurrentCalls = 2
        $0.pacing.breaker = Pacing.Breaker(failureShare: 0.5, minimumCalls: 10)
      }
      _ = try await bench.engine.start(campaign.id)
      try await bench.wait(for: campaign.id, toBe: .paused, atMost: .seconds(300))
      #expect(try await bench.store.campaign(campaign.id)?.statusReason?.contains("10 of 10") == true)
    }
  }

  @Test("The ramp-up of a scheduled campaign begins when it starts") func rampUpOfAScheduledCampaign() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in .answers(talk: .seconds(600)) }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 200) {
        $0.pacing.rampUp = .seconds(3600)
        $0.schedule.start = .moment(EngineBench.start + .seconds(7200))
      }
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(7220))
      #expect((1...2).contains(dialer.dialer.placements.count))
    }
  }

  @Test("A call that is asked of an engine that has stopped is refused, and takes no slot") func stopped() async throws
  {
    try await EngineBench.run { time in
      ScriptedDialer(time) { _, _ in .answers() }
    } _: { bench in
      bench.engine.stop()
      let to = try #require(PhoneNumber(digits: 15_550_001_111))
      let error = await #expect(throws: EngineError.self) {
        try await bench.engine.call(SingleCall(account: bench.account.id, to: to))
      }
      #expect(error?.code == .stopped)
      #expect(try await bench.store.slots(of: bench.account.id).systemActive == 0)
    }
  }

  @Test("A carrier is told how long a single call may last") func longestSingleCall() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in .answers() }
    } _: { bench in
      let to = try #require(PhoneNumber(digits: 15_550_001_111))
      var order = SingleCall(account: bench.account.id, to: to, longestCall: .seconds(120))
      order.keepsLegalHours = false
      _ = try await bench.engine.call(order)
      await bench.time.wait(for: .seconds(5))
      #expect(dialer.dialer.placements.map(\.order.longestCall) == [.seconds(120)])
    }
  }
}

/// Whether a store can see.
private final class Sight: Sendable {
  let isThere = Locked(true)
}

/// A store that for a while cannot tell how much of the limits is used.
private struct BlindStore: StorageWrapper {
  let inner: any CampaignStorage
  let sight: Sight

  func slots(of account: Account.ID) async throws(StoreError) -> SlotUsage {
    guard sight.isThere.withLock({ $0 }) else { throw StoreError(.unavailable, "it cannot see") }
    return try await inner.slots(of: account)
  }
}
