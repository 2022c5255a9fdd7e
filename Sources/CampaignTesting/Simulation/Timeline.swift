/// The values that a setting may have had, when it is changed by operations that take time and can fail.
struct Timeline: Sendable {
  /// What came of a change.
  enum Outcome: Hashable, Sendable {
    case done
    /// It was refused, and changed nothing.
    case refused
    /// Whether it changed anything is not known.
    case uncertain
  }

  private struct Entry: Sendable {
    var value: Int
    /// From when on it may hold.
    var begun: Duration
    /// When the change was over, and whether it holds for certain from then on.
    var over: Duration?
    var isCertain = false
    /// Until when it may have held.
    var ended: Duration?
  }

  private var entries: [Entry]

  init(_ value: Int) {
    entries = [Entry(value: value, begun: .zero, over: .zero, isCertain: true)]
  }

  /// Notes that a change begins, and returns its number.
  mutating func begin(_ value: Int, at moment: Duration) -> Int {
    entries.append(Entry(value: value, begun: moment))
    return entries.count - 1
  }

  /// Notes what came of a change.
  mutating func finish(_ number: Int, _ outcome: Outcome, at moment: Duration) {
    entries[number].over = moment
    switch outcome {
    case .refused: entries[number].ended = entries[number].begun - .nanoseconds(1)
    case .uncertain: break
    case .done:
      entries[number].isCertain = true
      for index in entries.indices where index != number && entries[index].ended == nil {
        if let over = entries[index].over, over <= entries[number].begun { entries[index].ended = moment }
      }
    }
  }

  /// The values that it may have had within a while.
  func possible(from: Duration, until: Duration) -> [Int] {
    entries.filter { $0.begun <= until && ($0.ended.map { $0 >= from } ?? true) }.map(\.value)
  }
}
