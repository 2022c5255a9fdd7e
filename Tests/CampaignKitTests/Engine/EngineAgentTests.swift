import CampaignKit
import CampaignTesting
import Testing

/// Campaigns whose calls are taken by people.
@Suite struct EngineAgentTests {
  private func agents(_ count: Int, in bench: EngineBench, hours: [String: DailyHours] = [:]) async throws -> [Agent] {
    var agents: [Agent] = []
    for number in 0..<count {
      var agent = Agent(
        id: bench.identifiers.next(at: bench.time.now()), account: bench.account.id, kind: .person,
        name: "agent \(number)",
        createdAt: bench.time.now())
      agent.group = "sales"
      agent.status = .available
      agent.workingHours = hours
      try await bench.store.insert(agent)
      agents.append(agent)
    }
    return agents
  }

  @Test func dialsOnlyForAgentsWhoAreFreeAndSharesTheCalls() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in .answers(talk: .seconds(60)) }
    } _: { bench in
      let agents = try await agents(2, in: bench)
      let campaign = try await bench.campaign(leads: 10) { $0.agents.group = "sales" }
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(30))
      #expect(dialer.dialer.placements.count == 2)
      #expect(try await bench.engine.explain(campaign.id).rule == "agents")
      try await bench.wait(for: campaign.id, toBe: .completed)
      let calls = try await bench.calls(of: campaign.id)
      #expect(calls.allSatisfy { $0.disposition == .answered })
      for agent in agents { #expect(calls.count { $0.agent == agent.id } == 5) }
      #expect(dialer.dialer.connected.count == 10)
    }
  }

  @Test func aPersonWhoGetsNoAgentInTimeWasAbandoned() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in .answers(talk: .seconds(60)) }
    } _: { bench in
      let agent = try await agents(1, in: bench)[0]
      let campaign = try await bench.campaign(leads: 1) { $0.agents.group = "sales" }
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(1))
      // The agent leaves while it rings.
      _ = try await bench.store.setStatus(.offline, of: agent.id, in: bench.account.id)
      try await bench.wait(for: campaign.id, toBe: .completed)
      let call = try #require(try await bench.calls(of: campaign.id).first)
      #expect(call.disposition == .abandoned)
      let answered = try #require(call.answeredAt)
      let ended = try #require(call.endedAt)
      #expect(ended - answered >= .seconds(2) && ended - answered < .seconds(3))
      #expect(dialer.dialer.hungUp == [call.id])
    }
  }

  /// Calls that are answered after a second, turn out to be a machine, and last for a minute more.
  private func machines(_ time: VirtualTime, after delay: Duration) -> ScriptedDialer {
    ScriptedDialer(time) { _, _ in
      ScriptedDialer.Script(events: [
        (.seconds(1), .answered(nil)), (.seconds(1) + delay, .detected(.machineStart)),
        (.seconds(50), .messageLeft), (.seconds(60), .ended(CallEnd(.completed))),
      ])
    }
  }

  /// Runs a campaign whose calls a machine answers that takes a message, with one agent.
  private func leaveMessages(
    leads: Int, machineAfter delay: Duration, agentWait: Duration = .seconds(2),
    _ body: @escaping @Sendable (EngineBench, Campaign, Agent) async throws -> Void
  ) async throws {
    try await EngineBench.run { configuration in
      configuration.agentWait = agentWait
    } dialer: { time in
      machines(time, after: delay)
    } _: { bench in
      let agent = try await agents(1, in: bench)[0]
      let campaign = try await bench.campaign(leads: leads) {
        $0.agents.group = "sales"
        $0.machineDetection = MachineDetection(mode: .fast, messageURL: "https://example.com/message")
      }
      _ = try await bench.engine.start(campaign.id)
      try await body(bench, campaign, agent)
    }
  }

  @Test func aMachineThatTakesAMessageFreesItsAgentAtOnce() async throws {
    try await leaveMessages(leads: 2, machineAfter: .seconds(20)) { bench, campaign, agent in
      await bench.time.wait(for: .seconds(15))
      #expect(try await bench.calls(of: campaign.id).map(\.agent) == [agent.id])
      await bench.time.wait(for: .seconds(10))
      #expect(try await bench.calls(of: campaign.id).count == 2)
      try await bench.wait(for: campaign.id, toBe: .completed)
      #expect(try await bench.calls(of: campaign.id).map(\.disposition) == [.voicemail, .voicemail])
    }
  }

  @Test func aMachineThatWaitsForAnAgentIsNotAbandoned() async throws {
    try await leaveMessages(leads: 1, machineAfter: .seconds(15), agentWait: .seconds(10)) { bench, campaign, agent in
      await bench.time.wait(for: .milliseconds(500))
      _ = try await bench.store.setStatus(.offline, of: agent.id, in: bench.account.id)
      try await bench.wait(for: campaign.id, toBe: .completed)
      #expect(try await bench.calls(of: campaign.id).map(\.disposition) == [.voicemail])
    }
  }

  @Test func anAgentWhoComesBackInTimeGetsTheCall() async throws {
    try await EngineBench.run { configuration in
      configuration.agentWait = .seconds(10)
    } dialer: { time in
      ScriptedDialer(time) { _, _ in .answers(talk: .seconds(60)) }
    } _: { bench in
      let agent = try await agents(1, in: bench)[0]
      let campaign = try await bench.campaign(leads: 1) { $0.agents.group = "sales" }
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(1))
      _ = try await bench.store.setStatus(.offline, of: agent.id, in: bench.account.id)
      await bench.time.wait(for: .seconds(5))
      _ = try await bench.store.setStatus(.available, of: agent.id, in: bench.account.id)
      try await bench.wait(for: campaign.id, toBe: .completed)
      let call = try #require(try await bench.calls(of: campaign.id).first)
      #expect(call.disposition == .answered)
      #expect(call.agent == agent.id)
    }
  }

  @Test func nobodyIsDialledWhileNoAgentWorks() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in .answers() }
    } _: { bench in
      _ = try await agents(
        1, in: bench, hours: ["wednesday": DailyHours(from: TimeOfDay("12:00")!, until: TimeOfDay("14:00")!)])
      let campaign = try await bench.campaign(leads: 1) { $0.agents.group = "sales" }
      _ = try await bench.engine.start(campaign.id)
      try await bench.wait(for: campaign.id, toBe: .completed)
      let placed = try #require(dialer.dialer.placements.first?.at)
      #expect(placed >= Timestamp("2026-03-04T12:00:00Z")!)
      #expect(placed < Timestamp("2026-03-04T12:00:11Z")!)
    }
  }

  @Test func aMachineFreesItsAgentAtOnce() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in .answers(.machineStart, talk: .seconds(600)) }
    } _: { bench in
      _ = try await agents(1, in: bench)
      let campaign = try await bench.campaign(leads: 3) {
        $0.agents.group = "sales"
        $0.machineDetection.mode = .fast
      }
      _ = try await bench.engine.start(campaign.id)
      try await bench.wait(for: campaign.id, toBe: .completed, atMost: .seconds(60))
      let calls = try await bench.calls(of: campaign.id)
      #expect(calls.allSatisfy { $0.disposition == .machine && $0.agent == nil })
      #expect(dialer.dialer.hungUp.count == 3)
    }
  }
}
