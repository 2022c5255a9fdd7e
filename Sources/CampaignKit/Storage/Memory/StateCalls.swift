import JSON

extension StoreState {
  func callRow(_ id: Call.ID) throws(StoreError) -> UInt32 {
    guard let row = indexes.calls.find(RawID(id), in: tables.calls) else {
      throw StoreError(.notFound, "there is no call \(id)")
    }
    return row
  }

  mutating func setCallPayload(_ payload: CallPayload, of row: UInt32) {
    var writer = ByteWriter()
    payload.write(to: &writer)
    let chunk = Int(row >> Rows<CallRow>.chunkBits)
    tables.calls[row].payload = tables.callPayloads[chunk].replace(tables.calls[row].payload, with: writer.bytes)
    guard tables.callPayloads[chunk].isWasteful else { return }
    let first = UInt32(chunk << Int(Rows<CallRow>.chunkBits))
    let last = min(first + UInt32(Rows<CallRow>.chunkSize), UInt32(tables.calls.count))
    var references = (first..<last).map { tables.calls[$0].payload }
    tables.callPayloads[chunk].compact(&references)
    for (row, reference) in zip(first..<last, references) { tables.calls[row].payload = reference }
  }

  // MARK: Adding

  /// Makes the intent to call a lead, and takes the slots; returns the number to call.
  ///
  /// ``count(calls:of:at:)`` has to follow.
  @inline(__always)
  mutating func addCall(
    _ id: RawID, to lead: UInt32, of campaign: UInt32, _ terms: CallTerms, at now: Timestamp
  ) throws(StoreError) -> UInt64 {
    let segment = Self.segment(lead)
    let place = Self.place(lead)
    let core = tables.segments[segment].core[place]
    let account = tables.campaigns[Int(campaign)].account
    let number = try tables.currentNumber(ofLead: lead).digits
    var call = CallRow(
      to: number, from: terms.from, createdAt: now.milliseconds, placeBy: terms.placeBy,
      expiresAt: terms.expiresAt, id: id, account: account, number: noRow, attempt: core.attempts &+ 1)
    call.campaign = campaign
    call.lead = lead
    call.leadID = core.id
    call.contact = core.contact
    call.rule = terms.rule
    call.olderOfLead = core.newestCall
    var payload = CallPayload()
    if core.hasSubject {
      payload.subject = try tables.subject(ofLead: lead)
      call.subjectHash = CallRow.hash(subject: payload.subject)
    }
    let row = add(call)
    if payload.subject != nil { setCallPayload(payload, of: row) }
    tables.segments[segment].core[place].attempts &+= 1
    tables.segments[segment].core[place].newestCall = row
    tables.segments[segment].core[place].liveCall = row
    tables.segments[segment].core[place].heldBy = 0
    tables.segments[segment].core[place].updatedAt = now.milliseconds
    tables.segments[segment].last[place] = now.milliseconds
    tables.segments[segment].next[place] = 0
    if core.attempts == 0 { tables.campaigns[Int(campaign)].counts.attempted += 1 }
    move(lead, to: .calling)
    tables.campaigns[Int(campaign)].liveCalls += 1
    awaitAgent(row)
    tell(.callIntended, of: account, at: now, campaign: campaign, lead: core.id, call: row)
    return number
  }

  /// Counts calls that were added together in the roll-ups.
  mutating func count(calls: Int, of campaign: UInt32, at now: Timestamp) {
    guard calls > 0 else { return }
    let calls = UInt32(truncatingIfNeeded: calls)
    tables.campaigns[Int(campaign)].rollups.count(at: now.milliseconds) { $0.created &+= calls }
    let account = Int(tables.campaigns[Int(campaign)].account)
    tables.accounts[account].rollups.count(at: now.milliseconds) { $0.created &+= calls }
  }

  /// Adds the row of a live call, links and indexes it, and takes the slots of system and account.
  @inline(__always)
  mutating func add(_ new: CallRow) -> UInt32 {
    var call = new
    let row = UInt32(tables.calls.count)
    call.number = addNumber(call.to, of: call.account, contact: call.contact)
    call.olderOfNumber = tables.numbers[call.number].newestCall
    tables.numbers[call.number].newestCall = row
    if call.contact != noRow {
      call.olderOfContact = tables.contacts[call.contact].newestCall
      tables.contacts[call.contact].newestCall = row
    }
    if row > 0, tables.calls[row - 1].createdAt > call.createdAt { indexes.callsAreOutOfOrder = true }
    if Int(row >> Rows<CallRow>.chunkBits) == tables.callPayloads.count { tables.callPayloads.append(Payload()) }
    _ = tables.calls.append(call)
    if call.isLive { link(live: row) }
    index(call: row)
    return row
  }

  /// Puts a call into the indexes by name and by what it belongs to.
  @inline(__always)
  mutating func index(call row: UInt32) {
    let stored = tables.calls[row]
    indexes.calls.append(stored.id, row)
    indexes.byAccount[Int(stored.account)].calls.append(row)
    if stored.campaign != noRow { indexes.byCampaign[Int(stored.campaign)].calls.append(row) }
  }

  /// Takes the slots of system and account, and the number.
  private mutating func link(live row: UInt32) {
    let call = tables.calls[row]
    let account = Int(call.account)
    tables.liveCalls += 1
    tables.accounts[account].liveCalls += 1
    tables.numbers[call.number].liveCalls += 1
    let newest = tables.accounts[account].newestLive
    tables.calls[row].olderLive = newest
    if newest == noRow {
      tables.accounts[account].oldestLive = row
    } else {
      tables.calls[newest].newerLive = row
    }
    tables.accounts[account].newestLive = row
    if call.campaign == noRow { indexes.liveSingles.insert(row) }
  }

