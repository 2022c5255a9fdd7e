import CampaignKit
import CampaignTesting
import Testing

@testable import CampaignCarriers

/// What is done after a time in which nothing was heard.
@Suite struct AsteriskCatchingUpTests {
  private static func begun(
    _ order: CallOrder, announcement: String? = "sound:welcome", detects: Bool = true
  ) -> AsteriskCalls {
    var calls = AsteriskCalls()
    calls.connectionIsOpen()
    calls.begin(order.id, AnswerPlan(order, announcement: announcement, detects: detects))
    calls.isPlaced(order.id)
    return calls
  }

  private static func start(_ calls: inout AsteriskCalls, _ order: CallOrder) {
    let channel = AsteriskChannel(.call(order.id), .up)
    _ = calls.hear(AsteriskEvent(kind: .started(findings: []), channel: channel, at: Dialing.start))
  }

  private static func told(_ calls: inout AsteriskCalls) -> [CallEvent.Kind] {
    var kinds: [CallEvent.Kind] = []
    while let event = calls.takeEvent(at: Dialing.start) { kinds.append(event.kind) }
    return kinds
  }

  /// The connection is lost and comes again, and then Asterisk has these channels.
  private static func catchUp(
    _ calls: inout AsteriskCalls, _ channels: AsteriskChannel...,
    bridges: [Call.ID: Set<AsteriskNames.Channel>] = [:]
  ) -> [AsteriskCalls.Action] {
    calls.connectionIsLost()
    defer { calls.connectionIsOpen() }
    return calls.catchUp(channels, bridges: bridges, of: calls.known, at: .seconds(10))
  }

  private static func due(_ calls: inout AsteriskCalls, at now: Duration = .seconds(15)) -> [AsteriskCalls.Action] {
    calls.due(after: .seconds(30), at: now)
  }

  @Test("A call that was let in unheard is greeted, once, unless that was only late")
  func unheardStart() throws {
    let order = try Dialing.order()
    let up = AsteriskChannel(.call(order.id), .up, findings: [])
    var calls = Self.begun(order)
    #expect(Self.catchUp(&calls, up).isEmpty)
    var late = calls
    #expect(Self.due(&calls, at: .seconds(11)).isEmpty)
    #expect(Self.due(&calls) == [.play("sound:welcome", to: order.id)])
    #expect(Self.due(&calls).isEmpty)
    #expect(Self.catchUp(&calls, up).isEmpty)
    #expect(Self.due(&calls, at: .seconds(60)).isEmpty)
    Self.start(&late, order)
    #expect(Self.due(&late).isEmpty)
    #expect(Self.told(&calls) == [.answered(nil)])
  }

  @Test("A call that was let in unheard is sent to where machines are looked for, or taken back with what was found")
  func unheardDetection() throws {
    let order = try Dialing.order { $0.machineDetection = MachineDetection(mode: .fast, messageURL: "https://a/b.wav") }
    var calls = Self.begun(order)
    _ = Self.catchUp(&calls, AsteriskChannel(.call(order.id), .up, findings: []))
    #expect(Self.due(&calls) == [.detect(order.id)])
    // In the dialplan, where it is looked for, it is left alone.
    #expect(Self.catchUp(&calls, AsteriskChannel(.call(order.id), .up)).isEmpty)
    #expect(Self.due(&calls).isEmpty)
    _ = Self.catchUp(&calls, AsteriskChannel(.call(order.id), .up, findings: ["MACHINE", ""]))
    #expect(Self.due(&calls) == [.play("https://a/b.wav", to: order.id)])
    #expect(Self.told(&calls) == [.answered(nil), .detected(.machineStart)])
  }

  @Test("What was played to its end unheard is looked for, and what is about to be played is not")
  func unheardPlayback() throws {
    let order = try Dialing.order()
    let up = AsteriskChannel(.call(order.id), .up, findings: [])
    var calls = Self.begun(order)
    Self.start(&calls, order)
    #expect(Self.catchUp(&calls, up).isEmpty)
    calls.isPlayed(order.id)
    #expect(Self.catchUp(&calls, up) == [.seeWhetherPlayed(order.id)])
  }

  @Test("An agent who declined unheard ends the call, and one who is only about to be rung does not")
  func unheardDecline() throws {
    let order = try Dialing.order()
    let up = AsteriskChannel(.call(order.id), .up, findings: [])
    var calls = Self.begun(order, announcement: nil)
    Self.start(&calls, order)
    _ = calls.ring(Dialing.agent, for: order.id)
    #expect(Self.catchUp(&calls, up).isEmpty)
    #expect(calls.isRung(agentOf: order.id).isEmpty)
    #expect(Self.catchUp(&calls, up) == [.hangUp(.call(order.id)), .removeBridge(order.id)])
  }

