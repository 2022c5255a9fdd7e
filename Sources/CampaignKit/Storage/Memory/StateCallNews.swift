import Digests

// How calls go on and end.
extension StoreState {
  // MARK: News

  mutating func record(
    _ news: CallNews, of id: Call.ID, at now: Timestamp
  ) throws(StoreError) -> (call: Call, isNew: Bool) {
    let row = try callRow(id)
    let isNew = try self.isNew(news, of: row)
    if isNew { try commit(.news(row, news), at: now) }
    return (try tables.call(at: row), isNew)
  }

  /// Records news of calls, and ends those that are over.
  mutating func update(_ calls: [CallUpdate], at now: Timestamp) -> [Result<Call.Status, StoreError>] {
    calls.map { update in Result { () throws(StoreError) in try self.update(update, at: now) } }
  }

  private mutating func update(_ update: CallUpdate, at now: Timestamp) throws(StoreError) -> Call.Status {
    guard !update.news.isEmpty || update.ending != nil else {
      throw StoreError(.invalid, "an update of a call needs news or an end")
    }
    let row = try callRow(update.call)
    for news in update.news where try isNew(news, of: row) { try commit(.news(row, news), at: now) }
    if let ending = update.ending { _ = try finish(row, ending, at: now) }
    return Call.Status(raw: tables.calls[row].status)
  }

  /// Whether news says something about a call that is not known yet.
  private func isNew(_ news: CallNews, of row: UInt32) throws(StoreError) -> Bool {
    let call = tables.calls[row]
    switch news {
    case .placed:
      if call.placedAt == 0, call.isLive { return true }
      return try tables.callPayload(row).reference == nil
    case .ringing(let at): return call.ringingAt == 0 && (call.isLive || at.milliseconds <= call.endedAt)
    case .answered(_, let by):
      return call.isLive && (call.answeredAt == 0 || by != nil && call.answeredBy == 0)
    case .detected(let by): return call.isLive && call.answeredBy != by.stored
    case .messageLeft:
      guard call.isLive else { return false }
      return try tables.callPayload(row).messageLeftAt == nil
    case .agentAbsent(let agent, _):
      guard call.wantsAgent, call.agent != noRow, tables.agents[Int(call.agent)].agent.id == agent else { return false }
      return try tables.callPayload(row).agentAbsentAt == nil
    case .callbackAgreed(let at):
      guard call.isLive else { return false }
      let known = try tables.callPayload(row).agreedCallback
      return Call.AgreedCallback(at: at).merged(with: known) != known
    case .conference(let name):
      guard call.isLive else { return false }
      return try tables.callPayload(row).conference != name
    case .recording(let recording): return try tables.callPayload(row).recording != recording
    case .cost(let micros): return call.costMicros != micros
    }
  }

