import Locks

/// Makes identifiers that rise with time and do not collide, within a process or between processes.
///
/// The random part starts anew with every millisecond and rises by one within it, so two processes collide
/// only when their 47-bit starting points of the same millisecond lie closer than the identifiers they
/// make in it. When the clock goes back, the last millisecond is kept until the clock has caught up.
public final class IdentifierGenerator: Sendable {
  private struct State {
    var random: any RandomNumberGenerator & Sendable
    var millisecond: UInt64 = 0
    var tail: UInt64 = 0
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
      let millisecond = UInt64(clamping: now.milliseconds) & 0xFFFF_FFFF_FFFF
      if millisecond > state.millisecond {
        state.millisecond = millisecond
        state.tail = state.random.next() & 0x7FFF_FFFF_FFFF
      } else {
        state.tail += 1
        if state.tail > 0xFFFF_FFFF_FFFF {
          state.millisecond += 1
          state.tail = state.random.next() & 0x7FFF_FFFF_FFFF
        }
      }
      return Identifier(
        high: state.millisecond << 16 | state.tail >> 32, low: UInt32(truncatingIfNeeded: state.tail))
    }
  }
}
