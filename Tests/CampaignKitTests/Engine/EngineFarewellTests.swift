import CampaignKit
import CampaignTesting
import Testing

/// A person whom no agent takes in time hears the campaign's message before the call ends.
@Suite struct EngineFarewellTests {
  private static let message = "https://example.com/sorry.mp3"

  /// What happens to an agent in the second in which the telephone rings.
  private enum Agent { case leaves, cannotBeConnected, doesNotCome }

  /// Calls a person whom no agent takes, two seconds after the answer unless told otherwise.
  private func run(
    _ agent: Agent = .leaves, farewell: Duration?, message: String? = message, also: [(Duration, CallEvent.Kind)] = [],
    through wrap: @escaping @Sendable (ScriptedDialer) -> any Dialer = { $0 },
    _ body: @escaping @Sendable (EngineBench, Call, ScriptedDialer) async throws -> Void
  ) async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      wrap(
        dialer.make(time) { _, _ in
          ScriptedDialer.Script(
            events: [(.seconds(1), .answered(.human))] + also.map { (after: $0, kind: $1) },
            failingConnections: agent == .cannotBeConnected ? .max : 0, farewell: farewell)
        })
    } _: { bench in
      let person = try await bench.agent()
      let campaign = try await bench.campaign(leads: 1) {
        $0.agents.group = "sales"
        $0.agents.abandonedMessageURL = message
      }
      _ = try await bench.engine.start(campaign.id)
      while dialer.dialer.placements.isEmpty { await bench.time.wait(for: .milliseconds(100)) }
      if agent == .leaves { _ = try await bench.store.setStatus(.offline, of: person.id, in: bench.account.id) }
      await bench.time.wait(for: .seconds(3))
      let call = try #require(try await bench.calls(of: campaign.id).first)
      if agent == .doesNotCome {
        dialer.dialer.tell(CallEvent(.agentAbsent(person.id), of: .call(call.id)))
      }
      await bench.time.wait(for: .seconds(2))
      try await body(bench, call, dialer.dialer)
    }
  }

  private static func spoken(_ call: Call) throws -> Duration {
    try #require(call.endedAt) - #require(call.answeredAt)
  }

  @Test(
    "The message is heard to its end, which is the end of the call",
    arguments: [0, 1, 2])
  func heard(_ which: Int) async throws {
    let agent = [Agent.leaves, .cannotBeConnected, .doesNotCome][which]
    try await run(agent, farewell: .seconds(30)) { (bench, call, dialer) async throws in
      #expect(dialer.dismissals.map(\.call) == [call.id] && dialer.dismissals.map(\.message) == [Self.message])
      await bench.time.wait(for: .seconds(20))
      #expect(try await bench.store.call(call.id)?.status == .answered)
      await bench.time.wait(for: .seconds(20))
      let ended = try #require(try await bench.store.call(call.id))
      #expect(ended.disposition == .abandoned)
      #expect(try Self.spoken(ended) >= .seconds(30))
      #expect(dialer.dismissals.count == 1 && dialer.hangUps == [])
    }
  }

  @Test("Who hangs up during the message was abandoned, too") func impatient() async throws {
    try await run(farewell: .seconds(30), also: [(.seconds(10), .ended(CallEnd(.completed)))]) {
      (bench, call, dialer) async throws in
      await bench.time.wait(for: .seconds(10))
      #expect(try await bench.store.call(call.id)?.disposition == .abandoned)
      await bench.time.wait(for: .seconds(90))
      #expect(dialer.dismissals.count == 1 && dialer.hangUps == [])
    }
  }

  @Test("Where the message cannot be played, or there is none, the call is hung up at once", arguments: [true, false])
  func unplayable(hasMessage: Bool) async throws {
    try await run(farewell: nil, message: hasMessage ? Self.message : nil) { (bench, call, dialer) async throws in
      #expect(dialer.dismissals.count == (hasMessage ? 1 : 0))
      #expect(dialer.hungUp == [call.id])
      let ended = try #require(try await bench.store.call(call.id))
      #expect(ended.disposition == .abandoned)
      #expect(try Self.spoken(ended) < .seconds(4))
    }
  }

  @Test("A dialer that knows no messages hangs up at once") func plainDialer() async throws {
    try await run(farewell: .seconds(30), through: { PlainDialer(inner: $0) }) { (bench, call, dialer) async throws in
      #expect(dialer.dismissals.isEmpty && dialer.hungUp == [call.id])
      #expect(try await bench.store.call(call.id)?.disposition == .abandoned)
    }
  }

  @Test("A call that goes on after its message is hung up after a minute") func endless() async throws {
    try await run(farewell: .seconds(3600)) { (bench, call, dialer) async throws in
      await bench.time.wait(for: .seconds(50))
      #expect(dialer.hangUps == [])
      await bench.time.wait(for: .seconds(20))
      #expect(dialer.hangUps == [call.id])
      #expect(try await bench.store.call(call.id)?.disposition == .abandoned)
    }
  }

  @Test("A person who hears the message gets no agent any more, and can be hung up on") func letGo() async throws {
    try await run(farewell: .seconds(30)) { (bench, call, dialer) async throws in
      let agents = try await bench.store.agents(AgentQuery(account: bench.account.id), page: PageRequest(limit: 1))
      let agent = try #require(agents.elements.first)
      _ = try await bench.store.setStatus(.available, of: agent.id, in: bench.account.id)
      await bench.time.wait(for: .seconds(12))
      #expect(dialer.connections == [])
      try await bench.engine.hangUp(call.id)
      await bench.time.wait(for: .seconds(2))
      #expect(dialer.hangUps == [call.id])
      #expect(try await bench.store.call(call.id)?.disposition == .abandoned)
    }
  }
}

/// A dialer that has no more than every dialer must have.
private struct PlainDialer: Dialer {
  let inner: any Dialer

  var name: String { inner.name }
  var capabilities: DialerCapabilities { inner.capabilities }

  func place(_ order: CallOrder) async throws(DialerError) -> String { try await inner.place(order) }
  func hangUp(_ call: CallReference) async throws(DialerError) { try await inner.hangUp(call) }
  func lookUp(_ call: CallReference) async throws(DialerError) -> CallFindings { try await inner.lookUp(call) }
  func connect(_ call: CallReference, to agent: Agent) async throws(DialerError) {
    try await inner.connect(call, to: agent)
  }
  func events() -> CallEvents { inner.events() }
}
