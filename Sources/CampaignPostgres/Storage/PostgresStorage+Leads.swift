#if PostgreSQL
  public import CampaignKit

  // What these do is said where the protocols declare them.
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  extension PostgresStorage {
    public func lead(_ id: Lead.ID) async throws(StoreError) -> Lead? {
      try await read { (session) throws(StoreError) in try session.lead(id)?.lead }
    }

    public func lead(ordinal: Int, of campaign: Campaign.ID) async throws(StoreError) -> Lead? {
      try await read { (session) throws(StoreError) in
        guard
          var row = try session.rows(
            "SELECT \(StoredLead.columns) FROM leads WHERE campaign = $1 AND ordinal = $2", campaign, ordinal
          ).first
        else { return nil }
        return try StoredLead(&row, in: session).lead
      }
    }

    public func leads(_ query: LeadQuery, page: PageRequest) async throws(StoreError) -> Page<Lead> {
      var listing = Listing(from: "leads", columns: StoredLead.columns, id: "id")
      listing.isDescending = query.isDescending
      let none = "'\(Int64.min)'::bigint"
      switch query.sort {
      case .createdAt: listing.key = "created_at"
      case .priority: listing.key = "priority"
      case .nextAttemptAt: listing.key = "coalesce(next_attempt_at, \(none))"
      case .lastAttemptAt: listing.key = "coalesce(last_attempt_at, \(none))"
      }
      switch query.scope {
      case .campaign(let id): listing.require("campaign = ?", id)
      case .account(let id): listing.require("account = ?", id)
      case .contact(let id): listing.require("contact = ?", id)
      }
      if !query.statuses.isEmpty { listing.require("status = ANY(?)", Array(query.statuses)) }
      listing.search(query.search, in: "search")
      return try await read(.snapshot) { [listing] (session) throws(StoreError) in
        try session.page(listing, page) { (row) throws(StoreError) in try StoredLead(&row, in: session).lead }
      }
    }

    public func leadCounts(of campaign: Campaign.ID) async throws(StoreError) -> LeadCounts? {
      try await read { (session) throws(StoreError) in try session.leadCounts(of: campaign) }
    }

    public func update(_ id: Lead.ID, with changes: LeadChanges) async throws(StoreError) -> Lead {
      try await change(id) { (session, stored, now) throws(StoreError) in
        stored.lead.person = changes.person ?? stored.lead.person
        stored.lead.type = changes.type ?? stored.lead.type
        stored.lead.subject = changes.subject ?? stored.lead.subject
        stored.lead.priority = changes.priority ?? stored.lead.priority
        stored.lead.fields = changes.fields ?? stored.lead.fields
        stored.lead.notes = changes.notes ?? stored.lead.notes
        stored.lead.locality = changes.locality ?? stored.lead.locality
        try stored.lead.check()
        try stored.lead.checkTexts()
      }
    }

    public func reschedule(
      _ id: Lead.ID, at moment: Timestamp?, isCallback: Bool
    ) async throws(StoreError) -> Lead {
      try await change(id) { (session, stored, now) throws(StoreError) in
        guard stored.lead.status == .waiting else { throw StoreError(.notPermitted, "the lead does not wait") }
        stored.lead.nextAttemptAt = moment
        stored.lead.isCallback = isCallback
        if isCallback { stored.lead.callbacks += 1 }
      }
    }

    public func end(_ id: Lead.ID, on trigger: Lead.Trigger) async throws(StoreError) -> Lead {
      guard trigger == .cancel || trigger == .suppress else {
        throw StoreError(.invalid, "a lead is ended by cancel or suppress")
      }
      return try await change(id, mayEnd: true) { (session, stored, now) throws(StoreError) in
        switch stored.lead.status {
        case .waiting:
          stored.lead.status = trigger == .cancel ? .cancelled : .suppressed
          stored.lead.nextAttemptAt = nil
          stored.lead.isCallback = false
        case .calling:
          if stored.ending != .suppress { stored.ending = trigger }
        default: throw StoreError(.notPermitted, "the lead has ended")
        }
      }
    }

    /// Changes a lead, and tells it.
    private func change(
      _ id: Lead.ID, mayEnd: Bool = false,
      _ body: @escaping @Sendable (Session, inout StoredLead, Timestamp) throws(StoreError) -> Void
    ) async throws(StoreError) -> Lead {
      try await change { (session) throws(StoreError) in
        let account = try session.lockAccount(of: id)
        let old = try session.existing(id)
        var new = old
        let now = try session.now()
        new.lead.updatedAt = now
        try body(session, &new, now)
        try session.save(new, over: old)
        try session.tell(
          account, .leadUpdated, campaign: new.lead.campaign, lead: id, status: new.lead.status.rawValue)
        if mayEnd { try session.completeIfDone(new.lead.campaign, of: account) }
        return new.lead
      }
    }

    public func delete(_ id: Lead.ID) async throws(StoreError) {
      try await change { (session) throws(StoreError) in
        let account = try session.lockAccount(of: id)
        let lead = try session.existing(id).lead
        guard lead.liveCall == nil else { throw StoreError(.notPermitted, "the lead has a live call") }
        session.write("SELECT remove_leads($1)", [id])
        try session.tell(account, .leadsRemoved, campaign: lead.campaign, lead: id, count: 1)
        try session.completeIfDone(lead.campaign, of: account)
      }
    }

    public func deleteLeads(of id: Campaign.ID) async throws(StoreError) -> Int {
      try await change { (session) throws(StoreError) in
        let account = try session.lockAccount(of: id)
        let campaign = try session.existing(id)
        guard campaign.status != .active, try session.liveCalls(of: id) == 0 else {
          throw StoreError(.notPermitted, "the campaign is active or has live calls")
        }
        let count = (try session.leadCounts(of: id) ?? LeadCounts()).total
        if count > 0 {
          session.takeLong()
          session.write("SELECT remove_leads(ARRAY(SELECT id FROM leads WHERE campaign = $1))", id)
          try session.tell(account, .leadsRemoved, campaign: id, count: count)
        }
        return count
      }
    }
  }
#endif
