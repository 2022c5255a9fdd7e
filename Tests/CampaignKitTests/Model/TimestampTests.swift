import CampaignKit
import Foundation
import Testing

@Suite struct TimestampTextTests {

  private static func foundation(_ moment: Timestamp) -> String {
    // A whole second and the rest apart, since a Double of the whole would be rounded.
    var seconds = moment.milliseconds / 1000
    var rest = moment.milliseconds % 1000
    if rest < 0 {
      seconds -= 1
      rest += 1000
    }
    let digits = String(rest)
    let text = Date(timeIntervalSince1970: Double(seconds)).formatted(Date.ISO8601FormatStyle())
    return text.dropLast() + "." + String(repeating: "0", count: 3 - digits.count) + digits + "Z"
  }

  @Test(arguments: [21, 22, 23] as [UInt64])
  func agreesWithFoundation(seed: UInt64) throws {
    var dice = Dice(seed)
    for _ in 0..<2000 {
      // From the start of the Gregorian calendar, before which Foundation counts the Julian way.
      let moment = Timestamp(
        milliseconds: Int64.random(in: -12_219_206_400_000...253_402_300_799_999, using: &dice.generator))
      #expect(moment.description == Self.foundation(moment), "seed \(seed)")
      #expect(Timestamp(moment.description) == moment, "seed \(seed)")
    }
  }

  @Test func agreesWithFoundationAroundYearEnds() {
    for year in stride(from: 1600, through: 9998, by: 7) {
      guard let day = CivilDate(year: year, month: 12, day: 31) else { continue }
      let midnight = (Int64(day.daysSince1970) + 1) * 86_400_000
      for offset: Int64 in [-86_400_001, -86_400_000, -1, 0, 1] {
        let moment = Timestamp(milliseconds: midnight + offset)
        #expect(moment.description == Self.foundation(moment))
        #expect(Timestamp(moment.description) == moment)
      }
    }
  }

  @Test func readsBackFromYear0ToYear9999() {
    var dice = Dice(24)
    let ends: [Int64] = [-62_167_219_200_000, -62_167_219_199_999, -1, 0, 1, 253_402_300_799_999]
    for milliseconds in ends + (0..<5000).map({ _ in dice.moment().milliseconds }) {
      let moment = Timestamp(milliseconds: milliseconds)
      #expect(Timestamp(moment.description) == moment)
    }
  }

  @Test(
    arguments: [
      ("2025-10-07T20:00:00Z", 1_759_867_200_000), ("2025-10-07t20:00:00z", 1_759_867_200_000),
      ("2025-10-07 20:00:00Z", 1_759_867_200_000), ("2025-10-07T20:00Z", 1_759_867_200_000),
      ("2025-10-07T22:00:00+02:00", 1_759_867_200_000), ("2025-10-07T22:00:00+0200", 1_759_867_200_000),
      ("2025-10-07T14:30:00-05:30", 1_759_867_200_000), ("2025-10-07T20:00:00.5Z", 1_759_867_200_500),
      ("2025-10-07T20:00:00,123456789Z", 1_759_867_200_123), ("2025-10-07T20:00:00.0009Z", 1_759_867_200_000),
      ("2025-10-07", 1_759_795_200_000), ("1969-12-31T23:59:59.999Z", -1), ("2016-12-31T23:59:60Z", 1_483_228_800_000),
      ("1970-01-01T00:00:00-00:00", 0),
    ] as [(String, Int64)])
  func readsWhatTheStandardsAllow(_ text: String, _ milliseconds: Int64) {
    #expect(Timestamp(text)?.milliseconds == milliseconds)
  }

  @Test(arguments: [
    "", "2025", "2025-10", "2025-10-7", "2025-10-07T", "2025-10-07T20", "2025-10-07T20:", "2025-10-07T20:00",
    "2025-10-07T20:00:00", "2025-10-07T20:00:00.Z", "2025-10-07T20:00:00.", "2025-10-07T20:00:00.5",
    "2025-10-07T24:00:00Z", "2025-10-07T20:60:00Z", "2025-10-07T20:00:61Z", "2025-10-07X20:00:00Z",
    "2025-10-07T20:00:00+", "2025-10-07T20:00:00+2", "2025-10-07T20:00:00+02", "2025-10-07T20:00:00+02:",
    "2025-10-07T20:00:00+24:00", "2025-10-07T20:00:00+02:60", "2025-10-07T20:00:00Zx", "2025-10-07T20:00:00ZZ",
    "2025-10-07T20:00:00+02:00Z", "2025-13-07T20:00:00Z", "2025-02-29T20:00:00Z", "2025-00-07T20:00:00Z",
    "2025-10-32T20:00:00Z", "2025-10-00T20:00:00Z", "-025-10-07T20:00:00Z", "+2025-10-07T20:00:00Z",
    "12025-10-07T20:00:00Z", " 2025-10-07T20:00:00Z", "2025-10-07T20:00:00Z ", "2025-10-07T20:00:00 Z",
    "2025-10-07T-1:00:00Z", "２０２５-10-07T20:00:00Z", "2025-10-0é20:00:00Z", "2025-10-07T20:00:00\u{0}Z",
    "2025-10-07T20.00.00Z", "20251007T200000Z", "1759867200", "now", "2025-10-07T20:00Z5", "2025-10-07T20:00:5Z",
    // Beyond the years that have four digits, once the zone is taken off.
    "9999-12-31T23:59:59-00:01", "9999-12-31T23:59:60Z", "0000-01-01T00:00:00+00:01",
  ])
  func malformedTextIsRefused(_ text: String) {
    #expect(Timestamp(text) == nil)
  }

