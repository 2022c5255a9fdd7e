#if PostgreSQL
  public import CampaignKit

  // What these do is said where the protocols declare them.
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  extension PostgresStorage {
    public func acquire(
      _ campaign: Campaign.ID, by owner: String, lasting duration: Duration
    ) async throws(StoreError) -> CampaignLease {
      try await change { (session) throws(StoreError) in
        // The row itself is the lock: a lease is nothing of the account.
        let sql = """
          SELECT lease_owner, lease_token, lease_start, lease_end FROM campaign_states WHERE campaign = $1
          FOR NO KEY UPDATE
          """
        guard var row = try session.rows(sql, campaign).first else { throw .missing("campaign") }
        let holder = row.optionalText()
        let token = try row.int64()
        let term = Term(from: try row.moment(), until: try row.moment())
        let now = try session.now()
        if let holder, holder != owner, term.contains(now) {
          throw StoreError(.leaseLost, "the campaign is run by '\(holder)'; try again when its lease ends")
        }
        let isOwn = holder == owner && now < term.end
        let lease = CampaignLease(
          campaign: campaign, owner: owner, token: UInt64(clamping: isOwn ? token : token + 1),
          expiresAt: now + duration)
        session.hold(lease, since: now)
        return lease
      }
    }

    public func renew(
      _ leases: [CampaignLease], lasting duration: Duration
    ) async throws(StoreError) -> [CampaignLease] {
      guard !leases.isEmpty else { return [] }
      return try await change(over: renewals) { (session) throws(StoreError) in
        // In the order of their names, so that no two who renew wait for each other.
        let found = try session.rows(
          """
          SELECT campaign, lease_owner, lease_token, lease_end FROM campaign_states
          WHERE campaign = ANY($1) AND lease_owner IS NOT NULL ORDER BY campaign FOR NO KEY UPDATE
          """, leases.map(\.campaign)
        ).map { (row) throws(StoreError) in
          CampaignLease(
            campaign: try row.id(), owner: try row.text(), token: UInt64(clamping: try row.int64()),
            expiresAt: try row.moment())
        }
        let now = try session.now()
        var renewed: [CampaignLease] = []
        for var lease in leases {
          guard
            found.contains(where: {
              $0.campaign == lease.campaign && $0.owner == lease.owner && $0.token == lease.token && now < $0.expiresAt
            })
          else { continue }
          lease.expiresAt = now + duration
          session.hold(lease, since: now)
          renewed.append(lease)
        }
        return renewed
      }
    }

    public func release(_ lease: CampaignLease) async throws(StoreError) {
      try await change { (session) throws(StoreError) in
        session.write(
          """
          UPDATE campaign_states SET lease_owner = NULL, lease_end = 0
          WHERE campaign = $1 AND lease_owner = $2 AND lease_token = $3
          """, lease.campaign, lease.owner, Int64(clamping: lease.token))
      }
    }

    public func lease(of campaign: Campaign.ID) async throws(StoreError) -> CampaignLease? {
      try await read { (session) throws(StoreError) in
        let sql = """
          SELECT lease_owner, lease_token, lease_end FROM campaign_states
          WHERE campaign = $1 AND lease_owner IS NOT NULL
          """
        guard var row = try session.rows(sql, campaign).first else { return nil }
        return CampaignLease(
          campaign: campaign, owner: try row.text(), token: UInt64(clamping: try row.int64()),
          expiresAt: try row.moment())
      }
    }

    public func unownedCampaigns(limit: Int) async throws(StoreError) -> [Campaign.ID] {
      try await read(.snapshot) { (session) throws(StoreError) in
        try session.rows(
          """
          SELECT id FROM (
            SELECT id FROM campaigns WHERE status IN ('scheduled', 'active')
            UNION SELECT campaign FROM live_calls WHERE campaign IS NOT NULL) c
          JOIN campaign_states s ON s.campaign = c.id
          WHERE lease_owner IS NULL OR NOT (lease_start <= $1 AND $1 < lease_end) ORDER BY id LIMIT $2
          """, try session.now(), max(0, limit)
        ).map { (row) throws(StoreError) in try row.id() }
      }
    }
  }

  extension Session {
    fileprivate func hold(_ lease: CampaignLease, since now: Timestamp) {
      write(
        """
        UPDATE campaign_states SET lease_owner = $2, lease_token = $3, lease_start = $4, lease_end = $5
        WHERE campaign = $1
        """, lease.campaign, lease.owner, Int64(clamping: lease.token), now, lease.expiresAt)
    }
  }
#endif
