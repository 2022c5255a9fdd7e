extension StoreState {
  func batchRow(_ id: ImportBatch.ID) throws(StoreError) -> UInt32 {
    guard let row = indexes.batches[id] else { throw StoreError(.notFound, "there is no import \(id)") }
    return row
  }

  func batch(digest: String, into campaign: Campaign.ID) -> ImportBatch? {
    batches(of: campaign).first { $0.digest == digest && $0.status != .undone }
  }

  /// The imports into a campaign in the order in which they began.
  func batches(of campaign: Campaign.ID) -> [ImportBatch] {
    let rows = indexes.campaigns[campaign].map { indexes.byCampaign[Int($0)].batches } ?? []
    return rows.map { tables.batches[Int($0)] }
  }

  // MARK: Deciding

  mutating func insert(_ batch: ImportBatch, at now: Timestamp) throws(StoreError) {
    let row = try campaignRow(batch.campaign)
    guard tables.campaigns[Int(row)].campaign.account == batch.account else {
      throw StoreError(.notFound, "there is no campaign \(batch.campaign)")
    }
    guard indexes.batches[batch.id] == nil, self.batch(digest: batch.digest, into: batch.campaign) == nil else {
      throw StoreError(.duplicate, "the campaign has an import of that name or content already")
    }
    try commit(.batch(batch), at: now)
  }

  mutating func complete(_ id: ImportBatch.ID, at now: Timestamp) throws(StoreError) -> ImportBatch {
    let row = try batchRow(id)
    guard tables.batches[Int(row)].status == .running else {
      throw StoreError(.notPermitted, "the import is \(tables.batches[Int(row)].status), not running")
    }
    try commit(.batchCompleted(row), at: now)
    return tables.batches[Int(row)]
  }

  mutating func undo(_ id: ImportBatch.ID, at now: Timestamp) throws(StoreError) -> ImportBatch {
    let row = try batchRow(id)
    guard tables.batches[Int(row)].status != .undone else {
      throw StoreError(.notPermitted, "the import was undone before")
    }
    for lead in leads(ofBatch: row) where tables.leadCore(lead).attempts > 0 || tables.leadCore(lead).liveCall != noRow
    {
      throw StoreError(.notPermitted, "a lead of the import was tried already; an import can be undone only before")
    }
    try commit(.batchUndone(row), at: now)
    return tables.batches[Int(row)]
  }

  /// The leads of an import. They are found by looking at all leads of its campaign, since undoing is rare.
  private func leads(ofBatch row: UInt32) -> [UInt32] {
    guard let campaign = indexes.campaigns[tables.batches[Int(row)].campaign] else { return [] }
    var found: [UInt32] = []
    for segment in tables.campaigns[Int(campaign)].segments {
      for place in tables.segments[Int(segment)].core.indices
      where tables.segments[Int(segment)].core[place].batch == row
        && tables.segments[Int(segment)].status[place] != LeadSegment.removed
      {
        found.append(segment << LeadSegment.bits | UInt32(place))
      }
    }
    return found
  }

  // MARK: Applying

  mutating func apply(_ batch: ImportBatch) throws(StoreError) {
    guard indexes.campaigns[batch.campaign] != nil else { throw .misfit("campaign") }
    tables.batches.append(batch)
    index(batch: UInt32(tables.batches.count - 1))
  }

  /// Makes an import found, unless its campaign was deleted: then only its row is left.
  mutating func index(batch row: UInt32) {
    let batch = tables.batches[Int(row)]
    guard let campaign = indexes.campaigns[batch.campaign] else { return }
    indexes.batches[batch.id] = row
    indexes.byCampaign[Int(campaign)].batches.append(row)
  }

  mutating func applyCompletion(ofBatch row: UInt32, at now: Timestamp) throws(StoreError) {
    guard row < tables.batches.count else { throw .misfit("import") }
    tables.batches[Int(row)].status = .completed
    tables.batches[Int(row)].updatedAt = now
  }

  mutating func applyUndoing(ofBatch row: UInt32, at now: Timestamp) throws(StoreError) {
    guard row < tables.batches.count else { throw .misfit("import") }
    let leads = leads(ofBatch: row)
    for lead in leads { removeLead(lead) }
    tables.batches[Int(row)].status = .undone
    tables.batches[Int(row)].updatedAt = now
    guard let campaign = indexes.campaigns[tables.batches[Int(row)].campaign], !leads.isEmpty else { return }
    tell(
      .leadsRemoved, of: tables.campaigns[Int(campaign)].account, at: now, campaign: campaign, count: leads.count)
    settle(campaign, at: now)
  }
}