  mutating func apply(_ news: CallNews, to row: UInt32, at now: Timestamp) throws(StoreError) {
    guard tables.calls.contains(row) else { throw .misfit("call") }
    let call = tables.calls[row]
    switch news {
    case .placed(let carrier, let reference, let at):
      if call.placedAt == 0, call.isLive { tables.calls[row].placedAt = max(at.milliseconds, call.createdAt) }
      tables.calls[row].carrier = tables.texts.number(of: carrier)
      if call.payload.length == 0 {
        tables.calls[row].payload = tables.callPayloads[Int(row >> Rows<CallRow>.chunkBits)].add { writer in
          CallPayload.write(onlyReference: reference, to: &writer)
        }
        indexReference(reference, of: row)
      } else {
        var payload = try tables.callPayload(row)
        if payload.reference == nil {
          payload.reference = reference
          setCallPayload(payload, of: row)
          indexReference(reference, of: row)
        }
      }
      advance(row, to: .placed, telling: .callPlaced, at: now)
    case .ringing(let at):
      tables.calls[row].ringingAt = max(at.milliseconds, call.createdAt)
      advance(row, to: .ringing, telling: .callRinging, at: now)
    case .answered(let at, let by):
      if call.answeredAt == 0 { tables.calls[row].answeredAt = max(at.milliseconds, call.createdAt) }
      if call.answeredBy == 0 { tables.calls[row].answeredBy = by?.stored ?? 0 }
      advance(row, to: .answered, telling: .callAnswered, at: now)
      tellDetection(of: row, after: call, at: now)
      try bindAgent(of: row, after: call, at: now)
    case .detected(let by):
      tables.calls[row].answeredBy = by.stored
      tellDetection(of: row, after: call, at: now)
      try bindAgent(of: row, after: call, at: now)
    case .messageLeft(let at):
      var payload = try tables.callPayload(row)
      payload.messageLeftAt = max(at, Timestamp(milliseconds: call.createdAt))
      setCallPayload(payload, of: row)
    case .agentAbsent(_, let at):
      guard call.agent != noRow else { throw .misfit("agent") }
      var payload = try tables.callPayload(row)
      payload.agentAbsentAt = max(at, Timestamp(milliseconds: call.createdAt))
      setCallPayload(payload, of: row)
      tellCall(.agentAbsent, row, at: now)
      if tables.agents[Int(call.agent)].agent.status == .available {
        try applyStatus(.afterAbsence, ofAgent: call.agent, at: now)
      }
    case .callbackAgreed(let at):
      var payload = try tables.callPayload(row)
      payload.agreedCallback = Call.AgreedCallback(at: at).merged(with: payload.agreedCallback)
      setCallPayload(payload, of: row)
    case .conference(let name):
      var payload = try tables.callPayload(row)
      payload.conference = name
      setCallPayload(payload, of: row)
    case .recording(let recording):
      var payload = try tables.callPayload(row)
      payload.recording = recording
      setCallPayload(payload, of: row)
    case .cost(let micros):
      tables.calls[row].costMicros = micros
      if !call.isLive {
        let difference = micros &- (call.costMicros == .min ? 0 : call.costMicros)
        countInRollups(tables.calls[row]) { $0.costMicros &+= difference }
      }
    }
  }

  /// Moves a call on, never back.
  private mutating func advance(
    _ row: UInt32, to status: Call.Status, telling kind: CampaignEvent.Kind, at now: Timestamp
  ) {
    guard tables.calls[row].status < status.raw else { return }
    tables.calls[row].status = status.raw
    tellCall(kind, row, at: now)
  }

  private mutating func tellDetection(of row: UInt32, after old: CallRow, at now: Timestamp) {
    let by = tables.calls[row].answeredBy
    if by != old.answeredBy { tellCall(.callDetected, row, at: now, status: by) }
  }

  mutating func tellCall(_ kind: CampaignEvent.Kind, _ row: UInt32, at now: Timestamp, status: UInt8 = 0) {
    let call = tables.calls[row]
    tell(
      kind, of: call.account, at: now, campaign: call.campaign, lead: call.leadID, call: row, agent: call.agent,
      status: status)
  }

  /// Changes the counts of every scope that a call is counted in.
  @inline(__always)
  mutating func countInRollups(_ call: CallRow, _ change: (inout RollupCell) -> Void) {
    guard call.isAttempt else { return }
    tables.accounts[Int(call.account)].rollups.count(at: call.createdAt, change)
    if call.campaign != noRow { tables.campaigns[Int(call.campaign)].rollups.count(at: call.createdAt, change) }
    if call.agent != noRow { tables.agents[Int(call.agent)].rollups.count(at: call.createdAt, change) }
  }

  static func hash(reference: String, carrier: UInt32) -> UInt64 {
    var reference = reference
    return reference.withUTF8 { Checksum64.of(UnsafeRawBufferPointer($0), seed: UInt64(carrier)) }
  }

  /// Makes a call found by the name that its carrier gave it.
  mutating func indexReference(_ reference: String, of row: UInt32) {
    tables.calls[row].referenceHash = Self.hash(reference: reference, carrier: tables.calls[row].carrier)
    if isReplaying {
      awaitingReferences.append(row)
    } else {
      index(referenceOf: row)
    }
  }

  mutating func index(referenceOf row: UInt32) {
    indexes.callReferences.insert(tables.calls[row].referenceHash, row)
  }

