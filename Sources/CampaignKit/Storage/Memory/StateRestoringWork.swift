// Taking in leads and calls that another store has given out.
extension StoreState {
  mutating func restore(_ lead: Lead, ending: Lead.Status?, at now: Timestamp) throws(StoreError) {
    guard let campaign = indexes.campaigns[lead.campaign] else { throw Self.early("lead", "campaign") }
    guard let contact = contactRow(lead.contact) else { throw Self.early("lead", "contact") }
    let account = tables.campaigns[Int(campaign)].account
    guard tables.contacts[contact].account == account, indexes.accounts[lead.account] == account else {
      throw Self.foreign("lead", lead.id)
    }
    guard leadRowIfAny(lead.id) == nil, leadRow(contact: contact, in: campaign) == nil else {
      throw Self.twice("lead", lead.id)
    }
    guard let ordinal = UInt32(exactly: lead.ordinal), ordinal < tables.campaigns[Int(campaign)].nextOrdinal,
      leadRow(ordinal: ordinal, of: campaign) == nil
    else {
      throw StoreError(
        .invalid, "the lead \(lead.id) has ordinal \(lead.ordinal), which its campaign gave to another lead or to none")
    }
    guard (lead.status == .calling) == (lead.liveCall != nil) else {
      throw StoreError(.invalid, "the lead \(lead.id) is \(lead.status), which does not fit to whether it has a call")
    }
    var payload = LeadPayload()
    if try tables.contactPayload(contact).person != lead.person { payload.person = lead.person }
    payload.type = lead.type
    payload.subject = lead.subject
    payload.notes = lead.notes
    payload.fields = lead.fields
    let row = place(
      RestoredLead(
        status: lead.status.raw, priority: lead.priority, next: lead.nextAttemptAt?.milliseconds ?? 0,
        last: lead.lastAttemptAt?.milliseconds ?? 0, core: core(lead, ending: ending, contact: contact),
        payload: payload), ordinal: ordinal, of: campaign)
    link(lead: row, toContact: contact)
    if lead.attempts > 0 { tables.campaigns[Int(campaign)].counts.attempted += 1 }
    index(lead: row)
    count(newLead: row, status: lead.status, now: now.milliseconds)
  }

  private struct RestoredLead {
    var status: UInt8
    var priority: Int32
    var next: Int64
    var last: Int64
    var core: LeadCore
    var payload: LeadPayload
  }

  private mutating func core(_ lead: Lead, ending: Lead.Status?, contact: UInt32) -> LeadCore {
    var core = LeadCore(
      createdAt: lead.createdAt.milliseconds, updatedAt: lead.updatedAt.milliseconds, id: RawID(lead.id),
      contact: contact, payload: PayloadRef(), batch: lead.importBatch.flatMap { indexes.batches[$0] } ?? noRow,
      locality: tables.localities.number(of: lead.locality))
    core.attempts = UInt16(clamping: lead.attempts)
    core.callbacks = UInt16(clamping: lead.callbacks)
    core.numberIndex = UInt8(clamping: lead.numberIndex)
    core.disposition = lead.lastDisposition?.stored ?? 0
    core.isCallback = lead.isCallback
    if let ending, lead.status == .calling { core.ending = ending.raw + 1 }
    if let decision = lead.decision, !decision.isDialled { core.heldBy = tables.texts.number(of: decision.rule) }
    return core
  }

  /// Puts a lead into the empty place of its ordinal.
  private mutating func place(_ lead: RestoredLead, ordinal: UInt32, of campaign: UInt32) -> UInt32 {
    let number = tables.campaigns[Int(campaign)].segments[Int(ordinal >> LeadSegment.bits)]
    let segment = Int(number)
    let place = Self.place(ordinal)
    let missing = place + 1 - tables.segments[segment].status.count
    if missing > 0 { tables.segments[segment].fillRemoved(missing) }
    var writer = ByteWriter()
    lead.payload.write(to: &writer)
    var core = lead.core
    core.hasSubject = lead.payload.subject != nil
    core.payload = writer.bytes.withUnsafeBytes { tables.segments[segment].payload.add($0) }
    tables.segments[segment].counts[Int(LeadSegment.removed)] &-= 1
    tables.segments[segment].status[place] = lead.status
    tables.segments[segment].priority[place] = lead.priority
    tables.segments[segment].next[place] = lead.next
    tables.segments[segment].last[place] = lead.last
    tables.segments[segment].core[place] = core
    return number << LeadSegment.bits | UInt32(place)
  }

  /// Puts a lead among those of its contact, the newest first, as they stood before.
  private mutating func link(lead row: UInt32, toContact contact: UInt32) {
    let core = tables.leadCore(row)
    var newer = noRow
    var older = tables.contacts[contact].newestLead
    while older != noRow {
      let other = tables.leadCore(older)
      guard (core.createdAt, core.id.high, core.id.low) < (other.createdAt, other.id.high, other.id.low) else { break }
      newer = older
      older = other.olderOfContact
    }
    tables.segments[Self.segment(row)].core[Self.place(row)].olderOfContact = older
    if newer == noRow {
      tables.contacts[contact].newestLead = row
    } else {
      tables.segments[Self.segment(newer)].core[Self.place(newer)].olderOfContact = row
    }
  }

