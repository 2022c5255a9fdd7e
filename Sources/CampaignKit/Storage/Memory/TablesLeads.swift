// Reading values out of the tables.
extension Tables {
  /// Whether there is a lead at that row.
  @inline(__always)
  func isLead(_ row: UInt32) -> Bool {
    let segment = StoreState.segment(row)
    guard segment < segments.count else { return false }
    let place = StoreState.place(row)
    return place < segments[segment].status.count
      && segments[segment].status[place] != LeadSegment.removed
  }

  @inline(__always)
  func leadCore(_ row: UInt32) -> LeadCore { segments[StoreState.segment(row)].core[StoreState.place(row)] }

  @inline(__always)
  func leadStatus(_ row: UInt32) -> UInt8 { segments[StoreState.segment(row)].status[StoreState.place(row)] }

  @inline(__always)
  func campaign(ofLead row: UInt32) -> UInt32 { segments[StoreState.segment(row)].campaign }

  @inline(__always)
  func ordinal(ofLead row: UInt32) -> UInt32 {
    segments[StoreState.segment(row)].base + UInt32(StoreState.place(row))
  }

  func leadPayload(_ row: UInt32) throws(StoreError) -> LeadPayload {
    try segments[StoreState.segment(row)].payload.withBytes(leadCore(row).payload) { (bytes) throws(StoreError) in
      var reader = ByteReader(bytes)
      return try LeadPayload(from: &reader)
    }
  }

  func subject(ofLead row: UInt32) throws(StoreError) -> String? {
    try segments[StoreState.segment(row)].payload.withBytes(leadCore(row).payload) { (bytes) throws(StoreError) in
      var reader = ByteReader(bytes)
      return try LeadPayload.subject(inPayload: &reader)
    }
  }

  func lead(at row: UInt32) throws(StoreError) -> Lead {
    let segment = StoreState.segment(row)
    let place = StoreState.place(row)
    let core = segments[segment].core[place]
    let campaign = Int(segments[segment].campaign)
    let payload = try leadPayload(row)
    let (index, digits) = try currentNumber(ofLead: row)
    guard let status = Lead.Status(raw: segments[segment].status[place]), let number = PhoneNumber(digits: digits)
    else { throw .misfit("lead") }
    let next = segments[segment].next[place]
    let last = segments[segment].last[place]
    var lead = Lead(
      id: core.id.of(Lead.self), account: campaigns[campaign].campaign.account,
      campaign: campaigns[campaign].campaign.id, contact: contacts[core.contact].id.of(Contact.self),
      ordinal: Int(ordinal(ofLead: row)), number: number, createdAt: Timestamp(milliseconds: core.createdAt))
    lead.numberIndex = index
    lead.person = payload.person ?? Person()
    if payload.person == nil { lead.person = try contactPayload(core.contact).person }
    lead.type = payload.type
    lead.subject = payload.subject
    lead.priority = segments[segment].priority[place]
    lead.fields = payload.fields
    lead.notes = payload.notes
    lead.locality = localities[core.locality]
    lead.status = status
    lead.attempts = Int(core.attempts)
    lead.lastAttemptAt = last == 0 ? nil : Timestamp(milliseconds: last)
    lead.nextAttemptAt = next == 0 ? nil : Timestamp(milliseconds: next)
    lead.isCallback = core.isCallback
    lead.callbacks = Int(core.callbacks)
    lead.lastDisposition = Disposition(stored: core.disposition)
    lead.liveCall = core.liveCall == noRow ? nil : calls[core.liveCall].id.of(Call.self)
    lead.importBatch = core.batch == noRow ? nil : batches[Int(core.batch)].id
    lead.updatedAt = Timestamp(milliseconds: core.updatedAt)
    lead.decision = decision(core, lead: lead)
    return lead
  }

  /// The number that a lead is called on, and which of the contact's it is. One that is no longer there is the main
  /// one.
  @inline(__always)
  func currentNumber(ofLead row: UInt32) throws(StoreError) -> (index: Int, digits: UInt64) {
    let core = leadCore(row)
    guard core.numberIndex > 0, contacts[core.contact].hasFurtherNumbers else {
      return (0, contacts[core.contact].number)
    }
    let further = try furtherNumbers(ofContact: core.contact)
    guard Int(core.numberIndex) <= further.count else { return (0, contacts[core.contact].number) }
    return (Int(core.numberIndex), further[Int(core.numberIndex) - 1].number.digits)
  }

  private func decision(_ core: LeadCore, lead: Lead) -> DecisionRecord? {
    if let rule = texts[core.heldBy] {
      return DecisionRecord(isDialled: false, rule: rule, decidedAt: lead.updatedAt, retryAt: lead.nextAttemptAt)
    }
    guard core.newestCall != noRow, let rule = texts[calls[core.newestCall].rule] else { return nil }
    return DecisionRecord(
      isDialled: true, rule: rule, decidedAt: Timestamp(milliseconds: calls[core.newestCall].createdAt))
  }
}
