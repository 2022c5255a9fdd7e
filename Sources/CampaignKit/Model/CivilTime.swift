/// A date of the calendar, in no particular time zone.
public struct CivilDate: Hashable, Comparable, Sendable {
  /// The year, 0 to 9999.
  public let year: Int
  /// The month, 1 to 12.
  public let month: Int
  /// The day of the month, from 1.
  public let day: Int

  /// Creates a date; nil when there is no such day.
  public init?(year: Int, month: Int, day: Int) {
    guard (0...9999).contains(year), (1...12).contains(month), day >= 1,
      day <= Self.days(in: month, of: year)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  /// The date that lies so many days after 1970-01-01, held to the years 0 to 9999.
  public init(daysSince1970 days: Int) {
    // Counted from 0000-03-01 in eras of 400 years, so that the leap day is the last of its year.
    let shifted = min(max(days, -719_528), 2_932_896) + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// How many days after 1970-01-01 this is.
  public var daysSince1970: Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The day of the week.
  public var weekday: Weekday {
    Weekday(rawValue: (daysSince1970 % 7 + 7 + 4) % 7) ?? .sunday
  }

  /// Whether `left` comes first.
  public static func < (left: Self, right: Self) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }

  private static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension CivilDate: LosslessStringConvertible, Codable {
  /// The date as `2025-10-15`.
  public var description: String {
    var text: [UInt8] = []
    appendDigits(to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads `2025-10-15`; nil for anything else, and for days that do not exist.
  public init?(_ description: String) {
    var text = Substring(description).utf8
    guard let year = text.takeDecimal(digits: 4, upTo: 9999), text.take("-"),
      let month = text.takeDecimal(digits: 2, upTo: 12), text.take("-"),
      let day = text.takeDecimal(digits: 2, upTo: 31), text.isEmpty
    else { return nil }
    self.init(year: year, month: month, day: day)
  }

  /// Reads the text form.
  public init(from decoder: any Decoder) throws {
    self = try decoder.decodeText("a date reads like 2025-10-15")
  }

  /// Writes the text form.
  public func encode(to encoder: any Encoder) throws {
    try encoder.encodeText(self)
  }

  func appendDigits(to text: inout [UInt8]) {
    text.appendDecimal(year, width: 4)
    text.append(UInt8(ascii: "-"))
    text.appendDecimal(month, width: 2)
    text.append(UInt8(ascii: "-"))
    text.appendDecimal(day, width: 2)
  }
}

/// A time on the clock on the wall, to the second, in no particular time zone.
public struct TimeOfDay: Hashable, Comparable, Sendable {
  /// Seconds since midnight, 0 to 86,400; the last is midnight at the end of the day.
  public let seconds: Int

  /// Creates a time; nil outside of a day.
  public init?(hour: Int, minute: Int = 0, second: Int = 0) {
    guard (0...24).contains(hour), (0...59).contains(minute), (0...59).contains(second) else { return nil }
    let seconds = hour * 3600 + minute * 60 + second
    guard seconds <= 86_400 else { return nil }
    self.seconds = seconds
  }

  /// Whether `left` comes first in a day.
  public static func < (left: Self, right: Self) -> Bool { left.seconds < right.seconds }

  /// The start of the day, 00:00.
  public static let midnight = TimeOfDay(unchecked: 0)
  /// The end of the day, 24:00.
  public static let endOfDay = TimeOfDay(unchecked: 86_400)

  init(unchecked seconds: Int) {
    self.seconds = seconds
  }
}

extension TimeOfDay: LosslessStringConvertible, Codable {
  /// The time as `09:00`, or `09:00:30` when it has seconds.
  public var description: String {
    var text: [UInt8] = []
    text.appendDecimal(seconds / 3600, width: 2)
    text.append(UInt8(ascii: ":"))
    text.appendDecimal(seconds / 60 % 60, width: 2)
    if seconds % 60 != 0 {
      text.append(UInt8(ascii: ":"))
      text.appendDecimal(seconds % 60, width: 2)
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads `09:00` or `09:00:30`, and `24:00`; nil for anything else.
  public init?(_ description: String) {
    var text = Substring(description).utf8
    guard let hour = text.takeDecimal(digits: 2, upTo: 24), text.take(":"),
      let minute = text.takeDecimal(digits: 2, upTo: 59)
    else { return nil }
    var second = 0
    if text.take(":") {
      guard let value = text.takeDecimal(digits: 2, upTo: 59) else { return nil }
      second = value
    }
    guard text.isEmpty else { return nil }
    self.init(hour: hour, minute: minute, second: second)
  }

  /// Reads the text form.
  public init(from decoder: any Decoder) throws {
    self = try decoder.decodeText("a time of day reads like 09:00 or 09:00:30")
  }

  /// Writes the text form.
  public func encode(to encoder: any Encoder) throws {
    try encoder.encodeText(self)
  }
}

/// A day of the week; the numbers are those of the `voice` document, 0 is Sunday.
public enum Weekday: Int, Hashable, Sendable, Codable, CaseIterable {
  /// The seven days.
  case sunday, monday, tuesday, wednesday, thursday, friday, saturday
}
