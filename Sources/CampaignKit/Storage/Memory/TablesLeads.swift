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
    let campaign = campaigns[Int(segments[segment].campaign)].campaign
    let payload = try leadPayload(row)
    guard let status = Lead.Status(raw: segments[segment].status[place]),
      let number = PhoneNumber(digits: try number(Int(core.numberIndex), ofContact: core.contact))
    else { throw .misfit("lead") }
    var person = payload.person ?? Person()
    if payload.person == nil { person = try contactPayload(core.contact).person }
    let next = segments[segment].next[place]
    let last = segments[segment].last[place]
    let updatedAt = Timestamp(milliseconds: core.updatedAt)
    let nextAttemptAt = next == 0 ? nil : Timestamp(milliseconds: next)
    return Lead(
      id: core.id.of(Lead.self), account: campaign.account, campaign: campaign.id,
      contact: contacts[core.contact].id.of(Contact.self), ordinal: Int(ordinal(ofLead: row)),
      number: number, numberIndex: Int(core.numberIndex),
      person: person, type: payload.type,
      subject: payload.subject, priority: segments[segment].priority[place], fields: payload.fields,
      notes: payload.notes, locality: localities[core.locality], status: status,
      attempts: Int(core.attempts), lastAttemptAt: last == 0 ? nil : Timestamp(milliseconds: last),
      nextAttemptAt: nextAttemptAt, isCallback: core.isCallback, callbacks: Int(core.callbacks),
      lastDisposition: Disposition(stored: core.disposition),
      liveCall: core.liveCall == noRow ? nil : calls[core.liveCall].id.of(Call.self),
      importBatch: core.batch == noRow ? nil : batches[Int(core.batch)].id,
      decision: texts[core.heldBy].map {
        DecisionRecord(isDialled: false, rule: $0, decidedAt: updatedAt, retryAt: nextAttemptAt)
      }, createdAt: Timestamp(milliseconds: core.createdAt), updatedAt: updatedAt)
  }
}
