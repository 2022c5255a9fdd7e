import CampaignKit
import CampaignTesting
import Testing

/// An agent who was rung and does not come keeps nobody waiting, whichever process hears of it.
@Suite struct EngineAbsenceTests {
  /// Runs a test with calls that were answered, of which the first has an agent.
  private func run(
    leads: Int = 1, failingHangUps: Int = 0, configure: @escaping @Sendable (inout Campaign) -> Void = { _ in },
    _ body: @escaping @Sendable (EngineBench, ScriptedDialer, Call, Agent.ID) async throws -> Void
  ) async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in
        ScriptedDialer.Script(events: [(.seconds(1), .answered(nil))], failingHangUps: failingHangUps)
      }
    } _: { bench in
      let agent = try await bench.agent()
      let campaign = try await bench.campaign(leads: leads) {
        $0.agents.group = "sales"
        configure(&$0)
      }
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(5))
      let call = try #require(try await bench.calls(of: campaign.id).first)
      #expect(call.agent == agent.id)
      try await body(bench, dialer.dialer, call, agent.id)
    }
  }

  private func silent(_ time: VirtualTime) -> ScriptedDialer {
    ScriptedDialer(time) { _, _ in ScriptedDialer.Script() }
  }

  private static func absence(of agent: Agent.ID, from call: Call) -> CallEvent {
    CallEvent(.agentAbsent(agent), of: .call(call.id))
  }

  private static func end(of call: Call) -> CallEvent { CallEvent(.ended(CallEnd(.completed)), of: .call(call.id)) }

  private static func status(of agent: Agent.ID, in bench: EngineBench) async throws -> Agent.Status? {
    try await bench.store.agent(agent, of: bench.account.id)?.status
  }

  @Test("The person does not wait, and the agent is not rung for the next one") func absentAgent() async throws {
    try await run(leads: 3) { (bench, dialer, call, agent) async throws in
      dialer.tell(Self.absence(of: Agent.ID(high: 9, low: 9), from: call))
      await bench.time.wait(for: .seconds(2))
      #expect(dialer.hungUp == [])
      dialer.tell(Self.absence(of: agent, from: call))
      await bench.time.wait(for: .seconds(10))
      #expect(dialer.hungUp == [call.id])
      let over = try #require(try await bench.store.call(call.id))
      #expect(over.disposition == .abandoned && over.agentAbsentAt != nil)
      #expect(try await Self.status(of: agent, in: bench) == .afterAbsence)
      #expect(dialer.placements.count == 1)
      _ = try await bench.store.setStatus(.available, of: agent, in: bench.account.id)
      await bench.time.wait(for: .seconds(10))
      #expect(dialer.placements.count == 2)
    }
  }

  @Test("An agent who has gone on a break by then stays there") func agentOnBreak() async throws {
    try await run { (bench, dialer, call, agent) async throws in
      _ = try await bench.store.setStatus(.onBreak, of: agent, in: bench.account.id)
      dialer.tell(Self.absence(of: agent, from: call))
      await bench.time.wait(for: .seconds(5))
      #expect(try await bench.store.call(call.id)?.disposition == .abandoned)
      #expect(try await Self.status(of: agent, in: bench) == .onBreak)
    }
  }

  @Test("Where another process hears of it, the one that runs the campaign ends the call") func heardElsewhere()
    async throws
  {
    try await run { (bench, dialer, call, agent) async throws in
      let other = silent(bench.time)
      try await bench.besides(other) { process async throws in
        #expect(await process.keep(Self.absence(of: agent, from: call)) == .kept)
        #expect(try await bench.store.call(call.id)?.agentAbsentAt != nil)
        await bench.time.wait(for: .seconds(1))
        #expect(dialer.hungUp == [call.id] && other.hangUps == [])
        await bench.time.wait(for: .seconds(5))
        #expect(try await bench.store.call(call.id)?.disposition == .abandoned)
        #expect(try await Self.status(of: agent, in: bench) == .afterAbsence)
      }
    }
  }

  /// The carrier does not hang up, so that the end is told.
  @Test("Whoever hears the end, the person was abandoned", arguments: [false, true], [false, true])
  func endElsewhere(absenceElsewhere: Bool, endElsewhere: Bool) async throws {
    try await run(failingHangUps: .max) { (bench, dialer, call, agent) async throws in
      try await bench.besides(silent(bench.time)) { other async throws in
        let (first, second) = (absenceElsewhere ? other : bench.engine, endElsewhere ? other : bench.engine)
        #expect(await first.take(Self.absence(of: agent, from: call)))
        await bench.time.wait(for: .milliseconds(500))
        #expect(await second.take(Self.end(of: call)))
        await bench.time.wait(for: .seconds(10))
        let over = try #require(try await bench.store.call(call.id))
        #expect(over.disposition == .abandoned)
      }
    }
  }

  @Test("The next owner ends the call, and does not ring the agent again") func nextOwner() async throws {
    try await run(failingHangUps: .max) { (bench, dialer, call, agent) async throws in
      dialer.tell(Self.absence(of: agent, from: call))
      await bench.time.wait(for: .seconds(1))
      bench.engine.stop()
      await bench.time.wait(for: .seconds(60))
      let other = silent(bench.time)
      try await bench.besides(other) { _ async throws in
        await bench.time.wait(for: .seconds(60))
        #expect(other.hungUp == [call.id] && other.connections == [])
        #expect(try await bench.store.call(call.id)?.disposition == .abandoned)
      }
    }
  }

  @Test("What was a machine was not abandoned", arguments: [false, true]) func machine(isTold first: Bool) async throws
  {
    let configure: @Sendable (inout Campaign) -> Void = {
      $0.machineDetection = MachineDetection(mode: .fast, messageURL: "https://example.com/message")
    }
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in
        ScriptedDialer.Script(events: [(.seconds(1), .answered(nil))], failingHangUps: .max)
      }
    } _: { bench in
      let agent = try await bench.agent()
      let campaign = try await bench.campaign(leads: 1) {
        $0.agents.group = "sales"
        configure(&$0)
      }
      _ = try await bench.engine.start(campaign.id)
      // Longer than the carrier may take to say who answered.
      await bench.time.wait(for: .seconds(30))
      let call = try #require(try await bench.calls(of: campaign.id).first)
      #expect(call.agent == agent.id)
      let told = [CallEvent(.detected(.machineEndBeep), of: .call(call.id)), Self.absence(of: agent.id, from: call)]
      for event in first ? told : told.reversed() {
        dialer.dialer.tell(event)
        await bench.time.wait(for: .seconds(1))
      }
      dialer.dialer.tell(Self.end(of: call))
      await bench.time.wait(for: .seconds(10))
      #expect(try await bench.store.call(call.id)?.disposition == .machine)
      #expect(try await Self.status(of: agent.id, in: bench) == (first ? .available : .afterAbsence))
    }
  }

  @Test("An agent who is still rung when the person leaves is not set aside") func personLeaves() async throws {
    try await run(configure: { $0.callback = Callback(isEnabled: true, maximumAttempts: 2) }) {
      (bench, dialer, call, agent) async throws in
      dialer.tell(Self.end(of: call))
      await bench.time.wait(for: .milliseconds(500))
      #expect(try await bench.store.call(call.id)?.status == .answered)
      dialer.tell(Self.absence(of: agent, from: call))
      await bench.time.wait(for: .seconds(10))
      #expect(try await bench.store.call(call.id)?.disposition == .abandoned)
      #expect(try await Self.status(of: agent, in: bench) == .available)
    }
  }
}
