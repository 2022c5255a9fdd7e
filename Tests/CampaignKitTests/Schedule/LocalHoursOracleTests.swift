import CampaignKit
import Testing

/// Random hours against looking at the clock every minute.
@Suite struct LocalHoursOracleTests {
  @Test(arguments: 0..<80 as Range<UInt64>)
  func agreesWithTheClockOnTheWall(seed: UInt64) {
    var dice = Dice(7000 + seed)
    let zone = unusualZones[Int(seed) % unusualZones.count]
    let clock = clock(zone)
    // A week around a change of the clock, where there is one.
    let near = Timestamp(milliseconds: Int64(dice(1_300_000_000...1_900_000_000)) * 60_000 / 60)
    let change = clock.span(at: near).until
    let middle = change < moment("2090-01-01T00:00:00Z") ? change : near
    let start = Timestamp(milliseconds: (middle.milliseconds / 60_000) * 60_000) - .seconds(dice(60...4000) * 60)
    let week = dice.weeklyHours(around: clock.date(at: middle))
    let hours = LocalHours(week, clock: clock)
    let byHand = HoursByHand(week, zone: zone, around: middle)

    let minutes = (0..<4 * 1440).map { start + .seconds($0 * 60) }
    let open = minutes.map { byHand.isOpen(at: $0) }
    let changes = nextChanges(open)
    var expected: [Range<Timestamp>] = []
    for (minute, isOpen) in zip(minutes, open) where isOpen {
      if let last = expected.last, last.upperBound == minute {
        expected[expected.count - 1] = last.lowerBound..<minute + .seconds(60)
      } else {
        expected.append(minute..<minute + .seconds(60))
      }
    }
    let end = start + .seconds(minutes.count * 60)
    #expect(hours.spans(in: start..<end) == expected, "seed \(seed), \(zone), from \(start): \(week)")

    for _ in 0..<200 {
      let place = dice(0...minutes.count - 1)
      let moment = minutes[place]
      #expect(hours.isOpen(at: moment) == open[place], "seed \(seed), \(zone), \(moment): \(week)")
      let next = changes[place].map { minutes[$0] }
      let told = open[place] ? hours.closing(from: moment) : hours.opening(from: moment)
      if let next {
        #expect(told == next, "seed \(seed), \(zone), \(moment): \(week)")
      } else if let told {
        #expect(told >= end, "seed \(seed), \(zone), \(moment): \(week)")
      }
    }
  }
}

extension Dice {
  /// Hours to the minute: short and long, whole days, over midnight, none, with exceptions around a date.
  mutating func weeklyHours(around date: CivilDate) -> WeeklyHours {
    var week: [Weekday: [DailyHours]] = [:]
    for day in Weekday.allCases where self(0...5) > 0 { week[day] = (0..<self(1...2)).map { _ in dailyHours() } }
    var exceptions: [CivilDate: [DailyHours]] = [:]
    for _ in 0..<self(0...3) {
      let date = CivilDate(daysSince1970: date.daysSince1970 + self(-4...4))
      exceptions[date] = coin() ? [] : [dailyHours()]
    }
    let holiday = CivilDate(daysSince1970: date.daysSince1970 + self(-4...4))
    let holidays: [Holiday] = coin() ? [] : [.yearly(month: holiday.month, day: holiday.day, isMadeUp: coin())]
    return WeeklyHours(
      week: week, exceptions: exceptions, holidays: holidays, holidayHours: coin() ? [] : [dailyHours()])
  }

  mutating func dailyHours() -> DailyHours {
    func time(_ minutes: Int) -> TimeOfDay {
      TimeOfDay(hour: minutes / 60, minute: minutes % 60) ?? .midnight
    }
    switch self(0...9) {
    case 0: return .wholeDay
    case 1:
      let both = time(self(0...1440))
      return DailyHours(from: both, until: both)
    case 2...4: return DailyHours(from: time(self(0...240)), until: time(self(0...240)))
    default: return DailyHours(from: time(self(0...1440)), until: time(self(0...1440)))
    }
  }
}
