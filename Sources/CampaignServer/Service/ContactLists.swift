import CampaignKit

/// A person who is to be put on a list.
struct ListedPerson: Sendable {
  /// The number, as it was written.
  var phone: String
  /// What is known of the person.
  var person: Person
  /// What somebody wrote about them.
  var notes: String?
}

/// What became of people who were to be put on a list.
struct ListedPeople: Sendable {
  /// How many there were.
  var total = 0
  /// How many were put on it.
  var added = 0
  /// The first of those that were not, counted from 1, and why.
  var refused: [(row: Int, reason: String)] = []

  /// How many of those that were not are told.
  static let mostRefused = 1000
}

extension CampaignService {
  /// Puts people on a list, and makes the contacts that are missing. Somebody who is on it stays where they are.
  ///
  /// - Parameters:
  ///   - list: The list.
  ///   - account: The account that it belongs to.
  ///   - next: Gives the next person, the reason why there is none in a row, or nil at the end.
  /// - Returns: What became of them.
  /// - Throws: What `next` throws, and a ``StoreError`` where the store takes nothing.
  func fill(
    _ list: ContactList.ID, of account: Account.ID, _ next: () throws -> Result<ListedPerson, Refusal>?
  ) async throws -> ListedPeople {
    var people = ListedPeople()
    var contacts: [Contact] = []
    let now = await now()
    while let entry = try next() {
      people.total += 1
      do throws(Refusal) {
        contacts.append(try contact(of: try entry.get(), in: account, at: now))
      } catch {
        if people.refused.count < ListedPeople.mostRefused { people.refused.append((people.total, error.message)) }
      }
      guard contacts.count == 4096 else { continue }
      people.added += try await put(contacts, on: list, of: account)
      contacts.removeAll(keepingCapacity: true)
    }
    if !contacts.isEmpty { people.added += try await put(contacts, on: list, of: account) }
    return people
  }

  private func contact(
    of listed: ListedPerson, in account: Account.ID, at now: Timestamp
  ) throws(Refusal) -> Contact {
    let lead = try lead(calling: listed.phone, field: "phone")
    var contact = Contact(id: identifiers.next(at: now), account: account, number: lead.number, createdAt: now)
    contact.phoneExtension = lead.phoneExtension
    contact.person = listed.person
    contact.notes = listed.notes
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
    var request = PageRequest(limit: 1000)
    var added = 0
    while true {
      let page = try await storage.contacts(query, page: request)
      let leads = page.elements.map { NewLead($0) }
      if !leads.isEmpty {
        added += try await storage.insert(leads, into: campaign.id, options: LeadInsertion()).inserted
      }
      guard let next = page.next else { return added }
      request.start = .cursor(next)
    }
  }
}

/// The people in a CSV file with a header that names a column of telephone numbers.
struct PeopleFile {
  private var file: CSVFile
  private let mapping: FieldMapping

  /// Opens a file and reads its header.
  ///
  /// - Throws: A ``Refusal`` for a file without a column of telephone numbers.
  init(at path: String) throws {
    file = try CSVFile(at: path)
    guard try file.advance() else { throw Refusal.invalid("file", "has no row") }
    do throws(ImportError) { mapping = try FieldMapping(header: file.reader.fields) } catch { throw Refusal(error) }
  }

  /// The next person; a failure for a row without a number, nil at the end.
  mutating func next() throws -> Result<ListedPerson, Refusal>? {
    guard try file.advance() else { return nil }
    return person
  }

  /// The person in the row that was read last.
  private var person: Result<ListedPerson, Refusal> {
    guard let phone = mapping.phones.compactMap({ cell($0) }).first else {
      return .failure(.invalid("phone", "is missing"))
    }
    func text(_ field: LeadField) -> String? {
      mapping.columns.firstIndex { $0.field == field }.flatMap { cell($0) }
    }
    let person = Person(
      firstName: text(.firstName) ?? text(.name), lastName: text(.lastName), email: text(.email),
      company: text(.company), country: text(.country))
    return .success(ListedPerson(phone: phone, person: person, notes: text(.notes)))
  }

  private func cell(_ place: Int) -> String? {
    let text = file.reader.text(at: place).trimmingPrefix(while: \.isWhitespace)
    return text.isEmpty ? nil : String(text)
  }

  func close() { file.close() }
}
