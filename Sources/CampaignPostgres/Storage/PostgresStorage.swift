#if PostgreSQL
  public import CampaignKit
  internal import Locks

  /// Storage on a PostgreSQL server, for several processes on one database.
  ///
  /// The database's clock decides, so that those of the processes need not agree. All changes of an account are made
  /// one after the other, under a lock on its row; accounts do not wait for each other, except for the moment at which
  /// calls begin or end and are counted against the limit of the whole system.
  ///
  /// ```swift
  /// let storage = try await PostgresStorage(.init("postgresql:///campaigns"))
  /// ```
  public final class PostgresStorage: Sendable {
    /// How to reach the database, and how long to wait for it.
    public struct Configuration: Sendable {
      /// What libpq takes as a connection string or URI. What it leaves out comes from the environment: `PGHOST`,
      /// `PGUSER`, `PGPASSWORD`, `PGSSLMODE` and the others.
      public var connection: String
      /// The schema in which everything is kept; it is created if it is missing.
      public var schema = "campaignkit"
      /// The most connections at a time; at least 1.
      public var maximumConnections = 8
      /// How long it may take to connect.
      public var connecting = Duration.seconds(10)
      /// How long one round trip may take.
      public var answering = Duration.seconds(30)
      /// How long to wait for a connection when all are in use.
      public var waitForConnection = Duration.seconds(10)
      /// The time for tests; nil for the database's clock.
      public var time: (any TimeSource)?

      /// Creates a configuration.
      public init(_ connection: String) {
        self.connection = connection
      }
    }

    let pool: ConnectionPool
    let shared: SharedState
    let listeners: Listeners

    /// Connects, and brings the database to the version that this program needs.
    ///
    /// - Throws: ``CampaignKit/StoreError/Code/unavailable`` when the server cannot be reached,
    ///   ``CampaignKit/StoreError/Code/notPermitted`` when the database is newer than the program.
    public init(_ configuration: Configuration) async throws(StoreError) {
      pool = ConnectionPool(configuration)
      shared = SharedState(time: configuration.time)
      listeners = Listeners(configuration)
      let schema = configuration.schema
      try await pool.run { (connection) throws(StoreError) in
        try Migration(connection: connection, schema: schema).run()
      }
    }

    /// Changes something, whole or not at all, and hints to those who listen.
    func change<Value: Sendable>(
      _ kind: Session.Kind = .change, _ body: @escaping @Sendable (Session) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
      let shared = shared
      shared.isRestoring = false
      let (value, told) = try await pool.run { (connection) throws(StoreError) in
        try Session.run(connection, kind, shared, body)
      }
      if !told.isEmpty { listeners.tell(told) }
      return value
    }

    /// Reads with one statement, or several as of one moment.
    func read<Value: Sendable>(
      _ kind: Session.Kind = .statement, _ body: @escaping @Sendable (Session) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
      let shared = shared
      return try await pool.run { (connection) throws(StoreError) in
        try Session.run(connection, kind, shared, body).value
      }
    }

    /// The time by the database's clock.
    public func now() async throws(StoreError) -> Timestamp {
      try await read { (session) throws(StoreError) in try session.now() }
    }

    /// Ends all connections once what is under way is done.
    public func close() async throws(StoreError) {
      pool.close()
      listeners.close()
    }
  }

  extension PostgresStorage.Configuration {
    /// A new connection, ready for statements.
    func connect() throws(StoreError) -> Connection {
      do {
        let connection = try Connection(self.connection, connecting: connecting, timeout: answering)
        try connection.runScript(
          """
          SET search_path TO \(schema.quoted);
          SET client_min_messages TO warning;
          SET lock_timeout TO \(answering.milliseconds / 2);
          SET statement_timeout TO \(answering.milliseconds)
          """)
        return connection
      } catch {
        throw StoreError(.unavailable, "the database cannot be reached", cause: error)
      }
    }
  }

#endif
