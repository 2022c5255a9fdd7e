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
        session.write(
          """
          UPDATE campaign_states SET lease_owner = $2, lease_token = $3, lease_start = $4, lease_end = $5
          WHERE campaign = $1
          """, campaign, owner, Int64(clamping: lease.token), now, lease.expiresAt)
        return lease
      }
    }

    public func renew(
      _ leases: [CampaignLease], lasting duration: Duration
    ) async throws(StoreError) -> [CampaignLease] {
      guard !leases.isEmpty else { return [] }
      // So long that nothing is longer, and short enough to be added to a moment.
      let span = min(duration.milliseconds, Timestamp.distantFuture.milliseconds)
      return try await change(.statement, over: renewals) { (session) throws(StoreError) in
        // Locked in the order of their names, so that no two who renew wait for each other. The clock is looked at when
        // all of them are.
        let held = try session.rows(
          """
          WITH locked AS MATERIALIZED (
            SELECT campaign, lease_owner, lease_token, lease_end FROM campaign_states WHERE campaign = ANY($1)
            ORDER BY campaign FOR NO KEY UPDATE
          ), clock AS MATERIALIZED (
            SELECT coalesce($4, clock_now()) AS now FROM (SELECT count(*) FROM locked) x
          )
          UPDATE campaign_states s SET lease_start = now, lease_end = least(now + $5, $6)
          FROM clock, locked l JOIN unnest($1::uuid[], $2::text[], $3::bigint[]) AS asked(campaign, owner, token)
            ON l.campaign = asked.campaign AND l.lease_owner = owner AND l.lease_token = token
          WHERE s.campaign = l.campaign AND now < l.lease_end
          RETURNING s.campaign, s.lease_owner, s.lease_token, s.lease_end
          """, leases.map(\.campaign), leases.map(\.owner), leases.map { Int64(clamping: $0.token) },
          session.givenTime, span, Timestamp.distantFuture
        ).map { (row) throws(StoreError) in
          CampaignLease(
            campaign: try row.id(), owner: try row.text(), token: UInt64(clamping: try row.int64()),
            expiresAt: try row.moment())
        }
        let renewed = Dictionary(held.map { ($0.campaign, $0) }) { first, _ in first }
        return leases.compactMap { lease in
          renewed[lease.campaign].flatMap { $0.owner == lease.owner && $0.token == lease.token ? $0 : nil }
        }
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
#endif
