#if PostgreSQL
  import CampaignKit
  import CampaignTesting
  import Foundation
  import Testing

  @testable import CampaignPostgres

  /// Several processes on one database, and bad days of it.
  @Suite(.enabled(if: PostgresHarness.server != nil)) struct PostgresServersTests {
    @Test func opensADatabaseThatIsThere() async throws {
      let configuration = try PostgresHarness.configuration()
      let first = try await PostgresStorage(configuration)
      try await first.setSystemLimit(77)
      // Several begin at the same moment.
      let others = try await withThrowingTaskGroup(of: PostgresStorage.self) { group in
        for _ in 0..<4 { group.addTask { try await PostgresStorage(configuration) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      let account = Account(id: Account.ID(high: 1, low: 1), name: "A", createdAt: try await first.now())
      try await others[0].insert(account)
      for store in others { #expect(try await store.slots(of: account.id).systemLimit == 77) }
    }

    @Test func refusesADatabaseThatIsNewer() async throws {
      let configuration = try PostgresHarness.configuration()
      _ = try await PostgresStorage(configuration)
      try configuration.connect().script("INSERT INTO schema_version (version) VALUES (1000)")
      let error = await #expect(throws: StoreError.self) { try await PostgresStorage(configuration) }
      #expect(error?.code == .notPermitted)
      #expect(error?.message.contains("1000") == true)
    }

    @Test func tellsThatThereIsNoServer() async throws {
      var configuration = PostgresStorage.Configuration("host=/nowhere/at/all dbname=none")
      configuration.connecting = .seconds(2)
      let settings = configuration
      let error = await #expect(throws: StoreError.self) { try await PostgresStorage(settings) }
      #expect(error?.code == .unavailable)
      #expect(error?.isRetryable == true)
    }

    /// The time is that of the database, whatever the processes' clocks say.
    @Test func theDatabaseTellsTheTime() async throws {
      let store = try await PostgresStorage(PostgresHarness.configuration())
      let before = SystemTime().now()
      let told = try await store.now()
      // Both are of this machine here.
      #expect(told >= before - .milliseconds(2) && told <= SystemTime().now() + .milliseconds(2))
    }

    /// What comes to wait while the clock stands earlier than it did is called in its time.
    @Test func callsInTimeAfterTheClockWasSetBack() async throws {
      let time = ManualTime()
      var configuration = try PostgresHarness.configuration()
      configuration.time = time
      let store = try await PostgresStorage(configuration)
      let scene = try await Scene(store, leads: 3)
      var campaign = try #require(try await store.campaign(scene.campaign))
      campaign.retries.maximumAttempts = 10
      _ = try await store.update(campaign)
      let lease = try await store.acquire(scene.campaign, by: "one", lasting: .seconds(100_000))
      let calls = try await store.claim(scene.request(lease, 3)).calls
      try #require(calls.count == 3)
      let start = time.now()
      func end(_ call: Call.ID, until seconds: Int) async throws {
        let retry = LeadStep.retry(at: start + .seconds(seconds), numberIndex: 0, isCallback: false)
        _ = try await store.finish(call, CallEnding(.busy, next: retry))
      }
      func claim(at seconds: Int) async throws -> Claim {
        time.set(start + .seconds(seconds))
        return try await store.claim(scene.request(lease, 3))
      }
      try await end(calls[0].call, until: 1000)
      try await end(calls[2].call, until: 1001)
      let late = try await claim(at: 1000).calls
      #expect(late.map(\.lead) == [calls[0].lead])
      time.set(start + .seconds(10))
      // One that comes then is held back, since its number is in a call.
      let number = try #require(PhoneNumber(digits: 14_159_000_000))
      let new = try await store.insert([NewLead(number: number)], into: scene.campaign, options: LeadInsertion())
      #expect(new.inserted == 1)
      let other = try await store.begin(
        SingleCall(account: scene.account, to: number, placeWithin: .seconds(30), longestCall: .seconds(60)))
      let held = try await claim(at: 11).heldBack
      #expect(held.map(\.decision.retryAt) == [start + .seconds(71)])
      _ = try await store.finish(other.id, CallEnding(.answered, next: .complete))
      // Another is to be called before it.
      try await end(calls[1].call, until: 20)
      #expect(try await store.queues(of: scene.campaign).map(\.nextDueAt) == [start + .seconds(20)])
      let none = try await claim(at: 12)
      #expect(none.calls.isEmpty && none.stop == .noneDue(next: start + .seconds(20)))
      let first = try await claim(at: 20).calls
      #expect(first.map(\.lead) == [calls[1].lead])
      let second = try await claim(at: 71).calls
      #expect(second.map(\.lead) == held.map(\.lead))
    }

    /// What a connection has prepared does not grow with the numbers in what is asked, nor beyond a bound.
    @Test func preparesSoManyStatements() async throws {
      var configuration = try PostgresHarness.configuration()
      configuration.maximumConnections = 1
      let store = try await PostgresStorage(configuration)
      let scene = try await Scene(store, leads: 20)
      func prepared() async throws -> Int {
        try await store.pool.run { (connection) throws(StoreError) in connection.prepared.count }
      }
      func read(_ number: Int) async throws {
        let page = PageRequest(limit: number, start: .offset(number))
        let found = try await store.leads(LeadQuery(.campaign(scene.campaign)), page: page).elements
        #expect(found.count == min(number, 20 - number))
      }
      try await read(1)
      let before = try await prepared()
      for number in 2..<20 { try await read(number) }
      #expect(try await prepared() == before)
      try await store.pool.run { (connection) throws(StoreError) in
        do throws(DatabaseError) {
          for number in 0..<1200 { _ = try connection.run([Statement(sql: "SELECT \(number)", values: [])]) }
        } catch { throw error.storeError }
      }
      #expect(try await prepared() < 1000)
      try await read(5)
    }

    /// What is about all leads of a campaign is not bound to the time for a statement.
    @Test(.timeLimit(.minutes(2))) func endsManyLeadsInTheirTime() async throws {
      let configuration = try PostgresHarness.configuration()
      let scene = try await Scene(try await PostgresStorage(configuration), leads: 5000)
      var hasty = configuration
      hasty.answering = .seconds(1)
      // Each of these leads takes the database a while.
      try configuration.connect().script(
        """
        CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$
          BEGIN PERFORM pg_sleep(0.0003); RETURN coalesce(NEW, OLD); END $$;
        CREATE TRIGGER dawdle BEFORE UPDATE OR DELETE ON leads FOR EACH ROW EXECUTE FUNCTION dawdle()
        """)
      let store = try await PostgresStorage(hasty)
      let before = try await store.lastEvent(of: scene.account)
      _ = try await store.transition(scene.campaign, on: .cancel, reason: nil)
      #expect(try await store.leadCounts(of: scene.campaign)?.cancelled == 5000)
      // All are told, and as many are kept as always.
      let last = try await store.lastEvent(of: scene.account)
      #expect(last == before + 5001)
      let kept = try await store.events(of: scene.account, after: last - 4096, limit: 10_000)
      #expect(kept.count == 4096 && kept.map(\.sequence) == Array(last - 4095...last))
      #expect(Set(kept.compactMap(\.lead)).count == 4096)
      let error = await #expect(throws: StoreError.self) {
        try await store.events(of: scene.account, after: last - 4200, limit: 1)
      }
      #expect(error?.code == .gone)
      #expect(try await store.deleteLeads(of: scene.campaign) == 5000)
    }

    @Test(.timeLimit(.minutes(1))) func tellsOtherProcesses() async throws {
      let configuration = try PostgresHarness.configuration()
      let first = try await PostgresStorage(configuration)
      let second = try await PostgresStorage(configuration)
      let scene = try await Scene(first, leads: 1)
      let heard = try await second.hears {
        let campaign = try #require(try await first.campaign(scene.campaign))
        _ = try await first.update(campaign)
      }
      #expect(heard == scene.account)
      try await second.close()
    }

    /// What another process has changed without being able to tell is found all the same.
    @Test(.timeLimit(.minutes(1))) func looksForWhatItIsNotTold() async throws {
      var configuration = try PostgresHarness.configuration()
      let scene = try await Scene(try await PostgresStorage(configuration), leads: 1)
      configuration.looking = .milliseconds(50)
      let store = try await PostgresStorage(configuration)
      let other = try configuration.connect()
      let heard = try await store.hears {
        try other.script(
          "SELECT tell('\(scene.account.sqlText ?? "")', 0, 'leadsAdded', NULL, NULL, NULL, NULL, NULL, 1)")
      }
      #expect(heard == scene.account)
      try await store.close()
    }

    /// A host that takes the connection and says nothing does not keep it from the next.
    @Test(.timeLimit(.minutes(1))) func goesOnToTheNextHost() async throws {
      var configuration = try PostgresHarness.configuration()
      let parameters = try ConnectionParameters(configuration.connection)
      let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(listener) }
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let isBound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(listener, $0, length) == 0 && listen(listener, 8) == 0 && getsockname(listener, $0, &length) == 0
        }
      }
      try #require(isBound)
      let port = UInt16(bigEndian: address.sin_port)
      configuration.connection += " host=127.0.0.1,\(parameters.host) port=\(port),\(parameters.port) hostaddr=''"
      configuration.connecting = .seconds(2)
      configuration.hearsOthers = false
      configuration.maximumConnections = 1
      let store = try await PostgresStorage(configuration)
      #expect(try await store.accounts(PageRequest()).elements.isEmpty)
      try await store.close()
    }

    /// Connections that are cut make what is under way fail as unavailable, and are made anew.
    @Test func recoversFromConnectionsThatAreCut() async throws {
      let others = try PostgresHarness.configuration()
      var configuration = others
      let name = String(configuration.schema.prefix(20))
      configuration.connection += " application_name=\(name)"
      let store = try await PostgresStorage(configuration)
      let scene = try await Scene(store, leads: 300)
      let lease = try await store.acquire(scene.campaign, by: "one", lasting: .seconds(600))
      let killer = try others.connect()
      var claimed: Set<Lead.ID> = []
      var failures = 0
      for round in 0..<30 {
        if round % 3 == 0 {
          try killer.script(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '\(name)'")
        }
        do {
          for call in try await store.claim(scene.request(lease, 5)).calls {
            #expect(claimed.insert(call.lead).inserted, "a lead is claimed once")
          }
        } catch {
          #expect(error.code == .unavailable)
          failures += 1
        }
      }
      #expect(failures > 0)
      let calls = try await store.calls(CallQuery(account: scene.account), page: PageRequest(limit: 1000)).elements
      #expect(Set(calls.compactMap(\.lead)).count == calls.count)
      #expect(claimed.isSubset(of: calls.compactMap(\.lead)))
      #expect(try await store.slots(of: scene.account).accountActive == calls.count)
      #expect(try await store.leadCounts(of: scene.campaign)?.calling == calls.count)
    }
  }

  extension PostgresStorage {
    /// The account of which it hears first. What is told before it listens is lost, so something is done again and again.
    fileprivate func hears(while body: sending @escaping () async throws -> Void) async throws -> Account.ID? {
      let hints = hints()
      let doing = Task { while !Task.isCancelled { try await body() } }
      var heard: Account.ID?
      for await hint in hints {
        heard = hint
        break
      }
      doing.cancel()
      _ = await doing.result
      return heard
    }
  }

  extension Connection {
    /// How many transactions that have come to a table of the schema wait for another.
    func waiting(at table: String) throws -> Int {
      let sql = """
        SELECT count(*) FROM pg_locks l WHERE NOT granted AND EXISTS (
          SELECT FROM pg_locks h WHERE h.pid = l.pid AND h.relation = $1::regclass)
        """
      var row = try #require(try run([Statement(sql: sql, values: [table])]).last?.first)
      return try row.int()
    }
  }

  /// An account with a campaign that runs.
  struct Scene: Sendable {
    let account: Account.ID
    let campaign: Campaign.ID

    init(_ store: some CampaignStorage, leads: Int, limit: Int = 100_000) async throws {
      let identifiers = IdentifierGenerator()
      let now = try await store.now()
      account = identifiers.next(at: now)
      try await store.setSystemLimit(1_000_000)
      var owner = Account(id: account, name: "A", createdAt: now)
      owner.concurrencyLimit = limit
      try await store.insert(owner)
      campaign = try await store.insert(
        Campaign(id: identifiers.next(at: now), account: account, name: "C", createdAt: now)
      ).id
      for start in stride(from: 0, to: leads, by: 5000) {
        let new = try (start..<min(leads, start + 5000)).map { index in
          NewLead(number: try #require(PhoneNumber(digits: 14_150_000_000 + UInt64(index))))
        }
        _ = try await store.insert(new, into: campaign, options: LeadInsertion())
      }
      _ = try await store.transition(campaign, on: .start, reason: nil)
    }

    func request(_ lease: CampaignLease, _ count: Int) -> ClaimRequest {
      ClaimRequest(lease: lease, count: count, open: [OpenLocality(.unknown, until: .distantFuture)])
    }
  }
#endif
