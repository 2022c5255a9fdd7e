/// The clock on the wall in a time zone.
///
/// It knows the changes of the years 1970 to 2100; before and after, the first and the last offset stand. It does not
/// depend on the time zone of the machine.
public struct ZoneClock: Sendable {
  /// The IANA name of the zone.
  public let name: String
  let table: ZoneTable

  /// The clock of a zone; nil where no zone has that name.
  ///
  /// A zone is read once in a process; after that, this is a look into a table.
  public init?(_ name: String) {
    guard let table = ZoneTable.named(name) else { return nil }
    self.name = name
    self.table = table
  }

  /// An offset from UTC, and how long it holds.
  public struct Span: Hashable, Sendable {
    /// What is added to UTC to get the local time.
    public var offset: Duration
    /// The first moment of it.
    public var from: Timestamp
    /// The first moment at which another offset holds; ``Timestamp/distantFuture`` where none follows.
    public var until: Timestamp
  }

  /// The offset at a moment, and how long it holds.
  public func span(at moment: Timestamp) -> Span {
    let place = table.place(at: moment.milliseconds)
    return Span(
      offset: .milliseconds(table.offsets[place]),
      from: Timestamp(milliseconds: max(table.starts[place], -62_167_219_200_000)),
      until: min(Timestamp(milliseconds: table.end(of: place)), .distantFuture))
  }

  /// The local date at a moment.
  public func date(at moment: Timestamp) -> CivilDate {
    CivilDate(daysSince1970: LocalTime(moment, on: self).day)
  }

  /// The local time at a moment, to the second.
  public func time(at moment: Timestamp) -> TimeOfDay {
    TimeOfDay(unchecked: Int(LocalTime(moment, on: self).sinceMidnight / 1000))
  }

  /// The first moment at which the local date is this one or a later one.
  public func start(of date: CivilDate) -> Timestamp {
    let midnight = Int64(date.daysSince1970) * LocalTime.day
    var place = table.place(at: midnight - 2 * LocalTime.day)
    while place + 1 < table.starts.count, table.end(of: place) + table.offsets[place] <= midnight { place += 1 }
    return Timestamp(milliseconds: max(table.starts[place], midnight - table.offsets[place]))
  }

  /// The first moment after which the local date is never again this one or an earlier one.
  ///
  /// It is the start of the next day, except where the clock goes back over midnight.
  public func end(of date: CivilDate) -> Timestamp {
    let midnight = Int64(date.daysSince1970 + 1) * LocalTime.day
    var place = table.place(at: midnight - 2 * LocalTime.day)
    var end = min(table.end(of: place), midnight - table.offsets[place])
    while place + 1 < table.starts.count, table.starts[place + 1] < midnight + 2 * LocalTime.day {
      place += 1
      guard table.starts[place] + table.offsets[place] < midnight else { continue }
      end = min(table.end(of: place), midnight - table.offsets[place])
    }
    return min(Timestamp(milliseconds: end), .distantFuture)
  }

  /// The clock of UTC.
  public static let utc = ZoneClock(name: "UTC", table: ZoneTable.utc)

  private init(name: String, table: ZoneTable) {
    self.name = name
    self.table = table
  }
}

extension ZoneClock: Hashable {
  /// Whether two clocks are of the same zone.
  public static func == (left: Self, right: Self) -> Bool { left.name == right.name }

  /// Feeds the name of the zone.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// A moment as the clock on the wall tells it, counted in milliseconds from 1970-01-01 00:00 of that clock.
struct LocalTime {
  static let day: Int64 = 86_400_000

  var milliseconds: Int64
  /// What was added to UTC.
  var offset: Int64
  /// When another offset holds, in UTC.
  var until: Int64

  init(_ moment: Timestamp, on clock: ZoneClock) {
    let place = clock.table.place(at: moment.milliseconds)
    offset = clock.table.offsets[place]
    until = clock.table.end(of: place)
    // Held to what can be told, so that nothing that follows overflows.
    milliseconds = min(max(moment.milliseconds, -62_167_219_200_000), 253_402_300_799_999) + offset
  }

  /// Days since 1970.
  var day: Int { Int((milliseconds - sinceMidnight) / Self.day) }

  /// Milliseconds since midnight.
  var sinceMidnight: Int64 {
    let rest = milliseconds % Self.day
    return rest < 0 ? rest + Self.day : rest
  }
}
