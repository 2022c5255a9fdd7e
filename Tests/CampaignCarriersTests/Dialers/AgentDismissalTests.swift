import CampaignCarriers
import CampaignKit
import CampaignTesting
import JSON
import Testing

/// No telephone of an agent rings on for a call that is over.
@Suite struct AgentDismissalTests {
  private static func placed(
    _ dialer: TwilioDialer, _ time: VirtualTime, _ index: UInt32 = 1
  ) async throws -> CallReference {
    let order = try Dialing.order(index, at: time.now())
    return Dialing.reference(order, try await dialer.place(order))
  }

  @Test("The agent of a call that is over is let go: who rings, and who waits alone")
  func whoRings() async throws {
    for status in ["ringing", "in-progress", "completed"] {
      try await AgentCarrier.run { carrier, dialer, time in
        let call = try await Self.placed(dialer, time)
        try await dialer.connect(call, to: AgentCarrier.agent())
        carrier.set("CA1", to: status)
        await dialer.dismissAgent(of: call)
        #expect(carrier.asked == ["ring CA1", "see CA1"] + (status == "completed" ? [] : ["end CA1"]))
        // That is done once, and nothing for a call without an agent.
        await dialer.dismissAgent(of: call)
        await dialer.dismissAgent(of: try await Self.placed(dialer, time, 2))
        #expect(carrier.ended.count == (status == "completed" ? 0 : 1))
      }
    }
  }

  @Test("An agent whose telephone is being rung while the person goes is let go as soon as it rings")
  func whoIsBeingRung() async throws {
    try await AgentCarrier.run(delay: .seconds(2)) { carrier, dialer, time in
      let call = try await Self.placed(dialer, time)
      async let connected: Void = dialer.connect(call, to: AgentCarrier.agent())
      await time.wait(for: .seconds(1))
      await dialer.dismissAgent(of: call)
      #expect(carrier.asked == [])
      try await connected
      #expect(carrier.asked == ["ring CA1", "see CA1", "end CA1"])
    }
  }

  @Test("A telephone on which an earlier call may ring on is freed of it before it is rung for the next")
  func whoIsRungNext() async throws {
    try await AgentCarrier.run { carrier, dialer, time in
      let (first, second) = (try await Self.placed(dialer, time), try await Self.placed(dialer, time, 2))
      try await dialer.connect(first, to: AgentCarrier.agent())
      // It cannot be ended at first.
      let closed = ScriptedTransport.Answer.json(503, [:])
      carrier.lose(closed, closed, closed, closed)
      await dialer.dismissAgent(of: first)
      #expect(carrier.ended.count == 4)
      try await dialer.connect(second, to: AgentCarrier.agent())
      #expect(carrier.asked.suffix(3) == ["see CA1", "end CA1", "ring CA2"])
    }
    // Nor is one whose name was lost.
    try await AgentCarrier.run { carrier, dialer, time in
      let (first, second) = (try await Self.placed(dialer, time), try await Self.placed(dialer, time, 2))
      carrier.lose(.lost(.uncertain))
      await #expect(throws: DialerError.self) { try await dialer.connect(first, to: AgentCarrier.agent()) }
      await dialer.dismissAgent(of: first)
      #expect(carrier.asked == ["ring CA1", "list", "see CA1", "end CA1"])
      try await dialer.connect(second, to: AgentCarrier.agent())
      #expect(carrier.asked.count == 5)
    }
  }

  @Test("Who takes one call at a time and is given the next has no other, whatever was heard of it")
  func oneCall() async throws {
    try await AgentCarrier.run { carrier, dialer, time in
      let (first, second) = (try await Self.placed(dialer, time), try await Self.placed(dialer, time, 2))
      try await dialer.connect(first, to: AgentCarrier.agent())
      try await dialer.connect(second, to: AgentCarrier.agent())
      #expect(carrier.asked == ["ring CA1", "see CA1", "end CA1", "ring CA2"])
    }
  }

  @Test("Calls of one telephone go on that may all be going on: of several agents, or of one who takes several")
  func severalCalls() async throws {
    var several = try AgentCarrier.agent()
    several.maximumConcurrentCalls = 2
    for agent in [several, try AgentCarrier.agent(4)] {
      try await AgentCarrier.run { carrier, dialer, time in
        let (first, second) = (try await Self.placed(dialer, time), try await Self.placed(dialer, time, 2))
        try await dialer.connect(first, to: AgentCarrier.agent())
        try await dialer.connect(second, to: agent)
        #expect(carrier.asked == ["ring CA1", "ring CA2"])
      }
    }
  }

  @Test("No agent is rung for a call that is over, and one is again where the machine was a person after all")
  func afterwards() async throws {
    try await AgentCarrier.run { carrier, dialer, time in
      let call = try await Self.placed(dialer, time)
      await dialer.dismissAgent(of: call)
      carrier.setPeople(to: "completed")
      await #expect(throws: DialerError.self) { try await dialer.connect(call, to: AgentCarrier.agent()) }
      #expect(carrier.rung == 0)
      carrier.setPeople(to: "in-progress")
      try await dialer.connect(call, to: AgentCarrier.agent())
      #expect(carrier.asked == ["ring CA1"])
    }
  }

  @Test("Plivo ends it as a call that goes on, or gives it up as one that waits; trunks tell all that may have it")
  func plivo() async throws {
    try await VirtualTime.run(start: Dialing.start) { time in
      let transport = ScriptedTransport { request, _ in
        request.method == .post ? .json(201, ["request_uuid": "u\(request.body.count)"]) : .json(404, ["error": "none"])
      }
      let plivo = PlivoDialer(
        authID: "MA1", authToken: "t", publicURL: try Dialing.publicURL(), transport: transport, clock: time)
      let trunks = Trunks([Trunk(plivo)], clock: time)
      let order = try Dialing.order(at: time.now())
      let call = Dialing.reference(order, try await trunks.place(order))
      try await trunks.connect(call, to: AgentCarrier.agent())
      let leg = "u\(transport.sent.last?.body.count ?? 0)"
      await trunks.dismissAgent(of: call)
      #expect(
        transport.sent.suffix(3).map(\.line)
          == ["Call", "Request", "Call"].map { "DELETE /v1/Account/MA1/\($0)/\(leg)/" })
      #expect(transport.sent.dropFirst().allSatisfy(\.isUrgent) && transport.sent.first?.isUrgent == false)
    }
  }
}
