import CampaignKit
import Foundation

/// A moment that a test writes with its offset, so that it does not depend on what it tests.
func moment(_ text: String) -> Timestamp {
  guard let moment = Timestamp(text) else { preconditionFailure("\(text) is no time") }
  return moment
}

func range(_ from: String, _ until: String) -> Range<Timestamp> { moment(from)..<moment(until) }

func date(_ text: String) -> CivilDate {
  guard let date = CivilDate(text) else { preconditionFailure("\(text) is no date") }
  return date
}

/// Hours such as `22:00-02:00`.
func hours(_ text: String) -> DailyHours {
  let parts = text.split(separator: "-").map(String.init)
  guard parts.count == 2, let from = TimeOfDay(parts[0]), let until = TimeOfDay(parts[1]) else {
    preconditionFailure("\(text) are no hours")
  }
  return DailyHours(from: from, until: until)
}

func clock(_ name: String) -> ZoneClock {
  guard let clock = ZoneClock(name) else { preconditionFailure("there is no zone \(name)") }
  return clock
}

func local(_ text: String, in zone: String, on days: Set<Weekday> = Set(Weekday.allCases)) -> LocalHours {
  LocalHours(WeeklyHours(hours(text), on: days), clock: clock(zone))
}

/// Zones whose clocks do something unusual.
let unusualZones = [
  "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "America/Sao_Paulo",
  "Africa/Casablanca", "America/Santiago", "Pacific/Auckland", "Australia/Sydney", "Pacific/Chatham", "Asia/Kolkata",
  "America/St_Johns", "Africa/Cairo", "Asia/Gaza", "America/Scoresbysund", "Antarctica/Troll", "Australia/Eucla", "UTC",
  "Atlantic/Azores", "Asia/Tehran", "Pacific/Kiritimati",
]

/// The hours of a week by their definition, looked at minute by minute: what the clock shows, and nothing else.
struct HoursByHand {
  /// The minutes since midnight at which each day has hours, by the days since 1970.
  private let days: [Int: [Range<Int>]]
  private let zone: TimeZone

  init(_ hours: WeeklyHours, zone: String, around moment: Timestamp) {
    guard let zone = TimeZone(identifier: zone) else { preconditionFailure("there is no zone \(zone)") }
    self.zone = zone
    let today = Int(moment.milliseconds / 86_400_000)
    days = Dictionary(
      uniqueKeysWithValues: (today - 20...today + 20).map { day in
        let hours = hours.hours(on: CivilDate(daysSince1970: day))
        return (
          day,
          hours.map { hours in
            let length = hours.until.seconds - hours.from.seconds
            return hours.from.seconds..<hours.from.seconds + (length > 0 ? length : length + 86_400)
          }
        )
      })
  }

  /// What the clock on the wall shows, in seconds since 1970 of that clock.
  func wall(at moment: Timestamp) -> Int {
    let seconds = Int(moment.milliseconds / 1000)
    return seconds + zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
  }

  func isOpen(atWall wall: Int) -> Bool {
    let day = wall / 86_400
    for day in day - 2...day {
      for span in days[day] ?? [] where span.contains(wall - day * 86_400) { return true }
    }
    return false
  }

  func isOpen(at moment: Timestamp) -> Bool { isOpen(atWall: wall(at: moment)) }
}

/// For each place, the next one that has another value; nil where none has.
func nextChanges(_ values: [Bool]) -> [Int?] {
  var next = [Int?](repeating: nil, count: values.count)
  for place in values.indices.dropLast().reversed() {
    next[place] = values[place] == values[place + 1] ? next[place + 1] : place + 1
  }
  return next
}
