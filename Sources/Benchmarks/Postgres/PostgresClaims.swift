#if PostgreSQL
  import CampaignKit
  import CampaignPostgres
  import Foundation

  /// Claims of a hundred, with every check, one after the other.
  func measurePostgresClaims(_ context: Context) async throws {
    guard let server = PostgresScene.server else { return print("skipped: CAMPAIGNKIT_POSTGRES names no server") }
    let claims = context.scaled(400)
    let rounds = context.rounds(5)
    let scene = try await PostgresScene(server, leads: 100 * claims * rounds + 20_000)
    _ = try await PostgresScene.claim(100, times: 50, under: scene.lease, of: scene.storage)
    var usual = Samples()
    for _ in 0..<rounds {
      var claimed = 0
      let time = try await seconds {
        claimed = try await PostgresScene.claim(100, times: claims, under: scene.lease, of: scene.storage)
      }
      usual.add(Double(claimed) / time)
    }
    context.report.add(
      Figure(
        name: "PostgreSQL, claims of 100", value: usual.median, unit: "leads/s", target: .atLeast(25_000),
        note: "one after the other, durable; spread \((usual.spread * 100).short) %"))
    try await scene.close()
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
      let text = try PostgresScene.run(
        [
          "pgbench", "-n", "-M", "prepared", "-f", script, "-c", "\(writers)", "-j", "1", "-t", "\(claims)", server,
        ], environment: ["PGOPTIONS": "-c search_path=\(scene.schema)"])
      let line = text.split(separator: "\n").first { $0.hasPrefix("tps = ") }
      guard let rate = line?.split(separator: " ").dropFirst(2).first.flatMap({ Double($0) }) else {
        throw StoreError(.unavailable, "pgbench told no rate")
      }
      return rate
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
