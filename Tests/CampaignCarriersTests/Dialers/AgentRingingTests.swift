import CampaignCarriers
import CampaignKit
import CampaignTesting
import JSON
import Testing

/// An agent is rung once for a call, whatever is lost on the way.
@Suite struct AgentRingingTests {
  private static func failure(_ dialer: TwilioDialer, _ call: CallReference) async throws -> DialerError? {
    var agent = try AgentCarrier.agent()
    agent.maximumConcurrentCalls = 2
    do throws(DialerError) {
      try await dialer.connect(call, to: agent)
      return nil
    } catch {
      return error
    }
  }

  private static func placed(
    _ dialer: TwilioDialer, _ time: VirtualTime, _ index: UInt32 = 1
  ) async throws -> CallReference {
    let order = try Dialing.order(index, at: time.now())
    return Dialing.reference(order, try await dialer.place(order))
  }

  private static let losses: [ScriptedTransport.Answer] = [.lost(.uncertain), .json(502, ["message": "bad gateway"])]

  @Test("An agent who may ring already is not rung again while the carrier has such a call", arguments: [0, 1])
  func afterALostAnswer(_ loss: Int) async throws {
    try await AgentCarrier.run { carrier, dialer, time in
      carrier.lose(Self.losses[loss])
      let call = try await Self.placed(dialer, time)
      #expect(try await Self.failure(dialer, call)?.code == .uncertain)
      #expect(try await Self.failure(dialer, call) == nil)
      #expect(carrier.asked == ["ring CA1", "list"])
      // From then on it is known by its name.
      carrier.set("CA1", to: "no-answer")
      #expect(try await Self.failure(dialer, call) == nil)
      #expect(carrier.asked == ["ring CA1", "list", "see CA1", "ring CA2"])
    }
  }

  @Test("A list that lags behind is no reason to ring an agent again, who may talk by then")
  func whileTheListLags() async throws {
    try await AgentCarrier.run(lag: .seconds(10)) { carrier, dialer, time in
      carrier.lose(.lost(.uncertain))
      let call = try await Self.placed(dialer, time)
      for _ in 0..<5 {
        #expect(try await Self.failure(dialer, call)?.code == .uncertain)
        await time.wait(for: .seconds(2))
      }
      carrier.set("CA1", to: "in-progress")
      #expect(try await Self.failure(dialer, call) == nil)
      #expect(carrier.rung == 1)
    }
  }

  @Test("An agent whose order never arrived is rung again when it would be listed by now")
  func afterALostOrder() async throws {
    try await AgentCarrier.run(lag: .seconds(3600)) { carrier, dialer, time in
      carrier.lose(.lost(.uncertain))
      let call = try await Self.placed(dialer, time)
      #expect(try await Self.failure(dialer, call)?.code == .uncertain)
      await time.wait(for: .seconds(29))
      #expect(try await Self.failure(dialer, call)?.code == .uncertain)
      await time.wait(for: .seconds(2))
      #expect(try await Self.failure(dialer, call) == nil)
      #expect(carrier.rung == 2)
    }
  }

  @Test("A call that another process has placed is asked about before its agent is rung")
  func afterAnotherProcess() async throws {
    try await AgentCarrier.run { carrier, dialer, time in
      var call = Dialing.reference(try Dialing.order(at: time.now()), "P")
      call.answeredAt = time.now()
      carrier.add("CA1", "in-progress", madeAt: time.now() + .seconds(1))
      await time.wait(for: .seconds(5))
      #expect(try await Self.failure(dialer, call) == nil)
      #expect(carrier.asked == ["list"])
    }
    // Nobody is on the telephone; but who was rung just now may be in no list yet.
    for (age, rings) in [(Duration.seconds(10), false), (.seconds(50), true)] {
      try await AgentCarrier.run { carrier, dialer, time in
        var call = Dialing.reference(try Dialing.order(at: time.now()), "P")
        call.answeredAt = time.now()
        await time.wait(for: age)
        #expect(try await Self.failure(dialer, call)?.code == (rings ? nil : .uncertain))
        #expect(carrier.rung == (rings ? 1 : 0))
        await time.wait(for: .seconds(40))
        #expect(try await Self.failure(dialer, call) == nil)
        #expect(carrier.rung == 1)
      }
    }
  }

  @Test("What the carrier does not tell to the end says nothing of who is not in it")
  func unfinishedList() async throws {
    try await VirtualTime.run(start: Dialing.start + .seconds(3600)) { time in
      let elsewhere: JSONValue = ["calls": [], "next_page_uri": "https://elsewhere.example"]
      let transport = ScriptedTransport(.json(200, elsewhere))
      let dialer = try Dialing.twilio(transport, clock: time)
      var call = Dialing.reference(try Dialing.order(), "P")
      call.answeredAt = Dialing.start
      #expect(try await Self.failure(dialer, call)?.code == .uncertain)
      #expect(transport.sent.allSatisfy { $0.method == .get })
    }
  }

