import CampaignKit
internal import JSON

extension PlainState {
  mutating func begin(_ order: SingleCall) throws(StoreError) -> Call {
    let usage = try slots(of: order.account)
    guard suppression(of: order.to, for: order.account) == nil else {
      throw StoreError(.notPermitted, "the number is not to be called")
    }
    guard liveCalls({ $0.account == order.account && $0.to == order.to }).isEmpty else {
      throw StoreError(.notPermitted, "the number is in a call")
    }
    let rates = rates(order.rates)
    guard usage.systemAvailable > 0, usage.accountAvailable > 0, rates.allSatisfy({ starts($0) > 0 }) else {
      throw StoreError(.limited, "a limit leaves no room")
    }
    let placeBy = now + order.placeWithin
    var call = Call(
      id: identifiers.next(at: now), account: order.account, attempt: 1, to: order.to, createdAt: now,
      placeBy: placeBy, expiresAt: placeBy + order.longestCall)
    call.contact = contacts.first { $0.account == order.account && $0.number == order.to }?.id
    call.from = order.from
    call.metadata = order.metadata
    calls.append(call)
    for rate in rates { start(rate) }
    tell(call, .callIntended)
    return call
  }

  func mayPlace(_ id: Call.ID, under lease: CampaignLease?) -> Bool {
    guard let call = calls.first(where: { $0.id == id }), call.status == .intended, now < call.placeBy,
      // A clock that was set back by more than the time to place it has ended that time.
      call.createdAt - now <= call.placeBy - call.createdAt,
      suppression(of: call.to, for: call.account) == nil
    else { return false }
    guard let campaign = call.campaign else { return true }
    guard let lease, lease.campaign == campaign, isHeld(lease) else { return false }
    return campaigns.contains { $0.id == campaign && $0.status == .active }
      && call.lead.map { marks[$0] == nil } ?? true
  }

  mutating func record(_ news: CallNews, of id: Call.ID) throws(StoreError) -> (call: Call, isNew: Bool) {
    let index = try index(of: id)
    let old = calls[index]
    var call = old
    func step(_ trigger: Call.Trigger) -> Bool {
      guard let next = Call.statuses.next(after: call.status, on: trigger) else { return false }
      call.status = next
      return true
    }
    switch news {
    case .placed(let carrier, let reference, let at):
      if call.carrierReference == nil {
        call.carrier = carrier
        call.carrierReference = reference
      }
      _ = step(.place)
      if call.status.isLive, call.placedAt == nil { call.placedAt = max(at, call.createdAt) }
    case .ringing(let at):
      _ = step(.ring)
      if call.ringingAt == nil, call.endedAt.map({ at <= $0 }) ?? true { call.ringingAt = max(at, call.createdAt) }
    case .answered(let at, let by):
      if step(.answer) { call.answeredAt = max(at, call.createdAt) }
      if call.status.isLive, call.answeredBy == nil { call.answeredBy = by }
    case .detected(let by):
      if call.status.isLive { call.answeredBy = by }
    case .messageLeft(let at):
      if call.status.isLive { call.messageLeftAt = call.messageLeftAt ?? max(at, call.createdAt) }
    case .agentAbsent(let agent, let at):
      if call.keeps(agent) { call.agentAbsentAt = call.agentAbsentAt ?? max(at, call.createdAt) }
    case .callbackAgreed(let at):
      if call.status.isLive { call.agreedCallback = Call.AgreedCallback(at: at).merged(with: call.agreedCallback) }
    case .conference(let name):
      if call.status.isLive { call.conference = name }
    case .recording(let recording): call.recording = recording
    case .cost(let micros): call.costMicros = micros
    }
    guard call != old else { return (old, false) }
    let agent = agents.first { $0.id == call.agent }
    // What was taken for a machine was a person, and the agent is with others.
    if let agent, call.wantsAgent, !old.wantsAgent, room(of: agent) == 0 {
      (call.agent, call.agentAbsentAt) = (nil, nil)
    }
    calls[index] = call
    if call.status != old.status {
      switch call.status {
      case .placed: tell(call, .callPlaced)
      case .ringing: tell(call, .callRinging)
      default: tell(call, .callAnswered)
      }
    }
    if call.answeredBy != old.answeredBy { tell(call, .callDetected) }
    if let agent, call.agentAbsentAt != nil, old.agentAbsentAt == nil {
      tell(call, .agentAbsent)
      if agent.status == .available { _ = try setStatus(.afterAbsence, of: agent.id, in: call.account) }
    }
    if call.wantsAgent != old.wantsAgent, let agent {
      tell(call.account, .agentUpdated, agent: agent.id, status: agent.status.rawValue)
    }
    return (call, true)
  }

