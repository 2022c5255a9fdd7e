#if PostgreSQL
  import CampaignKit
  import CampaignPostgres
  import Foundation

  extension BenchmarkGroup {
    /// The store of several processes, on a server that `CAMPAIGNKIT_POSTGRES` names.
    static let postgres = BenchmarkGroup(
      name: "postgres",
      benchmarks: [
        Benchmark("postgres-claims", measurePostgresClaims),
        Benchmark("postgres-queues", measurePostgresQueues),
        Benchmark("postgres-transactions", measurePostgresTransactions),
        Benchmark("postgres-endings", measurePostgresEndings),
      ])
  }

  /// A campaign that runs, in a schema of its own, which goes with it.
  struct PostgresScene {
    let storage: PostgresStorage
    let schema: String
    let server: String
    let account: Account.ID
    let campaign: Campaign.ID
    let lease: CampaignLease

    /// How to reach the server; nil where there is none.
    static var server: String? { ProcessInfo.processInfo.environment["CAMPAIGNKIT_POSTGRES"] }

    init(_ server: String, leads: Int) async throws {
      self.server = server
      schema = "benchmark_" + UUID().uuidString.lowercased()
      var configuration = PostgresStorage.Configuration(server)
      configuration.schema = schema
      storage = try await PostgresStorage(configuration)
      try await storage.setSystemLimit(100_000_000)
      try await storage.setDefaultAccountLimit(100_000_000)
      (account, campaign, lease) = try await Self.addCampaign(to: storage, leads: leads)
      // What was loaded is written down before anything is measured, as it would be in a database that has run for long.
      try Self.psql(server, "VACUUM ANALYZE; CHECKPOINT")
    }

    /// Adds an account with a campaign that runs.
    static func addCampaign(
      to storage: PostgresStorage, leads: Int
    ) async throws -> (Account.ID, Campaign.ID, CampaignLease) {
      let identifiers = IdentifierGenerator()
      let now = try await storage.now()
      let account = Account(id: identifiers.next(at: now), name: "A", createdAt: now)
      try await storage.insert(account)
      let campaign = try await storage.insert(
        Campaign(id: identifiers.next(at: now), account: account.id, name: "C", createdAt: now))
      for start in stride(from: 0, to: leads, by: 10_000) {
        let new = (start..<min(leads, start + 10_000)).compactMap { index in
          PhoneNumber(digits: 14_150_000_000 + UInt64(index)).map { NewLead(number: $0) }
        }
        _ = try await storage.insert(new, into: campaign.id, options: LeadInsertion())
      }
      _ = try await storage.transition(campaign.id, on: .start, reason: nil)
      let lease = try await storage.acquire(campaign.id, by: "benchmark", lasting: .seconds(3600))
      return (account.id, campaign.id, lease)
    }

    /// Claims so many calls, again and again.
    static func claim(_ count: Int, times: Int, under lease: CampaignLease, of storage: PostgresStorage) async throws
      -> Int
    {
      var claimed = 0
      let request = ClaimRequest(lease: lease, count: count, open: [OpenLocality(.unknown, until: .distantFuture)])
      for _ in 0..<times { claimed += try await storage.claim(request).calls.count }
      return claimed
    }

    /// The transactions a second of `pgbench` with the statement in a file.
    func pgbench(_ script: String, clients: Int, transactions: Int) throws -> Double {
      let text = try Self.run(
        [
          "pgbench", "-n", "-M", "prepared", "-f", script, "-c", "\(clients)", "-j", "1", "-t", "\(transactions)",
          server,
        ], environment: ["PGOPTIONS": "-c search_path=\(schema)"])
      let line = text.split(separator: "\n").first { $0.hasPrefix("tps = ") }
      guard let rate = line?.split(separator: " ").dropFirst(2).first.flatMap({ Double($0) }) else {
        throw StoreError(.unavailable, "pgbench told no rate")
      }
      return rate
    }

    func close() async throws {
      try await storage.close()
      try Self.psql(server, "DROP SCHEMA \"\(schema)\" CASCADE")
    }

    /// Runs statements with the program of PostgreSQL.
    static func psql(_ server: String, _ sql: String) throws {
      for statement in sql.split(separator: ";") {
        _ = try run(["psql", "-q", "-X", "-d", server, "-c", String(statement)])
      }
    }

    /// What a program prints.
    static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> String {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = arguments
      process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
      let output = Pipe()
      process.standardOutput = output
      process.standardError = output
      try process.run()
      let data = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      let text = String(decoding: data, as: UTF8.self)
      guard process.terminationStatus == 0 else {
        throw StoreError(.unavailable, "\(arguments[0]) ended with \(process.terminationStatus): \(text)")
      }
      return text
    }
  }
#endif
