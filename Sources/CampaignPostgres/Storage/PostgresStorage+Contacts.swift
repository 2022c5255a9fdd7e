#if PostgreSQL
  public import CampaignKit

  // What these do is said where the protocols declare them.
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  extension PostgresStorage {
    public func insert(_ contact: Contact) async throws(StoreError) {
      try await change { (session) throws(StoreError) in
        try session.lock(contact.account)
        try session.add([contact])
      }
    }

    public func contact(_ id: Contact.ID, of account: Account.ID) async throws(StoreError) -> Contact? {
      try await read { (session) throws(StoreError) in
        try session.one("SELECT doc FROM contacts WHERE id = $1 AND account = $2", id, account)
      }
    }

    public func contact(number: PhoneNumber, of account: Account.ID) async throws(StoreError) -> Contact? {
      try await read { (session) throws(StoreError) in
        try session.one("SELECT doc FROM contacts WHERE account = $1 AND number = $2", account, number)
      }
    }

    public func contacts(_ query: ContactQuery, page: PageRequest) async throws(StoreError) -> Page<Contact> {
      var listing = Listing(from: "contacts", columns: "doc", id: "id")
      listing.isDescending = query.isDescending
      listing.require("account = ?", query.account)
      if let list = query.list { listing.require("id IN (SELECT contact FROM list_members WHERE list = ?)", list) }
      listing.search(query.search, in: "search")
      return try await read(.snapshot) { [listing] (session) throws(StoreError) in
        try session.page(listing, page) { (row) throws(StoreError) in try row.document() }
      }
    }

    public func update(_ contact: Contact) async throws(StoreError) -> Contact {
      try await change { (session) throws(StoreError) in
        try session.lock(contact.account, "contact")
        guard
          let old: Contact = try session.one(
            "SELECT doc FROM contacts WHERE id = $1 AND account = $2", contact.id, contact.account)
        else { throw .missing("contact") }
        try contact.check()
        var new = contact
        new.createdAt = old.createdAt
        new.updatedAt = try session.now()
        session.write(
          "UPDATE contacts SET number = $2, search = $3, doc = $4 WHERE id = $1", new.id, new.number,
          new.searchable, try Document.text(new))
        let waiting = try session.rows(
          "SELECT id, number_index FROM leads WHERE contact = $1 AND status = 'waiting'", new.id
        ).map { (row) throws(StoreError) in (try row.id(Lead.self), try row.int()) }
        for (lead, index) in waiting {
          let index = new.numbers.indices.contains(index) ? index : 0
          session.write(
            "UPDATE leads SET number_index = $2, number = $3, search = $4 WHERE id = $1", lead, index,
            new.numbers[index].number, try session.searchable(lead, new.numbers[index].number))
        }
        return new
      }
    }

    public func delete(_ contact: Contact.ID, of account: Account.ID) async throws(StoreError) {
      try await change { (session) throws(StoreError) in
        try session.lock(account, "contact")
        guard try session.rows("SELECT FROM contacts WHERE id = $1 AND account = $2", contact, account).count > 0 else {
          throw .missing("contact")
        }
        guard try session.rows("SELECT FROM leads WHERE contact = $1 LIMIT 1", contact).count == 0 else {
          throw StoreError(.notPermitted, "a campaign has a lead of the contact; remove the lead or the campaign first")
        }
        session.write("DELETE FROM contacts WHERE id = $1", contact)
      }
    }

    public func insert(_ list: ContactList) async throws(StoreError) {
      try await change { (session) throws(StoreError) in
        try session.lock(list.account)
        try session.add(list)
      }
    }

    public func list(_ id: ContactList.ID, of account: Account.ID) async throws(StoreError) -> ContactList? {
      try await read { (session) throws(StoreError) in
        guard
          var row = try session.rows(
            "SELECT \(ContactList.columns) FROM lists WHERE id = $1 AND account = $2", id, account
          ).first
        else { return nil }
        return try ContactList(&row)
      }
    }

    public func lists(of account: Account.ID) async throws(StoreError) -> [ContactList] {
      try await read { (session) throws(StoreError) in
        try session.rows("SELECT \(ContactList.columns) FROM lists WHERE account = $1 ORDER BY id", account)
          .map { (row) throws(StoreError) in try ContactList(&row) }
      }
    }

    public func add(
      _ contacts: [Contact.ID], to list: ContactList.ID, of account: Account.ID
    ) async throws(StoreError) -> Int {
      try await change { (session) throws(StoreError) in
        try session.lock(account, "list")
        try session.demand(list, of: account)
        let known = try session.rows(
          "SELECT FROM contacts WHERE account = $1 AND id = ANY($2)", account, contacts
        ).count
        guard known == Set(contacts).count else { throw .missing("contact") }
        return try session.add(contacts, to: list)
      }
    }

    public func delete(_ list: ContactList.ID, of account: Account.ID) async throws(StoreError) {
      try await change { (session) throws(StoreError) in
        try session.lock(account, "list")
        try session.demand(list, of: account)
        session.write("DELETE FROM lists WHERE id = $1", list)
      }
    }
  }

  extension Contact {
    var searchable: String { Listing.searchable(person.fullName, person.email, number.description) }
  }

  extension ContactList {
    fileprivate static let columns =
      "id, account, name, created_at, (SELECT count(*) FROM list_members WHERE list = id)"

    fileprivate init(_ row: inout Row) throws(StoreError) {
      self.init(id: try row.id(), account: try row.id(), name: try row.text(), createdAt: try row.moment())
      count = try row.int()
    }
  }

  extension Session {
    fileprivate func demand(_ list: ContactList.ID, of account: Account.ID) throws(StoreError) {
      guard try rows("SELECT FROM lists WHERE id = $1 AND account = $2", list, account).count > 0 else {
        throw .missing("list")
      }
    }

    /// Adds contacts in one statement.
    func add(_ contacts: [Contact]) throws(StoreError) {
      guard !contacts.isEmpty else { return }
      var documents: [String] = []
      for contact in contacts {
        try contact.check()
        documents.append(try Document.text(contact))
      }
      write(
        "INSERT INTO contacts SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[])",
        contacts.map(\.id), contacts.map(\.account), contacts.map(\.number), contacts.map(\.searchable), documents)
    }

    func add(_ list: ContactList) throws(StoreError) {
      try Document.checkTexts(["name": list.name], of: "a list")
      write("INSERT INTO lists VALUES ($1, $2, $3, $4)", list.id, list.account, list.name, list.createdAt)
    }

    /// Puts contacts at the end of a list, and returns how many were not on it.
    func add(_ contacts: [Contact.ID], to list: ContactList.ID) throws(StoreError) -> Int {
      try rows(
        """
        INSERT INTO list_members (list, contact)
        SELECT $1::uuid, contact FROM unnest($2::uuid[]) WITH ORDINALITY AS x(contact, n) ORDER BY n ON CONFLICT DO
          NOTHING
        """, list, contacts
      ).changed
    }
  }
#endif
