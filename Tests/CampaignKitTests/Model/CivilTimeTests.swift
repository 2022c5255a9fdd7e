import CampaignKit
import Foundation
import Testing

@Suite struct CivilDateTests {
  /// Gregorian from 1582 on, Julian before.
  private static let calendar: Calendar = {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    return calendar
  }()

  @Test(arguments: [31, 32] as [UInt64])
  func agreesWithFoundation(seed: UInt64) throws {
    var dice = Dice(seed)
    let calendar = Self.calendar
    for _ in 0..<3000 {
      // 1583-01-01 to 9999-12-31.
      let days = dice(-141_349...2_932_896)
      let date = CivilDate(daysSince1970: days)
      let parts = calendar.dateComponents(
        [.year, .month, .day, .weekday], from: Date(timeIntervalSince1970: Double(days) * 86_400))
      #expect(date.year == parts.year && date.month == parts.month && date.day == parts.day, "seed \(seed), \(days)")
      #expect(date.weekday.rawValue + 1 == parts.weekday, "seed \(seed), \(days)")
    }
  }

  /// Every day there is, against counting on the fingers.
  @Test func everyDayFollowsTheOneBefore() {
    var (year, month, day) = (0, 1, 1)
    var weekday = 6  // 0000-01-01 was a Saturday.
    for days in -719_528...2_932_896 {
      let date = CivilDate(daysSince1970: days)
      guard date.year == year, date.month == month, date.day == day, date.daysSince1970 == days,
        date.weekday.rawValue == weekday
      else {
        Issue.record("day \(days) is \(date), expected \(year)-\(month)-\(day), weekday \(weekday)")
        return
      }
      let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
      let length = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
      day += 1
      if day > length { (month, day) = (month + 1, 1) }
      if month > 12 { (year, month) = (year + 1, 1) }
      weekday = (weekday + 1) % 7
    }
    #expect(year == 10_000)
  }

  @Test func daysBeyondTheYearsAreHeld() {
    for days in [Int.min, -719_529] { #expect(CivilDate(daysSince1970: days).description == "0000-01-01") }
    for days in [Int.max, 2_932_897] { #expect(CivilDate(daysSince1970: days).description == "9999-12-31") }
  }

  @Test func daysThatDoNotExistAreRefused() {
    for (year, month, day) in [
      (2025, 2, 29), (1900, 2, 29), (2025, 4, 31), (2025, 0, 1), (2025, 13, 1), (2025, 1, 0), (2025, 1, 32),
      (-1, 1, 1), (10_000, 1, 1), (.max, .max, .max), (.min, .min, .min), (2025, 1, -1),
    ] {
      #expect(CivilDate(year: year, month: month, day: day) == nil, "\(year)-\(month)-\(day)")
    }
    #expect(CivilDate(year: 2000, month: 2, day: 29) != nil)
    #expect(CivilDate(year: 0, month: 2, day: 29) != nil)
  }

  @Test(arguments: [
    "", "2025-10-1", "2025-1-15", "25-10-15", "2025/10/15", "2025-10-15 ", " 2025-10-15", "2025-10-15T", "2025-1015",
    "2025--1-15", "2025-02-30", "2025-13-01", "2025-00-01", "2025-01-00", "２０２５-10-15", "+025-10-15", "-2025-10-15",
    "2025-10-15\u{0}", "2025-10-é", "12025-10-15",
  ])
  func malformedDatesAreRefused(_ text: String) {
    #expect(CivilDate(text) == nil)
  }

  @Test func datesSortByTime() {
    var dice = Dice(33)
    let days = (0..<500).map { _ in dice(-719_528...2_932_896) }
    #expect(days.sorted().map { CivilDate(daysSince1970: $0) } == days.map { CivilDate(daysSince1970: $0) }.sorted())
  }
}

@Suite struct TimeOfDayTests {
  @Test func everySecondOfADayReadsBack() throws {
    for second in 0..<86_400 {
      let time = try #require(TimeOfDay(hour: second / 3600, minute: second / 60 % 60, second: second % 60))
      guard time.seconds == second, TimeOfDay(time.description) == time else {
        Issue.record("second \(second) reads back as \(String(describing: TimeOfDay(time.description)))")
        return
      }
    }
    #expect(TimeOfDay("24:00") == .endOfDay)
    #expect(TimeOfDay("24:00:00") == .endOfDay)
    #expect(TimeOfDay.endOfDay.description == "24:00")
    #expect(TimeOfDay.midnight.description == "00:00")
    #expect(TimeOfDay(hour: 9, minute: 5, second: 7)?.description == "09:05:07")
  }

  @Test(arguments: [
    "", "9:00", "09:0", "0900", "09:00:", "09:00:0", "24:01", "24:00:01", "25:00", "09:60", "09:00:60", "-1:00",
    "09:00 ", " 09:00", "09:00:00Z", "09.00", "０９:00", "09:00\u{0}", "09:00:00.0",
  ])
  func malformedTimesAreRefused(_ text: String) {
    #expect(TimeOfDay(text) == nil)
  }

  @Test func timesOutsideOfADayAreRefused() {
    for (hour, minute, second) in [
      (24, 0, 1), (24, 1, 0), (25, 0, 0), (-1, 0, 0), (0, -1, 0), (0, 60, 0), (0, 0, 60), (0, 0, -1),
      (.max, .max, .max), (.min, .min, .min),
    ] {
      #expect(TimeOfDay(hour: hour, minute: minute, second: second) == nil)
    }
  }

  @Test func weekdaysAreNumberedFromSunday() {
    #expect(Weekday.allCases.map(\.rawValue) == Array(0...6))
    #expect(CivilDate("1970-01-01")?.weekday == .thursday)
    #expect(CivilDate("2025-10-05")?.weekday == .sunday)
    #expect(CivilDate("1969-12-31")?.weekday == .wednesday)
  }
}
