// Pages of everything but leads and contacts.
extension StoreState {
  func accounts(_ request: PageRequest) throws(StoreError) -> Page<Account> {
    let (rows, total, next) = try page(of: Array(tables.accounts.indices.map(UInt32.init)), request) {
      (_) throws(StoreError) in true
    }
    return Page(elements: rows.map { tables.accounts[Int($0)].account }, total: total, next: next)
  }

  func campaigns(_ query: CampaignQuery, page request: PageRequest) throws(StoreError) -> Page<Campaign> {
    let search = TextSearch(query.search)
    var picker = try PagePicker<TextPlace>(request, isDescending: query.isDescending)
    var total = 0
    for row in indexes.accounts[query.account].map({ indexes.byAccount[Int($0)].campaigns }) ?? [] {
      let campaign = tables.campaigns[Int(row)].campaign
      guard query.statuses.isEmpty || query.statuses.contains(campaign.status) else { continue }
      if let search, !search.matches(campaign.name), !search.matches(campaign.description) { continue }
      total += 1
      var place = TextPlace(rest: ListPlace(high: campaign.id.high, low: campaign.id.low))
      switch query.sort {
      case .createdAt: place.rest.key = campaign.createdAt.milliseconds
      case .updatedAt: place.rest.key = campaign.updatedAt.milliseconds
      case .name: place.text = campaign.name
      case .status: place.rest.key = Int64(campaign.status.stored)
      case .maximumConcurrentCalls: place.rest.key = campaign.pacing.maximumConcurrentCalls.map(Int64.init) ?? -1
      }
      picker.offer(place, row)
    }
    let (rows, next) = picker.page()
    return Page(
      elements: rows.map { tables.campaigns[Int($0)].campaign }, total: request.countsTotal ? total : nil,
      next: next)
  }

  func campaignCounts(of account: Account.ID) -> [Campaign.Status: Int] {
    var counts: [Campaign.Status: Int] = [:]
    for row in indexes.accounts[account].map({ indexes.byAccount[Int($0)].campaigns }) ?? [] {
      counts[tables.campaigns[Int(row)].campaign.status, default: 0] += 1
    }
    return counts
  }

  func calls(_ query: CallQuery, page request: PageRequest) throws(StoreError) -> Page<Call> {
    guard let account = indexes.accounts[query.account] else {
      return Page(elements: [], total: request.countsTotal ? 0 : nil)
    }
    var rows = candidates(query, account: account)
    if !indexes.callsAreOutOfOrder {
      if let from = query.from { rows = rows[firstCall(in: rows, notBefore: from)...] }
      if let until = query.until { rows = rows[..<max(rows.startIndex, firstCall(in: rows, notBefore: until))] }
    }
    let campaign = query.campaign.map { indexes.campaigns[$0] ?? indexes.deletedCampaigns[$0] }
    let dispositions = Set(query.dispositions.map(\.stored))
    let answeredBy = Set(query.answeredBy.map(\.stored))
    let (found, total, next) = try page(of: rows, request, isDescending: !query.isAscending) {
      (row) throws(StoreError) in
      let call = tables.calls[row]
      guard call.account == account, query.lead.map({ RawID($0) == call.leadID }) ?? true,
        query.isLive ?? call.isLive == call.isLive, dispositions.isEmpty || dispositions.contains(call.disposition),
        answeredBy.isEmpty || answeredBy.contains(call.answeredBy)
      else { return false }
      if let campaign, campaign.map({ $0 != call.campaign }) ?? true { return false }
      if let agent = query.agent {
        guard call.agent != noRow, tables.agents[Int(call.agent)].agent.id == agent else { return false }
      }
      if let from = query.from, call.createdAt < from.milliseconds { return false }
      if let until = query.until, call.createdAt >= until.milliseconds { return false }
      return true
    }
    return Page(
      elements: try tables.values(found) { (row) throws(StoreError) in try tables.call(at: row) }, total: total,
      next: next)
  }

  /// The shortest list, ascending, that holds every call that can match.
  private func candidates(_ query: CallQuery, account: UInt32) -> ArraySlice<UInt32> {
    if let lead = query.lead, let row = leadRowIfAny(lead) {
      var calls: [UInt32] = []
      var call = tables.leadCore(row).newestCall
      while call != noRow {
        calls.append(call)
        call = tables.calls[call].olderOfLead
      }
      return calls.reversed()[...]
    }
    if query.isLive == true {
      var calls: [UInt32] = []
      var call = tables.accounts[Int(account)].oldestLive
      while call != noRow {
        calls.append(call)
        call = tables.calls[call].newerLive
      }
      return calls[...]
    }
    if let agent = query.agent {
      guard let row = indexes.agents[agent] else { return indexes.byAccount[Int(account)].calls[...] }
      return indexes.agentCalls[Int(row)].sorted()[...]
    }
    if let campaign = query.campaign, let row = indexes.campaigns[campaign] {
      return indexes.byCampaign[Int(row)].calls[...]
    }
    return indexes.byAccount[Int(account)].calls[...]
  }

  private func firstCall(in rows: ArraySlice<UInt32>, notBefore moment: Timestamp) -> Int {
    var low = rows.startIndex
    var high = rows.endIndex
    while low < high {
      let middle = (low + high) / 2
      if tables.calls[rows[middle]].createdAt < moment.milliseconds { low = middle + 1 } else { high = middle }
    }
    return low
  }

