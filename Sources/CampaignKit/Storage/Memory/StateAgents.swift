extension StoreState {
  func agentRow(_ id: Agent.ID, of account: Account.ID) throws(StoreError) -> UInt32 {
    guard let row = indexes.agents[id], tables.agents[Int(row)].agent.account == account else {
      throw StoreError(.notFound, "there is no agent \(id)")
    }
    return row
  }

  // MARK: Deciding

  mutating func insert(_ agent: Agent, at now: Timestamp) throws(StoreError) {
    _ = try accountRow(agent.account)
    guard indexes.agents[agent.id] == nil else { throw StoreError(.duplicate, "there is an agent \(agent.id) already") }
    var new = agent
    new.revision = 0
    try commit(.agent(new), at: now)
  }

  mutating func update(_ agent: Agent, at now: Timestamp) throws(StoreError) -> Agent {
    let stored = tables.agents[Int(try agentRow(agent.id, of: agent.account))].agent
    try Self.expect(stored.revision, agent.revision, "agent \(agent.id)")
    var changed = agent
    changed.status = stored.status
    changed.statusSince = stored.statusSince
    changed.createdAt = stored.createdAt
    changed.updatedAt = now
    changed.revision &+= 1
    try commit(.agent(changed), at: now)
    return changed
  }

  mutating func setStatus(
    _ status: Agent.Status, of id: Agent.ID, in account: Account.ID, at now: Timestamp
  ) throws(StoreError) -> Agent {
    let row = try agentRow(id, of: account)
    if tables.agents[Int(row)].agent.status != status { try commit(.agentStatus(row, status), at: now) }
    return tables.agents[Int(row)].agent
  }

  mutating func delete(_ id: Agent.ID, of account: Account.ID, at now: Timestamp) throws(StoreError) {
    let row = try agentRow(id, of: account)
    guard !hasLiveCall(agent: row) else {
      throw StoreError(.notPermitted, "the agent has a live call; wait for its end")
    }
    for campaign in indexes.byAccount[Int(tables.agents[Int(row)].account)].campaigns {
      let campaign = tables.campaigns[Int(campaign)].campaign
      if campaign.status == .active, campaign.agents.agents.contains(id) {
        throw StoreError(.notPermitted, "the agent is assigned to campaign \(campaign.id), which is active")
      }
    }
    try commit(.agentDeleted(row), at: now)
  }

  /// Whether a live call bears the name of an agent, also if a machine has answered it.
  private func hasLiveCall(agent row: UInt32) -> Bool {
    var call = tables.accounts[Int(tables.agents[Int(row)].account)].oldestLive
    while call != noRow {
      if tables.calls[call].agent == row { return true }
      call = tables.calls[call].newerLive
    }
    return false
  }

  // MARK: Applying

  mutating func apply(_ agent: Agent, at now: Timestamp) throws(StoreError) {
    guard let account = indexes.accounts[agent.account] else { throw .misfit("account") }
    if let row = indexes.agents[agent.id] {
      tables.agents[Int(row)].agent = agent
      tell(.agentUpdated, of: account, at: now, agent: row, status: agent.status.stored)
    } else {
      tables.agents.append(AgentRecord(agent: agent, account: account))
      let row = UInt32(tables.agents.count - 1)
      index(agent: row)
      tell(.agentUpdated, of: account, at: now, agent: row, status: agent.status.stored)
    }
  }

  mutating func index(agent row: UInt32) {
    let record = tables.agents[Int(row)]
    indexes.agentCalls.append([])
    guard !record.isDeleted else {
      indexes.deletedAgents[record.agent.id] = row
      return
    }
    indexes.agents[record.agent.id] = row
    indexes.byAccount[Int(record.account)].agents.append(row)
  }

  mutating func applyStatus(_ status: Agent.Status, ofAgent row: UInt32, at now: Timestamp) throws(StoreError) {
    guard row < tables.agents.count else { throw .misfit("agent") }
    tables.agents[Int(row)].agent.status = status
    tables.agents[Int(row)].agent.statusSince = now
    tables.agents[Int(row)].agent.updatedAt = now
    tell(
      .agentStatusChanged, of: tables.agents[Int(row)].account, at: now, agent: row, status: status.stored)
  }

  mutating func applyDeletion(ofAgent row: UInt32, at now: Timestamp) throws(StoreError) {
    guard row < tables.agents.count, !tables.agents[Int(row)].isDeleted else { throw .misfit("agent") }
    tables.agents[Int(row)].isDeleted = true
    indexes.agents[tables.agents[Int(row)].agent.id] = nil
    indexes.deletedAgents[tables.agents[Int(row)].agent.id] = row
    let account = tables.agents[Int(row)].account
    indexes.byAccount[Int(account)].agents.removeSorted(row)
    tell(.agentDeleted, of: account, at: now, agent: row)
  }
}

extension Agent.Status {
  /// One more than the place in the list of all.
  var stored: UInt8 { UInt8((Agent.Status.allCases.firstIndex(of: self) ?? 0) + 1) }
}
