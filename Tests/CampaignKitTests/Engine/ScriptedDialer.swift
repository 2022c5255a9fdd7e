import CampaignKit
import CampaignTesting
import Locks

/// A carrier that does to each call what a test says.
final class ScriptedDialer: Dialer {
  /// What happens to a call: whether its order is taken, and what is told of it, each after a while.
  struct Script: Sendable {
    var placing: Duration = .milliseconds(10)
    var refusal: DialerError?
    var events: [(after: Duration, kind: CallEvent.Kind)] = []
    var findings: CallFindings?
    /// How many requests to hang it up, and to let an agent talk, fail before one succeeds.
    var failingHangUps = 0
    var failingConnections = 0
    /// How long the carrier takes to let an agent talk, or to say that it cannot.
    var connecting = Duration.zero
    /// Whether it can be hung up only by the name that the carrier has given it.
    var hangsUpByNameOnly = false
    /// How long a message takes that is played before it is hung up; nil where none can be played.
    var farewell: Duration?

    static func ends(_ outcome: CallEnd.Outcome, after: Duration = .seconds(5)) -> Script {
      Script(events: [(.seconds(1), .ringing), (after, .ended(CallEnd(outcome)))])
    }

    static func answers(_ by: AnsweredBy? = nil, talk: Duration = .seconds(30)) -> Script {
      Script(events: [
        (.seconds(1), .ringing), (.seconds(3), .answered(by)),
        (.seconds(3) + talk, .ended(CallEnd(.completed, duration: talk))),
      ])
    }

    static func refuses(_ code: DialerError.Code, retryAfter: Duration? = nil) -> Script {
      Script(refusal: DialerError(code, "scripted", retryAfter: retryAfter))
    }
  }

  struct Placement: Sendable {
    var order: CallOrder
    var at: Timestamp
  }

  private struct State: Sendable {
    var placements: [Placement] = []
    var hangUps: [CallReference] = []
    var hungUp: [Call.ID] = []
    var dismissals: [(call: Call.ID, message: String)] = []
    var connections: [Call.ID] = []
    var connected: [Call.ID: Agent.ID] = [:]
    var freed: [Call.ID] = []
    var asked: [CallReference] = []
  }

  let name = "scripted"
  let capabilities: DialerCapabilities
  private let time: VirtualTime
  /// Whether agents can be connected to calls at all.
  private let connects: Bool
  /// Why they cannot.
  private let refusal: DialerError.Code
  private let script: @Sendable (CallOrder, Int) -> Script
  private let state = Locked(State())
  private let stream: AsyncStream<CallEvent>
  private let continuation: AsyncStream<CallEvent>.Continuation

  /// Creates a carrier; the script is told the order and how many were placed before.
  init(
    _ time: VirtualTime, capabilities: DialerCapabilities = DialerCapabilities(), connects: Bool = true,
    refusal: DialerError.Code = .unavailable,
    script: @escaping @Sendable (CallOrder, Int) -> Script
  ) {
    self.time = time
    self.capabilities = capabilities
    self.connects = connects
    self.refusal = refusal
    self.script = script
    (stream, continuation) = AsyncStream.makeStream(of: CallEvent.self)
  }

  var placements: [Placement] { state.withLock { $0.placements } }
  var hungUp: [Call.ID] { state.withLock { $0.hungUp } }
  /// All requests to hang a call up, and to let an agent talk, also those that failed.
  var hangUps: [Call.ID] { askedToHangUp.map(\.call) }
  /// What it was asked to hang up.
  var askedToHangUp: [CallReference] { state.withLock { $0.hangUps } }
  /// All requests to play a message before a call is hung up.
  var dismissals: [(call: Call.ID, message: String)] { state.withLock { $0.dismissals } }
  /// The calls whose agents were let go.
  var freed: [Call.ID] { state.withLock { $0.freed } }
  var connections: [Call.ID] { state.withLock { $0.connections } }
  var connected: [Call.ID: Agent.ID] { state.withLock { $0.connected } }
  var lookUps: [Call.ID] { asked.map(\.call) }
  /// What it was asked to look up.
  var asked: [CallReference] { state.withLock { $0.asked } }

