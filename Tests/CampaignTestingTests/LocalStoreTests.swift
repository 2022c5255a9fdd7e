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
  /// Where the store is not yet as the contract has it. Each goes from here when its promise is kept.
  static let open: Set<String> = [
    // The roll-ups of campaigns and agents go with them, though their calls stay.
    "a campaign is deleted only when it does not call, and its calls stay",
    "an agent with a call, or assigned to an active campaign, is not deleted",
    "everything that happens is told, without a gap",
    // A lead that was dialled has no decision.
    "a claim makes the intents to call",
    // The index of a number that is not there is kept beside the main number.
    "a number that a person does not have is not called",
  ]

  private func check(_ promise: StorageConformance.Promise, _ harness: any StorageHarness) async throws {
    guard Self.open.contains(promise.name) else { return try await promise.check(harness) }
    await withKnownIssue { try await promise.check(harness) }
  }

  @Test(arguments: StorageConformance.all)
  func keepsInMemory(_ promise: StorageConformance.Promise) async throws {
    try await check(promise, MemoryHarness())
  }

  @Test(arguments: StorageConformance.all + StorageConformance.durable)
  func keepsBehindAJournal(_ promise: StorageConformance.Promise) async throws {
    try await check(promise, JournalHarness())
  }

  @Test(arguments: 2...4 as ClosedRange<UInt64>)
  func comesOutAsThePlainStore(seed: UInt64) async throws {
    for promise in StorageConformance.sequences { try await promise.check(MemoryHarness(), seed: seed) }
  }
}
