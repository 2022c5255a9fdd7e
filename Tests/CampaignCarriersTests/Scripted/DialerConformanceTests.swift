import CampaignCarriers
import CampaignTesting
import Testing

@Suite(.realTime) struct DialerConformanceTests {
  @Test("The dialers keep what every dialer promises", arguments: ScriptedCarrier.Kind.allCases, DialerConformance.all)
  func keeps(_ carrier: ScriptedCarrier.Kind, _ promise: DialerConformance.Promise) async throws {
    let wasChecked = try await promise.check(ScriptedDialerHarness(carrier: carrier))
    #expect(wasChecked == !promise.faults.contains(.refused))
  }
}