  // MARK: Calls

  mutating func restore(_ call: Call, awaitsAgent: Bool) throws(StoreError) {
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
    row.followUp = call.followUp?.stored ?? 0
    if let id = call.lead {
      row.leadID = RawID(id)
      row.lead = leadRowIfAny(id) ?? noRow
      if row.lead != noRow { row.olderOfLead = tables.leadCore(row.lead).newestCall }
    }
    try check(call, row, account: account)
    row.carrier = tables.texts.number(of: call.carrier)
    row.rule = tables.texts.number(of: call.rule)
    if let id = call.campaign { row.campaign = indexes.campaigns[id] ?? remnant(of: id, account: account) }
    if let id = call.contact { row.contact = contactRow(id) ?? remnant(of: id, account: account) }
    if let id = call.agent { row.agent = indexes.agents[id] ?? remnant(of: id, account: account) }
    row.subjectHash = CallRow.hash(subject: call.subject)
    row.awaitsAgent = awaitsAgent && row.wantsAgent && row.campaign != noRow && row.agent == noRow
    let added = add(row)
    var payload = CallPayload()
    payload.reference = call.carrierReference
    payload.conference = call.conference
    payload.recording = call.recording
    payload.messageLeftAt = call.messageLeftAt
    payload.agentAbsentAt = call.agentAbsentAt
    payload.agreedCallback = call.agreedCallback
    payload.failure = call.failure
    payload.notes = call.notes
    payload.metadata = call.metadata
    payload.subject = call.subject
    if payload != CallPayload() { setCallPayload(payload, of: added) }
    if let reference = call.carrierReference { indexReference(reference, of: added) }
    link(restored: added)
  }

  /// Refuses a call that belongs to things of another account, or that is live and does not fit to its lead.
  private mutating func check(_ call: Call, _ row: CallRow, account: UInt32) throws(StoreError) {
    let remnants = self.remnants ?? Remnants(tables)
    self.remnants = remnants
    let campaign = call.campaign.flatMap { indexes.campaigns[$0] ?? remnants.campaigns[$0] }
    let agent = call.agent.flatMap { indexes.agents[$0] ?? remnants.agents[$0] }
    let contact = call.contact.flatMap { contactRow($0) ?? remnants.contacts[$0] }
    guard campaign.map({ tables.campaigns[Int($0)].account == account }) ?? true,
      agent.map({ tables.agents[Int($0)].account == account }) ?? true,
      contact.map({ tables.contacts[$0].account == account }) ?? true,
      row.lead == noRow || accountOf(lead: row.lead) == account
    else { throw Self.foreign("call", call.id) }
    guard row.isLive else { return }
    if let id = call.campaign {
      guard let campaign = indexes.campaigns[id], row.lead != noRow, tables.campaign(ofLead: row.lead) == campaign,
        tables.leadStatus(row.lead) == Lead.Status.calling.raw, tables.leadCore(row.lead).liveCall == noRow
      else { throw StoreError(.invalid, "the call \(call.id) is live, and its lead is not in a call that could be it") }
    }
    guard call.agent.map({ indexes.agents[$0] != nil }) ?? true else { throw Self.early("live call", "agent") }
  }

  /// What is left of a campaign that was deleted: its name, which its calls bear.
  private mutating func remnant(of id: Campaign.ID, account: UInt32) -> UInt32 {
    if let row = remnants?.campaigns[id] { return row }
    let empty = Campaign(
      id: id, account: tables.accounts[Int(account)].account.id, name: "", createdAt: id.createdAt)
    tables.campaigns.append(CampaignRecord(campaign: empty, account: account, isDeleted: true))
    let row = UInt32(tables.campaigns.count - 1)
    index(campaign: row)
    remnants?.campaigns[id] = row
    return row
  }

  private mutating func remnant(of id: Agent.ID, account: UInt32) -> UInt32 {
    if let row = remnants?.agents[id] { return row }
    let empty = Agent(
      id: id, account: tables.accounts[Int(account)].account.id, kind: .person, name: "", createdAt: id.createdAt)
    tables.agents.append(AgentRecord(agent: empty, account: account, isDeleted: true))
    let row = UInt32(tables.agents.count - 1)
    index(agent: row)
    remnants?.agents[id] = row
    return row
  }

  private mutating func remnant(of id: Contact.ID, account: UInt32) -> UInt32 {
    if let row = remnants?.contacts[id] { return row }
    let row = appendContact(
      ContactRow(
        number: 0, createdAt: 0, updatedAt: 0, id: RawID(id), account: account, payload: PayloadRef(),
        newestLead: noRow, newestCall: noRow, isDeleted: true, hasFurtherNumbers: false), payload: nil)
    remnants?.contacts[id] = row
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
      if call.isLive {
        if call.wantsAgent { tables.agents[agent].currentCalls += 1 }
      } else if call.isAttempt {
        tables.agents[agent].calls += 1
        tables.agents[agent].addTalkTime(call.talkTime)
      }
    }
    count(callerOf: call)
    countInRollups(call) { cell in
      cell.created &+= 1
      if !call.isLive { cell.countEnded(call) }
    }
  }
}
