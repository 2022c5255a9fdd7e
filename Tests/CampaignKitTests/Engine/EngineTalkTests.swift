import CampaignKit
import CampaignTesting
import Testing

/// A person who has answered is not left in silence.
@Suite struct EngineTalkTests {
  private func run(
    _ script: ScriptedDialer.Script, detection: MachineDetection.Mode = .off, message: String? = nil,
    storing: Storing = Storing(),
    _ check: @escaping @Sendable (EngineBench, Call, ScriptedDialer) async throws -> Void
  ) async throws {
    let dialer = Holder()
    try await EngineBench.run(through: { LazyStore(inner: $0, storing: storing) }) { time in
      storing.time = time
      return dialer.make(time) { _, _ in script }
    } _: { bench in
      _ = try await bench.agent()
      let campaign = try await bench.campaign(leads: 1) {
        $0.agents.group = "sales"
        $0.machineDetection = MachineDetection(mode: detection, messageURL: message)
      }
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(40))
      try await check(bench, try #require(try await bench.calls(of: campaign.id).first), dialer.dialer)
    }
  }

  @Test("A connection that failed is tried again") func failedConnection() async throws {
    let script = ScriptedDialer.Script(events: [(.seconds(1), .answered(nil))], failingConnections: 1)
    try await run(script) { _, call, dialer in
      #expect(dialer.connections.count == 2)
      #expect(dialer.connected[call.id] == call.agent)
      #expect(call.status == .answered)
      try await Self.hangUp(call, dialer)
    }
  }

