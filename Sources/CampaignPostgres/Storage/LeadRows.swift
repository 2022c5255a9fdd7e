#if PostgreSQL
  internal import CampaignKit
  internal import JSON

  /// What of a lead is only read whole.
  struct LeadDocument: Codable {
    var person: Person
    var type: String?
    var fields: JSONObject
    var notes: String?

    init(_ lead: Lead) {
      person = lead.person
      type = lead.type
      fields = lead.fields
      notes = lead.notes
    }
  }

  /// A lead, and how it is to end with its live call whatever comes of that.
  struct StoredLead {
    var lead: Lead
    var ending: Lead.Trigger?

    /// What a lead is read from.
    static let columns = """
      id, account, campaign, contact, ordinal, number, created_at, number_index, subject, priority, locality, status, \
      attempts, last_attempt_at, next_attempt_at, is_callback, callbacks, last_disposition, live_call, import_batch, \
      decision_dialled, decision_rule, decision_citation, decided_at, decision_retry_at, updated_at, doc, ending
      """

    init(lead: Lead, ending: Lead.Trigger? = nil) {
      self.lead = lead
      self.ending = ending
    }

    init(_ row: inout Row, in session: Session) throws(StoreError) {
      lead = Lead(
        id: try row.id(), account: try row.id(), campaign: try row.id(), contact: try row.id(), ordinal: try row.int(),
        number: try row.number(), createdAt: try row.moment())
      lead.numberIndex = try row.int()
      lead.subject = row.optionalText()
      lead.priority = Int32(clamping: try row.int())
      lead.locality = try session.locality(try row.int())
      lead.status = try row.one()
      lead.attempts = try row.int()
      lead.lastAttemptAt = try row.optionalMoment()
      lead.nextAttemptAt = try row.optionalMoment()
      lead.isCallback = try row.bool()
      lead.callbacks = try row.int()
      lead.lastDisposition = try row.optional()
      lead.liveCall = try row.optionalID()
      lead.importBatch = try row.optionalID()
      let isDialled = row.optionalText()
      let rule = row.optionalText()
      let citation = row.optionalText()
      let decidedAt = try row.optionalMoment()
      let retryAt = try row.optionalMoment()
      if let isDialled, let rule, let decidedAt {
        lead.decision = DecisionRecord(
          isDialled: isDialled == "t", rule: rule, citation: citation, decidedAt: decidedAt, retryAt: retryAt)
      }
      lead.updatedAt = try row.moment()
      let document = try row.document(LeadDocument.self)
      lead.person = document.person
      lead.type = document.type
      lead.fields = document.fields
      lead.notes = document.notes
      ending = try row.optional()
    }
  }

  extension Lead {
    /// Its place in the queue, as it is kept; nil unless it waits.
    fileprivate var dueKey: [Int64]? {
      guard status == .waiting else { return nil }
      return [isCallback ? 0 : 1, Int64(priority), nextAttemptAt?.milliseconds ?? 0]
    }

    /// Refuses texts in columns of their own that the database does not keep.
    func checkTexts() throws(StoreError) {
      try Document.checkTexts(
        ["subject": subject, "decision.rule": decision?.rule, "decision.citation": decision?.citation], of: "a lead")
    }

    static func searchable(_ person: Person, _ number: PhoneNumber) -> String {
      Listing.searchable(person.fullName, person.email, number.description)
    }
  }

  extension Session {
    func lead(_ id: Lead.ID) throws(StoreError) -> StoredLead? {
      if let known = many?.leads[id] { return known }
      guard var row = try rows("SELECT \(StoredLead.columns) FROM leads WHERE id = $1", id).first else { return nil }
      return try StoredLead(&row, in: self)
    }

    func existing(_ id: Lead.ID) throws(StoreError) -> StoredLead {
      guard let lead = try lead(id) else { throw .missing("lead") }
      return lead
    }

    /// What is searched of a lead that is called on a number from now on.
    func searchable(_ lead: Lead.ID, _ number: PhoneNumber) throws(StoreError) -> String {
      Lead.searchable(try existing(lead).lead.person, number)
    }

    /// Adds leads as they are, in one statement each for the leads, their places in the queue, and the counts.
    func add(_ leads: [StoredLead], to campaign: Campaign.ID) throws(StoreError) {
      guard !leads.isEmpty else { return }
      var documents: [String] = []
      var localities: [Int] = []
      var counts = LeadCounts()
      var waiting: [Int: Int] = [:]
      for stored in leads {
        try stored.lead.check()
        try stored.lead.checkTexts()
        documents.append(try Document.text(LeadDocument(stored.lead)))
        let locality = try number(of: stored.lead.locality)
        localities.append(locality)
        counts[stored.lead.status] += 1
        if stored.lead.attempts > 0 { counts.attempted += 1 }
        if stored.lead.status == .waiting { waiting[locality, default: 0] += 1 }
      }
      let all = leads.map(\.lead)
      let now = try now()
      write(
        """
        INSERT INTO leads (id, account, campaign, contact, ordinal, number, number_index, subject, priority, locality,
          status, attempts, last_attempt_at, next_attempt_at, is_callback, callbacks, last_disposition, live_call,
            ending,
          import_batch, decision_dialled, decision_rule, decision_citation, decided_at, decision_retry_at, created_at,
          updated_at, search, doc)
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[], $6::bigint[], $7::bigint[],
          $8::text[], $9::integer[], $10::integer[], $11::text[], $12::bigint[], $13::bigint[], $14::bigint[],
          $15::boolean[], $16::bigint[], $17::text[], $18::uuid[], $19::text[], $20::uuid[], $21::boolean[],
            $22::text[],
          $23::text[], $24::bigint[], $25::bigint[], $26::bigint[], $27::bigint[], $28::text[], $29::text[])
        """,
        all.map(\.id), all.map(\.account), all.map(\.campaign), all.map(\.contact), all.map(\.ordinal),
        all.map(\.number), all.map(\.numberIndex), all.map(\.subject), all.map { Int($0.priority) }, localities,
        all.map(\.status), all.map(\.attempts), all.map(\.lastAttemptAt), all.map(\.nextAttemptAt),
        all.map(\.isCallback), all.map(\.callbacks), all.map(\.lastDisposition), all.map(\.liveCall),
        leads.map(\.ending), all.map(\.importBatch), all.map { $0.decision?.isDialled }, all.map { $0.decision?.rule },
        all.map { $0.decision?.citation }, all.map { $0.decision?.decidedAt }, all.map { $0.decision?.retryAt },
        all.map(\.createdAt), all.map(\.updatedAt), all.map { Lead.searchable($0.person, $0.number) }, documents)
      // The queues are there before what is put into them.
      for (locality, number) in waiting.sorted(by: { $0.key < $1.key }) {
        count(number, waitingIn: locality, of: campaign)
      }
      let due = zip(all, localities).filter { $0.0.status == .waiting }
      if !due.isEmpty {
        write(
          """
          INSERT INTO due_leads
          SELECT lead, $2::uuid, locality, rank, priority, due, ordinal, due <= $8
          FROM unnest($1::uuid[], $3::integer[], $4::smallint[], $5::integer[], $6::bigint[], $7::bigint[])
            AS x(lead, locality, rank, priority, due, ordinal)
          """,
          due.map(\.0.id), campaign, due.map(\.1), due.map { $0.0.isCallback ? 0 : 1 }, due.map { Int($0.0.priority) },
          due.map { $0.0.nextAttemptAt?.milliseconds ?? 0 }, due.map(\.0.ordinal), now)
      }
      self.count(counts, of: campaign)
    }

    /// Writes what has changed of a lead.
    func save(_ new: StoredLead, over old: StoredLead) throws(StoreError) {
      let lead = new.lead
      many?.leads[lead.id] = new
      let locality = try number(of: lead.locality)
      write(
        """
        UPDATE leads SET number = $2, number_index = $3, subject = $4, priority = $5, locality = $6, status = $7,
          attempts = $8, last_attempt_at = $9, next_attempt_at = $10, is_callback = $11, callbacks = $12,
          last_disposition = $13, live_call = $14, ending = $15, updated_at = $16 WHERE id = $1
        """,
        lead.id, lead.number, lead.numberIndex, lead.subject, Int(lead.priority), locality, lead.status, lead.attempts,
        lead.lastAttemptAt, lead.nextAttemptAt, lead.isCallback, lead.callbacks, lead.lastDisposition, lead.liveCall,
        new.ending, lead.updatedAt)
      if lead.person != old.lead.person || lead.type != old.lead.type || lead.fields != old.lead.fields
        || lead.notes != old.lead.notes || lead.number != old.lead.number
      {
        write(
          "UPDATE leads SET search = $2, doc = $3 WHERE id = $1", lead.id, Lead.searchable(lead.person, lead.number),
          try Document.text(LeadDocument(lead)))
      }
      try moveInQueue(from: old.lead, to: lead, locality)
      var counts = LeadCounts()
      counts[old.lead.status] -= 1
      counts[lead.status] += 1
      counts.attempted = (lead.attempts > 0 ? 1 : 0) - (old.lead.attempts > 0 ? 1 : 0)
      if counts != LeadCounts() { count(counts, of: lead.campaign) }
    }

    private func moveInQueue(from old: Lead, to new: Lead, _ locality: Int) throws(StoreError) {
      guard old.dueKey != new.dueKey || old.locality != new.locality else { return }
      if old.status == .waiting {
        write("DELETE FROM due_leads WHERE lead = $1", old.id)
        if new.status != .waiting || old.locality != new.locality {
          count(-1, waitingIn: try number(of: old.locality), of: old.campaign)
        }
      }
      if let key = new.dueKey {
        if old.status != .waiting || old.locality != new.locality { count(1, waitingIn: locality, of: new.campaign) }
        write(
          "INSERT INTO due_leads VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", new.id, new.campaign, locality, key[0],
          key[1], key[2], new.ordinal, key[2] <= (try now()).milliseconds)
      }
    }

    /// Counts leads that begin or cease to wait in a locality.
    func count(_ count: Int, waitingIn locality: Int, of campaign: Campaign.ID) {
      guard many == nil else {
        many?.count(count, waitingIn: locality, of: campaign)
        return
      }
      if count < 0 {
        write(
          "UPDATE queues SET waiting = waiting + $3 WHERE campaign = $1 AND locality = $2", campaign, locality, count)
        return
      }
      write(
        """
        INSERT INTO queues VALUES ($1, $2, $3)
        ON CONFLICT (campaign, locality) DO UPDATE SET waiting = queues.waiting + excluded.waiting
        """, campaign, locality, count)
    }

    /// Adds to the counts of a campaign's leads.
    func count(_ counts: LeadCounts, of campaign: Campaign.ID) {
      guard many == nil else {
        many?.count(counts, of: campaign)
        return
      }
      write(
        """
        UPDATE campaign_states SET waiting = waiting + $2, calling = calling + $3, completed = completed + $4,
          failed = failed + $5, suppressed = suppressed + $6, cancelled = cancelled + $7, attempted = attempted + $8
        WHERE campaign = $1
        """,
        campaign, counts.waiting, counts.calling, counts.completed, counts.failed, counts.suppressed, counts.cancelled,
        counts.attempted)
    }
  }
#endif
