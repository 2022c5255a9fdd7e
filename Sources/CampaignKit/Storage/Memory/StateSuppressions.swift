extension StoreState {
  /// Whether a number is not to be called for an account.
  @inline(__always)
  func isSuppressed(_ number: UInt64, for account: UInt32, at now: Timestamp) -> Bool {
    guard !tables.suppressions.isEmpty else { return false }
    return tables.suppression(of: number, for: account, at: now.milliseconds) != nil
  }

  func suppression(of number: PhoneNumber, for account: Account.ID, at now: Timestamp) -> Suppression? {
    guard let account = indexes.accounts[account],
      let found = tables.suppression(of: number.digits, for: account, at: now.milliseconds),
      let pattern = found.isPrefix
        ? PhonePrefix(digits: found.digits).map(Suppression.Pattern.prefix) : Suppression.Pattern.number(number)
    else { return nil }
    return tables.suppression(pattern, of: found.owner, found.terms)
  }

  func suppressions(
    for patterns: [Suppression.Pattern], of account: Account.ID?
  ) throws(StoreError) -> [Suppression.Pattern: Suppression] {
    var owner = noRow
    if let account { owner = try accountRow(account) }
    guard let list = tables.suppressions[owner] else { return [:] }
    var found: [Suppression.Pattern: Suppression] = [:]
    for pattern in patterns {
      found[pattern] = list.terms(of: pattern).map { tables.suppression(pattern, of: owner, $0) }
    }
    return found
  }

  // MARK: Deciding

  mutating func suppress(_ entries: [Suppression], at now: Timestamp) throws(StoreError) -> [Call.ID] {
    for entry in entries {
      if let account = entry.account { _ = try accountRow(account) }
    }
    guard !entries.isEmpty else { return [] }
    try commit(.suppressed(entries), at: now)
    var live: [Call.ID] = []
    for account in tables.accounts.indices {
      var call = tables.accounts[account].oldestLive
      while call != noRow {
        let stored = tables.calls[call]
        if isSuppressed(stored.to, for: stored.account, at: now),
          entries.contains(where: {
            $0.covers(stored.to) && ($0.account.map { indexes.accounts[$0] == stored.account } ?? true)
          })
        {
          live.append(stored.id.of(Call.self))
        }
        call = stored.newerLive
      }
    }
    return live
  }

  mutating func unsuppress(
    _ patterns: [Suppression.Pattern], of account: Account.ID?, at now: Timestamp
  ) throws(StoreError) -> Int {
    var owner = noRow
    if let account { owner = try accountRow(account) }
    let present = Set(patterns).filter { tables.suppressions[owner]?.terms(of: $0) != nil }
    guard !present.isEmpty else { return 0 }
    try commit(.unsuppressed(patterns.filter(present.contains), account: account), at: now)
    return present.count
  }

  // MARK: Applying

  mutating func apply(_ entries: [Suppression], at now: Timestamp) throws(StoreError) {
    var counts: [UInt32: Int] = [:]
    for entry in entries {
      let account = entry.account.map { indexes.accounts[$0] } ?? noRow
      guard let account else { throw .misfit("account") }
      counts[account, default: 0] += 1
      set(entry, account: account)
      if case .number(let number) = entry.pattern, entry.holds(at: now) {
        try suppressLeads(of: number.digits, account: account, at: now)
      }
    }
    for account in counts.keys.sorted() {
      let told = account == noRow ? Array(tables.accounts.indices.map(UInt32.init)) : [account]
      for row in told { tell(.suppressionsAdded, of: row, at: now, count: counts[account] ?? 0) }
    }
  }

  /// Puts an entry in, in the place of an older one for the same numbers.
  mutating func set(_ entry: Suppression, account: UInt32) {
    let terms = SuppressionTerms(
      addedAt: entry.addedAt.milliseconds,
      expiresAt: entry.expiresAt.map { min($0.milliseconds, .max - 1) } ?? .max,
      source: tables.texts.number(of: entry.source), reason: tables.texts.number(of: entry.reason))
    tables.suppressions[account, default: SuppressionList()].set(entry.pattern, terms)
  }

  /// Ends the leads whose next or live call is to a number.
  private mutating func suppressLeads(of number: UInt64, account: UInt32, at now: Timestamp) throws(StoreError) {
    let owners = account == noRow ? Array(tables.accounts.indices.map(UInt32.init)) : [account]
    var contacts = owners.compactMap { contactRow(number: number, of: $0) }
    for row in indexes.furtherNumbers[number] ?? [] where owners.contains(tables.contacts[row].account) {
      if !contacts.contains(row) { contacts.append(row) }
    }
    // The index has another order after the store was opened anew, and events must come in the same.
    contacts.sort()
    for contact in contacts {
      var lead = tables.contacts[contact].newestLead
      while lead != noRow {
        let core = tables.leadCore(lead)
        let isOpen = tables.leadStatus(lead) <= Lead.Status.calling.raw
        if isOpen, try tables.currentNumber(ofLead: lead).digits == number {
          endLead(lead, as: .suppressed, at: now)
          settle(tables.campaign(ofLead: lead), at: now)
        }
        lead = core.olderOfContact
      }
    }
  }

  mutating func applyRemoval(
    of patterns: [Suppression.Pattern], account: Account.ID?, at now: Timestamp
  ) throws(StoreError) {
    let owner = account.map { indexes.accounts[$0] } ?? noRow
    guard let owner else { throw .misfit("account") }
    for pattern in patterns { tables.suppressions[owner]?.remove(pattern) }
    if tables.suppressions[owner]?.isEmpty ?? false { tables.suppressions[owner] = nil }
    let told = owner == noRow ? Array(tables.accounts.indices.map(UInt32.init)) : [owner]
    for row in told { tell(.suppressionsRemoved, of: row, at: now, count: Set(patterns).count) }
  }
}

extension Suppression {
  /// Whether the entry is about a number.
  func covers(_ digits: UInt64) -> Bool {
    switch pattern {
    case .number(let number): number.digits == digits
    case .prefix(let prefix): PhoneNumber(digits: digits)?.hasPrefix(prefix) ?? false
    }
  }
}
