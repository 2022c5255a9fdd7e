import CampaignKit
import Testing

/// What opens and closes on the days on which clocks change, written out by hand.
@Suite struct LocalHoursTests {
  @Test func newYorkGoesForward() {
    // 02:00 to 03:00 does not come, so 01:00 to 04:00 has two hours.
    #expect(
      local("01:00-04:00", in: "America/New_York").spans(
        in: range("2026-03-08T00:00:00-05:00", "2026-03-09T00:00:00-04:00"))
        == [range("2026-03-08T01:00:00-05:00", "2026-03-08T04:00:00-04:00")])
    #expect(
      local("02:15-02:45", in: "America/New_York").opening(from: moment("2026-03-08T00:00:00-05:00"))
        == moment("2026-03-09T02:15:00-04:00"))
    // What begins in the hour that is skipped opens after it.
    #expect(
      local("02:30-04:00", in: "America/New_York").opening(from: moment("2026-03-08T00:00:00-05:00"))
        == moment("2026-03-08T03:00:00-04:00"))
    #expect(
      local("01:00-02:30", in: "America/New_York").closing(from: moment("2026-03-08T01:00:00-05:00"))
        == moment("2026-03-08T03:00:00-04:00"))
  }

  @Test func newYorkGoesBack() {
    // 01:00 to 02:00 comes twice.
    let day = range("2026-11-01T00:00:00-04:00", "2026-11-02T00:00:00-05:00")
    #expect(
      local("00:30-01:30", in: "America/New_York").spans(in: day) == [
        range("2026-11-01T00:30:00-04:00", "2026-11-01T01:30:00-04:00"),
        range("2026-11-01T01:00:00-05:00", "2026-11-01T01:30:00-05:00"),
      ])
    #expect(
      local("01:30-03:00", in: "America/New_York").spans(in: day) == [
        range("2026-11-01T01:30:00-04:00", "2026-11-01T02:00:00-04:00"),
        range("2026-11-01T01:30:00-05:00", "2026-11-01T03:00:00-05:00"),
      ])
    #expect(
      local("08:00-21:00", in: "America/New_York").spans(in: day)
        == [range("2026-11-01T08:00:00-05:00", "2026-11-01T21:00:00-05:00")])
  }

  @Test func berlinOverMidnight() {
    // From Saturday 22:00 to Sunday 03:30: four and a half hours in spring, six and a half in autumn.
    let nights = local("22:00-03:30", in: "Europe/Berlin", on: [.saturday])
    #expect(
      nights.spans(in: range("2026-03-28T00:00:00Z", "2026-03-30T00:00:00Z"))
        == [range("2026-03-28T22:00:00+01:00", "2026-03-29T03:30:00+02:00")])
    #expect(
      nights.spans(in: range("2026-10-24T00:00:00Z", "2026-10-26T00:00:00Z"))
        == [range("2026-10-24T22:00:00+02:00", "2026-10-25T03:30:00+01:00")])
    #expect(
      local("22:00-02:30", in: "Europe/Berlin", on: [.saturday])
        .spans(in: range("2026-10-24T00:00:00Z", "2026-10-26T00:00:00Z")) == [
          range("2026-10-24T22:00:00+02:00", "2026-10-25T02:30:00+02:00"),
          range("2026-10-25T02:00:00+01:00", "2026-10-25T02:30:00+01:00"),
        ])
  }

  @Test func lordHoweChangesByHalfAnHour() {
    // 02:00 becomes 02:30 on 2026-10-04, and 02:00 becomes 01:30 on 2026-04-05.
    #expect(
      local("01:45-02:45", in: "Australia/Lord_Howe").spans(in: range("2026-10-03T12:00:00Z", "2026-10-04T12:00:00Z"))
        == [range("2026-10-04T01:45:00+10:30", "2026-10-04T02:45:00+11:00")])
    #expect(
      local("01:45-02:45", in: "Australia/Lord_Howe").spans(in: range("2026-04-04T12:00:00Z", "2026-04-05T12:00:00Z"))
        == [
          range("2026-04-05T01:45:00+11:00", "2026-04-05T02:00:00+11:00"),
          range("2026-04-05T01:45:00+10:30", "2026-04-05T02:45:00+10:30"),
        ])
  }

  @Test func kathmanduHasThreeQuarters() {
    #expect(
      local("08:00-21:00", in: "Asia/Kathmandu").spans(in: range("2026-05-05T00:00:00Z", "2026-05-06T00:00:00Z"))
        == [range("2026-05-05T02:15:00Z", "2026-05-05T15:15:00Z")])
  }

  @Test func apiaLeavesOutADay() {
    let all = range("2011-12-29T00:00:00-10:00", "2012-01-01T00:00:00+14:00")
    #expect(
      local("09:00-17:00", in: "Pacific/Apia").spans(in: all) == [
        range("2011-12-29T09:00:00-10:00", "2011-12-29T17:00:00-10:00"),
        range("2011-12-31T09:00:00+14:00", "2011-12-31T17:00:00+14:00"),
      ])
    // The night of the 29th is cut at midnight; that of the 30th has only what the 31st shows of it.
    #expect(
      local("22:00-02:00", in: "Pacific/Apia", on: [.thursday, .friday]).spans(in: all) == [
        range("2011-12-29T22:00:00-10:00", "2011-12-31T02:00:00+14:00")
      ])
    #expect(
      local("22:00-02:00", in: "Pacific/Apia", on: [.thursday]).spans(in: all) == [
        range("2011-12-29T22:00:00-10:00", "2011-12-30T00:00:00-10:00")
      ])
  }

  @Test func saoPauloSkippedMidnight() {
    #expect(
      local("00:00-02:00", in: "America/Sao_Paulo").spans(in: range("2018-11-03T12:00:00Z", "2018-11-04T12:00:00Z"))
        == [range("2018-11-04T01:00:00-02:00", "2018-11-04T02:00:00-02:00")])
  }

  @Test func casablancaChangesForRamadan() {
    // In 2026 from 15 February 03:00 to 22 March 02:00 the clock is an hour behind.
    let nine = local("09:00-10:00", in: "Africa/Casablanca")
    #expect(nine.opening(from: moment("2026-02-14T00:00:00Z")) == moment("2026-02-14T08:00:00Z"))
    #expect(nine.opening(from: moment("2026-02-16T00:00:00Z")) == moment("2026-02-16T09:00:00Z"))
    #expect(nine.opening(from: moment("2026-03-23T00:00:00Z")) == moment("2026-03-23T08:00:00Z"))
  }

  @Test func theSouthGoesForwardInSpring() {
    let nine = local("09:00-17:00", in: "Pacific/Auckland")
    #expect(nine.opening(from: moment("2026-09-26T00:00:00+12:00")) == moment("2026-09-26T09:00:00+12:00"))
    #expect(nine.opening(from: moment("2026-09-27T00:00:00+12:00")) == moment("2026-09-27T09:00:00+13:00"))
    #expect(nine.opening(from: moment("2026-04-05T00:00:00+13:00")) == moment("2026-04-05T09:00:00+12:00"))
  }

  @Test func wholeDaysNeverClose() {
    let always = LocalHours(.always, clock: clock("Europe/Berlin"))
    #expect(always.closing(from: moment("2026-01-01T00:00:00Z")) == nil)
    #expect(always.opening(from: .distantPast) == .distantPast)
    // The same in two halves, and from nine to nine.
    let all = Set(Weekday.allCases)
    let halves = WeeklyHours(
      week: Dictionary(uniqueKeysWithValues: all.map { ($0, [hours("06:00-18:00"), hours("18:00-06:00")]) }))
    #expect(LocalHours(halves, clock: clock("Europe/Berlin")).closing(from: moment("2026-01-01T00:00:00Z")) == nil)
    #expect(local("09:00-09:00", in: "Europe/Berlin").closing(from: moment("2026-01-01T00:00:00Z")) == nil)
    #expect(
      local("24:00-24:00", in: "UTC", on: [.monday]).spans(in: range("2026-06-01T00:00:00Z", "2026-06-05T00:00:00Z"))
        == [range("2026-06-02T00:00:00Z", "2026-06-03T00:00:00Z")])
  }

  @Test func noHoursNeverOpen() {
    let now = moment("2026-01-01T00:00:00Z")
    for hours in [
      WeeklyHours(week: [:]), WeeklyHours(.wholeDay, on: []), WeeklyHours(week: [.monday: []]),
      WeeklyHours(week: [:], exceptions: [date("2025-12-01"): [hours("09:00-17:00")]]),
    ] {
      let local = LocalHours(hours, clock: clock("Europe/Berlin"))
      #expect(local.opening(from: now) == nil && local.closing(from: now) == now)
      #expect(local.spans(in: now..<moment("2030-01-01T00:00:00Z")) == [])
    }
  }

  @Test func exceptionsComeBeforeHolidaysAndWeek() {
    let week = WeeklyHours(
      week: [.thursday: [hours("09:00-12:00"), hours("13:00-17:00")]],
      exceptions: [date("2026-12-24"): [hours("10:00-11:00")], date("2027-01-02"): [hours("20:00-02:00")]],
      holidays: [.yearly(month: 12, day: 24), .yearly(month: 12, day: 31)], holidayHours: [hours("08:00-09:00")])
    let local = LocalHours(week, clock: .utc)
    #expect(
      local.spans(in: range("2026-12-17T00:00:00Z", "2027-01-07T00:00:00Z")) == [
        range("2026-12-17T09:00:00Z", "2026-12-17T12:00:00Z"), range("2026-12-17T13:00:00Z", "2026-12-17T17:00:00Z"),
        range("2026-12-24T10:00:00Z", "2026-12-24T11:00:00Z"), range("2026-12-31T08:00:00Z", "2026-12-31T09:00:00Z"),
        range("2027-01-02T20:00:00Z", "2027-01-03T02:00:00Z"),
      ])
  }

  @Test func anExceptionYearsAheadIsFound() {
    let once = WeeklyHours(week: [:], exceptions: [date("2075-06-01"): [hours("09:00-10:00")]])
    let local = LocalHours(once, clock: clock("Asia/Tokyo"))
    #expect(local.opening(from: moment("2026-01-01T00:00:00Z")) == moment("2075-06-01T09:00:00+09:00"))
    let never = LocalHours(
      WeeklyHours(.wholeDay, excluding: [date("2075-06-01")]), clock: clock("Asia/Tokyo"))
    #expect(never.closing(from: moment("2026-01-01T00:00:00Z")) == moment("2075-06-01T00:00:00+09:00"))
  }

  @Test func timeIsCountedWhileOpen() {
    let office = local("09:00-17:00", in: "America/New_York", on: [.monday, .friday])
    let friday = moment("2026-03-06T16:00:00-05:00")
    // One hour on Friday, seven on Monday, when the clock has changed.
    #expect(office.moment(after: .seconds(3600), from: friday) == moment("2026-03-06T17:00:00-05:00"))
    #expect(office.moment(after: .seconds(3601), from: friday) == moment("2026-03-09T09:00:01-04:00"))
    #expect(office.moment(after: .seconds(8 * 3600), from: friday) == moment("2026-03-09T16:00:00-04:00"))
    #expect(office.moment(after: .zero, from: friday) == friday)
    #expect(office.moment(after: .seconds(-5), from: friday) == friday)
    #expect(
      office.moment(after: .seconds(60), from: moment("2026-03-07T00:00:00Z")) == moment("2026-03-09T09:01:00-04:00"))
    // What is longer than anybody waits takes no time to find.
    #expect(office.moment(after: .seconds(Int64.max), from: friday) == .distantFuture)
    // It never opens again, so the rest just passes.
    let once = LocalHours(WeeklyHours(week: [:], exceptions: [date("2026-06-01"): [hours("09:00-10:00")]]), clock: .utc)
    #expect(
      once.moment(after: .seconds(7200), from: moment("2026-06-01T09:30:00Z")) == moment("2026-06-01T11:30:00Z"))
    #expect(once.moment(after: .seconds(Int64.max), from: moment("2026-06-01T09:30:00Z")) == .distantFuture)
  }

  @Test func theEndsOfTimeDoNotTrap() {
    for zone in ["Europe/Berlin", "Pacific/Kiritimati", "America/Adak"] {
      let week = local("22:00-02:00", in: zone)
      for milliseconds in [Int64.min, -62_167_219_200_000, 253_402_300_799_999, .max] {
        let moment = Timestamp(milliseconds: milliseconds)
        if let opening = week.opening(from: moment) { #expect(opening >= moment) }
        if let closing = week.closing(from: moment) { #expect(closing >= moment) }
        #expect(week.moment(after: .seconds(86_400), from: moment) <= .distantFuture)
      }
    }
  }
}