  /// Nothing that is read traps, and what is read can be written and read again.
  @Test(arguments: [25, 26] as [UInt64])
  func randomTextNeverTraps(seed: UInt64) {
    var dice = Dice(seed)
    let alphabet = Array("0123456789-:.TZ+ é")
    for _ in 0..<20_000 {
      var text = Array("2025-10-07T20:00:00.123+02:00")
      for _ in 0..<dice(1...4) { text[dice(0...text.count - 1)] = dice.pick(alphabet, or: "0") }
      if dice.coin() { text.removeLast(dice(0...text.count)) }
      if let moment = Timestamp(String(text)) {
        #expect(Timestamp(moment.description) == moment, "seed \(seed), \(String(text))")
      }
    }
  }

  @Test(arguments: [Int64.min, .min + 1, -62_167_219_200_001, 253_402_300_800_000, .max - 1, .max])
  func momentsThatCannotBeToldAreToldAsTheNearest(_ milliseconds: Int64) {
    let text = Timestamp(milliseconds: milliseconds).description
    #expect(text == (milliseconds < 0 ? "0000-01-01T00:00:00.000Z" : "9999-12-31T23:59:59.999Z"))
  }
}

@Suite struct TimestampArithmeticTests {
  private static let moments: [Int64] = [.min, .min + 1, -62_167_219_200_000, -1, 0, 1, 253_402_300_799_999, .max]
  private static let durations: [Duration] = [
    .seconds(Int64.min), .seconds(Int64.min) * 2, .milliseconds(Int64.min), .milliseconds(-1), .zero, .milliseconds(1),
    .milliseconds(Int64.max), .seconds(Int64.max), .seconds(Int64.max) * 2, .nanoseconds(Int64.max),
  ]

  @Test func nothingTraps() {
    for milliseconds in Self.moments {
      let moment = Timestamp(milliseconds: milliseconds)
      for duration in Self.durations {
        if duration >= .zero {
          #expect(moment + duration >= min(moment, .distantFuture))
          #expect(moment - duration <= max(moment, .distantPast))
        }
        #expect(moment + duration <= .distantFuture)
        #expect(moment - duration <= .distantFuture)
      }
      for other in Self.moments {
        let difference = moment - Timestamp(milliseconds: other)
        #expect((difference > .zero) == (milliseconds > other), "\(milliseconds) - \(other)")
        #expect((difference < .zero) == (milliseconds < other), "\(milliseconds) - \(other)")
      }
    }
  }

  @Test func sumsAreExactToTheMillisecond() {
    #expect(Samples.moment + .milliseconds(1333) == Samples.later)
    #expect(Samples.later - .milliseconds(1333) == Samples.moment)
    #expect(Samples.later - Samples.moment == .milliseconds(1333))
    #expect(Timestamp(milliseconds: -5) + .milliseconds(1) == Timestamp(milliseconds: -4))
    #expect(Timestamp(milliseconds: 5) + .nanoseconds(999_999) == Timestamp(milliseconds: 5))
  }

  /// Adding more never gives an earlier moment, up to and beyond what can be told.
  @Test func sumsNeverGoBack() {
    for milliseconds in Self.moments {
      let sums = Self.durations.sorted().map { Timestamp(milliseconds: milliseconds) + $0 }
      #expect(sums == sums.sorted())
    }
  }

  @Test func millisecondsOfHugeDurationsAreHeld() {
    #expect(Duration.seconds(Int64.max).milliseconds == .max)
    #expect(Duration.seconds(Int64.min).milliseconds == .min)
    #expect(Duration.milliseconds(Int64.max).milliseconds == .max)
    #expect(Duration.milliseconds(Int64.min).milliseconds == .min)
    #expect((Duration.milliseconds(Int64.max) + .milliseconds(1)).milliseconds == .max)
    #expect((Duration.milliseconds(Int64.min) - .milliseconds(1)).milliseconds == .min)
    #expect(Duration.microseconds(1999).milliseconds == 1)
    #expect(Duration.microseconds(-1999).milliseconds == -1)
  }

  /// Durations of more seconds than 64 bits can count.
  @Test func millisecondsOfDurationsBeyond64BitSecondsAreHeld() {
    #expect((Duration.seconds(Int64.max) * 10).milliseconds == .max)
    #expect((Duration.seconds(Int64.min) * 10).milliseconds == .min)
  }
}
