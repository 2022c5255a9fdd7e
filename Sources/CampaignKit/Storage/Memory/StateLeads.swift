extension StoreState {
  // MARK: Deciding

  /// Adds leads one after the other, so that each sees those before it, and keeps them as one change.
  mutating func insert(
    _ leads: PackedLeads, into id: Campaign.ID, options: LeadInsertion, at now: Timestamp
  ) throws(StoreError) -> LeadInsertion.Result {
    let campaign = try campaignRow(id)
    guard leads.count <= LeadInsertion.maximumCount else {
      throw StoreError(
        .invalid, "these are \(leads.count) leads; at most \(LeadInsertion.maximumCount) are added at once")
    }
    try checkRoom(for: leads.count, after: nextOrdinal(of: campaign))
    guard !Campaign.statuses.isFinal(tables.campaigns[Int(campaign)].campaign.status) else {
      throw StoreError(.notPermitted, "the campaign is over; add the leads to another one")
    }
    var records = LeadRecords(
      campaign: campaign, batch: noRow, progress: 0, invalid: 0, duplicates: 0, suppressed: 0, count: 0,
      contactsCreated: 0, localities: [], bytes: [])
    if let step = options.step {
      records.batch = try batchRow(step, of: campaign)
      records.progress = step.to
      records.invalid = step.invalid
    }
    var result = LeadInsertion.Result()
    result.outcomes.reserveCapacity(leads.count)
    var insertion = Insertion(
      campaign: campaign, batch: records.batch, since: options.duplicatesSince, now: now,
      localities: BatchLocalities(leads))
    if keepsChanges { insertion.record.bytes.reserveCapacity(leads.bytes.count + leads.count * 40) }
    let start = InsertionStart(
      campaign: campaign, contact: UInt32(tables.contacts.count), ordinal: nextOrdinal(of: campaign))
    let added = leads.bytes.withUnsafeBytes { bytes in
      Result { () throws(StoreError) in
        for (place, entry) in leads.entries.enumerated() {
          if place.isMultiple(of: 64) { lookAhead(leads.entries[place..<min(place + 64, leads.count)], of: campaign) }
          result.add(try add(entry, of: leads, bytes, &insertion))
        }
      }
    }
    indexInsertion(from: start)
    try added.get()
    guard result.inserted > 0 || options.step != nil else { return result }
    records.duplicates = result.duplicates
    records.suppressed = result.suppressed
    records.count = result.inserted
    records.contactsCreated = result.contactsCreated
    records.localities = insertion.localities.list
    records.bytes = insertion.record.bytes
    concludeInsertion(records, at: now)
    keep(.leads(records), at: now)
    return result
  }

  /// Refuses leads for which there would be no row; ordinals do not end before rows do.
  private func checkRoom(for count: Int, after next: UInt32) throws(StoreError) {
    let size = LeadSegment.size
    let more = (Int(next) + count + size - 1) / size - (Int(next) + size - 1) / size
    guard more <= mostSegments - tables.segments.count else {
      throw StoreError(
        .limited,
        "the store has no room for \(count) more leads: it keeps \(mostSegments) segments of \(size) leads of one "
          + "campaign each, and has \(tables.segments.count)")
    }
  }

  private func batchRow(_ step: LeadInsertion.Step, of campaign: UInt32) throws(StoreError) -> UInt32 {
    guard step.invalid >= 0 else {
      throw StoreError(.invalid, "the step of an import has \(step.invalid) invalid rows; there are 0 or more")
    }
    guard let row = indexes.batches[step.batch],
      tables.batches[Int(row)].campaign == tables.campaigns[Int(campaign)].campaign.id
    else { throw StoreError(.notFound, "there is no import \(step.batch) into this campaign") }
    let batch = tables.batches[Int(row)]
    guard batch.status == .running, batch.progress == step.from else {
      throw StoreError(
        .conflict,
        "the import is \(batch.status) and stands at \(batch.progress), not at \(step.from); go on from there")
    }
    return row
  }

  /// Leads that are being added together.
  private struct Insertion {
    let campaign: UInt32
    let batch: UInt32
    let since: Timestamp?
    let now: Timestamp
    var localities: BatchLocalities
    /// What is kept of the change, if changes are kept.
    var record = ByteWriter()
  }

  /// Brings the places where the numbers of some leads are sought into the processor's cache.
  ///
  /// In so short a loop it waits for many of them at once; lead by lead it would wait for one after the other.
  @inline(never)
  private func lookAhead(_ entries: ArraySlice<PackedLeads.Entry>, of campaign: UInt32) {
    let account = tables.campaigns[Int(campaign)].account
    for entry in entries { indexes.contactNumbers.lookAhead(contactHash(account, entry.number.digits)) }
  }

  @inline(__always)
  private mutating func add(
    _ entry: PackedLeads.Entry, of leads: borrowing PackedLeads, _ bytes: UnsafeRawBufferPointer,
    _ insertion: inout Insertion
  ) throws(StoreError) -> LeadInsertion.Outcome {
    let account = tables.campaigns[Int(insertion.campaign)].account
    let known = contactRow(number: entry.number.digits, of: account)
    if let known {
      if let same = leadRow(contact: known, in: insertion.campaign) ?? newestLead(of: known, in: insertion.campaign) {
        return .duplicate(of: tables.leadCore(same).id.of(Lead.self))
      }
      if let since = insertion.since, let recent = recentLead(of: known, since: since) {
        return .recent(tables.leadCore(recent).id.of(Lead.self))
      }
    }
    if isSuppressed(entry.number.digits, for: account, at: insertion.now) { return .suppressed }
    let id = identifiers.next(at: insertion.now, for: Lead.self)
    let place = insertion.localities.place(of: entry.locality, in: leads, &tables.localities)
    var lead = LeadRecord(
      id: RawID(id), contact: .known(known ?? noRow), priority: entry.priority, notBefore: entry.notBefore,
      flags: entry.flags, locality: place, payload: UnsafeRawBufferPointer(rebasing: bytes[entry.lead]))
    if let known {
      let person = UnsafeRawBufferPointer(rebasing: bytes[entry.person])
      if try !tables.isPerson(ofContact: known, person) { lead.person = person }
    } else {
      lead.flags.insert(.newContact)
      lead.contact = .new(
        RawID(identifiers.next(at: insertion.now, for: Contact.self)), number: entry.number.digits,
        payload: UnsafeRawBufferPointer(rebasing: bytes[entry.contact]))
    }
    if keepsChanges { lead.write(to: &insertion.record) }
    try add(
      lead, to: insertion.campaign, batch: insertion.batch, localities: insertion.localities.numbers, at: insertion.now)
    return .inserted(id, contactCreated: known == nil)
  }

  /// The newest lead of a contact if it is in the campaign, as one that was added just before and is in no index yet.
  private func newestLead(of contact: UInt32, in campaign: UInt32) -> UInt32? {
    let newest = tables.contacts[contact].newestLead
    return newest != noRow && tables.campaign(ofLead: newest) == campaign ? newest : nil
  }

  private func recentLead(of contact: UInt32, since: Timestamp) -> UInt32? {
    var row = tables.contacts[contact].newestLead
    while row != noRow {
      let core = tables.leadCore(row)
      if core.createdAt >= since.milliseconds { return row }
      row = core.olderOfContact
    }
    return nil
  }

  mutating func update(_ id: Lead.ID, with changes: LeadChanges, at now: Timestamp) throws(StoreError) -> Lead {
    let row = try leadRow(id)
    try commit(.leadChanged(row, changes), at: now)
    return try tables.lead(at: row)
  }

  mutating func reschedule(
    _ id: Lead.ID, at moment: Timestamp?, isCallback: Bool, now: Timestamp
  ) throws(StoreError) -> Lead {
    let row = try leadRow(id)
    guard tables.leadStatus(row) == Lead.Status.waiting.raw else {
      throw StoreError(.notPermitted, "the lead does not wait for a call")
    }
    try commit(.leadRescheduled(row, due: moment?.milliseconds ?? 0, isCallback: isCallback), at: now)
    return try tables.lead(at: row)
  }

  mutating func end(_ id: Lead.ID, on trigger: Lead.Trigger, at now: Timestamp) throws(StoreError) -> Lead {
    let row = try leadRow(id)
    guard trigger == .cancel || trigger == .suppress else {
      throw StoreError(.invalid, "a lead is ended with cancel or suppress, not with \(trigger)")
    }
    guard let status = Lead.Status(raw: tables.leadStatus(row)) else { throw .misfit("lead") }
    do {
      _ = try Lead.statuses.step("lead", from: status, on: trigger)
    } catch {
      throw StoreError(.notPermitted, error.description, transition: error)
    }
    try commit(.leadEnded(row, trigger), at: now)
    return try tables.lead(at: row)
  }

  mutating func delete(_ id: Lead.ID, at now: Timestamp) throws(StoreError) {
    let row = try leadRow(id)
    guard tables.leadCore(row).liveCall == noRow else {
      throw StoreError(.notPermitted, "the lead has a live call; wait for its end before it is removed")
    }
    try commit(.leadDeleted(row), at: now)
  }

  mutating func deleteLeads(of id: Campaign.ID, at now: Timestamp) throws(StoreError) -> Int {
    let row = try campaignRow(id)
    let record = tables.campaigns[Int(row)]
    guard record.campaign.status != .active, record.liveCalls == 0 else {
      throw StoreError(.notPermitted, "the campaign is active or has live calls; pause it and wait for their end")
    }
    guard record.counts.total > 0 else { return 0 }
    try commit(.leadsDeleted(campaign: row), at: now)
    return record.counts.total
  }
}

extension LeadInsertion {
  /// The most leads that are added in one step.
  public static let maximumCount = 100_000
  /// The most bytes that their texts and fields may have together, as JSON: 256 MiB.
  ///
  /// They are kept as one change, and a log has to take that as one batch.
  public static let maximumBytes = 256 << 20
}

extension LeadInsertion.Result {
  fileprivate mutating func add(_ outcome: LeadInsertion.Outcome) {
    switch outcome {
    case .inserted(_, let contactCreated):
      inserted += 1
      contactsCreated += contactCreated ? 1 : 0
    case .duplicate, .recent: duplicates += 1
    case .suppressed: suppressed += 1
    }
    outcomes.append(outcome)
  }
}
