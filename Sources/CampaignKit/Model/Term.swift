/// A stretch of time that something holds for, told by a clock that may be set.
///
/// Such a stretch is kept as moments. When it began while the clock was ahead, and the clock was then set right, its
/// end lies as far off as the clock was wrong. See ``TimeSource`` for what stores do about that.
public struct Term: Hashable, Sendable {
  /// When it began, by the clock as it was then.
  public var start: Timestamp
  /// The first moment after it.
  public var end: Timestamp

  /// Creates a term.
  public init(from start: Timestamp, until end: Timestamp) {
    self.start = start
    self.end = end
  }

  /// Whether the moment lies between start and end.
  public func contains(_ moment: Timestamp) -> Bool { start <= moment && moment < end }

  /// Whether it goes on: the end has not come, and the clock was not set back before the start by more than the whole
  /// length. So a clock that is set can make it at most twice as long.
  public func goesOn(at now: Timestamp) -> Bool { now < end && now >= start - (end - start) }
}
