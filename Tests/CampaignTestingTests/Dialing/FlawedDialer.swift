import CampaignKit
import CampaignTesting
import Locks

/// A dialer that breaks one promise.
enum DialerFlaw: String, CaseIterable {
  case placesTwice, placesAgainAfterDoubt, certainAfterLoss, sendsLate, triesOnAfterItsTime, tellsNothing,
    tellsBusyAsAnswered, hangUpDoesNothing, farewellDoesNothing,
    hangUpEndsOthers, absentWhenThere, findsWhatIsNot, ringsTwice, keepsAbsenceToItself, leavesAgentsAlone

  /// The promise that is broken.
  var promise: String {
    switch self {
    case .placesTwice: "an order that is placed twice is one call"
    case .placesAgainAfterDoubt: "an order whose answer was lost is not placed again"
    case .certainAfterLoss: "what is certain is true, when orders are taken and not answered"
    case .sendsLate: "nothing is sent when the time of an order is over"
    case .triesOnAfterItsTime: "nothing is tried again after the time of an order"
    case .tellsNothing: "it is told that a call was answered, and that it is over"
    case .tellsBusyAsAnswered: "it is told that a line was busy"
    case .hangUpDoesNothing: "a call that goes on is hung up, and hanging up once more is no error"
    case .farewellDoesNothing: "a call that is hung up after a message ends by itself, or there is an error"
    case .hangUpEndsOthers: "hanging up what was never placed ends no other call"
    case .absentWhenThere: "a call whose answer was lost is never said to be absent"
    case .findsWhatIsNot: "what was never placed is not found"
    case .ringsTwice: "an agent is rung for who has answered, once however often that is asked for"
    case .keepsAbsenceToItself: "an agent who does not come is told of, and found not to have come"
    case .leavesAgentsAlone: "the agent of a call that is over is let go"
    }
  }
}

/// Numbers of a simulated carrier that behave as they are asked to.
enum SimulatedLines {
  static func number(_ count: Int, _ callee: DialerUnderTest.Callee) -> PhoneNumber {
    let ending: UInt64 =
      switch callee {
      case .talks: 12
      case .answers: 1
      case .busy: 2
      case .rings: 3
      }
    guard let number = PhoneNumber(digits: 12_000_000_000 + UInt64(count) * 10_000 + ending) else {
      preconditionFailure("there are no more numbers")
    }
    return number
  }
}

/// A simulated carrier that writes down what comes, and where orders can go wrong; with a flaw, if it is given one.
final class FlawedDialer: Dialer {
  private struct State {
    var fault: DialerUnderTest.Fault?
    var arrivals: [Call.ID: [DialerUnderTest.Arrival]] = [:]
    var last: CallReference?
    var numbers = 0
    var telephones: [Agent.ID: DialerUnderTest.Telephone] = [:]
    /// The agents of calls, and those who do not come.
    var agents: [Call.ID: Agent.ID] = [:]
    var absent: Set<Agent.ID> = []
  }

  let name = "simulated"
  let capabilities: DialerCapabilities
  private let carrier: SimulatedCarrier
  private let clock: any EngineClock
  private let flaw: DialerFlaw?
  private let state = Locked(State())

  init(_ flaw: DialerFlaw?, clock: any EngineClock) {
    carrier = SimulatedCarrier(mix: .fast, clock: clock)
    capabilities = carrier.capabilities
    self.clock = clock
    self.flaw = flaw
  }

  func number(_ callee: DialerUnderTest.Callee) -> PhoneNumber {
    let count = state.withLock { state in
      state.numbers += 1
      return state.numbers
    }
    return SimulatedLines.number(count, callee)
  }

  func agent(_ attendance: DialerUnderTest.Attendance) -> Agent {
    state.withLock { state in
      state.numbers += 1
      let id = Agent.ID(high: UInt64(state.numbers), low: 0)
      if attendance == .staysAway { state.absent.insert(id) }
      return Agent(id: id, account: Account.ID(high: 1, low: 1), kind: .person, name: "Ada", createdAt: .distantPast)
    }
  }

  func telephone(_ agent: Agent) -> DialerUnderTest.Telephone {
    state.withLock { $0.telephones[agent.id] ?? DialerUnderTest.Telephone(timesRung: 0, isBusy: false) }
  }

  func arrivals(_ call: Call.ID) -> [DialerUnderTest.Arrival] { state.withLock { $0.arrivals[call] ?? [] } }

  func set(_ fault: DialerUnderTest.Fault?) { state.withLock { $0.fault = fault } }

