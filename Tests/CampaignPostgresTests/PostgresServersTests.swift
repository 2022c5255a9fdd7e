#if PostgreSQL
  import CampaignKit
  import CampaignTesting
  import Foundation
  import Locks
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

    /// A process whose campaign was taken over claims nothing and places nothing any more.
    @Test func fencesAProcessThatLostItsLease() async throws {
      let time = ManualTime()
      var configuration = try PostgresHarness.configuration()
      configuration.time = time
      let first = try await PostgresStorage(configuration)
      let second = try await PostgresStorage(configuration)
      let scene = try await Scene(first, leads: 10)
      let lease = try await first.acquire(scene.campaign, by: "first", lasting: .seconds(30))
      let call = try #require(try await first.claim(scene.request(lease, 1)).calls.first)
      let early = await #expect(throws: StoreError.self) {
        try await second.acquire(scene.campaign, by: "second", lasting: .seconds(30))
      }
      #expect(early?.code == .leaseLost)
      time.advance(by: .seconds(30))
      #expect(try await second.unownedCampaigns(limit: 10) == [scene.campaign])
      let taken = try await second.acquire(scene.campaign, by: "second", lasting: .seconds(30))
      #expect(taken.token > lease.token)
      let late = await #expect(throws: StoreError.self) { try await first.claim(scene.request(lease, 1)) }
      #expect(late?.code == .leaseLost)
      #expect(try await first.renew([lease], lasting: .seconds(30)).isEmpty)
      #expect(try await first.mayPlace(call.call, under: lease) == false)
      #expect(try await second.claim(scene.request(taken, 100)).calls.count == 9)
    }

    /// Whoever takes a campaign over while a claim is under way waits for it, and sees what it claimed.
    @Test(.timeLimit(.minutes(1))) func takesOverAfterTheClaim() async throws {
      let time = ManualTime()
      var configuration = try PostgresHarness.configuration()
      configuration.time = time
      let first = try await PostgresStorage(configuration)
      let second = try await PostgresStorage(configuration)
      let scene = try await Scene(first, leads: 5)
      let lease = try await first.acquire(scene.campaign, by: "first", lasting: .seconds(30))
      let (keeper, watcher) = (try configuration.connect(), try configuration.connect())
      // The claim comes to the row of the system, and waits there.
      try keeper.script("BEGIN; SELECT FROM system FOR UPDATE")
      let claim = Task { try await first.claim(scene.request(lease, 5)) }
      while try watcher.waiting(at: "system") == 0 { await Task.yield() }
      time.advance(by: .seconds(31))
      let isTaken = Locked(false)
      let taking = Task {
        _ = try await second.acquire(scene.campaign, by: "second", lasting: .seconds(30))
        isTaken.withLock { $0 = true }
        return try await second.calls(CallQuery(account: scene.account), page: PageRequest(limit: 10)).elements
      }
      while try watcher.waiting(at: "campaign_states") < 2, !isTaken.withLock({ $0 }) { await Task.yield() }
      #expect(!isTaken.withLock { $0 })
      try keeper.script("COMMIT")
      #expect(try await claim.value.calls.count == 5)
      #expect(try await taking.value.count == 5)
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

    /// Leases are renewed while those who write for one account keep all connections.
    @Test(.timeLimit(.minutes(1))) func renewsLeasesWhileAllConnectionsAreKept() async throws {
      var configuration = try PostgresHarness.configuration()
      configuration.maximumConnections = 2
      configuration.waitForConnection = .milliseconds(50)
      let store = try await PostgresStorage(configuration)
      let scene = try await Scene(store, leads: 1)
      let lease = try await store.acquire(scene.campaign, by: "one", lasting: .seconds(600))
      let (keeper, watcher) = (try configuration.connect(), try configuration.connect())
      try keeper.script("BEGIN; SELECT FROM account_states FOR UPDATE")
      let changes = (0..<2).map { _ in Task { try await store.transition(scene.campaign, on: .pause, reason: nil) } }
      while try watcher.waiting(at: "account_states") < 2 { await Task.yield() }
      let error = await #expect(throws: StoreError.self) { try await store.now() }
      #expect(error?.code == .unavailable)
      let renewed = try await store.renew([lease], lasting: .seconds(600))
      #expect(renewed.map(\.campaign) == [scene.campaign])
      try keeper.script("ROLLBACK")
      for change in changes { _ = await change.result }
      try await store.close()
      await #expect(throws: StoreError.self) { try await store.renew([lease], lasting: .seconds(600)) }
    }

    /// A renewal that waited counts from when it had waited, and by what it found then.
    @Test(.timeLimit(.minutes(1))) func renewsByWhatItFindsAfterItsWait() async throws {
      let configuration = try PostgresHarness.configuration()
      let store = try await PostgresStorage(configuration)
      let (one, two) = (try await Scene(store, leads: 1), try await Scene(store, leads: 1))
      var leases: [CampaignLease] = []
      for scene in [one, two] {
        leases.append(try await store.acquire(scene.campaign, by: "one", lasting: .milliseconds(500)))
      }
      let (keeper, watcher) = (try configuration.connect(), try configuration.connect())
      // Meanwhile one of them is held for longer, and both would have ended.
      try keeper.script(
        """
        BEGIN;
        UPDATE campaign_states SET lease_end = lease_end + 600000 WHERE campaign = '\(one.campaign.sqlText ?? "")';
        SELECT FROM campaign_states FOR UPDATE
        """)
      let renewal = Task { [leases] in try await store.renew(leases, lasting: .seconds(600)) }
      while try watcher.waiting(at: "campaign_states") == 0 { await Task.yield() }
      while try await store.now() < leases[1].expiresAt { await Task.yield() }
      let before = try await store.now()
      try keeper.script("COMMIT")
      let renewed = try await renewal.value
      #expect(renewed.map(\.campaign) == [one.campaign])
      #expect(try #require(renewed.first).expiresAt >= before + .seconds(600))
      try await store.close()
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
