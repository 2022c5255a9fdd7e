import CampaignKit
import Locks
import Testing

@testable import CampaignTesting

/// Makes stores of one process that keep nothing.
struct MemoryHarness: StorageHarness {
  func makeStore() async throws -> StoreUnderTest {
    let time = ManualTime()
    var configuration = LocalStore.Configuration()
    configuration.time = time
    configuration.identifiers = IdentifierGenerator(random: SeededGenerator(seed: 5))
    return StoreUnderTest(LocalStore(configuration: configuration), time: time)
  }
}

/// Makes stores of one process behind a journal, on a disk that is in memory.
struct JournalHarness: StorageHarness {
  func makeStore() async throws -> StoreUnderTest {
    let time = ManualTime()
    let disk = LossyFileSystem()
    let open: @Sendable () throws -> LocalStore = {
      var configuration = LocalStore.Configuration()
      configuration.time = time
      configuration.identifiers = IdentifierGenerator(random: SeededGenerator(seed: UInt64(disk.operations)))
      configuration.appending = .caller
      return try LocalStore(log: JournalLog(folder: "/data", fileSystem: disk), configuration: configuration)
    }
    let opened = Opened(try open())
    return StoreUnderTest(opened.store, time: time) {
      try await opened.store.close()
      let new = try open()
      opened.replace(by: new)
      return new
    }
  }

  /// The store that is open now.
  private final class Opened: Sendable {
    private let current: Locked<LocalStore>

    init(_ store: LocalStore) {
      current = Locked(store)
    }

    var store: LocalStore { current.withLock { $0 } }
    func replace(by store: LocalStore) { current.withLock { $0 = store } }
  }
}

@Suite struct LocalStoreTests {
  @Test(arguments: StorageConformance.all)
  func keepsInMemory(_ promise: StorageConformance.Promise) async throws {
    try await promise.check(MemoryHarness())
  }

  @Test(arguments: StorageConformance.all + StorageConformance.durable)
  func keepsBehindAJournal(_ promise: StorageConformance.Promise) async throws {
    try await promise.check(JournalHarness())
  }
}
