import CampaignKit

extension StorageConformance {
  /// The promises of stores that can be closed and opened again.
  public static let durable: [Promise] = [
    Promise("a store that was opened again has everything as it was", needs: .reopening) { bench in
      let account = try await bench.addAccount(limit: 6) { $0.externalID = "tenant" }
      let other = try await bench.addAccount()
      let (campaign, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<10) {
        $0.pacing.delayBetweenCalls = .zero
        $0.metadata = ["k": "v"]
      }
      let agent = try await bench.addAgent(in: account)
      let calls = try await bench.claim(lease, 4).calls.map(\.call)
      _ = try await bench.store.record(.placed(carrier: "t", reference: "r", at: bench.now), of: calls[0])
      _ = try await bench.store.assign(calls[0], to: [agent.id])
      try await bench.advance(10)
      try await bench.finish(calls[1], .answered)
      try await bench.finish(calls[2], next: bench.retry(in: 5000))
      _ = try await bench.store.end(leads[3], on: .cancel)
      _ = try await bench.suppress(.number(try bench.number(9)), of: account)
      _ = try await bench.suppress(.number(try bench.number(50)), of: nil)
      _ = try await bench.reserve(1, of: account, for: 1000)
      let contact = try await bench.addContact(70, in: other)
      let list = ContactList(id: try await bench.newID(), account: other.id, name: "L", createdAt: try await bench.now)
      try await bench.store.insert(list)
      _ = try await bench.store.add([contact.id], to: list.id, of: other.id)
      let batch = ImportBatch(
        id: try await bench.newID(), account: account.id, campaign: campaign.id, name: "a", digest: "d",
        createdAt: try await bench.now)
      try await bench.store.insert(batch)
      _ = try await bench.store.insert(
        [NewLead(number: bench.number(60))], into: campaign.id,
        options: LeadInsertion(step: .init(batch: batch.id, from: 0, to: 40)))
      try await bench.store.setSystemLimit(77)

      let before = try await Snapshot(bench)
      try await bench.recount()
      for _ in 0..<2 {
        try await bench.reopen()
        let after = try await Snapshot(bench)
        try after.compare(with: before, bench)
        try await bench.recount()
      }
      try await bench.equal(bench.store.lease(of: campaign.id), lease, "the lease")
      try await bench.equal(bench.store.importBatch(batch.id)?.progress, 40, "the progress of the import")
      try await bench.equal(bench.store.list(list.id, of: other.id)?.count, 1, "the contacts on the list")
      try await bench.equal(bench.store.call(carrier: "t", reference: "r")?.id, calls[0], "the call of a reference")
      try await bench.equal(bench.store.account(externalID: "tenant")?.id, account.id, "the account")
      try await bench.equal(bench.store.slots(of: account.id).systemLimit, 77, "the limit of the system")
      try await bench.finish(calls[3], next: bench.retry())
      try await bench.equal(bench.lead(leads[3]).status, .cancelled, "a lead that was to end with its call")
      try await bench.fails(.duplicate, "an import of the same content") {
        var again = batch
        again.id = try await bench.newID()
        try await bench.store.insert(again)
      }
    },
    Promise("limits, rates and order hold across reopening", needs: .reopening) { bench in
      let account = try await bench.addAccount(limit: 3)
      let (_, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<10) { _ in
      } lead: { lead, index in
        lead.priority = Int32(10 - index)
      }
      _ = try await bench.claim(lease, 2)
      try await bench.reopen()
      let claim = try await bench.claim(lease, 9)
      try bench.expectStop(claim, .accountLimit, calls: 1, "after reopening")
      try bench.equal(claim.calls.map(\.lead), [leads[7]], "the lead whose turn it is")
      let delayed = try await bench.activeCampaign(in: bench.addAccount(), leads: 0..<3) {
        $0.pacing.delayBetweenCalls = .seconds(100)
      }
      let now = try await bench.now
      _ = try await bench.claimOne(delayed.lease)
      try await bench.reopen()
      try await bench.expectStop(
        bench.claim(delayed.lease), .rate(until: now + .seconds(100)), calls: 0, "before the delay is over")
    },
    Promise("the calls of each number are counted across reopening", needs: .reopening) { bench in
      let (account, lease) = try await callFromTwo(bench)
      let counted = try await bench.store.callerNumbers(of: account.id, from: nil, until: nil)
      try bench.equal(counted.map(\.counts.calls), [4, 2], "the calls from each number")
      try bench.equal(counted.map(\.counts.answered), [2, 1], "the answered ones")
      let before = try await Snapshot(bench)
      try await bench.reopen()
      try await Snapshot(bench).compare(with: before, bench)
      let end = try await ClaimRequest(lease: lease, count: 1, open: []).countedDay(at: bench.now).upperBound
      try await bench.expectStop(bench.claim(lease, 9), .callerNumbers(until: end), calls: 4, "after reopening")
    },
    Promise("a store that was closed says so", needs: .reopening) { bench in
      let account = try await bench.addAccount()
      let old = bench.store
      try await bench.reopen()
      try await bench.fails(.closed, "reading from a closed store") { try await old.account(account.id) }
      try await bench.fails(.closed, "writing to a closed store") { try await old.setSystemLimit(1) }
      try await bench.expect(bench.store.account(account.id) != nil, "the account is there in the new one")
    },
  ]
}

/// Everything that can be seen of a store.
struct Snapshot {
  var parts: [(name: String, value: AnyHashable)] = []

  init(_ bench: Bench) async throws {
    let store = bench.store
    for account in try await bench.everything("accounts", { try await store.accounts($0) }) {
      add("account", account)
      add("slots", try await store.slots(of: account.id))
      for campaign in try await bench.allCampaigns(of: account.id) {
        add("campaign", campaign)
        add("lease", try await store.lease(of: campaign.id))
        for lead in try await bench.allLeads(of: campaign.id) { add("lead", lead) }
        add("imports", try await store.importBatches(of: campaign.id))
      }
      for call in try await bench.allCalls(of: account.id) { add("call", call) }
      let contacts = ContactQuery(account: account.id)
      for contact in try await bench.everything("contacts", { try await store.contacts(contacts, page: $0) }) {
        add("contact", contact)
      }
      add("lists", try await store.lists(of: account.id))
      let agents = try await bench.everything("agents") {
        try await store.agents(AgentQuery(account: account.id), page: $0)
      }
      for agent in agents { add("agent", agent) }
      add("users", try await store.users(of: account.id))
      add("keys", try await store.keys(of: account.id))
      for entry in try await bench.everything("entries", { try await store.suppressions(of: account.id, page: $0) }) {
        add("entry", entry)
      }
      add("roll-up", try await store.total(of: .account(account.id)))
      add("numbers", try await store.callerNumbers(of: account.id, from: nil, until: nil))
      add("last event", try await store.lastEvent(of: account.id))
      for event in try await bench.allEvents(of: account.id) ?? [] { add("event", event) }
    }
    for entry in try await bench.everything("entries", { try await store.suppressions(of: nil, page: $0) }) {
      add("entry for all", entry)
    }
  }

  private mutating func add(_ name: String, _ value: some Hashable) { parts.append((name, AnyHashable(value))) }

  func compare(with other: Snapshot, _ bench: Bench, file: String = #fileID, line: Int = #line) throws {
    for (mine, theirs) in zip(parts, other.parts) {
      try bench.equal(mine.value, theirs.value, mine.name, file: file, line: line)
    }
    try bench.equal(parts.count, other.parts.count, "the number of things", file: file, line: line)
  }
}