  func callRow(carrier: String, reference: String) -> UInt32? {
    guard let number = tables.texts.known(carrier) else { return nil }
    return indexes.callReferences.find(Self.hash(reference: reference, carrier: number)) {
      tables.calls[$0].carrier == number && (try? tables.callPayload($0))?.reference == reference
    }
  }

  // MARK: Assigning

  mutating func assign(_ id: Call.ID, to agents: [Agent.ID], at now: Timestamp) throws(StoreError) -> Agent.ID? {
    let row = try callRow(id)
    let call = tables.calls[row]
    guard call.isLive else { throw StoreError(.notPermitted, "the call is over") }
    if call.agent != noRow { return tables.agents[Int(call.agent)].agent.id }
    guard call.wantsAgent else { return nil }
    var chosen: (idleSince: Int64, row: UInt32)?
    for agent in Set(agents).compactMap({ indexes.agents[$0] }).sorted() {
      let record = tables.agents[Int(agent)]
      guard record.account == call.account, record.hasRoom else { continue }
      if chosen.map({ (record.lastActiveAt, agent) < $0 }) ?? true { chosen = (record.lastActiveAt, agent) }
    }
    guard let chosen else { return nil }
    try commit(.assigned(call: row, agent: chosen.row), at: now)
    return tables.agents[Int(chosen.row)].agent.id
  }

  mutating func applyAssignment(of row: UInt32, to agent: UInt32, at now: Timestamp) throws(StoreError) {
    guard tables.calls.contains(row), agent < tables.agents.count, tables.calls[row].isLive,
      tables.calls[row].agent == noRow
    else {
      throw .misfit("live call or agent")
    }
    let call = tables.calls[row]
    tables.calls[row].agent = agent
    tables.agents[Int(agent)].currentCalls += call.wantsAgent ? 1 : 0
    tables.agents[Int(agent)].wasActive(at: call.createdAt)
    tables.agents[Int(agent)].rollups.count(at: call.createdAt) { $0.created &+= 1 }
    indexes.agentCalls[Int(agent)].append(row)
    stopAwaitingAgent(row)
    tellCall(.callAssigned, row, at: now)
  }

  /// Frees the agent of a call that a machine has answered. If it was a person after all they have it again; without
  /// room for it they lose it, and it waits for an agent as others do.
  private mutating func bindAgent(of row: UInt32, after old: CallRow, at now: Timestamp) throws(StoreError) {
    let call = tables.calls[row]
    guard call.wantsAgent != old.wantsAgent else { return }
    if call.agent != noRow {
      if !call.wantsAgent {
        tables.agents[Int(call.agent)].currentCalls -= 1
      } else if tables.agents[Int(call.agent)].hasRoom {
        tables.agents[Int(call.agent)].currentCalls += 1
      } else {
        try takeAway(row)
        awaitAgent(row)
      }
      tell(
        .agentUpdated, of: call.account, at: now, agent: call.agent,
        status: tables.agents[Int(call.agent)].agent.status.stored)
    } else if call.wantsAgent {
      awaitAgent(row)
    } else {
      stopAwaitingAgent(row)
    }
  }

  /// Takes a live call that keeps no agent busy from the agent whose name it bears.
  private mutating func takeAway(_ row: UInt32) throws(StoreError) {
    let call = tables.calls[row]
    let agent = Int(call.agent)
    var payload = try tables.callPayload(row)
    if payload.agentAbsentAt != nil {
      payload.agentAbsentAt = nil
      setCallPayload(payload, of: row)
    }
    tables.calls[row].agent = noRow
    tables.agents[agent].rollups.count(at: call.createdAt) { $0.created &-= 1 }
    indexes.agentCalls[agent].removeAll { $0 == row }
    tables.agents[agent].lastActiveAt = 0
    for other in indexes.agentCalls[agent] where tables.calls[other].isAttempt {
      tables.agents[agent].wasActive(at: max(tables.calls[other].createdAt, tables.calls[other].endedAt))
    }
  }

  // MARK: Finishing

