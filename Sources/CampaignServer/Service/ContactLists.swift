import CampaignKit

/// What became of people who were to be put on a list.
struct ListedPeople: Sendable {
  /// How many there were.
  var total = 0
  /// How many were put on it.
  var added = 0
  /// The first of those that were not, counted from 1, and why.
  var refused: [(row: Int, reason: String)] = []

  /// How many of those that were not are told.
  private static let mostRefused = 1000

  /// Counts the one that was read last among those that were not.
  mutating func refuse(_ reason: String) {
    if refused.count < Self.mostRefused { refused.append((total, reason)) }
  }
}

extension CampaignService {
  /// Puts people on a list, and makes the contacts that are missing. Somebody who is on it stays where they are. The
  /// numbers of rows that are marked so go on the do-not-call list of the account, whatever else becomes of them.
  ///
  /// - Parameters:
  ///   - list: The list.
  ///   - next: Gives what the next row says, or nil at the end.
  /// - Returns: What became of them.
  /// - Throws: What `next` throws, and a ``StoreError`` where the store takes nothing.
  func fill(_ list: ContactList, _ next: () throws -> LeadFile.Row?) async throws -> ListedPeople {
    var people = ListedPeople()
    var contacts: [Contact] = []
    var marked: [PhoneNumber] = []
    let now = await now()
    while let row = try next() {
      people.total += 1
      switch row {
      case .lead(let lead): contacts.append(contact(lead, of: list.account, at: now))
      case .doNotCall(let numbers, let unread):
        marked += numbers
        people.refuse(
          "the row says that the person is not to be called; its numbers are on the do-not-call list" + unread)
      case .refused(let row, let numbers):
        marked += numbers
        people.refuse(row.reason)
      }
      guard contacts.count + marked.count >= 4096 else { continue }
      try await suppress(&marked, markedIn: list)
      people.added += try await put(contacts, on: list.id, of: list.account)
      contacts.removeAll(keepingCapacity: true)
    }
    try await suppress(&marked, markedIn: list)
    if !contacts.isEmpty { people.added += try await put(contacts, on: list.id, of: list.account) }
    return people
  }

  private func suppress(_ numbers: inout [PhoneNumber], markedIn list: ContactList) async throws {
    guard !numbers.isEmpty else { return }
    let now = await now()
    let entries = numbers.map {
      Suppression(
        .number($0), account: list.account, source: "list \(list.name)", reason: "marked in the file", addedAt: now)
    }
    _ = try await storage.suppress(entries, where: .stayIfTheyHoldAsLong)
    numbers.removeAll(keepingCapacity: true)
  }

  private func contact(_ lead: NewLead, of account: Account.ID, at now: Timestamp) -> Contact {
    var contact = Contact(id: identifiers.next(at: now), account: account, number: lead.number, createdAt: now)
    contact.phoneExtension = lead.phoneExtension
    contact.furtherNumbers = lead.furtherNumbers
    contact.person = lead.person
    contact.notes = lead.notes
    contact.fields = lead.fields
    return contact
  }

  private func put(_ contacts: [Contact], on list: ContactList.ID, of account: Account.ID) async throws -> Int {
    // Of several with one number the first counts, whichever is stored first.
    var numbers: Set<PhoneNumber> = []
    let contacts = contacts.filter { numbers.insert($0.number).inserted }
    // Changes that are made at the same time share one write.
    let known = try await withThrowingTaskGroup(of: (Int, Contact.ID).self) { group in
      for (place, contact) in contacts.enumerated() {
        group.addTask { (place, try await self.known(contact)) }
      }
      var ids = contacts.map(\.id)
      for try await (place, id) in group { ids[place] = id }
      return ids
    }
    return try await storage.add(known, to: list, of: account)
  }

  /// The contact with the number of this one, which is stored where there was none.
  private func known(_ contact: Contact) async throws -> Contact.ID {
    if let known = try await storage.contact(number: contact.number, of: contact.account) { return known.id }
    do throws(StoreError) {
      try await storage.insert(contact)
      return contact.id
    } catch {
      guard error.code == .duplicate,
        let known = try await storage.contact(number: contact.number, of: contact.account)
      else { throw error }
      return known.id
    }
  }

  /// Adds everybody who is on a list to a campaign, a page at a time.
  ///
  /// - Returns: How many leads were added.
  func add(everybodyOn list: ContactList.ID, to campaign: Campaign) async throws -> Int {
    let query = ContactQuery(account: campaign.account, list: list)
    var added = 0
    try await Page.forEach {
      try await storage.contacts(query, page: $0)
    } do: { contacts in
      guard !contacts.isEmpty else { return }
      let leads = contacts.map { NewLead($0) }
      added += try await storage.insert(leads, into: campaign.id, options: LeadInsertion()).inserted
    }
    return added
  }
}
