import CampaignKit

extension SimulationPlan {
  /// Processes whose clocks are ahead of the store's, or behind.
  ///
  /// They have a draw of their own, so that the rest of a plan does not depend on them. Where the store's clock is set
  /// meanwhile, nobody can tell how long ago a process of before has ordered a call; so it is one or the other.
  mutating func drawClocks() {
    clocks = Array(repeating: .zero, count: processes)
    guard faults.contains(.clock) else { return }
    var draw = Draw(seed: seed ^ 0x63_6C_6F_63_6B_73)
    guard draw.chance(0.3) else { return }
    for index in clocks.indices { clocks[index] = .seconds(draw.pick([-1, 1]) * draw.pick([1, 7, 60])) }
    troubles.removeAll { if case .clockJump = $0.event { true } else { false } }
  }

  /// Whether a clock differs from another.
  package var clocksDiffer: Bool { clocks.contains { $0 != .zero } }
}

/// The clock of a process: it goes as the time does, and is ahead of it, or behind where that is negative.
struct ProcessClock: EngineClock {
  let time: VirtualTime
  let ahead: Duration

  func now() -> Timestamp { time.now() + ahead }
  var elapsed: Duration { time.elapsed }
  func wait(for duration: Duration) async { await time.wait(for: duration) }
}

/// A carrier that finds a call without its own name for it in what it lists from a moment on, as carriers on the web are
/// asked to.
struct ListingDialer: Dialer {
  let inner: FaultyCarrier
  /// The clock of whoever asks.
  let clock: ProcessClock

  /// How much earlier a call may be.
  private static let tolerance = Duration.seconds(5)

  var name: String { inner.name }
  var capabilities: DialerCapabilities { inner.capabilities }

  func lookUp(_ call: CallReference) async throws(DialerError) -> CallFindings {
    let findings = try await inner.lookUp(call)
    guard case .found = findings, call.reference == nil else { return findings }
    let books = inner.books
    let since = books.now - (clock.now() - call.createdAt) - Self.tolerance
    let isListed = books.lines.contains { $0.call == call.call && $0.startedAt >= since }
    return isListed ? findings : .absent
  }

  func place(_ order: CallOrder) async throws(DialerError) -> String { try await inner.place(order) }
  func hangUp(_ call: CallReference) async throws(DialerError) { try await inner.hangUp(call) }
  func connect(_ call: CallReference, to agent: Agent) async throws(DialerError) {
    try await inner.connect(call, to: agent)
  }
  func events() -> CallEvents { inner.events() }
}
