#if PostgreSQL
  import CampaignKit
  import CampaignPostgres
  import CampaignTesting
  import Foundation
  import Locks

  /// Makes stores in one database, each in a schema of its own.
  struct PostgresHarness: StorageHarness {
    /// How to reach the server on which the tests are run; nil where there is none.
    static var server: String? { ProcessInfo.processInfo.environment["CAMPAIGNKIT_POSTGRES"] }

    /// How to reach a store with nothing in it.
    static func configuration() throws -> PostgresStorage.Configuration {
      guard let server else { throw StoreError(.unavailable, "CAMPAIGNKIT_POSTGRES names no server") }
      var configuration = PostgresStorage.Configuration(server)
      configuration.schema = "test_" + UUID().uuidString.lowercased()
      configuration.maximumConnections = 4
      return configuration
    }

    func makeStore() async throws -> StoreUnderTest {
      let time = ManualTime()
      var configuration = try Self.configuration()
      configuration.time = time
      let current = Current(try await PostgresStorage(configuration))
      return StoreUnderTest(
        current.store, time: time,
        reopen: { [configuration] in
          try await current.store.close()
          current.store = try await PostgresStorage(configuration)
          return current.store
        })
    }
  }

  /// The store that is open now.
  private final class Current: Sendable {
    private let box: Locked<PostgresStorage>

    init(_ store: PostgresStorage) {
      box = Locked(store)
    }

    var store: PostgresStorage {
      get { box.withLock { $0 } }
      set { box.withLock { $0 = newValue } }
    }
  }
#endif
