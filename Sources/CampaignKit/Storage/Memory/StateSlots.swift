extension StoreState {
  // MARK: Leases

  mutating func acquire(
    _ id: Campaign.ID, by owner: String, lasting duration: Duration, at now: Timestamp
  ) throws(StoreError) -> CampaignLease {
    let row = try campaignRow(id)
    let record = tables.campaigns[Int(row)]
    if let holder = record.leaseOwner, holder != owner, record.leaseTerm.contains(now) {
      throw StoreError(.leaseLost, "the campaign is run by '\(holder)'; try again when its lease ends")
    }
    let isOwn = record.leaseOwner == owner && now < record.leaseTerm.end
    let token = isOwn ? record.leaseToken : record.leaseToken + 1
    let end = now + duration
    try commit(.leased(campaign: row, owner: owner, token: token, end: end.milliseconds), at: now)
    return CampaignLease(campaign: id, owner: owner, token: token, expiresAt: end)
  }

  mutating func renew(
    _ leases: [CampaignLease], lasting duration: Duration, at now: Timestamp
  ) throws(StoreError) -> [CampaignLease] {
    var held: [CampaignLease] = []
    let end = now + duration
    for lease in leases {
      guard let row = indexes.campaigns[lease.campaign], (try? demand(lease, on: row, at: now)) != nil else {
        continue
      }
      try commit(.leased(campaign: row, owner: lease.owner, token: lease.token, end: end.milliseconds), at: now)
      var renewed = lease
      renewed.expiresAt = end
      held.append(renewed)
    }
    return held
  }

  mutating func release(_ lease: CampaignLease, at now: Timestamp) throws(StoreError) {
    guard let row = indexes.campaigns[lease.campaign], (try? demand(lease, on: row, at: now)) != nil else { return }
    try commit(.leased(campaign: row, owner: nil, token: lease.token, end: 0), at: now)
  }

  func lease(of id: Campaign.ID) -> CampaignLease? {
    guard let row = indexes.campaigns[id], let owner = tables.campaigns[Int(row)].leaseOwner else { return nil }
    let record = tables.campaigns[Int(row)]
    return CampaignLease(
      campaign: id, owner: owner, token: record.leaseToken, expiresAt: Timestamp(milliseconds: record.leaseEnd))
  }

  func unownedCampaigns(limit: Int, at now: Timestamp) -> [Campaign.ID] {
    var found: [Campaign.ID] = []
    for record in tables.campaigns where !record.isDeleted && found.count < limit {
      let needsOwner =
        record.campaign.status == .active || record.campaign.status == .scheduled || record.liveCalls > 0
      if needsOwner, record.leaseOwner == nil || !record.leaseTerm.contains(now) {
        found.append(record.campaign.id)
      }
    }
    return found
  }

  mutating func applyLease(
    of campaign: UInt32, owner: String?, token: UInt64, end: Int64, at now: Timestamp
  ) throws(StoreError) {
    guard campaign < tables.campaigns.count else { throw .misfit("campaign") }
    tables.campaigns[Int(campaign)].leaseOwner = owner
    tables.campaigns[Int(campaign)].leaseToken = token
    tables.campaigns[Int(campaign)].leaseStart = now.milliseconds
    tables.campaigns[Int(campaign)].leaseEnd = end
  }

  // MARK: Slots

  /// The slots that are reserved and not yet given back.
  func reservedSlots(at now: Timestamp) -> (total: Int, byAccount: [Account.ID: Int]) {
    guard !tables.reservations.isEmpty else { return (0, [:]) }
    var total = 0
    var byAccount: [Account.ID: Int] = [:]
    // Some that were over come back with a clock that goes back; together they may be more than 64 bits hold.
    let most = 1 << 61
    for reservation in tables.reservations.values where reservation.isHeld(at: now) {
      let count = min(reservation.count, most)
      total = min(total + count, most)
      byAccount[reservation.account] = min((byAccount[reservation.account] ?? 0) + count, most)
    }
    return (total, byAccount)
  }

  func slots(of id: Account.ID, at now: Timestamp) throws(StoreError) -> SlotUsage {
    let row = try accountRow(id)
    let reserved = reservedSlots(at: now)
    return SlotUsage(
      systemLimit: tables.systemLimit, systemActive: tables.liveCalls + reserved.total,
      accountLimit: accountLimit(row),
      accountActive: tables.accounts[Int(row)].liveCalls + (reserved.byAccount[id] ?? 0),
      defaultAccountLimit: tables.defaultAccountLimit)
  }

  mutating func setLimits(system: Int? = nil, account: Int? = nil, at now: Timestamp) throws(StoreError) {
    guard system ?? 0 >= 0, account ?? 0 >= 0 else {
      throw StoreError(.invalid, "a limit is below zero; 0 stops all calls")
    }
    try commit(
      .limits(system: system ?? tables.systemLimit, account: account ?? tables.defaultAccountLimit), at: now)
  }

  mutating func reserve(
    _ count: Int, of id: Account.ID, for duration: Duration, note: String, at now: Timestamp
  ) throws(StoreError) -> SlotReservation {
    guard count > 0 else { throw StoreError(.invalid, "the count of slots to reserve is not above zero") }
    let usage = try slots(of: id, at: now)
    guard usage.systemAvailable >= count, usage.accountAvailable >= count else {
      throw StoreError(.limited, "there are not \(count) free slots")
    }
    let reservation = SlotReservation(
      id: identifiers.next(at: now), account: id, count: count, note: note, reservedAt: now, expiresAt: now + duration)
    for old in tables.reservations.values where !old.isHeld(at: now) { try commit(.released(old.id), at: now) }
    try commit(.reserved(reservation), at: now)
    return reservation
  }

  mutating func release(_ reservation: SlotReservation.ID, at now: Timestamp) throws(StoreError) {
    guard tables.reservations[reservation] != nil else { return }
    try commit(.released(reservation), at: now)
  }
}

extension CampaignRecord {
  /// The time for which nobody but the owner of the lease may take the campaign.
  var leaseTerm: Term {
    Term(from: Timestamp(milliseconds: leaseStart), until: Timestamp(milliseconds: leaseEnd))
  }
}
