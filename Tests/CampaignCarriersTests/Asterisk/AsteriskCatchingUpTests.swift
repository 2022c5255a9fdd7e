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
    calls.begin(order, announcement: announcement, detects: detects)
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
    _ calls: inout AsteriskCalls, _ channels: AsteriskChannel..., bridges: [Call.ID] = []
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
    _ = calls.ring(agentOf: order.id)
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
    _ = calls.ring(agentOf: order.id)
    _ = calls.isRung(agentOf: order.id)
    #expect(Self.catchUp(&calls, up, agent).isEmpty)
    #expect(Self.due(&calls) == [.join(order.id)])
    #expect(Self.due(&calls).isEmpty)
    #expect(Self.catchUp(&calls, up, agent).isEmpty)
    #expect(Self.due(&calls, at: .seconds(60)).isEmpty)
    // One whom an earlier process has rung is in the bridge by now.
    var later = AsteriskCalls()
    #expect(Self.catchUp(&later, up, agent).isEmpty)
    #expect(Self.due(&later).isEmpty)
    #expect(Self.catchUp(&later, up) == [.hangUp(.call(order.id)), .removeBridge(order.id)])
  }

  @Test("An agent is not left ringing for a call that ended before it rang")
  func endedMeanwhile() throws {
    let order = try Dialing.order()
    var calls = Self.begun(order)
    Self.start(&calls, order)
    let rings = calls.ring(agentOf: order.id)
    #expect(rings)
    let ended = AsteriskEvent(
      kind: .destroyed(HangupCause(16)), channel: AsteriskChannel(.call(order.id), .up), at: Dialing.start)
    #expect(calls.hear(ended) == [.hangUp(.agent(order.id)), .removeBridge(order.id)])
    #expect(calls.isRung(agentOf: order.id) == [.hangUp(.agent(order.id)), .removeBridge(order.id)])
    let ringsAgain = calls.ring(agentOf: order.id)
    #expect(!ringsAgain)
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
    #expect(Self.catchUp(&calls, up, bridges: [order.id, old]) == [.removeBridge(old)])
  }

  @Test("So many calls in doubt are remembered and no more, and none that goes on is forgotten")
  func memory() throws {
    var calls = AsteriskCalls(remembered: 10)
    let live = try Dialing.order(1000)
    calls.begin(live, announcement: nil, detects: false)
    calls.isDoubtful(live.id, until: .seconds(1))
    _ = calls.found(AsteriskChannel(.call(live.id), .ringing), of: live.id)
    for index in 0..<100 as Range<UInt32> {
      let order = try Dialing.order(index)
      calls.begin(order, announcement: nil, detects: false)
      calls.isDoubtful(order.id, until: .seconds(1))
    }
    #expect(calls.lines.count == 11)
    #expect(calls.known.calls == [live.id])
  }
}
