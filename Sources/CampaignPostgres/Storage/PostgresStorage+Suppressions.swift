#if PostgreSQL
  public import CampaignKit

  // What these do is said where the protocols declare them.
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  extension PostgresStorage {
    public func suppress(_ entries: [Suppression]) async throws(StoreError) -> [Call.ID] {
      guard !entries.isEmpty else { return [] }
      return try await change { (session) throws(StoreError) in
        let accounts = try session.lockAccounts(of: entries)
        let now = try session.now()
        // The last of several for the same numbers holds.
        var last: [String: Int] = [:]
        for (index, entry) in entries.enumerated() { last["\(entry.pattern) \(entry.account ?? .all)"] = index }
        try session.add(last.values.sorted().map { entries[$0] })
        for account in accounts {
          let count = entries.count { $0.account == account }
          if count > 0 { try session.tell(account, .suppressionsAdded, count: count) }
        }
        let holding = entries.filter { $0.holds(at: now) }
        return try session.suppressLeads(of: holding, at: now)
      }
    }

    public func unsuppress(
      _ patterns: [Suppression.Pattern], of account: Account.ID?
    ) async throws(StoreError) -> Int {
      try await change { (session) throws(StoreError) in
        if let account {
          guard try session.rows("SELECT FROM account_states WHERE account = $1 FOR NO KEY UPDATE", account).count > 0
          else { return 0 }
        }
        let count = try session.rows(
          "DELETE FROM suppressions WHERE account = $1 AND pattern = ANY($2)", account ?? .all,
          patterns.map(\.description)
        ).changed
        if let account, count > 0 { try session.tell(account, .suppressionsRemoved, count: count) }
        return count
      }
    }

    public func suppression(of number: PhoneNumber, for account: Account.ID) async throws(StoreError) -> Suppression? {
      try await read(.snapshot) { (session) throws(StoreError) in try session.suppression(of: number, for: account) }
    }

    public func suppressions(
      for patterns: [Suppression.Pattern], of account: Account.ID?
    ) async throws(StoreError) -> [Suppression.Pattern: Suppression] {
      try await read { (session) throws(StoreError) in
        let entries = try session.rows(
          "SELECT \(Suppression.columns) FROM suppressions WHERE account = $1 AND pattern = ANY($2)", account ?? .all,
          patterns.map(\.description)
        ).map { (row) throws(StoreError) in try Suppression(&row) }
        return Dictionary(entries.map { ($0.pattern, $0) }) { first, _ in first }
      }
    }

    public func suppressions(of account: Account.ID?, page: PageRequest) async throws(StoreError) -> Page<Suppression> {
      var listing = Listing(from: "suppressions", columns: Suppression.columns, id: "pattern")
      listing.require("account = ?", account ?? .all)
      return try await read(.snapshot) { [listing] (session) throws(StoreError) in
        try session.page(listing, page) { (row) throws(StoreError) in try Suppression(&row) }
      }
    }
  }

  extension Account.ID {
    /// What stands for all accounts in the database.
    static let all = Account.ID(high: 0, low: 0)
  }

  extension Suppression {
    static let columns = "pattern, account, source, reason, added_at, expires_at"

    init(_ row: inout Row) throws(StoreError) {
      guard let pattern = Pattern(try row.text()) else {
        throw StoreError(.damaged, "a do-not-call entry has a pattern that is none")
      }
      let account = try row.id(Account.self)
      self.init(
        pattern, account: account == .all ? nil : account, source: try row.text(), reason: row.optionalText(),
        addedAt: try row.moment(), expiresAt: try row.optionalMoment())
    }
  }

  extension Session {
    /// Locks the accounts that entries are about: all of them if one is for all.
    fileprivate func lockAccounts(of entries: [Suppression]) throws(StoreError) -> [Account.ID] {
      let named = Set(entries.compactMap(\.account))
      let isForAll = entries.contains { $0.account == nil }
      let locked = try rows(
        """
        SELECT account FROM account_states WHERE $1 OR account = ANY($2) ORDER BY account FOR NO KEY UPDATE
        """, isForAll, Array(named)
      ).map { (row) throws(StoreError) in try row.id(Account.self) }
      guard named.isSubset(of: locked) else { throw .missing("account") }
      return locked
    }

    /// Adds entries in place of those for the same numbers.
    func add(_ entries: [Suppression]) throws(StoreError) {
      for entry in entries {
        try Document.checkTexts(["source": entry.source, "reason": entry.reason], of: "a do-not-call entry")
      }
      let numbers: [PhoneNumber?] = entries.map { if case .number(let number) = $0.pattern { number } else { nil } }
      let prefixes: [String?] = entries.map {
        if case .prefix(let prefix) = $0.pattern { "\(prefix.start)" } else { nil }
      }
      write(
        """
        INSERT INTO suppressions SELECT * FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::text[],
          $6::text[], $7::bigint[], $8::bigint[])
        ON CONFLICT (account, pattern) DO UPDATE SET source = excluded.source, reason = excluded.reason,
          added_at = excluded.added_at, expires_at = excluded.expires_at
        """, entries.map { $0.account ?? .all }, entries.map(\.pattern.description), numbers, prefixes,
        entries.map(\.source), entries.map(\.reason), entries.map(\.addedAt), entries.map(\.expiresAt))
    }

    /// Suppresses the leads that are called on numbers of entries that hold, and finds the live calls on these.
    fileprivate func suppressLeads(of holding: [Suppression], at now: Timestamp) throws(StoreError) -> [Call.ID] {
      var numbers: [Account.ID: [PhoneNumber]] = [:]
      for entry in holding {
        if case .number(let number) = entry.pattern { numbers[entry.account ?? .all, default: []].append(number) }
      }
      for (account, numbers) in numbers.sorted(by: { $0.key < $1.key }) {
        write(
          """
          UPDATE leads SET ending = 'suppress' WHERE number = ANY($1) AND status = 'calling' AND ($2::uuid = $3::uuid
            OR account = $2)
          """, numbers, account, Account.ID.all)
        let waiting = try rows(
          """
          SELECT account, array_agg(id), array_agg(DISTINCT campaign) FROM leads
          WHERE number = ANY($1) AND status = 'waiting' AND ($2::uuid = $3::uuid OR account = $2) GROUP BY account
            ORDER BY account
          """, numbers, account, Account.ID.all
        ).map { (row) throws(StoreError) in (try row.id(Account.self), try row.text(), try row.text()) }
        for (account, leads, campaigns) in waiting {
          write("SELECT end_waiting($1, $2, 'suppressed', $3)", account, leads, now)
          write("SELECT complete_if_done(c, $2) FROM unnest($1::uuid[]) AS c", campaigns, now)
          noteTold(account)
        }
      }
      var calls: Set<Call.ID> = []
      for (account, numbers) in numbers {
        let found = try rows(
          "SELECT call FROM live_calls WHERE number = ANY($1) AND ($2::uuid = $3::uuid OR account = $2)", numbers,
          account,
          Account.ID.all)
        calls.formUnion(try found.map { (row) throws(StoreError) in try row.id(Call.self) })
      }
      for entry in holding {
        guard case .prefix(let prefix) = entry.pattern else { continue }
        let found = try rows(
          "SELECT call FROM live_calls WHERE number::text LIKE $1 AND ($2::uuid = $3::uuid OR account = $2)",
          "\(prefix.start)%",
          entry.account ?? .all, Account.ID.all)
        calls.formUnion(try found.map { (row) throws(StoreError) in try row.id(Call.self) })
      }
      return calls.sorted()
    }

    /// The entry that holds for a number now: the narrowest, and the account's before all's.
    func suppression(of number: PhoneNumber, for account: Account.ID) throws(StoreError) -> Suppression? {
      let rows = try rows(
        """
        SELECT \(Suppression.columns) FROM suppressions
        WHERE (number = $1 OR prefix IS NOT NULL AND $1::bigint::text LIKE prefix || '%') AND account IN ($2, $3)
          AND (expires_at IS NULL OR $4 < expires_at)
        ORDER BY prefix IS NOT NULL, length(prefix) DESC, account = $3 LIMIT 1
        """, number, account, Account.ID.all, try now())
      guard var row = rows.first else { return nil }
      return try Suppression(&row)
    }
  }
#endif
