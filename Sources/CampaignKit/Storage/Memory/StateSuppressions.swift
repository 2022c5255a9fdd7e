extension StoreState {
  static func hash(_ digits: UInt64, suppressedFor account: UInt32) -> UInt64 {
    RowIndex.hash(digits, UInt64(account))
  }

  /// Whether a number is not to be called for an account.
  @inline(__always)
  func isSuppressed(_ number: UInt64, for account: UInt32, at now: Timestamp) -> Bool {
    guard tables.suppressions.count > 0 else { return false }
    return suppressionRow(number, for: account, at: now) != nil
  }

  func suppressionRow(_ number: UInt64, for account: UInt32, at now: Timestamp) -> UInt32? {
    for owner in [account, noRow] {
      if let row = exactSuppression(number, of: owner), holds(row, at: now) { return row }
    }
    guard !indexes.prefixes.isEmpty else { return nil }
    return indexes.prefixes.first { row in
      let entry = tables.suppressions[row]
      guard entry.account == account || entry.account == noRow, holds(row, at: now) else { return false }
      var rest = number
      while rest > entry.digits { rest /= 10 }
      return rest == entry.digits
    }
  }

  private func holds(_ row: UInt32, at now: Timestamp) -> Bool {
    let expiresAt = tables.suppressions[row].expiresAt
    return expiresAt == 0 || now.milliseconds < expiresAt
  }

  private func exactSuppression(_ digits: UInt64, of account: UInt32) -> UInt32? {
    indexes.suppressions.find(Self.hash(digits, suppressedFor: account)) {
      let entry = tables.suppressions[$0]
      return entry.digits == digits && entry.account == account && !entry.isPrefix
    }
  }

  private func row(of pattern: Suppression.Pattern, account: UInt32) -> UInt32? {
    switch pattern {
    case .number(let number): return exactSuppression(number.digits, of: account)
    case .prefix(let prefix):
      return indexes.prefixes.first {
        tables.suppressions[$0].digits == prefix.start && tables.suppressions[$0].account == account
      }
    }
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
    let present = Set(patterns).filter { row(of: $0, account: owner) != nil }
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

  /// Puts an entry into the table, in the place of an older one for the same numbers.
  mutating func set(_ entry: Suppression, account: UInt32) {
    let digits: UInt64
    let isPrefix: Bool
    switch entry.pattern {
    case .number(let number): (digits, isPrefix) = (number.digits, false)
    case .prefix(let prefix): (digits, isPrefix) = (prefix.start, true)
    }
    let new = SuppressionRow(
      digits: digits, addedAt: entry.addedAt.milliseconds, expiresAt: entry.expiresAt?.milliseconds ?? 0,
      account: account, source: tables.texts.number(of: entry.source),
      reason: tables.texts.number(of: entry.reason), isPrefix: isPrefix)
    if let row = row(of: entry.pattern, account: account) {
      tables.suppressions[row] = new
    } else {
      index(suppression: tables.suppressions.append(new))
    }
  }

  mutating func index(suppression row: UInt32) {
    let entry = tables.suppressions[row]
    guard !entry.isRemoved else { return }
    if entry.isPrefix {
      indexes.prefixes.append(row)
    } else {
      indexes.suppressions.insert(Self.hash(entry.digits, suppressedFor: entry.account), row)
    }
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
    for pattern in patterns {
      guard let row = row(of: pattern, account: owner) else { continue }
      let entry = tables.suppressions[row]
      if entry.isPrefix {
        indexes.prefixes.removeAll { $0 == row }
      } else {
        indexes.suppressions.remove(Self.hash(entry.digits, suppressedFor: entry.account), row)
      }
      tables.suppressions[row].isRemoved = true
    }
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
