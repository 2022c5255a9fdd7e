import CampaignKit

extension StorageConformance {
  static let contacts: [Promise] = [
    Promise("a contact is found by its name and its main number, which is unique") { bench in
      let account = try await bench.addAccount()
      let contact = try await bench.addContact(1, in: account) {
        $0.person.firstName = "Ann"
        $0.notes = "kind"
      }
      try await bench.equal(bench.store.contact(contact.id, of: account.id), contact, "the contact")
      try await bench.equal(bench.store.contact(number: bench.number(1), of: account.id), contact, "the contact")
      try await bench.equal(bench.store.contact(number: bench.number(2), of: account.id), nil, "an unknown number")
      try await bench.fails(.duplicate, "a second contact of that name") { try await bench.store.insert(contact) }
      try await bench.fails(.duplicate, "a second contact with that number") {
        try await bench.addContact(1, in: account)
      }
      var stray = contact
      stray.id = try await bench.newID()
      stray.account = try await bench.newID()
      try await bench.fails(.notFound, "a contact of no account") { try await bench.store.insert(stray) }
      var second = try await bench.addContact(2, in: account)
      second.number = try bench.number(1)
      try await bench.fails(.duplicate, "a change to a number that is taken") { try await bench.store.update(second) }
      second.number = try bench.number(3)
      _ = try await bench.store.update(second)
      try await bench.equal(bench.store.contact(number: bench.number(2), of: account.id), nil, "the old number")
      try await bench.equal(
        bench.store.contact(number: bench.number(3), of: account.id)?.id, second.id, "the new number")
      second.id = try await bench.newID()
      try await bench.fails(.notFound, "a change of an unknown contact") { try await bench.store.update(second) }
    },
    Promise("a contact has no more further numbers than a lead can name one of") { bench in
      let account = try await bench.addAccount()
      let numbers = try (0...Contact.maximumFurtherNumbers).map { Contact.Number(try bench.number(1000 + $0)) }
      var most = try await bench.addContact(1, in: account) { $0.furtherNumbers = Array(numbers.dropLast()) }
      try await bench.equal(bench.store.contact(most.id, of: account.id), most, "the contact")
      most.furtherNumbers = numbers
      try await bench.fails(.invalid, "one number more") { [most] in try await bench.store.update(most) }
      try await bench.fails(.invalid, "a new contact with one more") {
        try await bench.addContact(2, in: account) { $0.furtherNumbers = numbers }
      }
      let campaign = try await bench.addCampaign(in: account)
      var lead = NewLead(number: try bench.number(3))
      lead.furtherNumbers = numbers
      let good = NewLead(number: try bench.number(4))
      try await bench.fails(.invalid, "a new lead with one more") { [lead] in
        try await bench.store.insert([good, lead], into: campaign.id, options: LeadInsertion())
      }
      try await bench.equal(bench.store.leadCounts(of: campaign.id)?.total, 0, "the leads that were added with it")
      lead.furtherNumbers.removeLast()
      _ = try await bench.store.insert([good, lead], into: campaign.id, options: LeadInsertion())
      let contact = try await bench.store.contact(number: lead.number, of: account.id)
      try bench.equal(contact?.furtherNumbers, lead.furtherNumbers, "the numbers of the new contact")
    },
    Promise("leads that wait are called on a contact's new numbers") { bench in
      let account = try await bench.addAccount()
      let (_, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<2)
      var contact = try bench.exists(
        await bench.store.contact(number: bench.number(0), of: account.id), "the contact of a lead")
      contact.number = try bench.number(40)
      _ = try await bench.store.update(contact)
      try await bench.equal(bench.lead(leads[0]).number, bench.number(40), "the number of the lead")
      let call = try await bench.claimOne(lease)
      try bench.equal(call.lead, leads[0], "the lead")
      try bench.equal(call.number, try bench.number(40), "the number that is called")
      try await bench.finish(call.call)
    },
    Promise("a contact is deleted only when no campaign has a lead of it") { bench in
      let account = try await bench.addAccount()
      let campaign = try await bench.addCampaign(in: account)
      let leads = try await bench.addLeads(0..<1, to: campaign)
      let contact = try await bench.lead(leads[0]).contact
      try await bench.fails(.notPermitted, "deleting a contact with a lead") {
        try await bench.store.delete(contact, of: account.id)
      }
      try await bench.store.delete(leads[0])
      try await bench.store.delete(contact, of: account.id)
      try await bench.equal(bench.store.contact(contact, of: account.id), nil, "the contact")
      try await bench.equal(bench.store.contact(number: bench.number(0), of: account.id), nil, "its number")
      try await bench.fails(.notFound, "deleting it again") { try await bench.store.delete(contact, of: account.id) }
      _ = try await bench.addContact(0, in: account)
    },
    Promise("a list has each contact once, and goes without them") { bench in
      let account = try await bench.addAccount()
      let now = try await bench.now
      let list = ContactList(id: try await bench.newID(), account: account.id, name: "List", createdAt: now)
      try await bench.store.insert(list)
      try await bench.fails(.duplicate, "a second list of that name") { try await bench.store.insert(list) }
      let stray = ContactList(id: try await bench.newID(), account: try await bench.newID(), name: "L", createdAt: now)
      try await bench.fails(.notFound, "a list of no account") { try await bench.store.insert(stray) }
      var contacts: [Contact.ID] = []
      for index in 0..<5 { contacts.append(try await bench.addContact(index, in: account).id) }
      try await bench.equal(bench.store.add(Array(contacts[0..<3]), to: list.id, of: account.id), 3, "those added")
      try await bench.equal(
        bench.store.add([contacts[1], contacts[3], contacts[3]], to: list.id, of: account.id), 1, "those added")
      try await bench.fails(.notFound, "adding an unknown contact") {
        try await bench.store.add([contacts[4], bench.newID()], to: list.id, of: account.id)
      }
      try await bench.fails(.notFound, "adding to an unknown list") {
        try await bench.store.add([contacts[4]], to: bench.newID(), of: account.id)
      }
      try await bench.equal(bench.store.list(list.id, of: account.id)?.count, 4, "the contacts on the list")
      try await bench.equal(bench.store.lists(of: account.id).map(\.count), [4], "the lists")
      let query = ContactQuery(account: account.id, list: list.id)
      let listed = try await bench.everything("contacts", limit: 3) { try await bench.store.contacts(query, page: $0) }
      try bench.equal(listed.map(\.id), Array(contacts[0..<4]), "the contacts on the list")
      try await bench.store.delete(contacts[0], of: account.id)
      try await bench.equal(bench.store.list(list.id, of: account.id)?.count, 3, "those on it after one went")
      try await bench.store.delete(list.id, of: account.id)
      try await bench.equal(bench.store.list(list.id, of: account.id), nil, "the list")
      try await bench.fails(.notFound, "deleting it again") { try await bench.store.delete(list.id, of: account.id) }
      try await bench.expect(
        bench.store.contact(contacts[1], of: account.id) != nil, "a contact stays when its list goes")
    },
  ]
}
