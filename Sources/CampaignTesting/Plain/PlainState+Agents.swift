import CampaignKit

extension PlainState {
  mutating func insert(_ agent: Agent) throws(StoreError) {
    _ = try index(of: agent.account)
    try check(agent)
    guard !agents.contains(where: { $0.id == agent.id }) else {
      throw StoreError(.duplicate, "there is such an agent")
    }
    var new = agent
    new.revision = 0
    agents.append(new)
    tell(agent.account, .agentUpdated, agent: agent.id, status: agent.status.rawValue)
  }

  mutating func update(_ agent: Agent) throws(StoreError) -> Agent {
    let index = try index(of: agent.id, in: agent.account)
    try check(agent)
    let old = agents[index]
    guard old.revision == agent.revision else { throw .changed("agent") }
    var new = agent
    new.status = old.status
    new.statusSince = old.statusSince
    new.createdAt = old.createdAt
    new.updatedAt = now
    new.revision = old.revision + 1
    agents[index] = new
    tell(new.account, .agentUpdated, agent: new.id, status: new.status.rawValue)
    return new
  }

  private func check(_ agent: Agent) throws(StoreError) {
    guard agent.maximumConcurrentCalls >= 0 else {
      throw StoreError(.invalid, "maximumConcurrentCalls must not be negative")
    }
  }

  mutating func setStatus(
    _ status: Agent.Status, of agent: Agent.ID, in account: Account.ID
  ) throws(StoreError) -> Agent {
    let index = try index(of: agent, in: account)
    guard agents[index].status != status else { return agents[index] }
    agents[index].status = status
    agents[index].statusSince = now
    agents[index].updatedAt = now
    tell(account, .agentStatusChanged, agent: agent, status: status.rawValue)
    return agents[index]
  }

  mutating func delete(_ agent: Agent.ID, of account: Account.ID) throws(StoreError) {
    let index = try index(of: agent, in: account)
    guard liveCalls({ $0.agent == agent }).isEmpty else {
      throw StoreError(.notPermitted, "the agent has a live call")
    }
    guard !campaigns.contains(where: { $0.status == .active && $0.agents.agents.contains(agent) }) else {
      throw StoreError(.notPermitted, "the agent is assigned to an active campaign")
    }
    agents.remove(at: index)
    tell(account, .agentDeleted, agent: agent)
  }

  func activity(of agent: Agent.ID) -> AgentActivity {
    let own = calls.filter { $0.agent == agent && $0.isAttempt }
    let over = own.filter { !$0.status.isLive }
    return AgentActivity(
      currentCalls: own.count { $0.wantsAgent }, calls: over.count,
      talkTime: over.reduce(.zero) { $0 + ($1.talkTime ?? .zero) },
      lastActiveAt: own.map { max($0.endedAt ?? $0.createdAt, $0.createdAt) }.max())
  }

  /// How many calls an agent can take now.
  func room(of agent: Agent) -> Int {
    guard agent.isActive, agent.status == .available else { return 0 }
    return max(0, agent.maximumConcurrentCalls - liveCalls { $0.agent == agent.id && $0.wantsAgent }.count)
  }

  mutating func assign(_ call: Call.ID, to choice: [Agent.ID]) throws(StoreError) -> Agent.ID? {
    let index = try index(of: call)
    guard calls[index].status.isLive else { throw StoreError(.notPermitted, "the call is over") }
    if let agent = calls[index].agent { return agent }
    guard calls[index].wantsAgent else { return nil }
    var best: (agent: Agent.ID, idleSince: Timestamp)?
    for id in choice {
      guard let agent = agents.first(where: { $0.id == id && $0.account == calls[index].account }),
        room(of: agent) > 0
      else { continue }
      let idleSince = activity(of: id).lastActiveAt ?? .distantPast
      if best.map({ (idleSince, id) < ($0.idleSince, $0.agent) }) ?? true { best = (id, idleSince) }
    }
    guard let best else { return nil }
    calls[index].agent = best.agent
    tell(calls[index], .callAssigned)
    return best.agent
  }
}
