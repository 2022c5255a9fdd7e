import CampaignCarriers
import CampaignKit
import CampaignTesting
import JSON
import Locks
import Testing

/// Twilio, as far as agents need it: it rings their telephones, lists those calls, and ends them.
final class AgentCarrier: Sendable {
  /// A call to the telephone of an agent.
  struct Leg: Sendable {
    var status: String
    var madeAt: Timestamp
    /// From when on it is in the list.
    var listedAt: Timestamp
  }

  private struct State: Sendable {
    var legs: [String: Leg] = [:]
    /// What it says of the next orders that ring an agent, and whether it takes them.
    var losses: [ScriptedTransport.Answer] = []
    var asked: [String] = []
    var people = "in-progress"
    var placed = 0
  }

  static let digits: UInt64 = 15_557_770_000
  private let state = Locked(State())
  private let time: VirtualTime
  /// How long after its order a leg is in the list, and how long an order takes.
  let lag: Duration
  let delay: Duration

  init(_ time: VirtualTime, lag: Duration = .zero, delay: Duration = .zero) {
    (self.time, self.lag, self.delay) = (time, lag, delay)
  }

  /// What was asked of it about agents, in its order: `ring CA2`, `end CA2`, `see CA2`, `list`.
  var asked: [String] { state.withLock { $0.asked } }
  var rung: Int { asked.count { $0.hasPrefix("ring") } }
  var ended: [String] { asked.filter { $0.hasPrefix("end") } }

  /// What becomes of a call to an agent, or of all calls to people.
  func set(_ leg: String, to status: String) { state.withLock { $0.legs[leg]?.status = status } }
  func setPeople(to status: String) { state.withLock { $0.people = status } }

  func add(_ leg: String, _ status: String, madeAt moment: Timestamp) {
    state.withLock { $0.legs[leg] = Leg(status: status, madeAt: moment, listedAt: .distantPast) }
  }

  /// The answers to the next orders are lost; the carrier takes them all the same, but for those that it refuses.
  func lose(_ answers: ScriptedTransport.Answer...) { state.withLock { $0.losses += answers } }

  var transport: ScriptedTransport {
    ScriptedTransport { request, _ in
      if request.method == .post, request.form.contains("To=%2B\(Self.digits)") {
        await self.time.wait(for: self.delay)
      }
      return self.answer(request)
    }
  }

  private func answer(_ request: HTTPRequest) -> ScriptedTransport.Answer {
    let now = time.now()
    return state.withLock { state in
      let name = String(request.line.split(separator: "/").last?.split(separator: ".").first ?? "")
      switch (request.method, name) {
      case (.post, "Calls"):
        guard request.form.contains("To=%2B\(Self.digits)") else {
          state.placed += 1
          return .json(201, ["sid": .string("P\(state.placed)")])
        }
        let leg = "CA\(state.legs.count + 1)"
        state.asked.append("ring \(leg)")
        let loss = state.losses.isEmpty ? nil : state.losses.removeFirst()
        if case .success(let answer) = loss, answer.status < 500 { return .success(answer) }
        state.legs[leg] = Leg(status: "ringing", madeAt: now, listedAt: now + lag)
        return loss ?? .json(201, ["sid": .string(leg)])
      case (.post, _):
        state.asked.append("end \(name)")
        if !state.losses.isEmpty { return state.losses.removeFirst() }
        state.legs[name]?.status = request.form.contains("Status=canceled") ? "canceled" : "completed"
        return .json(200, ["sid": .string(name), "status": .string(state.legs[name]?.status ?? "completed")])
      case (_, "Calls"):
        state.asked.append("list")
        let legs = state.legs.filter { $0.value.listedAt <= now }.sorted { $0.key > $1.key }
        return .json(200, ["calls": .array(legs.map { Self.json($0.key, $0.value) }), "next_page_uri": .null])
      default:
        guard let leg = state.legs[name] else {
          return .json(200, ["sid": .string(name), "status": .string(state.people)])
        }
        state.asked.append("see \(name)")
        return .json(200, Self.json(name, leg))
      }
    }
  }

  private static func json(_ name: String, _ leg: Leg) -> JSONValue {
    ["sid": .string(name), "status": .string(leg.status), "date_created": .string("\(leg.madeAt)")]
  }

  /// An agent with the telephone that it rings.
  static func agent(_ low: UInt32 = 3) throws -> Agent {
    var agent = Agent(
      id: Agent.ID(high: 3, low: low), account: Dialing.account, kind: .person, name: "Ada", createdAt: .distantPast)
    agent.phone = try Dialing.number(digits)
    return agent
  }

  /// Does something with a dialer at such a carrier.
  static func run(
    lag: Duration = .zero, delay: Duration = .zero,
    _ body: @escaping @Sendable (AgentCarrier, TwilioDialer, VirtualTime) async throws -> Void
  ) async throws {
    try await VirtualTime.run(start: Dialing.start) { time in
      let carrier = AgentCarrier(time, lag: lag, delay: delay)
      try await body(carrier, try Dialing.twilio(carrier.transport, clock: time), time)
    }
  }
}
