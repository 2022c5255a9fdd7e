import CampaignKit
import Foundation
import Testing

@Suite struct ZoneClockTests {
  /// Every zone that the system knows, at moments from 1970 to 2100.
  @Test(arguments: [71, 72] as [UInt64])
  func agreesWithFoundation(seed: UInt64) throws {
    var dice = Dice(seed)
    #expect(TimeZone.knownTimeZoneIdentifiers.count > 300)
    for name in TimeZone.knownTimeZoneIdentifiers {
      let zone = try #require(TimeZone(identifier: name))
      let clock = try #require(ZoneClock(name), "\(name)")
      for _ in 0..<40 {
        let seconds = dice(0...4_102_444_799)
        let span = clock.span(at: Timestamp(milliseconds: Int64(seconds) * 1000))
        func offset(_ moment: Timestamp) -> Int {
          zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.milliseconds / 1000)))
        }
        #expect(span.offset == .seconds(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))))
        guard span.until < .distantFuture, span.from > .distantPast else { continue }
        #expect(
          offset(span.until - .seconds(1)) == offset(span.from) && offset(span.until) != offset(span.from)
            && offset(span.from - .seconds(1)) != offset(span.from),
          "seed \(seed), \(name), \(seconds)")
        let inside = Timestamp(
          milliseconds: Int64(dice(Int(span.from.milliseconds)...Int(span.until.milliseconds - 1))))
        #expect(clock.span(at: inside) == span, "seed \(seed), \(name), \(inside)")
      }
    }
  }

  @Test func namesThatAreNoZonesAreRefused() {
    for name in [
      "", " ", "Mars/Base", "america/new_york", "America/New_York\0", "America/New_York ", "../etc/passwd", "Factory",
      "GMT+5", "GMT+0530", "+01:00", "local", "é",
    ] { #expect(ZoneClock(name) == nil, "\(name)") }
    for name in ["UTC", "GMT", "Etc/UTC", "Etc/GMT+5", "Asia/Calcutta", "US/Eastern", "America/Port-au-Prince"] {
      #expect(ZoneClock(name)?.name == name)
    }
  }

  @Test func offsetsAreThoseOfTheCountry() {
    let noon = moment("2026-07-01T12:00:00Z")
    #expect(clock("Asia/Kathmandu").span(at: noon).offset == .seconds(5 * 3600 + 45 * 60))
    #expect(clock("Asia/Kathmandu").span(at: noon).until == .distantFuture)
    #expect(clock("Australia/Lord_Howe").span(at: noon).offset == .seconds(10 * 3600 + 30 * 60))
    #expect(clock("Australia/Lord_Howe").span(at: noon).until == moment("2026-10-04T02:00:00+10:30"))
    #expect(clock("America/New_York").span(at: noon).from == moment("2026-03-08T02:00:00-05:00"))
    #expect(clock("America/New_York").span(at: noon).until == moment("2026-11-01T02:00:00-04:00"))
    #expect(clock("Africa/Casablanca").span(at: moment("2026-03-01T12:00:00Z")).offset == .zero)
    #expect(clock("Africa/Casablanca").span(at: noon).offset == .seconds(3600))
    #expect(clock("America/Sao_Paulo").span(at: noon).offset == .seconds(-3 * 3600))
    #expect(ZoneClock.utc.span(at: noon).offset == .zero && ZoneClock.utc == ZoneClock("UTC"))
  }

  @Test func datesAndTimesAreThoseOnTheWall() {
    let berlin = clock("Europe/Berlin")
    #expect(berlin.date(at: moment("2026-03-28T23:30:00Z")) == date("2026-03-29"))
    #expect(berlin.time(at: moment("2026-03-29T00:59:59Z")) == TimeOfDay(hour: 1, minute: 59, second: 59))
    #expect(berlin.time(at: moment("2026-03-29T01:00:00Z")) == TimeOfDay(hour: 3))
    #expect(clock("Pacific/Apia").date(at: moment("2011-12-30T09:59:59Z")) == date("2011-12-29"))
    #expect(clock("Pacific/Apia").date(at: moment("2011-12-30T10:00:00Z")) == date("2011-12-31"))
    #expect(ZoneClock.utc.time(at: moment("1969-12-31T23:59:59.999Z")) == TimeOfDay(hour: 23, minute: 59, second: 59))
    #expect(ZoneClock.utc.date(at: moment("1969-12-31T23:59:59.999Z")) == date("1969-12-31"))
  }

  @Test func daysBeginAndEndWhereTheirDateDoes() {
    let newYork = clock("America/New_York")
    #expect(newYork.start(of: date("2026-03-08")) == moment("2026-03-08T00:00:00-05:00"))
    #expect(newYork.end(of: date("2026-03-08")) == moment("2026-03-09T00:00:00-04:00"))
    // The clock went from 23:59:59 to 01:00: midnight is skipped.
    let saoPaulo = clock("America/Sao_Paulo")
    #expect(saoPaulo.start(of: date("2018-11-04")) == moment("2018-11-04T01:00:00-02:00"))
    #expect(saoPaulo.end(of: date("2018-11-03")) == moment("2018-11-04T01:00:00-02:00"))
    // The clock went back from midnight to 23:00: the last hour of the day came twice.
    #expect(saoPaulo.end(of: date("2018-02-17")) == moment("2018-02-18T00:00:00-03:00"))
    #expect(saoPaulo.start(of: date("2018-02-18")) == moment("2018-02-18T00:00:00-03:00"))
    // One minute after midnight the clock went back by an hour: the next date came, and went, and came again.
    let stJohns = clock("America/St_Johns")
    #expect(stJohns.start(of: date("2010-11-07")) == moment("2010-11-07T00:00:00-02:30"))
    #expect(stJohns.end(of: date("2010-11-06")) == moment("2010-11-07T00:00:00-03:30"))
    // There was no such day.
    let apia = clock("Pacific/Apia")
    #expect(apia.start(of: date("2011-12-30")) == moment("2011-12-31T00:00:00+14:00"))
    #expect(apia.end(of: date("2011-12-30")) == moment("2011-12-31T00:00:00+14:00"))
    #expect(apia.end(of: date("2011-12-29")) == moment("2011-12-31T00:00:00+14:00"))
  }

  @Test func theEndsOfTimeDoNotTrap() {
    for name in unusualZones {
      for milliseconds in [Int64.min, .min + 1, -62_167_219_200_000, 253_402_300_799_999, .max - 1, .max] {
        let moment = Timestamp(milliseconds: milliseconds)
        let span = clock(name).span(at: moment)
        #expect(span.from < span.until)
        #expect((0...9999).contains(clock(name).date(at: moment).year))
        #expect(clock(name).time(at: moment) < .endOfDay)
      }
      #expect(clock(name).end(of: date("9999-12-31")) <= .distantFuture)
      #expect(clock(name).start(of: date("0000-01-01")) < .distantPast)
    }
  }
}
