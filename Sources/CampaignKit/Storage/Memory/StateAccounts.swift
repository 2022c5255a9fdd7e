extension StoreState {
  func accountRow(_ id: Account.ID) throws(StoreError) -> UInt32 {
    guard let row = indexes.accounts[id] else { throw StoreError(.notFound, "there is no account \(id)") }
    return row
  }

  // MARK: Deciding

  mutating func insert(_ account: Account, at now: Timestamp) throws(StoreError) {
    guard indexes.accounts[account.id] == nil else {
      throw StoreError(.duplicate, "there is an account \(account.id) already")
    }
    try checkName(of: account)
    try commit(.account(account), at: now)
  }

  mutating func update(_ account: Account, at now: Timestamp) throws(StoreError) -> Account {
    let row = try accountRow(account.id)
    let stored = tables.accounts[Int(row)].account
    try Self.expect(stored.revision, account.revision, "account \(account.id)")
    try checkName(of: account)
    var changed = account
    changed.revision &+= 1
    changed.createdAt = stored.createdAt
    changed.updatedAt = now
    try commit(.account(changed), at: now)
    return changed
  }

  private func checkName(of account: Account) throws(StoreError) {
    if let name = account.externalID, let other = indexes.externalAccounts[name],
      tables.accounts[Int(other)].account.id != account.id
    {
      throw StoreError(.duplicate, "there is an account with the external name '\(name)' already")
    }
  }

  mutating func insert(_ user: User, at now: Timestamp) throws(StoreError) {
    _ = try accountRow(user.account)
    guard tables.users[user.id] == nil else { throw StoreError(.duplicate, "there is a user \(user.id) already") }
    var user = user
    user.email = user.email.lowercased()
    guard indexes.userEmails[user.email] == nil else {
      throw StoreError(.duplicate, "there is a user with that e-mail address already")
    }
    try commit(.user(user), at: now)
  }

  mutating func update(_ user: User, at now: Timestamp) throws(StoreError) -> User {
    guard let stored = tables.users[user.id], stored.account == user.account else {
      throw StoreError(.notFound, "there is no user \(user.id)")
    }
    try Self.expect(stored.revision, user.revision, "user \(user.id)")
    var changed = user
    changed.email = user.email.lowercased()
    guard indexes.userEmails[changed.email] ?? user.id == user.id else {
      throw StoreError(.duplicate, "there is a user with that e-mail address already")
    }
    changed.revision &+= 1
    changed.createdAt = stored.createdAt
    changed.updatedAt = now
    try commit(.user(changed), at: now)
    return changed
  }

  mutating func delete(_ user: User.ID, of account: Account.ID, at now: Timestamp) throws(StoreError) {
    guard tables.users[user]?.account == account else { throw StoreError(.notFound, "there is no user \(user)") }
    try commit(.userDeleted(user), at: now)
  }

  mutating func insert(_ key: APIKey, at now: Timestamp) throws(StoreError) {
    _ = try accountRow(key.account)
    guard tables.keys[key.id] == nil, indexes.keyDigests[key.digest] == nil else {
      throw StoreError(.duplicate, "there is such a key already")
    }
    try commit(.key(key), at: now)
  }

  mutating func delete(_ key: APIKey.ID, of account: Account.ID, at now: Timestamp) throws(StoreError) {
    guard tables.keys[key]?.account == account else { throw StoreError(.notFound, "there is no key \(key)") }
    try commit(.keyDeleted(key), at: now)
  }

  static func expect(_ stored: Int, _ given: Int, _ what: String) throws(StoreError) {
    guard stored == given else {
      throw StoreError(
        .conflict,
        "\(what) has revision \(stored), the change was made from revision \(given); read it again and repeat the change"
      )
    }
  }

  // MARK: Applying

  mutating func apply(_ account: Account, at now: Timestamp) throws(StoreError) {
    if let row = indexes.accounts[account.id] {
      let old = tables.accounts[Int(row)].account
      if let name = old.externalID { indexes.externalAccounts[name] = nil }
      tables.accounts[Int(row)].account = account
      if !account.permitsSame(as: old) { tell(.limitsChanged, of: row, at: now) }
    } else {
      tables.accounts.append(AccountRecord(account: account))
      index(account: UInt32(tables.accounts.count - 1))
    }
    if let name = account.externalID { indexes.externalAccounts[name] = indexes.accounts[account.id] }
  }

  mutating func index(account row: UInt32) {
    let account = tables.accounts[Int(row)].account
    indexes.accounts[account.id] = row
    if let name = account.externalID { indexes.externalAccounts[name] = row }
    indexes.byAccount.append(Indexes.AccountRows())
  }

  mutating func apply(_ user: User) {
    if let old = tables.users[user.id] { indexes.userEmails[old.email] = nil }
    tables.users[user.id] = user
    indexes.userEmails[user.email] = user.id
  }

  mutating func remove(_ id: User.ID) {
    if let old = tables.users.removeValue(forKey: id) { indexes.userEmails[old.email] = nil }
  }

  mutating func apply(_ key: APIKey) {
    tables.keys[key.id] = key
    indexes.keyDigests[key.digest] = key.id
  }

  mutating func remove(_ id: APIKey.ID) {
    if let old = tables.keys.removeValue(forKey: id) { indexes.keyDigests[old.digest] = nil }
  }

  mutating func applyLimits(system: Int, account: Int, at now: Timestamp) throws(StoreError) {
    guard system >= 0, account >= 0 else { throw .misfit("limit") }
    tables.systemLimit = system
    tables.defaultAccountLimit = account
    for row in tables.accounts.indices { tell(.limitsChanged, of: UInt32(row), at: now) }
  }
}
