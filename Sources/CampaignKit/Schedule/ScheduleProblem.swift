/// What is wrong with when somebody calls or works.
public enum ScheduleProblem: Error, Hashable, Sendable {
  /// No time zone has the name that stands in a field.
  case unknownZone(String, field: String)
  /// No day of the week has the name that stands in a field.
  case unknownDay(String, field: String)
  /// The start is not before the end.
  case startNotBeforeEnd(start: Timestamp, end: Timestamp)
  /// The end has passed.
  case ended(Timestamp)
  /// There is no day of the week on which to call.
  case noDays
  /// The dates that are excluded and the days of the week leave no hour between start and end.
  case neverOpens
}

extension ScheduleProblem: CustomStringConvertible {
  /// The problem in a sentence, with the field and what to do.
  public var description: String {
    switch self {
    case .unknownZone(let name, let field):
      "\(field): there is no time zone '\(name)'; write an IANA name such as Europe/Berlin"
    case .unknownDay(let name, let field):
      "\(field): there is no day '\(name)'; write monday to sunday"
    case .startNotBeforeEnd(let start, let end):
      "schedule.start: \(start) is not before the end, \(end); move one of them"
    case .ended(let end): "schedule.end: \(end) has passed; move it, or leave it out"
    case .noDays: "schedule.days: there is none; name at least one day of the week"
    case .neverOpens:
      "schedule.excludedDates: with the days of the week they leave no hour between start and end; take some out"
    }
  }
}

extension Campaign {
  /// The clock of its schedule: the campaign's own zone, else the account's.
  public func clock(in account: Account) throws(ScheduleProblem) -> ZoneClock {
    try .ofSchedule(schedule.timeZone, field: "schedule.timeZone", else: account)
  }

  /// The hours of its schedule, without its start and its end; the account's hours where it has none of its own.
  public func hours(in account: Account) throws(ScheduleProblem) -> LocalHours {
    LocalHours(
      WeeklyHours(
        schedule.hours ?? account.callingHours ?? .wholeDay, on: schedule.days, excluding: schedule.excludedDates),
      clock: try clock(in: account))
  }

  /// Everything that keeps its schedule from ever opening again; empty when nothing does.
  ///
  /// The legal hours of those who are called are not part of it.
  public func scheduleProblems(in account: Account, at now: Timestamp) -> [ScheduleProblem] {
    let hours: LocalHours
    do throws(ScheduleProblem) {
      hours = try self.hours(in: account)
    } catch {
      return [error]
    }
    var problems: [ScheduleProblem] = []
    let start = schedule.start?.start(on: hours.clock)
    let end = schedule.end?.end(on: hours.clock)
    if let start, let end, start >= end { problems.append(.startNotBeforeEnd(start: start, end: end)) }
    if let end, end <= now { problems.append(.ended(end)) }
    if schedule.days.isEmpty { problems.append(.noDays) }
    if problems.isEmpty {
      let opening = hours.opening(from: max(start ?? now, now))
      if opening.map({ $0 >= end ?? .distantFuture }) ?? true { problems.append(.neverOpens) }
    }
    return problems
  }
}

extension ScheduleBound {
  /// The first moment that is inside, of a start.
  public func start(on clock: ZoneClock) -> Timestamp {
    switch self {
    case .moment(let moment): moment
    case .day(let date): clock.start(of: date)
    }
  }

  /// The first moment that is outside, of an end.
  public func end(on clock: ZoneClock) -> Timestamp {
    switch self {
    case .moment(let moment): moment
    case .day(let date): clock.end(of: date)
    }
  }
}

extension Agent {
  /// The hours in which it works, in its own zone or else the account's; nil for always.
  public func hours(in account: Account) throws(ScheduleProblem) -> LocalHours? {
    guard !workingHours.isEmpty else { return nil }
    var week: [Weekday: [DailyHours]] = [:]
    for (name, hours) in workingHours {
      guard let day = Weekday(name: name) else { throw .unknownDay(name, field: "workingHours") }
      week[day, default: []].append(hours)
    }
    return LocalHours(
      WeeklyHours(week: week), clock: try .ofSchedule(timeZone, field: "timeZone", else: account))
  }
}

extension ZoneClock {
  fileprivate static func ofSchedule(
    _ zone: String?, field: String, else account: Account
  ) throws(ScheduleProblem) -> ZoneClock {
    guard let clock = ZoneClock(zone ?? account.timeZone) else {
      throw .unknownZone(zone ?? account.timeZone, field: zone == nil ? "account.timeZone" : field)
    }
    return clock
  }
}
