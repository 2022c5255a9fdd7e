import JSON

extension StoreState {
  func contactHash(_ account: UInt32, _ number: UInt64) -> UInt64 { RowIndex.hash(number, UInt64(account)) }

  static func hash(_ id: RawID) -> UInt64 { RowIndex.hash(id.high, UInt64(id.low)) }

  func contactRow(_ id: Contact.ID) -> UInt32? {
    let raw = RawID(id)
    return indexes.contacts.find(Self.hash(raw)) { tables.contacts[$0].id == raw }
  }

  func contactRow(_ id: Contact.ID, of account: Account.ID) -> UInt32? {
    guard let owner = indexes.accounts[account], let row = contactRow(id), tables.contacts[row].account == owner
    else { return nil }
    return row
  }

  /// The contact that has this main number.
  @inline(__always)
  func contactRow(number: UInt64, of account: UInt32) -> UInt32? {
    indexes.contactNumbers.find(contactHash(account, number)) {
      tables.contacts[$0].number == number && tables.contacts[$0].account == account
    }
  }

  // MARK: Deciding

  mutating func insert(_ contact: Contact, at now: Timestamp) throws(StoreError) {
    let account = try accountRow(contact.account)
    guard contactRow(contact.id) == nil, contactRow(number: contact.number.digits, of: account) == nil else {
      throw StoreError(.duplicate, "the account has a contact with that name or number already")
    }
    try commit(.contact(contact), at: now)
  }

  mutating func update(_ contact: Contact, at now: Timestamp) throws(StoreError) -> Contact {
    guard let row = contactRow(contact.id, of: contact.account) else {
      throw StoreError(.notFound, "there is no contact \(contact.id)")
    }
    let account = tables.contacts[row].account
    if let other = contactRow(number: contact.number.digits, of: account), other != row {
      throw StoreError(.duplicate, "another contact of the account has that number")
    }
    var changed = contact
    changed.createdAt = Timestamp(milliseconds: tables.contacts[row].createdAt)
    changed.updatedAt = now
    try commit(.contact(changed), at: now)
    return changed
  }

  mutating func delete(_ contact: Contact.ID, of account: Account.ID, at now: Timestamp) throws(StoreError) {
    guard let row = contactRow(contact, of: account) else {
      throw StoreError(.notFound, "there is no contact \(contact)")
    }
    guard tables.contacts[row].newestLead == noRow else {
      throw StoreError(.notPermitted, "a campaign has a lead of the contact; remove the lead or the campaign first")
    }
    try commit(.contactDeleted(row), at: now)
  }

  mutating func insert(_ list: ContactList, at now: Timestamp) throws(StoreError) {
    _ = try accountRow(list.account)
    guard indexes.lists[list.id] == nil else { throw StoreError(.duplicate, "there is a list \(list.id) already") }
    try commit(.list(list), at: now)
  }

  func listRow(_ id: ContactList.ID, of account: Account.ID) throws(StoreError) -> UInt32 {
    guard let row = indexes.lists[id], tables.lists[Int(row)].list.account == account else {
      throw StoreError(.notFound, "there is no list \(id)")
    }
    return row
  }

  mutating func add(
    _ contacts: [Contact.ID], to list: ContactList.ID, of account: Account.ID, at now: Timestamp
  ) throws(StoreError) -> Int {
    let row = try listRow(list, of: account)
    var present = Set(tables.lists[Int(row)].members)
    var added: [UInt32] = []
    for contact in contacts {
      guard let contact = contactRow(contact, of: account) else {
        throw StoreError(.notFound, "there is no contact \(contact); none was added")
      }
      if present.insert(contact).inserted { added.append(contact) }
    }
    if !added.isEmpty { try commit(.listed(list: row, contacts: added), at: now) }
    return added.count
  }

  mutating func delete(_ list: ContactList.ID, of account: Account.ID, at now: Timestamp) throws(StoreError) {
    try commit(.listDeleted(try listRow(list, of: account)), at: now)
  }

  // MARK: Applying

  mutating func apply(_ contact: Contact, at now: Timestamp) throws(StoreError) {
    guard let account = indexes.accounts[contact.account] else { throw .misfit("account") }
    var writer = ByteWriter()
    ContactPayload(contact).write(to: &writer)
    if let row = contactRow(contact.id) {
      try keepPersonOfLeads(ofContact: row, ifDifferentFrom: contact.person)
      unindexNumbers(ofContact: row)
      let chunk = Int(row >> Rows<ContactRow>.chunkBits)
      tables.contacts[row].payload = tables.contactPayloads[chunk].replace(
        tables.contacts[row].payload, with: writer.bytes)
      tables.contacts[row].number = contact.number.digits
      tables.contacts[row].updatedAt = contact.updatedAt.milliseconds
      tables.contacts[row].hasFurtherNumbers = !contact.furtherNumbers.isEmpty
      indexNumbers(ofContact: row, further: contact.furtherNumbers)
      compactContacts(chunk)
    } else {
      writer.bytes.withUnsafeBytes { payload in
        let row = addContact(
          RawID(contact.id), account: account, number: contact.number.digits, createdAt: contact.createdAt,
          updatedAt: contact.updatedAt, further: contact.furtherNumbers, payload: payload)
        index(contact: row)
      }
    }
  }

