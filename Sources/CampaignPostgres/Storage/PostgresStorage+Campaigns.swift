#if PostgreSQL
  public import CampaignKit

  // What these do is said where the protocols declare them.
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  extension PostgresStorage {
    public func insert(_ campaign: Campaign) async throws(StoreError) -> Campaign {
      try await change { (session) throws(StoreError) in
        try session.lock(campaign.account)
        var new = campaign
        new.status = .draft
        new.createdAt = try session.now()
        new.updatedAt = new.createdAt
        new.startedAt = nil
        new.pausedAt = nil
        new.resumedAt = nil
        new.endedAt = nil
        new.statusReason = nil
        new.revision = 0
        try session.add(new)
        try session.tell(new.account, .campaignCreated, campaign: new.id, status: new.status.rawValue)
        return new
      }
    }

    public func campaign(_ id: Campaign.ID) async throws(StoreError) -> Campaign? {
      try await read { (session) throws(StoreError) in try session.campaign(id) }
    }

    public func campaigns(_ query: CampaignQuery, page: PageRequest) async throws(StoreError) -> Page<Campaign> {
      var listing = Listing(from: "campaigns", columns: Campaign.columns, id: "id")
      listing.isDescending = query.isDescending
      switch query.sort {
      case .createdAt: listing.key = "created_at"
      case .updatedAt: listing.key = "updated_at"
      case .name:
        listing.key = "name"
        listing.isTextual = true
      case .status:
        listing.key =
          "array_position('{\(Campaign.Status.allCases.map(\.rawValue).joined(separator: ","))}'::text[], status)"
      case .maximumConcurrentCalls: listing.key = "coalesce(maximum, -1)"
      }
      listing.require("account = ?", query.account)
      if !query.statuses.isEmpty { listing.require("status = ANY(?)", Array(query.statuses)) }
      listing.search(query.search, in: "search")
      return try await read(.snapshot) { [listing] (session) throws(StoreError) in
        try session.page(listing, page) { (row) throws(StoreError) in try Campaign(&row) }
      }
    }

    public func campaignCounts(of account: Account.ID) async throws(StoreError) -> [Campaign.Status: Int] {
      try await read { (session) throws(StoreError) in
        let rows = try session.rows("SELECT status, count(*) FROM campaigns WHERE account = $1 GROUP BY 1", account)
        return Dictionary(
          try rows.map { (row) throws(StoreError) in (try row.one(Campaign.Status.self), try row.int()) },
          uniquingKeysWith: +)
      }
    }

    public func update(_ campaign: Campaign) async throws(StoreError) -> Campaign {
      try await change { (session) throws(StoreError) in
        try session.lock(campaign.account, "campaign")
        guard let old = try session.campaign(campaign.id), old.account == campaign.account else {
          throw .missing("campaign")
        }
        guard old.revision == campaign.revision else { throw .changed("campaign") }
        var new = campaign
        new.status = old.status
        new.createdAt = old.createdAt
        new.startedAt = old.startedAt
        new.pausedAt = old.pausedAt
        new.resumedAt = old.resumedAt
        new.endedAt = old.endedAt
        new.statusReason = old.statusReason
        new.updatedAt = try session.now()
        new.revision = old.revision + 1
        try session.save(new)
        try session.tell(new.account, .campaignUpdated, campaign: new.id, status: new.status.rawValue)
        return new
      }
    }

    public func transition(
      _ id: Campaign.ID, on trigger: Campaign.Trigger, reason: String?
    ) async throws(StoreError) -> Campaign {
      try await change { (session) throws(StoreError) in
        let account = try session.lockAccount(of: id)
        let campaign = try session.existing(id)
        let next: Campaign.Status
        do throws(TransitionError) {
          next = try Campaign.statuses.step("campaign", from: campaign.status, on: trigger)
        } catch {
          throw StoreError(.notPermitted, error.description, transition: error)
        }
        let counts = try session.leadCounts(of: id) ?? LeadCounts()
        if trigger == .start, counts.waiting == 0 {
          throw StoreError(.notPermitted, "the campaign has no lead to call")
        }
        if trigger == .complete, counts.open > 0 {
          throw StoreError(.notPermitted, "the campaign has leads that are not done")
        }
        try session.set(next, of: campaign, reason: reason)
        if Campaign.statuses.isFinal(next), counts.waiting > 0 {
          session.takeLong()
          session.write(
            """
            SELECT end_waiting($1, ARRAY(SELECT id FROM leads WHERE campaign = $2 AND status = 'waiting'),
              'cancelled', $3)
            """, account, id, try session.now())
        }
        try session.completeIfDone(id, of: account)
        return try session.existing(id)
      }
    }

    public func delete(_ id: Campaign.ID) async throws(StoreError) {
      try await change { (session) throws(StoreError) in
        let account = try session.lockAccount(of: id)
        let campaign = try session.existing(id)
        guard campaign.status != .active else { throw StoreError(.notPermitted, "the campaign is active") }
        guard try session.liveCalls(of: id) == 0 else {
          throw StoreError(.notPermitted, "the campaign has live calls")
        }
        session.takeLong()
        session.write("DELETE FROM due_leads WHERE lead IN (SELECT id FROM leads WHERE campaign = $1)", id)
        session.write("DELETE FROM leads WHERE campaign = $1", id)
        session.write("DELETE FROM imports WHERE campaign = $1", id)
        session.write("DELETE FROM queues WHERE campaign = $1", id)
        session.write("DELETE FROM campaign_states WHERE campaign = $1", id)
        session.write("DELETE FROM campaigns WHERE id = $1", id)
        try session.tell(account, .campaignDeleted, campaign: id)
      }
    }
  }

  extension Session {
    /// Gives a campaign another status.
    fileprivate func set(_ status: Campaign.Status, of campaign: Campaign, reason: String?) throws(StoreError) {
      try Document.checkTexts(["statusReason": reason], of: "a campaign")
      var new = campaign
      let now = try now()
      new.status = status
      new.statusReason = reason
      new.updatedAt = now
      if status == .active {
        if campaign.startedAt == nil { new.startedAt = now }
        if campaign.status == .paused { new.resumedAt = now }
      }
      if status == .paused { new.pausedAt = now }
      if Campaign.statuses.isFinal(status) { new.endedAt = now }
      write(
        """
        UPDATE campaigns SET status = $2, status_reason = $3, updated_at = $4, started_at = $5, paused_at = $6,
          resumed_at = $7, ended_at = $8 WHERE id = $1
        """, new.id, status, reason, now, new.startedAt, new.pausedAt, new.resumedAt, new.endedAt)
      try tell(new.account, .campaignStatusChanged, campaign: new.id, status: status.rawValue)
    }

    /// How many live calls a campaign has.
    func liveCalls(of campaign: Campaign.ID) throws(StoreError) -> Int {
      guard var row = try rows("SELECT live FROM campaign_states WHERE campaign = $1", campaign).first else { return 0 }
      return try row.int()
    }

    func leadCounts(of campaign: Campaign.ID) throws(StoreError) -> LeadCounts? {
      let sql = """
        SELECT waiting, calling, completed, failed, suppressed, cancelled, attempted FROM campaign_states
        WHERE campaign = $1
        """
      guard var row = try rows(sql, campaign).first else { return nil }
      return LeadCounts(
        waiting: try row.int(), calling: try row.int(), completed: try row.int(), failed: try row.int(),
        suppressed: try row.int(), cancelled: try row.int(), attempted: try row.int())
    }
  }
#endif
