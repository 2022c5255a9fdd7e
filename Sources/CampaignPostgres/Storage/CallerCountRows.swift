#if PostgreSQL
  public import CampaignKit

  /// A number of an account in a quarter of an hour.
  struct CallerQuarter: Hashable {
    var account: Account.ID
    var number: PhoneNumber
    var quarter: Timestamp
  }

  extension Session {
    /// Counts a call with the number it is made from, or how it differs from what was counted of it before.
    func count(callerOf new: Call, over old: Call? = nil) {
      guard let number = new.from else { return }
      var change = CallerCounts()
      change.count(new)
      var before = CallerCounts()
      if let old { before.count(old) }
      change.subtract(before)
      guard change != CallerCounts() else { return }
      let key = CallerQuarter(account: new.account, number: number, quarter: new.createdAt.startOfQuarter)
      guard many == nil else {
        many?.count(change, of: key)
        return
      }
      write([key: change])
    }

    /// Adds to what is counted of some numbers. The account is locked, so nobody waits for the order of these.
    func write(_ counts: [CallerQuarter: CallerCounts]) {
      guard !counts.isEmpty else { return }
      let counts = Array(counts)
      write(
        """
        INSERT INTO caller_counts (account, number, quarter, calls, ended, answered)
        SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
        ON CONFLICT (account, number, quarter) DO UPDATE SET calls = caller_counts.calls + excluded.calls,
          ended = caller_counts.ended + excluded.ended, answered = caller_counts.answered + excluded.answered
        """,
        counts.map(\.key.account), counts.map(\.key.number), counts.map(\.key.quarter), counts.map(\.value.calls),
        counts.map(\.value.ended), counts.map(\.value.answered))
    }
  }

  extension CallerCounts {
    fileprivate mutating func subtract(_ other: CallerCounts) {
      calls -= other.calls
      ended -= other.ended
      answered -= other.answered
    }
  }

  // What this does is said where the protocol declares it.
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  extension PostgresStorage {
    public func callerNumbers(
      of account: Account.ID, from: Timestamp?, until: Timestamp?
    ) async throws(StoreError) -> [CallerNumberCounts] {
      try await read { (session) throws(StoreError) in
        try session.rows(
          """
          SELECT number, sum(calls)::bigint, sum(ended)::bigint, sum(answered)::bigint FROM caller_counts
          WHERE account = $1 AND quarter > $2 AND quarter < $3
          GROUP BY number HAVING sum(calls) > 0 ORDER BY number
          """, account, from.map { $0.startOfQuarter.milliseconds - 1 } ?? Int64.min, until?.milliseconds ?? Int64.max
        ).map { (row) throws(StoreError) in
          CallerNumberCounts(
            number: try row.number(),
            counts: CallerCounts(calls: try row.int(), ended: try row.int(), answered: try row.int()))
        }
      }
    }
  }
#endif
