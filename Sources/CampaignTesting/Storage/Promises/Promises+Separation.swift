import CampaignKit

extension StorageConformance {
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
      try await bench.equal(
        store.quarters(of: .account(other.id), from: nil, until: nil), [], "another account's hours")
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
