#if PostgreSQL
  public import CampaignKit

  // What these do is said where the protocols declare them.
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  extension PostgresStorage {
    public func insert(_ agent: Agent) async throws(StoreError) {
      try await change { (session) throws(StoreError) in
        try session.lock(agent.account)
        var new = agent
        new.revision = 0
        try session.add(new)
        try session.tell(agent.account, .agentUpdated, agent: agent.id, status: agent.status.rawValue)
      }
    }

    public func agent(_ id: Agent.ID, of account: Account.ID) async throws(StoreError) -> Agent? {
      try await read { (session) throws(StoreError) in try session.agent(id, of: account) }
    }

    public func agents(_ query: AgentQuery, page: PageRequest) async throws(StoreError) -> Page<Agent> {
      var listing = Listing(from: "agents", columns: Agent.columns, id: "id")
      listing.require("account = ?", query.account)
      if let kind = query.kind { listing.require("kind = ?", kind) }
      if let status = query.status { listing.require("status = ?", status) }
      if let group = query.group { listing.require("agent_group = ?", group) }
      if let isActive = query.isActive { listing.require("is_active = ?", isActive) }
      return try await read(.snapshot) { [listing] (session) throws(StoreError) in
        try session.page(listing, page) { (row) throws(StoreError) in try Agent(&row) }
      }
    }

    public func update(_ agent: Agent) async throws(StoreError) -> Agent {
      try await change { (session) throws(StoreError) in
        let old = try session.existing(agent.id, of: agent.account)
        guard old.revision == agent.revision else { throw .changed("agent") }
        try agent.check()
        try agent.checkTexts()
        var new = agent
        new.status = old.status
        new.statusSince = old.statusSince
        new.createdAt = old.createdAt
        new.updatedAt = try session.now()
        new.revision = old.revision + 1
        session.write(
          """
          UPDATE agents SET kind = $2, agent_group = $3, updated_at = $4, is_active = $5, maximum = $6, doc = $7
          WHERE id = $1
          """, new.id, new.kind, new.group, new.updatedAt, new.isActive, new.maximumConcurrentCalls,
          try Document.text(new))
        try session.tell(new.account, .agentUpdated, agent: new.id, status: new.status.rawValue)
        return new
      }
    }

    public func setStatus(
      _ status: Agent.Status, of id: Agent.ID, in account: Account.ID
    ) async throws(StoreError) -> Agent {
      try await change { (session) throws(StoreError) in
        try session.set(status, of: try session.existing(id, of: account))
      }
    }

    public func delete(_ id: Agent.ID, of account: Account.ID) async throws(StoreError) {
      try await change { (session) throws(StoreError) in
        _ = try session.existing(id, of: account)
        // A call that a machine has answered bears the name of the agent whom it had.
        let sql = "SELECT FROM live_calls v JOIN calls c ON c.id = v.call WHERE v.account = $2 AND c.agent = $1 LIMIT 1"
        guard try session.rows(sql, id, account).count == 0 else {
          throw StoreError(.notPermitted, "the agent has a live call")
        }
        let active = try session.rows("SELECT doc FROM campaigns WHERE account = $1 AND status = 'active'", account)
          .map { (row) throws(StoreError) in try row.document(Campaign.self) }
        guard !active.contains(where: { $0.agents.agents.contains(id) }) else {
          throw StoreError(.notPermitted, "the agent is assigned to an active campaign")
        }
        session.write("DELETE FROM agents WHERE id = $1", id)
        try session.tell(account, .agentDeleted, agent: id)
      }
    }

    public func activity(of agents: [Agent.ID]) async throws(StoreError) -> [Agent.ID: AgentActivity] {
      try await read { (session) throws(StoreError) in
        let found = try session.rows(
          "SELECT id, live, calls, talk_time, last_active_at FROM agents WHERE id = ANY($1)", agents
        ).map { (row) throws(StoreError) in
          (
            try row.id(Agent.self),
            AgentActivity(
              currentCalls: try row.int(), calls: try row.int(), talkTime: .milliseconds(try row.int64()),
              lastActiveAt: try row.optionalMoment())
          )
        }
        return Dictionary(found) { first, _ in first }
      }
    }
  }

  extension Agent {
    /// What an agent is read from.
    static let columns = "doc, status, status_since, updated_at"

    init(_ row: inout Row) throws(StoreError) {
      self = try row.document()
      status = try row.one()
      statusSince = try row.moment()
      updatedAt = try row.moment()
    }

    fileprivate func checkTexts() throws(StoreError) { try Document.checkTexts(["group": group], of: "an agent") }
  }

  extension Session {
    func agent(_ id: Agent.ID, of account: Account.ID) throws(StoreError) -> Agent? {
      let sql = "SELECT \(Agent.columns) FROM agents WHERE id = $1 AND account = $2"
      guard var row = try rows(sql, id, account).first else { return nil }
      return try Agent(&row)
    }

    /// The agent of that name, under the lock of its account.
    fileprivate func existing(_ id: Agent.ID, of account: Account.ID) throws(StoreError) -> Agent {
      try lock(account, "agent")
      guard let agent = try agent(id, of: account) else { throw .missing("agent") }
      return agent
    }

    fileprivate func set(_ status: Agent.Status, of old: Agent) throws(StoreError) -> Agent {
      guard old.status != status else { return old }
      var agent = old
      agent.status = status
      agent.statusSince = try now()
      agent.updatedAt = agent.statusSince
      write(
        "UPDATE agents SET status = $2, status_since = $3, updated_at = $3 WHERE id = $1", agent.id, status,
        agent.statusSince)
      try tell(agent.account, .agentStatusChanged, agent: agent.id, status: status.rawValue)
      return agent
    }

    /// An agent did not come to the telephone, and is not rung for the next person; under the lock of the account.
    func noteAbsence(of id: Agent.ID, in account: Account.ID) throws(StoreError) {
      guard let agent = try agent(id, of: account), agent.status == .available else { return }
      _ = try set(.afterAbsence, of: agent)
    }

    func add(_ agent: Agent, lastActiveAt: Timestamp? = nil) throws(StoreError) {
      try agent.check()
      try agent.checkTexts()
      write(
        """
        INSERT INTO agents (id, account, kind, agent_group, status, status_since, updated_at, is_active, maximum,
          last_active_at, doc)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """, agent.id, agent.account, agent.kind, agent.group, agent.status, agent.statusSince, agent.updatedAt,
        agent.isActive, agent.maximumConcurrentCalls, lastActiveAt, try Document.text(agent))
    }
  }
#endif
