/// A day that comes once a year, or once.
public enum Holiday: Hashable, Sendable {
  /// The same date each year. Where `isMadeUp`, and it falls on a Saturday or Sunday, the next working day that is no
  /// holiday itself is one too.
  case yearly(month: Int, day: Int, isMadeUp: Bool = false)
  /// So many days after Easter Sunday of the western churches, or before it.
  case easter(days: Int)
  /// The first, second … such day of a month; counted from its end where negative.
  case nth(Int, Weekday, month: Int)
  /// One date.
  case date(CivilDate)

  /// Whether it falls on a date, days that are made up for not counted.
  public func falls(on date: CivilDate) -> Bool {
    switch self {
    case .yearly(let month, let day, _): return date.month == month && date.day == day
    case .easter(let days):
      guard let easter = Self.easter(of: date.year) else { return false }
      return date.daysSince1970 - easter.daysSince1970 == days
    case .nth(let number, let weekday, let month):
      guard date.month == month, date.weekday == weekday else { return false }
      if number > 0 { return (date.day - 1) / 7 + 1 == number }
      let next = date.month == 12 ? (date.year + 1, 1) : (date.year, date.month + 1)
      let daysInMonth =
        date.month == 12
        ? 31
        : CivilDate(year: next.0, month: next.1, day: 1).map { CivilDate(daysSince1970: $0.daysSince1970 - 1).day }
          ?? 31
      return -((daysInMonth - date.day) / 7 + 1) == number
    case .date(let only): return date == only
    }
  }

  /// Easter Sunday of a year, by the computation of 1876 that is in use everywhere.
  static func easter(of year: Int) -> CivilDate? {
    let century = year / 100
    let leaps = century / 4
    let moonShift = (century + 8) / 25
    let epact =
      (19 * (year % 19) + century - leaps - (century - moonShift + 1) / 3 + 15) % 30
    let weekday = (32 + 2 * (century % 4) + 2 * (year % 100 / 4) - epact - year % 100 % 4) % 7
    let correction = (year % 19 + 11 * epact + 22 * weekday) / 451
    let sum = epact + weekday - 7 * correction + 114
    return CivilDate(year: year, month: sum / 31, day: sum % 31 + 1)
  }
}

extension [Holiday] {
  /// Whether a date is one of these days, or makes up for one.
  public func fall(on date: CivilDate) -> Bool {
    guard !isEmpty else { return false }
    if contains(where: { $0.falls(on: date) }) { return true }
    // A weekend has two days, so what makes up for it is found on Monday to Friday even behind other holidays.
    let weekday = date.weekday.rawValue
    guard weekday >= Weekday.monday.rawValue, weekday <= Weekday.friday.rawValue else { return false }
    let monday = date.daysSince1970 - (weekday - 1)
    var toMakeUp = 0
    for weekend in [monday - 2, monday - 1].map(CivilDate.init(daysSince1970:)) {
      toMakeUp += count { holiday in
        guard case .yearly(_, _, isMadeUp: true) = holiday else { return false }
        return holiday.falls(on: weekend)
      }
    }
    guard toMakeUp > 0 else { return false }
    let free = (monday...date.daysSince1970).map(CivilDate.init(daysSince1970:)).filter { day in
      !contains { $0.falls(on: day) }
    }
    return free.count <= toMakeUp
  }
}

extension Holiday: Codable {
  private enum CodingKeys: String, CodingKey {
    case month, day, isMadeUp, easter, nth, weekday, date
  }

  /// Reads `{"month": 1, "day": 26, "isMadeUp": true}`, `{"easter": -2}`, `{"nth": 4, "weekday": "thursday",
  /// "month": 11}` or `{"date": "2026-01-26"}`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    if let date = try container.decodeIfPresent(CivilDate.self, forKey: .date) {
      self = .date(date)
    } else if let days = try container.decodeIfPresent(Int.self, forKey: .easter) {
      self = .easter(days: try container.check(days, in: -366...366, forKey: .easter))
    } else if let nth = try container.decodeIfPresent(Int.self, forKey: .nth) {
      let name = try container.decode(String.self, forKey: .weekday)
      guard nth != 0, let weekday = Weekday(name: name) else {
        throw DecodingError.dataCorruptedError(
          forKey: .weekday, in: container, debugDescription: "nth is 1 to 5 or -5 to -1, and weekday reads like monday")
      }
      let month = try container.decode(Int.self, forKey: .month)
      self = .nth(
        try container.check(nth, in: -5...5, forKey: .nth), weekday,
        month: try container.check(month, in: 1...12, forKey: .month))
    } else {
      let month = try container.decode(Int.self, forKey: .month)
      let day = try container.decode(Int.self, forKey: .day)
      // 2000 was a leap year.
      guard CivilDate(year: 2000, month: month, day: day) != nil else {
        throw DecodingError.dataCorruptedError(
          forKey: .day, in: container, debugDescription: "there is no day \(day) in month \(month)")
      }
      self = .yearly(
        month: month, day: day, isMadeUp: try container.decodeIfPresent(Bool.self, forKey: .isMadeUp) ?? false)
    }
  }

  /// Writes what ``init(from:)`` reads.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .yearly(let month, let day, let isMadeUp):
      try container.encode(month, forKey: .month)
      try container.encode(day, forKey: .day)
      if isMadeUp { try container.encode(true, forKey: .isMadeUp) }
    case .easter(let days): try container.encode(days, forKey: .easter)
    case .nth(let number, let weekday, let month):
      try container.encode(number, forKey: .nth)
      try container.encode(weekday.name, forKey: .weekday)
      try container.encode(month, forKey: .month)
    case .date(let date): try container.encode(date, forKey: .date)
    }
  }
}

extension KeyedDecodingContainer {
  fileprivate func check(_ value: Int, in range: ClosedRange<Int>, forKey key: Key) throws -> Int {
    guard range.contains(value) else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: self, debugDescription: "\(key.stringValue) is \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }
}
