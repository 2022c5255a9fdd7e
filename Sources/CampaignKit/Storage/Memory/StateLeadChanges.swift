import JSON

// How changes of leads are made.
extension StoreState {
  mutating func apply(_ records: LeadRecords, at now: Timestamp) throws(StoreError) {
    let numbers = records.localities.map { tables.localities.number(of: $0) }
    try records.bytes.withUnsafeBytes { bytes in
      Result { () throws(StoreError) in try apply(records, bytes, numbers, at: now) }
    }.get()
  }

  /// Adds the leads that are written in `bytes`, whose localities have these numbers.
  mutating func apply(
    _ records: LeadRecords, _ bytes: UnsafeRawBufferPointer, _ localities: [UInt32], at now: Timestamp
  ) throws(StoreError) {
    guard records.campaign < tables.campaigns.count, !tables.campaigns[Int(records.campaign)].isDeleted else {
      throw .misfit("campaign")
    }
    guard records.batch == noRow || records.batch < tables.batches.count else { throw .misfit("import") }
    let start = InsertionStart(
      campaign: records.campaign, contact: UInt32(tables.contacts.count), ordinal: nextOrdinal(of: records.campaign))
    if isReplaying, awaiting?.campaign != records.campaign || start.ordinal &- (awaiting?.ordinal ?? 0) > 4096 {
      indexAwaiting()
      awaiting = start
    }
    let result = Result { () throws(StoreError) in
      var reader = ByteReader(bytes)
      while !reader.isAtEnd {
        try add(
          LeadRecord(from: &reader), to: records.campaign, batch: records.batch, localities: localities, at: now)
      }
    }
    if !isReplaying { indexInsertion(from: start) }
    try result.get()
    concludeInsertion(records, at: now)
  }

  /// Indexes what was added while changes were replayed, if anything was.
  mutating func indexAwaiting() {
    for row in awaitingReferences { index(referenceOf: row) }
    awaitingReferences = []
    guard let start = awaiting else { return }
    awaiting = nil
    indexInsertion(from: start)
  }

  func nextOrdinal(of campaign: UInt32) -> UInt32 { tables.campaigns[Int(campaign)].nextOrdinal }

  /// Indexes the contacts and leads that were added together, one index after the other.
  ///
  /// Each loop is short enough that the processor has many places of the index under way at once, where adding to
  /// all indexes lead by lead would wait for one after the other.
  mutating func indexInsertion(from start: InsertionStart) {
    let campaign = start.campaign
    let contacts = start.contact..<UInt32(tables.contacts.count)
    for row in contacts { indexes.contacts.insert(Self.hash(tables.contacts[row].id), row) }
    indexes.byAccount[Int(tables.campaigns[Int(campaign)].account)].contacts.append(contentsOf: contacts)
    let ordinals = start.ordinal..<nextOrdinal(of: campaign)
    for ordinal in ordinals {
      guard let row = leadRow(ordinal: ordinal, of: campaign) else { continue }
      indexes.leads.insert(Self.hash(tables.leadCore(row).id), row)
    }
    for ordinal in ordinals {
      guard let row = leadRow(ordinal: ordinal, of: campaign) else { continue }
      indexes.leadContacts.insert(RowIndex.hash(UInt64(campaign), UInt64(tables.leadCore(row).contact)), row)
    }
  }

  /// What follows when all leads of a record are in.
  mutating func concludeInsertion(_ records: LeadRecords, at now: Timestamp) {
    if records.batch != noRow {
      let row = Int(records.batch)
      tables.batches[row].progress = records.progress
      tables.batches[row].updatedAt = now
      var tally = tables.batches[row].tally
      for read in [records.count, records.duplicates, records.suppressed, records.invalid] {
        tally.total = tally.total.adding(saturating: read)
      }
      tally.invalid = tally.invalid.adding(saturating: records.invalid)
      tally.duplicates = tally.duplicates.adding(saturating: records.duplicates)
      tally.suppressed = tally.suppressed.adding(saturating: records.suppressed)
      tally.inserted = tally.inserted.adding(saturating: records.count)
      tally.contactsCreated = tally.contactsCreated.adding(saturating: records.contactsCreated)
      tables.batches[row].tally = tally
    }
    if records.count > 0 {
      tell(
        .leadsAdded, of: tables.campaigns[Int(records.campaign)].account, at: now, campaign: records.campaign,
        count: records.count)
      settle(records.campaign, at: now)
    }
  }

