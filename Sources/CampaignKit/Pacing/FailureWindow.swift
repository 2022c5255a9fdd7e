/// Counts the calls of a while, and how many of them the carrier failed.
///
/// The while is cut into sixtieths: a call is forgotten between one window and a sixtieth of it later.
struct FailureWindow: Hashable, Sendable {
  private struct Slice: Hashable, Sendable {
    var number: Int64 = .min
    var calls = 0
    var failures = 0
  }

  private static let count: Int64 = 60
  private var slices: [Slice] = []

  mutating func count(isFailure: Bool, at moment: Timestamp, window: Duration) {
    if slices.isEmpty { slices = Array(repeating: Slice(), count: Int(Self.count)) }
    let number = Self.number(of: moment, window: window)
    let place = Int((number % Self.count + Self.count) % Self.count)
    if slices[place].number != number { slices[place] = Slice(number: number) }
    slices[place].calls += 1
    if isFailure { slices[place].failures += 1 }
  }

  /// The calls and failures of the last window.
  func total(at moment: Timestamp, window: Duration) -> (calls: Int, failures: Int) {
    let now = Self.number(of: moment, window: window)
    return slices.reduce((calls: 0, failures: 0)) { total, slice in
      guard slice.number <= now, now < slice.number &+ Self.count else { return total }
      return (total.calls + slice.calls, total.failures + slice.failures)
    }
  }

  private static func number(of moment: Timestamp, window: Duration) -> Int64 {
    moment.milliseconds / max(1, window.milliseconds / count)
  }
}

extension Pacing.Breaker {
  /// Whether so many failures are too many.
  func trips(calls: Int, failures: Int) -> Bool {
    calls >= max(1, minimumCalls) && Double(failures) > failureShare * Double(calls)
  }
}
