import Testing

@testable import CampaignKit

@Suite struct DialingDecisionTests {
  let now = moment("2026-05-05T12:00:00-04:00")
  let account = Account(id: Samples.id(2), name: "A", createdAt: .distantPast)
  let suppression = Suppression(
    .number(samplePhone), account: nil, source: "national registry", addedAt: .distantPast)
  let sevenInSeven = RollingLimit(
    name: "rolling.7in7", key: .person, maximum: 7, window: .seconds(604_800), citation: "12 CFR 1006.14(b)")

  var campaign: Campaign {
    var campaign = Campaign(id: Samples.id(1), account: Samples.id(2), name: "C", createdAt: .distantPast)
    campaign.status = .active
    campaign.retries.maximumAttempts = 3
    return campaign
  }

  var lead: Lead {
    var lead = Lead(
      id: Samples.id(3), account: Samples.id(2), campaign: Samples.id(1), contact: Samples.id(4), ordinal: 0,
      number: samplePhone, createdAt: .distantPast)
    lead.locality = Locality(jurisdiction: "US", timeZones: ["America/New_York"])
    return lead
  }

  func decide(
    _ facts: DialingFacts = DialingFacts(), at time: Timestamp? = nil, lead change: (inout Lead) -> Void = { _ in },
    campaign changeCampaign: (inout Campaign) -> Void = { _ in }
  ) throws -> DecisionRecord {
    var lead = lead
    change(&lead)
    var campaign = campaign
    changeCampaign(&campaign)
    return DecisionRecord.decide(
      lead, of: campaign, facts: facts, hours: try CallingHours(campaign, in: account, at: lead.locality),
      at: time ?? now)
  }

  @Test func nothingInTheWayMeansDial() throws {
    #expect(
      try decide()
        == DecisionRecord(
          isDialled: true, rule: "us.hours@\(RulePack.standard.version)",
          citation: "47 CFR 64.1200(c)(1); 16 CFR 310.4(c)", decidedAt: now))
    #expect(
      try decide(campaign: { $0.compliance.keepsLegalHours = false })
        == DecisionRecord(isDialled: true, rule: "campaign.hours", decidedAt: now))
  }

  /// Everything holds the lead back; the reasons are taken away one after the other, in the stated order.
  @Test func theFirstRuleInTheStatedOrderIsTold() throws {
    let night = moment("2026-05-05T23:00:00-04:00")
    let tomorrow = moment("2026-05-06T08:00:00-04:00")
    var facts = DialingFacts(
      suppression: suppression, isNumberBusy: true,
      limits: [.init(sevenInSeven, until: moment("2026-05-07T22:00:00-04:00"))])
    var status = Lead.Status.completed
    var attempts = 3
    var campaignStatus = Campaign.Status.paused
    var due: Timestamp? = night + .seconds(600)
    var time = night
    func decision() throws -> DecisionRecord {
      try decide(facts, at: time) {
        $0.status = status
        $0.attempts = attempts
        $0.nextAttemptAt = due
      } campaign: {
        $0.status = campaignStatus
      }
    }
    func held(_ rule: String, _ citation: String? = nil, until: Timestamp? = nil) -> DecisionRecord {
      DecisionRecord(isDialled: false, rule: rule, citation: citation, decidedAt: time, retryAt: until)
    }

    #expect(try decision() == held("lead.completed"))
    status = .waiting
    #expect(try decision() == held("doNotCall", "national registry"))
    facts.suppression = nil
    #expect(try decision() == held("attempts"))
    attempts = 2
    #expect(try decision() == held("campaign.paused"))
    campaignStatus = .active
    // The limit lets it pass at night, so it is the morning after.
    let afterAll = moment("2026-05-08T08:00:00-04:00")
    #expect(try decision() == held("retryDelay", until: afterAll))
    due = nil
    #expect(try decision() == held("us.hours", "47 CFR 64.1200(c)(1); 16 CFR 310.4(c)", until: afterAll))
    time = tomorrow
    #expect(try decision() == held("numberBusy", until: afterAll))
    facts.isNumberBusy = false
    #expect(try decision() == held("rolling.7in7", "12 CFR 1006.14(b)", until: afterAll))
    facts.limits = []
    #expect(try decision().isDialled)
  }

  @Test func theMomentToPassLiesInTheHours() throws {
    let evening = moment("2026-05-05T20:59:30-04:00")
    #expect(
      try decide(DialingFacts(isNumberBusy: true), at: evening).retryAt == moment("2026-05-06T08:00:00-04:00"))
    #expect(
      try decide(DialingFacts(isNumberBusy: true)).retryAt == now + .seconds(60))
    let callback = try decide(lead: {
      $0.nextAttemptAt = moment("2026-05-06T03:00:00-04:00")
      $0.isCallback = true
    })
    #expect(callback.rule == "callback" && callback.retryAt == moment("2026-05-06T08:00:00-04:00"))
    // A limit that has let go meanwhile holds nothing back.
    #expect(try decide(DialingFacts(limits: [.init(sevenInSeven, until: now)])).isDialled)
    // The campaign ends before the next attempt.
    let ended = try decide(lead: { $0.nextAttemptAt = now + .seconds(86_400) }) {
      $0.schedule.end = .moment(now + .seconds(3600))
    }
    #expect(ended.rule == "retryDelay" && ended.retryAt == nil)
  }

  @Test(arguments: Lead.Status.allCases)
  func onlyALeadThatWaitsIsDialled(_ status: Lead.Status) throws {
    let decision = try decide(lead: { $0.status = status })
    #expect(decision.isDialled == (status == .waiting))
    if status != .waiting { #expect(decision.rule == "lead.\(status.rawValue)" && decision.retryAt == nil) }
  }

  @Test(arguments: Campaign.Status.allCases)
  func onlyAnActiveCampaignDials(_ status: Campaign.Status) throws {
    let decision = try decide(campaign: { $0.status = status })
    #expect(decision.isDialled == (status == .active))
    if status != .active { #expect(decision.rule == "campaign.\(status.rawValue)" && decision.retryAt == nil) }
  }
}
