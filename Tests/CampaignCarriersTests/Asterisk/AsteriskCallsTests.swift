import CampaignKit
import CampaignTesting
import Testing

@testable import CampaignCarriers

/// What is told and done when Asterisk tells something, or nothing.
@Suite struct AsteriskCallsTests {
  private typealias Names = AsteriskNames.Channel

  private static func begun(
    _ order: CallOrder, isHeard: Bool = true, announcement: String? = nil
  ) -> AsteriskCalls {
    var calls = AsteriskCalls()
    if isHeard { calls.connectionIsOpen() }
    calls.begin(order.id, AnswerPlan(order, announcement: announcement, detects: true))
    return calls
  }

  private static func event(
    _ kind: AsteriskEvent.Kind, _ name: Names, _ state: AsteriskChannel.State = .down
  ) -> AsteriskEvent {
    AsteriskEvent(kind: kind, channel: AsteriskChannel(name, state), at: Dialing.start)
  }

  private static func told(_ calls: inout AsteriskCalls) -> [CallEvent.Kind] {
    var kinds: [CallEvent.Kind] = []
    while let event = calls.takeEvent(at: Dialing.start) { kinds.append(event.kind) }
    return kinds
  }

  private static func outcome(_ calls: inout AsteriskCalls) -> CallEnd.Outcome? {
    for case .ended(let end) in told(&calls) { return end.outcome }
    return nil
  }

  // What changes the value cannot be called within an expectation.

  private static func hear(_ calls: inout AsteriskCalls, _ event: AsteriskEvent) -> [AsteriskCalls.Action] {
    calls.hear(event)
  }

  private static func missing(
    _ calls: inout AsteriskCalls, _ call: Call.ID, wasPlaced: Bool, at now: Duration
  ) -> CallFindings {
    calls.missing(call, wasPlaced: wasPlaced, at: now)
  }

  private static func due(_ calls: inout AsteriskCalls, at now: Duration) -> [AsteriskCalls.Action] {
    calls.due(after: .seconds(30), at: now)
  }

  private static func played(_ calls: inout AsteriskCalls, _ call: Call.ID, isWhole: Bool) -> [AsteriskCalls.Action] {
    calls.played(call, isWhole: isWhole)
  }

  private static func detectionFailed(_ calls: inout AsteriskCalls, _ call: Call.ID) -> [AsteriskCalls.Action] {
    calls.detectionFailed(call)
  }

  @Test(
    "A call that nobody answered ends as its cause says",
    arguments: [
      (0, CallEnd.Outcome.failed), (1, .failed), (16, .cancelled), (17, .busy), (18, .noAnswer), (19, .noAnswer),
      (20, .noAnswer), (21, .rejected), (34, .failed), (102, .noAnswer), (999, .failed),
    ])
  func causes(_ code: Int, _ outcome: CallEnd.Outcome) throws {
    let order = try Dialing.order()
    var calls = Self.begun(order)
    _ = calls.hear(Self.event(.destroyed(HangupCause(code)), .call(order.id)))
    #expect(Self.outcome(&calls) == outcome)
  }