  mutating func annotate(
    _ id: Call.ID, notes: String?, metadata: JSONObject?
  ) throws(StoreError) -> Call {
    let index = try index(of: id)
    calls[index].notes = notes ?? calls[index].notes
    calls[index].metadata = metadata ?? calls[index].metadata
    return calls[index]
  }

  mutating func finish(_ id: Call.ID, _ ending: CallEnding) throws(StoreError) -> (call: Call, isNew: Bool) {
    let index = try index(of: id)
    var call = calls[index]
    guard call.status.isLive else { return (call, false) }
    let endedAt = max(ending.at ?? now, call.createdAt)
    call.isAttempt = ending.isAttempt || call.status != .intended
    call.status = .ended
    call.disposition = ending.disposition(agentAbsentAt: call.agentAbsentAt)
    call.endedAt = endedAt
    call.duration = ending.duration ?? call.duration
    call.talkTime = ending.talkTime ?? call.answeredAt.map { max(.zero, endedAt - $0) }
    call.answeredBy = ending.answeredBy ?? call.answeredBy
    call.costMicros = ending.costMicros ?? call.costMicros
    call.failure = ending.failure
    calls[index] = call
    tell(call, .callEnded)
    if let lead = leads.firstIndex(where: { $0.id == call.lead }) {
      calls[index].followUp = close(lead, call, ending.next)
    }
    return (calls[index], true)
  }

  /// Sets what becomes of a lead whose call is over, and says what.
  private mutating func close(_ index: Int, _ call: Call, _ wish: LeadStep) -> Call.FollowUp {
    let id = leads[index].id
    leads[index].liveCall = nil
    leads[index].updatedAt = now
    leads[index].nextAttemptAt = nil
    let wasCallback = leads[index].isCallback
    leads[index].isCallback = false
    if call.isAttempt {
      leads[index].lastDisposition = call.disposition
    } else {
      leads[index].attempts -= 1
      leads[index].lastAttemptAt = calls.filter { $0.lead == id && $0.isAttempt }.map(\.createdAt).max()
    }
    let followUp: Call.FollowUp
    switch permitted(wish, for: leads[index], marked: marks.removeValue(forKey: id)) {
    case .complete:
      leads[index].status = .completed
      followUp = .completed
    case .fail:
      leads[index].status = .failed
      followUp = .failed
    case .cancel:
      leads[index].status = .cancelled
      followUp = .cancelled
    case .suppress:
      leads[index].status = .suppressed
      followUp = .suppressed
    case .retry(let at, let number, let isCallback):
      leads[index].status = .waiting
      leads[index].nextAttemptAt = at
      leads[index].isCallback = isCallback
      if isCallback { leads[index].callbacks += 1 }
      setNumber(number, of: index)
      followUp = isCallback ? .callback : .retry
    case .release(let at):
      leads[index].status = .waiting
      leads[index].nextAttemptAt = at
      leads[index].isCallback = wasCallback
      followUp = .retry
    }
    completeIfDone(leads[index].campaign)
    return followUp
  }

  /// What may become of a lead: there is no further attempt when it was to end, its campaign is over, or its
  /// attempts are used up.
  private func permitted(_ wish: LeadStep, for lead: Lead, marked mark: Lead.Trigger?) -> LeadStep {
    if wish == .suppress || mark == .suppress { return .suppress }
    if wish == .complete { return wish }
    if mark != nil { return .cancel }
    switch wish {
    case .retry, .release: break
    default: return wish
    }
    guard let campaign = campaigns.first(where: { $0.id == lead.campaign }) else { return wish }
    if Campaign.statuses.isFinal(campaign.status) { return .cancel }
    return lead.attempts >= campaign.retries.maximumAttempts ? .fail : wish
  }
}

extension PlainState {
  mutating func calls(_ query: CallQuery, page request: PageRequest) throws(StoreError) -> Page<Call> {
    let found = calls.filter { call in
      call.account == query.account && (query.campaign == nil || call.campaign == query.campaign)
        && (query.lead == nil || call.lead == query.lead) && (query.agent == nil || call.agent == query.agent)
        && (query.dispositions.isEmpty || call.disposition.map(query.dispositions.contains) == true)
        && (query.answeredBy.isEmpty || call.answeredBy.map(query.answeredBy.contains) == true)
        && (query.isLive == nil || call.status.isLive == query.isLive)
        && (query.from.map { call.createdAt >= $0 } ?? true)
        && (query.until.map { call.createdAt < $0 } ?? true)
    }
    return try page(found, request, descending: !query.isAscending) {
      PlainPlace(number: $0.createdAt.milliseconds, identifier: $0.id.description)
    }
  }
}
