#if PostgreSQL
  import CampaignKit
  import CampaignTesting
  import Testing

  @testable import CampaignPostgres

  /// A database of an older version is brought to the newest, with what it holds.
  @Suite(.serialized, .enabled(if: PostgresHarness.server != nil)) struct PostgresMigrationTests {
    /// What later versions have made, undone; the claim of the first had other parameters.
    private static let firstVersion = """
      UPDATE agents SET live = live + 1;
      UPDATE campaign_states SET unassigned = unassigned + 1;
      DELETE FROM schema_version WHERE version > 1;
      DROP FUNCTION claim_leads;
      DROP FUNCTION demand_primary;
      CREATE INDEX calls_lead ON calls (lead, created_at, id) WHERE lead IS NOT NULL;
      ALTER TABLE calls ALTER reference TYPE text COLLATE "und-x-icu";
      DROP FUNCTION choose_callers;
      DROP TABLE caller_counts;
      ALTER TABLE campaigns DROP COLUMN caller_numbers, DROP COLUMN prefers_nearby, DROP COLUMN calls_per_day;
      CREATE FUNCTION claim_leads(
        bigint, uuid, text, bigint, bigint, integer[], bigint[], bigint[], jsonb, uuid[], text[], float8[], float8[],
        bigint, bigint, text, bigint, bigint) RETURNS void LANGUAGE sql AS ''
      """

    /// Whoever finds the newest version needs no right but to read and write, and no lock.
    @Test func theNewestVersionIsLeftAlone() async throws {
      let configuration = try PostgresHarness.configuration()
      let store = try await PostgresStorage(configuration)
      try await store.setSystemLimit(77)
      let owner = try configuration.connect()
      let (role, schema) = ("user_" + configuration.schema.suffix(12), configuration.schema.quoted)
      try owner.script("CREATE ROLE \(role) LOGIN")
      var other = configuration
      other.connection += " user=\(role)"
      let others = other
      // Nothing is there for it yet, and it may make nothing.
      let error = await #expect(throws: StoreError.self) { try await PostgresStorage(others) }
      #expect(error?.code == .notPermitted)
      try owner.script(
        """
        GRANT USAGE ON SCHEMA \(schema) TO \(role);
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA \(schema) TO \(role)
        """)
      try owner.script(
        """
        BEGIN;
        LOCK TABLE schema_version IN SHARE MODE;
        SELECT pg_advisory_lock(\(0x43_61_6D_70), hashtext('\(configuration.schema)'))
        """)
      let second = try await PostgresStorage(others)
      let account = Account(id: Account.ID(high: 1, low: 1), name: "A", createdAt: try await second.now())
      try await second.insert(account)
      #expect(try await second.slots(of: account.id).systemLimit == 77)
      try await second.close()
      try owner.script("ROLLBACK; DROP OWNED BY \(role); DROP ROLE \(role)")
    }

    /// Whoever only wants to read makes no schema, and changes none.
    @Test func makesNothingWhereItIsNotAskedTo() async throws {
      var configuration = try PostgresHarness.configuration()
      let owner = try configuration.connect()
      func isThere() throws -> Bool {
        let sql = "SELECT to_regnamespace($1) IS NOT NULL"
        var row = try owner.run([Statement(sql: sql, values: [configuration.schema.quoted])]).last?.first
        return try row?.bool() ?? false
      }
      configuration.migrates = false
      let settings = configuration
      let missing = await #expect(throws: StoreError.self) { try await PostgresStorage(settings) }
      #expect(missing?.code == .notFound)
      #expect(try !isThere())
      configuration.migrates = true
      try await PostgresStorage(configuration).close()
      try await PostgresStorage(settings).close()
      try owner.script(Self.firstVersion)
      let old = await #expect(throws: StoreError.self) { try await PostgresStorage(settings) }
      #expect(old?.code == .notPermitted)
      var row = try #require(
        try owner.run([Statement(sql: "SELECT max(version) FROM schema_version", values: [])]).last?.first)
      let version = try row.int()
      #expect(version == 1)
    }

    /// A migration may take longer than a statement may otherwise, and so may the wait for one by another process.
    @Test(.timeLimit(.minutes(1))) func takesItsTime() async throws {
      var configuration = try PostgresHarness.configuration()
      configuration.answering = .seconds(2)
      let settings = configuration
      var patient = configuration
      patient.answering = .seconds(30)
      let (owner, watcher) = (try patient.connect(), try patient.connect())
      try owner.script("SELECT pg_advisory_lock(\(0x43_61_6D_70), hashtext('\(configuration.schema)'))")
      let opening = Task { try await PostgresStorage(settings) }
      let end = ContinuousClock.now + .milliseconds(2500)
      while ContinuousClock.now < end { try watcher.script("SELECT pg_sleep(0.05)") }
      try owner.script("SELECT pg_advisory_unlock(\(0x43_61_6D_70), hashtext('\(configuration.schema)'))")
      let store = try await opening.value
      let usual = try await store.read { (session) throws(StoreError) in
        var row = try session.rows("SELECT current_setting('statement_timeout')").first
        return try row?.text()
      }
      #expect(usual == "2s")
      try await store.close()
    }

    @Test func noIndexDependsOnALanguage() async throws {
      let configuration = try PostgresHarness.configuration()
      try await PostgresStorage(configuration).close()
      #expect(try Self.languageIndexes(configuration) == [])
    }

    /// Indexes in the order of a language, which the next version of the library that knows it breaks.
    private static func languageIndexes(_ configuration: PostgresStorage.Configuration) throws -> [String]? {
      let sql = """
        SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid, unnest(i.indcollation) AS k
        WHERE c.relnamespace = $1::regnamespace AND k NOT IN (0, 'pg_catalog."C"'::regcollation)
        """
      let found = try configuration.connect().run([Statement(sql: sql, values: [configuration.schema.quoted])]).last
      return try found?.map { (row) throws(StoreError) in try row.text() }
    }

    @Test func wantsADatabaseThatHoldsEveryText() async throws {
      var configuration = try PostgresHarness.configuration()
      let owner = try configuration.connect()
      let name = "latin_" + configuration.schema.suffix(12)
      try owner.script("CREATE DATABASE \(name) ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
      configuration.connection += " dbname=\(name)"
      let latin = configuration
      let error = await #expect(throws: StoreError.self) { try await PostgresStorage(latin) }
      #expect(error?.code == .notPermitted)
      #expect(error?.message.contains("LATIN1") == true)
      try owner.script("DROP DATABASE \(name) WITH (FORCE)")
    }

    @Test func numbersToCallFromAreTakenOver() async throws {
      let time = ManualTime()
      var configuration = try PostgresHarness.configuration()
      configuration.time = time
      var store = try await PostgresStorage(configuration)
      try await store.setSystemLimit(100)
      try await store.setDefaultAccountLimit(100)
      let identifiers = IdentifierGenerator(random: SeededGenerator(seed: 1))
      let account = Account(id: identifiers.next(at: time.now()), name: "a", createdAt: time.now())
      try await store.insert(account)
      let one = try #require(PhoneNumber(digits: 12_125_550_100))
      let two = try #require(PhoneNumber(digits: 13_055_550_100))
      var campaign = Campaign(
        id: identifiers.next(at: time.now()), account: account.id, name: "c", createdAt: time.now())
      campaign.callerNumbers = [one, two, one]
      campaign.agents.group = "sales"
      campaign = try await store.insert(campaign)
      let leads = try (0..<20 as Range<UInt64>).map { index in
        NewLead(number: try #require(PhoneNumber(digits: 14_155_550_000 + index)))
      }
      _ = try await store.insert(leads, into: campaign.id, options: LeadInsertion())
      _ = try await store.transition(campaign.id, on: .start, reason: nil)
      let lease = try await store.acquire(campaign.id, by: "one", lasting: .seconds(1000))
      var agent = Agent(
        id: identifiers.next(at: time.now()), account: account.id, kind: .person, name: "e", createdAt: time.now())
      agent.group = "sales"
      agent.status = .available
      agent.maximumConcurrentCalls = 8
      try await store.insert(agent)
      let request = ClaimRequest(
        lease: lease, count: 5, open: [OpenLocality(.unknown, until: .distantFuture)], agents: [agent.id])
      let calls = try await store.claim(request).calls
      #expect(calls.map(\.from) == [one, two, one, two, one])
      _ = try await store.finish(calls[0].call, CallEnding(.answered, next: .complete))
      _ = try await store.finish(calls[1].call, CallEnding(.busy, next: .fail))
      _ = try await store.finish(calls[2].call, CallEnding(.failed, next: .release(at: time.now()), isAttempt: false))
      let counted = try await store.callerNumbers(of: account.id, from: nil, until: nil)
      #expect(counted.map(\.counts.calls) == [2, 2])
      // Of the two that go on, a machine answers one that has an agent, and another that waits for one.
      let more = try await store.claim(request).calls.map(\.call)
      for call in [more[0], calls[3].call] { _ = try await store.assign(call, to: [agent.id]) }
      for call in more.prefix(2) { _ = try await store.record(.detected(.machineStart), of: call) }
      let figures = try await store.callerNumbers(of: account.id, from: nil, until: nil)

      try await store.pool.run { (connection) throws(StoreError) in try connection.script(Self.firstVersion) }
      try await store.close()
      store = try await PostgresStorage(configuration)
      #expect(try await store.callerNumbers(of: account.id, from: nil, until: nil) == figures)
      #expect(try await store.activity(of: [agent.id])[agent.id]?.currentCalls == 1)
      // Eight calls at once, of which it has one; four wait, and three more may.
      let claim = try await store.claim(request)
      let first = try #require(claim.calls.first?.call)
      #expect(try await store.mayPlace(first, under: lease))
      #expect(try Self.languageIndexes(configuration) == [])
      #expect(claim.stop == .agents)
      #expect(claim.calls.count == 3 && Set(claim.calls.map(\.from)) == [one, two])
      for call in more + calls.dropFirst(3).map(\.call) + claim.calls.map(\.call) {
        _ = try await store.finish(call, CallEnding(.voicemail, next: .complete))
      }
      #expect(try await store.activity(of: [agent.id])[agent.id]?.currentCalls == 0)
      #expect(try await store.claim(request).calls.count == 5)
      try await store.removeSchema()
      try await store.close()
    }
  }
#endif
