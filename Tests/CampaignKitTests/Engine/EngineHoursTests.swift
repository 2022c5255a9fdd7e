import CampaignKit
import CampaignTesting
import Testing

/// When an engine calls.
@Suite struct EngineHoursTests {
  @Test func callsNobodyOutsideOfTheCampaignsHours() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in .answers(talk: .seconds(600)) }
    } _: { bench in
      // It is 10:00 in UTC and 05:00 in New York.
      let campaign = try await bench.campaign(leads: 30) {
        $0.pacing.maximumConcurrentCalls = 1
        $0.schedule.timeZone = "America/New_York"
        $0.schedule.hours = DailyHours(from: TimeOfDay("09:00")!, until: TimeOfDay("11:00")!)
      }
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(60))
      let explanation = try await bench.engine.explain(campaign.id)
      #expect(explanation.rule == "campaign.hours")
      #expect(explanation.until == Timestamp("2026-03-04T14:00:00Z"))
      try await bench.wait(for: campaign.id, toBe: .completed, atMost: .seconds(5 * 86_400))
      // New York sets its clocks forward on 8 March.
      for placement in dialer.dialer.placements {
        let hour = placement.at.description.dropFirst(11).prefix(2)
        let isSummer = placement.at >= Timestamp("2026-03-08T07:00:00Z")!
        #expect(isSummer ? ["13", "14"].contains(hour) : ["14", "15"].contains(hour))
      }
      #expect(dialer.dialer.placements.count == 30)
    }
  }

  @Test func aSingleCallKeepsTheLegalHoursOfThePerson() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in .answers() }
    } _: { bench in
      // It is 10:00 in UTC, 05:00 in New York and 10:00 in London.
      let newYork = try #require(PhoneNumber("+12125550123"))
      let london = try #require(PhoneNumber("+442079460123"))
      func call(_ number: PhoneNumber, _ change: (inout SingleCall) -> Void = { _ in }) async -> EngineError? {
        var order = SingleCall(account: bench.account.id, to: number)
        change(&order)
        do throws(EngineError) {
          _ = try await bench.engine.call(order)
          return nil
        } catch {
          return error
        }
      }
      let held = try #require(await call(newYork))
      #expect(held.code == .held)
      #expect(held.decision?.rule == "us.hours")
      #expect(held.decision?.retryAt == Timestamp("2026-03-04T13:00:00Z"))
      #expect(await call(newYork) { $0.purpose = .emergency } == nil)
      #expect(await call(london) == nil)
      // Whoever knows better says so, and a place of which nothing is known is never open.
      #expect(await call(london) { $0.locality = Locality(timeZones: ["America/New_York"]) }?.code == .held)
      #expect(await call(london) { $0.locality = .unknown }?.decision?.retryAt == .some(nil))
      await bench.time.wait(for: .seconds(600))
      #expect(dialer.dialer.placements.map(\.order.to) == [newYork, london])
    }
  }

  @Test func aSingleCallIsNotPlacedAfterItsHour() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in .answers() }
    } _: { bench in
      // The hour strikes at 21:00 in London, between the order and its placing.
      await bench.time.wait(for: Timestamp("2026-03-04T20:59:59.999Z")! - bench.time.now())
      let london = try #require(PhoneNumber("+442079460123"))
      let call = try await bench.engine.call(SingleCall(account: bench.account.id, to: london))
      bench.time.jump(by: .milliseconds(1))
      await bench.time.wait(for: .seconds(60))
      #expect(dialer.dialer.placements.isEmpty)
      #expect(try await bench.store.call(call.id)?.status.isLive == false)
    }
  }

  @Test func keepsTheLegalHoursOfEveryZoneALeadCouldBeIn() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in .answers() }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 0) { $0.compliance.keepsLegalHours = true }
      let zones = [["America/New_York"], ["America/New_York", "America/Los_Angeles"], ["Europe/Berlin"], []]
      let leads = try zones.enumerated().map { index, zones in
        NewLead(
          number: try #require(PhoneNumber(digits: 15_550_000_100 + UInt64(index))),
          locality: Locality(jurisdiction: zones.first?.hasPrefix("America") == true ? "US" : nil, timeZones: zones))
      }
      _ = try await bench.store.insert(leads, into: campaign.id, options: LeadInsertion())
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(86_400))
      let times = Dictionary(
        uniqueKeysWithValues: dialer.dialer.placements.map { ($0.order.to.digits - 15_550_000_100, $0.at) })
      #expect(times[0] == Timestamp("2026-03-04T13:00:00Z"))
      #expect(times[1] == Timestamp("2026-03-04T16:00:00Z"))
      #expect(times[2].map { $0 < EngineBench.start + .seconds(1) } == true)
      for call in try await bench.calls(of: campaign.id) where call.to.digits < 15_550_000_102 {
        #expect(call.rule?.contains("us.hours") == true)
      }
      // A zone that is not known is not called.
      #expect(times[3] == nil)
      let lead = try #require(try await bench.leads(of: campaign.id).first { $0.status == .waiting })
      let decision = try await bench.engine.explain(lead.id)
      #expect(!decision.isDialled)
      #expect(decision.retryAt == nil)
      let preflight = try await bench.engine.preflight(campaign.id)
      #expect(preflight.never == 1)
      #expect(preflight.byRule == [decision.rule: 1])
    }
  }

  @Test(
    "An engine that is told so keeps the legal hours, or does not, whatever campaigns and calls say",
    arguments: [true, false])
  func decidesForCampaignsThatAreThere(keeps: Bool) async throws {
    let dialer = Holder()
    try await EngineBench.run(configure: { $0.keepsLegalHours = keeps }) { time in
      dialer.make(time) { _, _ in .answers() }
    } _: { bench in
      // It is 10:00 in UTC and 05:00 in New York.
      let number = try #require(PhoneNumber("+12125550123"))
      let campaign = try await bench.campaign(leads: 0) {
        $0.compliance.keepsLegalHours = !keeps
        $0.callerNumbers = [number]
      }
      let lead = NewLead(number: number, locality: Locality(jurisdiction: "US", timeZones: ["America/New_York"]))
      _ = try await bench.store.insert([lead], into: campaign.id, options: LeadInsertion())
      var order = SingleCall(account: bench.account.id, to: try #require(PhoneNumber("+12125550124")))
      order.keepsLegalHours = !keeps
      if keeps {
        await #expect(throws: EngineError.self) { try await bench.engine.call(order) }
      } else {
        _ = try await bench.engine.call(order)
      }
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(60))
      #expect(try await bench.engine.explain(campaign.id).rule.contains("us.hours") == keeps)
      try await bench.wait(for: campaign.id, toBe: .completed)
      let time = try #require(dialer.dialer.placements.first { $0.order.to == number }?.at)
      #expect(keeps ? time == Timestamp("2026-03-04T13:00:00Z") : time < EngineBench.start + .seconds(60))
    }
  }

  @Test func keepsTheLimitsOfTheLawInEachPlace() async throws {
    let dialer = Holder()
    try await EngineBench.run(start: EngineBench.start + .seconds(5 * 3600)) { time in
      dialer.make(time) { _, _ in .ends(.noAnswer) }
    } _: { bench in
      // It is 15:00 in UTC and 10:00 in New York.
      let campaign = try await bench.campaign(leads: 0) {
        $0.compliance.keepsLegalHours = true
        $0.retries = RetryPolicy(maximumAttempts: 5, delay: .fixed(.seconds(600)))
      }
      let leads = try ["US-FL", "US-NY"].enumerated().map { index, state in
        var lead = NewLead(
          number: try #require(PhoneNumber(digits: 15_550_000_100 + UInt64(index))),
          locality: Locality(jurisdiction: state, timeZones: ["America/New_York"]))
        lead.subject = "offer"
        return lead
      }
      _ = try await bench.store.insert(leads, into: campaign.id, options: LeadInsertion())
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(4 * 3600))
      // Florida lets people be called three times in 24 hours about the same subject; New York has no such rule.
      let called = dialer.dialer.placements.map { $0.order.to.digits - 15_550_000_100 }
      #expect(called.count { $0 == 0 } == 3)
      #expect(called.count { $0 == 1 } == 5)
      let lead = try #require(try await bench.leads(of: campaign.id).first { $0.status == .waiting })
      #expect(lead.decision?.rule == "us.fl.attempts")
      let first = try #require(dialer.dialer.placements.first { $0.order.to == lead.number })
      #expect(lead.nextAttemptAt.map { $0 >= first.at + .seconds(86_400 - 1) } == true)
      try await bench.wait(for: campaign.id, toBe: .completed, atMost: .seconds(3 * 86_400))
      #expect(dialer.dialer.placements.count == 10)
    }
  }

  @Test func aCampaignThatKeepsNoLegalHoursKeepsNoLimitsOfTheLaw() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in .ends(.noAnswer) }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 0) {
        $0.retries = RetryPolicy(maximumAttempts: 5, delay: .fixed(.seconds(600)))
      }
      var lead = NewLead(
        number: try #require(PhoneNumber(digits: 15_550_000_100)),
        locality: Locality(jurisdiction: "US-FL", timeZones: ["America/New_York"]))
      lead.subject = "offer"
      _ = try await bench.store.insert([lead], into: campaign.id, options: LeadInsertion())
      _ = try await bench.engine.start(campaign.id)
      try await bench.wait(for: campaign.id, toBe: .completed, atMost: .seconds(2 * 3600))
      #expect(dialer.dialer.placements.count == 5)
    }
  }

  @Test func aClockThatGoesBackHoldsNothingUp() async throws {
    try await EngineBench.run { time in
      ScriptedDialer(time) { _, _ in .answers() }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 40) { $0.pacing.maximumConcurrentCalls = 2 }
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(50))
      bench.time.jump(by: .seconds(-7200))
      await bench.time.wait(for: .seconds(100))
      bench.time.jump(by: .seconds(86_400))
      try await bench.wait(for: campaign.id, toBe: .completed, atMost: .seconds(1200))
      #expect(try await bench.calls(of: campaign.id).count == 40)
    }
  }

  @Test func callsNobodyWithoutARecentCopyOfTheListsItRequires() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in .answers() }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 2) {
        $0.pacing.delayBetweenCalls = .seconds(86_400)
        $0.compliance.requiredLists = [.init("us.national")]
      }
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(600))
      #expect(dialer.dialer.placements.isEmpty)
      let explanation = try await bench.engine.explain(campaign.id)
      #expect(explanation.rule == "dnc.age.us.national")
      #expect(explanation.text.contains("registry 'us.national' is missing or too old"))
      #expect(try await bench.engine.preflight(campaign.id).byRule == ["dnc.age.us.national": 2])
      // The copy was made 30 days and 23 hours ago: it will do for an hour.
      let made = bench.time.now() - .seconds(31 * 86_400 - 3600)
      try await bench.store.noteCopy(of: "us.national", made: made, for: nil)
      await bench.time.wait(for: .seconds(2 * 86_400))
      #expect(dialer.dialer.placements.count == 1)
      #expect(try await bench.engine.explain(campaign.id).rule == "dnc.age.us.national")
      try await bench.store.noteCopy(of: "us.national", made: bench.time.now(), for: bench.account.id)
      try await bench.wait(for: campaign.id, toBe: .completed)
      #expect(dialer.dialer.placements.count == 2)
    }
  }
}
