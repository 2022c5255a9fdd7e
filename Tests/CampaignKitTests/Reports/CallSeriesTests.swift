import Testing

@testable import CampaignKit

@Suite struct CallSeriesTests {
  /// A quarter with so many calls that ended so.
  static func quarter(_ start: String, _ calls: Int, _ disposition: Disposition = .answered) throws -> QuarterRollup {
    var rollup = Rollup()
    rollup.created = calls
    rollup[disposition] = calls
    return QuarterRollup(start: try #require(Timestamp(start)), rollup: rollup)
  }

  static func series(
    _ quarters: [QuarterRollup], _ zone: String = "UTC", _ period: ReportPeriod = .everything
  ) throws -> CallSeries {
    CallSeries(quarters, in: period, on: try #require(ZoneClock(zone)))
  }

  /// The hour that comes twice counts both; the day has 25 hours.
  @Test func theClockGoesBack() throws {
    let series = try Self.series(
      [
        Self.quarter("2026-11-01T03:45:00Z", 1), Self.quarter("2026-11-01T05:00:00Z", 2),
        Self.quarter("2026-11-01T06:45:00Z", 4), Self.quarter("2026-11-02T04:45:00Z", 8),
        Self.quarter("2026-11-02T05:00:00Z", 16),
      ], "America/New_York")
    #expect(series.days.map(\.date.description) == ["2026-10-31", "2026-11-01", "2026-11-02"])
    #expect(series.days.map(\.calls.endedCalls) == [1, 14, 16])
    let hours = series.hours.map(\.endedCalls)
    #expect(hours[0] == 16 && hours[1] == 6 && hours[23] == 9 && hours.reduce(0, +) == 31)
    #expect(series[.morning].endedCalls == 22 && series[.afternoon] == Rollup() && series[.evening].endedCalls == 9)
  }

  @Test func theClockGoesForward() throws {
    let series = try Self.series(
      [Self.quarter("2026-03-08T06:45:00Z", 1), Self.quarter("2026-03-08T07:00:00Z", 2)], "America/New_York")
    #expect(series.hours[1].endedCalls == 1 && series.hours[2] == Rollup() && series.hours[3].endedCalls == 2)
  }

  /// Hours alone could not tell these days apart.
  @Test(arguments: [("Asia/Kolkata", "18:15", "18:30"), ("Asia/Kathmandu", "18:00", "18:15")])
  func daysBeginBetweenHours(zone: String, before: String, after: String) throws {
    let series = try Self.series(
      [Self.quarter("2026-06-01T\(before):00Z", 1), Self.quarter("2026-06-01T\(after):00Z", 2)], zone)
    #expect(series.days.map(\.date.description) == ["2026-06-01", "2026-06-02"])
    #expect(series.days.map(\.calls.endedCalls) == [1, 2])
    #expect(series.hours[23].endedCalls == 1 && series.hours[0].endedCalls == 2)
  }

  /// In St. John's the clock went back from a minute past midnight, so that a day was left and came again.
  @Test func aDateThatComesTwiceIsOneDay() throws {
    let series = try Self.series(
      [
        Self.quarter("2010-11-07T02:15:00Z", 1), Self.quarter("2010-11-07T02:30:00Z", 2),
        Self.quarter("2010-11-07T02:45:00Z", 4), Self.quarter("2010-11-07T03:30:00Z", 8),
      ], "America/St_Johns")
    #expect(series.days.map(\.date.description) == ["2010-11-06", "2010-11-07"])
    #expect(series.days.map(\.calls.endedCalls) == [5, 10])
    #expect(series.hours[23].endedCalls == 5 && series.hours[0].endedCalls == 10)
  }

  @Test func partsOfTheDayHaveTheirBorders() throws {
    #expect((0..<24).filter { CallSeries.DayPart(hour: $0) == .morning } == Array(0..<12))
    #expect((0..<24).filter { CallSeries.DayPart(hour: $0) == .afternoon } == Array(12..<17))
    #expect((0..<24).filter { CallSeries.DayPart(hour: $0) == .evening } == Array(17..<24))
  }

  @Test func peaksComeInOrder() throws {
    let series = try Self.series([
      Self.quarter("2026-06-01T09:00:00Z", 2), Self.quarter("2026-06-01T10:00:00Z", 5),
      Self.quarter("2026-06-01T08:45:00Z", 2),
    ])
    #expect(series.peakHours.map { [$0.hour, $0.calls] } == [[10, 5], [8, 2], [9, 2]])
    let empty = try Self.series([])
    #expect(empty.peakHours.isEmpty && empty.days.isEmpty && empty.total == Rollup())
  }

  @Test func periodsCoverWholeQuarters() throws {
    let now = try #require(Timestamp("2026-06-01T10:07:30Z"))
    let hour = ReportPeriod.last(.seconds(3600), before: now)
    #expect(hour.from == Timestamp("2026-06-01T09:00:00Z") && hour.until == Timestamp("2026-06-01T10:15:00Z"))
    #expect(hour.previous?.until == hour.from && hour.previous?.from == Timestamp("2026-06-01T07:45:00Z"))
    let sharp = try #require(Timestamp("2026-06-01T10:00:00Z"))
    let exact = ReportPeriod(from: sharp, until: sharp + .seconds(900))
    #expect(exact.from == sharp && exact.until == sharp + .seconds(900))
    #expect(ReportPeriod.everything.previous == nil)
    let quarters = try [
      Self.quarter("2026-06-01T09:45:00Z", 1), Self.quarter("2026-06-01T10:00:00Z", 2),
      Self.quarter("2026-06-01T10:15:00Z", 4),
    ]
    let inside = try Self.series(quarters, "UTC", exact)
    #expect(inside.total.endedCalls == 2)
    let after = try Self.series(quarters, "UTC", ReportPeriod(from: sharp, until: nil))
    #expect(after.total.endedCalls == 6)
    let before = try Self.series(quarters, "UTC", ReportPeriod(from: nil, until: sharp))
    #expect(before.total.endedCalls == 1)
    let all = try Self.series(quarters)
    #expect(all.part(exact) == inside)
    let clock = try #require(ZoneClock("America/New_York"))
    let day = try #require(CivilDate("2026-11-01"))
    let days = ReportPeriod.days(from: day, through: day, on: clock)
    #expect(days.from == Timestamp("2026-11-01T04:00:00Z") && days.until == Timestamp("2026-11-02T05:00:00Z"))
    #expect(Timestamp(milliseconds: -1).startOfQuarter == Timestamp(milliseconds: -900_000))
  }
}
