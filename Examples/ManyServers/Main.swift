import Foundation

// Three servers on one PostgreSQL database. The busiest is taken down in the middle, as for an update, and the others go
// on with its campaigns and the calls that are under way. CAMPAIGNKIT_POSTGRES says how to reach the database.

#if PostgreSQL
  import CampaignKit
  import CampaignPostgres

  @main struct Main {
    static func main() async throws {
      guard let address = ProcessInfo.processInfo.environment["CAMPAIGNKIT_POSTGRES"] else {
        print("skipped: CAMPAIGNKIT_POSTGRES names no database")
        return
      }
      var database = PostgresStorage.Configuration(address)
      database.schema = "many_servers"
      let storage = try await PostgresStorage(database)
      let carrier = SimulatedCarrier(mix: .fast, speed: 2)
      var servers: [Server] = []
      for number in 1...3 {
        servers.append(Server("server \(number)", try await PostgresStorage(database), carrier))
      }
      let campaigns = try await start(on: storage)
      print("\(campaigns.count) campaigns of 40 people, 12 lines, \(servers.count) servers")
      try await watch(servers, campaigns, in: storage)
      for server in servers { await server.end() }
      try await storage.close()
    }

    /// Takes the busiest server down, and tells what comes of it.
    static func watch(_ servers: [Server], _ campaigns: [Campaign], in storage: PostgresStorage) async throws {
      var most = 0
      func look(until isTrue: () async throws -> Bool) async throws {
        while try await !isTrue() {
          most = max(most, try await storage.slots(of: campaigns[0].account).accountActive)
          try await Task.sleep(for: .milliseconds(20))
        }
      }
      try await look {
        var done = 0
        for campaign in campaigns {
          let counts = try await storage.leadCounts(of: campaign.id) ?? LeadCounts()
          done += counts.total - counts.open
        }
        return done >= 40
      }
      let owners = try await owners(of: campaigns, in: storage)
      let counts = Dictionary(grouping: owners.values) { $0 }.mapValues(\.count)
      guard let busiest = servers.max(by: { counts[$0.name] ?? 0 < counts[$1.name] ?? 0 }) else { return }
      await busiest.end()
      print("a server goes, and gives back the \(counts[busiest.name] ?? 0) campaigns that it ran")
      try await look {
        let owners = try await Self.owners(of: campaigns, in: storage).values
        return !owners.contains("") && !owners.contains(busiest.name)
      }
      print("the others run them, and follow its calls to their ends")
      try await look { try await Self.owners(of: campaigns, in: storage).isEmpty }
      let total = try await storage.total(of: .account(campaigns[0].account))
      print("all campaigns are over: \(total.created) calls, \(total[.answered]) of them answered")
      print("lines in use at most: \(most) of 12")
    }

    /// An account with lines, and campaigns that run.
    static func start(on storage: PostgresStorage) async throws -> [Campaign] {
      let identifiers = IdentifierGenerator()
      let now = try await storage.now()
      var account = Account(id: identifiers.next(at: now), name: "Acme", createdAt: now)
      account.concurrencyLimit = 12
      try await storage.insert(account)
      try await storage.setSystemLimit(12)
      var campaigns: [Campaign] = []
      for index in 0..<6 {
        var campaign = Campaign(
          id: identifiers.next(at: now), account: account.id, name: "\(index + 1)", createdAt: now)
        campaign.compliance.keepsLegalHours = false
        campaign.retries.maximumAttempts = 2
        campaign.retries.delay = .fixed(.seconds(1))
        campaign = try await storage.insert(campaign)
        let leads = (0..<40).compactMap { person in
          PhoneNumber(digits: 14_155_551_000 + UInt64(index * 100 + person)).map { NewLead(number: $0) }
        }
        _ = try await storage.insert(leads, into: campaign.id, options: LeadInsertion())
        campaigns.append(try await storage.transition(campaign.id, on: .start, reason: nil))
      }
      return campaigns
    }

    /// Which server has which of the campaigns that are not over.
    static func owners(of campaigns: [Campaign], in storage: PostgresStorage) async throws -> [Campaign.ID: String] {
      var owners: [Campaign.ID: String] = [:]
      for campaign in campaigns where try await storage.campaign(campaign.id)?.status == .active {
        owners[campaign.id] = try await storage.lease(of: campaign.id)?.owner ?? ""
      }
      return owners
    }
  }

  /// A server: an engine with connections of its own. It might as well be on another machine.
  struct Server {
    let name: String
    private let storage: PostgresStorage
    private let engine: CampaignEngine
    private let run: Task<Void, any Error>

    init(_ name: String, _ storage: PostgresStorage, _ carrier: SimulatedCarrier) {
      self.name = name
      self.storage = storage
      var configuration = EngineConfiguration()
      configuration.owner = name
      // What is free is noticed within this time; what is left by a server that was killed, when its lease is over.
      configuration.tick = .milliseconds(500)
      let engine = CampaignEngine(storage: storage, dialer: carrier, configuration: configuration)
      self.engine = engine
      run = Task { try await engine.run() }
    }

    /// Lets it write down what is under way, and give its campaigns back.
    func end() async {
      engine.stop()
      _ = await run.result
      try? await storage.close()
    }
  }
#else
  @main struct Main {
    static func main() {
      print("skipped: this program was built without PostgreSQL; build it with --traits PostgreSQL")
    }
  }
#endif
