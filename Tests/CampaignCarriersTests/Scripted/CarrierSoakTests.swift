import CampaignCarriers
import CampaignTesting
import Testing

@testable import Simulate

@Suite(.realTime) struct CarrierSoakTests {
  @Test(
    "Calls end in the store as they did with a carrier where everything goes wrong, and none is placed twice",
    arguments: ScriptedCarrier.Kind.allCases)
  func everythingGoesWrong(_ carrier: ScriptedCarrier.Kind) async throws {
    let tally = try await CarrierSoak(carrier: carrier, calls: 200, seed: 7, speed: 40).run()
    #expect(tally.problems == [])
    #expect(tally.slots == 0)
    #expect(tally.made > 150)
    #expect(tally.orders >= tally.made)
    #expect(Set(tally.endings.keys).isSuperset(of: [.answered, .busy, .noAnswer, .failed]))
  }

  @Test("Without faults each order is one request", arguments: ScriptedCarrier.Kind.allCases)
  func nothingGoesWrong(_ carrier: ScriptedCarrier.Kind) async throws {
    let tally = try await CarrierSoak(carrier: carrier, calls: 50, seed: 3, faults: WireFaults.none, speed: 40).run()
    #expect(tally.problems == [])
    #expect(tally.made == 50)
    #expect(tally.orders == 50)
  }
}
