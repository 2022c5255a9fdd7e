#if PostgreSQL
  import CampaignKit
  import CampaignPostgres
  import Foundation

  /// One of several servers on a database: an engine, whose carrier is the parent.
  struct PostgresChild {
    let connection: String
    let schema: String

    /// How long a campaign stays with a server that is not heard of.
    static let lease = Duration.seconds(3)

    func run() async throws {
      let dialer = PipeDialer()
      dialer.start()
      var settings = PostgresStorage.Configuration(connection)
      settings.schema = schema
      settings.maximumConnections = 4
      (settings.connecting, settings.answering) = (.seconds(2), .seconds(5))
      var configuration = EngineConfiguration()
      (configuration.lease, configuration.tick) = (Self.lease, .milliseconds(500))
      (configuration.placeWithin, configuration.silence) = (.seconds(2), .seconds(5))
      configuration.retryAfterFailure = .milliseconds(100)
      try await CampaignEngine(storage: Self.open(settings), dialer: dialer, configuration: configuration).run()
    }

    /// Tries until the database is there.
    private static func open(_ settings: PostgresStorage.Configuration) async throws -> PostgresStorage {
      while true {
        do throws(StoreError) {
          return try await PostgresStorage(settings)
        } catch {
          guard error.code == .unavailable else { throw error }
          try await Task.sleep(for: .milliseconds(100))
        }
      }
    }
  }
#endif
