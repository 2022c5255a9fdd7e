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
  public final class PostgresStorage: StoreReadiness {
    /// How to reach the database, and how long to wait for it.
    public struct Configuration: Sendable {
      /// What libpq takes as a connection string or URI. What it leaves out comes from the environment: `PGHOST`,
      /// `PGUSER`, `PGPASSWORD`, `PGSSLMODE` and the others.
      public var connection: String
      /// The schema in which everything is kept.
      public var schema = "campaignkit"
      /// Whether the schema is made where it is missing, and brought to the version that the program needs. Otherwise it
      /// must be there as it is needed, and nothing is changed in it.
      public var migrates = true
      /// The most connections at a time with which is read and written; at least 1. Beside them are one that renews
      /// leases, and two for ``hints()``: one that tells other processes, and one that hears them.
      public var maximumConnections = 8
      /// How long it may take to connect, with each host that ``connection`` names; a `connect_timeout` in it goes first.
      public var connecting = Duration.seconds(10)
      /// How long one round trip may take.
      public var answering = Duration.seconds(30)
      /// How long to wait for a connection when all are in use.
      public var waitForConnection = Duration.seconds(10)
      /// The time for tests; nil for the database's clock.
      public var time: (any TimeSource)?
      /// Whether it hears what other processes change. Tests that must go the same way every time leave it.
      package var hearsOthers = true
      /// How often it looks whether others have changed something of which it did not hear.
      package var looking = Duration.seconds(5)
      /// Takes what the server remarks on each statement.
      var remarked: (@Sendable (String) -> Void)?
      /// Draws where the endings of the names begin that are made in a millisecond.
      package var firstEnding: @Sendable () -> Int64 = { Int64.random(in: 0..<0x7FFF_FFFF_FFFF) }

      /// Creates a configuration.
      public init(_ connection: String) {
        self.connection = connection
      }
    }

    let pool: ConnectionPool
    /// The connection that renews leases, and does nothing else. However long those who write for one account keep the
    /// others, the campaigns of all are held.
    let renewals: ConnectionPool
    private let schema: String
    private let readiness = Readiness()
    let shared: SharedState
    let listeners: Listeners

    /// Connects, and brings the database to the version that this program needs, if ``Configuration/migrates`` says so.
    ///
    /// - Throws: ``CampaignKit/StoreError/Code/unavailable`` when the server cannot be reached,
    ///   ``CampaignKit/StoreError/Code/notPermitted`` when the database is newer than the program, or older and to be left,
    ///   or is not in UTF-8, ``CampaignKit/StoreError/Code/notFound`` when there is no such schema and none is to be made.
    public init(_ configuration: Configuration) async throws(StoreError) {
      pool = ConnectionPool(of: configuration.maximumConnections, configuration, readiness)
      renewals = ConnectionPool(of: 1, configuration, readiness)
      shared = SharedState(time: configuration.time, firstEnding: configuration.firstEnding)
      listeners = Listeners(configuration, readiness)
      let (schema, migrates) = (configuration.schema, configuration.migrates)
      self.schema = schema
      try await pool.run { (connection) throws(StoreError) in
        try Migration(connection: connection, schema: schema, isPermitted: migrates).run()
      }
    }

    /// Changes something, whole or not at all, and hints to those who listen.
    func change<Value: Sendable>(
      _ kind: Session.Kind = .change, over connections: ConnectionPool? = nil,
      _ body: @escaping @Sendable (Session) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
      let shared = shared
      shared.isRestoring = false
      let (value, told): (Value, Set<Account.ID>)
      do throws(StoreError) {
        (value, told) = try await (connections ?? pool).run { (connection) throws(StoreError) in
          try Session.run(connection, kind, shared, body)
        }
        readiness.hasWritten()
      } catch {
        if let cause = error.cause as? DatabaseError { readiness.hasFailed(cause) }
        throw error
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

    /// Whether the database can be reached and takes writes, as far as is known without asking it: from what its
    /// connections have come to, one of which listens as long as there are ``hints()``.
    public var isWritable: Bool { readiness.isWritable }

    /// The time by the database's clock.
    public func now() async throws(StoreError) -> Timestamp {
      try await read { (session) throws(StoreError) in try session.now() }
    }

    /// Removes everything that is kept, and the schema with it.
    package func removeSchema() async throws(StoreError) {
      let schema = schema
      try await pool.run { (connection) throws(StoreError) in
        try connection.script("DROP SCHEMA \(schema.quoted) CASCADE")
      }
    }

    /// Ends all connections once what is under way is done.
    public func close() async throws(StoreError) {
      pool.close()
      renewals.close()
      listeners.close()
    }
  }

  extension PostgresStorage.Configuration {
    /// A new connection, ready for statements.
    func connect(within time: Duration? = nil) throws(StoreError) -> Connection {
      do {
        let connection = try Connection(self.connection, connecting: time ?? connecting, timeout: answering)
        try connection.runScript(
          """
          SET search_path TO \(schema.quoted);
          SET client_min_messages TO warning;
          \(Self.promises);
          SET lock_timeout TO \(answering.milliseconds / 2);
          SET statement_timeout TO \(answering.milliseconds);
          \(limitsForTheSilent)
          """)
        do {
          // While it waits for a lock, a server notices that nobody waits for the answer; not all systems can do it.
          try connection.runScript("SET client_connection_check_interval TO 1000")
        } catch  where !connection.isLost {}
        try connection.askForBackend()
        if let remarked {
          try connection.runScript("SET client_min_messages TO log")
          connection.remarked = remarked
        }
        return connection
      } catch {
        throw StoreError(.unavailable, "the database cannot be reached", cause: error)
      }
    }

    /// What holds whatever the database or the role has as its default. A row that somebody else had locked is read as it
    /// is by then, and what was written is not lost with the server that was told so. A default of read only is left: it
    /// stands for a database that is not to be written to.
    private static let promises = """
      SET default_transaction_isolation TO 'read committed';
      SELECT set_config('synchronous_commit', 'on', false)
        WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')
      """

    /// What lets a server end a connection whose other end is gone without a word: a process that is stopped, a machine
    /// without power, a network that is cut. The rows that its transaction has locked are free then. On a socket of
    /// Unix the last four mean nothing.
    private var limitsForTheSilent: String {
      let seconds = max(1, answering.milliseconds / 2000)
      return """
        SET idle_in_transaction_session_timeout TO \(answering.milliseconds);
        SET tcp_keepalives_idle TO \(seconds);
        SET tcp_keepalives_interval TO \(max(1, seconds / 5));
        SET tcp_keepalives_count TO 5;
        SET tcp_user_timeout TO \(answering.milliseconds)
        """
    }
  }

#endif