  /// Adds one lead; ``indexInsertion(from:campaign:)`` has to follow.
  @inline(__always)
  mutating func add(
    _ lead: LeadRecord, to campaign: UInt32, batch: UInt32, localities: [UInt32], at now: Timestamp
  ) throws(StoreError) {
    guard localities.indices.contains(lead.locality) else { throw .misfit("locality") }
    let contact: UInt32
    switch lead.contact {
    case .new(let id, let number, let payload):
      var numbers = ByteReader(payload)
      contact = addContact(
        id, account: tables.campaigns[Int(campaign)].account, number: number, createdAt: now, updatedAt: now,
        further: try ContactPayload.furtherNumbers(inPayload: &numbers), payload: payload)
    case .known(let row):
      guard tables.contacts.contains(row), !tables.contacts[row].isDeleted else { throw .misfit("contact") }
      contact = row
    }
    let row = appendLead(to: campaign)
    let segment = Self.segment(row)
    let status: Lead.Status = lead.flags.contains(.suppressed) ? .suppressed : .waiting
    tables.segments[segment].status.append(status.raw)
    tables.segments[segment].priority.append(lead.priority)
    tables.segments[segment].next.append(status == .waiting && lead.flags.contains(.notBefore) ? lead.notBefore : 0)
    tables.segments[segment].last.append(0)
    var core = LeadCore(
      createdAt: now.milliseconds, updatedAt: now.milliseconds, id: lead.id, contact: contact,
      payload: tables.segments[segment].payload.add(lead: lead.payload, person: lead.person), batch: batch,
      locality: localities[lead.locality])
    core.hasSubject = LeadPayload.hasSubject(lead.payload)
    core.olderOfContact = tables.contacts[contact].newestLead
    tables.segments[segment].core.append(core)
    tables.contacts[contact].newestLead = row
    count(newLead: row, status: status, now: now.milliseconds)
  }

  /// Makes room for one more lead of a campaign, and returns its row.
  @inline(__always)
  mutating func appendLead(to campaign: UInt32) -> UInt32 {
    let ordinal = tables.campaigns[Int(campaign)].nextOrdinal
    let place = Self.place(ordinal)
    if place == 0 {
      var segment = LeadSegment(campaign: campaign, base: ordinal)
      if let full = tables.campaigns[Int(campaign)].segments.last {
        tables.segments[Int(full)].payload.trim()
        segment.reserve(like: tables.segments[Int(full)])
      }
      tables.campaigns[Int(campaign)].segments.append(UInt32(tables.segments.count))
      tables.segments.append(segment)
    }
    tables.campaigns[Int(campaign)].nextOrdinal += 1
    let last = tables.campaigns[Int(campaign)].segments.count - 1
    return tables.campaigns[Int(campaign)].segments[last] << LeadSegment.bits | UInt32(place)
  }

  /// Counts a lead whose row is complete, and puts it into its queue.
  @inline(__always)
  mutating func count(newLead row: UInt32, status: Lead.Status, now: Int64) {
    let segment = Self.segment(row)
    let campaign = Int(tables.segments[segment].campaign)
    tables.segments[segment].counts[Int(status.raw)] &+= 1
    tables.campaigns[campaign].counts[status] += 1
    if status == .waiting {
      let queue = queueNumber(tables.leadCore(row).locality, of: campaign)
      indexes.byCampaign[campaign].queues[queue].waiting += 1
      indexes.byCampaign[campaign].queues[queue].entries.add(dueEntry(row), now: now)
    }
  }

  @inline(__always)
  mutating func index(lead row: UInt32) {
    let segment = Self.segment(row)
    let place = Self.place(row)
    indexes.leads.insert(Self.hash(tables.segments[segment].core[place].id), row)
    indexes.leadContacts.insert(
      RowIndex.hash(UInt64(tables.segments[segment].campaign), UInt64(tables.segments[segment].core[place].contact)),
      row)
  }

  mutating func setLeadPayload(_ payload: LeadPayload, of row: UInt32) {
    var writer = ByteWriter()
    payload.write(to: &writer)
    let segment = Self.segment(row)
    let place = Self.place(row)
    tables.segments[segment].core[place].payload = tables.segments[segment].payload.replace(
      tables.segments[segment].core[place].payload, with: writer.bytes)
    tables.segments[segment].core[place].hasSubject = payload.subject != nil
    tables.segments[segment].compactIfWasteful()
  }

  /// Before a contact changes: what its leads took from it becomes their own.
  mutating func keepPersonOfLeads(ofContact row: UInt32, ifDifferentFrom person: Person) throws(StoreError) {
    let old = try tables.contactPayload(row).person
    guard old != person else { return }
    var lead = tables.contacts[row].newestLead
    while lead != noRow {
      var payload = try tables.leadPayload(lead)
      if payload.person == nil {
        payload.person = old
        setLeadPayload(payload, of: lead)
      }
      lead = tables.leadCore(lead).olderOfContact
    }
  }

