import CampaignCarriers
import CampaignKit
import CampaignTesting
import JSON
import Locks
import Testing

/// An agent is rung once for a call, whatever is lost on the way.
@Suite struct AgentRingingTests {
  private static let phone: UInt64 = 15_557_770_000

  /// A carrier that says this of orders in turn, and has calls of these states to the agent.
  private static func transport(
    _ placed: ScriptedTransport.Answer..., listed: ScriptedTransport.Answer
  ) -> ScriptedTransport {
    let answers = Locked(placed)
    return ScriptedTransport { request, _ in
      guard request.method == .post else { return listed }
      guard Self.rings(request) else { return .json(201, ["sid": "CA1"]) }
      return answers.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
    }
  }

  /// Whether a request is about the agent's telephone.
  private static func rings(_ request: HTTPRequest) -> Bool { request.form.contains("To=%2B\(phone)") }

  private static let made = ScriptedTransport.Answer.json(201, ["sid": "CA2"])

  private static func list(_ states: String...) -> ScriptedTransport.Answer {
    let calls = states.map { state -> JSONValue in
      ["sid": .string("CA-\(state)"), "status": .string(state), "date_created": .string("\(Dialing.start)")]
    }
    return .json(200, ["calls": .array(calls), "next_page_uri": .null])
  }

  /// Connects an agent as often as is said; returns how often the agent was rung, and the last error.
  private static func connect(
    _ transport: ScriptedTransport, times: Int, isOwn: Bool = true
  ) async throws -> (rung: Int, error: DialerError?) {
    var agent = Agent(
      id: Agent.ID(high: 3, low: 3), account: Dialing.account, kind: .person, name: "Ada", createdAt: .distantPast)
    agent.phone = try Dialing.number(phone)
    let (ada, order) = (agent, try Dialing.order())
    return try await VirtualTime.run(start: Dialing.start) { time in
      let dialer = try Dialing.twilio(transport, clock: time)
      if isOwn { _ = try await dialer.place(order) }
      let call = Dialing.reference(order, "CA1")
      var last: DialerError?
      for _ in 0..<times {
        do throws(DialerError) {
          last = nil
          try await dialer.connect(call, to: ada)
        } catch {
          last = error
        }
      }
      return (transport.sent.count { $0.method == .post && Self.rings($0) }, last)
    }
  }

  @Test("An agent who may ring already is not rung again while the carrier has such a call", arguments: [true, false])
  func afterALostAnswer(_ isCut: Bool) async throws {
    let lost = isCut ? ScriptedTransport.Answer.lost(.uncertain) : .json(502, ["message": "bad gateway"])
    let rings = try await Self.connect(Self.transport(lost, Self.made, listed: Self.list("ringing")), times: 2)
    #expect(rings.rung == 1)
    #expect(rings.error == nil)
    let never = try await Self.connect(Self.transport(lost, Self.made, listed: Self.list("no-answer")), times: 2)
    #expect(never.rung == 2)
    #expect(never.error == nil)
    // Where the carrier does not say it, nobody is rung and nobody is given up.
    let unknown = try await Self.connect(Self.transport(lost, Self.made, listed: .lost(.uncertain)), times: 2)
    #expect(unknown.rung == 1)
    #expect(unknown.error?.code == .uncertain)
  }

  @Test("A call that another process has placed is asked about before its agent is rung")
  func afterAnotherProcess() async throws {
    let talks = Self.transport(Self.made, listed: Self.list("completed", "in-progress"))
    #expect(try await Self.connect(talks, times: 1, isOwn: false).rung == 0)
    let nobody = Self.transport(Self.made, listed: Self.list())
    #expect(try await Self.connect(nobody, times: 1, isOwn: false).rung == 1)
    let own = Self.transport(Self.made, listed: Self.list("in-progress"))
    #expect(try await Self.connect(own, times: 1).rung == 1)
    #expect(own.sent.allSatisfy { $0.method == .post })
    // What the carrier does not tell to the end says nothing of who is not in it.
    let elsewhere: JSONValue = ["calls": [], "next_page_uri": "https://elsewhere.example"]
    let cut = Self.transport(Self.made, listed: .json(200, elsewhere))
    let unknown = try await Self.connect(cut, times: 1, isOwn: false)
    #expect(unknown.rung == 0)
    #expect(unknown.error?.code == .uncertain)
  }
}
