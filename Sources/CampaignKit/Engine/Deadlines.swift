/// What is looked at when, earliest first.
///
/// Nothing is taken out when it is put off or over: an entry counts only if its owner still names that moment.
struct Deadlines: Sendable {
  /// Whose deadline it is.
  enum Owner: Hashable, Sendable {
    case campaign(Campaign.ID)
    case call(Call.ID)
  }

  private struct Entry: Sendable {
    var moment: Timestamp
    var number: UInt64
    var owner: Owner

    // Equal moments are told apart by who came first, so that every run is the same.
    static func comesFirst(_ left: Entry, _ right: Entry) -> Bool {
      (left.moment, left.number) < (right.moment, right.number)
    }
  }

  private var heap = BinaryHeap<Entry>()
  private var next: UInt64 = 0

  mutating func add(_ owner: Owner, at moment: Timestamp) {
    heap.push(Entry(moment: moment, number: next, owner: owner), before: Entry.comesFirst)
    next += 1
  }

  /// The earliest moment that still counts.
  mutating func earliest(isCurrent: (Owner, Timestamp) -> Bool) -> Timestamp? {
    while let first = heap.first {
      if isCurrent(first.owner, first.moment) { return first.moment }
      heap.pop(before: Entry.comesFirst)
    }
    return nil
  }

  /// Takes out the first that has come.
  mutating func pop(until now: Timestamp, isCurrent: (Owner, Timestamp) -> Bool) -> Owner? {
    while let first = heap.first, first.moment <= now {
      heap.pop(before: Entry.comesFirst)
      if isCurrent(first.owner, first.moment) { return first.owner }
    }
    return nil
  }

  /// Throws away what no longer counts, once that is the greater part.
  mutating func tidy(owners: Int, isCurrent: (Owner, Timestamp) -> Bool) {
    guard heap.entries.count > 2 * owners + 1024 else { return }
    heap.removeAll(where: { !isCurrent($0.owner, $0.moment) }, before: Entry.comesFirst)
  }
}
