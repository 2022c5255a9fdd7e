import CampaignKit
import CampaignTesting
import Synchronization

// A store over a log of one's own, and the proof that both keep their promises.

/// Makes logs in files in memory that can lose power and be damaged.
struct OwnLogHarness: LogHarness {
  func makePlace() -> LogPlace {
    .files(folder: "/own") { OwnLog(folder: "/own", files: $0) }
  }
}

/// Makes stores over such logs, in files that are still there when the store is opened again.
struct OwnStoreHarness: StorageHarness {
  func makeStore() async throws -> StoreUnderTest {
    let time = ManualTime()
    let files = LossyFileSystem()
    let open: @Sendable () throws -> LocalStore = {
      var configuration = LocalStore.Configuration()
      configuration.time = time
      configuration.snapshotEvery = 20_000
      return try LocalStore(log: OwnLog(folder: "/own", files: files), configuration: configuration)
    }
    let current = Current(try open())
    return StoreUnderTest(
      current.store.withLock { $0 }, time: time,
      reopen: {
        try await current.store.withLock { $0 }.close()
        let store = try open()
        current.store.withLock { $0 = store }
        return store
      })
  }

  private final class Current: Sendable {
    let store: Mutex<LocalStore>
    init(_ store: LocalStore) { self.store = Mutex(store) }
  }
}

@main struct Main {
  static func main() async throws {
    let kept = try LogConformance.run(OwnLogHarness())
    print("OwnLog keeps \(kept.count) promises of a log:")
    print("  \(kept.count { $0.need == .nothing }) in daily use")
    print("  \(kept.count { $0.need == .power }) when the power goes")
    print("  \(kept.count { $0.need == .damage }) when bytes change")

    let promises = StorageConformance.all + StorageConformance.clock + StorageConformance.durable
    for promise in promises { try await promise.check(OwnStoreHarness()) }
    print("LocalStore(log: OwnLog(...)) keeps \(promises.count) promises of a store:")
    print("  \(promises.count { $0.need != .reopening }) while it is open")
    print("  \(promises.count { $0.need == .reopening }) across closing and opening again")
  }
}