  /// Gives back what ``link(live:)`` took.
  mutating func unlink(live row: UInt32) {
    let call = tables.calls[row]
    let account = Int(call.account)
    tables.liveCalls -= 1
    tables.accounts[account].liveCalls -= 1
    tables.numbers[call.number].liveCalls -= 1
    if call.olderLive == noRow {
      tables.accounts[account].oldestLive = call.newerLive
    } else {
      tables.calls[call.olderLive].newerLive = call.newerLive
    }
    if call.newerLive == noRow {
      tables.accounts[account].newestLive = call.olderLive
    } else {
      tables.calls[call.newerLive].olderLive = call.olderLive
    }
    tables.calls[row].olderLive = noRow
    tables.calls[row].newerLive = noRow
    if call.campaign == noRow { indexes.liveSingles.remove(row) }
  }

  // MARK: Single calls

  mutating func begin(_ order: SingleCall, at now: Timestamp) throws(StoreError) -> Call {
    let account = try accountRow(order.account)
    guard !isSuppressed(order.to.digits, for: account, at: now) else {
      throw StoreError(.notPermitted, "the number is on the do-not-call list")
    }
    if let ledger = numberRow(order.to.digits, of: account), tables.numbers[ledger].liveCalls > 0 {
      throw StoreError(.notPermitted, "the number is in a call already")
    }
    let reserved = reservedSlots(at: now)
    guard tables.liveCalls + reserved.total < tables.systemLimit else {
      throw StoreError(.limited, "the limit of the system leaves no room for another call")
    }
    guard
      tables.accounts[Int(account)].liveCalls + (reserved.byAccount[order.account] ?? 0) < accountLimit(account)
    else { throw StoreError(.limited, "the limit of the account leaves no room for another call") }
    let nanoseconds = Rate.nanoseconds(now)
    for limit in order.rates
    where Rate(limit).permits(at: nanoseconds, until: tables.rates[limit.name] ?? 0) == 0 {
      throw StoreError(.limited, "the rate '\(limit.name)' permits no call now")
    }
    let placeBy = now + order.placeWithin
    let id = RawID(identifiers.next(at: now, for: Call.self))
    try commit(
      .began(
        CallRecord(
          id: id, account: account, to: order.to.digits, from: order.from?.digits ?? 0,
          placeBy: placeBy.milliseconds, expiresAt: (placeBy + order.longestCall).milliseconds,
          rates: rates(order.rates, after: 1, at: nanoseconds), metadata: order.metadata)), at: now)
    return try tables.call(at: UInt32(tables.calls.count - 1))
  }

  mutating func apply(_ record: CallRecord, at now: Timestamp) throws(StoreError) {
    guard record.account < tables.accounts.count else { throw .misfit("account") }
    var call = CallRow(
      to: record.to, from: record.from, createdAt: now.milliseconds, placeBy: record.placeBy,
      expiresAt: record.expiresAt, id: record.id, account: record.account, number: noRow, attempt: 1)
    call.contact = contactRow(number: record.to, of: record.account) ?? noRow
    let row = add(call)
    if !record.metadata.isEmpty {
      var payload = CallPayload()
      payload.metadata = record.metadata
      setCallPayload(payload, of: row)
    }
    for rate in record.rates { tables.rates[rate.name] = rate.until }
    tables.accounts[Int(record.account)].rollups.count(at: now.milliseconds) { $0.created &+= 1 }
    count(1, from: record.from, of: record.account, at: now.milliseconds)
    tell(.callIntended, of: record.account, at: now, call: row)
  }

  // MARK: Looking

  /// The oldest live calls outside campaigns.
  func liveSingleCalls(limit: Int) throws(StoreError) -> [Call] {
    var calls: [Call] = []
    for row in indexes.liveSingles.sorted().prefix(max(0, limit)) { calls.append(try tables.call(at: row)) }
    return calls
  }

  func mayPlace(_ id: Call.ID, under lease: CampaignLease?, at now: Timestamp) -> Bool {
    guard let row = try? callRow(id) else { return false }
    let call = tables.calls[row]
    let time = Term(from: Timestamp(milliseconds: call.createdAt), until: Timestamp(milliseconds: call.placeBy))
    guard call.status == Call.Status.intended.raw, time.goesOn(at: now),
      !isSuppressed(call.to, for: call.account, at: now)
    else { return false }
    guard call.campaign != noRow else { return true }
    let campaign = Int(call.campaign)
    guard tables.campaigns[campaign].campaign.status == .active, tables.isLead(call.lead),
      tables.leadCore(call.lead).ending == 0, let lease, lease.campaign == tables.campaigns[campaign].campaign.id
    else { return false }
    return (try? demand(lease, on: call.campaign, at: now)) != nil
  }

  // MARK: Annotating

  mutating func annotate(
    _ id: Call.ID, notes: String?, metadata: JSONObject?, at now: Timestamp
  ) throws(StoreError) -> Call {
    let row = try callRow(id)
    if notes != nil || metadata != nil {
      try commit(.annotated(row, notes: notes, metadata: metadata), at: now)
    }
    return try tables.call(at: row)
  }

  mutating func applyAnnotation(of row: UInt32, notes: String?, metadata: JSONObject?) throws(StoreError) {
    guard tables.calls.contains(row) else { throw .misfit("call") }
    var payload = try tables.callPayload(row)
    if let notes { payload.notes = notes }
    if let metadata { payload.metadata = metadata }
    setCallPayload(payload, of: row)
  }
}
