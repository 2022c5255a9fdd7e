import CampaignKit

extension PlainState {
  mutating func insert(_ account: Account) throws(StoreError) {
    guard !accounts.contains(where: { $0.id == account.id || isSameName($0, account) }) else {
      throw StoreError(.duplicate, "there is an account of that name")
    }
    accounts.append(account)
  }

  mutating func update(_ account: Account) throws(StoreError) -> Account {
    let index = try index(of: account.id)
    let old = accounts[index]
    guard old.revision == account.revision else { throw .changed("account") }
    guard !accounts.contains(where: { $0.id != account.id && isSameName($0, account) }) else {
      throw StoreError(.duplicate, "there is an account of that name")
    }
    var new = account
    new.createdAt = old.createdAt
    new.updatedAt = now
    new.revision = old.revision + 1
    accounts[index] = new
    if !new.permitsSame(as: old) { tell(new.id, .limitsChanged) }
    return new
  }

  private func isSameName(_ left: Account, _ right: Account) -> Bool {
    left.externalID != nil && left.externalID == right.externalID
  }

  mutating func insert(_ user: User) throws(StoreError) {
    _ = try index(of: user.account)
    var new = user
    new.email = user.email.lowercased()
    guard !users.contains(where: { $0.id == new.id || $0.email == new.email }) else {
      throw StoreError(.duplicate, "there is a user with that address")
    }
    users.append(new)
  }

  mutating func update(_ user: User) throws(StoreError) -> User {
    guard let index = users.firstIndex(where: { $0.id == user.id && $0.account == user.account }) else {
      throw .missing("user")
    }
    let old = users[index]
    guard old.revision == user.revision else { throw .changed("user") }
    var new = user
    new.email = user.email.lowercased()
    guard !users.contains(where: { $0.id != new.id && $0.email == new.email }) else {
      throw StoreError(.duplicate, "there is a user with that address")
    }
    new.createdAt = old.createdAt
    new.updatedAt = now
    new.revision = old.revision + 1
    users[index] = new
    return new
  }

  mutating func delete(_ user: User.ID, of account: Account.ID) throws(StoreError) {
    guard users.contains(where: { $0.id == user && $0.account == account }) else { throw .missing("user") }
    users.removeAll { $0.id == user }
  }

  mutating func insert(_ key: APIKey) throws(StoreError) {
    _ = try index(of: key.account)
    guard !keys.contains(where: { $0.id == key.id || $0.digest == key.digest }) else {
      throw StoreError(.duplicate, "there is such a key")
    }
    keys.append(key)
  }

  mutating func delete(_ key: APIKey.ID, of account: Account.ID) throws(StoreError) {
    guard keys.contains(where: { $0.id == key && $0.account == account }) else { throw .missing("key") }
    keys.removeAll { $0.id == key }
  }
}

extension StoreError {
  static func changed(_ what: String) -> StoreError {
    StoreError(.conflict, "the \(what) was changed meanwhile; read it again")
  }
}
