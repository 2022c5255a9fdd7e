extension StoreState {
  // MARK: Deciding

  /// Claims leads: each is checked, and its call made, before the next is looked at.
  mutating func claim(_ request: ClaimRequest, at now: Timestamp) throws(StoreError) -> Claim {
    let row = try campaignRow(request.lease.campaign)
    try demand(request.lease, on: row, at: now)
    let status = tables.campaigns[Int(row)].campaign.status
    guard status == .active else { return Claim(stop: .notActive(status), at: now) }
    guard request.count > 0 else { return Claim(stop: .satisfied, at: now) }
    for locality in request.open { try locality.limits.check() }

    let campaign = ClaimTerms(tables.campaigns[Int(row)])
    var permits = Permits(request.count)
    let day = campaign.choosesCaller ? request.countedDay(at: now) : now..<now
    var callers = campaign.choosesCaller ? callerTurns(request, of: row, day: day) : nil
    limit(&permits, request: request, campaign: campaign, callers: callers, day: day, row: row, now: now)
    var placeBy = now + request.placeWithin
    // A call is made on the day on which it is counted.
    if callers != nil, campaign.callsPerDay != nil, day.contains(now) {
      placeBy = min(placeBy, day.upperBound)
    }
    var record = ClaimRecord(
      campaign: row, from: (request.from ?? campaign.callerNumber)?.digits ?? 0,
      placeBy: placeBy.milliseconds, expiresAt: (placeBy + campaign.ringTime + campaign.longestCall).milliseconds,
      rule: request.rule, delayUntil: campaign.delayUntil,
      rateUntil: campaign.rateUntil, rates: [])
    var claim = Claim(stop: .satisfied, at: now)
    var open = openQueues(request, row: row, now: now)
    let mostExamined = permits.count < 1 << 32 ? max(4 * permits.count, 1000) : .max
    var examined = 0
    var ranOut = false
    var common = CallTerms(record, ruleNumber: tables.texts.number(of: request.rule))
    record.items.reserve(min(permits.count, 1000))
    claim.calls.reserveCapacity(min(permits.count, 1000))
    while claim.calls.count < permits.count {
      guard examined < mostExamined else {
        claim.stop = .examinedEnough
        break
      }
      guard let lead = takeNextDue(&open, of: row, now: now.milliseconds) else {
        ranOut = true
        break
      }
      examined += 1
      let limits = open.limitsOfTaken
      switch try examine(lead, campaign: campaign, limits: limits, row: row, now: now) {
      case .call(_, let id):
        if callers != nil, let from = try callers?.take(for: tables.currentNumber(ofLead: lead).digits),
          from != common.from
        {
          record.items.add(from: from)
          change(from: from, &common, of: campaign.account, at: now)
        }
        record.items.add(call: id, of: lead)
        common.uncounted += 1
        let number = try addCall(id, to: lead, of: row, common, at: now)
        guard let number = PhoneNumber(digits: number) else { throw .misfit("phone number") }
        let core = tables.leadCore(lead)
        claim.calls.append(
          ClaimedCall(
            call: id.of(Call.self), lead: core.id.of(Lead.self),
            contact: tables.contacts[core.contact].id.of(Contact.self), number: number,
            from: PhoneNumber(digits: common.from), attempt: Int(core.attempts), placeBy: placeBy))
      case .held(_, let rule, let status, let until):
        record.items.add(heldLead: lead, rule: rule, status: status, until: until)
        hold(lead, rule: rule, status: status, until: until, at: now)
        claim.heldBack.append(
          HeldLead(
            lead: tables.leadCore(lead).id.of(Lead.self),
            decision: DecisionRecord(
              isDialled: false, rule: rule, citation: citation(of: rule, among: campaign.rollingLimits + limits),
              decidedAt: now,
              retryAt: until == 0 ? nil : Timestamp(milliseconds: until))))
      case .from: break  // Nothing is decided about a lead by that.
      }
    }
    takeRates(claim.calls.count, request, campaign: campaign, record: &record, now: now)
    if ranOut {
      claim.stop = .noneDue(next: nextDue(open.queues.map(\.number), of: row))
    } else if claim.stop != .examinedEnough, claim.calls.count < request.count {
      claim.stop = permits.stop(record: record, request: request, campaign: campaign, day: day, now: now)
    }
    guard !record.items.isEmpty else { return claim }
    count(calls: claim.calls.count, of: row, at: now)
    count(common.uncounted, from: common.from, of: campaign.account, at: now.milliseconds)
    applyRates(record)
    settle(row, at: now)
    keep(.claimed(record), at: now)
    return claim
  }

  func demand(_ lease: CampaignLease, on row: UInt32, at now: Timestamp) throws(StoreError) {
    guard tables.campaigns[Int(row)].leaseToken == lease.token,
      tables.campaigns[Int(row)].leaseEnd > now.milliseconds, tables.campaigns[Int(row)].leaseOwner == lease.owner
    else {
      throw StoreError(
        .leaseLost, "the lease on campaign \(lease.campaign) is no longer held; acquire it before going on")
    }
  }

  private func citation(of rule: String, among limits: [RollingLimit]) -> String? {
    limits.first { $0.name == rule }?.citation
  }

  /// Lowers the number of calls to what every limit leaves.
  private mutating func limit(
    _ permits: inout Permits, request: ClaimRequest, campaign: ClaimTerms, callers: CallerTurns?,
    day: Range<Timestamp>, row: UInt32, now: Timestamp
  ) {
    let account = campaign.account
    let reserved = reservedSlots(at: now)
    permits.lower(to: tables.systemLimit - tables.liveCalls - reserved.total, .systemLimit)
    permits.lower(
      to: accountLimit(account) - tables.accounts[Int(account)].liveCalls
        - (reserved.total == 0 ? 0 : reserved.byAccount[tables.accounts[Int(account)].account.id] ?? 0),
      .accountLimit)
    if let most = campaign.pacing.maximumConcurrentCalls {
      permits.lower(to: most - tables.campaigns[Int(row)].liveCalls, .campaignLimit)
    }
    if let group = campaign.group {
      permits.lower(to: freeAgents(request.agents, of: group, account: account), .agents)
    }
    if let callers, campaign.callsPerDay != nil {
      // What is counted is counted for the day that was asked for.
      permits.lower(to: day.contains(now) ? callers.room : 0, .callerNumbers)
    }
    let nanoseconds = Rate.nanoseconds(now)
    if campaign.pacing.delayBetweenCalls > .zero {
      permits.lower(
        to: Rate(delay: campaign.pacing.delayBetweenCalls).permits(at: nanoseconds, until: campaign.delayUntil),
        .rate)
    }
    if let perSecond = campaign.pacing.callsPerSecond {
      permits.lower(to: Rate(perSecond: perSecond).permits(at: nanoseconds, until: campaign.rateUntil), .rate)
    }
    for limit in request.rates {
      permits.lower(
        to: Rate(limit).permits(at: nanoseconds, until: tables.rates[limit.name] ?? 0), .rate)
    }
  }

  func accountLimit(_ row: UInt32) -> Int {
    tables.accounts[Int(row)].account.concurrencyLimit ?? tables.defaultAccountLimit
  }

  /// How many calls the agents of a group can take beside those they have and those that wait for one.
  private func freeAgents(_ agents: [Agent.ID], of group: String, account: UInt32) -> Int {
    var free = 0
    for row in Set(agents).compactMap({ indexes.agents[$0] }) {
      let record = tables.agents[Int(row)]
      guard record.account == account, record.agent.group == group, record.agent.isActive,
        record.agent.status == .available
      else { continue }
      // No store has room for so many calls; more could not be added up.
      free += min(max(0, record.agent.maximumConcurrentCalls - record.currentCalls), 1 << 32)
    }
    for row in indexes.byAccount[Int(account)].campaigns
    where tables.campaigns[Int(row)].unassigned > 0 && tables.campaigns[Int(row)].campaign.agents.group == group {
      free -= tables.campaigns[Int(row)].unassigned
    }
    return free
  }

  /// Whether an entry still tells where its lead stands.
  @inline(__always)
  private func isCurrent(_ entry: DueEntry, in queue: UInt32, of campaign: UInt32) -> Bool {
    guard let lead = leadRow(ordinal: entry.ordinal, of: campaign) else { return false }
    let segment = Self.segment(lead)
    let place = Self.place(lead)
    guard tables.segments[segment].status[place] == Lead.Status.waiting.raw,
      tables.segments[segment].core[place].locality == queue
    else { return false }
    let current = dueEntry(lead)
    return current.due == entry.due && current.priority == entry.priority
  }

  /// The open queues of a claim, and the entry at the head of each.
  ///
  /// A claim changes no other lead than the one it has just taken, so only that one's queue gets another head, and
  /// only once the lead has changed: an older entry of the same lead may be next in line.
  private struct OpenQueues {
    struct Queue {
      let number: Int
      var head: DueEntry?
      /// The limits of its locality.
      var limits: [RollingLimit]
    }

    var queues: [Queue] = []
    /// The queue whose head was taken.
    var taken: Int?

    /// The limits of the locality of the lead that was taken last.
    var limitsOfTaken: [RollingLimit] { taken.map { queues[$0].limits } ?? [] }
  }

  /// The queues that are open now.
  private mutating func openQueues(_ request: ClaimRequest, row: UInt32, now: Timestamp) -> OpenQueues {
    let numbers = indexes.byCampaign[Int(row)].queues(of: request.open, in: tables.localities)
    var open = OpenQueues()
    open.queues.reserveCapacity(numbers.count)
    for (place, number) in numbers.enumerated() {
      guard let number else { continue }
      let locality = request.open[place]
      guard locality.from <= now, now < locality.until else { continue }
      if let other = open.queues.firstIndex(where: { $0.number == number }) {
        open.queues[other].limits += locality.limits
      } else {
        open.queues.append(
          OpenQueues.Queue(
            number: number, head: firstDue(number, of: row, now: now.milliseconds), limits: locality.limits))
      }
    }
    return open
  }

  /// Takes the lead that is called next out of the open queues.
  private mutating func takeNextDue(_ open: inout OpenQueues, of campaign: UInt32, now: Int64) -> UInt32? {
    if let taken = open.taken { open.queues[taken].head = firstDue(open.queues[taken].number, of: campaign, now: now) }
    var best: (index: Int, entry: DueEntry)?
    for index in open.queues.indices {
      guard let entry = open.queues[index].head else { continue }
      if best.map({ entry.isCalled(before: $0.entry) }) ?? true { best = (index, entry) }
    }
    guard let best else { return nil }
    indexes.byCampaign[Int(campaign)].queues[open.queues[best.index].number].entries.removeFirst()
    open.taken = best.index
    return leadRow(ordinal: best.entry.ordinal, of: campaign)
  }

  private mutating func firstDue(_ queue: Int, of campaign: UInt32, now: Int64) -> DueEntry? {
    let locality = indexes.byCampaign[Int(campaign)].queues[queue].locality
    // The queue is taken out while it is asked, since it asks back about its leads.
    var entries = DueQueue()
    swap(&entries, &indexes.byCampaign[Int(campaign)].queues[queue].entries)
    entries.promote(now: now) { isCurrent($0, in: locality, of: campaign) }
    let first = entries.first(now: now) { isCurrent($0, in: locality, of: campaign) }
    swap(&entries, &indexes.byCampaign[Int(campaign)].queues[queue].entries)
    return first
  }

  private mutating func nextDue(_ open: [Int], of campaign: UInt32) -> Timestamp? {
    var next: Int64?
    for queue in open {
      if let due = nextDue(queue, of: campaign) { next = min(next ?? .max, due) }
    }
    return next.map { Timestamp(milliseconds: $0) }
  }

  mutating func nextDue(_ queue: Int, of campaign: UInt32) -> Int64? {
    let locality = indexes.byCampaign[Int(campaign)].queues[queue].locality
    var entries = DueQueue()
    swap(&entries, &indexes.byCampaign[Int(campaign)].queues[queue].entries)
    let due = entries.nextDue { isCurrent($0, in: locality, of: campaign) }
    swap(&entries, &indexes.byCampaign[Int(campaign)].queues[queue].entries)
    return due
  }

  /// When the first waiting lead of a queue is or was due; 0 for at once.
  mutating func earliestDue(_ queue: Int, of campaign: UInt32, now: Int64) -> Int64? {
    let locality = indexes.byCampaign[Int(campaign)].queues[queue].locality
    var entries = DueQueue()
    swap(&entries, &indexes.byCampaign[Int(campaign)].queues[queue].entries)
    let due = entries.earliest(now: now) { isCurrent($0, in: locality, of: campaign) }
    swap(&entries, &indexes.byCampaign[Int(campaign)].queues[queue].entries)
    return due
  }

  /// Decides about one lead: a call, or the first rule that holds it back.
  private func examine(
    _ lead: UInt32, campaign: ClaimTerms, limits: [RollingLimit], row: UInt32, now: Timestamp
  ) throws(StoreError) -> ClaimItems.Item {
    let core = tables.leadCore(lead)
    let account = tables.campaigns[Int(row)].account
    let number = try tables.currentNumber(ofLead: lead).digits
    if isSuppressed(number, for: account, at: now) {
      return .held(lead: lead, rule: DialingRule.doNotCall, status: .suppressed, until: 0)
    }
    // Attempts are counted in 16 bits; a campaign that permits more ends there.
    if Int(core.attempts) >= min(campaign.maximumAttempts, Int(UInt16.max)) {
      return .held(lead: lead, rule: DialingRule.attempts, status: .failed, until: 0)
    }
    if let row = numberRow(number, ofContact: core.contact), tables.numbers[row].liveCalls > 0 {
      return .held(
        lead: lead, rule: DialingRule.numberBusy, status: .waiting,
        until: (now + DecisionRecord.numberBusyDelay).milliseconds)
    }
    for limit in campaign.rollingLimits {
      if let until = try heldUntil(limit, lead: lead, number: number, now: now) {
        return .held(lead: lead, rule: limit.name, status: .waiting, until: until)
      }
    }
    for limit in limits {
      if let until = try heldUntil(limit, lead: lead, number: number, now: now) {
        return .held(lead: lead, rule: limit.name, status: .waiting, until: until)
      }
    }
    return .call(lead: lead, id: RawID(identifiers.next(at: now, for: Call.self)))
  }

  // MARK: Applying

  mutating func apply(_ record: ClaimRecord, at now: Timestamp) throws(StoreError) {
    guard record.campaign < tables.campaigns.count, !tables.campaigns[Int(record.campaign)].isDeleted else {
      throw .misfit("campaign")
    }
    var common = CallTerms(record, ruleNumber: tables.texts.number(of: record.rule))
    let calls = tables.calls.count
    let result = record.items.writer.bytes.withUnsafeBytes { bytes in
      Result { () throws(StoreError) in
        var items = ClaimItemReader(bytes)
        while let item = try items.next() { try apply(item, of: record, &common, at: now) }
      }
    }
    try result.get()
    count(common.uncounted, from: common.from, of: tables.campaigns[Int(record.campaign)].account, at: now.milliseconds)
    count(calls: tables.calls.count - calls, of: record.campaign, at: now)
    applyRates(record)
    settle(record.campaign, at: now)
  }

  private mutating func apply(
    _ item: ClaimItems.Item, of record: ClaimRecord, _ common: inout CallTerms, at now: Timestamp
  ) throws(StoreError) {
    switch item {
    case .call(let lead, let id):
      guard tables.isLead(lead), tables.leadStatus(lead) == Lead.Status.waiting.raw,
        tables.campaign(ofLead: lead) == record.campaign
      else { throw .misfit("waiting lead") }
      common.uncounted += 1
      _ = try addCall(id, to: lead, of: record.campaign, common, at: now)
    case .from(let number):
      change(from: number, &common, of: tables.campaigns[Int(record.campaign)].account, at: now)
    case .held(let lead, let rule, let status, let until):
      guard tables.isLead(lead), tables.leadStatus(lead) == Lead.Status.waiting.raw,
        tables.campaign(ofLead: lead) == record.campaign
      else { throw .misfit("waiting lead") }
      hold(lead, rule: rule, status: status, until: until, at: now)
    }
  }

  /// Lets the calls that follow be made from another number.
  private mutating func change(from number: UInt64, _ common: inout CallTerms, of account: UInt32, at now: Timestamp) {
    count(common.uncounted, from: common.from, of: account, at: now.milliseconds)
    common.from = number
    common.uncounted = 0
  }

  private mutating func applyRates(_ record: ClaimRecord) {
    tables.campaigns[Int(record.campaign)].delayUntil = record.delayUntil
    tables.campaigns[Int(record.campaign)].rateUntil = record.rateUntil
    for rate in record.rates { tables.rates[rate.name] = rate.until }
  }

  private mutating func hold(_ lead: UInt32, rule: String, status: Lead.Status, until: Int64, at now: Timestamp) {
    let segment = Self.segment(lead)
    let place = Self.place(lead)
    tables.segments[segment].core[place].heldBy = tables.texts.number(of: rule)
    tables.segments[segment].core[place].updatedAt = now.milliseconds
    tables.segments[segment].next[place] = until
    if status == .waiting { enqueue(lead, now: now.milliseconds) } else { move(lead, to: status) }
    tellLeadUpdated(lead, at: now)
  }
}
