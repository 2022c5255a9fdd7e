/// Notices a client that is slower than is put up with.
///
/// Only time counts in which the client alone is waited for.
struct RateWatch {
  private var begin: Moment?
  private var bytes = 0

  mutating func add(_ count: Int) { bytes += count }

  /// Looks at the rate.
  ///
  /// - Returns: Whether the client has been too slow for as long as is tolerated.
  mutating func isTooSlow(waiting: Bool, now: Moment, minimum: Int, tolerance: Int64) -> Bool {
    guard waiting else {
      self = RateWatch()
      return false
    }
    guard let begin else {
      self.begin = now
      bytes = 0
      return false
    }
    let elapsed = now.since(begin)
    guard elapsed >= tolerance else { return false }
    let needed = Double(minimum) * Double(elapsed) / 1e9
    let isSlow = Double(bytes) < needed
    self.begin = now
    bytes = 0
    return isSlow
  }
}
