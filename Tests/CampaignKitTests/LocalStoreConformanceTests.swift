import CampaignKit
import CampaignTesting
import Locks
import Testing

/// Makes stores in memory, and stores over a journal in a file system in memory.
struct LocalHarness: StorageHarness {
  var isLogged = false

  func makeStore() async throws -> StoreUnderTest {
    let time = ManualTime()
    var configuration = LocalStore.Configuration()
    configuration.time = time
    guard isLogged else { return StoreUnderTest(LocalStore(configuration: configuration), time: time) }
    configuration.snapshotEvery = 20_000
    let files = LossyFileSystem()
    let current = Current(try LocalStore(log: Self.log(in: files), configuration: configuration))
    let settings = configuration
    return StoreUnderTest(
      current.store, time: time,
      reopen: {
        try await current.store.close()
        current.store = try LocalStore(log: Self.log(in: files), configuration: settings)
        return current.store
      })
  }

  private static func log(in files: LossyFileSystem) -> JournalLog {
    var configuration = JournalLog.Configuration()
    configuration.preallocation = 64 << 10
    return JournalLog(folder: "/store", configuration: configuration, fileSystem: files)
  }
}

@Suite struct LocalStoreConformanceTests {
  @Test(arguments: StorageConformance.all + StorageConformance.clock)
  func memoryKeeps(_ promise: StorageConformance.Promise) async throws {
    try await promise.check(LocalHarness())
  }

  @Test(arguments: StorageConformance.all + StorageConformance.clock + StorageConformance.durable)
  func logKeeps(_ promise: StorageConformance.Promise) async throws {
    try await promise.check(LocalHarness(isLogged: true))
  }
}

/// The store that is open now.
private final class Current: Sendable {
  private let box: Locked<LocalStore>

  init(_ store: LocalStore) {
    box = Locked(store)
  }

  var store: LocalStore {
    get { box.withLock { $0 } }
    set { box.withLock { $0 = newValue } }
  }
}
