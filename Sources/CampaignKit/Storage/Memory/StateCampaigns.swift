extension StoreState {
  func campaignRow(_ id: Campaign.ID) throws(StoreError) -> UInt32 {
    guard let row = indexes.campaigns[id] else { throw StoreError(.notFound, "there is no campaign \(id)") }
    return row
  }

  // MARK: Deciding

  mutating func insert(_ campaign: Campaign, at now: Timestamp) throws(StoreError) -> Campaign {
    _ = try accountRow(campaign.account)
    guard indexes.campaigns[campaign.id] == nil else {
      throw StoreError(.duplicate, "there is a campaign \(campaign.id) already")
    }
    var draft = campaign
    draft.status = .draft
    draft.createdAt = now
    draft.updatedAt = now
    draft.startedAt = nil
    draft.pausedAt = nil
    draft.resumedAt = nil
    draft.endedAt = nil
    draft.statusReason = nil
    draft.revision = 0
    try commit(.campaign(draft), at: now)
    return draft
  }

  mutating func update(_ campaign: Campaign, at now: Timestamp) throws(StoreError) -> Campaign {
    let row = try campaignRow(campaign.id)
    let stored = tables.campaigns[Int(row)].campaign
    guard stored.account == campaign.account else {
      throw StoreError(.notFound, "there is no campaign \(campaign.id)")
    }
    try Self.expect(stored.revision, campaign.revision, "campaign \(campaign.id)")
    var changed = campaign
    changed.status = stored.status
    changed.createdAt = stored.createdAt
    changed.startedAt = stored.startedAt
    changed.pausedAt = stored.pausedAt
    changed.resumedAt = stored.resumedAt
    changed.endedAt = stored.endedAt
    changed.statusReason = stored.statusReason
    changed.revision &+= 1
    changed.updatedAt = now
    try commit(.campaign(changed), at: now)
    return changed
  }

  mutating func transition(
    _ id: Campaign.ID, on trigger: Campaign.Trigger, reason: String?, at now: Timestamp
  ) throws(StoreError) -> Campaign {
    let row = try campaignRow(id)
    let record = tables.campaigns[Int(row)]
    do {
      _ = try Campaign.statuses.step("campaign", from: record.campaign.status, on: trigger)
    } catch {
      throw StoreError(.notPermitted, error.description, transition: error)
    }
    if trigger == .start, record.counts.waiting == 0 {
      throw StoreError(.notPermitted, "the campaign has no lead to call; add leads before it is started")
    }
    try commit(.transition(campaign: row, trigger: trigger, reason: reason), at: now)
    return tables.campaigns[Int(row)].campaign
  }

  mutating func delete(_ id: Campaign.ID, at now: Timestamp) throws(StoreError) {
    let row = try campaignRow(id)
    let record = tables.campaigns[Int(row)]
    guard record.campaign.status != .active, record.liveCalls == 0 else {
      throw StoreError(
        .notPermitted,
        record.campaign.status == .active
          ? "the campaign is active; pause or cancel it before it is deleted"
          : "the campaign has \(record.liveCalls) live calls; wait for their end before it is deleted")
    }
    try commit(.campaignDeleted(row), at: now)
  }

  // MARK: Applying

  mutating func apply(_ campaign: Campaign, at now: Timestamp) throws(StoreError) {
    guard let account = indexes.accounts[campaign.account] else { throw .misfit("account") }
    if let row = indexes.campaigns[campaign.id] {
      let hadGroup = tables.campaigns[Int(row)].campaign.agents.group != nil
      tables.campaigns[Int(row)].campaign = campaign
      if hadGroup != (campaign.agents.group != nil) { recountAwaiting(row) }
      tell(.campaignUpdated, of: account, at: now, campaign: row)
    } else {
      tables.campaigns.append(CampaignRecord(campaign: campaign, account: account))
      let row = UInt32(tables.campaigns.count - 1)
      index(campaign: row)
      tell(.campaignCreated, of: account, at: now, campaign: row)
    }
  }

  /// When a campaign gains or loses its group: its live calls begin or cease to wait for an agent.
  private mutating func recountAwaiting(_ row: UInt32) {
    let hasGroup = tables.campaigns[Int(row)].campaign.agents.group != nil
    tables.campaigns[Int(row)].unassigned = 0
    var call = tables.accounts[Int(tables.campaigns[Int(row)].account)].oldestLive
    while call != noRow {
      if tables.calls[call].campaign == row {
        tables.calls[call].awaitsAgent = hasGroup && tables.calls[call].agent == noRow && tables.calls[call].wantsAgent
        if tables.calls[call].awaitsAgent { tables.campaigns[Int(row)].unassigned += 1 }
      }
      call = tables.calls[call].newerLive
    }
  }

  mutating func index(campaign row: UInt32) {
    let record = tables.campaigns[Int(row)]
    indexes.byCampaign.append(Indexes.CampaignRows())
    guard !record.isDeleted else {
      indexes.deletedCampaigns[record.campaign.id] = row
      return
    }
    indexes.campaigns[record.campaign.id] = row
    indexes.byAccount[Int(record.account)].campaigns.append(row)
  }

  mutating func applyTransition(
    _ row: UInt32, _ trigger: Campaign.Trigger, _ reason: String?, at now: Timestamp
  ) throws(StoreError) {
    guard row < tables.campaigns.count,
      let next = Campaign.statuses.next(after: tables.campaigns[Int(row)].campaign.status, on: trigger)
    else { throw .misfit("campaign") }
    setStatus(next, of: row, reason: reason, at: now)
    if next == .active {
      let campaign = tables.campaigns[Int(row)].campaign
      if trigger == .resume { tables.campaigns[Int(row)].campaign.resumedAt = now }
      if campaign.startedAt == nil { tables.campaigns[Int(row)].campaign.startedAt = now }
    } else if next == .paused {
      tables.campaigns[Int(row)].campaign.pausedAt = now
    } else if Campaign.statuses.isFinal(next) {
      try cancelWaiting(of: row, at: now)
    }
    settle(row, at: now)
  }

  private mutating func setStatus(_ status: Campaign.Status, of row: UInt32, reason: String?, at now: Timestamp) {
    tables.campaigns[Int(row)].campaign.status = status
    tables.campaigns[Int(row)].campaign.statusReason = reason
    tables.campaigns[Int(row)].campaign.updatedAt = now
    if Campaign.statuses.isFinal(status) { tables.campaigns[Int(row)].campaign.endedAt = now }
    tell(
      .campaignStatusChanged, of: tables.campaigns[Int(row)].account, at: now, campaign: row, status: status.stored)
  }

  /// Completes a campaign whose last open lead is done.
  @inline(__always)
  mutating func settle(_ row: UInt32, at now: Timestamp) {
    guard tables.campaigns[Int(row)].counts.open == 0 else { return }
    let status = tables.campaigns[Int(row)].campaign.status
    guard status == .active || status == .paused, tables.campaigns[Int(row)].counts.total > 0 else { return }
    setStatus(.completed, of: row, reason: nil, at: now)
  }

  mutating func applyDeletion(ofCampaign row: UInt32, at now: Timestamp) throws(StoreError) {
    guard row < tables.campaigns.count, !tables.campaigns[Int(row)].isDeleted else { throw .misfit("campaign") }
    let account = tables.campaigns[Int(row)].account
    try removeLeads(of: row)
    tables.campaigns[Int(row)].isDeleted = true
    let id = tables.campaigns[Int(row)].campaign.id
    for batch in indexes.byCampaign[Int(row)].batches { indexes.batches[tables.batches[Int(batch)].id] = nil }
    indexes.byCampaign[Int(row)].batches = []
    indexes.campaigns[id] = nil
    indexes.deletedCampaigns[id] = row
    indexes.byAccount[Int(account)].campaigns.removeSorted(row)
    tell(.campaignDeleted, of: account, at: now, campaign: row)
  }
}

extension Campaign.Status {
  /// One more than the place in the list of all.
  var stored: UInt8 { UInt8((Campaign.Status.allCases.firstIndex(of: self) ?? 0) + 1) }
}
