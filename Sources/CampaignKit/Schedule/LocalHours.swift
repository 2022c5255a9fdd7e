/// The hours of a week in a time zone.
///
/// They are open exactly at the moments at which the clock on the wall there shows a time that lies in them. When the
/// clock goes forward, hours that it skips do not come; when it goes back, hours that it shows twice come twice; in a
/// day that a zone leaves out, nothing opens.
public struct LocalHours: OpenTime, Hashable {
  /// The hours.
  public let hours: WeeklyHours
  /// The clock that shows them.
  public let clock: ZoneClock
  private let table: HoursTable

  /// Creates hours in a time zone.
  public init(_ hours: WeeklyHours, clock: ZoneClock) {
    self.hours = hours
    self.clock = clock
    table = HoursTable(hours)
  }

  /// The end of the last date that has hours of its own.
  var lastException: Timestamp { table.lastException }

  /// The first moment, not before this one, that lies in the hours; nil when there is none.
  public func opening(from moment: Timestamp) -> Timestamp? {
    guard !table.isNever else { return nil }
    let horizon = table.horizon(from: moment)
    var moment = moment
    while moment <= horizon {
      let local = LocalTime(moment, on: clock)
      if table.end(covering: local) != nil { return moment }
      // Beyond the end of an offset, the clock shows something else.
      let end = min(local.until, horizon.milliseconds + LocalTime.day)
      if let next = table.nextStart(after: local, before: end) { return Timestamp(milliseconds: next) }
      moment = Timestamp(milliseconds: end)
    }
    return nil
  }

  /// The first moment, not before this one, that does not lie in the hours; nil when there is none.
  public func closing(from moment: Timestamp) -> Timestamp? {
    guard !table.isAlways else { return nil }
    let horizon = table.horizon(from: moment)
    var moment = moment
    while moment <= horizon {
      let local = LocalTime(moment, on: clock)
      guard let end = table.end(covering: local) else { return moment }
      moment = Timestamp(milliseconds: min(end, local.until))
    }
    return nil
  }
}

/// Weekly hours, prepared for looking up.
struct HoursTable: Hashable {
  /// For each day of the week, spans in milliseconds since its midnight.
  private let week: [[Range<Int64>]]
  /// By the days since 1970.
  private let exceptions: [Int: [Range<Int64>]]
  private let holidays: [Holiday]
  private let holidayHours: [Range<Int64>]
  /// The end of the last exception, wherever on Earth.
  let lastException: Timestamp
  /// Whether no moment is inside.
  let isNever: Bool
  /// Whether every moment is plainly inside. Hours that amount to it in other ways are found out by looking.
  let isAlways: Bool

  init(_ hours: WeeklyHours) {
    week = Weekday.allCases.map { day in (hours.week[day] ?? []).map(\.milliseconds) }
    exceptions = Dictionary(
      hours.exceptions.map { ($0.daysSince1970, $1.map(\.milliseconds)) }, uniquingKeysWith: { first, _ in first })
    holidays = hours.holidays
    holidayHours = hours.holidayHours.map(\.milliseconds)
    lastException = Timestamp(milliseconds: Int64((exceptions.keys.max() ?? -2) + 2) * LocalTime.day)
    isNever =
      week.allSatisfy(\.isEmpty) && exceptions.values.allSatisfy(\.isEmpty)
      && (holidays.isEmpty || holidayHours.isEmpty)
    isAlways = exceptions.isEmpty && holidays.isEmpty && week.allSatisfy { $0.contains(0..<LocalTime.day) }
  }

  private func spans(on day: Int) -> [Range<Int64>] {
    if !exceptions.isEmpty, let spans = exceptions[day] { return spans }
    if !holidays.isEmpty, holidays.fall(on: CivilDate(daysSince1970: day)) { return holidayHours }
    // 1970-01-01 was a Thursday.
    return week[((day + 4) % 7 + 7) % 7]
  }

  /// Until when to look. What has not come two years after the last exception never comes: by then every day of the
  /// week, every holiday and both changes of the clock have been.
  func horizon(from moment: Timestamp) -> Timestamp {
    max(moment, lastException) + .seconds(800 * 86_400)
  }

  /// The end, in UTC, of the longest span that covers a local time; nil when none does.
  func end(covering local: LocalTime) -> Int64? {
    var day = local.day
    var midnight = local.milliseconds - local.sinceMidnight
    var end: Int64?
    for _ in 0..<2 {
      for span in spans(on: day) where span.contains(local.milliseconds - midnight) {
        end = max(end ?? .min, midnight + span.upperBound - local.offset)
      }
      day -= 1
      midnight -= LocalTime.day
    }
    return end
  }

  /// The next moment, in UTC, at which a span begins while the same offset holds; nil when there is none before
  /// `limit`.
  func nextStart(after local: LocalTime, before limit: Int64) -> Int64? {
    var day = local.day
    var midnight = local.milliseconds - local.sinceMidnight
    while midnight - local.offset < limit {
      var start: Int64?
      for span in spans(on: day) where midnight + span.lowerBound > local.milliseconds {
        start = min(start ?? .max, midnight + span.lowerBound - local.offset)
      }
      // Hours of a later day never begin before those of an earlier one.
      if let start { return start < limit ? start : nil }
      day += 1
      midnight += LocalTime.day
    }
    return nil
  }
}

extension DailyHours {
  /// The span, in milliseconds since the midnight at which its day begins.
  var milliseconds: Range<Int64> {
    let start = Int64(from.seconds) * 1000
    let end = Int64(until.seconds) * 1000
    return start..<(end > start ? end : end + LocalTime.day)
  }
}
