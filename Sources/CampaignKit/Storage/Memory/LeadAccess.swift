extension StoreState {
  @inline(__always)
  static func segment(_ row: UInt32) -> Int { Int(row >> LeadSegment.bits) }
  @inline(__always)
  static func place(_ row: UInt32) -> Int { Int(row) & (LeadSegment.size - 1) }

  /// Whether there is a lead at that row.
  @inline(__always)
  func isLead(_ row: UInt32) -> Bool {
    let segment = Self.segment(row)
    guard segment < tables.segments.count else { return false }
    let place = Self.place(row)
    return place < tables.segments[segment].status.count
      && tables.segments[segment].status[place] != LeadSegment.removed
  }

  @inline(__always)
  func leadCore(_ row: UInt32) -> LeadCore { tables.segments[Self.segment(row)].core[Self.place(row)] }

  @inline(__always)
  func leadStatus(_ row: UInt32) -> UInt8 { tables.segments[Self.segment(row)].status[Self.place(row)] }

  func leadRow(_ id: Lead.ID) throws(StoreError) -> UInt32 {
    guard let row = leadRowIfAny(id) else { throw StoreError(.notFound, "there is no lead \(id)") }
    return row
  }

  func leadRowIfAny(_ id: Lead.ID) -> UInt32? {
    let raw = RawID(id)
    return indexes.leads.find(Self.hash(raw)) { leadCore($0).id == raw }
  }

  /// The lead of a campaign with that ordinal.
  @inline(__always)
  func leadRow(ordinal: UInt32, of campaign: UInt32) -> UInt32? {
    let index = Int(ordinal >> LeadSegment.bits)
    guard index < tables.campaigns[Int(campaign)].segments.count else { return nil }
    let row = tables.campaigns[Int(campaign)].segments[index] << LeadSegment.bits | UInt32(Self.place(ordinal))
    return isLead(row) ? row : nil
  }

  @inline(__always)
  func campaign(ofLead row: UInt32) -> UInt32 { tables.segments[Self.segment(row)].campaign }

  @inline(__always)
  func ordinal(ofLead row: UInt32) -> UInt32 {
    tables.segments[Self.segment(row)].base + UInt32(Self.place(row))
  }

  /// The lead that a contact has in a campaign.
  @inline(__always)
  func leadRow(contact: UInt32, in campaign: UInt32) -> UInt32? {
    indexes.leadContacts.find(RowIndex.hash(UInt64(campaign), UInt64(contact))) {
      leadCore($0).contact == contact && self.campaign(ofLead: $0) == campaign
    }
  }

  func leadPayload(_ row: UInt32) throws(StoreError) -> LeadPayload {
    try tables.segments[Self.segment(row)].payload.withBytes(leadCore(row).payload) { (bytes) throws(StoreError) in
      var reader = ByteReader(bytes)
      return try LeadPayload(from: &reader)
    }
  }

  func subject(ofLead row: UInt32) throws(StoreError) -> String? {
    try tables.segments[Self.segment(row)].payload.withBytes(leadCore(row).payload) { (bytes) throws(StoreError) in
      var reader = ByteReader(bytes)
      return try LeadPayload.subject(inPayload: &reader)
    }
  }

  func lead(at row: UInt32) throws(StoreError) -> Lead {
    let segment = Self.segment(row)
    let place = Self.place(row)
    let core = tables.segments[segment].core[place]
    let campaign = tables.campaigns[Int(tables.segments[segment].campaign)].campaign
    let payload = try leadPayload(row)
    guard let status = Lead.Status(raw: tables.segments[segment].status[place]),
      let number = PhoneNumber(digits: try number(Int(core.numberIndex), ofContact: core.contact))
    else { throw .misfit("lead") }
    let next = tables.segments[segment].next[place]
    let last = tables.segments[segment].last[place]
    let updatedAt = Timestamp(milliseconds: core.updatedAt)
    let nextAttemptAt = next == 0 || status != .waiting ? nil : Timestamp(milliseconds: next)
    return Lead(
      id: core.id.of(Lead.self), account: campaign.account, campaign: campaign.id,
      contact: tables.contacts[core.contact].id.of(Contact.self), ordinal: Int(ordinal(ofLead: row)),
      number: number, numberIndex: Int(core.numberIndex),
      person: try payload.person ?? contactPayload(core.contact).person, type: payload.type,
      subject: payload.subject, priority: tables.segments[segment].priority[place], fields: payload.fields,
      notes: payload.notes, locality: tables.localities[core.locality], status: status,
      attempts: Int(core.attempts), lastAttemptAt: last == 0 ? nil : Timestamp(milliseconds: last),
      nextAttemptAt: nextAttemptAt, isCallback: core.isCallback, callbacks: Int(core.callbacks),
      lastDisposition: Disposition(stored: core.disposition),
      liveCall: core.liveCall == noRow ? nil : tables.calls[core.liveCall].id.of(Call.self),
      importBatch: core.batch == noRow ? nil : tables.batches[Int(core.batch)].id,
      decision: tables.texts[core.heldBy].map {
        DecisionRecord(isDialled: false, rule: $0, decidedAt: updatedAt, retryAt: nextAttemptAt)
      }, createdAt: Timestamp(milliseconds: core.createdAt), updatedAt: updatedAt)
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
    let campaign = Int(campaign(ofLead: row))
    let queue = queueNumber(leadCore(row).locality, of: campaign)
    indexes.byCampaign[campaign].queues[queue].entries.add(dueEntry(row), now: now)
  }

  /// The number of a campaign's queue for a locality, which is made if it is not there.
  @inline(__always)
  mutating func queueNumber(_ locality: UInt32, of campaign: Int) -> Int {
    if let last = indexes.byCampaign[campaign].queues.last, last.locality == locality {
      return indexes.byCampaign[campaign].queues.count - 1
    }
    if let number = indexes.byCampaign[campaign].queueNumbers[locality] { return number }
    let number = indexes.byCampaign[campaign].queues.count
    indexes.byCampaign[campaign].queues.append(Indexes.Queue(locality: locality))
    indexes.byCampaign[campaign].queueNumbers[locality] = number
    return number
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
