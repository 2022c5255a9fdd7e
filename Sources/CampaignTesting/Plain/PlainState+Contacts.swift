import CampaignKit

extension PlainState {
  mutating func insert(_ contact: Contact) throws(StoreError) {
    _ = try index(of: contact.account)
    guard
      !contacts.contains(where: {
        $0.id == contact.id || $0.account == contact.account && $0.number == contact.number
      })
    else { throw StoreError(.duplicate, "there is a contact with that number") }
    try checkNumbers(contact.furtherNumbers)
    contacts.append(contact)
  }

  /// Refuses more further numbers than a contact may have.
  func checkNumbers(_ further: [Contact.Number]) throws(StoreError) {
    guard further.count <= Contact.maximumFurtherNumbers else {
      throw StoreError(.invalid, "there are too many furtherNumbers")
    }
  }

  mutating func update(_ contact: Contact) throws(StoreError) -> Contact {
    let index = try index(of: contact.id, in: contact.account)
    guard
      !contacts.contains(where: {
        $0.id != contact.id && $0.account == contact.account && $0.number == contact.number
      })
    else { throw StoreError(.duplicate, "there is a contact with that number") }
    try checkNumbers(contact.furtherNumbers)
    var new = contact
    new.createdAt = contacts[index].createdAt
    new.updatedAt = now
    contacts[index] = new
    for lead in leads.indices where leads[lead].contact == new.id && leads[lead].status == .waiting {
      setNumber(leads[lead].numberIndex, of: lead)
    }
    return new
  }

  /// Sets which of its contact's numbers a lead is called on next; the main one if there is no such.
  mutating func setNumber(_ number: Int, of lead: Int) {
    guard let contact = contacts.first(where: { $0.id == leads[lead].contact }) else { return }
    leads[lead].numberIndex = contact.numbers.indices.contains(number) ? number : 0
    leads[lead].number = contact.numbers[leads[lead].numberIndex].number
  }

  mutating func delete(_ contact: Contact.ID, of account: Account.ID) throws(StoreError) {
    let index = try index(of: contact, in: account)
    guard !leads.contains(where: { $0.contact == contact }) else {
      throw StoreError(.notPermitted, "a campaign has a lead of the contact")
    }
    contacts.remove(at: index)
    for list in members.keys { members[list]?.removeAll { $0 == contact } }
  }

  mutating func insert(_ list: ContactList) throws(StoreError) {
    _ = try index(of: list.account)
    guard !lists.contains(where: { $0.id == list.id }) else { throw StoreError(.duplicate, "there is such a list") }
    lists.append(list)
  }

  func list(_ id: ContactList.ID, of account: Account.ID) -> ContactList? {
    guard var list = lists.first(where: { $0.id == id && $0.account == account }) else { return nil }
    list.count = members[id, default: []].count
    return list
  }

  mutating func add(
    _ added: [Contact.ID], to list: ContactList.ID, of account: Account.ID
  ) throws(StoreError) -> Int {
    _ = try index(of: list, in: account)
    var count = 0
    for contact in added {
      _ = try index(of: contact, in: account)
      guard !members[list, default: []].contains(contact) else { continue }
      members[list, default: []].append(contact)
      count += 1
    }
    return count
  }

  mutating func delete(_ list: ContactList.ID, of account: Account.ID) throws(StoreError) {
    lists.remove(at: try index(of: list, in: account))
    members[list] = nil
  }

  mutating func contacts(_ query: ContactQuery, page request: PageRequest) throws(StoreError) -> Page<Contact> {
    let found = contacts.filter { contact in
      contact.account == query.account
        && (query.list.map { members[$0, default: []].contains(contact.id) } ?? true)
        && matches(
          query.search, contact.person.fullName, contact.person.email, contact.number.description)
    }
    return try page(found, request, descending: query.isDescending) {
      PlainPlace(identifier: $0.id.description)
    }
  }
}
