import CampaignKit
import Locks
import Testing

@testable import CampaignTesting

/// Makes simulated carriers, which tell by a look-up what they have.
private struct SimulatedHarness: DialerHarness {
  let time: VirtualTime

  func makeDialer() async throws -> DialerUnderTest {
    let carrier = SimulatedCarrier(mix: .fast, clock: time)
    let count = Locked(0)
    return DialerUnderTest(
      carrier, clock: time,
      callee: { callee in
        SimulatedLines.number(
          count.withLock { count in
            count += 1
            return count
          }, callee)
      },
      arrivals: { call in
        let reference = CallReference(
          call: call, reference: nil, to: SimulatedLines.number(0, .talks), from: nil, createdAt: time.now())
        guard case .found = try? await carrier.lookUp(reference) else { return [] }
        return [DialerUnderTest.Arrival(at: time.now(), isCall: true)]
      },
      // Nothing can be made to go wrong here, whatever is said of it.
      faults: [.lostAfter],
      // It connects whoever has answered, and rings nobody for that.
      agent: { attendance in
        guard attendance == .comes else { return nil }
        return Agent(
          id: Agent.ID(high: 1, low: 1), account: Account.ID(high: 1, low: 1), kind: .person, name: "Ada",
          createdAt: time.now())
      })
  }
}

private let needingTelephones: Set = [
  DialerFlaw.keepsAbsenceToItself.promise, DialerFlaw.leavesAgentsAlone.promise,
]

@Suite struct DialerConformanceTests {
  @Test("A simulated carrier keeps what every dialer promises", arguments: DialerConformance.all)
  func simulated(_ promise: DialerConformance.Promise) async throws {
    let wasChecked = try await VirtualTime.run { try await promise.check(SimulatedHarness(time: $0)) }
    #expect(wasChecked == (promise.faults.isEmpty && !needingTelephones.contains(promise.name)))
  }

  @Test("A dialer without a flaw passes, whatever goes wrong", arguments: DialerConformance.all)
  func passes(_ promise: DialerConformance.Promise) async throws {
    #expect(try await VirtualTime.run { try await promise.check(FlawedDialerHarness(time: $0)) })
  }

  /// A suite that finds nothing is worth nothing: each flaw must be found at the promise that names it.
  @Test("A broken promise is found, and named", arguments: DialerFlaw.allCases)
  func isFound(_ flaw: DialerFlaw) async throws {
    let promise = try #require(DialerConformance.all.first { $0.name == flaw.promise })
    let failure = await #expect(throws: ConformanceFailure.self) {
      try await VirtualTime.run { try await promise.check(FlawedDialerHarness(flaw: flaw, time: $0)) }
    }
    #expect(failure?.promise == flaw.promise)
  }
}