  /// Adds the row of a contact that can be found by its numbers; the caller knows that it is new, and indexes it by
  /// its name.
  @inline(__always)
  mutating func addContact(
    _ id: RawID, account: UInt32, number: UInt64, createdAt: Timestamp, updatedAt: Timestamp,
    further: [Contact.Number], payload: UnsafeRawBufferPointer
  ) -> UInt32 {
    let row = appendContact(
      ContactRow(
        number: number, createdAt: createdAt.milliseconds, updatedAt: updatedAt.milliseconds, id: id,
        account: account, payload: PayloadRef(), newestLead: noRow, newestCall: noRow, isDeleted: false,
        hasFurtherNumbers: !further.isEmpty), payload: payload)
    indexNumbers(ofContact: row, further: further)
    return row
  }

  @inline(__always)
  mutating func appendContact(_ contact: ContactRow, payload: UnsafeRawBufferPointer?) -> UInt32 {
    var contact = contact
    let chunk = tables.contacts.count >> Int(Rows<ContactRow>.chunkBits)
    if chunk == tables.contactPayloads.count {
      var payload = Payload()
      if chunk > 0 {
        tables.contactPayloads[chunk - 1].trim()
        payload.reserve(like: tables.contactPayloads[chunk - 1])
      }
      tables.contactPayloads.append(payload)
    }
    if let payload { contact.payload = tables.contactPayloads[chunk].add(payload) }
    return tables.contacts.append(contact)
  }

  /// Puts a contact into the indexes by name and account.
  @inline(__always)
  mutating func index(contact row: UInt32) {
    indexes.contacts.insert(Self.hash(tables.contacts[row].id), row)
    indexes.byAccount[Int(tables.contacts[row].account)].contacts.append(row)
  }

  @inline(__always)
  mutating func indexNumbers(ofContact row: UInt32, further: [Contact.Number]) {
    indexes.contactNumbers.insert(contactHash(tables.contacts[row].account, tables.contacts[row].number), row)
    takeNumber(ofContact: row)
    indexFurtherNumbers(ofContact: row, further)
  }

  @inline(__always)
  mutating func indexFurtherNumbers(ofContact row: UInt32, _ numbers: [Contact.Number]) {
    for number in numbers { indexes.furtherNumbers[number.number.digits, default: []].append(row) }
  }

  private mutating func unindexNumbers(ofContact row: UInt32) {
    let stored = tables.contacts[row]
    loseNumber(ofContact: row)
    indexes.contactNumbers.remove(contactHash(stored.account, stored.number), row)
    for number in (try? tables.furtherNumbers(ofContact: row)) ?? [] {
      indexes.furtherNumbers[number.number.digits]?.removeAll { $0 == row }
    }
  }

  private mutating func compactContacts(_ chunk: Int) {
    guard tables.contactPayloads[chunk].isWasteful else { return }
    let first = UInt32(chunk << Int(Rows<ContactRow>.chunkBits))
    let last = min(first + UInt32(Rows<ContactRow>.chunkSize), UInt32(tables.contacts.count))
    var references = (first..<last).map { tables.contacts[$0].payload }
    tables.contactPayloads[chunk].compact(&references)
    for (row, reference) in zip(first..<last, references) { tables.contacts[row].payload = reference }
  }

  mutating func applyDeletion(ofContact row: UInt32) throws(StoreError) {
    guard tables.contacts.contains(row), !tables.contacts[row].isDeleted else { throw .misfit("contact") }
    let stored = tables.contacts[row]
    unindexNumbers(ofContact: row)
    indexes.contacts.remove(Self.hash(stored.id), row)
    indexes.byAccount[Int(stored.account)].contacts.removeSorted(row)
    let chunk = Int(row >> Rows<ContactRow>.chunkBits)
    tables.contactPayloads[chunk].drop(stored.payload)
    tables.contacts[row].payload = PayloadRef()
    tables.contacts[row].hasFurtherNumbers = false
    tables.contacts[row].isDeleted = true
    for list in indexes.byAccount[Int(stored.account)].lists.map(Int.init) {
      tables.lists[list].members.removeAll { $0 == row }
      tables.lists[list].list.count = tables.lists[list].members.count
    }
    compactContacts(chunk)
  }

  mutating func apply(_ list: ContactList) throws(StoreError) {
    guard let account = indexes.accounts[list.account] else { throw .misfit("account") }
    var empty = list
    empty.count = 0
    tables.lists.append(ListRecord(list: empty, account: account))
    index(list: UInt32(tables.lists.count - 1))
  }

  mutating func index(list row: UInt32) {
    let record = tables.lists[Int(row)]
    indexes.lists[record.list.id] = row
    indexes.byAccount[Int(record.account)].lists.append(row)
  }

  mutating func applyListing(_ contacts: [UInt32], on row: UInt32) throws(StoreError) {
    guard row < tables.lists.count, !tables.lists[Int(row)].isDeleted else { throw .misfit("list") }
    guard contacts.allSatisfy({ tables.contacts.contains($0) && !tables.contacts[$0].isDeleted }) else {
      throw .misfit("contact")
    }
    tables.lists[Int(row)].members += contacts
    tables.lists[Int(row)].list.count = tables.lists[Int(row)].members.count
  }

  mutating func applyDeletion(ofList row: UInt32) throws(StoreError) {
    guard row < tables.lists.count, !tables.lists[Int(row)].isDeleted else { throw .misfit("list") }
    tables.lists[Int(row)].isDeleted = true
    tables.lists[Int(row)].members = []
    indexes.lists[tables.lists[Int(row)].list.id] = nil
    indexes.byAccount[Int(tables.lists[Int(row)].account)].lists.removeSorted(row)
  }
}
