import Locks

/// Makes identifiers that rise with time and do not collide, within a process or between processes.
///
/// The random part starts anew with every millisecond and rises by one within it, so two processes collide
/// only when their 47-bit starting points of the same millisecond lie closer than the identifiers they
/// make in it. When the clock goes back, the last millisecond is kept until the clock has caught up.
public final class IdentifierGenerator: Sendable {
  struct State {
    var random: any RandomNumberGenerator & Sendable
    /// The millisecond of the last identifier; nil before the first.
    var millisecond: UInt64?
    /// The last 48 bits of the last identifier.
    var tail: UInt64 = 0

    /// Goes on to the next identifier. The one millisecond at which all 48 bits are used up ends early.
    mutating func advance(to now: UInt64) {
      if let millisecond, now <= millisecond {
        tail += 1
        guard tail > 0xFFFF_FFFF_FFFF else { return }
        self.millisecond = millisecond + 1
      } else {
        millisecond = now
      }
      tail = random.next() & 0x7FFF_FFFF_FFFF
    }
  }

  private let state: Locked<State>

  /// Creates a generator.
  ///
  /// - Parameter random: The source of the random part. A seeded one makes a run repeatable.
  public init(random: sending any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()) {
    state = Locked(State(random: random))
  }

  /// Makes an identifier that sorts after every one made before it by this generator.
  public func next<Entity>(at now: Timestamp, for entity: Entity.Type = Entity.self) -> Identifier<Entity> {
    state.withLock { state in
      state.advance(to: UInt64(clamping: now.milliseconds) & 0xFFFF_FFFF_FFFF)
      return Identifier(
        high: (state.millisecond ?? 0) << 16 | state.tail >> 32, low: UInt32(truncatingIfNeeded: state.tail))
    }
  }
}