  mutating func apply(_ changes: LeadChanges, to row: UInt32, at now: Timestamp) throws(StoreError) {
    guard tables.isLead(row) else { throw .misfit("lead") }
    let segment = Self.segment(row)
    let place = Self.place(row)
    if changes.person != nil || changes.type != nil || changes.subject != nil || changes.fields != nil
      || changes.notes != nil
    {
      var payload = try tables.leadPayload(row)
      if let person = changes.person { payload.person = person }
      if let type = changes.type { payload.type = type }
      if let subject = changes.subject { payload.subject = subject }
      if let fields = changes.fields { payload.fields = fields }
      if let notes = changes.notes { payload.notes = notes }
      setLeadPayload(payload, of: row)
    }
    let isWaiting = tables.leadStatus(row) == Lead.Status.waiting.raw
    if let priority = changes.priority { tables.segments[segment].priority[place] = priority }
    if let locality = changes.locality {
      let number = tables.localities.number(of: locality)
      let old = tables.segments[segment].core[place].locality
      if isWaiting, number != old {
        let campaign = Int(tables.campaign(ofLead: row))
        let from = queueNumber(old, of: campaign)
        indexes.byCampaign[campaign].queues[from].waiting -= 1
        let to = queueNumber(number, of: campaign)
        indexes.byCampaign[campaign].queues[to].waiting += 1
      }
      tables.segments[segment].core[place].locality = number
    }
    tables.segments[segment].core[place].updatedAt = now.milliseconds
    if isWaiting, changes.priority != nil || changes.locality != nil { enqueue(row, now: now.milliseconds) }
    tellLeadUpdated(row, at: now)
  }

  func accountOf(lead row: UInt32) -> UInt32 { tables.campaigns[Int(tables.campaign(ofLead: row))].account }

  mutating func tellLeadUpdated(_ row: UInt32, at now: Timestamp) {
    tell(
      .leadUpdated, of: accountOf(lead: row), at: now, campaign: tables.campaign(ofLead: row),
      lead: tables.leadCore(row).id)
  }

  mutating func applyRescheduling(
    of row: UInt32, due: Int64, isCallback: Bool, at now: Timestamp
  ) throws(StoreError) {
    guard tables.isLead(row), tables.leadStatus(row) == Lead.Status.waiting.raw else { throw .misfit("waiting lead") }
    let segment = Self.segment(row)
    let place = Self.place(row)
    tables.segments[segment].next[place] = due
    tables.segments[segment].core[place].isCallback = isCallback
    if isCallback, tables.segments[segment].core[place].callbacks < .max {
      tables.segments[segment].core[place].callbacks += 1
    }
    tables.segments[segment].core[place].heldBy = 0
    tables.segments[segment].core[place].updatedAt = now.milliseconds
    enqueue(row, now: now.milliseconds)
    tellLeadUpdated(row, at: now)
  }

  mutating func applyEnd(of row: UInt32, on trigger: Lead.Trigger, at now: Timestamp) throws(StoreError) {
    guard tables.isLead(row) else { throw .misfit("lead") }
    endLead(row, as: trigger == .suppress ? .suppressed : .cancelled, at: now)
    settle(tables.campaign(ofLead: row), at: now)
  }

  /// Ends a lead at once if it waits, and with its call if it has one.
  mutating func endLead(_ row: UInt32, as status: Lead.Status, at now: Timestamp) {
    let segment = Self.segment(row)
    let place = Self.place(row)
    tables.segments[segment].core[place].updatedAt = now.milliseconds
    if tables.leadStatus(row) == Lead.Status.calling.raw {
      // One that is not to be called stays so, whatever else is asked.
      if tables.segments[segment].core[place].ending != Lead.Status.suppressed.raw + 1 {
        tables.segments[segment].core[place].ending = status.raw + 1
      }
    } else {
      tables.segments[segment].next[place] = 0
      move(row, to: status)
    }
    tellLeadUpdated(row, at: now)
  }

