/// The hours of a week on the clock on the wall, with exceptions.
///
/// A span of hours that goes over midnight belongs to the day on which it begins: with Friday 22:00 to 02:00, Saturday
/// 01:00 is inside, whatever Saturday has, and even if Saturday's date is an exception.
public struct WeeklyHours: Hashable, Sendable {
  /// The hours of each day of the week; a day that is missing has none.
  public var week: [Weekday: [DailyHours]]
  /// Dates that have other hours than their day of the week, or none; they come before holidays.
  public var exceptions: [CivilDate: [DailyHours]]
  /// Days of the year that have ``holidayHours`` instead of their own.
  public var holidays: [Holiday]
  /// The hours of a holiday; none by default.
  public var holidayHours: [DailyHours]

  /// Creates hours from what each day of the week has.
  public init(
    week: [Weekday: [DailyHours]], exceptions: [CivilDate: [DailyHours]] = [:], holidays: [Holiday] = [],
    holidayHours: [DailyHours] = []
  ) {
    self.week = week
    self.exceptions = exceptions
    self.holidays = holidays
    self.holidayHours = holidayHours
  }

  /// Creates the same hours for some days of the week, all by default, without some dates.
  public init(
    _ hours: DailyHours, on days: Set<Weekday> = Set(Weekday.allCases), excluding dates: [CivilDate] = []
  ) {
    self.init(
      week: Dictionary(uniqueKeysWithValues: days.map { ($0, [hours]) }),
      exceptions: Dictionary(dates.map { ($0, []) }, uniquingKeysWith: { first, _ in first }))
  }

  /// All hours of all days.
  public static let always = WeeklyHours(.wholeDay)

  /// The hours that begin on a date.
  public func hours(on date: CivilDate) -> [DailyHours] {
    if !exceptions.isEmpty, let hours = exceptions[date] { return hours }
    if holidays.fall(on: date) { return holidayHours }
    return week[date.weekday] ?? []
  }
}

extension DailyHours {
  /// From midnight to midnight.
  public static let wholeDay = DailyHours(from: .midnight, until: .endOfDay)
}

extension WeeklyHours: Codable {
  private enum CodingKeys: String, CodingKey {
    case week, exceptions, holidays, holidayHours
  }

  /// Reads `{"week": {"monday": [{"from": "08:00", "until": "21:00"}]}, "exceptions": {"2026-12-24": []}}`, with
  /// `holidays` and `holidayHours` where there are any.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func table<Key: Hashable>(
      _ key: CodingKeys, _ hint: String, _ read: (String) -> Key?
    ) throws -> [Key: [DailyHours]] {
      var table: [Key: [DailyHours]] = [:]
      for (name, hours) in try container.decodeIfPresent([String: [DailyHours]].self, forKey: key) ?? [:] {
        guard let entry = read(name) else {
          throw DecodingError.dataCorruptedError(
            forKey: key, in: container, debugDescription: "'\(name)' is not known; \(hint)")
        }
        table[entry] = hours
      }
      return table
    }
    self.init(
      week: try table(.week, "a day reads like monday") { name in
        Weekday(name: name).flatMap { $0.name == name ? $0 : nil }
      },
      exceptions: try table(.exceptions, "a date reads like 2025-10-15") { CivilDate($0) },
      holidays: try container.decodeIfPresent([Holiday].self, forKey: .holidays) ?? [],
      holidayHours: try container.decodeIfPresent([DailyHours].self, forKey: .holidayHours) ?? [])
  }

  /// Writes what ``init(from:)`` reads.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(
      Dictionary(uniqueKeysWithValues: week.map { ($0.key.name, $0.value) }), forKey: .week)
    if !exceptions.isEmpty {
      try container.encode(
        Dictionary(uniqueKeysWithValues: exceptions.map { ($0.key.description, $0.value) }), forKey: .exceptions)
    }
    if !holidays.isEmpty {
      try container.encode(holidays, forKey: .holidays)
      try container.encode(holidayHours, forKey: .holidayHours)
    }
  }
}
