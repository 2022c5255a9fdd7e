/// The calls of a period, to be looked at by day, by hour and by part of the day, on the clock of one time zone.
///
/// Each of these views counts every call once, so that its parts add up to ``total``. A call belongs to the local time
/// at which it was created. On the day on which the clock goes back, the hour that comes twice counts both; the one
/// that the clock leaves out stays empty.
public struct CallSeries: Hashable, Sendable {
  /// What it covers.
  public let period: ReportPeriod
  /// The clock by which it tells days and hours.
  public let clock: ZoneClock
  /// The quarters of an hour that have calls, in order.
  public let quarters: [QuarterRollup]
  /// All of them together.
  public let total: Rollup

  /// Creates a series from quarters, of which it leaves out those outside of the period.
  public init(_ quarters: [QuarterRollup], in period: ReportPeriod, on clock: ZoneClock) {
    self.period = period
    self.clock = clock
    self.quarters = quarters.filter { period.contains($0.start) }
    total = Rollup.sum(self.quarters.lazy.map(\.rollup))
  }

  /// A part of the day.
  public enum DayPart: String, Hashable, Sendable, Codable, CaseIterable {
    /// From midnight to noon.
    case morning
    /// From noon to 17:00.
    case afternoon
    /// From 17:00 to midnight.
    case evening

    /// The part in which an hour of the day lies.
    public init(hour: Int) {
      self = hour < 12 ? .morning : hour < 17 ? .afternoon : .evening
    }
  }

  /// The calls of a local date.
  public struct Day: Hashable, Sendable {
    /// The date.
    public var date: CivilDate
    /// What was counted.
    public var calls: Rollup
  }

  /// The days that have calls, in order.
  public var days: [Day] {
    var days: [Day] = []
    // The clock may go back over midnight, so that a date comes again.
    var places: [CivilDate: Int] = [:]
    for quarter in quarters {
      let date = clock.date(at: quarter.start)
      if let place = places[date] {
        days[place].calls.add(quarter.rollup)
      } else {
        places[date] = days.count
        days.append(Day(date: date, calls: quarter.rollup))
      }
    }
    return days.sorted { $0.date < $1.date }
  }

  /// The calls by local hour of the day: 24 roll-ups, those of midnight to 01:00 first.
  public var hours: [Rollup] {
    var hours = Array(repeating: Rollup(), count: 24)
    for quarter in quarters { hours[hour(of: quarter)].add(quarter.rollup) }
    return hours
  }

  /// The calls by day of the week: 7 roll-ups, those of Sunday first.
  public var weekdays: [Rollup] {
    var weekdays = Array(repeating: Rollup(), count: 7)
    for quarter in quarters { weekdays[clock.date(at: quarter.start).weekday.rawValue].add(quarter.rollup) }
    return weekdays
  }

  /// The calls of a part of the day.
  public subscript(_ part: DayPart) -> Rollup {
    Rollup.sum(quarters.lazy.filter { DayPart(hour: self.hour(of: $0)) == part }.map(\.rollup))
  }

  /// The hours of the day whose calls have ended, the busiest first, the earlier of equal ones first.
  public var peakHours: [(hour: Int, calls: Int)] {
    hours.enumerated().filter { $0.element.endedCalls > 0 }.map { (hour: $0.offset, calls: $0.element.endedCalls) }
      .sorted { ($1.calls, $0.hour) < ($0.calls, $1.hour) }
  }

  /// The part of it that lies in another period.
  public func part(_ period: ReportPeriod) -> CallSeries { CallSeries(quarters, in: period, on: clock) }

  private func hour(of quarter: QuarterRollup) -> Int {
    min(clock.time(at: quarter.start).seconds / 3600, 23)
  }
}
