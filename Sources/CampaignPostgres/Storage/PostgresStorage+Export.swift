#if PostgreSQL
  public import CampaignKit

  // What these do is said where the protocols declare them.
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  extension PostgresStorage: PortableStorage {
    /// Hands out everything as it is in one snapshot of the database, over one connection; changes go on meanwhile.
    public nonisolated(nonsending) func export(_ body: (StoreRecord) async throws -> Void) async throws {
      let place = try await pool.take()
      do {
        try await pool.run(on: place) { (connection) throws(StoreError) in
          // Whoever takes the records may take their time over them.
          try connection.script(
            """
            BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
            SET LOCAL idle_in_transaction_session_timeout TO 0
            """)
        }
        for part in ExportPart.all {
          var last: String?
          while true {
            let after = last
            let shared = shared
            let (records, next) = try await pool.run(on: place) { (connection) throws(StoreError) in
              try Session.run(connection, .statement, shared) { (session) throws(StoreError) in
                try session.records(part, after: after)
              }.value
            }
            for record in records { try await body(record) }
            guard let next else { break }
            last = next
          }
        }
        try await pool.run(on: place) { (connection) throws(StoreError) in try connection.script("COMMIT") }
      } catch {
        _ = try? await pool.run(on: place) { (connection) throws(StoreError) in try connection.script("ROLLBACK") }
        pool.giveBack(place)
        throw error
      }
      pool.giveBack(place)
    }
  }

  /// One kind of record, in the order in which records are given out.
  struct ExportPart: Sendable {
    /// What is read of each, after what names its place.
    var columns: String
    var table: String
    /// What names the place of a record in the order: a text, and nothing else has it.
    var place: String
    /// The order, which is that of the places.
    var order: String
    /// The condition for those of this part; nil for all of the table.
    var condition: String?
    /// The condition for those behind the place `$1`.
    var behind: String
    var record: @Sendable (inout Row, Session) throws(StoreError) -> StoreRecord

    init(
      _ table: String, _ columns: String, by place: String = "id",
      _ record: @escaping @Sendable (inout Row, Session) throws(StoreError) -> StoreRecord
    ) {
      self.table = table
      self.columns = columns
      self.place = place
      order = place
      behind = "\(place) > $1"
      self.record = record
    }

    static let all: [ExportPart] = [
      ExportPart("system", "call_limit, account_limit", by: "single::text") { (row, _) throws(StoreError) in
        .limits(system: try row.int(), account: try row.int())
      },
      ExportPart("accounts JOIN account_states ON account = id", "doc, last_event") { (row, _) throws(StoreError) in
        .account(try row.document(), lastEvent: UInt64(clamping: try row.int64()))
      },
      ExportPart("users", "doc") { (row, _) throws(StoreError) in .user(try row.document()) },
      ExportPart("keys", "doc") { (row, _) throws(StoreError) in .key(try row.document()) },
      ExportPart("agents", Agent.columns + ", last_active_at") { (row, _) throws(StoreError) in
        .agent(try Agent(&row), lastActiveAt: try row.optionalMoment())
      },
      suppressions(">"),
      suppressions("="),
      ExportPart("contacts", "doc") { (row, _) throws(StoreError) in .contact(try row.document()) },
      ExportPart("lists", "id, account, name, created_at, (SELECT count(*) FROM list_members WHERE list = id)") {
        (row, session) throws(StoreError) in
        try session.listRecord(&row)
      },
      ExportPart("campaigns JOIN campaign_states ON campaign = id", Campaign.columns + ", next_ordinal") {
        (row, _) throws(StoreError) in
        .campaign(try Campaign(&row), nextOrdinal: try row.int())
      },
      ExportPart("imports", "doc") { (row, _) throws(StoreError) in .importBatch(try row.document()) },
      .leads,
      ExportPart(
        "calls", Call.columns + ", EXISTS (SELECT FROM campaigns c WHERE c.id = campaign AND agent_group IS NOT NULL)"
      ) { (row, _) throws(StoreError) in
        let call = try Call(&row)
        return .call(call, awaitsAgent: try row.bool() && call.status.isLive && call.agent == nil)
      },
    ]

    /// Those for all accounts come last, as other stores have them: a part of their own, so that an index has the order.
    private static func suppressions(_ condition: String) -> ExportPart {
      var part = ExportPart("suppressions", Suppression.columns, by: "account || ' ' || pattern") {
        (row, _) throws(StoreError) in .suppression(try Suppression(&row))
      }
      part.condition = "account \(condition) '\(Account.ID.all.sqlText ?? "")'::uuid"
      part.order = "account, pattern"
      part.behind = "(account, pattern) > (split_part($1, ' ', 1)::uuid, split_part($1, ' ', 2))"
      return part
    }

    private static var leads: ExportPart {
      var part = ExportPart("leads", StoredLead.columns, by: "campaign || ' ' || ordinal") {
        (row, session) throws(StoreError) in
        let stored = try StoredLead(&row, in: session)
        let ending: Lead.Status? = stored.ending.map { $0 == .suppress ? .suppressed : .cancelled }
        return .lead(stored.lead, ending: ending)
      }
      part.order = "campaign, ordinal"
      part.behind = "(campaign, ordinal) > (split_part($1, ' ', 1)::uuid, split_part($1, ' ', 2)::bigint)"
      return part
    }
  }

  extension Session {
    /// The next records of a kind, and the place of the last of them; nil when there are no more.
    fileprivate func records(
      _ part: ExportPart, after place: String?
    ) throws(StoreError) -> (records: [StoreRecord], next: String?) {
      let limit = 1000
      let conditions = [part.condition, place == nil ? nil : part.behind].compactMap { $0 }
      let condition = conditions.isEmpty ? "" : " WHERE \(conditions.joined(separator: " AND "))"
      let rows = try ask(
        Statement(
          sql: """
            SELECT \(part.place), \(part.columns) FROM \(part.table)\(condition) ORDER BY \(part.order) LIMIT \(limit)
            """,
          values: place.map { [$0] } ?? []))
      var last: String?
      let records = try rows.map { (row) throws(StoreError) in
        last = try row.text()
        return try part.record(&row, self)
      }
      return (records, records.count == limit ? last : nil)
    }

    fileprivate func listRecord(_ row: inout Row) throws(StoreError) -> StoreRecord {
      let id = try row.id(ContactList.self)
      var list = ContactList(id: id, account: try row.id(), name: try row.text(), createdAt: try row.moment())
      list.count = try row.int()
      let members = try rows("SELECT contact FROM list_members WHERE list = $1 ORDER BY place", id)
        .map { (row) throws(StoreError) in try row.id(Contact.self) }
      return .list(list, members: members)
    }
  }
#endif