  @Test("An agent who answered unheard is let in, once")
  func unheardAgent() throws {
    let order = try Dialing.order()
    let up = AsteriskChannel(.call(order.id), .up, findings: [])
    let agent = AsteriskChannel(.agent(order.id), .up, findings: ["agent"])
    var calls = Self.begun(order, announcement: nil)
    Self.start(&calls, order)
    _ = calls.ring(Dialing.agent, for: order.id)
    _ = calls.isRung(agentOf: order.id)
    #expect(Self.catchUp(&calls, up, agent).isEmpty)
    #expect(Self.due(&calls) == [.join(order.id)])
    #expect(Self.due(&calls).isEmpty)
    #expect(Self.catchUp(&calls, up, agent).isEmpty)
    #expect(Self.due(&calls, at: .seconds(60)).isEmpty)
    // One whom an earlier process has rung is let in, too, unless it is in the bridge by now.
    for (bridges, actions) in [
      ([order.id: [.call(order.id)]], [.join(order.id)]), ([order.id: [.agent(order.id)]], []),
    ] as [([Call.ID: Set<AsteriskNames.Channel>], [AsteriskCalls.Action])] {
      var later = AsteriskCalls()
      #expect(Self.catchUp(&later, up, agent, bridges: bridges).isEmpty)
      #expect(Self.due(&later).filter { $0 != .recall(order.id) } == actions)
      #expect(Self.catchUp(&later, up) == [.hangUp(.call(order.id)), .removeBridge(order.id)])
    }
  }

