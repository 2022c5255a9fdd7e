extension StoreState {
  /// Takes the tables of a snapshot, and builds the indexes anew.
  mutating func load(_ tables: Tables, at now: Timestamp) {
    self.tables = tables
    indexes = Indexes()
    for row in tables.accounts.indices { index(account: UInt32(row)) }
    for user in tables.users.values { indexes.userEmails[user.email] = user.id }
    for key in tables.keys.values { indexes.keyDigests[key.digest] = key.id }
    for row in tables.campaigns.indices { index(campaign: UInt32(row)) }
    for row in tables.agents.indices { index(agent: UInt32(row)) }
    for (row, record) in tables.lists.enumerated() where !record.isDeleted {
      indexes.lists[record.list.id] = UInt32(row)
    }
    for (row, batch) in tables.batches.enumerated() { indexes.batches[batch.id] = UInt32(row) }
    loadContacts()
    loadLeads(now: now.milliseconds)
    loadCalls()
    for row in 0..<UInt32(tables.suppressions.count) { index(suppression: row) }
  }

  private mutating func loadContacts() {
    indexes.contacts.reserve(tables.contacts.count)
    indexes.contactNumbers.reserve(tables.contacts.count)
    for row in 0..<UInt32(tables.contacts.count) where !tables.contacts[row].isDeleted {
      index(contact: row)
      let further = tables.contacts[row].hasFurtherNumbers ? try? tables.furtherNumbers(ofContact: row) : nil
      indexNumbers(ofContact: row, further: further ?? [])
    }
  }

  private mutating func loadLeads(now: Int64) {
    let count = tables.segments.reduce(0) { $0 + $1.status.count }
    indexes.leads.reserve(count)
    indexes.leadContacts.reserve(count)
    for segment in tables.segments.indices {
      for place in tables.segments[segment].status.indices
      where tables.segments[segment].status[place] != LeadSegment.removed {
        let row = UInt32(segment) << LeadSegment.bits | UInt32(place)
        index(lead: row)
        guard tables.segments[segment].status[place] == Lead.Status.waiting.raw else { continue }
        let campaign = Int(tables.segments[segment].campaign)
        let queue = queueNumber(tables.segments[segment].core[place].locality, of: campaign)
        indexes.byCampaign[campaign].queues[queue].waiting += 1
        indexes.byCampaign[campaign].queues[queue].entries.add(dueEntry(row), now: now)
      }
    }
  }

  private mutating func loadCalls() {
    indexes.calls.reserve(tables.calls.count)
    indexes.numbers.reserve(tables.numbers.count)
    var latest = Int64.min
    for row in 0..<UInt32(tables.calls.count) {
      index(call: row)
      let call = tables.calls[row]
      if call.createdAt < latest { indexes.callsAreOutOfOrder = true }
      latest = call.createdAt
      if call.referenceHash != 0 { index(referenceOf: row) }
      if call.agent != noRow { indexes.agentCalls[Int(call.agent)].append(row) }
    }
    for row in 0..<UInt32(tables.numbers.count) { index(number: row) }
  }
}
