/// Something that is open at some times and closed at others.
///
/// The answers are exact, and computed without walking through time in steps.
public protocol OpenTime: Sendable {
  /// The first moment, not before this one, at which it is open; nil when there is none.
  func opening(from moment: Timestamp) -> Timestamp?
  /// The first moment, not before this one, at which it is closed; nil when there is none.
  func closing(from moment: Timestamp) -> Timestamp?
}

extension OpenTime {
  /// Whether it is open at a moment.
  public func isOpen(at moment: Timestamp) -> Bool {
    opening(from: moment) == moment
  }

  /// The spans within a range in which it is open, in order, as long as they can be.
  public func spans(in range: Range<Timestamp>) -> [Range<Timestamp>] {
    var spans: [Range<Timestamp>] = []
    var moment = range.lowerBound
    while moment < range.upperBound, let start = opening(from: moment), start < range.upperBound {
      let end = min(closing(from: start) ?? .distantFuture, range.upperBound)
      guard start < end else { break }
      spans.append(start..<end)
      moment = end
    }
    return spans
  }

  /// The moment at which it will have been open for so long, counted from `moment`.
  ///
  /// Time always passes: where it does not open again, and from two years after `moment` on, the rest is counted as if
  /// it were open.
  public func moment(after open: Duration, from moment: Timestamp) -> Timestamp {
    let horizon = moment + .seconds(800 * 86_400)
    var rest = max(open, .zero)
    var moment = moment
    while rest > .zero, moment < horizon, let start = opening(from: moment) {
      guard let end = closing(from: start), end > start, end - start < rest else { return start + rest }
      rest -= end - start
      moment = end
    }
    return moment + rest
  }
}
