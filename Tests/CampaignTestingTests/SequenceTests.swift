import CampaignKit
import Testing

@testable import CampaignTesting

/// Random sequences beyond those that the promise plays. A seed that once failed is added here.
@Suite struct SequenceTests {
  /// Makes stores of one process that keep nothing.
  struct MemoryHarness: StorageHarness {
    func makeStore() async throws -> StoreUnderTest {
      let time = ManualTime()
      var configuration = LocalStore.Configuration()
      configuration.time = time
      return StoreUnderTest(LocalStore(configuration: configuration), time: time)
    }
  }

  @Test(arguments: 2...4 as ClosedRange<UInt64>)
  func comeOutAsInThePlainStore(seed: UInt64) async throws {
    for promise in StorageConformance.sequences { try await promise.check(MemoryHarness(), seed: seed) }
  }

  @Test func theWholeSuiteRunsInOneCall() async throws {
    try await StorageConformance.run(PlainHarness())
  }
}