  @Test("A call of the same telephone that was made before, or for another call, is not taken for the agent's")
  func anotherCallOfTheAgent() async throws {
    try await AgentCarrier.run { carrier, dialer, time in
      // It was made after the order of this call, and before it was answered.
      var call = Dialing.reference(try Dialing.order(at: time.now()), "P")
      carrier.add("CA1", "in-progress", madeAt: time.now() + .seconds(10))
      call.answeredAt = time.now() + .seconds(20)
      await time.wait(for: .seconds(70))
      #expect(try await Self.failure(dialer, call) == nil)
      #expect(carrier.asked == ["list", "ring CA2"])
    }
    try await AgentCarrier.run(lag: .seconds(1)) { carrier, dialer, time in
      let (first, second) = (try await Self.placed(dialer, time), try await Self.placed(dialer, time, 2))
      #expect(try await Self.failure(dialer, first) == nil)
      carrier.set("CA1", to: "in-progress")
      await time.wait(for: .seconds(3))
      carrier.lose(.lost(.uncertain))
      #expect(try await Self.failure(dialer, second)?.code == .uncertain)
      #expect(try await Self.failure(dialer, second)?.code == .uncertain, "the first is not the second's")
      await time.wait(for: .seconds(2))
      #expect(try await Self.failure(dialer, second) == nil)
      #expect(carrier.rung == 2)
    }
  }

  @Test("Whoever asks for a call is told that its agent has not come, until the agent has")
  func absence() async throws {
    let outcomes = [
      ("ringing", false), ("in-progress", false), ("completed", false), ("busy", true), ("no-answer", true),
      ("canceled", true), ("failed", true),
    ]
    for (status, isAbsent) in outcomes {
      try await AgentCarrier.run { carrier, dialer, time in
        let call = try await Self.placed(dialer, time)
        #expect(try await Self.failure(dialer, call) == nil)
        carrier.set("CA1", to: status)
        guard case .found(let events) = try await dialer.lookUp(call) else {
          Issue.record("not found")
          return
        }
        #expect(events.contains { $0.kind == .agentAbsent(Dialing.agent) } == isAbsent, "\(status)")
        guard status == "in-progress" else { return }
        // Who has come is not asked about again, nor is anybody in a call that is over.
        _ = try await dialer.lookUp(call)
        #expect(carrier.asked.count { $0 == "see CA1" } == 1)
      }
    }
    try await AgentCarrier.run { carrier, dialer, time in
      let call = try await Self.placed(dialer, time)
      #expect(try await Self.failure(dialer, call) == nil)
      carrier.set("CA1", to: "no-answer")
      carrier.setPeople(to: "completed")
      guard case .found(let events) = try await dialer.lookUp(call) else {
        Issue.record("not found")
        return
      }
      #expect(!events.contains { $0.kind == .agentAbsent(Dialing.agent) })
    }
  }

  @Test("An agent is rung at once, and the orders after it make room for that call")
  func pace() async throws {
    try await VirtualTime.run(start: Dialing.start) { time in
      let carrier = AgentCarrier(time)
      let dialer = try Dialing.twilio(carrier.transport, clock: time) { $0.callsPerSecond = 1 }
      let call = try await Self.placed(dialer, time)
      #expect(try await Self.failure(dialer, call) == nil)
      #expect(time.elapsed == .zero)
      _ = try await Self.placed(dialer, time, 2)
      #expect(time.elapsed == .seconds(2))
    }
  }

  @Test("The call to an agent is not taken for a lost one to a person who has the same number")
  func agentsNumber() async throws {
    try await AgentCarrier.run { carrier, dialer, time in
      #expect(try await Self.failure(dialer, try await Self.placed(dialer, time)) == nil)
      let lost = try Dialing.order(9, to: AgentCarrier.digits, at: time.now())
      await time.wait(for: .seconds(40))
      #expect(try await dialer.lookUp(Dialing.reference(lost)) == .absent)
    }
  }

  @Test("A lost call is found at Plivo however many agents talk")
  func manyAgents() async throws {
    try await VirtualTime.run(start: Dialing.start) { time in
      let transport = ScriptedTransport { request, number in
        if request.method == .post { return .json(201, ["request_uuid": .string("u\(number)")]) }
        let names = (0..<100).map { JSONValue.string("u\($0)") }
        if request.line.hasSuffix("?status=live") { return .json(200, ["calls": .array(names)]) }
        guard request.line.contains("call_direction") else { return .json(404, ["error": "not found"]) }
        let record: JSONValue = [
          "call_uuid": "lost", "call_state": "BUSY", "hangup_cause_code": 3010,
          "initiation_time": .string("\(Dialing.start + .seconds(1))"),
        ]
        return .json(200, ["objects": [record]])
      }
      let dialer = PlivoDialer(
        authID: "MA1", authToken: "t", publicURL: try Dialing.publicURL(), transport: transport, clock: time)
      for index in 0..<50 as Range<UInt32> {
        let order = try Dialing.order(index, to: 15_551_240_000 + UInt64(index))
        let call = Dialing.reference(order, try await dialer.place(order))
        var agent = try AgentCarrier.agent(index)
        agent.phone = try Dialing.number(AgentCarrier.digits + UInt64(index))
        try await dialer.connect(call, to: agent)
      }
      guard case .found(let events) = try await dialer.lookUp(Dialing.reference(try Dialing.order(99))) else {
        Issue.record("not found")
        return
      }
      #expect(events.first?.kind == .placed(reference: "lost"))
    }
  }
}
