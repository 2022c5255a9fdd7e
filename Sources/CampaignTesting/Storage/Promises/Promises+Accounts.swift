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

  static let separation: [Promise] = [
    Promise("nothing of one account is visible to another") { bench in
      let one = try await bench.addAccount()
      let other = try await bench.addAccount()
      let (campaign, lease, leads) = try await bench.activeCampaign(in: one, leads: 0..<3)
      let call = try await bench.claimOne(lease)
      let agent = try await bench.addAgent(in: one)
      let contact = try await bench.addContact(50, in: one)
      let list = ContactList(id: try await bench.newID(), account: one.id, name: "List", createdAt: try await bench.now)
      try await bench.store.insert(list)
      _ = try await bench.suppress(.number(try bench.number(60)), of: one)
      let store = bench.store

      try await bench.equal(store.contact(contact.id, of: other.id), nil, "another account's contact")
      try await bench.equal(store.contact(number: contact.number, of: other.id), nil, "another account's contact")
      try await bench.equal(store.agent(agent.id, of: other.id), nil, "another account's agent")
      try await bench.equal(store.list(list.id, of: other.id), nil, "another account's list")
      try await bench.equal(store.lists(of: other.id), [], "another account's lists")
      try await bench.equal(store.keys(of: other.id), [], "another account's keys")
      try await bench.equal(store.users(of: other.id), [], "another account's users")
      try await bench.equal(store.campaignCounts(of: other.id), [:], "another account's counts")
      try await bench.equal(store.lastEvent(of: other.id), 0, "another account's events")
      try await bench.equal(store.total(of: .account(other.id)), Rollup(), "another account's roll-up")
      try await bench.equal(store.hours(of: .account(other.id), from: nil, until: nil), [], "another account's hours")
      try await bench.equal(
        store.suppression(of: bench.number(60), for: other.id), nil, "another account's do-not-call entry")
      try await bench.equal(store.slots(of: other.id).accountActive, 0, "the slots of the other account")
      let page = PageRequest(countsTotal: true)
      try await bench.equal(
        store.campaigns(CampaignQuery(account: other.id), page: page).elements, [], "another account's campaigns")
      try await bench.equal(
        store.leads(LeadQuery(.account(other.id)), page: page).elements, [], "another account's leads")
      try await bench.equal(
        store.calls(CallQuery(account: other.id), page: page).elements, [], "another account's calls")
      try await bench.equal(
        store.calls(CallQuery(account: other.id, campaign: campaign.id), page: page).elements, [],
        "another account's calls of a campaign")
      try await bench.equal(
        store.calls(CallQuery(account: other.id, lead: leads[0]), page: page).elements, [],
        "another account's calls to a lead")
      try await bench.equal(
        store.contacts(ContactQuery(account: other.id), page: page).elements, [], "another account's contacts")
      try await bench.equal(
        store.contacts(ContactQuery(account: other.id, list: list.id), page: page).elements, [],
        "the contacts on another account's list")
      try await bench.equal(
        store.agents(AgentQuery(account: other.id), page: page).elements, [], "another account's agents")
      try await bench.equal(store.suppressions(of: other.id, page: page).elements, [], "another account's entries")
      try await bench.finish(call.call)
    },
    Promise("nothing of one account can be changed by another") { bench in
      let one = try await bench.addAccount()
      let other = try await bench.addAccount()
      let agent = try await bench.addAgent(in: one)
      let contact = try await bench.addContact(50, in: one)
      let foreign = try await bench.addContact(51, in: other)
      let campaign = try await bench.addCampaign(in: one)
      let list = ContactList(id: try await bench.newID(), account: one.id, name: "List", createdAt: try await bench.now)
      try await bench.store.insert(list)
      _ = try await bench.suppress(.number(try bench.number(60)), of: one)
      let user = User(
        id: try await bench.newID(), account: one.id, email: "a@example.com", role: .admin,
        createdAt: try await bench.now)
      try await bench.store.insert(user)
      let key = APIKey(
        id: try await bench.newID(), account: one.id, name: "Key", digest: "d", hint: "h", role: .admin,
        createdAt: try await bench.now)
      try await bench.store.insert(key)
      let store = bench.store

      var copy = agent
      copy.account = other.id
      try await bench.fails(.notFound, "a change of another account's agent") { [copy] in try await store.update(copy) }
      try await bench.fails(.notFound, "a new status of another account's agent") {
        try await store.setStatus(.busy, of: agent.id, in: other.id)
      }
      try await bench.fails(.notFound, "removing another account's agent") {
        try await store.delete(agent.id, of: other.id)
      }
      var person = contact
      person.account = other.id
      try await bench.fails(.notFound, "a change of another account's contact") { [person] in
        try await store.update(person)
      }
      try await bench.fails(.notFound, "removing another account's contact") {
        try await store.delete(contact.id, of: other.id)
      }
      try await bench.fails(.notFound, "putting a contact on another account's list") {
        try await store.add([foreign.id], to: list.id, of: other.id)
      }
      try await bench.fails(.notFound, "putting another account's contact on a list") {
        try await store.add([contact.id, foreign.id], to: list.id, of: one.id)
      }
      try await bench.equal(store.list(list.id, of: one.id)?.count, 0, "the contacts on the list")
      try await bench.fails(.notFound, "removing another account's list") {
        try await store.delete(list.id, of: other.id)
      }
      try await bench.fails(.notFound, "removing another account's user") {
        try await store.delete(user.id, of: other.id)
      }
      try await bench.fails(.notFound, "removing another account's key") {
        try await store.delete(key.id, of: other.id)
      }
      try await bench.equal(
        store.unsuppress([.number(bench.number(60))], of: other.id), 0, "the entries of another account that go")
      var moved = campaign
      moved.account = other.id
      try await bench.fails(.notFound, "a change of another account's campaign") { [moved] in
        try await store.update(moved)
      }
      try await bench.equal(store.agent(agent.id, of: one.id), agent, "the agent")
      try await bench.equal(store.contact(contact.id, of: one.id), contact, "the contact")
      try await bench.equal(store.campaign(campaign.id), campaign, "the campaign")
      try await bench.equal(store.user(user.id), user, "the user")
      try await bench.equal(store.key(digest: "d"), key, "the key")
    },
    Promise("accounts may have the same numbers, and call them at the same time") { bench in
      let one = try await bench.addAccount()
      let other = try await bench.addAccount()
      let first = try await bench.activeCampaign(in: one, leads: 0..<2)
      let second = try await bench.activeCampaign(in: other, leads: 0..<2)
      try await bench.expectStop(bench.claim(first.lease, 2), .satisfied, calls: 2, "of the first account")
      try await bench.expectStop(bench.claim(second.lease, 2), .satisfied, calls: 2, "of the second account")
      try await bench.expect(
        bench.lead(first.leads[0]).contact != bench.lead(second.leads[0]).contact, "contacts belong to one account")
    },
  ]
}
