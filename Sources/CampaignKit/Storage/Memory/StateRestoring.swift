// Taking in what another store has given out.
extension StoreState {
  /// Whether the store is empty, so that records can be restored into it.
  var isEmpty: Bool { tables.accounts.isEmpty }

  mutating func restore(_ record: StoreRecord, at now: Timestamp) throws(StoreError) {
    switch record {
    case .limits(let system, let account):
      tables.systemLimit = system
      tables.defaultAccountLimit = account
    case .account(let account, let lastEvent):
      guard indexes.accounts[account.id] == nil else { throw Self.twice("account", account.id) }
      guard lastEvent <= EventRing.greatestNumber else {
        throw StoreError(.invalid, "account \(account.id) has \(lastEvent) as its last event, which is not possible")
      }
      try apply(account, at: now)
      tables.accounts[tables.accounts.count - 1].events = EventRing(last: lastEvent, rows: [])
    case .user(let user): apply(user)
    case .key(let key): apply(key)
    case .agent(let agent):
      try silently(agent.account) { (state) throws(StoreError) in try state.apply(agent, at: now) }
    case .suppression(let entry):
      let account = entry.account.map { indexes.accounts[$0] } ?? noRow
      guard let account else { throw Self.early("do-not-call entry", "account") }
      set(entry, account: account)
    case .contact(let contact):
      guard contactRow(contact.id) == nil else { throw Self.twice("contact", contact.id) }
      try apply(contact, at: now)
    case .list(let list, let members):
      try apply(list)
      var rows: [UInt32] = []
      for member in members {
        guard let row = contactRow(member) else { throw Self.early("list", "contact") }
        rows.append(row)
      }
      try applyListing(rows, on: UInt32(tables.lists.count - 1))
    case .campaign(let campaign):
      try silently(campaign.account) { (state) throws(StoreError) in try state.apply(campaign, at: now) }
    case .importBatch(let batch): apply(batch)
    case .lead(let lead): try restore(lead)
    case .call(let call): try restore(call)
    }
  }

  private static func twice<Entity>(_ what: String, _ id: Identifier<Entity>) -> StoreError {
    StoreError(.duplicate, "the \(what) \(id) comes twice, or the store was not empty")
  }

  private static func early(_ what: String, _ missing: String) -> StoreError {
    StoreError(.invalid, "a \(what) comes before its \(missing); records must keep the order of the export")
  }

  /// Makes a change without its events.
  private mutating func silently(
    _ account: Account.ID, _ change: (inout StoreState) throws(StoreError) -> Void
  ) throws(StoreError) {
    guard let row = indexes.accounts[account] else { throw Self.early("record", "account") }
    let events = tables.accounts[Int(row)].events
    try change(&self)
    tables.accounts[Int(row)].events = events
  }

  private mutating func restore(_ lead: Lead) throws(StoreError) {
    guard let campaign = indexes.campaigns[lead.campaign] else { throw Self.early("lead", "campaign") }
    guard let contact = contactRow(lead.contact) else { throw Self.early("lead", "contact") }
    guard leadRowIfAny(lead.id) == nil, leadRow(contact: contact, in: campaign) == nil else {
      throw Self.twice("lead", lead.id)
    }
    guard lead.ordinal >= Int(tables.campaigns[Int(campaign)].nextOrdinal), lead.ordinal < Int(UInt32.max) else {
      throw StoreError(.invalid, "lead \(lead.id) has ordinal \(lead.ordinal), which is not above those before it")
    }
    while Int(tables.campaigns[Int(campaign)].nextOrdinal) < lead.ordinal {
      let row = appendLead(to: campaign)
      tables.segments[Self.segment(row)].fillRemoved(1)
    }
    let row = appendLead(to: campaign)
    let segment = Self.segment(row)
    var payload = LeadPayload()
    if try tables.contactPayload(contact).person != lead.person { payload.person = lead.person }
    payload.type = lead.type
    payload.subject = lead.subject
    payload.notes = lead.notes
    payload.fields = lead.fields
    var writer = ByteWriter()
    payload.write(to: &writer)
    var core = LeadCore(
      createdAt: lead.createdAt.milliseconds, updatedAt: lead.updatedAt.milliseconds, id: RawID(lead.id),
      contact: contact, payload: writer.bytes.withUnsafeBytes { tables.segments[segment].payload.add($0) },
      batch: lead.importBatch.flatMap { indexes.batches[$0] } ?? noRow,
      locality: tables.localities.number(of: lead.locality))
    core.attempts = UInt16(clamping: lead.attempts)
    core.callbacks = UInt16(clamping: lead.callbacks)
    core.numberIndex = UInt8(clamping: lead.numberIndex)
    core.disposition = lead.lastDisposition?.stored ?? 0
    core.isCallback = lead.isCallback
    if let decision = lead.decision, !decision.isDialled { core.heldBy = tables.texts.number(of: decision.rule) }
    core.olderOfContact = tables.contacts[contact].newestLead
    tables.contacts[contact].newestLead = row
    tables.segments[segment].status.append(lead.status.raw)
    tables.segments[segment].priority.append(lead.priority)
    tables.segments[segment].next.append(lead.nextAttemptAt?.milliseconds ?? 0)
    tables.segments[segment].last.append(lead.lastAttemptAt?.milliseconds ?? 0)
    tables.segments[segment].core.append(core)
    if lead.attempts > 0 { tables.campaigns[Int(campaign)].counts.attempted += 1 }
    count(newLead: row, status: lead.status, now: .max)
  }

