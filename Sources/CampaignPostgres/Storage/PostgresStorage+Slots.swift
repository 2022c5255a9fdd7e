#if PostgreSQL
  public import CampaignKit

  // What these do is said where the protocols declare them.
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  extension PostgresStorage {
    public func slots(of account: Account.ID) async throws(StoreError) -> SlotUsage {
      try await read(.snapshot) { (session) throws(StoreError) in
        try session.slots(of: account, at: try session.now(), locking: false)
      }
    }

    public func setSystemLimit(_ limit: Int) async throws(StoreError) {
      try await change { (session) throws(StoreError) in
        session.write("UPDATE system SET call_limit = $1", limit)
      }
    }

    public func setDefaultAccountLimit(_ limit: Int) async throws(StoreError) {
      try await change { (session) throws(StoreError) in
        session.write("UPDATE system SET account_limit = $1", limit)
      }
    }

    public func reserve(
      _ count: Int, of account: Account.ID, for duration: Duration, note: String
    ) async throws(StoreError) -> SlotReservation {
      try await change { (session) throws(StoreError) in
        try session.lock(account)
        let now = try session.now()
        let usage = try session.slots(of: account, at: now, locking: true)
        guard count > 0 else { throw StoreError(.invalid, "the count of slots to reserve is not above zero") }
        try Document.checkTexts(["note": note], of: "a reservation")
        guard count <= min(usage.systemAvailable, usage.accountAvailable) else {
          throw StoreError(.limited, "there are not \(count) free slots")
        }
        let reservation = SlotReservation(
          id: session.shared.identifiers.next(at: now), account: account, count: count, note: note, reservedAt: now,
          expiresAt: now + duration)
        session.write(
          "DELETE FROM reservations WHERE $1 >= expires_at OR reserved_at - $1 > expires_at - reserved_at", now)
        session.write(
          "INSERT INTO reservations VALUES ($1, $2, $3, $4, $5, $6)", reservation.id, account, count, note, now,
          reservation.expiresAt)
        return reservation
      }
    }

    public func release(_ reservation: SlotReservation.ID) async throws(StoreError) {
      try await change { (session) throws(StoreError) in
        session.write("DELETE FROM reservations WHERE id = $1", reservation)
      }
    }
  }

  extension Session {
    /// The limits, and how much of them is used; with the lock on the system's for who means to take some.
    func slots(of account: Account.ID, at now: Timestamp, locking: Bool) throws(StoreError) -> SlotUsage {
      if locking { write("SELECT FROM system FOR NO KEY UPDATE") }
      let sql = """
        SELECT y.call_limit, y.live + reserved_slots(NULL, $2), coalesce(a.call_limit, y.account_limit),
          s.live + reserved_slots($1, $2), y.account_limit
        FROM system y, accounts a JOIN account_states s ON s.account = a.id WHERE a.id = $1
        """
      guard var row = try rows(sql, account, now).first else { throw .missing("account") }
      return SlotUsage(
        systemLimit: try row.int(), systemActive: try row.int(), accountLimit: try row.int(),
        accountActive: try row.int(), defaultAccountLimit: try row.int())
    }
  }
#endif
