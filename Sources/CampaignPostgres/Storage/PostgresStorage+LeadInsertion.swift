#if PostgreSQL
  public import CampaignKit

  // What these do is said where the protocols declare them.
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  extension PostgresStorage {
    public func insert(
      _ leads: [NewLead], into campaign: Campaign.ID, options: LeadInsertion
    ) async throws(StoreError) -> LeadInsertion.Result {
      try await change { (session) throws(StoreError) in
        let account = try session.lockAccount(of: campaign)
        let status = try session.existing(campaign).status
        var batch: ImportBatch?
        if let step = options.step {
          guard step.invalid >= 0 else { throw StoreError(.invalid, "fewer invalid rows than none") }
          guard let found = try session.importBatch(step.batch), found.campaign == campaign else {
            throw .missing("import")
          }
          guard found.status == .running, found.progress == step.from else {
            throw StoreError(.conflict, "the import has gone on meanwhile")
          }
          batch = found
        }
        guard !Campaign.statuses.isFinal(status) else { throw StoreError(.notPermitted, "the campaign is over") }
        try NewLead.check(leads)
        var insertion = try Insertion(leads, into: campaign, of: account, options: options, in: session)
        var result = LeadInsertion.Result()
        for lead in leads {
          let outcome = try insertion.add(lead)
          result.outcomes.append(outcome)
          switch outcome {
          case .inserted(_, let contactCreated):
            result.inserted += 1
            if contactCreated { result.contactsCreated += 1 }
          case .duplicate, .recent: result.duplicates += 1
          case .suppressed: result.suppressed += 1
          }
        }
        try insertion.write(to: session)
        if var batch, let step = options.step {
          batch.progress = step.to
          batch.updatedAt = try session.now()
          batch.tally.total += leads.count + step.invalid
          batch.tally.invalid += step.invalid
          batch.tally.duplicates += result.duplicates
          batch.tally.suppressed += result.suppressed
          batch.tally.inserted += result.inserted
          batch.tally.contactsCreated += result.contactsCreated
          try session.save(batch)
        }
        if result.inserted > 0 {
          try session.tell(account, .leadsAdded, campaign: campaign, count: result.inserted)
          try session.completeIfDone(campaign, of: account)
        }
        return result
      }
    }
  }

  /// Leads that are added together, and what the database knows of their numbers.
  private struct Insertion {
    let campaign: Campaign.ID
    let account: Account.ID
    let options: LeadInsertion
    let now: Timestamp
    let identifiers: IdentifierRuns
    var contacts: [PhoneNumber: Contact.ID] = [:]
    /// The leads of the campaign, by their contacts.
    var leads: [Contact.ID: Lead.ID] = [:]
    /// The newest lead of another campaign that was added not long ago, by its contact.
    var recent: [Contact.ID: Lead.ID] = [:]
    var suppressed: Set<PhoneNumber> = []
    var nextOrdinal: Int
    var newContacts: [Contact] = []
    var newLeads: [StoredLead] = []

    init(
      _ new: [NewLead], into campaign: Campaign.ID, of account: Account.ID, options: LeadInsertion, in session: Session
    ) throws(StoreError) {
      self.campaign = campaign
      self.account = account
      self.options = options
      now = try session.now()
      identifiers = session.shared.identifiers
      guard var row = try session.rows("SELECT next_ordinal FROM campaign_states WHERE campaign = $1", campaign).first
      else { throw .missing("campaign") }
      nextOrdinal = try row.int()
      let numbers = Array(Set(new.map(\.number)))
      let known = try session.rows(
        "SELECT number, id FROM contacts WHERE account = $1 AND number = ANY($2)", account, numbers)
      for index in 0..<known.count {
        var row = Row(known, index)
        contacts[try row.number()] = try row.id()
      }
      let own = try session.rows(
        "SELECT contact, id FROM leads WHERE campaign = $1 AND contact = ANY($2)", campaign, Array(contacts.values))
      leads = try Self.leads(own)
      if let since = options.duplicatesSince {
        let others = try session.rows(
          """
          SELECT DISTINCT ON (contact) contact, id FROM leads
          WHERE contact = ANY($1) AND campaign <> $2 AND created_at >= $3 ORDER BY contact, created_at DESC, id DESC
          """, Array(contacts.values), campaign, since)
        recent = try Self.leads(others)
      }
      let refused = try session.rows(
        "SELECT number FROM unnest($1::bigint[]) AS number WHERE is_suppressed(number, $2, $3)", numbers, account, now)
      suppressed = Set(try refused.map { (row) throws(StoreError) in try row.number() })
    }

    private static func leads(_ rows: Rows) throws(StoreError) -> [Contact.ID: Lead.ID] {
      var leads: [Contact.ID: Lead.ID] = [:]
      for index in 0..<rows.count {
        var row = Row(rows, index)
        leads[try row.id()] = try row.id()
      }
      return leads
    }

    mutating func add(_ new: NewLead) throws(StoreError) -> LeadInsertion.Outcome {
      let known = contacts[new.number]
      if let known {
        if let lead = leads[known] { return .duplicate(of: lead) }
        if let lead = recent[known] { return .recent(lead) }
      }
      guard !suppressed.contains(new.number) else { return .suppressed }
      let contact = known ?? addContact(new)
      var lead = Lead(
        id: identifiers.next(at: now), account: account, campaign: campaign, contact: contact, ordinal: nextOrdinal,
        number: new.number, createdAt: now)
      lead.person = new.person
      lead.type = new.type
      lead.subject = new.subject
      lead.priority = new.priority
      lead.fields = new.fields
      lead.notes = new.notes
      lead.locality = new.locality
      lead.status = new.isSuppressed ? .suppressed : .waiting
      lead.nextAttemptAt = new.isSuppressed ? nil : new.notBefore
      lead.importBatch = options.step?.batch
      nextOrdinal += 1
      newLeads.append(StoredLead(lead: lead))
      leads[contact] = lead.id
      return .inserted(lead.id, contactCreated: known == nil)
    }

    private mutating func addContact(_ new: NewLead) -> Contact.ID {
      var contact = Contact(
        id: identifiers.next(at: now), account: account, number: new.number, createdAt: now)
      contact.phoneExtension = new.phoneExtension
      contact.furtherNumbers = new.furtherNumbers
      contact.person = new.person
      newContacts.append(contact)
      contacts[new.number] = contact.id
      return contact.id
    }

    func write(to session: Session) throws(StoreError) {
      guard !newLeads.isEmpty else { return }
      try session.add(newContacts)
      try session.add(newLeads, to: campaign)
      session.write("UPDATE campaign_states SET next_ordinal = $2 WHERE campaign = $1", campaign, nextOrdinal)
    }
  }
#endif
