#if PostgreSQL
  public import CampaignKit

  // What these do is said where the protocols declare them.
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  extension PostgresStorage {
    public func insert(_ batch: ImportBatch) async throws(StoreError) {
      try await change { (session) throws(StoreError) in
        let account = try session.lockAccount(of: batch.campaign)
        guard account == batch.account else { throw .missing("campaign") }
        try session.add(batch)
      }
    }

    public func importBatch(_ id: ImportBatch.ID) async throws(StoreError) -> ImportBatch? {
      try await read { (session) throws(StoreError) in try session.importBatch(id) }
    }

    public func importBatch(digest: String, into campaign: Campaign.ID) async throws(StoreError) -> ImportBatch? {
      try await read { (session) throws(StoreError) in
        try session.one(
          "SELECT doc FROM imports WHERE campaign = $1 AND digest = $2 AND status <> 'undone'", campaign, digest)
      }
    }

    public func importBatches(of campaign: Campaign.ID) async throws(StoreError) -> [ImportBatch] {
      try await read { (session) throws(StoreError) in
        try session.rows("SELECT doc FROM imports WHERE campaign = $1 ORDER BY id", campaign)
          .map { (row) throws(StoreError) in try row.document() }
      }
    }

    public func complete(_ id: ImportBatch.ID) async throws(StoreError) -> ImportBatch {
      try await change { (session) throws(StoreError) in
        var batch = try session.existing(id)
        guard batch.status == .running else { throw StoreError(.notPermitted, "the import does not run") }
        batch.status = .completed
        batch.updatedAt = try session.now()
        try session.save(batch)
        return batch
      }
    }

    public func undo(_ id: ImportBatch.ID) async throws(StoreError) -> ImportBatch {
      try await change { (session) throws(StoreError) in
        var batch = try session.existing(id)
        guard batch.status != .undone else { throw StoreError(.notPermitted, "the import was undone") }
        let sql = """
          SELECT count(*), count(*) FILTER (WHERE attempts > 0 OR live_call IS NOT NULL) FROM leads
          WHERE import_batch = $1
          """
        guard var row = try session.rows(sql, id).first else { throw .missing("import") }
        let count = try row.int()
        guard try row.int() == 0 else { throw StoreError(.notPermitted, "a lead of the import was tried") }
        batch.status = .undone
        batch.updatedAt = try session.now()
        try session.save(batch)
        if count > 0 {
          session.takeLong()
          session.write("SELECT remove_leads(ARRAY(SELECT id FROM leads WHERE import_batch = $1))", id)
          try session.tell(batch.account, .leadsRemoved, campaign: batch.campaign, count: count)
          try session.completeIfDone(batch.campaign, of: batch.account)
        }
        return batch
      }
    }
  }

  extension Session {
    func importBatch(_ id: ImportBatch.ID) throws(StoreError) -> ImportBatch? {
      try one("SELECT doc FROM imports WHERE id = $1", id)
    }

    /// The import of that name, under the lock of its account.
    fileprivate func existing(_ id: ImportBatch.ID) throws(StoreError) -> ImportBatch {
      try lockAccount(of: id)
      guard let batch = try importBatch(id) else { throw .missing("import") }
      return batch
    }

    func add(_ batch: ImportBatch) throws(StoreError) {
      try Document.checkTexts(["digest": batch.digest], of: "an import")
      write(
        "INSERT INTO imports VALUES ($1, $2, $3, $4, $5, $6, $7)", batch.id, batch.account, batch.campaign,
        batch.digest, batch.status, batch.progress, try Document.text(batch))
    }

    func save(_ batch: ImportBatch) throws(StoreError) {
      write(
        "UPDATE imports SET status = $2, progress = $3, doc = $4 WHERE id = $1", batch.id, batch.status,
        batch.progress, try Document.text(batch))
    }
  }
#endif
