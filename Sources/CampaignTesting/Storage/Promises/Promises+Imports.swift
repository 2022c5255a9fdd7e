import CampaignKit

extension StorageConformance {
  static let imports: [Promise] = [
    Promise("an import and its leads go on in one step, and only from where it stands") { bench in
      let account = try await bench.addAccount()
      let campaign = try await bench.addCampaign(in: account)
      let batch = ImportBatch(
        id: try await bench.newID(), account: account.id, campaign: campaign.id, name: "a.csv", digest: "d1",
        createdAt: try await bench.now)
      try await bench.store.insert(batch)
      _ = try await bench.suppress(.number(try bench.number(3)), of: account)
      func add(_ numbers: [Int], _ from: Int64, _ to: Int64, invalid: Int = 0) async throws -> LeadInsertion.Result {
        try await bench.store.insert(
          numbers.map { NewLead(number: try bench.number($0)) }, into: campaign.id,
          options: LeadInsertion(step: .init(batch: batch.id, from: from, to: to, invalid: invalid)))
      }
      _ = try await add([0, 1, 1], 0, 300, invalid: 2)
      try await bench.fails(.conflict, "the same step again") { try await add([0, 1, 1], 0, 300, invalid: 2) }
      try await bench.fails(.conflict, "a step from elsewhere") { try await add([5], 299, 400) }
      _ = try await add([2, 3], 300, 500)
      let stored = try bench.exists(await bench.store.importBatch(batch.id), "the import")
      try bench.equal(stored.progress, 500, "how far it has come")
      try bench.equal(
        stored.tally,
        ImportBatch.Tally(total: 7, invalid: 2, duplicates: 1, suppressed: 1, inserted: 3, contactsCreated: 3),
        "its tally")
      try await bench.equal(bench.counts(campaign).total, 3, "the leads")
      let lead = try bench.exists(await bench.store.lead(ordinal: 0, of: campaign.id), "the first lead")
      try bench.equal(lead.importBatch, batch.id, "the import of a lead")
      try await bench.fails(.notFound, "a step of an unknown import") {
        try await bench.store.insert(
          [NewLead(number: bench.number(7))], into: campaign.id,
          options: LeadInsertion(step: .init(batch: bench.newID(), from: 0, to: 1)))
      }
    },
    Promise("the same content is imported into a campaign once, unless it was undone") { bench in
      let account = try await bench.addAccount()
      let campaign = try await bench.addCampaign(in: account)
      func batch(_ digest: String, _ id: Campaign.ID) async throws -> ImportBatch {
        ImportBatch(
          id: try await bench.newID(), account: account.id, campaign: id, name: "a.csv", digest: digest,
          createdAt: try await bench.now)
      }
      let first = try await batch("d1", campaign.id)
      try await bench.store.insert(first)
      try await bench.equal(bench.store.importBatch(first.id), first, "the import")
      try await bench.equal(
        bench.store.importBatch(digest: "d1", into: campaign.id), first, "the import of that content")
      try await bench.equal(bench.store.importBatch(digest: "d2", into: campaign.id), nil, "an unknown content")
      try await bench.fails(.duplicate, "the same import") { try await bench.store.insert(first) }
      try await bench.fails(.duplicate, "the same content") { try await bench.store.insert(batch("d1", campaign.id)) }
      try await bench.fails(.notFound, "an import into no campaign") {
        try await bench.store.insert(batch("d9", bench.newID()))
      }
      let other = try await bench.addCampaign(in: account)
      try await bench.store.insert(batch("d1", other.id))
      let done = try await bench.store.complete(first.id)
      try bench.equal(done.status, .completed, "the status")
      try await bench.fails(.notPermitted, "completing it again") { try await bench.store.complete(first.id) }
      try await bench.fails(.notFound, "completing an unknown import") { try await bench.store.complete(bench.newID()) }
      try await bench.fails(.duplicate, "the same content after completion") {
        try await bench.store.insert(batch("d1", campaign.id))
      }
      _ = try await bench.store.undo(first.id)
      try await bench.equal(
        bench.store.importBatch(digest: "d1", into: campaign.id), nil, "the content that was undone")
      let again = try await batch("d1", campaign.id)
      try await bench.store.insert(again)
      try await bench.equal(bench.store.importBatches(of: campaign.id).map(\.id), [first.id, again.id], "the imports")
    },
    Promise("an import is undone whole, unless one of its leads was tried") { bench in
      let account = try await bench.addAccount()
      let campaign = try await bench.addCampaign(in: account)
      func add(_ numbers: Range<Int>, _ digest: String) async throws -> ImportBatch {
        let batch = ImportBatch(
          id: try await bench.newID(), account: account.id, campaign: campaign.id, name: "a.csv", digest: digest,
          createdAt: try await bench.now)
        try await bench.store.insert(batch)
        _ = try await bench.store.insert(
          numbers.map { NewLead(number: try bench.number($0)) }, into: campaign.id,
          options: LeadInsertion(step: .init(batch: batch.id, from: 0, to: 100)))
        return batch
      }
      let tried = try await add(0..<2, "d1")
      let untried = try await add(2..<5, "d2")
      try await bench.addLeads(5..<6, to: campaign)
      let lease = try await bench.start(campaign)
      let call = try await bench.claimOne(lease)
      try await bench.fails(.notPermitted, "undoing during a call") { try await bench.store.undo(tried.id) }
      try await bench.finish(call.call, next: bench.retry(in: 3600))
      try await bench.fails(.notPermitted, "undoing after a call") { try await bench.store.undo(tried.id) }
      let undone = try await bench.store.undo(untried.id)
      try bench.equal(undone.status, .undone, "the status")
      try await bench.equal(bench.counts(campaign).total, 3, "the leads that are left")
      try await bench.expect(
        bench.store.contact(number: bench.number(3), of: account.id) != nil, "the contacts stay")
      try await bench.fails(.notPermitted, "undoing it again") { try await bench.store.undo(untried.id) }
      try await bench.fails(.notFound, "undoing an unknown import") { try await bench.store.undo(bench.newID()) }
      try await bench.fails(.conflict, "going on with an import that was undone") {
        try await bench.store.insert(
          [NewLead(number: bench.number(9))], into: campaign.id,
          options: LeadInsertion(step: .init(batch: untried.id, from: 100, to: 101)))
      }
    },
    Promise("the imports of a campaign go with it") { bench in
      let account = try await bench.addAccount()
      let campaign = try await bench.addCampaign(in: account)
      let batch = ImportBatch(
        id: try await bench.newID(), account: account.id, campaign: campaign.id, name: "a.csv", digest: "d",
        createdAt: try await bench.now)
      try await bench.store.insert(batch)
      try await bench.fails(.invalid, "a step with fewer invalid rows than none") {
        try await bench.store.insert(
          [], into: campaign.id, options: LeadInsertion(step: .init(batch: batch.id, from: 0, to: 1, invalid: -1)))
      }
      try await bench.store.delete(campaign.id)
      try await bench.equal(bench.store.importBatch(batch.id), nil, "the import")
      try await bench.equal(bench.store.importBatch(digest: "d", into: campaign.id), nil, "the import of that content")
      try await bench.equal(bench.store.importBatches(of: campaign.id), [], "the imports")
      try await bench.fails(.notFound, "completing it") { try await bench.store.complete(batch.id) }
    },
  ]
}