  func place(_ order: CallOrder) async throws(DialerError) -> String {
    let number = state.withLock { state in
      state.placements.append(Placement(order: order, at: time.now()))
      return state.placements.count - 1
    }
    let script = script(order, number)
    for event in script.events {
      Task(executorPreference: time) { [time, continuation] in
        await time.wait(for: event.after)
        continuation.yield(CallEvent(event.kind, of: .call(order.id), at: time.now()))
      }
    }
    await time.wait(for: script.placing)
    if let refusal = script.refusal { throw refusal }
    return "carrier-\(number)"
  }

  func hangUp(_ call: CallReference) async throws(DialerError) {
    let script = placed(call.call)
    let number = state.withLock { state in
      state.hangUps.append(call)
      return state.hangUps.count { $0.call == call.call }
    }
    if number <= script?.failingHangUps ?? 0 { throw DialerError(.unavailable, "scripted") }
    if script?.hangsUpByNameOnly == true, call.reference == nil { return }
    state.withLock { $0.hungUp.append(call.call) }
    continuation.yield(CallEvent(.ended(CallEnd(.completed)), of: .call(call.call)))
  }

  func hangUp(_ call: CallReference, after message: String) async throws(DialerError) {
    state.withLock { $0.dismissals.append((call.call, message)) }
    guard let farewell = placed(call.call)?.farewell else { throw DialerError(.invalidOrder, "scripted") }
    Task(executorPreference: time) { [time, continuation] in
      await time.wait(for: farewell)
      continuation.yield(CallEvent(.ended(CallEnd(.completed)), of: .call(call.call), at: time.now()))
    }
  }

  func lookUp(_ call: CallReference) async throws(DialerError) -> CallFindings {
    let order = state.withLock { state in
      state.asked.append(call)
      return state.placements.enumerated().first { $0.element.order.id == call.call }
    }
    guard let order else { return .absent }
    return script(order.element.order, order.offset).findings ?? .unknown
  }

  func connect(_ call: CallReference, to agent: Agent) async throws(DialerError) {
    let script = placed(call.call)
    let number = state.withLock { state in
      state.connections.append(call.call)
      return state.connections.count { $0 == call.call }
    }
    if let script, script.connecting > .zero { await time.wait(for: script.connecting) }
    if !connects || number <= script?.failingConnections ?? 0 { throw DialerError(refusal, "scripted") }
    state.withLock { $0.connected[call.call] = agent.id }
  }

  func dismissAgent(of call: CallReference) async { state.withLock { $0.freed.append(call.call) } }

  /// Tells something on the stream of events.
  func tell(_ event: CallEvent) { continuation.yield(event) }

  /// What was to happen to a call that was ordered.
  private func placed(_ id: Call.ID) -> Script? {
    let placement = state.withLock { $0.placements.enumerated().first { $0.element.order.id == id } }
    return placement.map { script($0.element.order, $0.offset) }
  }

  func events() -> CallEvents {
    let stream = stream
    let iterator = Iterator(stream.makeAsyncIterator())
    return CallEvents { await iterator.next() }
  }

  private actor Iterator {
    private var iterator: AsyncStream<CallEvent>.Iterator

    init(_ iterator: sending AsyncStream<CallEvent>.Iterator) {
      self.iterator = iterator
    }

    func next() async -> CallEvent? {
      var copy = iterator
      let event = await copy.next(isolation: self)
      iterator = copy
      return event
    }
  }
}

/// Keeps the dialer that a test makes inside a bench.
final class Holder: Sendable {
  private let held = Locked<ScriptedDialer?>(nil)

  func make(
    _ time: VirtualTime, capabilities: DialerCapabilities = DialerCapabilities(),
    script: @escaping @Sendable (CallOrder, Int) -> ScriptedDialer.Script
  ) -> ScriptedDialer {
    let dialer = ScriptedDialer(time, capabilities: capabilities, script: script)
    held.withLock { $0 = dialer }
    return dialer
  }

  var dialer: ScriptedDialer {
    guard let dialer = held.withLock({ $0 }) else { preconditionFailure("the bench has made no dialer yet") }
    return dialer
  }
}
