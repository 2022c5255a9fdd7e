import CampaignKit
import CampaignTesting
import Testing

/// What people ask of an engine while it runs.
@Suite struct EngineControlTests {
  @Test func aPauseStopsNewCallsAndLetsLiveOnesEnd() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in .answers(talk: .seconds(60)) }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 10) { $0.pacing.maximumConcurrentCalls = 2 }
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(10))
      #expect(dialer.dialer.placements.count == 2)
      _ = try await bench.engine.pause(campaign.id, reason: "lunch")
      await bench.time.wait(for: .seconds(600))
      #expect(dialer.dialer.placements.count == 2)
      #expect(dialer.dialer.hungUp.isEmpty)
      #expect(try await bench.calls(of: campaign.id).allSatisfy { $0.disposition == .answered })
      #expect(try await bench.engine.explain(campaign.id).text == "it is paused: lunch")
      _ = try await bench.engine.resume(campaign.id)
      try await bench.wait(for: campaign.id, toBe: .completed)
      #expect(dialer.dialer.placements.count == 10)
    }
  }

  @Test func aPauseCanHangUpLiveCalls() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in .answers(talk: .seconds(600)) }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 3)
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(10))
      _ = try await bench.engine.pause(campaign.id, hangingUp: true)
      await bench.time.wait(for: .seconds(5))
      #expect(dialer.dialer.hungUp.count == 3)
      #expect(try await bench.calls(of: campaign.id).allSatisfy { $0.status == .ended })
    }
  }

  @Test func cancellingIsFinalAndCancelsWaitingLeads() async throws {
    try await EngineBench.run { time in
      ScriptedDialer(time) { _, _ in .answers(talk: .seconds(60)) }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 5) { $0.pacing.maximumConcurrentCalls = 1 }
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(10))
      _ = try await bench.engine.cancel(campaign.id)
      await bench.time.wait(for: .seconds(120))
      let leads = try await bench.leads(of: campaign.id)
      #expect(leads.count { $0.status == .cancelled } == 4)
      #expect(leads.count { $0.status == .completed } == 1)
      await #expect(throws: EngineError.self) { try await bench.engine.resume(campaign.id) }
    }
  }

  @Test func startsAndEndsByItselfAtItsDates() async throws {
    try await EngineBench.run { time in
      ScriptedDialer(time) { _, _ in .answers() }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 100) {
        $0.pacing.maximumConcurrentCalls = 1
        $0.schedule.start = .moment(EngineBench.start + .seconds(3600))
        $0.schedule.end = .moment(EngineBench.start + .seconds(3600 + 100))
      }
      #expect(try await bench.engine.start(campaign.id).status == .scheduled)
      await #expect(throws: EngineError.self) { try await bench.engine.start(campaign.id) }
      await bench.time.wait(for: .seconds(3590))
      #expect(try await bench.calls(of: campaign.id).isEmpty)
      #expect(try await bench.engine.explain(campaign.id).rule == "notStarted")
      try await bench.wait(for: campaign.id, toBe: .completed)
      let calls = try await bench.calls(of: campaign.id)
      // One call takes 33 seconds: those of the first 100 seconds, and none after.
      #expect(calls.count == 4)
      #expect(calls.allSatisfy { $0.createdAt >= EngineBench.start + .seconds(3600) })
    }
  }

  @Test func aScheduledCampaignWithoutLeadsIsAskedAgainLaterAndSaysWhy() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in .answers() }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 1) {
        $0.schedule.start = .moment(EngineBench.start + .seconds(600))
      }
      _ = try await bench.engine.start(campaign.id)
      let lead = try #require(try await bench.leads(of: campaign.id).first)
      try await bench.store.delete(lead.id)
      await bench.time.wait(for: .seconds(900))
      #expect(bench.time.steps < 50_000)
      let explanation = try await bench.engine.explain(campaign.id)
      #expect(explanation.rule == "store")
      #expect(explanation.text.contains("no lead to call"))
      let late = NewLead(number: try #require(PhoneNumber(digits: 15_550_000_777)))
      _ = try await bench.store.insert([late], into: campaign.id, options: LeadInsertion())
      try await bench.wait(for: campaign.id, toBe: .completed, atMost: .seconds(300))
      #expect(dialer.dialer.placements.count == 1)
    }
  }

  @Test func anEndThatHasPassedIsRefusedByName() async throws {
    try await EngineBench.run { time in
      ScriptedDialer(time) { _, _ in .answers() }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 1) { $0.schedule.end = .moment(EngineBench.start - .seconds(1)) }
      let error = await #expect(throws: EngineError.self) { try await bench.engine.start(campaign.id) }
      #expect(error?.schedule == [.ended(EngineBench.start - .seconds(1))])
      #expect(error?.message.contains("schedule.end") == true)
    }
  }

  @Test func limitsCanBeChangedWhileItRuns() async throws {
    let dialer = Holder()
    try await EngineBench.run(accountLimit: 1) { time in
      dialer.make(time) { _, _ in .answers(talk: .seconds(1000)) }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 10)
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(30))
      #expect(dialer.dialer.placements.count == 1)
      #expect(try await bench.engine.explain(campaign.id).rule == "accountLimit")
      var account = try #require(try await bench.store.account(bench.account.id))
      account.concurrencyLimit = 4
      _ = try await bench.store.update(account)
      await bench.time.wait(for: .milliseconds(100))
      #expect(dialer.dialer.placements.count == 4)
      try await bench.engine.setSystemLimit(2)
      await bench.time.wait(for: .seconds(1200))
      #expect(try await bench.store.slots(of: bench.account.id).systemActive == 2)
    }
  }

  @Test("A limit that is reached holds nobody back who is called later anyway")
  func tellsWhatIsDueLaterBesideALimit() async throws {
    let due = EngineBench.start + .seconds(7200)
    let number = try #require(PhoneNumber(digits: 15_550_001_111))
    try await EngineBench.run(accountLimit: 1) { time in
      ScriptedDialer(time) { _, _ in .answers(talk: .seconds(1000)) }
    } _: { bench in
      let first = try await bench.campaign(leads: 2)
      let second = try await bench.campaign(leads: 0, named: "later")
      var lead = NewLead(number: number)
      lead.notBefore = due
      _ = try await bench.store.insert([lead], into: second.id, options: LeadInsertion())
      for campaign in [first, second] { _ = try await bench.engine.start(campaign.id) }
      await bench.time.wait(for: .seconds(30))
      #expect(try await bench.engine.explain(first.id).rule == "accountLimit")
      let explanation = try await bench.engine.explain(second.id)
      #expect(explanation.rule == "nothingDue" && explanation.until == due && !explanation.isDialing)
    }
  }

  @Test("No campaign is expected to be done before its next lead is due", arguments: [1800, 200_000])
  func expectsNothingBeforeItIsDue(seconds: Int) async throws {
    let due = EngineBench.start + .seconds(seconds)
    let number = try #require(PhoneNumber(digits: 15_550_001_111))
    try await EngineBench.run { time in
      ScriptedDialer(time) { _, _ in .answers() }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 1)
      var lead = NewLead(number: number)
      lead.notBefore = due
      _ = try await bench.store.insert([lead], into: campaign.id, options: LeadInsertion())
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(120))
      let progress = try await bench.engine.progress(of: campaign.id)
      #expect(progress.leadsPerHour != nil && progress.remaining == 1)
      #expect(seconds > 3600 ? progress.estimatedEnd == nil : progress.estimatedEnd.map { $0 > due } == true)
    }
  }

  @Test func aSingleCallGoesItsWay() async throws {
    try await EngineBench.run { time in
      ScriptedDialer(time) { _, _ in .answers() }
    } _: { bench in
      let to = try #require(PhoneNumber(digits: 15_550_001_111))
      var order = SingleCall(account: bench.account.id, to: to)
      order.keepsLegalHours = false
      let call = try await bench.engine.call(order)
      await bench.time.wait(for: .seconds(60))
      let ended = try #require(try await bench.store.call(call.id))
      #expect(ended.disposition == .answered)
      #expect(ended.carrierReference == "carrier-0")
      #expect(ended.ringingAt != nil)
    }
  }

  @Test func doNotCallCancelsQueuedLeadsAndCanHangUp() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in .answers(talk: .seconds(600)) }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 3) { $0.pacing.maximumConcurrentCalls = 1 }
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(10))
      let leads = try await bench.leads(of: campaign.id)
      try await bench.engine.suppress(
        leads.map {
          Suppression(.number($0.number), account: bench.account.id, source: "test", addedAt: bench.time.now())
        },
        hangingUp: true)
      try await bench.wait(for: campaign.id, toBe: .completed)
      #expect(dialer.dialer.placements.count == 1)
      #expect(dialer.dialer.hungUp.count == 1)
      #expect(try await bench.leads(of: campaign.id).count { $0.status == .suppressed } >= 2)
    }
  }

  @Test func stoppingLeavesNothingUnderWayAndAnotherEngineGoesOn() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in .answers(talk: .seconds(300)) }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 4) { $0.pacing.maximumConcurrentCalls = 2 }
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(10))
      bench.engine.stop()
      await bench.time.wait(for: .seconds(1))
      #expect(try await bench.store.lease(of: campaign.id) == nil)
      #expect(try await bench.calls(of: campaign.id).allSatisfy { $0.status == .answered })
      var configuration = EngineConfiguration()
      configuration.owner = "second"
      configuration.clock = bench.time
      let second = CampaignEngine(
        storage: bench.store, dialer: ScriptedDialer(bench.time) { _, _ in .answers() }, configuration: configuration)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await second.run() }
        await bench.time.wait(for: .seconds(60))
        #expect(try await bench.store.lease(of: campaign.id)?.owner == "second")
        second.stop()
        try await group.waitForAll()
      }
    }
  }
}
