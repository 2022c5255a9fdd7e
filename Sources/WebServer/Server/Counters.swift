import Synchronization

/// What one loop has counted; read from any thread.
final class Counters: Sendable {
  let accepted = Atomic<Int>(0)
  let closed = Atomic<Int>(0)
  let refused = Atomic<Int>(0)
  let malformed = Atomic<Int>(0)
  let timedOut = Atomic<Int>(0)
  let tooSlow = Atomic<Int>(0)
  let received = Atomic<Int>(0)
  let sent = Atomic<Int>(0)
  let webSockets = Atomic<Int>(0)
  let webSocketsClosed = Atomic<Int>(0)
  private let informational = Atomic<Int>(0)
  private let successes = Atomic<Int>(0)
  private let redirections = Atomic<Int>(0)
  private let clientErrors = Atomic<Int>(0)
  private let serverErrors = Atomic<Int>(0)
  let durations = Histogram()

  func answered(_ status: Status, nanoseconds: Int64) {
    switch status.code {
    case ..<200: informational.add()
    case ..<300: successes.add()
    case ..<400: redirections.add()
    case ..<500: clientErrors.add()
    default: serverErrors.add()
    }
    durations.add(nanoseconds)
  }

  /// Answers by the first digit of their status.
  var answers: [Int] {
    [
      informational.load(ordering: .relaxed), successes.load(ordering: .relaxed), redirections.load(ordering: .relaxed),
      clientErrors.load(ordering: .relaxed), serverErrors.load(ordering: .relaxed),
    ]
  }
}

extension Atomic where Value == Int {
  @inline(__always)
  func add(_ count: Int = 1) { wrappingAdd(count, ordering: .relaxed) }
}

/// Counts durations in classes of growing width.
final class Histogram: Sendable {
  /// The upper ends of the classes, in nanoseconds; the last class has none.
  static let bounds: [Int64] = [
    100_000, 500_000, 1_000_000, 5_000_000, 10_000_000, 50_000_000, 100_000_000, 500_000_000, 1_000_000_000,
    5_000_000_000,
  ]

  private let first = Atomic<Int>(0)
  private let others: [Class]
  private let sum = Atomic<Int>(0)

  private final class Class: Sendable {
    let count = Atomic<Int>(0)
  }

  init() { others = Self.bounds.map { _ in Class() } }

  func add(_ nanoseconds: Int64) {
    sum.add(Int(nanoseconds))
    // Most answers are of the first class, which needs no search.
    guard nanoseconds > Self.bounds[0] else { return first.add() }
    let index = Self.bounds.firstIndex { nanoseconds <= $0 } ?? Self.bounds.count
    others[index - 1].count.add()
  }

  /// Counts of the classes, and the sum of all durations in nanoseconds.
  var snapshot: (counts: [Int], nanoseconds: Int) {
    let counts = [first.load(ordering: .relaxed)] + others.map { $0.count.load(ordering: .relaxed) }
    return (counts, sum.load(ordering: .relaxed))
  }
}
