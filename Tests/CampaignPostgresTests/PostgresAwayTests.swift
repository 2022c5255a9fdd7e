#if PostgreSQL
  import CampaignKit
  import CampaignServer
  import CampaignTesting
  import JSON
  import Testing
  import WebServer

  @testable import CampaignPostgres

  /// What is told while the database is away, and what comes of it.
  @Suite(.serialized, .enabled(if: PostgresHarness.server != nil)) struct PostgresAwayTests {
    /// A store that reaches its database through a proxy.
    private struct Detour {
      let store: PostgresStorage
      let proxy: LoopbackProxy
      /// How to reach the schema without the proxy.
      let schema: PostgresStorage.Configuration

      init() async throws {
        var configuration = try PostgresHarness.configuration()
        schema = configuration
        let parameters = try ConnectionParameters(configuration.connection)
        let server: LoopbackProxy.Server =
          parameters.host.hasPrefix("/")
          ? .unix("\(parameters.host)/.s.PGSQL.\(parameters.port)") : .port(try #require(UInt16(parameters.port)))
        proxy = try LoopbackProxy(to: server)
        configuration.connection = parameters.through(port: proxy.port)
        store = try await PostgresStorage(configuration)
      }
    }

    @Test(.timeLimit(.minutes(1))) func theStoreKnowsAndRecovers() async throws {
      let detour = try await Detour()
      let store = detour.store
      #expect(store.isWritable)
      let scene = try await Scene(store, leads: 10)
      detour.proxy.refuse()
      let error = await #expect(throws: StoreError.self) { try await store.setSystemLimit(5) }
      #expect(error?.code == .unavailable)
      #expect(!store.isWritable)
      detour.proxy.open()
      // The first trials may still meet the proxy before it knows.
      while !store.isWritable { _ = try? await store.now() }
      #expect(try await store.leadCounts(of: scene.campaign)?.waiting == 10)
      detour.proxy.end()
    }

    @Test("What is written over one connection shows that the database is there, though another was lost")
    func isThereWhenSomethingIsWritten() {
      let readiness = Readiness()
      readiness.isLost()
      #expect(!readiness.isWritable)
      readiness.hasWritten()
      #expect(readiness.isWritable)
    }

    /// A statement for which there was no memory, or that used up its own quota, says nothing of others.
    @Test(arguments: [
      ("53100", false), ("58030", false), ("25006", false), ("53000", true), ("53200", true), ("53300", true),
      ("53400", true), ("57014", true), ("22001", true),
    ])
    func isRefusedByWhatConcernsAll(_ state: String, _ isWritable: Bool) {
      let readiness = Readiness()
      readiness.hasFailed(DatabaseError(state: state, message: "no"))
      #expect(readiness.isWritable == isWritable)
      readiness.hasWritten()
      #expect(readiness.isWritable)
    }

    /// A server with nothing to write finds out by itself that the disk has room again, and not from a new connection.
    @Test(.timeLimit(.minutes(1))) func noticesThatThereIsRoomAgain() async throws {
      var configuration = try PostgresHarness.configuration()
      configuration.looking = .milliseconds(20)
      let owner = try configuration.connect()
      configuration.connection += " application_name=\(configuration.schema)"
      let store = try await PostgresStorage(configuration)
      try owner.script(
        """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
          BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END $$;
        CREATE TRIGGER refuse BEFORE UPDATE ON system FOR EACH STATEMENT EXECUTE FUNCTION refuse();
        CREATE TRIGGER refuse BEFORE UPDATE ON schema_version FOR EACH STATEMENT EXECUTE FUNCTION refuse()
        """)
      let error = await #expect(throws: StoreError.self) { try await store.setSystemLimit(5) }
      #expect(error?.code == .unavailable)
      #expect(!store.isWritable)
      try owner.script(
        """
        SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity
        WHERE application_name = '\(configuration.schema)'
        """)
      while (try? await store.now()) == nil { await Task.yield() }
      #expect(!store.isWritable)
      let hints = store.hints()
      while try owner.tries(of: configuration.schema) == 0 { await Task.yield() }
      #expect(!store.isWritable)
      try owner.script("DROP FUNCTION refuse CASCADE")
      while !store.isWritable { await Task.yield() }
      withExtendedLifetime(hints) {}
      try await store.close()
    }

    /// A change that was told to have failed does not happen later, when the lock is free for which it waited.
    @Test(.timeLimit(.minutes(1))) func whatFailedDoesNotHappenLater() async throws {
      let detour = try await Detour()
      let (store, schema) = (detour.store, detour.schema)
      try await store.setSystemLimit(4)
      let (keeper, watcher) = (try schema.connect(), try schema.connect())
      try keeper.script("BEGIN; SELECT FROM system FOR UPDATE")
      let change = Task { try await store.setSystemLimit(5) }
      while try watcher.waiting(at: "system") == 0 { await Task.yield() }
      detour.proxy.cut()
      let error = await #expect(throws: StoreError.self) { try await change.value }
      #expect(error?.code == .unavailable)
      #expect(try watcher.waiting(at: "system") == 0)
      try keeper.script("COMMIT")
      var row = try #require(try watcher.run([Statement(sql: "SELECT call_limit FROM system", values: [])]).last?.first)
      let limit = try row.int()
      #expect(limit == 4)
      #expect(store.isWritable)
      try await store.close()
      detour.proxy.end()
    }

    /// What a role or a database has as its default does not weaken what is promised.
    @Test(arguments: [("off", "on"), ("local", "on"), ("remote_write", "on"), ("remote_apply", "remote_apply")])
    func promisesWhateverTheDefaults(_ given: String, _ kept: String) throws {
      var configuration = try PostgresHarness.configuration()
      let role = "hasty_" + configuration.schema.suffix(12)
      let owner = try configuration.connect()
      try owner.script(
        """
        CREATE ROLE \(role) LOGIN;
        ALTER ROLE \(role) SET synchronous_commit TO \(given);
        ALTER ROLE \(role) SET default_transaction_isolation TO 'repeatable read'
        """)
      configuration.connection += " user=\(role)"
      let connection = try configuration.connect()
      let settings = ["default_transaction_isolation", "synchronous_commit"].map {
        Statement(sql: "SELECT current_setting($1)", values: [$0])
      }
      let found = try connection.run(settings).map { rows in
        var row = try #require(rows.first)
        return try row.text()
      }
      #expect(found == ["read committed", kept])
      try owner.script("DROP ROLE \(role)")
    }

    /// A process that stops in the midst of a transaction keeps the others for so long as an answer may take.
    @Test(.timeLimit(.minutes(1))) func whoFallsSilentKeepsNobody() async throws {
      let configuration = try PostgresHarness.configuration()
      let store = try await PostgresStorage(configuration)
      var settings = configuration
      settings.answering = .seconds(1)
      let silent = try settings.connect()
      try silent.script("BEGIN; SELECT FROM system FOR UPDATE")
      try await store.setSystemLimit(5)
      let error = #expect(throws: StoreError.self) { try silent.script("COMMIT") }
      #expect(error?.code == .unavailable)
      #expect(silent.isLost)
      try await store.close()
    }

    /// Whoever takes what is exported may do it slowly.
    @Test(.timeLimit(.minutes(1))) func anExportMayPause() async throws {
      let configuration = try PostgresHarness.configuration()
      var settings = configuration
      settings.answering = .seconds(2)
      let store = try await PostgresStorage(settings)
      let scene = try await Scene(store, leads: 1)
      let other = try configuration.connect()
      var leads: [Lead.ID] = []
      try await store.export { record in
        if case .limits = record { try other.script("SELECT pg_sleep(2.5)") }
        if case .lead(let lead, _) = record, lead.campaign == scene.campaign { leads.append(lead.id) }
      }
      #expect(leads.count == 1)
      try await store.close()
    }

    /// Whoever listens for hints need not ask: the connection that listens notices by itself.
    @Test(.timeLimit(.minutes(1))) func whoListensNeedNotAsk() async throws {
      let detour = try await Detour()
      let hints = detour.store.hints()
      while detour.proxy.tally.open < 2 { await Task.yield() }
      detour.proxy.refuse()
      while detour.store.isWritable { await Task.yield() }
      detour.proxy.open()
      while !detour.store.isWritable { await Task.yield() }
      withExtendedLifetime(hints) {}
      try await detour.store.close()
      detour.proxy.end()
    }

    /// A standby answers and takes no writes.
    @Test func aStandbyIsNotWritable() async throws {
      var configuration = try PostgresHarness.configuration()
      configuration.maximumConnections = 1
      configuration.hearsOthers = false
      try await PostgresStorage(configuration).close()
      // A role whose sessions are read only for a while, as those of a standby are.
      let role = "standby_" + configuration.schema.suffix(12)
      let primary = try configuration.connect()
      try primary.script(
        """
        CREATE ROLE \(role) LOGIN SUPERUSER;
        ALTER ROLE \(role) SET default_transaction_read_only TO on
        """)
      configuration.connection += " user=\(role)"
      let store = try await PostgresStorage(configuration)
      #expect(!store.isWritable)
      let error = await #expect(throws: StoreError.self) { try await store.setSystemLimit(5) }
      #expect(error?.code == .unavailable)
      #expect(try await store.accounts(PageRequest()).elements.isEmpty)
      #expect(!store.isWritable)
      // It becomes the primary. The connections that were made before go on to refuse writes, and are given up.
      try primary.script("ALTER ROLE \(role) RESET default_transaction_read_only")
      await #expect(throws: StoreError.self) { try await store.setSystemLimit(5) }
      try await store.setSystemLimit(5)
      #expect(store.isWritable)
      try await store.close()
      try primary.script("DROP ROLE \(role)")
    }

    /// What a standby says may be old, so a call is not placed upon it.
    @Test func aStandbyDoesNotSayThatACallMayBePlaced() async throws {
      var configuration = try PostgresHarness.configuration()
      configuration.hearsOthers = false
      let store = try await PostgresStorage(configuration)
      let scene = try await Scene(store, leads: 1)
      let lease = try await store.acquire(scene.campaign, by: "one", lasting: .seconds(600))
      let call = try #require(try await store.claim(scene.request(lease, 1)).calls.first).call
      let role = "standby_" + configuration.schema.suffix(12)
      let primary = try configuration.connect()
      try primary.script(
        """
        CREATE ROLE \(role) LOGIN SUPERUSER;
        ALTER ROLE \(role) SET default_transaction_read_only TO on
        """)
      configuration.connection += " user=\(role)"
      configuration.maximumConnections = 1
      let standby = try await PostgresStorage(configuration)
      let error = await #expect(throws: StoreError.self) { try await standby.mayPlace(call, under: lease) }
      #expect(error?.code == .unavailable)
      #expect(try await store.mayPlace(call, under: lease))
      // The connection was given up, and the next is to one that takes writes.
      try primary.script("ALTER ROLE \(role) RESET default_transaction_read_only")
      #expect(try await standby.mayPlace(call, under: lease))
      for store in [standby, store] { try await store.close() }
      try primary.script("DROP ROLE \(role)")
    }

    @Test("V-02: health is degraded while the database is away, and recovers", .timeLimit(.minutes(1)))
    func healthTells() async throws {
      let detour = try await Detour()
      let engine = CampaignEngine(storage: detour.store, dialer: SimulatedCarrier(mix: .instant))
      let service = try CampaignService(
        engine: engine, authenticator: Nobody(), signIn: nil, dialects: [.plivo()],
        configuration: ServiceConfiguration())
      let router = service.router()
      func health() async throws -> JSONValue {
        let response = await router.respond(to: try Request(.get, "/health", fields: [:], body: []))
        #expect(response.status.code == 200)
        return try JSONValue(parsing: response.bytes ?? [])
      }
      var body = try await health()
      #expect(body["success"] == true)
      #expect(body["status"] == "healthy")
      detour.proxy.refuse()
      // A connection that was made before ends when the proxy has noticed.
      repeat { body = try await health() } while body["success"] == true
      #expect(body["status"] == "critical")
      #expect(body["message"] == "The server is running, and its store takes no writes")
      detour.proxy.open()
      repeat { body = try await health() } while body["success"] == false
      #expect(body["status"] == "healthy")
      detour.proxy.end()
    }
  }

  extension Connection {
    /// How many connections of that name have tried last whether something can be written.
    fileprivate func tries(of name: String) throws -> Int {
      let sql = """
        SELECT count(*) FROM pg_stat_activity WHERE application_name = $1 AND query LIKE '%account_states%'
        """
      var row = try #require(try run([Statement(sql: sql, values: [name])]).last?.first)
      return try row.int()
    }
  }

  private struct Nobody: Authenticating {
    func principal(bearer: String?, apiKey: String?) async throws -> Principal? { nil }
  }
#endif
