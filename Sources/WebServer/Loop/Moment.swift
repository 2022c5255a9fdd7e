#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A point on the monotonic clock, in nanoseconds.
///
/// An integer, since every request reads and compares several.
struct Moment: Comparable {
  var nanoseconds: Int64

  static func current() -> Moment {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Moment(nanoseconds: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
  }

  /// Seconds of the calendar's clock since 1970.
  static func wallSeconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int(time.tv_sec)
  }

  /// Seconds of the calendar's clock since 1970, with their fraction.
  static func wallTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  static func < (left: Moment, right: Moment) -> Bool { left.nanoseconds < right.nanoseconds }

  /// The moment that is so much later; the last one there is, when that is beyond it.
  func advanced(by nanoseconds: Int64) -> Moment {
    let (sum, overflow) = self.nanoseconds.addingReportingOverflow(nanoseconds)
    return Moment(nanoseconds: overflow ? .max : sum)
  }

  func since(_ earlier: Moment) -> Int64 { max(0, nanoseconds &- earlier.nanoseconds) }
}

extension Duration {
  /// Whole nanoseconds, from none to a century.
  var nanoseconds: Int64 {
    let century: Int64 = 100 * 366 * 86_400
    let (seconds, attoseconds) = components
    if seconds < 0 || attoseconds < 0 { return 0 }
    return min(seconds, century) &* 1_000_000_000 &+ attoseconds / 1_000_000_000
  }
}
