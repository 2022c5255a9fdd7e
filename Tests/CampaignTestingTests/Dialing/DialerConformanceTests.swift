import CampaignKit
import Testing

@testable import CampaignTesting

/// Makes simulated carriers, which tell by a look-up what they have.
private struct SimulatedHarness: DialerHarness {
  func makeDialer() async throws -> DialerUnderTest {
    let clock = FastTime(speed: 20)
    let carrier = SimulatedCarrier(seed: 1, clock: clock)
    // Numbers alone come from it.
    let numbers = BrokenDialer(nil, clock: clock)
    return DialerUnderTest(
      carrier, clock: clock, callee: { numbers.number($0) },
      arrivals: { call in
        guard let number = PhoneNumber(digits: 12_000_000_000) else { return [] }
        let reference = CallReference(call: call, reference: nil, to: number, from: nil, createdAt: clock.now())
        guard case .found = try? await carrier.lookUp(reference) else { return [] }
        return [DialerUnderTest.Arrival(at: clock.now(), isCall: true)]
      })
  }
}

@Suite struct DialerConformanceTests {
  @Test("A simulated carrier keeps what every dialer promises", arguments: DialerConformance.all)
  func simulated(_ promise: DialerConformance.Promise) async throws {
    #expect(try await promise.check(SimulatedHarness()) == promise.faults.isEmpty)
  }

  @Test("A dialer without a flaw passes, whatever goes wrong", arguments: DialerConformance.all)
  func passes(_ promise: DialerConformance.Promise) async throws {
    #expect(try await promise.check(BrokenDialerHarness()))
  }

  /// A suite that finds nothing is worth nothing: each flaw must be found at the promise that names it.
  @Test("A broken promise is found, and named", arguments: DialerFlaw.allCases)
  func isFound(_ flaw: DialerFlaw) async throws {
    let promise = try #require(DialerConformance.all.first { $0.name == flaw.promise })
    let failure = await #expect(throws: ConformanceFailure.self) {
      try await promise.check(BrokenDialerHarness(flaw: flaw))
    }
    #expect(failure?.promise == flaw.promise)
  }
}
