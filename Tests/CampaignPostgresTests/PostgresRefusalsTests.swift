#if PostgreSQL
  import CampaignKit
  import CampaignPostgres
  import CampaignTesting
  import JSON
  import Testing

  /// What cannot be kept is refused by its name, before anything is written.
  @Suite(.enabled(if: PostgresHarness.server != nil)) struct PostgresRefusalsTests {
    private static let text = "cut\u{0}off"

    /// In a transaction over many calls, a text that PostgreSQL does not keep is the fault of its own call.
    @Test func blamesTheCallWithTheText() async throws {
      let store = try await PostgresStorage(PostgresHarness.configuration())
      let scene = try await Scene(store, leads: 4)
      let lease = try await store.acquire(scene.campaign, by: "one", lasting: .seconds(600))
      let calls = try await store.claim(scene.request(lease, 4)).calls.map(\.call)
      try #require(calls.count == 4)
      let now = try await store.now()
      let events = try await Self.events(of: scene, in: store)
      let results = try await store.update([
        CallUpdate(calls[0], news: [.placed(carrier: "c", reference: "r0", at: now)]),
        CallUpdate(
          calls[1], news: [.placed(carrier: "c", reference: Self.text, at: now), .ringing(at: now)],
          ending: CallEnding(.busy, next: .complete)),
        CallUpdate(calls[2], news: [.placed(carrier: Self.text, reference: "r2", at: now)]),
        CallUpdate(
          calls[3], news: [.placed(carrier: "c", reference: "r3", at: now)],
          ending: CallEnding(.answered, next: .complete)),
      ])
      try #require(results.count == 4)
      #expect(try results[0].get() == .placed)
      #expect(throws: StoreError.self) { try results[1].get() }
      #expect(throws: StoreError.self) { try results[2].get() }
      #expect(try results[3].get() == .ended)
      for (index, field) in [(1, "carrierReference"), (2, "carrier")] {
        guard case .failure(let error) = results[index] else { continue }
        #expect(error.code == .invalid)
        #expect(error.message.hasPrefix("\(field) of a call has the character U+0000"))
        #expect(try await store.call(calls[index])?.status == .intended)
      }
      #expect(try await store.call(calls[0])?.carrierReference == "r0")
      #expect(try await store.slots(of: scene.account).accountActive == 3)
      let counts = try await store.leadCounts(of: scene.campaign)
      #expect(counts?.calling == 3 && counts?.completed == 1)
      let told = try await Self.events(of: scene, in: store).dropFirst(events.count)
      #expect(told.map(\.kind) == [.callPlaced, .callPlaced, .callEnded])
      #expect(told.allSatisfy { $0.call == calls[0] || $0.call == calls[3] })
    }

    /// What is too large for a store is refused as other stores do, for the call that it is about.
    @Test func blamesTheCallThatIsTooLarge() async throws {
      let store = try await PostgresStorage(PostgresHarness.configuration())
      let scene = try await Scene(store, leads: 2)
      let lease = try await store.acquire(scene.campaign, by: "one", lasting: .seconds(600))
      let calls = try await store.claim(scene.request(lease, 2)).calls.map(\.call)
      try #require(calls.count == 2)
      let now = try await store.now()
      let long = String(repeating: "x", count: 1 << 20)
      let results = try await store.update([
        CallUpdate(calls[0], news: [.placed(carrier: "c", reference: "r", at: now), .conference(long)]),
        CallUpdate(calls[1], news: [.placed(carrier: "c", reference: "s", at: now)]),
      ])
      let error = #expect(throws: StoreError.self) { try results.first?.get() }
      #expect(error?.code == .invalid)
      #expect(try results.last?.get() == .placed)
      #expect(try await store.call(calls[0])?.status == .intended)
    }

    /// A text that is too long for an index is refused for good, and the other calls go on without it.
    @Test func refusesForGoodWhatNoIndexHolds() async throws {
      let store = try await PostgresStorage(PostgresHarness.configuration())
      let scene = try await Scene(store, leads: 2)
      let lease = try await store.acquire(scene.campaign, by: "one", lasting: .seconds(600))
      let calls = try await store.claim(scene.request(lease, 2)).calls.map(\.call)
      try #require(calls.count == 2)
      let now = try await store.now()
      let long = Self.incompressible(8000)
      let updates = [(calls[0], long), (calls[1], "r")].map { call, reference in
        CallUpdate(
          call, news: [.placed(carrier: "c", reference: reference, at: now)],
          ending: CallEnding(.busy, next: .complete))
      }
      let error = await #expect(throws: StoreError.self) { try await store.update(updates) }
      #expect(error?.code == .invalid)
      // As the engine does then: one by one, and at last without the text.
      #expect(try await store.update([updates[1]]).first?.get() == .ended)
      let alone = await #expect(throws: StoreError.self) { try await store.update([updates[0]]) }
      #expect(alone?.code == .invalid)
      let bare = CallUpdate(calls[0], news: [.ringing(at: now)], ending: CallEnding(.busy, next: .complete))
      #expect(try await store.update([bare]).first?.get() == .ended)
      #expect(store.isWritable)
    }

    @Test func namesTheRecordThatNoIndexHolds() async throws {
      let store = try await PostgresStorage(PostgresHarness.configuration())
      let now = try await store.now()
      let good = Account(id: Account.ID(high: 1, low: 1), name: "A", createdAt: now)
      var bad = Account(id: Account.ID(high: 1, low: 2), name: "B", createdAt: now)
      bad.externalID = Self.incompressible(8000)
      let records: [StoreRecord] = [.account(good, lastEvent: 0), .account(bad, lastEvent: 0)]
      let error = await #expect(throws: StoreError.self) { try await store.restore(records) }
      #expect(error?.code == .invalid)
      #expect((error?.cause as? RefusedRecord)?.index == 1)
    }

    /// A text that takes as much room as it has letters: an index keeps others compressed.
    private static func incompressible(_ length: Int) -> String {
      var random = SeededGenerator(seed: 1)
      let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
      return String((0..<length).compactMap { _ in letters.randomElement(using: &random) })
    }

    @Test func namesTheField() async throws {
      let store = try await PostgresStorage(PostgresHarness.configuration())
      let scene = try await Scene(store, leads: 1)
      let (text, now) = (Self.text, try await store.now())
      let number = try #require(PhoneNumber(digits: 14_155_550_100))
      let id = Account.ID(high: 7, low: 7)
      func expect(_ field: String, _ body: () async throws -> Void) async {
        let error = await #expect(throws: StoreError.self) { try await body() }
        #expect(error?.code == .invalid)
        #expect(error?.message.hasPrefix("\(field) of ") == true, "\(error?.message ?? "nothing") is about \(field)")
      }
      await expect("externalID") {
        var account = Account(id: id, name: "A", createdAt: now)
        account.externalID = text
        try await store.insert(account)
      }
      await expect("email") {
        try await store.insert(
          User(id: User.ID(high: 7, low: 7), account: scene.account, email: text, role: .admin, createdAt: now))
      }
      await expect("group") {
        var agent = Agent(
          id: Agent.ID(high: 7, low: 7), account: scene.account, kind: .person, name: "A", createdAt: now)
        agent.group = text
        try await store.insert(agent)
      }
      await expect("name") {
        _ = try await store.insert(
          Campaign(id: Campaign.ID(high: 7, low: 7), account: scene.account, name: text, createdAt: now))
      }
      await expect("name") {
        try await store.insert(
          ContactList(id: ContactList.ID(high: 7, low: 7), account: scene.account, name: text, createdAt: now))
      }
      var limit = RollingLimit(name: "daily", key: .number, maximum: 1, window: .seconds(86_400))
      limit.citation = text
      let named = RollingLimit(name: text, key: .number, maximum: 1, window: .seconds(86_400))
      for (field, limit) in [("citation", limit), ("name", named)] {
        await expect(field) {
          var campaign = try #require(try await store.campaign(scene.campaign))
          campaign.compliance.rollingLimits = [limit]
          _ = try await store.update(campaign)
        }
        await expect(field) {
          let lease = try await store.acquire(scene.campaign, by: "one", lasting: .seconds(600))
          var request = scene.request(lease, 1)
          request.open[0].limits = [limit]
          _ = try await store.claim(request)
        }
      }
      await expect("statusReason") { _ = try await store.transition(scene.campaign, on: .pause, reason: text) }
      await expect("subject") {
        var lead = NewLead(number: number)
        lead.subject = text
        let other = NewLead(number: try #require(PhoneNumber(digits: 14_155_550_101)))
        _ = try await store.insert([other, lead], into: scene.campaign, options: LeadInsertion())
      }
      await expect("source") {
        _ = try await store.suppress([Suppression(.number(number), account: nil, source: text, addedAt: now)])
      }
      await expect("note") { _ = try await store.reserve(1, of: scene.account, for: .seconds(1), note: text) }
      #expect(try await store.campaign(scene.campaign)?.status == .active)
      #expect(try await store.leadCounts(of: scene.campaign)?.total == 1)
    }

    /// What is asked for is compared with what is kept, so it is refused as well, without a part of it being cut off.
    @Test func asksForNothingThatIsCutOff() async throws {
      let store = try await PostgresStorage(PostgresHarness.configuration())
      let scene = try await Scene(store, leads: 1)
      var account = try #require(try await store.account(scene.account))
      account.externalID = "cut"
      _ = try await store.update(account)
      let error = await #expect(throws: StoreError.self) { try await store.account(externalID: Self.text) }
      #expect(error?.code == .invalid)
    }

    /// Both kinds of store take the same, so that what one has exported the other takes in.
    @Test(arguments: 0..<4) func refusesWhatOtherStoresRefuse(_ fault: Int) async throws {
      for store in [try await PostgresStorage(PostgresHarness.configuration()) as any CampaignStorage, LocalStore()] {
        let scene = try await Scene(store, leads: 1)
        let now = try await store.now()
        var campaign = Campaign(id: Campaign.ID(high: 7, low: 7), account: scene.account, name: "C", createdAt: now)
        switch fault {
        case 0: campaign.pacing.callsPerSecond = 0
        case 1: campaign.ringTime = .seconds(-1)
        case 2:
          campaign.compliance.rollingLimits = [
            RollingLimit(name: "long", key: .number, maximum: 1, window: .seconds(401 * 86_400))
          ]
        default:
          var value: JSONValue = 1
          for _ in 0..<JSONLimits.depthCeiling { value = [value] }
          campaign.metadata = ["deep": value]
        }
        let refused = campaign
        let error = await #expect(throws: StoreError.self) { try await store.insert(refused) }
        #expect(error?.code == .invalid)
      }
    }

    private static func events(of scene: Scene, in store: PostgresStorage) async throws -> [CampaignEvent] {
      try await store.events(of: scene.account, after: 0, limit: 1000)
    }
  }
#endif
