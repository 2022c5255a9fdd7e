#if PostgreSQL
  import CampaignKit
  import CampaignTesting
  import Foundation
  import Locks
  import Testing

  @testable import CampaignPostgres

  /// How the database finds what the hot statements need: by an index, and few rows.
  @Suite(.serialized, .enabled(if: PostgresHarness.server != nil)) struct PostgresPlansTests {
    /// The tables that grow.
    private static let large = [
      "leads", "due_leads", "queues", "calls", "live_calls", "events", "contacts", "rollups", "caller_counts",
      "suppressions", "campaigns", "campaign_states", "account_states",
    ]

    /// A store that tells how each of its statements was run.
    private struct Watched {
      let store: PostgresStorage
      let time = ManualTime()
      /// How to reach the same schema.
      let configuration: PostgresStorage.Configuration

      init() async throws {
        var configuration = try PostgresHarness.configuration()
        let settings = [
          "session_preload_libraries=auto_explain", "auto_explain.log_min_duration=0",
          "auto_explain.log_nested_statements=on", "auto_explain.log_analyze=on", "auto_explain.log_timing=off",
          "auto_explain.log_buffers=on",
        ]
        configuration.connection += " options='\(settings.map { "-c \($0)" }.joined(separator: " "))'"
        configuration.maximumConnections = 1
        configuration.hearsOthers = false
        configuration.time = time
        let taken = Taken()
        configuration.remarked = { taken.add($0) }
        store = try await PostgresStorage(configuration)
        self.configuration = configuration
        self.taken = taken
      }

      private final class Taken: Sendable {
        let plans = Locked<[String]>([])
        func add(_ remark: String) { if remark.contains("cost=") { plans.withLock { $0.append(remark) } } }
      }

      private let taken: Taken

      /// The plans of what is done here.
      func plans(_ body: () async throws -> Void) async throws -> [String] {
        taken.plans.withLock { $0 = [] }
        try await body()
        return taken.plans.withLock { $0 }
      }

      func run(_ script: String) async throws {
        try await store.pool.run { (connection) throws(StoreError) in try connection.script(script) }
      }

      /// Tells the planner how large everything in this schema is.
      func analyze() async throws {
        try await run(
          """
          DO $$ BEGIN EXECUTE (SELECT 'ANALYZE ' || string_agg(quote_ident(tablename), ', ') FROM pg_tables
            WHERE schemaname = current_schema()); END $$
          """)
      }
    }

    /// A store in which something of everything lies, and much of what grows.
    private struct Busy {
      let watched: Watched
      let scene: Scene
      let lease: CampaignLease
      var store: PostgresStorage { watched.store }

      init(leads: Int = 20_000) async throws {
        watched = try await Watched()
        scene = try await Scene(watched.store, leads: leads)
        lease = try await watched.store.acquire(scene.campaign, by: "one", lasting: .seconds(100_000))
        for _ in 0..<20 { _ = try await watched.store.claim(scene.request(lease, 100)) }
        // So many of everything that an index is the shorter way.
        let now = watched.time.now()
        _ = try await watched.store.suppress(
          (0..<3000).compactMap { PhoneNumber(digits: 14_159_100_000 + UInt64($0)) }.map {
            Suppression(.number($0), account: nil, source: "test", addedAt: now)
          })
        try await watched.run(
          """
          INSERT INTO accounts SELECT gen_random_uuid(), NULL, NULL, '{}' FROM generate_series(1, 2000);
          INSERT INTO account_states (account) SELECT id FROM accounts ON CONFLICT DO NOTHING;
          INSERT INTO campaigns (id, account, name, status, created_at, updated_at, revision, delay, max_attempts,
              call_time, search, doc)
            SELECT gen_random_uuid(), id, '', 'completed', 0, 0, 1, 0, 1, 0, '', '{}' FROM accounts;
          INSERT INTO campaign_states (campaign) SELECT id FROM campaigns ON CONFLICT DO NOTHING;
          INSERT INTO queues (campaign, locality, waiting) SELECT id, 1, 0 FROM campaigns ON CONFLICT DO NOTHING
          """)
        try await watched.analyze()
      }

      /// Does something as often as it takes for plans to be kept, and looks at how it was done.
      func check(
        _ what: String, by index: String, atMost rows: Int = 300, source: SourceLocation = #_sourceLocation,
        _ body: () async throws -> Void
      ) async throws {
        var plans: [String] = []
        for _ in 0..<8 { plans += try await watched.plans(body) }
        #expect(plans.count >= 8, "\(what)", sourceLocation: source)
        #expect(plans.contains { $0.contains(" \(index) ") }, "\(what): no plan uses \(index)", sourceLocation: source)
        for plan in plans {
          let scanned = plan.split(separator: "\n").first { line in
            !line.contains("never executed")
              && PostgresPlansTests.large.contains { line.contains("Seq Scan on \($0) ") }
          }
          #expect(scanned == nil, "\(what): \(plan)", sourceLocation: source)
          let most = PostgresPlansTests.greatestCount(plan)
          #expect(most <= rows, "\(what) looks at \(most) rows: \(plan)", sourceLocation: source)
        }
      }
    }

    @Test func claimsAndEndings() async throws {
      let busy = try await Busy()
      let (store, scene, lease) = (busy.store, busy.scene, busy.lease)
      var live: [Call.ID] = []
      try await busy.check("a claim", by: "due_leads_ready") {
        let claim = try await store.claim(scene.request(lease, 100))
        #expect(claim.calls.count == 100)
        live += claim.calls.map(\.call)
      }
      let now = busy.watched.time.now()
      try await busy.check("a lease on a call", by: "calls_pkey") {
        let may = try await store.mayPlace(live[0], under: lease)
        #expect(may)
      }
      try await busy.check("news of a call", by: "calls_pkey") {
        _ = try await store.record(
          .placed(carrier: "c", reference: "\(live[live.count - 1])", at: now), of: live.removeLast())
      }
      try await busy.check("the end of a call", by: "leads_pkey") {
        let next = LeadStep.retry(at: now + .seconds(60), numberIndex: 0, isCallback: false)
        _ = try await store.finish(live.removeLast(), CallEnding(.busy, next: next))
      }
      try await busy.check("the ends of many calls", by: "calls_pkey") {
        let next = LeadStep.retry(at: now + .seconds(60), numberIndex: 0, isCallback: false)
        let updates = live.suffix(20).map { CallUpdate($0, ending: CallEnding(.noAnswer, next: next)) }
        live.removeLast(20)
        _ = try await store.update(updates)
      }
      busy.watched.time.advance(by: .seconds(61))
      try await busy.check("what has become due", by: "due_leads_later") {
        _ = try await store.claim(scene.request(lease, 10))
      }
      try await busy.check("the queues", by: "due_leads_ready") { _ = try await store.queues(of: scene.campaign) }
      var next: UInt64 = 14_159_000_000
      try await busy.check("a single call", by: "live_calls_pkey") {
        next += 1
        let number = try #require(PhoneNumber(digits: next))
        _ = try await store.begin(
          SingleCall(account: scene.account, to: number, placeWithin: .seconds(30), longestCall: .seconds(60)))
      }
      try await busy.check("the single calls", by: "live_calls_single") {
        _ = try await store.liveSingleCalls(limit: 10)
      }
    }

    @Test func pagesAndLeases() async throws {
      let busy = try await Busy()
      let (store, scene) = (busy.store, busy.scene)
      let calls = try await store.calls(CallQuery(account: scene.account), page: PageRequest(limit: 10))
      let lead = try #require(calls.elements.first?.lead)
      let contact = try #require(calls.elements.first?.contact)
      let page = try #require(calls.next)
      try await busy.check("calls of an account", by: "calls_account") {
        _ = try await store.calls(CallQuery(account: scene.account), page: PageRequest(limit: 50))
      }
      try await busy.check("a later page of them", by: "calls_account") {
        _ = try await store.calls(CallQuery(account: scene.account), page: PageRequest(limit: 50, start: .cursor(page)))
      }
      try await busy.check("calls of a campaign", by: "calls_campaign") {
        let query = CallQuery(account: scene.account, campaign: scene.campaign)
        _ = try await store.calls(query, page: PageRequest(limit: 50))
      }
      try await busy.check("calls of a lead", by: "calls_contact") {
        _ = try await store.calls(CallQuery(account: scene.account, lead: lead), page: PageRequest(limit: 50))
      }
      try await busy.check("leads of a campaign", by: "leads_campaign") {
        _ = try await store.leads(LeadQuery(.campaign(scene.campaign)), page: PageRequest(limit: 50))
      }
      try await busy.check("leads of an account", by: "leads_account") {
        _ = try await store.leads(LeadQuery(.account(scene.account)), page: PageRequest(limit: 50))
      }
      try await busy.check("leads of a contact", by: "leads_contact") {
        _ = try await store.leads(LeadQuery(.contact(contact)), page: PageRequest(limit: 50))
      }
      try await busy.check("a lead", by: "leads_pkey") { _ = try await store.lead(lead) }
      try await busy.check("events since", by: "events_pkey", atMost: 500) {
        let last = try await store.lastEvent(of: scene.account)
        #expect(try await store.events(of: scene.account, after: last - 150, limit: 100).count == 100)
      }
      var leases = [busy.lease]
      for index in 1..<40 as Range<UInt64> {
        let campaign = Campaign(
          id: Campaign.ID(high: index, low: 0), account: scene.account, name: "C", createdAt: busy.watched.time.now())
        _ = try await store.insert(campaign)
        leases.append(try await store.acquire(campaign.id, by: "one", lasting: .seconds(100_000)))
      }
      try await busy.check("heartbeats", by: "campaign_states_pkey") { [leases] in
        let held = try await store.renew(leases, lasting: .seconds(100_000))
        #expect(held.count == leases.count)
      }
      try await busy.check("the slots", by: "account_states_pkey") { _ = try await store.slots(of: scene.account) }
    }

    /// An export reads a long list part by part, each from where the one before it ended.
    @Test func exportsAListByItsIndex() async throws {
      let watched = try await Watched()
      let scene = try await Scene(watched.store, leads: 10)
      let entries = (0..<3000 as Range<UInt64>).compactMap { PhoneNumber(digits: 14_159_200_000 + $0) }.map {
        Suppression(.number($0), account: scene.account, source: "test", addedAt: watched.time.now())
      }
      _ = try await watched.store.suppress(entries)
      try await watched.analyze()
      let exported = Locked(0)
      let plans = try await watched.plans {
        try await watched.store.export { record in
          if case .suppression = record { exported.withLock { $0 += 1 } }
        }
      }.filter { $0.contains("FROM suppressions") }
      #expect(exported.withLock { $0 } == 3000)
      #expect(plans.count == 5)
      for plan in plans {
        #expect(plan.contains(" suppressions_pkey "), "\(plan)")
        #expect(Self.greatestCount(plan) <= 1000, "\(plan)")
      }
    }

    /// A large queue costs no more than a small one: as many buffers are looked at. So does one from which much was
    /// taken, although PostgreSQL has not cleaned up what is gone.
    @Test func aLargeQueueCostsNoMoreThanASmallOne() async throws {
      var buffers: [Int] = []
      for (leads, taken) in [(4_000, 0), (40_000, 0), (40_000, 30_000)] {
        let watched = try await Watched()
        let scene = try await Scene(watched.store, leads: leads)
        let lease = try await watched.store.acquire(scene.campaign, by: "one", lasting: .seconds(100_000))
        try await watched.analyze()
        for _ in 0..<taken / 1000 { _ = try await watched.store.claim(scene.request(lease, 1000)) }
        var plan = ""
        for _ in 0..<8 {
          let plans = try await watched.plans { _ = try await watched.store.claim(scene.request(lease, 100)) }
          plan = plans.first { $0.contains("WITH picked") } ?? ""
        }
        buffers.append(try Self.buffers(plan))
      }
      #expect(buffers[1] <= buffers[0] * 3 / 2, "\(buffers)")
      #expect(buffers[2] <= buffers[0] * 3 / 2, "\(buffers)")
    }

    /// What was made ready is not looked at again, while a long transaction keeps PostgreSQL from cleaning it up.
    @Test func retriesAreLookedAtOnce() async throws {
      let watched = try await Watched()
      let (store, time) = (watched.store, watched.time)
      let scene = try await Scene(store, leads: 1000)
      let lease = try await store.acquire(scene.campaign, by: "one", lasting: .seconds(100_000))
      try await watched.run("UPDATE campaigns SET max_attempts = 100")
      let keeper = try watched.configuration.connect()
      try keeper.script("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM system")
      for _ in 0..<6 {
        let calls = try await store.claim(scene.request(lease, 1000)).calls
        #expect(calls.count == 1000)
        let retry = LeadStep.retry(at: time.now() + .seconds(1), numberIndex: 0, isCallback: false)
        _ = try await store.update(calls.map { CallUpdate($0.call, ending: CallEnding(.busy, next: retry)) })
        time.advance(by: .seconds(2))
      }
      #expect(try await store.claim(scene.request(lease, 10)).calls.count == 10)
      let plans = try await watched.plans {
        let claim = try await store.claim(scene.request(lease, 10))
        let queues = try await store.queues(of: scene.campaign)
        #expect(claim.calls.count == 10 && queues.map(\.waiting) == [980])
      }
      for part in ["WITH made", "FROM queues q"] {
        let plan = try #require(plans.first { $0.contains(part) })
        #expect(try Self.buffers(plan) < 50, "\(plan)")
      }
      try keeper.script("COMMIT")
    }

    /// How many buffers a plan looked at.
    private static func buffers(_ plan: String) throws -> Int {
      let line = try #require(plan.split(separator: "\n").first { $0.contains("Buffers: shared") })
      return line.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }.reduce(0, +)
    }

    /// The most rows that any step of a plan gave.
    private static func greatestCount(_ plan: String) -> Int {
      plan.split(separator: "\n").compactMap { line -> Int? in
        guard let actual = line.range(of: "(actual ") else { return nil }
        let counts = line[actual.upperBound...].split { !$0.isNumber }.compactMap { Int($0) }
        guard counts.count >= 2 else { return nil }
        return counts[counts.count - 2] * counts[counts.count - 1]
      }.max() ?? 0
    }
  }
#endif
