#if PostgreSQL
  public import CampaignKit

  // What these do is said where the protocols declare them.
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  extension PostgresStorage {
    public func queues(of campaign: Campaign.ID) async throws(StoreError) -> [LocalityQueue] {
      try await read(.snapshot) { (session) throws(StoreError) in
        let now = try session.now()
        // What is ready is due; only when the clock went back is it looked at one by one.
        let rows = try session.rows(
          """
          SELECT q.locality, q.waiting,
            CASE WHEN r.due IS NULL THEN l.due WHEN r.due <= $2 THEN $2
              ELSE (SELECT CASE WHEN min(d.due) <= $2 THEN $2 ELSE least(l.due, min(d.due)) END FROM due_leads d
                WHERE d.campaign = $1 AND d.locality = q.locality AND d.ready) END
          FROM queues q
            LEFT JOIN LATERAL (SELECT d.due FROM due_leads d
              WHERE d.campaign = $1 AND d.locality = q.locality AND d.ready AND (d.rank, d.priority, d.due, d.ordinal)
                >= (q.first[1], q.first[2], q.first[3], q.first[4])
              ORDER BY d.rank, d.priority, d.due, d.ordinal LIMIT 1) r ON true
            LEFT JOIN LATERAL (SELECT d.due FROM due_leads d
              WHERE d.campaign = $1 AND d.locality = q.locality AND NOT d.ready AND d.due > q.made
              ORDER BY d.due LIMIT 1) l ON true
          WHERE q.campaign = $1 AND q.waiting > 0 ORDER BY q.locality
          """, campaign, now)
        return try rows.map { (row) throws(StoreError) in
          LocalityQueue(
            locality: try session.locality(try row.int()), waiting: try row.int(), nextDueAt: try row.optionalMoment())
        }
      }
    }

    public func claim(_ request: ClaimRequest) async throws(StoreError) -> Claim {
      for locality in request.open {
        try locality.limits.check()
        try locality.limits.checkTexts()
      }
      try Document.checkTexts(["rule": request.rule], of: "a claim")
      // One statement, which is a transaction by itself: one round trip.
      return try await change(.statement) { (session) throws(StoreError) in try session.claim(request) }
    }

    public func dialingFacts(
      of id: Lead.ID, keeping limits: [RollingLimit]
    ) async throws(StoreError) -> DialingFacts {
      try limits.check()
      return try await read(.snapshot) { (session) throws(StoreError) in
        let lead = try session.existing(id).lead
        let campaign = try session.existing(lead.campaign)
        let now = try session.now()
        let isBusy =
          try session.rows(
            "SELECT FROM live_calls WHERE number = $1 AND account = $2", lead.number, lead.account
          ).count > 0
        var held: [DialingFacts.HeldLimit] = []
        for limit in campaign.compliance.rollingLimits + limits {
          var row = try session.rows(
            "SELECT limit_filled($1, $2, $3, $4, $5, $6, $7, $8, $9)", limit.key.rawValue, limit.maximum, limit.window,
            limit.counting.isEmpty ? nil : limit.counting.map(\.rawValue), lead.account, lead.number, lead.contact,
            lead.subject, now
          ).first
          if let until = try row?.optionalMoment() { held.append(DialingFacts.HeldLimit(limit, until: until)) }
        }
        return DialingFacts(
          suppression: try session.suppression(of: lead.number, for: lead.account), isNumberBusy: isBusy, limits: held)
      }
    }

    public func mayPlace(_ id: Call.ID, under lease: CampaignLease?) async throws(StoreError) -> Bool {
      try await read(.snapshot) { (session) throws(StoreError) in
        // A standby may not have heard yet that the call was placed, or whose the campaign is by now.
        session.write("SELECT demand_primary()")
        guard let call = try session.call(id), call.status == .intended else { return false }
        let now = try session.now()
        guard now < call.placeBy, call.createdAt - now <= call.placeBy - call.createdAt,
          try session.suppression(of: call.to, for: call.account) == nil
        else { return false }
        guard let campaign = call.campaign else { return true }
        guard let lease, lease.campaign == campaign else { return false }
        let sql = """
          SELECT FROM campaigns c JOIN campaign_states s ON s.campaign = c.id
          WHERE c.id = $1 AND c.status = 'active' AND s.lease_owner = $2 AND s.lease_token = $3 AND $4 < s.lease_end
            AND NOT EXISTS (SELECT FROM leads WHERE id = $5 AND ending IS NOT NULL)
          """
        return try session.rows(sql, campaign, lease.owner, Int64(clamping: lease.token), now, call.lead).count > 0
      }
    }

    public func begin(_ order: SingleCall) async throws(StoreError) -> Call {
      try await change { (session) throws(StoreError) in
        try session.lock(order.account)
        guard try session.suppression(of: order.to, for: order.account) == nil else {
          throw StoreError(.notPermitted, "the number is not to be called")
        }
        guard
          try session.rows("SELECT FROM live_calls WHERE number = $1 AND account = $2", order.to, order.account).count
            == 0
        else { throw StoreError(.notPermitted, "the number is in a call") }
        let now = try session.now()
        let rates = StoredRate.distinct(order.rates)
        try session.start(rates, at: now)
        let usage = try session.slots(of: order.account, at: now, locking: true)
        guard usage.systemAvailable > 0, usage.accountAvailable > 0 else {
          throw StoreError(.limited, "a limit leaves no room")
        }
        let placeBy = now + order.placeWithin
        var call = Call(
          id: session.shared.identifiers.next(at: now), account: order.account, attempt: 1, to: order.to,
          createdAt: now, placeBy: placeBy, expiresAt: placeBy + order.longestCall)
        var contact = try session.rows(
          "SELECT id FROM contacts WHERE account = $1 AND number = $2", order.account, order.to
        ).first
        call.contact = try contact?.id()
        call.from = order.from
        call.metadata = order.metadata
        try session.add(call)
        try session.tell(call, .callIntended)
        return call
      }
    }

    public func liveSingleCalls(limit: Int) async throws(StoreError) -> [Call] {
      try await read { (session) throws(StoreError) in
        try session.rows(
          """
          SELECT \(Call.columns) FROM calls WHERE id IN (
            SELECT call FROM live_calls WHERE campaign IS NULL ORDER BY created_at, call LIMIT $1)
          ORDER BY created_at, id
          """, max(0, limit)
        ).map { (row) throws(StoreError) in try Call(&row) }
      }
    }
  }

  /// A rate under the name under which it is counted.
  struct StoredRate {
    var name: String
    /// The milliseconds between two starts; infinite for none at all.
    var interval: Double
    var burst: Double

    /// One for each name. A name that is given twice is one rate, as slow as the slower.
    static func distinct(_ limits: [RateLimit]) -> [StoredRate] {
      var rates: [String: StoredRate] = [:]
      for limit in limits {
        let interval = limit.perSecond > 0 ? 1000 / limit.perSecond : .infinity
        let burst = Double(max(1, limit.burst))
        let known = rates[limit.name]
        rates[limit.name] = StoredRate(
          name: limit.name, interval: max(interval, known?.interval ?? 0), burst: min(burst, known?.burst ?? burst))
      }
      return rates.values.sorted { $0.name < $1.name }
    }
  }

  extension Session {
    /// Counts a start in each of some rates, or says that one permits none.
    fileprivate func start(_ rates: [StoredRate], at now: Timestamp) throws(StoreError) {
      for rate in rates {
        write("INSERT INTO rates VALUES ($1, 0) ON CONFLICT DO NOTHING", rate.name)
        let started = try rows(
          """
          UPDATE rates SET until = rate_after(1, until, $2, $3, $4)
          WHERE name = $1 AND rate_starts(until, $2, $3, $4) > 0
          """, rate.name, now, rate.interval, rate.burst
        ).changed
        guard started > 0 else { throw StoreError(.limited, "a rate permits no call at this moment") }
      }
    }

    func claim(_ request: ClaimRequest) throws(StoreError) -> Claim {
      var open: [Int] = []
      var limits: [StoredLimit] = []
      for locality in request.open {
        let number = try number(of: locality.locality)
        open.append(number)
        limits += locality.limits.map { StoredLimit($0, in: number, locality) }
      }
      // Names are made by the clock of whoever makes them.
      let moment = givenTime ?? SystemTime().now()
      let rates = StoredRate.distinct(request.rates)
      let names = shared.identifiers.reserve(max(0, min(request.count, 100_000)), at: moment)
      let found = try rows(
        """
        SELECT o_kind, o_lead, o_contact, o_number, o_attempt, o_call, o_text, o_citation, o_moment, o_from
        FROM claim_leads($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
        """,
        givenTime, request.lease.campaign, request.lease.owner, Int64(clamping: request.lease.token),
        min(request.count, 100_000), open, request.open.map(\.from), request.open.map(\.until),
        limits.isEmpty ? nil : try Document.text(limits), request.agents,
        rates.map(\.name), rates.map(\.interval), rates.map(\.burst), request.from, request.day?.lowerBound,
        request.day?.upperBound, request.placeWithin, request.rule,
        names.millisecond, names.tail)
      var claim = Claim(stop: .satisfied, at: moment)
      var stop = ""
      var until: Timestamp?
      var account: Account.ID?
      var placeBy = moment
      var from: PhoneNumber?
      for index in 0..<found.count {
        var row = Row(found, index)
        let kind = try row.int()
        let lead = try row.optionalID(Lead.self)
        let contact = try row.optionalID(Contact.self)
        if kind == 2 {
          claim.at = try row.optionalInt64().map { Timestamp(milliseconds: $0) } ?? moment
          placeBy = try row.optionalInt64().map { Timestamp(milliseconds: $0) } ?? moment
          _ = try row.optionalID(Call.self)
          stop = try row.text()
          account = lead.map { Account.ID(high: $0.high, low: $0.low) }
          _ = row.optionalText()
          until = try row.optionalMoment()
          from = try row.optionalNumber()
          continue
        }
        guard let lead, let contact else { throw StoreError(.damaged, "a claim names no lead") }
        let number = try row.number()
        let attempt = try row.int()
        let call = try row.optionalID(Call.self)
        let rule = row.optionalText()
        let citation = row.optionalText()
        let retryAt = try row.optionalMoment()
        if let call {
          claim.calls.append(
            ClaimedCall(
              call: call, lead: lead, contact: contact, number: number, from: try row.optionalNumber(),
              attempt: attempt, placeBy: .distantFuture))
        } else {
          claim.heldBack.append(
            HeldLead(
              lead: lead,
              decision: DecisionRecord(
                isDialled: false, rule: rule ?? "", citation: citation, decidedAt: moment, retryAt: retryAt)))
        }
      }
      for index in claim.calls.indices {
        claim.calls[index].placeBy = placeBy
        claim.calls[index].from = claim.calls[index].from ?? from
      }
      for index in claim.heldBack.indices { claim.heldBack[index].decision.decidedAt = claim.at }
      claim.stop = try Self.stop(stop, until)
      // No more than so many are claimed at once, however many are wanted.
      if claim.stop == .satisfied, claim.calls.count < request.count { claim.stop = .examinedEnough }
      if let account, !claim.calls.isEmpty || !claim.heldBack.isEmpty { noteTold(account) }
      return claim
    }

    /// What the database says of the end of a claim.
    private static func stop(_ text: String, _ until: Timestamp?) throws(StoreError) -> ClaimStop {
      switch text {
      case "satisfied": return .satisfied
      case "systemLimit": return .systemLimit
      case "accountLimit": return .accountLimit
      case "campaignLimit": return .campaignLimit
      case "agents": return .agents
      case "callerNumbers": return .callerNumbers(until: until ?? .distantFuture)
      case "rate": return .rate(until: until ?? .distantFuture)
      case "noneDue": return .noneDue(next: until)
      case "examinedEnough": return .examinedEnough
      case "notFound": throw .missing("campaign")
      case "leaseLost": throw StoreError(.leaseLost, "the lease is no longer held; acquire it before going on")
      default:
        guard let status = Campaign.Status(rawValue: text) else {
          throw StoreError(.damaged, "the database ends a claim with '\(text)'")
        }
        return .notActive(status)
      }
    }
  }
#endif
