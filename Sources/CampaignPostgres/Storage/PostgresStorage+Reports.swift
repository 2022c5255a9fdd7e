#if PostgreSQL
  public import CampaignKit

  // What these do is said where the protocols declare them.
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  extension PostgresStorage {
    public func events(
      of account: Account.ID, after sequence: UInt64, limit: Int
    ) async throws(StoreError) -> [CampaignEvent] {
      try await read(.snapshot) { (session) throws(StoreError) in
        let sql = """
          SELECT last_event, (SELECT sequence - coalesce(cardinality(leads), 1) + 1 FROM events WHERE account = $1
            ORDER BY sequence LIMIT 1)
          FROM account_states WHERE account = $1
          """
        guard var row = try session.rows(sql, account).first else { throw .missing("account") }
        let last = UInt64(clamping: try row.int64())
        let oldest = try row.optionalInt64().map { UInt64(clamping: $0) } ?? last + 1
        guard sequence < last else { return [] }
        guard sequence + 1 >= oldest else {
          throw StoreError(
            .gone, "the oldest event that is kept is \(oldest); go on from there and read the state anew",
            oldest: oldest)
        }
        // They are numbered without a gap, and a row holds a thousand at most.
        return try session.rows(
          """
          SELECT sequence - coalesce(cardinality(leads) - n, 0), at,
            CASE WHEN n IS NULL THEN kind WHEN x.call IS NULL THEN 'leadUpdated' ELSE 'callIntended' END, campaign,
            coalesce(e.lead, x.lead), coalesce(e.call, x.call), agent, coalesce(e.status, x.status), count
          FROM events e
            LEFT JOIN LATERAL unnest(leads, calls, statuses) WITH ORDINALITY AS x(lead, call, status, n) ON true
          WHERE account = $1 AND sequence > $2 AND sequence < $2 + $3 + 1000
            AND sequence - coalesce(cardinality(leads) - n, 0) BETWEEN $2 + 1 AND $2 + $3
          ORDER BY 1
          """, account, Int64(clamping: sequence), min(max(0, limit), 1 << 40)
        ).map { (row) throws(StoreError) in
          CampaignEvent(
            sequence: UInt64(clamping: try row.int64()), account: account, at: try row.moment(), kind: try row.one(),
            campaign: try row.optionalID(), lead: try row.optionalID(), call: try row.optionalID(),
            agent: try row.optionalID(), status: row.optionalText(), count: try row.optionalInt())
        }
      }
    }

    public func lastEvent(of account: Account.ID) async throws(StoreError) -> UInt64 {
      try await read { (session) throws(StoreError) in
        guard var row = try session.rows("SELECT last_event FROM account_states WHERE account = $1", account).first
        else { return 0 }
        return UInt64(clamping: try row.int64())
      }
    }

    public func hints() -> AsyncStream<Account.ID> { listeners.hints() }

    public func total(of scope: RollupScope) async throws(StoreError) -> Rollup {
      try await read { (session) throws(StoreError) in
        let sql = """
          SELECT \(Rollup.columns.joined(separator: ", ")) FROM rollups
          WHERE kind = $1 AND scope = $2 AND quarter = \(Schema.total)
          """
        guard var row = try session.rows(sql, scope.kind, scope.id).first else { return Rollup() }
        return try Rollup(&row)
      }
    }

    public func quarters(
      of scope: RollupScope, from: Timestamp?, until: Timestamp?
    ) async throws(StoreError) -> [QuarterRollup] {
      try await read { (session) throws(StoreError) in
        try session.rows(
          """
          SELECT quarter, \(Rollup.columns.joined(separator: ", ")) FROM rollups
          WHERE kind = $1 AND scope = $2 AND quarter > $3 AND quarter < $4 AND created > 0 ORDER BY quarter
          """, scope.kind, scope.id, from.map { $0.startOfQuarter.milliseconds - 1 } ?? Int64.min,
          until?.milliseconds ?? Int64.max
        ).map { (row) throws(StoreError) in
          QuarterRollup(start: try row.moment(), rollup: try Rollup(&row))
        }
      }
    }
  }

  extension RollupScope {
    fileprivate var kind: Int {
      switch self {
      case .account: 0
      case .campaign: 1
      case .agent: 2
      }
    }

    fileprivate var id: any SQLValue {
      switch self {
      case .account(let id): id
      case .campaign(let id): id
      case .agent(let id): id
      }
    }
  }
#endif
