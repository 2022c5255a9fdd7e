import CampaignKit
import CampaignTesting
import Locks

/// A dialer that breaks one promise.
enum DialerFlaw: String, CaseIterable {
  case placesTwice, placesAgainAfterDoubt, certainAfterLoss, sendsLate, triesOnAfterItsTime, tellsNothing,
    tellsBusyAsAnswered, hangUpDoesNothing, farewellDoesNothing,
    hangUpEndsOthers, absentWhenThere, findsWhatIsNot

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

  func connect(_ call: CallReference, to agent: Agent) async throws(DialerError) {
    try await carrier.connect(call, to: agent)
  }

  func events() -> CallEvents {
    if flaw == .tellsNothing { return .none }
    guard flaw == .tellsBusyAsAnswered else { return carrier.events() }
    let events = carrier.events()
    return CallEvents {
      var reader = events.makeAsyncIterator()
      guard var event = await reader.next() else { return nil }
      if case .ended(var end) = event.kind, end.outcome == .busy {
        end.outcome = .completed
        event.kind = .ended(end)
      }
      return event
    }
  }
}

struct FlawedDialerHarness: DialerHarness {
  var flaw: DialerFlaw?
  let time: VirtualTime

  func makeDialer() async throws -> DialerUnderTest {
    let dialer = FlawedDialer(flaw, clock: time)
    return DialerUnderTest(
      dialer, clock: time, callee: { dialer.number($0) }, arrivals: { dialer.arrivals($0) },
      faults: Set(DialerUnderTest.Fault.allCases), setFault: { dialer.set($0) })
  }
}
