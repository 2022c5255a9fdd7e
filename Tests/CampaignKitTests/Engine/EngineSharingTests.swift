import CampaignKit
import CampaignTesting
import Testing

/// How campaigns and engines share what there is.
@Suite struct EngineSharingTests {
  @Test func tenCampaignsGetTheirSharesHoweverManyLeadsEachHas() async throws {
    let dialer = Holder()
    try await EngineBench.run(accountLimit: 20) { time in
      dialer.make(time) { order, _ in .answers(talk: .seconds(Int(order.to.digits % 20))) }
    } _: { bench in
      var campaigns: [Campaign] = []
      for number in 0..<10 {
        campaigns.append(
          try await bench.campaign(
            leads: number == 0 ? 30_000 : 300, named: "\(number)",
            firstNumber: 15_000_000_000 + UInt64(number) * 1_000_000))
      }
      for campaign in campaigns { _ = try await bench.engine.start(campaign.id) }
      // Until shortly before the small ones run dry.
      while dialer.dialer.placements.count < 2900 { await bench.time.wait(for: .seconds(10)) }
      let order = dialer.dialer.placements.prefix(2900).compactMap(\.order.campaign?.id)
      // The first twenty went to the campaign that was started first, when there was no other.
      for start in stride(from: 20, through: 1900, by: 40) {
        var counts: [Campaign.ID: Int] = [:]
        for id in order[start..<start + 1000] { counts[id, default: 0] += 1 }
        for campaign in campaigns {
          #expect((95...105).contains(counts[campaign.id] ?? 0), "\(campaign.name) from \(start)")
        }
      }
    }
  }

  @Test func weightsAndReservedSlotsAreKept() async throws {
    let dialer = Holder()
    try await EngineBench.run(accountLimit: 10) { time in
      dialer.make(time) { _, _ in .answers(talk: .seconds(7)) }
    } _: { bench in
      let heavy = try await bench.campaign(leads: 2000) { $0.pacing.weight = 3 }
      let light = try await bench.campaign(leads: 2000, firstNumber: 15_100_000_000)
      for campaign in [heavy, light] { _ = try await bench.engine.start(campaign.id) }
      while dialer.dialer.placements.count < 800 { await bench.time.wait(for: .seconds(10)) }
      let first = dialer.dialer.placements.prefix(800)
      #expect((590...610).contains(first.count { $0.order.campaign?.id == heavy.id }))
    }
    let other = Holder()
    try await EngineBench.run(accountLimit: 10) { time in
      other.make(time) { _, _ in .answers(talk: .seconds(600)) }
    } _: { bench in
      let greedy = try await bench.campaign(leads: 100)
      let small = try await bench.campaign(leads: 3, firstNumber: 15_100_000_000) {
        $0.pacing.reservedSlots = 4
        $0.schedule.start = .moment(EngineBench.start + .seconds(1))
      }
      _ = try await bench.engine.start(small.id)
      await bench.time.wait(for: .seconds(2))
      _ = try await bench.engine.start(greedy.id)
      await bench.time.wait(for: .seconds(30))
      let placements = other.dialer.placements
      #expect(placements.count { $0.order.campaign?.id == small.id } == 3)
      // One of the four reserved slots is not used, and is kept free.
      #expect(placements.count { $0.order.campaign?.id == greedy.id } == 6)
    }
  }

