#if PostgreSQL
  public import CampaignKit

  // What these do is said where the protocols declare them.
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  extension PostgresStorage {
    public func insert(_ account: Account) async throws(StoreError) {
      try await change { (session) throws(StoreError) in try session.add(account) }
    }

    public func account(_ id: Account.ID) async throws(StoreError) -> Account? {
      try await read { (session) throws(StoreError) in
        try session.one("SELECT doc FROM accounts WHERE id = $1", id)
      }
    }

    public func account(externalID: String) async throws(StoreError) -> Account? {
      try await read { (session) throws(StoreError) in
        try session.one("SELECT doc FROM accounts WHERE external_id = $1", externalID)
      }
    }

    public func accounts(_ page: PageRequest) async throws(StoreError) -> Page<Account> {
      try await read(.snapshot) { (session) throws(StoreError) in
        try session.page(Listing(from: "accounts", columns: "doc", id: "id"), page) { (row) throws(StoreError) in
          try row.document()
        }
      }
    }

    public func update(_ account: Account) async throws(StoreError) -> Account {
      try await change { (session) throws(StoreError) in
        try session.lock(account.id)
        guard let old: Account = try session.one("SELECT doc FROM accounts WHERE id = $1", account.id) else {
          throw .missing("account")
        }
        guard old.revision == account.revision else { throw .changed("account") }
        try account.check()
        try account.checkTexts()
        var new = account
        new.createdAt = old.createdAt
        new.updatedAt = try session.now()
        new.revision = old.revision + 1
        session.write(
          "UPDATE accounts SET external_id = $2, call_limit = $3, doc = $4 WHERE id = $1", new.id, new.externalID,
          new.concurrencyLimit, try Document.text(new))
        if !new.permitsSame(as: old) { try session.tell(new.id, .limitsChanged) }
        return new
      }
    }

    public func insert(_ user: User) async throws(StoreError) {
      try await change { (session) throws(StoreError) in
        try session.lock(user.account)
        try session.add(user)
      }
    }

    public func user(_ id: User.ID) async throws(StoreError) -> User? {
      try await read { (session) throws(StoreError) in
        try session.one("SELECT doc FROM users WHERE id = $1", id)
      }
    }

    public func user(email: String) async throws(StoreError) -> User? {
      try await read { (session) throws(StoreError) in
        try session.one("SELECT doc FROM users WHERE email = $1", email.lowercased())
      }
    }

    public func users(of account: Account.ID) async throws(StoreError) -> [User] {
      try await read { (session) throws(StoreError) in
        try session.rows("SELECT doc FROM users WHERE account = $1 ORDER BY id", account)
          .map { (row) throws(StoreError) in try row.document() }
      }
    }

    public func update(_ user: User) async throws(StoreError) -> User {
      try await change { (session) throws(StoreError) in
        guard
          let old: User = try session.one(
            "SELECT doc FROM users WHERE id = $1 AND account = $2 FOR UPDATE", user.id, user.account)
        else { throw .missing("user") }
        guard old.revision == user.revision else { throw .changed("user") }
        try user.checkTexts()
        var new = user
        new.email = user.email.lowercased()
        new.createdAt = old.createdAt
        new.updatedAt = try session.now()
        new.revision = old.revision + 1
        session.write(
          "UPDATE users SET email = $2, doc = $3 WHERE id = $1", new.id, new.email, try Document.text(new))
        return new
      }
    }

    public func delete(_ user: User.ID, of account: Account.ID) async throws(StoreError) {
      try await change { (session) throws(StoreError) in
        let deleted = try session.rows("DELETE FROM users WHERE id = $1 AND account = $2", user, account).changed
        guard deleted > 0 else { throw .missing("user") }
      }
    }

    public func insert(_ key: APIKey) async throws(StoreError) {
      try await change { (session) throws(StoreError) in
        try session.lock(key.account)
        try session.add(key)
      }
    }

    public func key(digest: String) async throws(StoreError) -> APIKey? {
      try await read { (session) throws(StoreError) in
        try session.one("SELECT doc FROM keys WHERE digest = $1", digest)
      }
    }

    public func keys(of account: Account.ID) async throws(StoreError) -> [APIKey] {
      try await read { (session) throws(StoreError) in
        try session.rows("SELECT doc FROM keys WHERE account = $1 ORDER BY id", account)
          .map { (row) throws(StoreError) in try row.document() }
      }
    }

    public func delete(_ key: APIKey.ID, of account: Account.ID) async throws(StoreError) {
      try await change { (session) throws(StoreError) in
        let deleted = try session.rows("DELETE FROM keys WHERE id = $1 AND account = $2", key, account).changed
        guard deleted > 0 else { throw .missing("key") }
      }
    }
  }

  extension Session {
    /// One value that is kept as JSON.
    func one<Value: Decodable>(_ sql: String, _ values: (any SQLValue)?...) throws(StoreError) -> Value? {
      guard var row = try ask(Statement(sql: sql, values: values.map { $0?.sqlText })).first else { return nil }
      return try row.document()
    }

    func add(_ account: Account) throws(StoreError) {
      try account.check()
      try account.checkTexts()
      write(
        "INSERT INTO accounts VALUES ($1, $2, $3, $4)", account.id, account.externalID, account.concurrencyLimit,
        try Document.text(account))
      write("INSERT INTO account_states (account) VALUES ($1)", account.id)
    }

    func add(_ user: User) throws(StoreError) {
      try user.checkTexts()
      var new = user
      new.email = user.email.lowercased()
      write("INSERT INTO users VALUES ($1, $2, $3, $4)", new.id, new.account, new.email, try Document.text(new))
    }

    func add(_ key: APIKey) throws(StoreError) {
      try Document.checkTexts(["digest": key.digest], of: "a key")
      write("INSERT INTO keys VALUES ($1, $2, $3, $4)", key.id, key.account, key.digest, try Document.text(key))
    }
  }

  extension Account {
    fileprivate func checkTexts() throws(StoreError) {
      try Document.checkTexts(["externalID": externalID], of: "an account")
    }
  }

  extension User {
    fileprivate func checkTexts() throws(StoreError) { try Document.checkTexts(["email": email], of: "a user") }
  }

  // MARK: Locks

  extension Session {
    /// Takes the lock under which everything of an account is changed; `what` is told to be missing if there is none.
    func lock(_ account: Account.ID, _ what: String = "account") throws(StoreError) {
      guard
        try rows("SELECT FROM account_states WHERE account = $1 FOR NO KEY UPDATE", account).count > 0
      else { throw .missing(what) }
    }

    /// Takes the lock of the account that a campaign, a lead or a call belongs to.
    private func lock(_ what: String, _ table: String, _ id: any SQLValue) throws(StoreError) -> Account.ID {
      let sql =
        """
        SELECT account FROM account_states WHERE account = (SELECT account FROM \(table) WHERE id = $1)
        FOR NO KEY UPDATE
        """
      guard var row = try rows(sql, id).first else { throw .missing(what) }
      return try row.id()
    }

    @discardableResult
    func lockAccount(of campaign: Campaign.ID) throws(StoreError) -> Account.ID {
      try lock("campaign", "campaigns", campaign)
    }

    @discardableResult
    func lockAccount(of lead: Lead.ID) throws(StoreError) -> Account.ID { try lock("lead", "leads", lead) }

    @discardableResult
    func lockAccount(of call: Call.ID) throws(StoreError) -> Account.ID { try lock("call", "calls", call) }

    @discardableResult
    func lockAccount(of batch: ImportBatch.ID) throws(StoreError) -> Account.ID {
      try lock("import", "imports", batch)
    }
  }

  extension StoreError {
    static func missing(_ what: String) -> StoreError { StoreError(.notFound, "there is no such \(what)") }

    static func changed(_ what: String) -> StoreError {
      StoreError(.conflict, "the \(what) was changed meanwhile; read it again")
    }
  }
#endif
