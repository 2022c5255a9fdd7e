extension Int {
  /// The sum, or the end of what 64 bits can hold: numbers that somebody states may be as great as he likes.
  func adding(saturating other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other > 0 ? .max : .min) : sum
  }
}
