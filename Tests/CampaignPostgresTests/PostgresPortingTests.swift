#if PostgreSQL
  import CampaignKit
  import CampaignPostgres
  import CampaignTesting
  import JSON
  import Testing

  /// What is exported from one kind of store and imported into the other is there, field by field.
  @Suite(.enabled(if: PostgresHarness.server != nil)) struct PostgresPortingTests {
    @Test func comesBackAsItWas() async throws {
      let time = ManualTime()
      var settings = LocalStore.Configuration()
      settings.time = time
      let original = LocalStore(configuration: settings)
      try await Self.fill(original, time)
      let lines = try await Self.export(original)
      var configuration = try PostgresHarness.configuration()
      configuration.time = time
      let database = try await PostgresStorage(configuration)
      let tally = try await database.importLines(Self.pieces(lines))
      #expect(tally.leads == 40 && tally.calls == 14 && tally.suppressions == 3 && tally.lists == 1)
      let first = Self.difference(try await Self.export(database), lines)
      #expect(first == nil)
      let copy = LocalStore(configuration: settings)
      try await copy.importLines(Self.pieces(try await Self.export(database)))
      let second = Self.difference(try await Self.export(copy), lines)
      #expect(second == nil)
      for account in try await original.accounts(PageRequest()).elements {
        #expect(try await database.total(of: .account(account.id)) == original.total(of: .account(account.id)))
        for campaign in try await original.campaigns(CampaignQuery(account: account.id), page: PageRequest()).elements {
          #expect(try await database.leadCounts(of: campaign.id) == original.leadCounts(of: campaign.id))
        }
        let agents = try await original.agents(AgentQuery(account: account.id), page: PageRequest()).elements.map(\.id)
        #expect(try await database.activity(of: agents) == original.activity(of: agents))
      }
    }

    /// The copy goes on where the original stopped: the same leads are claimed next, under the same limits.
    @Test func goesOnWhereTheOriginalStopped() async throws {
      let time = ManualTime()
      var settings = LocalStore.Configuration()
      settings.time = time
      let original = LocalStore(configuration: settings)
      try await Self.fill(original, time)
      var configuration = try PostgresHarness.configuration()
      configuration.time = time
      let database = try await PostgresStorage(configuration)
      try await database.importLines(Self.pieces(try await Self.export(original)))
      time.advance(by: .seconds(100))
      var claims: [Claim] = []
      for store in [original as any CampaignStorage, database] {
        let account = try #require(try await store.accounts(PageRequest()).elements.first)
        let campaign = try #require(
          try await store.campaigns(CampaignQuery(account: account.id), page: PageRequest()).elements.last)
        let lease = try await store.acquire(campaign.id, by: "after", lasting: .seconds(600))
        claims.append(
          try await store.claim(
            ClaimRequest(lease: lease, count: 100, open: [OpenLocality(.unknown, until: .distantFuture)])))
      }
      #expect(claims[0].calls.map(\.lead) == claims[1].calls.map(\.lead))
      #expect(claims[0].calls.count > 5)
      #expect(claims[0].stop == claims[1].stop)
    }

    @Test func refusesRecordsThatDoNotFit() async throws {
      let now = Timestamp(milliseconds: 1_735_689_600_000)
      let account = Account(id: Account.ID(high: 1, low: 1), name: "A", createdAt: now)
      let number = try #require(PhoneNumber(digits: 14_155_550_100))
      let contact = Contact(id: Contact.ID(high: 1, low: 2), account: account.id, number: number, createdAt: now)
      let stray = Lead(
        id: Lead.ID(high: 1, low: 3), account: account.id, campaign: Campaign.ID(high: 9, low: 9), contact: contact.id,
        ordinal: 0, number: number, createdAt: now)
      let database = try await PostgresStorage(PostgresHarness.configuration())
      let early = await #expect(throws: StoreError.self) {
        try await database.restore([.account(account, lastEvent: 5), .contact(contact), .lead(stray, ending: nil)])
      }
      #expect(early?.code == .invalid)
      #expect((early?.cause as? RefusedRecord)?.index == 2)
      let late = await #expect(throws: StoreError.self) { try await database.restore([.limits(system: 1, account: 1)]) }
      #expect(late?.code == .notPermitted)
    }

    private static func export(_ store: some PortableStorage) async throws -> [UInt8] {
      var bytes: [UInt8] = []
      try await store.exportLines { bytes += $0 }
      return bytes
    }

    /// The first line in which two exports differ.
    private static func difference(_ seen: [UInt8], _ expected: [UInt8]) -> String? {
      let seen = String(decoding: seen, as: UTF8.self).split(separator: "\n")
      let expected = String(decoding: expected, as: UTF8.self).split(separator: "\n")
      guard let index = zip(seen, expected).enumerated().first(where: { $0.element.0 != $0.element.1 })?.offset else {
        return seen.count == expected.count ? nil : "\(seen.count) lines, not \(expected.count)"
      }
      return "line \(index + 1) is \(seen[index]) and should be \(expected[index])"
    }

    private static func pieces(_ bytes: [UInt8]) -> AsyncStream<[UInt8]> {
      AsyncStream { continuation in
        continuation.yield(bytes)
        continuation.finish()
      }
    }

    /// Puts something of every kind into a store.
    private static func fill(_ store: LocalStore, _ time: ManualTime) async throws {
      let identifiers = IdentifierGenerator(random: SeededGenerator(seed: 5))
      let now = time.now()
      try await store.setSystemLimit(50)
      try await store.setDefaultAccountLimit(30)
      var account = Account(id: identifiers.next(at: now), name: "Äccount \"one\" \\", createdAt: now)
      account.externalID = "tenant"
      account.metadata = ["z": 1.50, "a": ["b": nil], "zero": "\u{0}", "emoji": "☎️"]
      try await store.insert(account)
      try await store.insert(
        User(id: identifiers.next(at: now), account: account.id, email: "a@example.com", role: .admin, createdAt: now))
      try await store.insert(
        APIKey(
          id: identifiers.next(at: now), account: account.id, name: "Key", digest: "d", hint: "h", role: .agent,
          createdAt: now, expiresAt: now))
      var agent = Agent(id: identifiers.next(at: now), account: account.id, kind: .person, name: "Ada", createdAt: now)
      agent.status = .available
      agent.maximumConcurrentCalls = 3
      agent.workingHours = ["mon": DailyHours(from: .midnight, until: .endOfDay)]
      try await store.insert(agent)
      func number(_ index: Int) throws -> PhoneNumber {
        try #require(PhoneNumber(digits: 14_155_550_100 + UInt64(index)))
      }
      let prefix = try #require(PhonePrefix(digits: 1900))
      let entries: [(Suppression.Pattern, Account.ID?)] = [
        (.prefix(prefix), nil), (.number(try number(3)), nil), (.number(try number(90)), account.id),
      ]
      var campaign = Campaign(id: identifiers.next(at: now), account: account.id, name: "Second", createdAt: now)
      campaign.retries.maximumAttempts = 3
      campaign = try await store.insert(campaign)
      let florida = Locality(jurisdiction: "US-FL", timeZones: ["America/New_York"])
      let leads = try (0..<40).map { index in
        var lead = NewLead(
          number: try number(index), person: Person(firstName: "N\(index)", lastName: "{,}"),
          priority: Int32(index % 3),
          fields: ["k": JSONValue(index)], locality: index % 8 == 0 ? florida : .unknown)
        lead.subject = index % 2 == 0 ? "debt" : nil
        lead.furtherNumbers = [Contact.Number(try number(200 + index), label: "work")]
        return lead
      }
      let result = try await store.insert(leads, into: campaign.id, options: LeadInsertion())
      _ = try await store.suppress(
        entries.map { Suppression($0.0, account: $0.1, source: "list", addedAt: now) })
      let list = ContactList(id: identifiers.next(at: now), account: account.id, name: "L", createdAt: now)
      try await store.insert(list)
      let contacts = try await store.contacts(ContactQuery(account: account.id), page: PageRequest()).elements.map(\.id)
      _ = try await store.add(Array(contacts.prefix(9).reversed()), to: list.id, of: account.id)
      _ = try await store.transition(campaign.id, on: .start, reason: "go")
      let lease = try await store.acquire(campaign.id, by: "one", lasting: .seconds(60))
      let open = [OpenLocality(.unknown, until: .distantFuture), OpenLocality(florida, until: .distantFuture)]
      let calls = try await store.claim(ClaimRequest(lease: lease, count: 14, open: open, rule: "rule")).calls
      for (index, call) in calls.enumerated() where index < 11 {
        time.advance(by: .milliseconds(300))
        _ = try await store.record(.placed(carrier: "c", reference: "r\(index)", at: time.now()), of: call.call)
        if index % 3 == 0 {
          _ = try await store.record(.answered(at: time.now(), by: .human), of: call.call)
          _ = try await store.assign(call.call, to: [agent.id])
        }
        guard index < 9 else { continue }
        time.advance(by: .seconds(7))
        var ending = CallEnding(index % 3 == 0 ? .answered : .busy, next: .complete)
        if index % 3 == 1 {
          ending.next = .retry(at: time.now() + .seconds(30), numberIndex: 1, isCallback: index == 4)
        }
        if index == 8 { ending.failure = Call.Failure(code: "500", cause: "it broke") }
        _ = try await store.finish(call.call, ending)
      }
      _ = try await store.end(calls[12].lead, on: .cancel)
      if case .inserted(let lead, _) = result.outcomes[39] { _ = try await store.end(lead, on: .suppress) }
    }
  }
#endif