  func agents(_ query: AgentQuery, page request: PageRequest) throws(StoreError) -> Page<Agent> {
    let rows = indexes.accounts[query.account].map { indexes.byAccount[Int($0)].agents } ?? []
    let (found, total, next) = try page(of: rows, request) { (row) throws(StoreError) in
      let agent = tables.agents[Int(row)].agent
      return query.kind ?? agent.kind == agent.kind && query.status ?? agent.status == agent.status
        && (query.group == nil || query.group == agent.group) && query.isActive ?? agent.isActive == agent.isActive
    }
    return Page(elements: found.map { tables.agents[Int($0)].agent }, total: total, next: next)
  }

  func activity(of agents: [Agent.ID]) -> [Agent.ID: AgentActivity] {
    var activities: [Agent.ID: AgentActivity] = [:]
    for agent in agents {
      guard let row = indexes.agents[agent] else { continue }
      let record = tables.agents[Int(row)]
      activities[agent] = AgentActivity(
        currentCalls: record.currentCalls, calls: record.calls, talkTime: .milliseconds(record.talkTime),
        lastActiveAt: record.lastActiveAt == 0 ? nil : Timestamp(milliseconds: record.lastActiveAt))
    }
    return activities
  }

  func suppressions(of id: Account.ID?, page request: PageRequest) throws(StoreError) -> Page<Suppression> {
    var owner = noRow
    if let id { owner = try accountRow(id) }
    let list = tables.suppressions[owner] ?? SuppressionList()
    let limit = max(0, request.limit)
    var found: [SuppressionList.Element]
    // One more than the page has, to know whether there are more.
    let wanted = limit == .max ? limit : limit + 1
    switch request.start {
    case .offset(let offset): found = list.elements(skipping: max(0, offset), limit: wanted)
    case .cursor(let cursor):
      let place: ListPlace = try cursor.place()
      guard place.key >= 0 else { throw StoreError(.invalid, "the cursor is not one that this store gave") }
      found = list.elements(after: UInt64(place.key), limit: wanted)
    }
    let hasMore = found.count > limit
    if hasMore { found.removeLast() }
    return Page(
      elements: found.compactMap { element in
        element.pattern.map { tables.suppression($0, of: owner, element.terms) }
      }, total: request.countsTotal ? list.count : nil,
      next: hasMore ? found.last.map { PageCursor(ListPlace(key: Int64($0.place))) } : nil)
  }

  mutating func queues(of id: Campaign.ID, at now: Timestamp) throws(StoreError) -> [LocalityQueue] {
    let row = try campaignRow(id)
    var queues: [LocalityQueue] = []
    for number in indexes.byCampaign[Int(row)].queues.indices {
      let queue = indexes.byCampaign[Int(row)].queues[number]
      guard queue.waiting > 0 else { continue }
      queues.append(
        LocalityQueue(
          locality: tables.localities[queue.locality], waiting: queue.waiting,
          nextDueAt: earliestDue(number, of: row, now: now.milliseconds).map { Timestamp(milliseconds: $0) }))
    }
    return queues
  }

  func events(of id: Account.ID, after sequence: UInt64, limit: Int) throws(StoreError) -> [CampaignEvent] {
    let row = try accountRow(id)
    let ring = tables.accounts[Int(row)].events
    guard sequence >= ring.last || sequence + 1 >= ring.oldest else {
      throw StoreError(
        .gone, "the oldest event that is kept is \(ring.oldest); go on from there and read the state anew",
        oldest: ring.oldest)
    }
    return ring.rows(after: sequence, limit: limit).compactMap { event(row, $0.sequence, $0.row) }
  }

  private func event(_ account: UInt32, _ sequence: UInt64, _ row: EventRow) -> CampaignEvent? {
    guard let kind = CampaignEvent.Kind(stored: row.kind) else { return nil }
    var event = CampaignEvent(
      sequence: sequence, account: tables.accounts[Int(account)].account.id, at: Timestamp(milliseconds: row.at),
      kind: kind)
    if row.campaign != noRow { event.campaign = tables.campaigns[Int(row.campaign)].campaign.id }
    if row.lead != .none { event.lead = row.lead.of(Lead.self) }
    if row.call != noRow { event.call = tables.calls[row.call].id.of(Call.self) }
    if row.agent != noRow { event.agent = tables.agents[Int(row.agent)].agent.id }
    if row.count >= 0 { event.count = Int(row.count) }
    if row.status > 0 {
      let place = Int(row.status) - 1
      switch kind {
      case .campaignStatusChanged: event.status = Campaign.Status.allCases.named(place)
      case .agentUpdated, .agentStatusChanged: event.status = Agent.Status.allCases.named(place)
      case .callEnded: event.status = Disposition.allCases.named(place)
      case .callDetected: event.status = AnsweredBy.allCases.named(place)
      default: break
      }
    }
    switch kind {
    case .callIntended: event.status = Call.Status.intended.rawValue
    case .callPlaced: event.status = Call.Status.placed.rawValue
    case .callRinging: event.status = Call.Status.ringing.rawValue
    case .callAnswered: event.status = Call.Status.answered.rawValue
    default: break
    }
    return event
  }

  /// The roll-ups of a scope; those of campaigns and agents that were deleted are still there, since their calls are.
  func rollups(of scope: RollupScope) -> RollupSeries? {
    switch scope {
    case .account(let id): indexes.accounts[id].map { tables.accounts[Int($0)].rollups }
    case .campaign(let id):
      (indexes.campaigns[id] ?? indexes.deletedCampaigns[id]).map { tables.campaigns[Int($0)].rollups }
    case .agent(let id):
      (indexes.agents[id] ?? indexes.deletedAgents[id]).map { tables.agents[Int($0)].rollups }
    }
  }
}

extension Array where Element: RawRepresentable<String> {
  /// The name at a place; nil where there is none.
  fileprivate func named(_ place: Int) -> String? { indices.contains(place) ? self[place].rawValue : nil }
}
