#if PostgreSQL
  internal import CampaignKit

  /// How often people may be called, as the claim reads it.
  struct StoredLimit: Encodable {
    var name: String
    var key: String
    var maximum: Int
    var window: Int64
    var counting: [String]?
    var citation: String?
    /// The locality in which it holds, and when; nil for all and always.
    var locality: Int?
    var from: Int64?
    var until: Int64?

    init(_ limit: RollingLimit) {
      name = limit.name
      key = limit.key.rawValue
      maximum = limit.maximum
      window = limit.window.milliseconds
      counting = limit.counting.isEmpty ? nil : limit.counting.map(\.rawValue).sorted()
      citation = limit.citation
    }

    init(_ limit: RollingLimit, in locality: Int, _ open: OpenLocality) {
      self.init(limit)
      self.locality = locality
      from = open.from.milliseconds
      until = open.until.milliseconds
    }
  }

  extension [RollingLimit] {
    /// Refuses texts that the claim could not read: it takes the limits apart in the database.
    func checkTexts() throws(StoreError) {
      for limit in self {
        try Document.checkTexts(["name": limit.name, "citation": limit.citation], of: "a rolling limit")
      }
    }
  }

  extension Campaign {
    /// What a campaign is read from.
    static let columns =
      "doc, status, status_reason, updated_at, started_at, paused_at, resumed_at, ended_at, revision"

    init(_ row: inout Row) throws(StoreError) {
      self = try row.document()
      status = try row.one()
      statusReason = row.optionalText()
      updatedAt = try row.moment()
      startedAt = try row.optionalMoment()
      pausedAt = try row.optionalMoment()
      resumedAt = try row.optionalMoment()
      endedAt = try row.optionalMoment()
      revision = try row.int()
    }
  }

  extension Session {
    func campaign(_ id: Campaign.ID) throws(StoreError) -> Campaign? {
      guard var row = try rows("SELECT \(Campaign.columns) FROM campaigns WHERE id = $1", id).first else { return nil }
      return try Campaign(&row)
    }

    /// The campaign of that name, which must be there.
    func existing(_ id: Campaign.ID) throws(StoreError) -> Campaign {
      guard let campaign = try campaign(id) else { throw .missing("campaign") }
      return campaign
    }

    /// Adds a campaign as it is.
    func add(_ campaign: Campaign) throws(StoreError) {
      gather(
        """
        INSERT INTO campaigns (id, account, name, status, status_reason, created_at, updated_at, started_at, paused_at,
          resumed_at, ended_at, revision, maximum, agent_group, delay, per_second, max_attempts, call_time,
          caller_number, caller_numbers, prefers_nearby, calls_per_day, limits, search, doc)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
          $24, $25)
        """, try values(of: campaign))
      write("INSERT INTO campaign_states (campaign) VALUES ($1)", campaign.id)
    }

    /// Writes a campaign as it is.
    func save(_ campaign: Campaign) throws(StoreError) {
      gather(
        """
        UPDATE campaigns SET (account, name, status, status_reason, created_at, updated_at, started_at, paused_at,
          resumed_at, ended_at, revision, maximum, agent_group, delay, per_second, max_attempts, call_time,
          caller_number, caller_numbers, prefers_nearby, calls_per_day, limits, search, doc)
        = ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)
        WHERE id = $1
        """, try values(of: campaign))
    }

    private func values(of campaign: Campaign) throws(StoreError) -> [(any SQLValue)?] {
      try campaign.check()
      try Document.checkTexts(
        ["name": campaign.name, "statusReason": campaign.statusReason, "agents.group": campaign.agents.group],
        of: "a campaign")
      let limits = campaign.compliance.rollingLimits
      try limits.checkTexts()
      var seen: Set<PhoneNumber> = []
      let callers = campaign.callerNumbers.filter { seen.insert($0).inserted }
      let choice = campaign.callerChoice
      let isFree = callers.isEmpty || (callers.count == 1 && choice.maximumPerDay == nil)
      return [
        campaign.id, campaign.account, campaign.name, campaign.status, campaign.statusReason, campaign.createdAt,
        campaign.updatedAt, campaign.startedAt, campaign.pausedAt, campaign.resumedAt, campaign.endedAt,
        campaign.revision, campaign.pacing.maximumConcurrentCalls, campaign.agents.group,
        campaign.pacing.delayBetweenCalls, campaign.pacing.callsPerSecond, campaign.retries.maximumAttempts,
        campaign.ringTime + campaign.longestCall, campaign.callerNumbers.first,
        isFree ? nil : callers, choice.prefersNearby, choice.maximumPerDay,
        limits.isEmpty ? nil : try Document.text(limits.map { StoredLimit($0) }),
        Listing.searchable(campaign.name, campaign.description), try Document.text(campaign),
      ]
    }

    /// Completes a campaign if its leads are all done.
    func completeIfDone(_ campaign: Campaign.ID, of account: Account.ID) throws(StoreError) {
      write("SELECT complete_if_done($1, $2)", campaign, try now())
      noteTold(account)
    }
  }
#endif