  @Test("What an earlier process would have done is done: the plan is asked for, unless its playback goes on")
  func recalled() throws {
    let order = try Dialing.order { $0.machineDetection = MachineDetection(mode: .fast, messageURL: "https://a/b.wav") }
    let plan = AnswerPlan(order, announcement: "sound:welcome", detects: true)
    func recall(_ isPlaying: Bool, _ findings: [String]) throws -> [AsteriskCalls.Action] {
      var calls = AsteriskCalls()
      _ = Self.catchUp(&calls, AsteriskChannel(.call(order.id), .up, findings: findings))
      #expect(Self.due(&calls) == [.recall(order.id)])
      return calls.recall(order.id, try #require(AnswerPlan(plan.text)), isPlaying: isPlaying)
    }
    #expect(try recall(false, []) == [.detect(order.id)])
    #expect(try recall(false, ["HUMAN", ""]) == [.play("sound:welcome", to: order.id)])
    #expect(try recall(false, ["MACHINE", ""]) == [.play("https://a/b.wav", to: order.id)])
    #expect(try recall(true, ["MACHINE", ""]) == [])
    #expect(AnswerPlan("") == nil && AnswerPlan(AnswerPlan().text) == AnswerPlan())
  }

  @Test("What an earlier process has begun to play ends its call when it is over")
  func playedOn() throws {
    let order = try Dialing.order()
    var calls = AsteriskCalls()
    _ = Self.catchUp(&calls, AsteriskChannel(.call(order.id), .up, findings: ["MACHINE", ""]))
    let over = [AsteriskCalls.Action.hangUp(.call(order.id))]
    let actions = calls.played(order.id, isWhole: true)
    #expect(actions == over)
    #expect(Self.told(&calls) == [.answered(nil), .detected(.machineStart), .messageLeft])
    // Nothing is said a second time, and also a call that was not listed yet is hung up.
    #expect(Self.due(&calls) == [.recall(order.id)])
    let more = calls.recall(order.id, AnswerPlan(order, announcement: "sound:welcome", detects: true), isPlaying: false)
    #expect(more.isEmpty)
    var stranger = AsteriskCalls()
    let others = stranger.played(order.id, isWhole: false)
    #expect(others == over)
  }

  @Test("A call that is away while it is asked about is taken back with what was found")
  func away() throws {
    let order = try Dialing.order()
    var calls = AsteriskCalls()
    _ = Self.catchUp(&calls, AsteriskChannel(.call(order.id), .up, findings: []))
    #expect(Self.due(&calls) == [.recall(order.id)])
    calls.isAway(order.id)
    _ = Self.catchUp(&calls, AsteriskChannel(.call(order.id), .up, findings: ["HUMAN"]))
    #expect(Self.due(&calls) == [.recall(order.id)])
    #expect(Self.told(&calls) == [.answered(nil), .detected(.human)])
  }

  @Test("What another application steers is followed and left alone")
  func others() throws {
    let order = try Dialing.order()
    let (theirs, agent) = (AsteriskChannel(.call(order.id), .up), AsteriskChannel(.agent(order.id), .up))
    var calls = AsteriskCalls()
    #expect(Self.catchUp(&calls, theirs, agent).isEmpty)
    #expect(Self.due(&calls).isEmpty)
    #expect(Self.catchUp(&calls, theirs).isEmpty)
    for kind in [AsteriskEvent.Kind.seen, .destroyed(HangupCause(16))] {
      let event = AsteriskEvent(kind: kind, channel: agent, at: nil)
      let actions = calls.hear(event)
      #expect(actions.isEmpty)
    }
    _ = calls.hear(AsteriskEvent(kind: .destroyed(HangupCause(16)), channel: theirs, at: nil))
    #expect(Self.told(&calls) == [.answered(nil), .ended(CallEnd(.completed))])
  }

  @Test("An agent is not left ringing for a call that ended before it rang")
  func endedMeanwhile() throws {
    let order = try Dialing.order()
    var calls = Self.begun(order)
    Self.start(&calls, order)
    let rings = calls.ring(Dialing.agent, for: order.id)
    #expect(rings)
    let ended = AsteriskEvent(
      kind: .destroyed(HangupCause(16)), channel: AsteriskChannel(.call(order.id), .up), at: Dialing.start)
    #expect(calls.hear(ended) == [.hangUp(.agent(order.id)), .removeBridge(order.id)])
    #expect(calls.isRung(agentOf: order.id) == [.hangUp(.agent(order.id)), .removeBridge(order.id)])
    let ringsAgain = calls.ring(Dialing.agent, for: order.id)
    #expect(!ringsAgain)
    // Whether the agent rings may be told by the telephone alone. What is told while it is hung up asks for nothing.
    for (kind, state) in [(AsteriskEvent.Kind.seen, AsteriskChannel.State.down), (.ringing, .ringing)] {
      let told = AsteriskEvent(kind: kind, channel: AsteriskChannel(.agent(order.id), state), at: nil)
      #expect(calls.hear(told) == [.hangUp(.agent(order.id)), .removeBridge(order.id)])
    }
    for (kind, state) in [(AsteriskEvent.Kind.left, AsteriskChannel.State.ringing), (.seen, .up)] {
      let told = AsteriskEvent(kind: kind, channel: AsteriskChannel(.agent(order.id), state), at: nil)
      #expect(calls.hear(told) == [])
    }
  }

  @Test("An agent is let go when it is heard late that a machine answered, which is told its message")
  func machineAfterAll() throws {
    let order = try Dialing.order { $0.machineDetection = MachineDetection(mode: .fast, messageURL: "https://a/b.wav") }
    let agent = AsteriskNames.Channel.agent(order.id)
    let go = [AsteriskCalls.Action.hangUp(agent), .removeBridge(order.id)]
    let machine = AsteriskEvent(
      kind: .started(findings: ["MACHINE", ""]), channel: AsteriskChannel(.call(order.id), .up), at: nil)
    for isThere in [false, true] {
      var calls = Self.begun(order)
      _ = calls.ring(Dialing.agent, for: order.id)
      if isThere { _ = calls.agentIsThere(order.id) }
      #expect(calls.hear(machine) == go + [.play("https://a/b.wav", to: order.id)])
      // Who rings only now does not ring on, who answers is not let in, and the call goes on when they are gone.
      #expect(calls.isRung(agentOf: order.id) == go)
      #expect(calls.agentIsThere(order.id) == go)
      #expect(calls.agentIsGone(order.id) == [])
      let rings = calls.ring(Dialing.agent, for: order.id)
      #expect(!rings)
    }
  }

  @Test("What could not be done is due again, once")
  func undone() throws {
    let order = try Dialing.order()
    var calls = Self.begun(order)
    calls.undone.insert(.hangUp(.call(order.id)))
    #expect(Self.due(&calls) == [.hangUp(.call(order.id))])
    #expect(Self.due(&calls).isEmpty)
  }

  @Test("A bridge without its call is removed, and others are not")
  func leakedBridges() throws {
    let (order, old) = (try Dialing.order(), try Dialing.order(2).id)
    var calls = Self.begun(order)
    let up = AsteriskChannel(.call(order.id), .up, findings: [])
    #expect(Self.catchUp(&calls, up, bridges: [order.id: [], old: []]) == [.removeBridge(old)])
  }

  @Test("So many calls in doubt are remembered and no more, and none that goes on is forgotten")
  func memory() throws {
    var calls = AsteriskCalls(remembered: 10)
    let live = try Dialing.order(1000)
    calls.begin(live.id, AnswerPlan())
    calls.isDoubtful(live.id, until: .seconds(1))
    _ = calls.found(AsteriskChannel(.call(live.id), .ringing), of: live.id)
    for index in 0..<100 as Range<UInt32> {
      let order = try Dialing.order(index)
      calls.begin(order.id, AnswerPlan())
      calls.isDoubtful(order.id, until: .seconds(1))
    }
    #expect(calls.lines.count == 11)
    #expect(calls.known.calls == [live.id])
  }
}