  private mutating func restore(_ call: Call) throws(StoreError) {
    guard let account = indexes.accounts[call.account] else { throw Self.early("call", "account") }
    guard (try? callRow(call.id)) == nil else { throw Self.twice("call", call.id) }
    var row = CallRow(
      to: call.to.digits, from: call.from?.digits ?? 0, createdAt: call.createdAt.milliseconds,
      placeBy: call.placeBy.milliseconds, expiresAt: call.expiresAt.milliseconds, id: RawID(call.id),
      account: account, number: noRow, attempt: UInt16(clamping: call.attempt))
    row.placedAt = call.placedAt?.milliseconds ?? 0
    row.ringingAt = call.ringingAt?.milliseconds ?? 0
    row.answeredAt = call.answeredAt?.milliseconds ?? 0
    row.endedAt = call.endedAt?.milliseconds ?? 0
    row.duration = call.duration?.milliseconds ?? -1
    row.talkTime = call.talkTime?.milliseconds ?? -1
    row.costMicros = call.costMicros ?? .min
    row.status = call.status.raw
    row.disposition = call.disposition?.stored ?? 0
    row.answeredBy = call.answeredBy?.stored ?? 0
    row.isAttempt = call.isAttempt
    row.carrier = tables.texts.number(of: call.carrier)
    row.rule = tables.texts.number(of: call.rule)
    if let id = call.campaign { row.campaign = indexes.campaigns[id] ?? remnant(of: id, account: account) }
    if let id = call.contact { row.contact = contactRow(id) ?? remnant(of: id, account: account) }
    if let id = call.agent { row.agent = indexes.agents[id] ?? remnant(of: id, account: account) }
    if let id = call.lead {
      row.leadID = RawID(id)
      row.lead = leadRowIfAny(id) ?? noRow
      if row.lead != noRow { row.olderOfLead = tables.leadCore(row.lead).newestCall }
    }
    row.awaitsAgent =
      row.isLive && row.campaign != noRow && row.agent == noRow
      && tables.campaigns[Int(row.campaign)].campaign.agents.group != nil
    let added = add(row)
    var payload = CallPayload()
    payload.reference = call.carrierReference
    payload.conference = call.conference
    payload.recording = call.recording
    payload.failure = call.failure
    payload.notes = call.notes
    payload.metadata = call.metadata
    if payload != CallPayload() { setCallPayload(payload, of: added) }
    if let reference = call.carrierReference { indexReference(reference, of: added) }
    link(restored: added)
  }

  /// What is left of a campaign that was deleted: its name, which its calls bear.
  private mutating func remnant(of id: Campaign.ID, account: UInt32) -> UInt32 {
    if let row = remnants[RawID(id)] { return row }
    let empty = Campaign(
      id: id, account: tables.accounts[Int(account)].account.id, name: "", createdAt: id.createdAt)
    tables.campaigns.append(CampaignRecord(campaign: empty, account: account, isDeleted: true))
    let row = UInt32(tables.campaigns.count - 1)
    index(campaign: row)
    remnants[RawID(id)] = row
    return row
  }

  private mutating func remnant(of id: Agent.ID, account: UInt32) -> UInt32 {
    if let row = remnants[RawID(id)] { return row }
    let empty = Agent(
      id: id, account: tables.accounts[Int(account)].account.id, kind: .person, name: "", createdAt: id.createdAt)
    tables.agents.append(AgentRecord(agent: empty, account: account, isDeleted: true))
    let row = UInt32(tables.agents.count - 1)
    index(agent: row)
    remnants[RawID(id)] = row
    return row
  }

  private mutating func remnant(of id: Contact.ID, account: UInt32) -> UInt32 {
    if let row = remnants[RawID(id)] { return row }
    let row = appendContact(
      ContactRow(
        number: 0, createdAt: 0, updatedAt: 0, id: RawID(id), account: account, payload: PayloadRef(),
        newestLead: noRow, newestCall: noRow, isDeleted: true, hasFurtherNumbers: false), payload: nil)
    remnants[RawID(id)] = row
    return row
  }

  /// Links a restored call to its lead, campaign and agent, and counts it.
  private mutating func link(restored row: UInt32) {
    let call = tables.calls[row]
    if call.lead != noRow {
      let segment = Self.segment(call.lead)
      tables.segments[segment].core[Self.place(call.lead)].newestCall = row
      if call.isLive { tables.segments[segment].core[Self.place(call.lead)].liveCall = row }
    }
    if call.campaign != noRow, call.isLive {
      tables.campaigns[Int(call.campaign)].liveCalls += 1
      if call.awaitsAgent { tables.campaigns[Int(call.campaign)].unassigned += 1 }
    }
    if call.agent != noRow {
      let agent = Int(call.agent)
      indexes.agentCalls[agent].append(row)
      tables.agents[agent].lastActiveAt = max(tables.agents[agent].lastActiveAt, max(call.createdAt, call.endedAt))
      if call.isLive {
        tables.agents[agent].currentCalls += 1
      } else if call.isAttempt {
        tables.agents[agent].calls += 1
        tables.agents[agent].addTalkTime(call.talkTime)
      }
    }
    countInRollups(call) { cell in
      cell.created &+= 1
      if !call.isLive { cell.countEnded(call) }
    }
  }
}
