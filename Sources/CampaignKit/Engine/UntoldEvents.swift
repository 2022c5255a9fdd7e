/// Something that a carrier told of a call that is not followed here, and how long it is tried again where no call has
/// the carrier's name; told as ``EngineClock/elapsed`` is.
struct UntoldEvent: Sendable {
  var event: CallEvent
  var until: Duration
}

/// What a carrier told of calls that are not followed here: the store is told of it one batch after the other, so that it
/// stays in order, and what it could not take is tried again.
struct UntoldEvents: Sendable {
  /// How much is kept at most, of what is new and of what is tried again; what is older is left to the carrier's memory.
  static let most = 65_536

  /// What was not tried yet, and what is to be tried again, each oldest first.
  private var new: [UntoldEvent] = []
  private var tried: [UntoldEvent] = []
  /// Whether the store is being told some of it.
  private var isUnderWay = false
  /// When something is to be tried again.
  private(set) var dueAt = Timestamp.distantFuture

  /// Adds what was told just now.
  mutating func add(_ events: [UntoldEvent]) { Self.append(events, to: &new) }

  /// Takes what was not tried yet; nil where there is none, or it is not its turn.
  mutating func takeNew() -> [UntoldEvent]? { isUnderWay ? nil : take(\.new) }

  /// Takes what is to be tried again by now; nil where there is none, or it is not its turn.
  mutating func takeDue(at now: Timestamp) -> [UntoldEvent]? {
    guard now >= dueAt else { return nil }
    // What is under way comes back and names the next time.
    dueAt = .distantFuture
    return isUnderWay ? nil : take(\.tried)
  }

  private mutating func take(_ list: WritableKeyPath<UntoldEvents, [UntoldEvent]>) -> [UntoldEvent]? {
    guard !self[keyPath: list].isEmpty else { return nil }
    isUnderWay = true
    defer { self[keyPath: list] = [] }
    return self[keyPath: list]
  }

  /// Takes back what could not be taken in. It is newer than what is to be tried again, and older than what was told
  /// meanwhile.
  mutating func takeBack(_ rest: [UntoldEvent], dueAt moment: Timestamp) {
    isUnderWay = false
    Self.append(rest, to: &tried)
    if !tried.isEmpty { dueAt = min(dueAt, moment) }
  }

  /// Tries again now: when that was to be is not known any more.
  mutating func clockWentBack(to now: Timestamp) {
    if dueAt < .distantFuture { dueAt = now }
  }

  private static func append(_ events: [UntoldEvent], to list: inout [UntoldEvent]) {
    list.append(contentsOf: events)
    // A little more is let in, so that not each one that comes moves all others.
    if list.count > most + most / 8 { list.removeFirst(list.count - most) }
  }
}