  @Test func aRampUpRisesFromOneCallToTheLimit() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in .answers(talk: .seconds(3600)) }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 100) {
        $0.pacing = Pacing(maximumConcurrentCalls: 11, rampUp: .seconds(100))
      }
      _ = try await bench.engine.start(campaign.id)
      var counts: [Int] = []
      for _ in 0..<12 {
        await bench.time.wait(for: .seconds(10))
        counts.append(dialer.dialer.placements.count)
      }
      #expect(counts.first.map { (1...2).contains($0) } == true)
      #expect(zip(counts, counts.dropFirst()).allSatisfy { $1 - $0 <= 2 })
      #expect(counts.last == 11)
    }
  }

  @Test("X-32, P-56: a campaign of an engine that died is taken over with its calls")
  func aCampaignOfAnEngineThatDiedIsTakenOverWithItsCalls() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in .answers() }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 4)
      // What a process leaves that claims three leads and dies: the second was not placed yet, and of the third it knows
      // no name of the carrier's.
      _ = try await bench.store.transition(campaign.id, on: .start, reason: nil)
      let lease = try await bench.store.acquire(campaign.id, by: "dead", lasting: .seconds(30))
      let request = ClaimRequest(lease: lease, count: 3, open: [OpenLocality(.unknown, until: .distantFuture)])
      let claimed = try await bench.store.claim(request).calls
      let news = CallNews.placed(carrier: "scripted", reference: "left", at: bench.time.now())
      _ = try await bench.store.record(news, of: claimed[0].call)
      _ = try await bench.store.record(.ringing(at: bench.time.now()), of: claimed[2].call)
      try await bench.wait(for: campaign.id, toBe: .completed, atMost: .seconds(86_400))
      let calls = try await bench.calls(of: campaign.id)
      #expect(claimed.allSatisfy { dialer.dialer.lookUps.contains($0.call) })
      // The carrier knows none: one had been placed and one rang, which expire; the other never was, and its lead is
      // called.
      #expect(calls.first { $0.id == claimed[0].call }?.disposition == .expired)
      #expect(calls.first { $0.id == claimed[2].call }?.disposition == .expired)
      #expect(calls.first { $0.id == claimed[1].call }?.isAttempt == false)
      #expect(dialer.dialer.placements.count == 2)
      #expect(!dialer.dialer.placements.contains { $0.order.id == claimed[1].call })
    }
  }

  @Test func aClockThatJumpsAheadDoesNotMakeAnOrderOfAnotherEngineAbsent() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in .answers() }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 1)
      // Another engine has sent an order to the carrier, which has not taken it in yet.
      _ = try await bench.store.transition(campaign.id, on: .start, reason: nil)
      let lease = try await bench.store.acquire(campaign.id, by: "other", lasting: .seconds(30))
      let request = ClaimRequest(lease: lease, count: 1, open: [OpenLocality(.unknown, until: .distantFuture)])
      let claimed = try #require(try await bench.store.claim(request).calls.first)
      bench.time.jump(by: .seconds(3600))
      // The clock says that all is over: the lease, the time to place it, the longest request. In truth it has only
      // just been sent.
      await bench.time.wait(for: .seconds(25))
      #expect(try await bench.store.lease(of: campaign.id)?.owner == "test")
      #expect(dialer.dialer.lookUps.contains(claimed.call))
      #expect(dialer.dialer.placements.isEmpty)
      #expect(try await bench.store.call(claimed.call)?.status == .intended)
      try await bench.wait(for: campaign.id, toBe: .completed, atMost: .seconds(600))
      #expect(dialer.dialer.placements.count == 1)
    }
  }

  @Test func twoEnginesNeverRunTheSameCampaign() async throws {
    let dialer = Holder()
    let second = Holder()
    try await EngineBench.run(accountLimit: 6) { time in
      dialer.make(time) { _, _ in .answers() }
    } _: { bench in
      var configuration = EngineConfiguration()
      configuration.owner = "second"
      configuration.clock = bench.time
      let other = CampaignEngine(
        storage: bench.store, dialer: second.make(bench.time) { _, _ in .answers() }, configuration: configuration)
      var campaigns: [Campaign] = []
      for number in 0..<4 {
        campaigns.append(
          try await bench.campaign(
            leads: 50, named: "\(number)", firstNumber: 15_000_000_000 + UInt64(number) * 1_000_000))
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await other.run() }
        for (number, campaign) in campaigns.enumerated() {
          _ = try await (number % 2 == 0 ? bench.engine : other).start(campaign.id)
        }
        for campaign in campaigns { try await bench.wait(for: campaign.id, toBe: .completed) }
        other.stop()
        try await group.waitForAll()
      }
      let first = Set(dialer.dialer.placements.compactMap(\.order.campaign?.id))
      let others = Set(second.dialer.placements.compactMap(\.order.campaign?.id))
      #expect(!others.isEmpty && !first.isEmpty)
      #expect(first.isDisjoint(with: others))
      #expect(dialer.dialer.placements.count + second.dialer.placements.count == 200)
    }
  }
}