  @Test("A call that was answered is completed, whatever its cause, and each thing is told once")
  func answered() throws {
    let order = try Dialing.order()
    var calls = Self.begun(order)
    for _ in 0..<2 {
      _ = calls.hear(Self.event(.ringing, .call(order.id), .ringing))
      _ = calls.hear(Self.event(.seen, .call(order.id), .up))
      _ = calls.hear(Self.event(.started(findings: []), .call(order.id), .up))
    }
    for _ in 0..<2 { _ = calls.hear(Self.event(.destroyed(HangupCause(0)), .call(order.id), .up)) }
    #expect(
      Self.told(&calls) == [.ringing, .answered(nil), .ended(CallEnd(.completed, duration: .zero))])
  }

  @Test("A call that is hung up before it is answered was cancelled, unless the line was busy just then")
  func hungUp() throws {
    for (code, outcome) in [(0, CallEnd.Outcome.cancelled), (16, .cancelled), (17, .busy)] {
      let order = try Dialing.order()
      var calls = Self.begun(order)
      _ = calls.hangUp(order.id)
      _ = calls.hear(Self.event(.destroyed(HangupCause(code)), .call(order.id)))
      #expect(Self.outcome(&calls) == outcome)
    }
  }

  @Test("An order in doubt is absent only if everything was heard while it could arrive")
  func absence() throws {
    let order = try Dialing.order()
    var heard = Self.begun(order)
    heard.isDoubtful(order.id, until: .seconds(30))
    heard.isHeard(until: .seconds(29))
    #expect(Self.missing(&heard, order.id, wasPlaced: false, at: .seconds(29)) == .unknown)
    #expect(Self.missing(&heard, order.id, wasPlaced: false, at: .seconds(32)) == .unknown)
    heard.isHeard(until: .seconds(30))
    heard.connectionIsLost()
    #expect(Self.missing(&heard, order.id, wasPlaced: false, at: .seconds(32)) == .absent)
    var lost = Self.begun(order)
    lost.isDoubtful(order.id, until: .seconds(30))
    lost.isHeard(until: .seconds(29))
    lost.connectionIsLost()
    lost.isHeard(until: .seconds(80))
    #expect(Self.missing(&lost, order.id, wasPlaced: false, at: .seconds(90)) == .unknown)
    var deaf = Self.begun(order, isHeard: false)
    deaf.isDoubtful(order.id, until: .seconds(30))
    deaf.isHeard(until: .seconds(80))
    #expect(Self.missing(&deaf, order.id, wasPlaced: false, at: .seconds(90)) == .unknown)
    var stranger = AsteriskCalls()
    #expect(Self.missing(&stranger, order.id, wasPlaced: false, at: .seconds(90)) == .unknown)
  }

  @Test("A call that went while nothing was heard ends after a while, and what is not known of it is said")
  func unheard() throws {
    let (ringing, talking) = (try Dialing.order(1), try Dialing.order(2))
    var calls = Self.begun(ringing)
    calls.begin(talking.id, AnswerPlan())
    for order in [ringing, talking] { calls.isPlaced(order.id) }
    _ = calls.hear(Self.event(.seen, .call(talking.id), .up))
    _ = Self.told(&calls)
    calls.connectionIsLost()
    _ = calls.catchUp([], of: calls.known, at: .seconds(2))
    #expect(Self.due(&calls, at: .seconds(31)).isEmpty)
    #expect(Self.told(&calls).isEmpty)
    _ = calls.due(after: .seconds(30), at: .seconds(32))
    let ends = Self.told(&calls).compactMap { kind -> CallEnd? in
      if case .ended(let end) = kind { end } else { nil }
    }
    #expect(Set(ends.map(\.outcome)) == [.completed, .failed])
    #expect(ends.first { $0.outcome == .failed }?.failure?.code == "unheard")
  }

  @Test("A call that was placed while Asterisk was asked is not missing")
  func placedMeanwhile() throws {
    let order = try Dialing.order()
    var calls = Self.begun(order)
    let known = calls.known
    calls.isPlaced(order.id)
    _ = calls.catchUp([], of: known, at: .zero)
    #expect(Self.missing(&calls, order.id, wasPlaced: false, at: .zero) == .unknown)
    _ = calls.due(after: .seconds(30), at: .seconds(90))
    #expect(Self.told(&calls).isEmpty)
  }

  @Test("A call of an earlier process is taken up when it is listed, and is not over by being listed late")
  func takenUp() throws {
    let order = try Dialing.order()
    var calls = AsteriskCalls()
    _ = calls.catchUp([AsteriskChannel(.call(order.id), .up)], of: .init(), at: .zero)
    #expect(Self.told(&calls) == [.answered(nil)])
    _ = calls.missing(order.id, wasPlaced: true, at: .seconds(1))
    _ = calls.catchUp([AsteriskChannel(.call(order.id), .up)], of: .init(calls: [order.id]), at: .seconds(2))
    _ = calls.due(after: .seconds(30), at: .seconds(90))
    #expect(Self.told(&calls).isEmpty)
  }

  @Test("Machines are looked for where the campaign asks for it; they get the message and are hung up")
  func detection() throws {
    let order = try Dialing.order { campaign in
      campaign.machineDetection = MachineDetection(mode: .greetingEnd, messageURL: "https://example.com/hello.wav")
    }
    var calls = Self.begun(order, announcement: "sound:welcome")
    let name = Names.call(order.id)
    #expect(Self.hear(&calls, Self.event(.started(findings: []), name, .up)) == [.detect(order.id)])
    #expect(Self.hear(&calls, Self.event(.detected("MACHINE"), name, .up)).isEmpty)
    let actions = calls.hear(Self.event(.started(findings: ["MACHINE", "SILENCE"]), name, .up))
    #expect(actions == [.play("https://example.com/hello.wav", to: order.id)])
    #expect(Self.played(&calls, order.id, isWhole: true) == [.hangUp(name)])
    #expect(
      Self.told(&calls) == [.answered(nil), .detected(.machineStart), .detected(.machineEndSilence), .messageLeft])
  }

  @Test("A person hears the announcement, also where machines cannot be looked for")
  func announcement() throws {
    let order = try Dialing.order { $0.machineDetection.mode = .fast }
    var calls = Self.begun(order, announcement: "sound:welcome")
    _ = calls.hear(Self.event(.started(findings: []), .call(order.id), .up))
    #expect(Self.detectionFailed(&calls, order.id) == [.play("sound:welcome", to: order.id)])
    #expect(Self.played(&calls, order.id, isWhole: false) == [.hangUp(.call(order.id))])
    #expect(Self.told(&calls) == [.answered(nil), .detected(.unknown)])
  }

  private static func dismiss(_ calls: inout AsteriskCalls, _ call: Call.ID) -> [AsteriskCalls.Action] {
    calls.dismiss(call, after: "sound:sorry")
  }

  @Test("A person for whom no agent comes is told so once, and hung up on, and nobody talks to them any more")
  func farewell() throws {
    let order = try Dialing.order { campaign in
      campaign.agents.group = "sales"
      campaign.agents.abandonedMessageURL = "https://example.com/sorry.wav"
    }
    #expect(AnswerPlan(AnswerPlan(order, announcement: nil, detects: false).text)?.farewell != nil)
    let name = Names.call(order.id)
    var calls = Self.begun(order)
    _ = calls.hear(Self.event(.started(findings: ["HUMAN"]), name, .up))
    // The engine may ask for it where no agent was rung.
    var engines = calls
    #expect(Self.dismiss(&engines, order.id) == [.dismiss(order.id, after: "sound:sorry")])
    #expect(Self.dismiss(&engines, order.id) == [])
    #expect(engines.isWithoutAgent(order.id))
    // Otherwise the dialer knows first, and the engine's request says nothing new.
    _ = calls.ring(Dialing.agent, for: order.id)
    let agent = Names.agent(order.id)
    var talking = calls
    #expect(
      Self.hear(&calls, Self.event(.destroyed(HangupCause(21)), agent))
        == [.dismiss(order.id, after: "https://example.com/sorry.wav")])
    #expect(Self.told(&calls).last == .agentAbsent(Dialing.agent))
    #expect(Self.dismiss(&calls, order.id) == [])
    // A key means that they want no more calls.
    var pressing = calls
    #expect(Self.hear(&pressing, Self.event(.pressed, name, .up)) == [.hangUp(name)])
    #expect(Self.told(&pressing) == [.optedOut])
    #expect(Self.hear(&talking, Self.event(.pressed, name, .up)) == [])
    #expect(Self.hear(&calls, Self.event(.started(findings: ["agent"]), agent, .up)).contains(.hangUp(agent)))
    #expect(Self.played(&calls, order.id, isWhole: false) == [.hangUp(name)])
    #expect(Self.told(&calls) == [])
    // Who was talked to is hung up on as before.
    _ = talking.hear(Self.event(.started(findings: ["agent"]), agent, .up))
    #expect(
      Self.hear(&talking, Self.event(.destroyed(HangupCause(16)), agent, .up))
        == [.hangUp(name), .removeBridge(order.id)])
  }

  @Test("An agent who answers is let in, and when one of the two is gone so is the other")
  func agents() throws {
    let order = try Dialing.order()
    var calls = Self.begun(order)
    _ = calls.hear(Self.event(.started(findings: []), .call(order.id), .up))
    _ = calls.ring(Dialing.agent, for: order.id)
    let agent = Names.agent(order.id)
    var declined = calls
    #expect(
      Self.hear(&declined, Self.event(.destroyed(HangupCause(21)), agent))
        == [.hangUp(.call(order.id)), .removeBridge(order.id)])
    #expect(Self.told(&declined) == [.answered(nil), .agentAbsent(Dialing.agent)])
    #expect(Self.hear(&calls, Self.event(.started(findings: ["agent"]), agent, .up)) == [.join(order.id)])
    var other = calls
    #expect(
      Self.hear(&calls, Self.event(.destroyed(HangupCause(16)), agent, .up))
        == [.hangUp(.call(order.id)), .removeBridge(order.id)])
    #expect(Self.told(&calls) == [.answered(nil)])
    #expect(
      Self.hear(&other, Self.event(.destroyed(HangupCause(16)), .call(order.id), .up))
        == [.hangUp(agent), .removeBridge(order.id)])
    #expect(
      Self.hear(&other, Self.event(.started(findings: ["agent"]), agent, .up)) == [
        .hangUp(agent), .removeBridge(order.id),
      ])
  }
}
