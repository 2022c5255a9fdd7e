import Dispatch
import Locks

extension StoreState {
  /// Takes the tables of a snapshot, and builds the indexes anew.
  ///
  /// - Throws: ``StoreError/Code/damaged`` for tables that do not hold together.
  mutating func load(_ tables: Tables, at now: Timestamp) throws(StoreError) {
    try tables.check()
    self.tables = tables
    indexes = Indexes()
    for row in tables.accounts.indices { index(account: UInt32(row)) }
    for user in tables.users.values { indexes.userEmails[user.email] = user.id }
    for key in tables.keys.values { indexes.keyDigests[key.digest] = key.id }
    for row in tables.campaigns.indices { index(campaign: UInt32(row)) }
    for row in tables.agents.indices { index(agent: UInt32(row)) }
    for row in tables.lists.indices where !tables.lists[row].isDeleted { index(list: UInt32(row)) }
    for row in tables.batches.indices { index(batch: UInt32(row)) }
    loadLarge()
    loadContacts()
    loadQueues(now: now.milliseconds)
    loadCalls()
  }

  /// Builds the indexes that have a place for every contact, lead or call, on all processors.
  private mutating func loadLarge() {
    let tables = tables
    let builders: [@Sendable () -> RowIndex] = [
      { tables.indexOfContacts { Self.hash($0.id) } },
      { tables.indexOfContacts { RowIndex.hash($0.number, UInt64($0.account)) } },
      { tables.indexOfLeads { core, _ in Self.hash(core.id) } },
      { tables.indexOfLeads { core, campaign in RowIndex.hash(UInt64(campaign), UInt64(core.contact)) } },
      { tables.indexOfNumbers },
    ]
    let built = Locked<[RowIndex]>(builders.map { _ in RowIndex() })
    DispatchQueue.concurrentPerform(iterations: builders.count) { number in
      let index = builders[number]()
      built.withLock { $0[number] = index }
    }
    let indexes = built.withLock { $0 }
    self.indexes.contacts = indexes[0]
    self.indexes.contactNumbers = indexes[1]
    self.indexes.leads = indexes[2]
    self.indexes.leadContacts = indexes[3]
    self.indexes.numbers = indexes[4]
  }

  private mutating func loadContacts() {
    for row in 0..<UInt32(tables.contacts.count) where !tables.contacts[row].isDeleted {
      indexes.byAccount[Int(tables.contacts[row].account)].contacts.append(row)
      guard tables.contacts[row].hasFurtherNumbers else { continue }
      indexFurtherNumbers(ofContact: row, (try? tables.furtherNumbers(ofContact: row)) ?? [])
    }
  }

  private mutating func loadQueues(now: Int64) {
    for segment in tables.segments.indices where tables.segments[segment].counts[Int(Lead.Status.waiting.raw)] > 0 {
      let campaign = Int(tables.segments[segment].campaign)
      for place in tables.segments[segment].status.indices
      where tables.segments[segment].status[place] == Lead.Status.waiting.raw {
        let queue = queueNumber(tables.segments[segment].core[place].locality, of: campaign)
        indexes.byCampaign[campaign].queues[queue].waiting += 1
        indexes.byCampaign[campaign].queues[queue].entries.add(
          dueEntry(UInt32(segment) << LeadSegment.bits | UInt32(place)), now: now)
      }
    }
  }

  private mutating func loadCalls() {
    var latest = Int64.min
    for row in tables.agents.indices { tables.agents[row].currentCalls = 0 }
    for row in tables.campaigns.indices { tables.campaigns[row].unassigned = 0 }
    for row in 0..<UInt32(tables.calls.count) {
      let call = tables.calls[row]
      indexes.calls.append(call.id, row)
      indexes.byAccount[Int(call.account)].calls.append(row)
      if call.campaign != noRow {
        indexes.byCampaign[Int(call.campaign)].calls.append(row)
      } else if call.isLive {
        indexes.liveSingles.insert(row)
      }
      if call.createdAt < latest { indexes.callsAreOutOfOrder = true }
      latest = call.createdAt
      count(callerOf: call)
      if call.referenceHash != 0 { index(referenceOf: row) }
      if call.agent != noRow { indexes.agentCalls[Int(call.agent)].append(row) }
      if call.isLive { countWanting(row) }
    }
  }

  /// Counts a live call with its agent, or among those that wait for one. What a snapshot says of that is not relied
  /// on: programs before this one counted calls that a machine has answered as well.
  private mutating func countWanting(_ row: UInt32) {
    let call = tables.calls[row]
    if call.agent != noRow, call.wantsAgent { tables.agents[Int(call.agent)].currentCalls += 1 }
    let awaitsAgent = call.awaitsAgent && call.wantsAgent
    if awaitsAgent { tables.campaigns[Int(call.campaign)].unassigned += 1 }
    if awaitsAgent != call.awaitsAgent { tables.calls[row].awaitsAgent = awaitsAgent }
  }
}

extension Tables {
  fileprivate func indexOfContacts(by hash: (ContactRow) -> UInt64) -> RowIndex {
    var index = RowIndex()
    index.reserve(contacts.count)
    var row: UInt32 = 0
    for chunk in contacts.chunks {
      for contact in chunk {
        if !contact.isDeleted { index.insert(hash(contact), row) }
        row += 1
      }
    }
    return index
  }

  fileprivate func indexOfLeads(by hash: (_ core: LeadCore, _ campaign: UInt32) -> UInt64) -> RowIndex {
    var index = RowIndex()
    index.reserve(segments.reduce(0) { $0 + $1.status.count })
    for (number, segment) in segments.enumerated() {
      let first = UInt32(number) << LeadSegment.bits
      for (place, core) in segment.core.enumerated() where segment.status[place] != LeadSegment.removed {
        index.insert(hash(core, segment.campaign), first | UInt32(place))
      }
    }
    return index
  }
}
