#if PostgreSQL
  internal import CampaignKit

  /// Brings a database to the version that the program needs.
  struct Migration {
    let connection: Connection
    /// The schema in which everything is kept.
    let schema: String

    /// The numbers of the advisory lock under which a schema is migrated: "Camp" read as bytes, and its name.
    private var lock: String { "(\(0x43_61_6D_70), hashtext('\(schema.split(separator: "'").joined())'))" }

    /// Applies the steps that are missing, each whole or not at all, while no other process does.
    ///
    /// - Throws: ``StoreError/Code/notPermitted`` when the database is newer than the program.
    func run() throws(StoreError) {
      do {
        try connection.runScript("SELECT pg_advisory_lock\(lock)")
        defer { try? connection.runScript("SELECT pg_advisory_unlock\(lock)") }
        try connection.runScript(
          """
          CREATE SCHEMA IF NOT EXISTS \(schema.quoted);
          CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY, applied_at timestamptz DEFAULT now())
          """)
        let found = try version()
        guard found <= Schema.version else {
          throw StoreError(
            .notPermitted,
            "the database has version \(found), and this program knows \(Schema.version); use the newer program")
        }
        for (index, step) in Schema.steps.enumerated().dropFirst(found) {
          try connection.runScript(
            "BEGIN;\n\(step)\nINSERT INTO schema_version (version) VALUES (\(index + 1));\nCOMMIT")
        }
      } catch let error as DatabaseError {
        throw error.storeError
      } catch let error as StoreError {
        throw error
      } catch {
        throw StoreError(.unavailable, "the database cannot be prepared", cause: error)
      }
    }

    private func version() throws -> Int {
      let rows = try connection.run([Statement(sql: "SELECT coalesce(max(version), 0) FROM schema_version", values: [])]
      )
      guard var row = rows.last?.first else { return 0 }
      return try row.int()
    }
  }

  extension String {
    /// The text as a name in a statement.
    var quoted: String {
      "\"" + split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
  }
#endif
