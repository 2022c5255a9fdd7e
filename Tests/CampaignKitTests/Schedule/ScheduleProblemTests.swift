import Testing

@testable import CampaignKit

@Suite struct ScheduleProblemTests {
  let now = moment("2026-05-05T12:00:00Z")  // A Tuesday.

  func problems(_ schedule: Schedule, _ change: (inout Account) -> Void = { _ in }) -> [ScheduleProblem] {
    var campaign = Campaign(id: Samples.id(1), account: Samples.id(2), name: "C", createdAt: now)
    campaign.schedule = schedule
    var account = Account(id: Samples.id(2), name: "A", createdAt: now)
    change(&account)
    return campaign.scheduleProblems(in: account, at: now)
  }

  @Test func aScheduleThatOpensHasNone() {
    #expect(problems(Schedule()) == [])
    #expect(
      problems(
        Schedule(
          start: .day(date("2026-05-04")), end: .day(date("2026-05-05")), timeZone: "America/New_York",
          days: [.tuesday], hours: hours("09:00-17:00"))) == [])
  }

  @Test func everyProblemIsNamed() {
    #expect(
      problems(Schedule(timeZone: "Mars/Base")) == [.unknownZone("Mars/Base", field: "schedule.timeZone")])
    #expect(
      problems(Schedule()) { $0.timeZone = "" } == [.unknownZone("", field: "account.timeZone")])
    #expect(problems(Schedule(days: [])) == [.noDays])
    let later = now + .seconds(86_400)
    #expect(
      problems(Schedule(start: .moment(later), end: .moment(later))) == [.startNotBeforeEnd(start: later, end: later)])
    #expect(
      problems(Schedule(start: .day(date("2026-05-08")), end: .day(date("2026-05-07")))) == [
        .startNotBeforeEnd(start: moment("2026-05-08T00:00:00Z"), end: moment("2026-05-08T00:00:00Z"))
      ])
    #expect(problems(Schedule(end: .day(date("2026-05-04")))) == [.ended(moment("2026-05-05T00:00:00Z"))])
    // Every day between start and end is excluded, or is the wrong day of the week, or its hours are over.
    let week = (6...12).map { date("2026-05-\($0 < 10 ? "0" : "")\($0)") }
    #expect(
      problems(Schedule(start: .day(week[0]), end: .day(week[6]), excludedDates: week)) == [.neverOpens])
    #expect(problems(Schedule(end: .day(date("2026-05-08")), days: [.sunday])) == [.neverOpens])
    #expect(problems(Schedule(end: .day(date("2026-05-05")), hours: hours("08:00-12:00"))) == [.neverOpens])
    #expect(problems(Schedule(end: .day(date("2026-05-05")), hours: hours("08:00-12:01"))) == [])
  }

  @Test func theAccountFillsWhatIsMissing() throws {
    var campaign = Campaign(id: Samples.id(1), account: Samples.id(2), name: "C", createdAt: now)
    var account = Account(id: Samples.id(2), name: "A", createdAt: now)
    account.timeZone = "Asia/Kolkata"
    account.callingHours = hours("10:00-11:00")
    #expect(try campaign.hours(in: account).opening(from: now) == moment("2026-05-06T10:00:00+05:30"))
    campaign.schedule.timeZone = "Europe/Berlin"
    #expect(try campaign.hours(in: account).opening(from: now) == moment("2026-05-06T10:00:00+02:00"))
    campaign.schedule.hours = hours("15:00-16:00")
    #expect(try campaign.hours(in: account).opening(from: now) == moment("2026-05-05T15:00:00+02:00"))
  }

  @Test func textsNameTheFieldAndWhatToDo() {
    let all: [ScheduleProblem] = [
      .unknownZone("X", field: "schedule.timeZone"), .unknownDay("mon", field: "workingHours"),
      .startNotBeforeEnd(start: now, end: now), .ended(now), .noDays, .neverOpens,
    ]
    for problem in all { #expect(problem.description.contains(": ") && problem.description.contains(";")) }
    #expect(all[0].description.hasPrefix("schedule.timeZone: there is no time zone 'X'"))
  }

  @Test func agentsWorkInTheirHours() throws {
    var agent = Agent(id: Samples.id(3), account: Samples.id(2), kind: .person, name: "Eva", createdAt: now)
    var account = Account(id: Samples.id(2), name: "A", createdAt: now)
    account.timeZone = "America/Chicago"
    #expect(try agent.hours(in: account) == nil)
    agent.workingHours = ["monday": hours("09:00-17:00"), "Tuesday": hours("22:00-06:00")]
    let work = try #require(try agent.hours(in: account))
    #expect(
      work.spans(in: range("2026-05-03T00:00:00Z", "2026-05-10T00:00:00Z")) == [
        range("2026-05-04T09:00:00-05:00", "2026-05-04T17:00:00-05:00"),
        range("2026-05-05T22:00:00-05:00", "2026-05-06T06:00:00-05:00"),
      ])
    agent.timeZone = "Asia/Tokyo"
    #expect(try agent.hours(in: account)?.opening(from: now) == moment("2026-05-05T22:00:00+09:00"))
    agent.timeZone = "Tokyo"
    #expect(throws: ScheduleProblem.unknownZone("Tokyo", field: "timeZone")) { try agent.hours(in: account) }
    agent.workingHours["mon"] = hours("09:00-17:00")
    #expect(throws: ScheduleProblem.unknownDay("mon", field: "workingHours")) { try agent.hours(in: account) }
  }
}
