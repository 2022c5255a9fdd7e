import CampaignKit
import Foundation
import Testing

@Suite struct HolidayTests {
  @Test(arguments: [
    "1818-03-22", "1954-04-18", "1981-04-19", "2000-04-23", "2011-04-24", "2024-03-31", "2025-04-20", "2026-04-05",
    "2027-03-28", "2038-04-25", "2049-04-18", "2076-04-19", "2285-03-22",
  ])
  func easterIsWhereTheTablesHaveIt(_ text: String) {
    let sunday = date(text)
    #expect(sunday.weekday == .sunday)
    let days = (-60...60).filter {
      Holiday.easter(days: 0).falls(on: CivilDate(daysSince1970: sunday.daysSince1970 + $0))
    }
    #expect(days == [0])
    #expect(Holiday.easter(days: -2).falls(on: CivilDate(daysSince1970: sunday.daysSince1970 - 2)))
    #expect(Holiday.easter(days: 39).falls(on: CivilDate(daysSince1970: sunday.daysSince1970 + 39)))
  }

  @Test func daysOfAMonthAreCountedFromBothEnds() {
    let thanksgiving = Holiday.nth(4, .thursday, month: 11)
    #expect(thanksgiving.falls(on: date("2026-11-26")) && !thanksgiving.falls(on: date("2026-11-19")))
    let memorial = Holiday.nth(-1, .monday, month: 5)
    #expect(memorial.falls(on: date("2026-05-25")) && !memorial.falls(on: date("2026-05-18")))
    #expect(Holiday.nth(-1, .thursday, month: 12).falls(on: date("2026-12-31")))
    #expect(Holiday.nth(-1, .sunday, month: 2).falls(on: date("2032-02-29")))
    #expect(!Holiday.nth(5, .monday, month: 2).falls(on: date("2026-02-23")))
  }

  @Test func whatFallsOnAWeekendIsMadeUp() {
    let christmas: [Holiday] = [
      .yearly(month: 12, day: 25, isMadeUp: true), .yearly(month: 12, day: 26, isMadeUp: true),
    ]
    func days(_ year: Int) -> [Int] {
      (20...31).filter { day in CivilDate(year: year, month: 12, day: day).map(christmas.fall(on:)) ?? false }
    }
    // Saturday and Sunday; Friday and Saturday; Sunday and Monday; Thursday and Friday.
    #expect(days(2021) == [25, 26, 27, 28])
    #expect(days(2020) == [25, 26, 28])
    #expect(days(2022) == [25, 26, 27])
    #expect(days(2025) == [25, 26])
    #expect(!([.yearly(month: 4, day: 25)] as [Holiday]).fall(on: date("2026-04-27")))
    #expect(([.date(date("2026-09-22"))] as [Holiday]).fall(on: date("2026-09-22")))
    #expect(!([] as [Holiday]).fall(on: date("2026-09-22")))
  }

  @Test func everyKindIsReadAsItWasWritten() throws {
    let all: [Holiday] = [
      .yearly(month: 2, day: 29), .yearly(month: 1, day: 26, isMadeUp: true), .easter(days: -2),
      .nth(-1, .monday, month: 5), .date(date("2026-09-22")),
    ]
    let text = try JSONEncoder().encode(all)
    #expect(try JSONDecoder().decode([Holiday].self, from: text) == all)
  }

  @Test(arguments: [
    "{}", #"{"month":2,"day":30}"#, #"{"month":13,"day":1}"#, #"{"month":1}"#, #"{"easter":1000}"#,
    #"{"nth":0,"weekday":"monday","month":5}"#, #"{"nth":6,"weekday":"monday","month":5}"#,
    #"{"nth":1,"weekday":"mon","month":5}"#, #"{"nth":1,"weekday":"monday","month":0}"#, #"{"date":"2026-02-30"}"#,
    #"{"month":-9223372036854775808,"day":9223372036854775807}"#,
  ])
  func daysThatDoNotExistAreRefused(_ text: String) {
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Holiday.self, from: Data(text.utf8)) }
  }
}
