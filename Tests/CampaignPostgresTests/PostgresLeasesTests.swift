#if PostgreSQL
  import CampaignKit
  import CampaignTesting
  import Locks
  import Testing

  @testable import CampaignPostgres

  /// Leases of several processes on one database, and what may not hold up their renewal.
  @Suite(.enabled(if: PostgresHarness.server != nil)) struct PostgresLeasesTests {
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
  }
#endif
