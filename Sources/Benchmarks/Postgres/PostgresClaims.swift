#if PostgreSQL
  import CampaignKit
  import CampaignPostgres
  import Foundation

  /// Claims of a hundred, with every check, one after the other; beside a bare update of a hundred rows of one table.
  func measurePostgresClaims(_ context: Context) async throws {
    guard let server = PostgresScene.server else { return print("skipped: CAMPAIGNKIT_POSTGRES names no server") }
    let claims = context.scaled(400)
    let rounds = context.rounds(5)
    let leads = 100 * claims * rounds + 20_000
    let scene = try await PostgresScene(server, leads: leads)
    let update = try bareUpdate(context, scene, rows: leads)
    _ = try await PostgresScene.claim(100, times: 50, under: scene.lease, of: scene.storage)
    let both = try await alternate(rounds: rounds) {
      var claimed = 0
      let time = try await seconds {
        claimed = try await PostgresScene.claim(100, times: claims, under: scene.lease, of: scene.storage)
      }
      return Double(claimed) / time
    } _: {
      try 100 * scene.pgbench(update, clients: 1, transactions: claims)
    }
    context.report.add(
      Figure(
        name: "PostgreSQL, claims of 100", value: both.value.median, unit: "leads/s", limit: both.limit.median,
        target: .atLeast(25_000),
        note: "one after the other, durable; pgbench with a bare UPDATE of 100 rows of one table; \(spread(both))"))
    try await scene.close()
  }

  /// A table of leads and nothing else, and the file of a statement that takes a hundred of it.
  private func bareUpdate(_ context: Context, _ scene: PostgresScene, rows: Int) throws -> String {
    let table = "\"\(scene.schema)\".bare"
    try PostgresScene.psql(
      scene.server,
      """
      CREATE TABLE \(table) (id bigint PRIMARY KEY, campaign integer NOT NULL, priority integer NOT NULL,
        next_at bigint NOT NULL, status text NOT NULL, attempts bigint NOT NULL, doc text NOT NULL) WITH (fillfactor = 45);
      INSERT INTO \(table) SELECT n, 1, 0, n, 'waiting', 0, repeat('x', 100) FROM generate_series(1, \(rows)) AS n;
      CREATE INDEX ON \(table) (campaign, priority, next_at, id) WHERE status = 'waiting';
      VACUUM ANALYZE \(table); CHECKPOINT
      """)
    let script = context.folder.fresh("bare.sql")
    try """
    UPDATE bare SET status = 'calling', attempts = attempts + 1 WHERE id IN (
      SELECT id FROM bare WHERE campaign = 1 AND status = 'waiting' AND next_at <= 1000000000
      ORDER BY priority, next_at, id LIMIT 100 FOR UPDATE SKIP LOCKED) RETURNING id, next_at
    """.write(toFile: script, atomically: true, encoding: .utf8)
    return script
  }

  /// Claims of a hundred from one queue of a million leads, in turn with queues of ten thousand.
  func measurePostgresQueues(_ context: Context) async throws {
    guard let server = PostgresScene.server else { return print("skipped: CAMPAIGNKIT_POSTGRES names no server") }
    let (short, long) = (10_000, context.scaled(1_000_000))
    let claims = short / 100 - 10
    let rounds = context.rounds(9)
    let scene = try await PostgresScene(server, leads: long)
    var queues: [CampaignLease] = []
    for _ in 0...rounds { queues.append(try await PostgresScene.addCampaign(to: scene.storage, leads: short).2) }
    try PostgresScene.psql(server, "VACUUM ANALYZE; CHECKPOINT")
    func rate(_ lease: CampaignLease) async throws -> Double {
      var claimed = 0
      let time = try await seconds {
        claimed = try await PostgresScene.claim(100, times: claims, under: lease, of: scene.storage)
      }
      return Double(claimed) / time
    }
    let both = try await alternate(rounds: rounds) {
      try await rate(scene.lease)
    } _: {
      try await rate(queues.removeLast())
    }
    context.report.add(
      Figure(
        name: "PostgreSQL, from \(long) leads", value: both.value.median, unit: "leads/s", limit: both.limit.median,
        target: .ratioAtLeast(0.9), note: "claims of 100 from a queue of \(short), in turn; \(spread(both))"))
    try await scene.close()
  }

  /// Claims of one call by eight writers, beside `pgbench` with the same statement.
  func measurePostgresTransactions(_ context: Context) async throws {
    guard let server = PostgresScene.server else { return print("skipped: CAMPAIGNKIT_POSTGRES names no server") }
    let writers = 8
    let claims = context.scaled(1000)
    let rounds = context.rounds(5)
    let scene = try await PostgresScene(server, leads: 1)
    var leases: [CampaignLease] = []
    for _ in 0..<writers {
      leases.append(
        try await PostgresScene.addCampaign(to: scene.storage, leads: claims * (2 * rounds + 2)).2)
    }
    try PostgresScene.psql(server, "VACUUM ANALYZE; CHECKPOINT")
    // The same statement with the same values; the names of the calls come from numbers that do not meet ours.
    let script = context.folder.fresh("claims.sql")
    let campaigns = leases.map { "\($0.campaign)00000000" }.joined(separator: ",")
    try """
    \\set tail random(1, 140000000000000)
    \\set writer :client_id + 1
    SELECT o_kind, o_lead, o_contact, o_number, o_attempt, o_call, o_text, o_citation, o_moment, o_from
      FROM claim_leads(NULL, ('{\(campaigns)}'::uuid[])[:writer], 'benchmark', 1, 1, '{1}', '{0}', '{253402300799999}',
      NULL, '{}', '{}', '{}', '{}', NULL, NULL, NULL, 30000, NULL, 1000000000000, :tail)
    """.write(toFile: script, atomically: true, encoding: .utf8)
    let both = try await alternate(rounds: rounds) {
      let time = try await seconds {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for lease in leases {
            group.addTask { _ = try await PostgresScene.claim(1, times: claims, under: lease, of: scene.storage) }
          }
          try await group.waitForAll()
        }
      }
      return Double(writers * claims) / time
    } _: {
      try scene.pgbench(script, clients: writers, transactions: claims)
    }
    context.report.add(
      Figure(
        name: "PostgreSQL, claims of 1, \(writers) writers", value: both.value.median, unit: "1/s",
        limit: both.limit.median, target: .ratioAtLeast(0.6), note: "pgbench with the same statement; \(spread(both))"))
    try await scene.close()
  }

  /// Ends of calls, one by one and many in a transaction.
  func measurePostgresEndings(_ context: Context) async throws {
    guard let server = PostgresScene.server else { return print("skipped: CAMPAIGNKIT_POSTGRES names no server") }
    let batches = context.scaled(100)
    let scene = try await PostgresScene(server, leads: 100 * batches + 1000)
    let request = ClaimRequest(
      lease: scene.lease, count: 100, open: [OpenLocality(.unknown, until: .distantFuture)])
    var calls: [[Call.ID]] = []
    for _ in 0..<batches + 5 { calls.append(try await scene.storage.claim(request).calls.map(\.call)) }
    let single = Array(calls.prefix(5).joined())
    let alone = try await seconds {
      for call in single { _ = try await scene.storage.finish(call, CallEnding(.busy, next: .fail)) }
    }
    context.report.add(
      Figure(
        name: "PostgreSQL, endings, one by one", value: Double(single.count) / alone, unit: "1/s",
        note: "each a transaction, one after the other"))
    let together = try await seconds {
      for batch in calls.dropFirst(5) {
        _ = try await scene.storage.update(batch.map { CallUpdate($0, ending: CallEnding(.busy, next: .fail)) })
      }
    }
    context.report.add(
      Figure(
        name: "PostgreSQL, endings, 100 at a time", value: Double(100 * batches) / together, unit: "1/s",
        note: "a hundred in a transaction"))
    try await scene.close()
  }
#endif