  @Test("A person who cannot be connected is not kept waiting") func noConnection() async throws {
    let script = ScriptedDialer.Script(events: [(.seconds(1), .answered(nil))], failingConnections: .max)
    try await run(script) { _, call, dialer in
      #expect(dialer.connections.count > 1)
      #expect(call.disposition == .abandoned)
      let (answered, ended) = (try #require(call.answeredAt), try #require(call.endedAt))
      #expect(ended - answered < .seconds(3))
    }
  }

  @Test("A person of whom the carrier never tells gets an agent") func lostDetection() async throws {
    let script = ScriptedDialer.Script(events: [(.seconds(1), .answered(nil))])
    try await run(script, detection: .fast) { _, call, dialer in
      #expect(call.agent != nil)
      #expect(dialer.connected[call.id] == call.agent)
      try await Self.hangUp(call, dialer)
    }
  }

  @Test("A person who takes a screened call gets an agent") func screenedCall() async throws {
    let script = ScriptedDialer.Script(events: [
      (.seconds(1), .answered(.screening)), (.seconds(8), .detected(.human)),
      (.seconds(30), .ended(CallEnd(.completed))),
    ])
    try await run(script, detection: .fast) { _, call, dialer in
      #expect(call.disposition == .answered)
      #expect(call.answeredBy == .human)
      #expect(dialer.connected[call.id] == call.agent)
    }
  }

  @Test("An agent is let go as soon as the person is gone, or is found to be a machine") func letsGo() async throws {
    let ends: [CallEvent.Kind] = [.ended(CallEnd(.completed)), .detected(.machineEndBeep)]
    for end in ends {
      let script = ScriptedDialer.Script(events: [(.seconds(1), .answered(nil)), (.seconds(20), end)])
      try await run(script, message: Self.message) { _, call, dialer in
        #expect(dialer.connected[call.id] != nil)
        #expect(dialer.freed == [call.id])
        if call.status != .ended { try await Self.hangUp(call, dialer) }
      }
    }
    let alone = ScriptedDialer.Script(events: [(.seconds(1), .ended(CallEnd(.busy)))])
    try await run(alone) { _, _, dialer in #expect(dialer.freed == []) }
  }

  @Test("It is asked once whether an agent has come of whom nothing was told, and nobody waits for one who has not")
  func unheardAbsence() async throws {
    let dialer = Holder()
    let agent = Agent.ID(high: 5, low: 5)
    try await EngineBench.run { time in
      dialer.make(time) { order, number in
        var script = ScriptedDialer.Script(events: [(.seconds(1), .answered(nil))])
        var events = [CallEvent(.answered(nil), of: .call(order.id))]
        if number == 0 { events.append(CallEvent(.agentAbsent(agent), of: .call(order.id))) }
        script.findings = .found(events)
        return script
      }
    } _: { bench in
      var ada = Agent(id: agent, account: bench.account.id, kind: .person, name: "Ada", createdAt: bench.time.now())
      ada.group = "sales"
      ada.status = .available
      try await bench.store.insert(ada)
      let campaign = try await bench.campaign(leads: 2) { $0.agents.group = "sales" }
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(40))
      #expect(dialer.dialer.lookUps == [])
      await bench.time.wait(for: .seconds(20))
      let calls = try await bench.calls(of: campaign.id)
      let first = try #require(calls.first { $0.id == dialer.dialer.placements.first?.order.id })
      #expect(first.disposition == .abandoned)
      #expect(dialer.dialer.hungUp == [first.id])
      // She is set aside for it. The other has her when she is back, and she comes.
      _ = try await bench.store.setStatus(.available, of: agent, in: bench.account.id)
      await bench.time.wait(for: .seconds(120))
      let second = try #require(dialer.dialer.placements.last?.order.id)
      #expect(dialer.dialer.connected[second] == agent)
      #expect(dialer.dialer.lookUps == [first.id, second])
      #expect(dialer.dialer.hungUp == [first.id])
      try await dialer.dialer.hangUp(CallReference(try #require(try await bench.store.call(second)), storeAhead: .zero))
    }
  }

  @Test("An agent whom an earlier process did not let talk is connected by the next one") func earlierProcess()
    async throws
  {
    let script = ScriptedDialer.Script(events: [(.seconds(1), .answered(nil))], failingConnections: .max)
    let dialer = Holder()
    try await EngineBench.run { configuration in
      configuration.agentWait = .seconds(3600)
    } dialer: { time in
      dialer.make(time) { _, _ in script }
    } _: { bench in
      let agent = try await bench.agent()
      let campaign = try await bench.campaign(leads: 1) { $0.agents.group = "sales" }
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(5))
      let call = try #require(try await bench.calls(of: campaign.id).first)
      #expect(call.agent == agent.id)
      bench.engine.stop()
      // Whoever is to be connected is not left while there is patience.
      await bench.time.wait(for: .seconds(60))
      let other = ScriptedDialer(bench.time) { _, _ in ScriptedDialer.Script() }
      try await bench.besides(other) { _ async throws in
        await bench.time.wait(for: .seconds(60))
        #expect(other.connections == [call.id])
        #expect(other.connected == [call.id: agent.id])
        other.tell(CallEvent(.ended(CallEnd(.completed)), of: .call(call.id)))
        await bench.time.wait(for: .seconds(5))
        #expect(try await bench.store.call(call.id)?.disposition == .answered)
      }
    }
  }

  @Test("A person who may talk already is not hung up on where their agent cannot be connected again")
  func cannotConnectAgain() async throws {
    let script = ScriptedDialer.Script(events: [(.seconds(1), .answered(nil))])
    try await run(script) { bench, call, dialer in
      #expect(dialer.connected[call.id] == call.agent)
      bench.engine.stop()
      await bench.time.wait(for: .seconds(60))
      let other = ScriptedDialer(bench.time, connects: false) { _, _ in ScriptedDialer.Script() }
      try await bench.besides(other) { _ async throws in
        await bench.time.wait(for: .seconds(60))
        #expect(other.connections.count > 2)
        #expect(other.hangUps == [])
        other.tell(CallEvent(.ended(CallEnd(.completed)), of: .call(call.id)))
        await bench.time.wait(for: .seconds(5))
        #expect(try await bench.store.call(call.id)?.disposition == .answered)
      }
    }
  }

  @Test("A person whose agent cannot be rung after a takeover is not left on hold") func cannotBeRungAgain()
    async throws
  {
    let script = ScriptedDialer.Script(events: [(.seconds(1), .answered(nil))])
    try await run(script) { bench, call, dialer in
      bench.engine.stop()
      await bench.time.wait(for: .seconds(60))
      let other = ScriptedDialer(bench.time, connects: false, refusal: .invalidNumber) { _, _ in .init() }
      try await bench.besides(other) { _ async throws in
        // They are given the time in which an agent would answer who rings already.
        await bench.time.wait(for: .seconds(30))
        #expect(other.connections.count > 2)
        #expect(other.hangUps == [])
        await bench.time.wait(for: .seconds(10))
        #expect(other.hungUp == [call.id])
        #expect(try await bench.store.call(call.id)?.disposition == .abandoned)
      }
    }
  }

  /// Whether an agent can be connected is found out after it has become known that there is nobody to talk to: in the
  /// time in which a person may wait, and after it.
  @Test("A message goes on where no agent could be connected", arguments: [1500, 5000] as [Int64])
  func messageAfterFailure(connecting: Int64) async throws {
    let script = ScriptedDialer.Script(
      events: [
        (.seconds(1), .answered(nil)), (.seconds(12), .detected(.machineStart)), (.seconds(30), .messageLeft),
        (.seconds(31), .ended(CallEnd(.completed))),
      ], failingConnections: .max, connecting: .milliseconds(connecting))
    try await run(script, detection: .fast, message: Self.message) { _, call, dialer in
      #expect(dialer.connections.count == 1)
      #expect(dialer.lookUps.isEmpty)
      #expect(dialer.hangUps.isEmpty)
      #expect(call.disposition == .voicemail)
    }
  }

  @Test("Nobody is connected to what was found to be a machine while an agent was looked for")
  func machineBeforeConnection() async throws {
    let storing = Storing()
    storing.mode = .lazy
    // It is answered in the store after two seconds, and has an agent after two more.
    let script = ScriptedDialer.Script(events: [
      (.seconds(1), .answered(nil)), (.seconds(6), .detected(.machineStart)), (.seconds(20), .messageLeft),
      (.seconds(25), .ended(CallEnd(.completed))),
    ])
    try await run(script, message: Self.message, storing: storing) { _, call, dialer in
      #expect(call.agent != nil)
      #expect(dialer.connections.isEmpty)
      #expect(call.disposition == .voicemail)
    }
  }

  private static let message = "https://example.com/message"

  private static func hangUp(_ call: Call, _ dialer: ScriptedDialer) async throws {
    try await dialer.hangUp(CallReference(call, storeAhead: .zero))
  }
}
