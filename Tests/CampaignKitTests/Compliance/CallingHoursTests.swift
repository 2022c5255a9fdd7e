import Testing

@testable import CampaignKit

@Suite struct CallingHoursTests {
  let account = Account(id: Samples.id(2), name: "A", createdAt: .distantPast)

  func campaign(_ schedule: Schedule = Schedule(), _ compliance: Compliance = Compliance()) -> Campaign {
    var campaign = Campaign(id: Samples.id(1), account: Samples.id(2), name: "C", createdAt: .distantPast)
    campaign.schedule = schedule
    campaign.compliance = compliance
    return campaign
  }

  func hours(
    _ place: String?, _ zones: [String], _ schedule: Schedule = Schedule(), _ compliance: Compliance = Compliance(),
    rules: RulePack = .standard
  ) throws -> CallingHours {
    try CallingHours(
      campaign(schedule, compliance), in: account, at: Locality(jurisdiction: place, timeZones: zones), rules: rules)
  }

  // MARK: Every rule of the standard pack

  /// Purpose, place, zone, a day, and when it is open on that day by the clock there.
  @Test(
    arguments: [
      (.marketing, "US", "America/Chicago", "2026-05-05", "08:00-21:00", "us.hours"),
      (.marketing, "US-TX", "America/Chicago", "2026-05-10", "08:00-21:00", "us.hours"),
      (.marketing, "US-FL", "America/New_York", "2026-05-05", "08:00-20:00", "us.hours+us.fl"),
      (.marketing, "US-FL", "America/New_York", "2021-06-30", "08:00-21:00", "us.hours+us.fl"),
      (.marketing, "US-FL", "America/New_York", "2021-07-01", "08:00-20:00", "us.hours+us.fl"),
      (.marketing, "US-MD", "America/New_York", "2026-05-05", "08:00-20:00", "us.hours+us.md"),
      (.marketing, "US-MD", "America/New_York", "2023-12-31", "08:00-21:00", "us.hours+us.md"),
      (.marketing, "US-OK", "America/Chicago", "2026-05-05", "08:00-20:00", "us.hours+us.ok"),
      (.marketing, "US-OK", "America/Chicago", "2022-10-31", "08:00-21:00", "us.hours+us.ok"),
      (.debtCollection, "US-FL", "America/New_York", "2026-05-05", "08:00-21:00", "default.hours"),
      (.informational, "US", "America/New_York", "2026-05-05", "08:00-21:00", "default.hours"),
      (.research, "DE", "Europe/Berlin", "2026-05-10", "08:00-21:00", "default.hours"),
      (.marketing, nil, "Europe/Berlin", "2026-05-05", "08:00-21:00", "default.hours"),
      (.marketing, "AU", "Australia/Perth", "2026-05-05", "09:00-20:00", "au.hours.marketing"),
      (.marketing, "AU-NSW", "Australia/Sydney", "2026-05-09", "09:00-17:00", "au.hours.marketing"),
      (.marketing, "AU", "Australia/Sydney", "2026-05-10", nil, "au.hours.marketing"),
      (.marketing, "AU", "Australia/Sydney", "2026-04-03", nil, "au.hours.marketing"),
      (.marketing, "AU", "Australia/Sydney", "2026-04-06", nil, "au.hours.marketing"),
      (.marketing, "AU", "Australia/Sydney", "2026-01-01", nil, "au.hours.marketing"),
      (.marketing, "AU", "Australia/Sydney", "2026-01-26", nil, "au.hours.marketing"),
      (.marketing, "AU", "Australia/Sydney", "2025-04-25", nil, "au.hours.marketing"),
      (.marketing, "AU", "Australia/Sydney", "2026-12-25", nil, "au.hours.marketing"),
      (.marketing, "AU", "Australia/Sydney", "2026-12-28", nil, "au.hours.marketing"),
      (.marketing, "AU", "Australia/Sydney", "2026-12-29", "09:00-20:00", "au.hours.marketing"),
      (.research, "AU", "Australia/Lord_Howe", "2026-05-05", "09:00-20:30", "au.hours.research"),
      (.research, "AU", "Australia/Lord_Howe", "2026-05-09", "09:00-17:00", "au.hours.research"),
      (.research, "AU", "Australia/Lord_Howe", "2026-05-10", "09:00-17:00", "au.hours.research"),
      (.research, "AU", "Australia/Lord_Howe", "2026-12-25", nil, "au.hours.research"),
      (.informational, "AU", "Australia/Sydney", "2026-05-10", "08:00-21:00", "default.hours"),
      (.emergency, "US-FL", "America/New_York", "2026-05-05", "00:00-24:00", "campaign.hours"),
    ] as [(Compliance.Purpose, String?, String, String, String?, String)])
  func theStandardRulesHold(
    _ purpose: Compliance.Purpose, _ place: String?, _ zone: String, _ day: String, _ open: String?, _ rule: String
  ) throws {
    let calling = try hours(place, [zone], Schedule(), Compliance(purpose: purpose))
    let clock = clock(zone)
    let spans = calling.spans(in: clock.start(of: date(day))..<clock.end(of: date(day)))
    let told = spans.map { span in
      "\(clock.time(at: span.lowerBound))-\(clock.time(at: span.upperBound - .milliseconds(1)))"
    }
    let expected = open.map { open in
      let hours = CampaignKitTests.hours(open)
      let last = TimeOfDay(unchecked: hours.until.seconds - 1)
      return "\(hours.from)-\(last)"
    }
    #expect(told == (expected.map { [$0] } ?? []))
    #expect(calling.passingRule == (rule == "campaign.hours" ? rule : "\(rule)@\(RulePack.standard.version)"))
  }

