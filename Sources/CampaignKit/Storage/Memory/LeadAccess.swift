extension StoreState {
  @inline(__always)
  static func segment(_ row: UInt32) -> Int { Int(row >> LeadSegment.bits) }
  @inline(__always)
  static func place(_ row: UInt32) -> Int { Int(row) & (LeadSegment.size - 1) }

  func leadRow(_ id: Lead.ID) throws(StoreError) -> UInt32 {
    guard let row = leadRowIfAny(id) else { throw StoreError(.notFound, "there is no lead \(id)") }
    return row
  }

  func leadRowIfAny(_ id: Lead.ID) -> UInt32? {
    let raw = RawID(id)
    return indexes.leads.find(Self.hash(raw)) { tables.leadCore($0).id == raw }
  }

  /// The lead of a campaign with that ordinal.
  @inline(__always)
  func leadRow(ordinal: UInt32, of campaign: UInt32) -> UInt32? {
    let index = Int(ordinal >> LeadSegment.bits)
    guard index < tables.campaigns[Int(campaign)].segments.count else { return nil }
    let row = tables.campaigns[Int(campaign)].segments[index] << LeadSegment.bits | UInt32(Self.place(ordinal))
    return tables.isLead(row) ? row : nil
  }

  /// The lead that a contact has in a campaign.
  @inline(__always)
  func leadRow(contact: UInt32, in campaign: UInt32) -> UInt32? {
    indexes.leadContacts.find(RowIndex.hash(UInt64(campaign), UInt64(contact))) {
      tables.leadCore($0).contact == contact && tables.campaign(ofLead: $0) == campaign
    }
  }

  // MARK: Queues

  /// The place of a lead in its queue, as it stands now.
  @inline(__always)
  func dueEntry(_ row: UInt32) -> DueEntry {
    let segment = Self.segment(row)
    let place = Self.place(row)
    let isCallback = tables.segments[segment].core[place].isCallback
    return DueEntry(
      priority: isCallback ? .min : max(tables.segments[segment].priority[place], .min + 1),
      ordinal: tables.segments[segment].base + UInt32(place), due: tables.segments[segment].next[place])
  }

  /// Puts a waiting lead into its queue.
  @inline(__always)
  mutating func enqueue(_ row: UInt32, now: Int64) {
    let campaign = Int(tables.campaign(ofLead: row))
    let queue = queueNumber(tables.leadCore(row).locality, of: campaign)
    indexes.byCampaign[campaign].queues[queue].entries.add(dueEntry(row), now: now)
  }

  /// The number of a campaign's queue for a locality, which is made if it is not there.
  @inline(__always)
  mutating func queueNumber(_ locality: UInt32, of campaign: Int) -> Int {
    if let number = indexes.byCampaign[campaign].queue(of: locality) { return number }
    return indexes.byCampaign[campaign].addQueue(of: locality)
  }

  /// Changes the status of a lead, and everything that is counted by it. Queues are the caller's business.
  @inline(__always)
  mutating func move(_ row: UInt32, to status: Lead.Status) {
    let segment = Self.segment(row)
    let place = Self.place(row)
    let old = tables.segments[segment].status[place]
    guard old != status.raw else { return }
    tables.segments[segment].status[place] = status.raw
    tables.segments[segment].counts[Int(old)] &-= 1
    tables.segments[segment].counts[Int(status.raw)] &+= 1
    let campaign = Int(tables.segments[segment].campaign)
    if let old = Lead.Status(raw: old) { tables.campaigns[campaign].counts[old] -= 1 }
    tables.campaigns[campaign].counts[status] += 1
    if old == Lead.Status.waiting.raw || status == .waiting {
      let queue = queueNumber(tables.segments[segment].core[place].locality, of: campaign)
      indexes.byCampaign[campaign].queues[queue].waiting += status == .waiting ? 1 : -1
    }
  }
}
