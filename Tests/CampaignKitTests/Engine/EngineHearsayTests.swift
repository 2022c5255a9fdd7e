import CampaignKit
import CampaignTesting
import Testing

/// What several processes hear of a call, and what is heard late, is put together.
@Suite struct EngineHearsayTests {
  private static let callbackAt = EngineBench.start + .seconds(7200)

  private func silent(_ time: VirtualTime) -> ScriptedDialer {
    ScriptedDialer(time) { _, _ in ScriptedDialer.Script() }
  }

  @Test("An answer of which another process hears gets an agent, and an end frees its slot at once")
  func answerElsewhere() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in ScriptedDialer.Script() }
    } _: { bench in
      let agent = try await bench.agent()
      let campaign = try await bench.campaign(leads: 2) {
        $0.agents.group = "sales"
        $0.pacing.maximumConcurrentCalls = 1
      }
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(3))
      try await bench.besides(silent(bench.time)) { other in
        let id = try #require(dialer.dialer.placements.first?.order.id)
        #expect(await other.take(CallEvent(.ringing, of: .call(id))))
        await bench.time.wait(for: .seconds(2))
        #expect(await other.take(CallEvent(.answered(.human), of: .call(id))))
        await bench.time.wait(for: .milliseconds(500))
        #expect(try await bench.store.call(id)?.agent == agent.id)
        #expect(dialer.dialer.connected[id] == agent.id)
        #expect(await other.take(CallEvent(.ended(CallEnd(.completed)), of: .call(id))))
        await bench.time.wait(for: .milliseconds(1500))
        #expect(try await bench.store.call(id)?.disposition == .answered)
        #expect(dialer.dialer.placements.count == 2)
      }
    }
  }

  @Test("A machine of which another process hears is left its message, or hung up", arguments: [false, true])
  func machineElsewhere(hasMessage: Bool) async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in ScriptedDialer.Script() }
    } _: { bench in
      _ = try await bench.agent()
      let campaign = try await bench.campaign(leads: 1) {
        $0.agents.group = "sales"
        $0.machineDetection = MachineDetection(mode: .greetingEnd)
        if hasMessage { $0.machineDetection.messageURL = "https://example.com/message" }
      }
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(3))
      try await bench.besides(silent(bench.time)) { other in
        let id = try #require(dialer.dialer.placements.first?.order.id)
        #expect(await other.take(CallEvent(.answered(nil), of: .call(id))))
        await bench.time.wait(for: .seconds(5))
        #expect(await other.take(CallEvent(.detected(.machineEndBeep), of: .call(id))))
        // Longer than detection, and than anybody waits for an agent.
        await bench.time.wait(for: .seconds(20))
        #expect(dialer.dialer.hungUp == (hasMessage ? [] : [id]))
        if hasMessage {
          #expect(await other.take(CallEvent(.messageLeft, of: .call(id))))
          #expect(await other.take(CallEvent(.ended(CallEnd(.completed)), of: .call(id))))
          await bench.time.wait(for: .seconds(5))
        }
        let call = try #require(try await bench.store.call(id))
        #expect(call.disposition == (hasMessage ? .voicemail : .machine))
        #expect(call.agent == nil && dialer.dialer.connections == [])
      }
    }
  }

  @Test("A person of whom another process hears is connected at once") func personElsewhere() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in ScriptedDialer.Script() }
    } _: { bench in
      let agent = try await bench.agent()
      let campaign = try await bench.campaign(leads: 1) {
        $0.agents.group = "sales"
        $0.machineDetection = MachineDetection(mode: .greetingEnd)
      }
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(3))
      try await bench.besides(silent(bench.time)) { other in
        let id = try #require(dialer.dialer.placements.first?.order.id)
        #expect(await bench.engine.take(CallEvent(.answered(nil), of: .call(id))))
        await bench.time.wait(for: .seconds(2))
        #expect(dialer.dialer.connections == [])
        #expect(await other.take(CallEvent(.answered(.human), of: .call(id))))
        await bench.time.wait(for: .seconds(1))
        #expect(dialer.dialer.connected[id] == agent.id)
      }
    }
  }

  @Test("What another process hears while something is written here is not missed") func machineWhileWriting()
    async throws
  {
    let dialer = Holder()
    let configure: @Sendable (inout Campaign) -> Void = { $0.machineDetection = MachineDetection(mode: .greetingEnd) }
    try await EngineBench.runLazily(Storing(), dialer: dialer, configure: configure) { (bench, id) async throws in
      try await bench.besides(silent(bench.time)) { other in
        // The store takes two seconds to take this.
        #expect(await bench.engine.take(CallEvent(.answered(nil), of: .call(id))))
        await bench.time.wait(for: .milliseconds(500))
        #expect(await other.take(CallEvent(.detected(.machineStart), of: .call(id))))
        await bench.time.wait(for: .seconds(8))
        #expect(dialer.dialer.hungUp == [id])
      }
    }
  }

  @Test("What two processes heard of a call is put together", arguments: [false, true])
  func twoProcesses(endsWithTheOwner: Bool) async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in ScriptedDialer.Script() }
    } _: { bench in
      _ = try await bench.agent()
      let campaign = try await bench.campaign(leads: 1) {
        $0.agents.group = "sales"
        $0.retries.maximumAttempts = 3
        $0.callback = Callback(isEnabled: true, maximumAttempts: 2)
      }
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(3))
      try await bench.besides(silent(bench.time)) { other in
        let (one, two) = endsWithTheOwner ? (other, bench.engine) : (bench.engine, other)
        let id = try #require(dialer.dialer.placements.first?.order.id)
        #expect(await other.take(CallEvent(.ringing, of: .call(id))))
        await bench.time.wait(for: .seconds(2))
        #expect(await bench.engine.take(CallEvent(.answered(.human), of: .call(id))))
        await bench.time.wait(for: .seconds(20))
        #expect(await one.take(CallEvent(.callbackAgreed(Self.callbackAt), of: .call(id))))
        await bench.time.wait(for: .seconds(5))
        #expect(await two.take(CallEvent(.ended(CallEnd(.completed)), of: .call(id))))
        await bench.time.wait(for: .seconds(10))
        #expect(try await bench.store.call(id)?.disposition == .answered)
        let lead = try #require(try await bench.leads(of: campaign.id).first)
        #expect(lead.status == .waiting && lead.isCallback)
        #expect(lead.nextAttemptAt == Self.callbackAt)
      }
    }
  }

  @Test("A callback that is heard of just after the end is set") func callbackAfterTheEnd() async throws {
    try await EngineBench.run { time in
      ScriptedDialer(time) { _, _ in
        ScriptedDialer.Script(events: [
          (.seconds(1), .answered(.human)), (.seconds(5), .ended(CallEnd(.completed))),
          (.milliseconds(5100), .callbackAgreed(Self.callbackAt)),
        ])
      }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 1) {
        $0.retries.maximumAttempts = 3
        $0.callback = Callback(isEnabled: true, maximumAttempts: 2)
      }
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(60))
      let lead = try #require(try await bench.leads(of: campaign.id).first)
      #expect(lead.status == .waiting && lead.isCallback)
    }
  }

  @Test("A callback and a message survive the end of the process that heard of them", arguments: [false, true])
  func survivingAStop(isMessage: Bool) async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in
        ScriptedDialer.Script(events: [
          (.seconds(1), .answered(isMessage ? .machineEndBeep : .human)),
          (.seconds(2), isMessage ? .messageLeft : .callbackAgreed(Self.callbackAt)),
        ])
      }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 1) {
        $0.machineDetection = MachineDetection(mode: .greetingEnd, messageURL: "https://example.com/message")
        $0.retries = RetryPolicy(maximumAttempts: 3, retried: [.machine])
        $0.callback = Callback(isEnabled: true, maximumAttempts: 2)
      }
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(10))
      bench.engine.stop()
      await bench.time.wait(for: .seconds(2))
      try await bench.besides(silent(bench.time)) { other in
        await bench.time.wait(for: .seconds(2))
        let id = try #require(dialer.dialer.placements.first?.order.id)
        #expect(await other.take(CallEvent(.ended(CallEnd(.completed)), of: .call(id))))
        await bench.time.wait(for: .seconds(10))
        let call = try #require(try await bench.store.call(id))
        #expect(call.disposition == (isMessage ? .voicemail : .answered))
        let lead = try #require(try await bench.leads(of: campaign.id).first)
        #expect(lead.isCallback == !isMessage)
      }
    }
  }
}
