import CampaignKit
import CampaignTesting
import Locks

/// A simulated carrier of which it is set how orders go wrong, and that writes down what was asked of it.
final class Line: Dialer {
  private struct State {
    /// How orders fail of which there is no call.
    var error: DialerError?
    /// Whether answers to orders are lost.
    var losesAnswers = false
    var findings: CallFindings?
    /// What it says to all but orders, when it is dead.
    var death: DialerError?
    /// How long every answer takes.
    var delay = Duration.zero
    var arrivals: [Call.ID: [DialerUnderTest.Arrival]] = [:]
    var connected: [Call.ID] = []
    var dismissed: [String] = []
    var numbers = 0
  }

  let name: String
  private let carrier: SimulatedCarrier
  private let clock: any EngineClock
  private let state = Locked(State())

  init(_ name: String, clock: any EngineClock) {
    self.name = name
    self.clock = clock
    carrier = SimulatedCarrier(mix: .fast, clock: clock)
  }

  var capabilities: DialerCapabilities { carrier.capabilities }

  func fail(_ error: DialerError?) { state.withLock { $0.error = error } }
  func loseAnswers(_ losesAnswers: Bool) { state.withLock { $0.losesAnswers = losesAnswers } }
  func die(_ error: DialerError?) { state.withLock { $0.death = error } }
  func take(_ delay: Duration) { state.withLock { $0.delay = delay } }
  func find(_ findings: CallFindings?) { state.withLock { $0.findings = findings } }

  var orders: Int { state.withLock { $0.arrivals.values.reduce(0) { $0 + $1.count } } }
  var connected: [Call.ID] { state.withLock { $0.connected } }
  /// The messages that calls were to be hung up after.
  var dismissed: [String] { state.withLock { $0.dismissed } }
  func arrivals(_ call: Call.ID) -> [DialerUnderTest.Arrival] { state.withLock { $0.arrivals[call] ?? [] } }

  func place(_ order: CallOrder) async throws(DialerError) -> String {
    guard clock.now() < order.placeBy else {
      throw DialerError(.unavailable, "it is too late", wasHeldBack: true)
    }
    let (error, losesAnswers) = state.withLock { state in
      if state.arrivals[order.id]?.contains(where: \.isCall) != true {
        state.arrivals[order.id, default: []].append(
          DialerUnderTest.Arrival(at: clock.now(), isCall: state.error == nil))
      }
      return (state.error, state.losesAnswers)
    }
    try await answer(isOrder: true)
    if let error { throw error }
    let reference = try await carrier.place(order)
    if losesAnswers { throw DialerError(.uncertain, "the answer was lost") }
    return reference
  }

  /// Takes as long as an answer takes.
  private func answer(isOrder: Bool = false) async throws(DialerError) {
    let (delay, death) = state.withLock { ($0.delay, $0.death) }
    if delay > .zero { await clock.wait(for: delay) }
    if let death, !isOrder { throw death }
  }

  func hangUp(_ call: CallReference) async throws(DialerError) {
    try await answer()
    try await carrier.hangUp(call)
  }

  func hangUp(_ call: CallReference, after message: String) async throws(DialerError) {
    state.withLock { $0.dismissed.append(message) }
    try await carrier.hangUp(call, after: message)
  }

  func lookUp(_ call: CallReference) async throws(DialerError) -> CallFindings {
    try await answer()
    if let findings = state.withLock({ $0.findings }) { return findings }
    return try await carrier.lookUp(call)
  }

  func connect(_ call: CallReference, to agent: Agent) async throws(DialerError) {
    state.withLock { $0.connected.append(call.call) }
  }

  func events() -> CallEvents { carrier.events() }
}
