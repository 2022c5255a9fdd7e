import CampaignKit

extension StorageConformance {
  static let accounts: [Promise] = [
    Promise("an account is found by its name and by its external name") { bench in
      let account = try await bench.addAccount { $0.externalID = "tenant-1" }
      try await bench.equal(bench.store.account(account.id), account, "the account")
      try await bench.equal(bench.store.account(externalID: "tenant-1")?.id, account.id, "the account")
      try await bench.equal(bench.store.account(externalID: "tenant-2"), nil, "an unknown account")
      try await bench.equal(bench.store.account(bench.newID()), nil, "an unknown account")
    },
    Promise("the names of accounts are unique") { bench in
      let account = try await bench.addAccount { $0.externalID = "tenant-1" }
      try await bench.fails(.duplicate, "a second account of that name") { try await bench.store.insert(account) }
      try await bench.fails(.duplicate, "a second external name") {
        try await bench.addAccount { $0.externalID = "tenant-1" }
      }
      var other = try await bench.addAccount { $0.externalID = "tenant-2" }
      other.externalID = "tenant-1"
      try await bench.fails(.duplicate, "a change to a name that is taken") { try await bench.store.update(other) }
      try await bench.equal(bench.store.accounts(PageRequest(countsTotal: true)).total, 2, "the accounts")
    },
    Promise("an account is changed from its current revision only") { bench in
      let old = try await bench.addAccount()
      var changed = old
      changed.name = "New"
      try await bench.advance(1)
      let new = try await bench.store.update(changed)
      try bench.equal(new.revision, old.revision + 1, "the revision")
      try bench.equal(new.name, "New", "the name")
      try await bench.equal(new.updatedAt, bench.now, "the time of the change")
      try await bench.equal(bench.store.account(old.id), new, "the account")
      try await bench.fails(.conflict, "a change from an old revision") { try await bench.store.update(changed) }
      var unknown = old
      unknown.id = try await bench.newID()
      try await bench.fails(.notFound, "a change of an unknown account") { try await bench.store.update(unknown) }
    },
    Promise("users sign in with an address that is unique, whatever its case") { bench in
      let account = try await bench.addAccount()
      let now = try await bench.now
      let user = User(
        id: try await bench.newID(), account: account.id, email: "Ann@Example.com", role: .admin, createdAt: now)
      try await bench.store.insert(user)
      try await bench.equal(bench.store.user(user.id), user, "the user")
      try await bench.equal(bench.store.user(email: "ANN@example.COM"), user, "the user with that address")
      try await bench.equal(bench.store.users(of: account.id), [user], "the users of the account")
      try await bench.fails(.duplicate, "a second user of that name") { try await bench.store.insert(user) }
      var second = User(
        id: try await bench.newID(), account: account.id, email: "ann@example.com", role: .agent, createdAt: now)
      try await bench.fails(.duplicate, "a second user with that address") { try await bench.store.insert(second) }
      second.email = "bob@example.com"
      try await bench.store.insert(second)
      second.email = "ann@example.com"
      try await bench.fails(.duplicate, "a change to an address that is taken") {
        try await bench.store.update(second)
      }
      second.email = "carol@example.com"
      let changed = try await bench.store.update(second)
      try bench.equal(changed.revision, 1, "the revision")
      try await bench.fails(.conflict, "a change from an old revision") { try await bench.store.update(second) }
      try await bench.equal(bench.store.user(email: "bob@example.com"), nil, "the user with the old address")
      let stray = User(
        id: try await bench.newID(), account: try await bench.newID(), email: "d@example.com", role: .agent,
        createdAt: now)
      try await bench.fails(.notFound, "a user of an unknown account") { try await bench.store.insert(stray) }
      try await bench.fails(.notFound, "a change of an unknown user") { try await bench.store.update(stray) }
      try await bench.store.delete(user.id, of: account.id)
      try await bench.equal(bench.store.user(user.id), nil, "a user that was removed")
      try await bench.equal(bench.store.users(of: account.id).map(\.id), [second.id], "the users of the account")
    },
    Promise("keys open an account until they are removed") { bench in
      let account = try await bench.addAccount()
      let now = try await bench.now
      func key(_ digest: String, of account: Account.ID) async throws -> APIKey {
        APIKey(
          id: try await bench.newID(), account: account, name: "Key", digest: digest, hint: "ck_", role: .manager,
          createdAt: now, expiresAt: now)
      }
      let first = try await key("d1", of: account.id)
      let second = try await key("d2", of: account.id)
      try await bench.store.insert(first)
      try await bench.store.insert(second)
      try await bench.equal(bench.store.key(digest: "d1"), first, "a key, expired or not,")
      try await bench.equal(bench.store.keys(of: account.id), [first, second], "the keys of the account")
      try await bench.fails(.duplicate, "a second key of that name") { try await bench.store.insert(first) }
      let third = try await key("d1", of: account.id)
      try await bench.fails(.duplicate, "a second key of that digest") { try await bench.store.insert(third) }
      let stray = try await key("d4", of: bench.newID())
      try await bench.fails(.notFound, "a key of an unknown account") { try await bench.store.insert(stray) }
      try await bench.store.delete(first.id, of: account.id)
      try await bench.equal(bench.store.key(digest: "d1"), nil, "a key that was removed")
      try await bench.equal(bench.store.keys(of: account.id), [second], "the keys of the account")
    },
    Promise("accounts are listed in the order in which they were created") { bench in
      var made: [Account.ID] = []
      for _ in 0..<7 { made.append(try await bench.addAccount().id) }
      let listed = try await bench.everything("accounts", limit: 3) { try await bench.store.accounts($0) }
      try bench.equal(listed.map(\.id), made, "the accounts")
    },
  ]
}
