/// What is left of things that were deleted, while records are restored whose calls name them.
struct Remnants: Sendable {
  var campaigns: [Campaign.ID: UInt32] = [:]
  var agents: [Agent.ID: UInt32] = [:]
  var contacts: [Contact.ID: UInt32] = [:]

  /// Finds those that a store has, which is the case when it was opened between two records.
  init(_ tables: Tables) {
    for (row, record) in tables.campaigns.enumerated() where record.isDeleted {
      campaigns[record.campaign.id] = UInt32(row)
    }
    for (row, record) in tables.agents.enumerated() where record.isDeleted { agents[record.agent.id] = UInt32(row) }
    for row in 0..<UInt32(tables.contacts.count) where tables.contacts[row].isDeleted {
      contacts[tables.contacts[row].id.of(Contact.self)] = row
    }
  }
}

// Taking in what another store has given out. Each record is checked before anything of it is taken in.
extension StoreState {
  /// Whether the store is empty, so that records can be restored into it.
  var isEmpty: Bool { tables.accounts.isEmpty && tables.suppressions.isEmpty }

  /// Takes in records until the outbox has so many bytes; see ``PortableStorage/restore(_:)``.
  ///
  /// - Returns: The first record that was not taken in.
  @discardableResult
  mutating func restore(
    _ records: [StoreRecord], from start: Int = 0, upTo size: Int = .max, at now: Timestamp
  ) throws(StoreError) -> Int {
    guard isRestoring || isEmpty else {
      throw StoreError(.notPermitted, "the store is not empty; records are restored into a new one only")
    }
    var next = records.count
    for index in start..<max(start, records.count) {
      guard index == start || outbox.bytes.count < size else {
        next = index
        break
      }
      do {
        try commit(.restored(records[index]), at: now)
      } catch {
        isRestoring = false
        throw StoreError(error.code, error.message, cause: RefusedRecord(index: index))
      }
    }
    isRestoring = true
    return next
  }

  mutating func restore(_ record: StoreRecord, at now: Timestamp) throws(StoreError) {
    switch record {
    case .limits(let system, let account):
      guard system >= 0, account >= 0 else { throw StoreError(.invalid, "a limit is below zero") }
      tables.systemLimit = system
      tables.defaultAccountLimit = account
    case .account(let account, let lastEvent):
      guard indexes.accounts[account.id] == nil,
        account.externalID.map({ indexes.externalAccounts[$0] == nil }) ?? true
      else { throw Self.twice("account", account.id) }
      guard lastEvent <= EventRing.greatestNumber else {
        throw StoreError(.invalid, "account \(account.id) has \(lastEvent) as its last event, which is not possible")
      }
      try apply(account, at: now)
      tables.accounts[tables.accounts.count - 1].events = EventRing(last: lastEvent, rows: [])
    case .user(let user):
      guard indexes.accounts[user.account] != nil else { throw Self.early("user", "account") }
      guard tables.users[user.id] == nil, indexes.userEmails[user.email] == nil else {
        throw Self.twice("user", user.id)
      }
      apply(user)
    case .key(let key):
      guard indexes.accounts[key.account] != nil else { throw Self.early("key", "account") }
      guard tables.keys[key.id] == nil, indexes.keyDigests[key.digest] == nil else { throw Self.twice("key", key.id) }
      apply(key)
    case .agent(let agent, let lastActiveAt):
      guard indexes.agents[agent.id] == nil else { throw Self.twice("agent", agent.id) }
      try silently(agent.account) { (state) throws(StoreError) in try state.apply(agent, at: now) }
      tables.agents[tables.agents.count - 1].lastActiveAt = lastActiveAt?.milliseconds ?? 0
    case .suppression(let entry):
      let account = entry.account.map { indexes.accounts[$0] } ?? noRow
      guard let account else { throw Self.early("do-not-call entry", "account") }
      set(entry, account: account)
    case .contact(let contact): try restore(contact, at: now)
    case .list(let list, let members): try restore(list, members: members)
    case .campaign(let campaign, let nextOrdinal): try restore(campaign, nextOrdinal: nextOrdinal, at: now)
    case .importBatch(let batch):
      guard indexes.campaigns[batch.campaign] != nil else { throw Self.early("import", "campaign") }
      guard indexes.batches[batch.id] == nil else { throw Self.twice("import", batch.id) }
      try apply(batch)
    case .lead(let lead, let ending): try restore(lead, ending: ending, at: now)
    case .call(let call, let awaitsAgent): try restore(call, awaitsAgent: awaitsAgent)
    }
  }

  static func twice<Entity>(_ what: String, _ id: Identifier<Entity>) -> StoreError {
    StoreError(.duplicate, "the \(what) \(id), or something by which it is found, comes twice")
  }

  static func early(_ what: String, _ missing: String) -> StoreError {
    StoreError(.invalid, "a \(what) comes without its \(missing) before it; records must keep the order of the export")
  }

  static func foreign<Entity>(_ what: String, _ id: Identifier<Entity>) -> StoreError {
    StoreError(.invalid, "the \(what) \(id) names something that belongs to another account")
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

  private mutating func restore(_ contact: Contact, at now: Timestamp) throws(StoreError) {
    guard let account = indexes.accounts[contact.account] else { throw Self.early("contact", "account") }
    guard contactRow(contact.id) == nil, contactRow(number: contact.number.digits, of: account) == nil else {
      throw Self.twice("contact", contact.id)
    }
    try apply(contact, at: now)
  }

  private mutating func restore(_ list: ContactList, members: [Contact.ID]) throws(StoreError) {
    guard indexes.lists[list.id] == nil else { throw Self.twice("list", list.id) }
    guard let account = indexes.accounts[list.account] else { throw Self.early("list", "account") }
    var rows: [UInt32] = []
    for member in members {
      guard let row = contactRow(member) else { throw Self.early("list", "contact") }
      guard tables.contacts[row].account == account else { throw Self.foreign("list", list.id) }
      rows.append(row)
    }
    guard Set(rows).count == rows.count else {
      throw StoreError(.duplicate, "the list \(list.id) has a contact twice")
    }
    try apply(list)
    try applyListing(rows, on: UInt32(tables.lists.count - 1))
  }

  /// Restores a campaign with an empty place for every lead that it ever had.
  private mutating func restore(
    _ campaign: Campaign, nextOrdinal: Int, at now: Timestamp
  ) throws(StoreError) {
    guard indexes.campaigns[campaign.id] == nil else { throw Self.twice("campaign", campaign.id) }
    let full = nextOrdinal / LeadSegment.size
    guard let next = UInt32(exactly: nextOrdinal), tables.segments.count + full < mostSegments
    else { throw StoreError(.invalid, "the campaign \(campaign.id) has the next ordinal \(nextOrdinal)") }
    try silently(campaign.account) { (state) throws(StoreError) in try state.apply(campaign, at: now) }
    let row = tables.campaigns.count - 1
    for base in stride(from: 0, to: next, by: LeadSegment.size) {
      tables.campaigns[row].segments.append(UInt32(tables.segments.count))
      tables.segments.append(LeadSegment(campaign: UInt32(row), base: base))
    }
    // New leads follow in the last segment, so that one has its places already.
    let places = Self.place(next)
    if places > 0 { tables.segments[tables.segments.count - 1].fillRemoved(places) }
    tables.campaigns[row].nextOrdinal = next
  }
}
