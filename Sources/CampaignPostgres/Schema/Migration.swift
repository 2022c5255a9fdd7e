#if PostgreSQL
  internal import CampaignKit

  /// Brings a database to the version that the program needs.
  struct Migration {
    let connection: Connection
    /// The schema in which everything is kept.
    let schema: String
    /// Whether anything is to be made; otherwise all must be there.
    let isPermitted: Bool

    /// The numbers of the advisory lock under which a schema is migrated: "Camp" read as bytes, and its name.
    private var lock: String { "(\(0x43_61_6D_70), hashtext('\(schema.split(separator: "'").joined())'))" }

    /// How long the lock or a step may take: as long as it takes to go over all that a database holds.
    private static let time = Duration.seconds(24 * 3600)

    /// Applies the steps that are missing, each whole or not at all, while no other process does. Where none is, nothing
    /// is locked, and no right to make anything is needed.
    ///
    /// - Throws: ``StoreError/Code/notPermitted`` when the database is newer than the program, does not let it make what is
    ///   missing, or cannot keep every text; where nothing is to be made, also when it is older, and
    ///   ``StoreError/Code/notFound`` when nothing is there.
    func run() throws(StoreError) {
      let encoding = connection.encoding ?? "unknown"
      guard encoding == "UTF8" else {
        throw StoreError(
          .notPermitted,
          "the database has the encoding \(encoding), which does not hold every text; make one with ENCODING 'UTF8'")
      }
      do {
        let found = try version()
        guard found < Schema.version else { return }
        guard isPermitted else { throw lacking(found) }
        try transaction("SELECT pg_advisory_lock\(lock)")
        defer { try? connection.runScript("SELECT pg_advisory_unlock\(lock)") }
        try connection.runScript(
          """
          CREATE SCHEMA IF NOT EXISTS \(schema.quoted);
          CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY, applied_at timestamptz DEFAULT now())
          """)
        for (index, step) in Schema.steps.enumerated().dropFirst(try version()) {
          try transaction("\(step)\nINSERT INTO schema_version (version) VALUES (\(index + 1))")
        }
      } catch let error as DatabaseError {
        guard error.state == "42501" else { throw error.storeError }
        throw StoreError(.notPermitted, "this user may not make what the database lacks", cause: error)
      } catch let error as StoreError {
        throw error
      } catch {
        throw StoreError(.unavailable, "the database cannot be prepared", cause: error)
      }
    }

    /// What is said where a version is there that is not to be changed; 0 for none.
    private func lacking(_ version: Int) -> StoreError {
      guard version > 0 else {
        return StoreError(.notFound, "there is no schema '\(schema)' of a server; name the database that it writes to")
      }
      return StoreError(
        .notPermitted,
        "the schema '\(schema)' has version \(version), and this program needs \(Schema.version); use the program that "
          + "made it, or start a server of this version, which brings it there")
    }

    /// Runs statements in a transaction that may take its time.
    private func transaction(_ script: String) throws(DatabaseError) {
      do throws(DatabaseError) {
        try connection.runScript(
          "BEGIN;\nSET LOCAL statement_timeout TO 0;\nSET LOCAL lock_timeout TO 0;\n\(script);\nCOMMIT",
          within: Self.time)
      } catch {
        if !connection.isLost { try? connection.runScript("ROLLBACK") }
        throw error
      }
    }

    /// The version that the database has; 0 for none.
    private func version() throws -> Int {
      let table = [Statement(sql: "SELECT to_regclass('schema_version')", values: [])]
      guard var found = try connection.run(table).last?.first, found.optionalText() != nil else { return 0 }
      let rows = try connection.run([Statement(sql: "SELECT coalesce(max(version), 0) FROM schema_version", values: [])]
      )
      guard var row = rows.last?.first else { return 0 }
      let version = try row.int()
      guard version <= Schema.version else {
        throw StoreError(
          .notPermitted,
          "the database has version \(version), and this program knows \(Schema.version); use the newer program")
      }
      return version
    }
  }

  extension String {
    /// The text as a name in a statement.
    var quoted: String {
      "\"" + split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
  }
#endif