  func place(_ order: CallOrder) async throws(DialerError) -> String {
    while true {
      if flaw != .sendsLate, flaw != .triesOnAfterItsTime, clock.now() >= order.placeBy {
        throw DialerError(.unavailable, "it is too late")
      }
      let (fault, isKnown) = state.withLock { state in
        let isCall = state.fault == nil || state.fault == .lostAfter
        let isKnown = state.arrivals[order.id]?.contains(where: \.isCall) ?? false
        let isAgain = isKnown && flaw != .placesTwice && flaw != .placesAgainAfterDoubt
        if !isAgain {
          state.arrivals[order.id, default: []].append(DialerUnderTest.Arrival(at: clock.now(), isCall: isCall))
        }
        return (state.fault, isKnown)
      }
      switch fault {
      case .throttled where flaw == .triesOnAfterItsTime && clock.now() < order.placeBy + .seconds(2):
        await clock.wait(for: .milliseconds(200))
        continue
      case .throttled: throw DialerError(.throttled, "too fast")
      case .refused: throw DialerError(.blocked, "blocked")
      case .lostBefore: throw DialerError(.uncertain, "lost")
      case .lostAfter:
        _ = try await carrier.place(order)
        throw DialerError(flaw == .certainAfterLoss ? .unavailable : .uncertain, "lost")
      case nil:
        let reference = try await carrier.place(order)
        if !isKnown { note(order, reference) }
        return reference
      }
    }
  }

  private func note(_ order: CallOrder, _ reference: String) {
    state.withLock {
      $0.last = CallReference(
        call: order.id, reference: reference, to: order.to, from: order.from, createdAt: order.createdAt)
    }
  }

  func hangUp(_ call: CallReference) async throws(DialerError) {
    if flaw == .hangUpDoesNothing { return }
    try await carrier.hangUp(call)
    if flaw == .hangUpEndsOthers, let last = state.withLock({ $0.last }) { try await carrier.hangUp(last) }
  }

  func hangUp(_ call: CallReference, after message: String) async throws(DialerError) {
    if flaw != .farewellDoesNothing { try await carrier.hangUp(call, after: message) }
  }

  func lookUp(_ call: CallReference) async throws(DialerError) -> CallFindings {
    switch flaw {
    case .absentWhenThere: .absent
    case .findsWhatIsNot: .found([CallEvent(.ringing, of: .call(call.call))])
    default: try await carrier.lookUp(call)
    }
  }

  /// Rings an agent. A person whose agent does not come is hung up on.
  func connect(_ call: CallReference, to agent: Agent) async throws(DialerError) {
    let comes = state.withLock { state in
      let isRung = state.agents.updateValue(agent.id, forKey: call.call) != nil
      if !isRung || flaw == .ringsTwice {
        state.telephones[agent.id, default: .init(timesRung: 0, isBusy: true)].timesRung += 1
      }
      return !state.absent.contains(agent.id)
    }
    if !comes { try await carrier.hangUp(call) }
  }

  func dismissAgent(of call: CallReference) async {
    guard flaw != .leavesAgentsAlone else { return }
    state.withLock { state in
      if let agent = state.agents[call.call] { state.telephones[agent]?.isBusy = false }
    }
  }

  func events() -> CallEvents {
    if flaw == .tellsNothing { return .none }
    let events = carrier.events()
    let waiting = Locked<CallEvent?>(nil)
    return CallEvents {
      if let event = waiting.withLock({ $0.take() }) { return event }
      var reader = events.makeAsyncIterator()
      guard var event = await reader.next() else { return nil }
      guard case .ended(var end) = event.kind else { return event }
      if self.flaw == .tellsBusyAsAnswered, end.outcome == .busy {
        end.outcome = .completed
        event.kind = .ended(end)
      }
      guard self.flaw != .keepsAbsenceToItself, let agent = self.absentAgent(of: event.subject) else { return event }
      waiting.withLock { [event] in $0 = event }
      return CallEvent(.agentAbsent(agent), of: event.subject)
    }
  }

  private func absentAgent(of subject: CallEvent.Subject) -> Agent.ID? {
    guard case .call(let call) = subject else { return nil }
    return state.withLock { state in state.agents[call].flatMap { state.absent.contains($0) ? $0 : nil } }
  }
}

struct FlawedDialerHarness: DialerHarness {
  var flaw: DialerFlaw?
  let time: VirtualTime

  func makeDialer() async throws -> DialerUnderTest {
    let dialer = FlawedDialer(flaw, clock: time)
    return DialerUnderTest(
      dialer, clock: time, callee: { dialer.number($0) }, arrivals: { dialer.arrivals($0) },
      faults: Set(DialerUnderTest.Fault.allCases), setFault: { dialer.set($0) }, agent: { dialer.agent($0) },
      telephone: { dialer.telephone($0) })
  }
}
