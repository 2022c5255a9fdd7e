#if PostgreSQL
  import CampaignKit
  import CampaignPostgres
  import CampaignTesting
  import Foundation

  /// Lets several servers call through campaigns on one database, while they are killed and stopped and their
  /// connections are cut, and compares what the store has in the end with what the carrier saw.
  struct PostgresSoak {
    struct Failure: Error, CustomStringConvertible {
      let description: String
    }

    struct Tally {
      var kills = 0
      var stops = 0
      var cuts = 0
      var outages = 0
      var restarts = 0
      var connectionsCut = 0
      var leads = 0
      var calls = 0
      var made = 0
      var orders = 0
      var lost = 0
      var tooLate = 0
      var leases: UInt64 = 0
      var mostAtOnce = 0
      var problems: [String] = []
    }

    /// How to reach the database: as libpq has it.
    let url: String
    let servers: Int
    let leads: Int
    let campaigns: Int
    let limit: Int
    /// How long it may take.
    let longest: Duration
    let seed: UInt64
    /// What restarts the database, as a command of a shell to which `fast` or `immediate` is added; nil to let it run.
    let restart: String?
    /// The program to start: this one.
    let program: String

    func run() async throws -> Tally {
      let schema = "simulate_" + UUID().uuidString.lowercased()
      var settings = PostgresStorage.Configuration(url)
      settings.schema = schema
      let store = try await PostgresStorage(settings)
      let parameters = try ConnectionParameters(url)
      let proxy = try LoopbackProxy(to: Self.server(parameters))
      defer { proxy.end() }
      let (account, campaigns) = try await fill(store)
      let desk = CarrierDesk(seed: seed)
      let telling = Task { await desk.tellEvents() }
      defer { telling.cancel() }
      var tally = try await trouble(store, proxy, campaigns) { number in
        try PostgresServer(
          program, number, connection: parameters.through(port: proxy.port), schema: schema, desk: desk)
      }
      try await compare(store, account, campaigns, desk, &tally)
      tally.connectionsCut = proxy.tally.cut
      try await store.removeSchema()
      try await store.close()
      return tally
    }

    private static func server(_ parameters: ConnectionParameters) throws -> LoopbackProxy.Server {
      if parameters.host.hasPrefix("/") { return .unix("\(parameters.host)/.s.PGSQL.\(parameters.port)") }
      guard ["localhost", "127.0.0.1"].contains(parameters.host), let port = UInt16(parameters.port) else {
        throw Failure(description: "the server must be on this machine, and not at \(parameters.host)")
      }
      return .port(port)
    }

    // MARK: The campaigns

    private func fill(_ store: PostgresStorage) async throws -> (Account.ID, [Campaign.ID]) {
      let identifiers = IdentifierGenerator()
      let now = try await store.now()
      var account = Account(id: identifiers.next(at: now), name: "Simulation", createdAt: now)
      account.concurrencyLimit = limit
      try await store.setSystemLimit(limit)
      try await store.insert(account)
      var campaigns: [Campaign.ID] = []
      for number in 0..<self.campaigns {
        var campaign = Campaign(id: identifiers.next(at: now), account: account.id, name: "\(number)", createdAt: now)
        campaign.compliance.keepsLegalHours = false
        campaign.retries.maximumAttempts = 2
        campaign.retries.delay = .fixed(.seconds(2))
        campaign.ringTime = .seconds(2)
        campaign = try await store.insert(campaign)
        let share = leads * number / self.campaigns..<leads * (number + 1) / self.campaigns
        for start in stride(from: share.lowerBound, to: share.upperBound, by: 5000) {
          let new = (start..<min(share.upperBound, start + 5000)).compactMap { index in
            PhoneNumber(digits: 14_150_000_000 + UInt64(index)).map { NewLead(number: $0) }
          }
          _ = try await store.insert(new, into: campaign.id, options: LeadInsertion())
        }
        _ = try await store.transition(campaign.id, on: .start, reason: nil)
        campaigns.append(campaign.id)
      }
      return (account.id, campaigns)
    }

    // MARK: Troubles

    /// Runs the servers, and lets one trouble follow the other as long as leads wait to be called; what is left then is
    /// to come to its end.
    private func trouble(
      _ store: PostgresStorage, _ proxy: LoopbackProxy, _ campaigns: [Campaign.ID],
      _ start: (Int) throws -> PostgresServer
    ) async throws -> Tally {
      var tally = Tally()
      var random = SeededGenerator(seed: seed)
      let begin = ContinuousClock.now
      var running = try (0..<servers).map { try start($0) }
      defer { for server in running { server.end() } }
      while try await !patiently({ try await isOver(store, campaigns) }) {
        let taken = try await patiently { try await leases(store, campaigns) }
        tally.leases = max(tally.leases, taken)
        guard ContinuousClock.now - begin < longest else {
          tally.problems.append("not done after \(longest)")
          return tally
        }
        guard try await patiently({ try await hasWaiting(store, campaigns) }) else {
          try await Task.sleep(for: .milliseconds(100))
          continue
        }
        try await Task.sleep(for: .milliseconds(Int.random(in: 1000..<8000, using: &random)))
        let victim = Int.random(in: 0..<servers, using: &random)
        switch Int.random(in: 0..<(restart == nil ? 10 : 11), using: &random) {
        case 0..<4:
          running[victim].end()
          tally.kills += 1
          try await Task.sleep(for: .milliseconds(Int.random(in: 0..<500, using: &random)))
          running[victim] = try start(victim)
        case 4..<6:
          running[victim].stop()
          tally.stops += 1
          let longer = PostgresChild.lease + .milliseconds(Int.random(in: 200..<2000, using: &random))
          try await Task.sleep(for: longer)
          running[victim].goOn()
        case 6..<9:
          proxy.cut(Int.random(in: 1..<4 * servers, using: &random))
          tally.cuts += 1
        case 9:
          proxy.refuse()
          tally.outages += 1
          try await Task.sleep(for: .milliseconds(Int.random(in: 200..<2000, using: &random)))
          proxy.open()
        default:
          try await restartDatabase(Bool.random(using: &random) ? "fast" : "immediate")
          tally.restarts += 1
        }
      }
      return tally
    }

    private func restartDatabase(_ mode: String) async throws {
      guard let restart else { return }
      // Not as a `Process`: that one takes itself to run for as long as the database does that it has started.
      let status = await withCheckedContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: system("(\(restart) \(mode)) > /dev/null")) }
      }
      guard status == 0 else { throw Failure(description: "'\(restart) \(mode)' ends with the status \(status)") }
    }

    private func isOver(_ store: PostgresStorage, _ campaigns: [Campaign.ID]) async throws -> Bool {
      for id in campaigns where try await store.campaign(id)?.status != .completed { return false }
      return true
    }

    /// Asks again for a minute while the database is away: it may be restarted meanwhile.
    private func patiently<Value: Sendable>(_ ask: () async throws -> Value) async throws -> Value {
      for _ in 0..<600 {
        do {
          return try await ask()
        } catch let error as StoreError where error.code == .unavailable {
          try await Task.sleep(for: .milliseconds(100))
        }
      }
      return try await ask()
    }

    /// How often the campaigns were taken over by a server, those that none has at this moment aside.
    private func leases(_ store: PostgresStorage, _ campaigns: [Campaign.ID]) async throws -> UInt64 {
      var leases: UInt64 = 0
      for id in campaigns { leases += try await store.lease(of: id)?.token ?? 0 }
      return leases
    }

    private func hasWaiting(_ store: PostgresStorage, _ campaigns: [Campaign.ID]) async throws -> Bool {
      for id in campaigns where try await store.leadCounts(of: id)?.waiting ?? 0 > 0 { return true }
      return false
    }

    // MARK: Comparing

    private func compare(
      _ store: PostgresStorage, _ account: Account.ID, _ campaigns: [Campaign.ID], _ desk: CarrierDesk,
      _ tally: inout Tally
    ) async throws {
      let books = desk.books
      (tally.orders, tally.made) = (books.placements.count, books.lines.count)
      (tally.tooLate, tally.lost) = desk.tally
      tally.mostAtOnce = books.mostAtOnce()
      if tally.mostAtOnce > limit { tally.problems.append("the carrier had \(tally.mostAtOnce) calls at once") }
      for placement in books.repeatedPlacements { tally.problems.append("\(placement.call) was ordered twice") }
      for (first, second) in books.overlaps(of: { $0.number }) {
        tally.problems.append("\(second.number) was called while it was in the call \(first.call)")
      }
      let query = CallQuery(account: account, isAscending: true)
      let calls = try await Page.everything { try await store.calls(query, page: $0) }
      let known = Dictionary(calls.map { ($0.id, $0) }) { first, _ in first }
      var attempts: [Lead.ID: Set<Int>] = [:]
      for line in books.lines {
        guard let call = known[line.call], let lead = call.lead else {
          tally.problems.append("the carrier made \(line.call), and the store does not know it")
          continue
        }
        if !call.isAttempt { tally.problems.append("\(call.id) was made, and does not count as an attempt") }
        if !attempts[lead, default: []].insert(call.attempt).inserted {
          tally.problems.append("the lead \(lead) was called twice for its attempt \(call.attempt)")
        }
      }
      for call in calls where call.status != .ended { tally.problems.append("the call \(call.id) is \(call.status)") }
      for campaign in campaigns {
        guard let counts = try await store.leadCounts(of: campaign) else { continue }
        if counts.open > 0 { tally.problems.append("\(counts.open) leads of \(campaign) are open") }
      }
      var recount = Recount(store)
      try await recount.run()
      (tally.leads, tally.calls) = (recount.leads, recount.calls)
      tally.problems += recount.differences
      if recount.leads != leads { tally.problems.append("there are \(recount.leads) leads, not \(leads)") }
    }
  }
#endif
