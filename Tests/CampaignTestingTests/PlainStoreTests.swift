import CampaignKit
import CampaignTesting
import Testing

/// Makes plain stores. They keep their state in memory, and closing them is forgotten by reopening.
struct PlainHarness: StorageHarness {
  func makeStore() async throws -> StoreUnderTest {
    let time = ManualTime()
    return StoreUnderTest(PlainStore(time: time), time: time)
  }
}

@Suite struct PlainStoreTests {
  @Test(arguments: StorageConformance.all)
  func keeps(_ promise: StorageConformance.Promise) async throws {
    try await promise.check(PlainHarness())
  }

  @Test func namesAreUnique() {
    let names = (StorageConformance.all + StorageConformance.durable).map(\.name)
    #expect(Set(names).count == names.count)
  }
}