  /// Cancels every lead of a campaign that waits.
  mutating func cancelWaiting(of campaign: UInt32, at now: Timestamp) throws(StoreError) {
    var cancelled = 0
    for segment in tables.campaigns[Int(campaign)].segments.map(Int.init) {
      let waiting = Int(tables.segments[segment].counts[Int(Lead.Status.waiting.raw)])
      guard waiting > 0 else { continue }
      for place in tables.segments[segment].status.indices
      where tables.segments[segment].status[place] == Lead.Status.waiting.raw {
        tables.segments[segment].status[place] = Lead.Status.cancelled.raw
        tables.segments[segment].next[place] = 0
        tables.segments[segment].core[place].updatedAt = now.milliseconds
      }
      tables.segments[segment].counts[Int(Lead.Status.waiting.raw)] = 0
      tables.segments[segment].counts[Int(Lead.Status.cancelled.raw)] &+= UInt16(waiting)
      cancelled += waiting
    }
    tables.campaigns[Int(campaign)].counts.waiting -= cancelled
    tables.campaigns[Int(campaign)].counts.cancelled += cancelled
    indexes.byCampaign[Int(campaign)].removeQueues()
  }

  mutating func applyDeletion(ofLead row: UInt32, at now: Timestamp) throws(StoreError) {
    guard tables.isLead(row) else { throw .misfit("lead") }
    let campaign = tables.campaign(ofLead: row)
    removeLead(row)
    tell(.leadsRemoved, of: tables.campaigns[Int(campaign)].account, at: now, campaign: campaign, count: 1)
    settle(campaign, at: now)
  }

  mutating func applyDeletion(ofLeadsOf campaign: UInt32, at now: Timestamp) throws(StoreError) {
    guard campaign < tables.campaigns.count else { throw .misfit("campaign") }
    let count = tables.campaigns[Int(campaign)].counts.total
    try removeLeads(of: campaign)
    tell(.leadsRemoved, of: tables.campaigns[Int(campaign)].account, at: now, campaign: campaign, count: count)
  }

  /// Takes out one lead. Its ordinal is not used again.
  mutating func removeLead(_ row: UInt32) {
    unlink(row)
    let segment = Self.segment(row)
    let place = Self.place(row)
    let campaign = Int(tables.segments[segment].campaign)
    let status = tables.segments[segment].status[place]
    tables.segments[segment].counts[Int(status)] &-= 1
    tables.segments[segment].counts[Int(LeadSegment.removed)] &+= 1
    if let old = Lead.Status(raw: status) { tables.campaigns[campaign].counts[old] -= 1 }
    if tables.segments[segment].core[place].attempts > 0 { tables.campaigns[campaign].counts.attempted -= 1 }
    if status == Lead.Status.waiting.raw {
      let queue = queueNumber(tables.segments[segment].core[place].locality, of: campaign)
      indexes.byCampaign[campaign].queues[queue].waiting -= 1
    }
    tables.segments[segment].status[place] = LeadSegment.removed
    tables.segments[segment].payload.drop(tables.segments[segment].core[place].payload)
    tables.segments[segment].core[place].payload = PayloadRef()
    tables.segments[segment].compactIfWasteful()
  }

  /// Takes out all leads of a campaign, and gives their memory back.
  mutating func removeLeads(of campaign: UInt32) throws(StoreError) {
    for segment in tables.campaigns[Int(campaign)].segments.map(Int.init) {
      for place in tables.segments[segment].status.indices
      where tables.segments[segment].status[place] != LeadSegment.removed {
        unlink(UInt32(segment) << LeadSegment.bits | UInt32(place))
      }
      tables.segments[segment] = LeadSegment(campaign: campaign, base: tables.segments[segment].base)
    }
    // Ordinals go on where they were, so the last segment keeps its places.
    let places = Self.place(tables.campaigns[Int(campaign)].nextOrdinal)
    if places > 0, let last = tables.campaigns[Int(campaign)].segments.last {
      tables.segments[Int(last)].fillRemoved(places)
    }
    tables.campaigns[Int(campaign)].counts = LeadCounts()
    indexes.byCampaign[Int(campaign)].removeQueues()
  }

  /// Takes a lead out of the indexes and out of the chain of its contact.
  private mutating func unlink(_ row: UInt32) {
    let core = tables.leadCore(row)
    indexes.leads.remove(Self.hash(core.id), row)
    indexes.leadContacts.remove(RowIndex.hash(UInt64(tables.campaign(ofLead: row)), UInt64(core.contact)), row)
    if tables.contacts[core.contact].newestLead == row {
      tables.contacts[core.contact].newestLead = core.olderOfContact
      return
    }
    var newer = tables.contacts[core.contact].newestLead
    while newer != noRow {
      let older = tables.leadCore(newer).olderOfContact
      if older == row {
        tables.segments[Self.segment(newer)].core[Self.place(newer)].olderOfContact = core.olderOfContact
        return
      }
      newer = older
    }
  }
}

/// Where the rows of leads that are added together begin.
struct InsertionStart {
  var campaign: UInt32
  let contact: UInt32
  let ordinal: UInt32
}