  // MARK: Standing

  @Test func itTellsUntilWhenItIsOpen() throws {
    let calling = try hours("US", ["America/New_York"])
    #expect(
      calling.standing(at: moment("2026-05-05T12:00:00-04:00")) == .open(until: moment("2026-05-05T21:00:00-04:00")))
    let last = moment("2026-05-05T21:00:00-04:00")
    guard case .open = calling.standing(at: last - .milliseconds(1)) else {
      Issue.record("the last millisecond is outside")
      return
    }
    #expect(
      calling.standing(at: last)
        == .closed(
          rule: "us.hours", citation: "47 CFR 64.1200(c)(1); 16 CFR 310.4(c)",
          opensAt: moment("2026-05-06T08:00:00-04:00")))
  }

  @Test func theFirstRuleIsToldAndTheMomentOfAll() throws {
    // The campaign calls from 09:00 in Berlin, which is 03:00 in New York.
    let schedule = Schedule(
      start: .day(date("2026-05-04")), end: .day(date("2026-05-08")), timeZone: "Europe/Berlin",
      days: [.monday, .tuesday, .thursday], hours: CampaignKitTests.hours("09:00-17:00"),
      excludedDates: [date("2026-05-07")])
    let calling = try hours("US", ["America/New_York"], schedule)
    func rule(_ text: String) -> String? {
      guard case .closed(let rule, _, _) = calling.standing(at: moment(text)) else { return nil }
      return rule
    }
    func opening(_ text: String) -> Timestamp? {
      guard case .closed(_, _, let opensAt) = calling.standing(at: moment(text)) else { return nil }
      return opensAt
    }
    #expect(rule("2026-05-01T15:00:00+02:00") == "campaign.start")
    #expect(opening("2026-05-01T15:00:00+02:00") == moment("2026-05-04T08:00:00-04:00"))
    #expect(rule("2026-05-04T10:00:00+02:00") == "us.hours")
    #expect(rule("2026-05-04T14:00:00+02:00") == nil)
    #expect(rule("2026-05-04T17:00:00+02:00") == "campaign.hours")
    #expect(opening("2026-05-04T17:00:00+02:00") == moment("2026-05-05T14:00:00+02:00"))
    #expect(rule("2026-05-06T15:00:00+02:00") == "campaign.days")
    #expect(rule("2026-05-07T15:00:00+02:00") == "campaign.excludedDate")
    #expect(
      calling.standing(at: moment("2026-05-07T15:00:00+02:00"))
        == .closed(rule: "campaign.excludedDate", citation: nil, opensAt: nil))
    #expect(rule("2026-05-09T00:00:00+02:00") == "campaign.end")
    #expect(
      calling.standing(at: moment("2026-05-09T15:00:00+02:00"))
        == .closed(rule: "campaign.end", citation: nil, opensAt: nil))
  }

  @Test func nightsBelongToTheDayOnWhichTheyBegin() throws {
    let schedule = Schedule(
      days: [.friday], hours: CampaignKitTests.hours("22:00-03:00"), excludedDates: [date("2026-05-09")])
    let calling = try hours(nil, [], schedule, Compliance(keepsLegalHours: false))
    // The Saturday is excluded, but the night began on Friday.
    #expect(calling.isOpen(at: moment("2026-05-09T02:59:00Z")) && !calling.isOpen(at: moment("2026-05-09T03:00:00Z")))
  }

  @Test func everyZoneHasToBeOpen() throws {
    // A prefix of Kentucky: Eastern and Central.
    let calling = try hours("US-KY", ["America/New_York", "America/Chicago"])
    #expect(
      calling.spans(in: range("2026-05-05T00:00:00-04:00", "2026-05-06T00:00:00-04:00"))
        == [range("2026-05-05T09:00:00-04:00", "2026-05-05T21:00:00-04:00")])
    // Alaska: Adak and Anchorage, on the day on which both go forward.
    let alaska = try hours("US-AK", ["America/Adak", "America/Anchorage"])
    #expect(
      alaska.spans(in: range("2026-03-08T00:00:00Z", "2026-03-09T09:00:00Z"))
        == [
          range("2026-03-08T00:00:00Z", "2026-03-08T06:00:00Z"),
          range("2026-03-08T17:00:00Z", "2026-03-09T05:00:00Z"),
        ])
  }

  @Test func zonesOnTheOtherSideOfTheEarthAgreeForTwoHours() throws {
    let apart = try hours(nil, ["America/New_York", "Asia/Tokyo"])
    #expect(
      apart.spans(in: range("2026-05-05T12:00:00Z", "2026-05-06T12:00:00Z"))
        == [range("2026-05-05T23:00:00Z", "2026-05-06T01:00:00Z")])
  }

  @Test func hoursThatNeverAgreeNeverOpen() throws {
    let schedule = Schedule(timeZone: "America/New_York", hours: CampaignKitTests.hours("22:00-23:00"))
    let calling = try hours("US", ["America/New_York"], schedule)
    #expect(
      calling.standing(at: moment("2026-05-05T22:30:00-04:00"))
        == .closed(rule: "us.hours", citation: "47 CFR 64.1200(c)(1); 16 CFR 310.4(c)", opensAt: nil))
    #expect(
      calling.standing(at: moment("2026-05-05T12:00:00-04:00"))
        == .closed(rule: "campaign.hours", citation: nil, opensAt: nil))
  }

  @Test func anUnknownZoneHoldsOrTakesTheCampaigns() throws {
    let now = moment("2026-05-05T12:00:00Z")
    let held = CallingStanding.closed(rule: "unknownZone", citation: nil, opensAt: nil)
    #expect(try hours("US", []).standing(at: now) == held)
    #expect(try hours("US", ["Mars/Base"]).standing(at: now) == held)
    #expect(try hours("US", ["America/New_York", "Mars/Base"]).standing(at: now) == held)
    let taking = Compliance(unknownZone: .useCampaignZone)
    let berlin = Schedule(timeZone: "Europe/Berlin")
    #expect(
      try hours("US", [], berlin, taking).standing(at: now) == .open(until: moment("2026-05-05T21:00:00+02:00")))
    #expect(
      try hours("US", ["America/New_York", "Mars/Base"], berlin, taking).standing(at: now)
        == .open(until: moment("2026-05-05T21:00:00+02:00")))
    // Where no rule asks for a zone, none is needed.
    #expect(
      try hours("US", [], Schedule(), Compliance(purpose: .emergency)).standing(at: now)
        == .open(until: .distantFuture))
  }

  @Test func theLawCanBeSwitchedOffAndReplaced() throws {
    let night = moment("2026-05-05T03:00:00-04:00")
    let off = try hours("US", ["America/New_York"], Schedule(), Compliance(keepsLegalHours: false))
    #expect(off.standing(at: night) == .open(until: .distantFuture) && off.legalRules == [])
    let empty = try hours("US", ["America/New_York"], rules: .empty)
    #expect(empty.standing(at: night) == .open(until: .distantFuture) && empty.passingRule == "campaign.hours")
    var rules = RulePack.standard
    rules["us.hours"]?.hours = WeeklyHours(CampaignKitTests.hours("02:00-04:00"))
    #expect(
      try hours("US", ["America/New_York"], rules: rules).standing(at: night)
        == .open(until: moment("2026-05-05T04:00:00-04:00")))
    // Without a rule of its own, a country has the default.
    rules["us.hours"] = nil
    #expect(try hours("US", ["America/New_York"], rules: rules).legalRules == ["default.hours"])
  }

  @Test func aRuleHoldsFromItsFirstDayToItsLast() throws {
    let open = WeeklyHours(CampaignKitTests.hours("10:00-11:00"))
    let rules = RulePack(
      name: "t", version: "1",
      rules: [
        RulePack.Rule(
          "default", in: nil, for: [.marketing], hours: WeeklyHours(CampaignKitTests.hours("08:00-21:00")), citation: ""
        ),
        RulePack.Rule(
          "de.new", in: "DE", for: [.marketing], hours: open, citation: "", effectiveFrom: date("2026-05-05"),
          effectiveUntil: date("2026-05-06")),
        RulePack.Rule(
          "de.never", in: "DE", for: [.marketing], hours: WeeklyHours(week: [:]), citation: "",
          effectiveFrom: date("2026-05-06"), effectiveUntil: date("2026-05-05")),
      ])
    let calling = try hours("DE", ["Europe/Berlin"], rules: rules)
    #expect(
      calling.spans(in: range("2026-05-04T00:00:00+02:00", "2026-05-08T00:00:00+02:00")) == [
        range("2026-05-04T08:00:00+02:00", "2026-05-04T21:00:00+02:00"),
        range("2026-05-05T10:00:00+02:00", "2026-05-05T11:00:00+02:00"),
        range("2026-05-06T10:00:00+02:00", "2026-05-06T11:00:00+02:00"),
        range("2026-05-07T08:00:00+02:00", "2026-05-07T21:00:00+02:00"),
      ])
  }

  @Test func aRuleThatIsNoLongerInForceClosesNothing() throws {
    // Its last night would end at six, but the rule ends at midnight, and nothing follows it.
    let rules = RulePack(
      name: "t", version: "1",
      rules: [
        RulePack.Rule(
          "de.nights", in: "DE", for: [.marketing], hours: WeeklyHours(CampaignKitTests.hours("22:00-06:00")),
          citation: "", effectiveUntil: date("2026-05-05"))
      ])
    let calling = try hours("DE", ["Europe/Berlin"], rules: rules)
    #expect(
      calling.standing(at: moment("2026-05-04T23:00:00+02:00")) == .open(until: moment("2026-05-05T06:00:00+02:00")))
    #expect(calling.standing(at: moment("2026-05-05T23:00:00+02:00")) == .open(until: .distantFuture))
  }

  @Test func wrongZonesOfCampaignAndAccountAreNamed() throws {
    #expect(throws: ScheduleProblem.unknownZone("Nowhere", field: "schedule.timeZone")) {
      try hours("US", ["America/New_York"], Schedule(timeZone: "Nowhere"))
    }
    var account = account
    account.timeZone = "Nowhere"
    #expect(throws: ScheduleProblem.unknownZone("Nowhere", field: "account.timeZone")) {
      try CallingHours(campaign(), in: account, at: .unknown)
    }
  }

  @Test func schedulesThatCannotOpenSaySo() throws {
    let now = moment("2026-05-05T12:00:00Z")
    let free = Compliance(keepsLegalHours: false)
    let schedules: [(Schedule, String)] = [
      (Schedule(days: []), "campaign.days"),
      (Schedule(start: .day(date("2026-05-09")), end: .day(date("2026-05-07"))), "campaign.start"),
      (Schedule(end: .moment(now)), "campaign.end"),
      (
        Schedule(end: .day(date("2026-05-06")), excludedDates: [date("2026-05-05"), date("2026-05-06")]),
        "campaign.excludedDate"
      ),
      (Schedule(end: .moment(now + .seconds(3600)), hours: CampaignKitTests.hours("14:00-15:00")), "campaign.hours"),
    ]
    for (schedule, rule) in schedules {
      #expect(
        try hours(nil, [], schedule, free).standing(at: now) == .closed(rule: rule, citation: nil, opensAt: nil))
    }
    // A start far in the future is found.
    let far = Schedule(start: .day(date("2099-01-01")), hours: CampaignKitTests.hours("14:00-15:00"))
    #expect(try hours(nil, [], far, free).opening(from: now) == moment("2099-01-01T14:00:00Z"))
  }

  @Test func theEndsOfTimeDoNotTrap() throws {
    let bounds: [ScheduleBound?] = [
      nil, .moment(Timestamp(milliseconds: .min)), .moment(Timestamp(milliseconds: .max)), .day(date("0000-01-01")),
      .day(date("9999-12-31")),
    ]
    for start in bounds {
      for end in bounds {
        let calling = try hours("US-FL", ["America/Adak", "America/New_York"], Schedule(start: start, end: end))
        for milliseconds in [Int64.min, 0, 253_402_300_799_999, .max] {
          let now = Timestamp(milliseconds: milliseconds)
          switch calling.standing(at: now) {
          case .open(let until): #expect(until > now || until == .distantFuture)
          case .closed(_, _, let opensAt): #expect(opensAt.map { $0 > now } ?? true)
          }
        }
      }
    }
  }

  // MARK: Do-not-call lists

  @Test func aListThatIsTooOldClosesForGood() throws {
    var account = account
    let made = moment("2026-05-01T12:00:00Z")
    var compliance = Compliance(keepsLegalHours: false)
    compliance.requiredLists = [.init("uk.tps", maximumAge: .seconds(28 * 86_400), citation: "PECR 21"), .init("own")]
    func standing(_ text: String) throws -> CallingStanding {
      try CallingHours(campaign(Schedule(), compliance), in: account, at: .unknown).standing(at: moment(text))
    }
    account.copiedLists = ["uk.tps": made]
    #expect(
      try standing("2026-05-05T12:00:00Z") == .closed(rule: "dnc.age.own", citation: nil, opensAt: nil))
    account.copiedLists["own"] = made
    #expect(try standing("2026-05-05T12:00:00Z") == .open(until: moment("2026-05-29T12:00:00Z")))
    #expect(
      try standing("2026-05-29T12:00:00Z") == .closed(rule: "dnc.age.uk.tps", citation: "PECR 21", opensAt: nil))
  }
}
