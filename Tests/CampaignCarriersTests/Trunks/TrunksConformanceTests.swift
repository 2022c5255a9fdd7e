import CampaignKit
import CampaignTesting
import Locks
import Testing

@testable import CampaignCarriers

/// A dialer over two carriers, the first of which takes no calls.
private struct TrunksHarness: DialerHarness {
  let time: VirtualTime
  let make: @Sendable (Line, Line, VirtualTime) -> any Dialer

  func makeDialer() async throws -> DialerUnderTest {
    let (closed, open) = (Line("closed", clock: time), Line("open", clock: time))
    closed.fail(DialerError(.unavailable, "closed"))
    let count = Locked(0)
    return DialerUnderTest(
      make(closed, open, time), clock: time,
      callee: { callee in
        let endings: [DialerUnderTest.Callee: UInt64] = [.talks: 12, .answers: 1, .busy: 2, .rings: 3]
        let number = count.withLock { count in
          count += 1
          return 12_000_000_000 + UInt64(count) * 10_000 + (endings[callee] ?? 0)
        }
        return PhoneNumber(digits: number) ?? .unnamed
      },
      arrivals: { call in closed.arrivals(call).filter(\.isCall) + open.arrivals(call) },
      faults: Set(DialerUnderTest.Fault.allCases),
      setFault: { fault in
        let errors: [DialerUnderTest.Fault: DialerError.Code] = [
          .refused: .blocked, .throttled: .throttled, .lostBefore: .uncertain,
        ]
        open.fail(fault.flatMap { errors[$0] }.map { DialerError($0, "no") })
        open.loseAnswers(fault == .lostAfter)
        // Where answers are lost, both lose them.
        closed.fail(fault == .lostAfter ? nil : DialerError(.unavailable, "closed"))
        closed.loseAnswers(fault == .lostAfter)
      },
      events: open.events())
  }
}

extension PhoneNumber {
  fileprivate static let unnamed: PhoneNumber = {
    guard let number = PhoneNumber(digits: 12_000_000_000) else { preconditionFailure("it is no number") }
    return number
  }()
}

/// Asks the next carrier after every error, also after one that is not certain.
private struct HastyTrunks: Dialer {
  let name = "hasty"
  let lines: [Line]

  var capabilities: DialerCapabilities { DialerCapabilities() }

  func place(_ order: CallOrder) async throws(DialerError) -> String {
    var failure = DialerError(.unavailable, "there is no carrier")
    for line in lines {
      do throws(DialerError) { return try await line.place(order) } catch { failure = error }
    }
    throw failure
  }

  func hangUp(_ call: CallReference) async throws(DialerError) {
    for line in lines { try await line.hangUp(call) }
  }

  func lookUp(_ call: CallReference) async throws(DialerError) -> CallFindings { .unknown }
  func connect(_ call: CallReference, to agent: Agent) async throws(DialerError) {}
  func events() -> CallEvents { .none }
}

@Suite struct TrunksConformanceTests {
  @Test("Trunks keep what every dialer promises when the first takes no calls", arguments: DialerConformance.all)
  func keeps(_ promise: DialerConformance.Promise) async throws {
    let wasChecked = try await VirtualTime.run { time in
      try await promise.check(
        TrunksHarness(time: time) { closed, open, time in
          Trunks([Trunk(closed), Trunk(open, priority: 1)], name: "simulated", clock: time)
        })
    }
    #expect(wasChecked == !promise.needsAgents)
  }

  @Test("It is found when a dialer goes on to the next carrier in doubt") func isFound() async throws {
    let name = "what is certain is true, when orders are taken and not answered"
    let promise = try #require(DialerConformance.all.first { $0.name == name })
    let failure = await #expect(throws: ConformanceFailure.self) {
      try await VirtualTime.run { time in
        try await promise.check(TrunksHarness(time: time) { closed, open, _ in HastyTrunks(lines: [closed, open]) })
      }
    }
    #expect(failure?.promise == name)
  }
}
