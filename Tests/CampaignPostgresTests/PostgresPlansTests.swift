#if PostgreSQL
  import CampaignKit
  import CampaignTesting
  import Testing

  @testable import CampaignPostgres

  /// How the database finds what the hot statements need: by an index, and few rows.
  @Suite(.enabled(if: PostgresHarness.server != nil)) struct PostgresPlansTests {
    /// The tables that grow.
    private static let large = ["leads", "due_leads", "calls", "live_calls", "events", "contacts", "rollups"]

    @Test func claimsAndEndingsLookAtNoMoreThanTheyNeed() async throws {
      let configuration = try PostgresHarness.configuration()
      let store = try await PostgresStorage(configuration)
      let scene = try await Scene(store, leads: 20_000)
      let lease = try await store.acquire(scene.campaign, by: "one", lasting: .seconds(600))
      _ = try await store.claim(scene.request(lease, 2_000))
      let connection = try configuration.connect()
      try connection.script("ANALYZE leads, due_leads, calls, live_calls, contacts, events, rollups")
      var plans: [String] = []
      connection.remarked = { plans.append($0) }
      try connection.script(
        """
        LOAD 'auto_explain';
        SET auto_explain.log_min_duration TO 0;
        SET auto_explain.log_nested_statements TO on;
        SET auto_explain.log_analyze TO on;
        SET auto_explain.log_timing TO off;
        SET client_min_messages TO log
        """)
      let shared = SharedState(time: nil)
      // Plans that are kept are made anew for other values a few times first.
      for _ in 0..<8 {
        let claim = try Session.run(connection, .statement, shared) { (session) throws(StoreError) in
          try session.claim(scene.request(lease, 100))
        }.value
        #expect(claim.calls.count == 100)
        for call in claim.calls.prefix(3) {
          _ = try Session.run(connection, .change, shared) { (session) throws(StoreError) in
            try session.lockAccount(of: call.call)
            _ = try session.record([.placed(carrier: "c", reference: "\(call.call)", at: claim.at)], of: call.call)
            return try session.finish(
              call.call, CallEnding(.busy, next: .retry(at: claim.at, numberIndex: 0, isCallback: false)))
          }
        }
      }
      let statements = plans.filter { $0.contains("cost=") }
      #expect(statements.contains { $0.contains("WITH picked") && $0.contains("due_leads_ready") })
      #expect(statements.count > 100)
      for plan in statements {
        for table in Self.large {
          #expect(!plan.contains("Seq Scan on \(table) "), "\(plan)")
        }
        #expect(Self.greatestCount(plan) <= 1000, "\(plan)")
      }
    }

    /// A large queue costs no more than a small one: as many buffers are read.
    @Test func aLargeQueueCostsNoMoreThanASmallOne() async throws {
      var buffers: [Int] = []
      for leads in [2_000, 20_000] {
        let configuration = try PostgresHarness.configuration()
        let store = try await PostgresStorage(configuration)
        let scene = try await Scene(store, leads: leads)
        let lease = try await store.acquire(scene.campaign, by: "one", lasting: .seconds(600))
        let connection = try configuration.connect()
        try connection.script("ANALYZE leads, due_leads, calls, live_calls, contacts, events, rollups")
        var plan = ""
        connection.remarked = { if $0.contains("WITH picked") { plan = $0 } }
        try connection.script(
          """
          LOAD 'auto_explain';
          SET auto_explain.log_min_duration TO 0;
          SET auto_explain.log_nested_statements TO on;
          SET auto_explain.log_analyze TO on;
          SET auto_explain.log_buffers TO on;
          SET client_min_messages TO log
          """)
        for _ in 0..<4 {
          _ = try Session.run(connection, .statement, SharedState(time: nil)) { (session) throws(StoreError) in
            try session.claim(scene.request(lease, 100))
          }
        }
        let line = try #require(plan.split(separator: "\n").first { $0.contains("Buffers: shared") })
        buffers.append(line.split { !$0.isNumber }.compactMap { Int($0) }.reduce(0, +))
      }
      #expect(buffers[1] <= buffers[0] * 2, "\(buffers)")
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
