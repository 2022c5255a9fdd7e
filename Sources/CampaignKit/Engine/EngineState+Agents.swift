// How people who answer come to talk to an agent.
extension EngineState {
  /// Sees to a call that was answered.
  mutating func attend(_ call: FollowedCall, at now: Timestamp, _ actions: inout [EngineAction]) {
    guard let id = call.campaign, let run = runs[id], holds(id, at: now) else { return }
    switch call.progress.answeredBy {
    case .screening: return
    case .fax: return hangUp(call.id, because: .machine, at: now, &actions)
    case let by? where by.isMachine:
      guard run.campaign.machineDetection.messageURL != nil else {
        return hangUp(call.id, because: .machine, at: now, &actions)
      }
      return leaveToMessage(call, at: now, &actions)
    case nil where call.detectsMachines(capabilities):
      guard run.campaign.agents.group != nil else { return }
      let by = min(call.detectedBy ?? .distantFuture, now + configuration.detectionWait)
      calls[call.id]?.detectedBy = by
      if now < by { return look(at: call.id, by: by) }
    default: break
    }
    guard run.campaign.agents.group != nil, call.agent == .none, call.hangUp == nil else { return }
    findAgent(call.id, since: now, at: now, &actions)
  }

  /// Frees the agent of a call, or ceases to look for one: a message is left on the machine that answered.
  private mutating func leaveToMessage(_ call: FollowedCall, at now: Timestamp, _ actions: inout [EngineAction]) {
    guard call.agent != .none else { return }
    calls[call.id]?.agent = .none
    calls[call.id]?.connecting.dueAt = nil
    dismissAgent(of: call, &actions)
    makeRoom(call, at: now, &actions)
  }

  /// Asks for an agent, for the last time when the person has waited as long as anybody may.
  mutating func findAgent(
    _ id: Call.ID, since: Timestamp, at now: Timestamp, _ actions: inout [EngineAction]
  ) {
    guard let call = calls[id], !call.isWriting, let campaign = call.campaign, let run = runs[campaign] else { return }
    calls[id]?.agent = .asking(since: since)
    calls[id]?.isWriting = true
    actions.append(.assign(id, to: run.agentsOnDuty(at: now)))
  }

  mutating func assigned(
    _ id: Call.ID, _ result: Result<Agent.ID?, StoreError>, at now: Timestamp, _ actions: inout [EngineAction]
  ) {
    guard let call = calls[id], let since = call.agent.since else { return }
    if case .success(let agent?) = result {
      calls[id]?.agent = .assigned(agent)
      calls[id]?.connecting = FollowedCall.Connecting(dueAt: now, since: now)
    } else {
      calls[id]?.agent = .waiting(since: since)
      if now >= since + configuration.agentWait, holds(call.campaign, at: now) {
        hangUp(id, because: .abandoned, at: now, &actions)
      } else {
        awaitingAgents.append(id)
        look(at: id, by: since + configuration.agentWait)
      }
    }
    goOn(id, at: now, &actions)
  }

  /// Tries again to find agents for those who wait, in the order in which they came.
  mutating func retryAgents(at now: Timestamp, _ actions: inout [EngineAction]) {
    guard !awaitingAgents.isEmpty else { return }
    let waiting = awaitingAgents
    awaitingAgents = []
    for id in waiting {
      guard let call = calls[id], call.progress.ending == nil, call.hangUp == nil, case .waiting(let since) = call.agent
      else { continue }
      if call.isWriting || !holds(call.campaign, at: now) {
        awaitingAgents.append(id)
      } else {
        findAgent(id, since: since, at: now, &actions)
      }
    }
  }

  /// Ends a call whose agent did not come to the telephone: nobody waits for somebody who is not there.
  mutating func endIfAgentIsAbsent(_ id: Call.ID, at now: Timestamp, _ actions: inout [EngineAction]) {
    guard let call = calls[id], call.isAgentAbsent, call.campaign == nil || holds(call.campaign, at: now) else {
      return
    }
    hangUp(id, because: .abandoned, at: now, &actions)
  }

  // MARK: Connecting

  /// Whoever had a call before may have gone between giving it an agent and letting the agent talk.
  mutating func connectAgain(_ call: Call, at now: Timestamp) {
    guard call.wantsAgent, call.answeredAt != nil, let known = calls[call.id], known.agent.agent != nil,
      !known.isAgentAbsent, known.connecting.since == .distantPast
    else { return }
    // What has become of it meanwhile is heard first.
    let dueAt = now + configuration.settling
    calls[call.id]?.connecting = FollowedCall.Connecting(dueAt: dueAt, since: dueAt, isAgain: true)
    look(at: call.id, by: dueAt)
  }

  /// Lets the agent of a call talk, if that is due.
  mutating func connect(_ id: Call.ID, at now: Timestamp, _ actions: inout [EngineAction]) {
    guard let call = calls[id], let dueAt = call.connecting.dueAt, now >= dueAt, let agent = call.agent.agent,
      call.progress.ending == nil, call.verdict == nil, call.hangUp == nil,
      call.progress.answeredBy?.isMachine != true, !call.isAgentAbsent
    else { return }
    calls[id]?.connecting.dueAt = nil
    actions.append(.connect(call.reference(at: now, elapsed: elapsed), to: agent))
  }

  /// How long an agent rings at most.
  private static let agentRingTime = Duration.seconds(30)

  /// Notes whether an agent talks. If not, it is tried again, until the person has waited as long as for an agent.
  mutating func connected(_ id: Call.ID, _ error: DialerError?, at now: Timestamp, _ actions: inout [EngineAction]) {
    guard let error else { return lookForAgent(of: id, at: now) }
    // A call that was left to its message meanwhile has nobody to let talk.
    guard let call = calls[id], call.agent.agent != nil, call.progress.ending == nil else { return }
    let isAgain = call.connecting.isAgain
    let latest = call.connecting.since + configuration.agentWait + (isAgain ? Self.agentRingTime : .zero)
    // Where it is not known whether they talk, they are not cut off. An agent who cannot be rung for longer than one
    // rings does not talk, whereas a carrier in trouble does not say.
    if isAgain ? error.code.fault.isOfOrder : error.isCertain, now >= latest, holds(call.campaign, at: now) {
      return hangUp(id, because: .abandoned, at: now, &actions)
    }
    if isAgain { ask(id, at: now, &actions) }
    calls[id]?.connecting.failures += 1
    let next = now + restingTime(afterFailure: call.connecting.failures + 1)
    calls[id]?.connecting.dueAt = now < latest ? min(next, latest) : next
    touch(id)
    if let call = calls[id] { look(at: id, by: deadline(of: call)) }
  }
}