  mutating func finish(
    _ id: Call.ID, _ ending: CallEnding, at now: Timestamp
  ) throws(StoreError) -> (call: Call, isNew: Bool) {
    let row = try callRow(id)
    let isNew = try finish(row, ending, at: now)
    return (try tables.call(at: row), isNew)
  }

  /// Ends a call, and returns whether it was live.
  private mutating func finish(_ row: UInt32, _ ending: CallEnding, at now: Timestamp) throws(StoreError) -> Bool {
    guard tables.calls[row].isLive else { return false }
    let resolved = try resolve(ending, of: row, at: now)
    try apply(resolved, to: row, at: now)
    keep(.finished(row, resolved), at: now)
    return true
  }

  /// What an ending comes to, given what has happened to the lead and the campaign meanwhile.
  @inline(__always)
  private func resolve(_ ending: CallEnding, of row: UInt32, at now: Timestamp) throws(StoreError) -> CallEnding {
    var resolved = ending
    let call = tables.calls[row]
    if ending.disposition == .answered, call.agent != noRow {
      resolved.disposition = ending.disposition(agentAbsentAt: try tables.callPayload(row).agentAbsentAt)
    }
    resolved.at = Timestamp(milliseconds: max((ending.at ?? now).milliseconds, call.createdAt))
    resolved.failure = ending.failure?.kept
    // What the carrier has had is an attempt, whatever is said of it.
    resolved.isAttempt = ending.isAttempt || call.status != Call.Status.intended.raw
    if ending.talkTime == nil, call.answeredAt != 0 {
      resolved.talkTime = .milliseconds(max(0, (resolved.at?.milliseconds ?? 0) &- call.answeredAt))
    }
    guard call.campaign != noRow else { return resolved }
    let core = tables.leadCore(call.lead)
    let attempts = Int(core.attempts) - (resolved.isAttempt ? 0 : 1)
    switch (ending.next, Lead.Status(raw: core.ending &- 1)) {
    case (_, .suppressed): resolved.next = .suppress
    case (.complete, _), (.suppress, _): break
    case (_, .cancelled): resolved.next = .cancel
    case (.retry, _), (.release, _):
      if Campaign.statuses.isFinal(tables.campaigns[Int(call.campaign)].campaign.status) {
        resolved.next = .cancel
      } else if attempts >= tables.campaigns[Int(call.campaign)].campaign.retries.maximumAttempts {
        resolved.next = .fail
      }
    default: break
    }
    return resolved
  }

  mutating func apply(_ ending: CallEnding, to row: UInt32, at now: Timestamp) throws(StoreError) {
    guard tables.calls.contains(row), tables.calls[row].isLive else { throw .misfit("live call") }
    unlink(live: row)
    let hadAgent = tables.calls[row].wantsAgent
    tables.calls[row].status = Call.Status.ended.raw
    tables.calls[row].disposition = ending.disposition.stored
    tables.calls[row].endedAt = ending.at?.milliseconds ?? now.milliseconds
    tables.calls[row].duration = ending.duration?.milliseconds ?? -1
    tables.calls[row].talkTime = ending.talkTime?.milliseconds ?? -1
    tables.calls[row].isAttempt = ending.isAttempt
    if tables.calls[row].campaign != noRow { tables.calls[row].followUp = Call.FollowUp(ending.next).stored }
    if let answeredBy = ending.answeredBy { tables.calls[row].answeredBy = answeredBy.stored }
    if let cost = ending.costMicros { tables.calls[row].costMicros = cost }
    if let failure = ending.failure {
      var payload = try tables.callPayload(row)
      payload.failure = failure
      setCallPayload(payload, of: row)
    }
    stopAwaitingAgent(row)
    let call = tables.calls[row]
    releaseAgent(of: call, isBusy: hadAgent)
    if ending.isAttempt {
      countInRollups(call) { $0.countEnded(call) }
    } else {
      withdrawFromRollups(call)
    }
    countEnd(ofCallerOf: call)
    tellCall(.callEnded, row, at: now, status: call.disposition)
    guard call.campaign != noRow else { return }
    tables.campaigns[Int(call.campaign)].liveCalls -= 1
    moveOn(call, ending, at: now)
    settle(call.campaign, at: now)
  }

