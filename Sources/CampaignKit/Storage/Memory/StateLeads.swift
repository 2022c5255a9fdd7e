import JSON

extension StoreState {
  // MARK: Deciding

  /// Adds leads one after the other, so that each sees those before it, and keeps them as one change.
  mutating func insert(
    _ leads: [NewLead], into id: Campaign.ID, options: LeadInsertion, at now: Timestamp
  ) throws(StoreError) -> LeadInsertion.Result {
    let campaign = try campaignRow(id)
    guard leads.count <= LeadInsertion.maximumCount else {
      throw StoreError(
        .invalid, "these are \(leads.count) leads; at most \(LeadInsertion.maximumCount) are added at once")
    }
    try checkRoom(for: leads.count, after: nextOrdinal(of: campaign))
    try NewLead.check(leads)
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
    var writer = ByteWriter()
    writer.bytes.reserveCapacity(keepsChanges ? leads.count * 160 : 1024)
    var localities = BatchLocalities()
    let start = InsertionStart(contact: UInt32(tables.contacts.count), ordinal: nextOrdinal(of: campaign))
    // Leads are looked at where they are: a copy of one counts sixteen references up and down.
    let added = leads.withUnsafeBufferPointer { leads in
      Result { () throws(StoreError) in
        guard var lead = leads.baseAddress else { return }
        for _ in 0..<leads.count {
          defer { lead += 1 }
          if !keepsChanges { writer.bytes.removeAll(keepingCapacity: true) }
          result.add(
            try add(
              lead, to: campaign, since: options.duplicatesSince, batch: records.batch,
              localities: &localities, record: &writer, at: now))
        }
      }
    }
    indexInsertion(from: start, campaign: campaign)
    try added.get()
    guard result.inserted > 0 || options.step != nil else { return result }
    records.duplicates = result.duplicates
    records.suppressed = result.suppressed
    records.count = result.inserted
    records.contactsCreated = result.contactsCreated
    records.localities = localities.list
    records.bytes = writer.bytes
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

  private mutating func add(
    _ lead: UnsafePointer<NewLead>, to campaign: UInt32, since: Timestamp?, batch: UInt32,
    localities: inout BatchLocalities,
    record writer: inout ByteWriter, at now: Timestamp
  ) throws(StoreError) -> LeadInsertion.Outcome {
    let account = tables.campaigns[Int(campaign)].account
    let contact = contactRow(number: lead.pointee.number.digits, of: account)
    if let contact {
      if let same = leadRow(contact: contact, in: campaign) ?? newestLead(of: contact, in: campaign) {
        return .duplicate(of: tables.leadCore(same).id.of(Lead.self))
      }
      if let since, let recent = recentLead(of: contact, since: since) {
        return .recent(tables.leadCore(recent).id.of(Lead.self))
      }
    }
    if isSuppressed(lead.pointee.number.digits, for: account, at: now) { return .suppressed }
    let start = writer.bytes.count
    let id = identifiers.next(at: now, for: Lead.self)
    var flags: LeadFlags = []
    if contact == nil { flags.insert(.newContact) }
    if lead.pointee.isSuppressed { flags.insert(.suppressed) }
    if lead.pointee.priority != 0 { flags.insert(.priority) }
    if lead.pointee.notBefore != nil { flags.insert(.notBefore) }
    writer.byte(flags.rawValue)
    writer.identifier(id)
    var ownPerson = false
    if let contact {
      writer.fixed32(contact)
      ownPerson = try tables.contactPayload(contact).person != lead.pointee.person
    } else {
      writer.identifier(identifiers.next(at: now, for: Contact.self))
      writer.fixed64(lead.pointee.number.digits)
      writer.nested { ContactPayload.write(contactOf: lead, to: &$0) }
    }
    if flags.contains(.priority) { writer.signed(Int64(lead.pointee.priority)) }
    if let notBefore = lead.pointee.notBefore { writer.moment(notBefore) }
    writer.count(localities.index(of: lead.pointee.locality, in: &tables.localities))
    writer.nested { LeadPayload.write(lead, withPerson: ownPerson, to: &$0) }
    let result = writer.bytes.withUnsafeBytes { bytes in
      Result { () throws(StoreError) in
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[start...]))
        try addLead(&reader, to: campaign, batch: batch, localities: localities.numbers, at: now)
      }
    }
    try result.get()
    return .inserted(id, contactCreated: contact == nil)
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

/// The localities of leads that are added together, each named by its place among them.
struct BatchLocalities {
  private(set) var list: [Locality] = []
  /// Their numbers in the table of the store.
  private(set) var numbers: [UInt32] = []

  @inline(__always)
  mutating func index(of locality: Locality, in table: inout LocalityTable) -> Int {
    let number = table.number(of: locality)
    if numbers.last == number { return numbers.count - 1 }
    if let index = numbers.firstIndex(of: number) { return index }
    list.append(locality)
    numbers.append(number)
    return numbers.count - 1
  }
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

/// What follows the flags in the record of a new lead.
struct LeadFlags: OptionSet {
  let rawValue: UInt8
  static let newContact = LeadFlags(rawValue: 1)
  static let suppressed = LeadFlags(rawValue: 2)
  static let priority = LeadFlags(rawValue: 4)
  static let notBefore = LeadFlags(rawValue: 8)
}
