import CampaignKit
import Locks
import Testing

@testable import CampaignTesting

/// Makes plain stores. What a closed one had is handed to the one that is opened in its place.
struct PlainHarness: StorageHarness {
  func makeStore() async throws -> StoreUnderTest {
    let time = ManualTime()

    let last = Opened(open: PlainStore(time: time))
    return StoreUnderTest(last.store, time: time) {
      let old = last.store
      let kept = try old.run { (state) throws(StoreError) in state }
      try await old.close()
      let new = PlainStore(time: time)
      try new.run { (state) throws(StoreError) in state = kept }
      last.replace(by: new)
      return new
    }
  }

  /// The store that is open now.
  private final class Opened: Sendable {
    private let current: Locked<PlainStore>

    init(open: PlainStore) {
      current = Locked(open)
    }

    var store: PlainStore { current.withLock { $0 } }
    func replace(by store: PlainStore) { current.withLock { $0 = store } }
  }
}

@Suite struct PlainStoreTests {
  @Test(arguments: StorageConformance.all + StorageConformance.durable)
  func keeps(_ promise: StorageConformance.Promise) async throws {
    try await promise.check(PlainHarness())
  }

  @Test func namesAreUnique() {
    let names = (StorageConformance.all + StorageConformance.durable).map(\.name)
    #expect(Set(names).count == names.count)
  }
}