  private mutating func withdrawFromRollups(_ call: CallRow) {
    tables.accounts[Int(call.account)].rollups.count(at: call.createdAt) { $0.created &-= 1 }
    if call.campaign != noRow {
      tables.campaigns[Int(call.campaign)].rollups.count(at: call.createdAt) { $0.created &-= 1 }
    }
    if call.agent != noRow {
      tables.agents[Int(call.agent)].rollups.count(at: call.createdAt) { $0.created &-= 1 }
    }
  }

  private mutating func releaseAgent(of call: CallRow, isBusy: Bool) {
    if call.agent != noRow {
      let agent = Int(call.agent)
      if isBusy { tables.agents[agent].currentCalls -= 1 }
      tables.agents[agent].wasActive(at: call.endedAt)
      if call.isAttempt {
        tables.agents[agent].calls += 1
        tables.agents[agent].addTalkTime(call.talkTime)
      }
    }
  }

  /// Notes that a new call, or one that turned out to be a person's, wants an agent where its campaign has agents.
  mutating func awaitAgent(_ row: UInt32) {
    let campaign = tables.calls[row].campaign
    guard campaign != noRow, tables.campaigns[Int(campaign)].campaign.agents.group != nil else { return }
    tables.calls[row].awaitsAgent = true
    tables.campaigns[Int(campaign)].unassigned += 1
  }

  private mutating func stopAwaitingAgent(_ row: UInt32) {
    guard tables.calls[row].awaitsAgent else { return }
    tables.calls[row].awaitsAgent = false
    tables.campaigns[Int(tables.calls[row].campaign)].unassigned -= 1
  }

  /// Sets what becomes of the lead of a call that ended.
  @inline(__always)
  private mutating func moveOn(_ call: CallRow, _ ending: CallEnding, at now: Timestamp) {
    let segment = Self.segment(call.lead)
    let place = Self.place(call.lead)
    tables.segments[segment].core[place].liveCall = noRow
    tables.segments[segment].core[place].updatedAt = now.milliseconds
    tables.segments[segment].core[place].ending = 0
    if ending.isAttempt {
      tables.segments[segment].core[place].disposition = ending.disposition.stored
    } else {
      takeBackAttempt(of: call.lead)
    }
    switch ending.next {
    case .complete: finishLead(call.lead, as: .completed)
    case .fail: finishLead(call.lead, as: .failed)
    case .cancel: finishLead(call.lead, as: .cancelled)
    case .suppress: finishLead(call.lead, as: .suppressed)
    case .retry(let at, let numberIndex, let isCallback):
      tables.segments[segment].next[place] = at.milliseconds
      tables.segments[segment].core[place].numberIndex = UInt8(clamping: max(0, numberIndex))
      tables.segments[segment].core[place].isCallback = isCallback
      if isCallback, tables.segments[segment].core[place].callbacks < .max {
        tables.segments[segment].core[place].callbacks += 1
      }
      wait(call.lead, at: now)
    case .release(let at):
      tables.segments[segment].next[place] = at.milliseconds
      wait(call.lead, at: now)
    }
  }

  private mutating func wait(_ row: UInt32, at now: Timestamp) {
    move(row, to: .waiting)
    enqueue(row, now: now.milliseconds)
  }

  private mutating func finishLead(_ row: UInt32, as status: Lead.Status) {
    tables.segments[Self.segment(row)].next[Self.place(row)] = 0
    move(row, to: status)
  }

  private mutating func takeBackAttempt(of lead: UInt32) {
    let segment = Self.segment(lead)
    let place = Self.place(lead)
    tables.segments[segment].core[place].attempts &-= 1
    if tables.segments[segment].core[place].attempts == 0 {
      tables.campaigns[Int(tables.segments[segment].campaign)].counts.attempted -= 1
    }
    var call = tables.segments[segment].core[place].newestCall
    while call != noRow, !tables.calls[call].isAttempt { call = tables.calls[call].olderOfLead }
    tables.segments[segment].last[place] = call == noRow ? 0 : tables.calls[call].createdAt
  }
}
