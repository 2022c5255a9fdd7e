// How live calls are followed to their end.
extension EngineState {
  // MARK: Hearing

  mutating func heard(
    _ event: CallEvent.Kind, of id: Call.ID, at moment: Timestamp, now: Timestamp, _ actions: inout [EngineAction]
  ) {
    guard let place = calls.index(forKey: id) else { return }
    let hadOptedOut = calls.values[place].progress.optedOut
    let hasEnded = calls.values[place].hear(event, at: moment, now: now)
    if !hadOptedOut { suppressIfAsked(calls.values[place], &actions) }
    // The deadline moves later with each event; it is enough to notice that when it comes. An end has its own.
    if hasEnded { look(at: id, by: deadline(of: calls.values[place])) }
    touch(id)
  }

  /// The live call that has a name with the carrier, which the store may not have yet.
  func call(named reference: String) -> Call.ID? { calls.first { $0.value.progress.reference == reference }?.key }

  /// Whether the carrier may have a name for a live call that is not known here: its order is on its way, or it is not
  /// known what came of that.
  var mayMissNames: Bool {
    calls.values.contains { $0.isOrdering || $0.phase == .doubtful && $0.progress.reference == nil }
  }

  /// Whether an event of a call tells what this engine, which follows it, does not know yet.
  func isNews(_ kind: CampaignEvent.Kind, of id: Call.ID) -> Bool {
    guard let call = calls[id], !call.isWriting else { return false }
    return kind == .callEnded || kind == .callAnswered && call.progress.answeredAt == nil
  }

  /// Takes in what another process has written of a call.
  mutating func know(_ call: Call, at now: Timestamp, _ actions: inout [EngineAction]) {
    guard let known = calls[call.id], !known.isWriting else { return }
    if call.status == .ended {
      calls[call.id]?.learn(call)
      over(call.id, step: nil, at: now, &actions)
      if let campaign = call.campaign { refresh(campaign, &actions) }
      return
    }
    calls[call.id]?.learn(call)
    calls[call.id]?.heardAt = now
    written.append(call.id)
    if known.phase == .doubtful, call.carrierReference != nil { calls[call.id]?.phase = .following }
    touch(call.id)
  }

  /// Does what a call needs when all that has happened together was taken in.
  mutating func touch(_ id: Call.ID) {
    if touched.last != id { touched.append(id) }
  }

  /// Looks at a call whose time has come.
  mutating func look(at id: Call.ID, now: Timestamp, _ actions: inout [EngineAction]) {
    guard let call = calls[id] else { return }
    if let rest = call.restsUntil, now < rest { return look(at: id, by: rest) }
    calls[id]?.restsUntil = nil
    advance(id, at: now, &actions)
    // What is being written is looked at again when that is done.
    guard let call = calls[id], !call.isWriting else { return }
    if call.isGuest, now >= call.heardAt + .seconds(60) { return forget(id) }
    if case .waiting(let since) = call.agent, now >= since + configuration.agentWait {
      hangUp(id, because: .abandoned, at: now, &actions)
    }
    guard let call = calls[id] else { return }
    let due = deadline(of: call)
    if now >= due, call.verdict == nil, call.progress.ending == nil, !call.isAsking {
      ask(id, at: now, &actions)
    }
    if let call = calls[id] { look(at: id, by: max(deadline(of: call), now + .milliseconds(1))) }
  }

  /// Asks the carrier what has become of a call.
  mutating func ask(_ id: Call.ID, at now: Timestamp, _ actions: inout [EngineAction]) {
    guard let call = calls[id], !call.isGuest, !call.isAsking else { return }
    if call.phase == .ordering { calls[id]?.phase = .doubtful }
    calls[id]?.isAsking = true
    calls[id]?.heardAt = now
    actions.append(.lookUp(call.carrierReference))
  }

  /// When a call is looked at next, if nothing is heard of it.
  func deadline(of call: FollowedCall) -> Timestamp {
    if let ending = call.progress.ending {
      return max(ending.heardAt + configuration.settling, call.restsUntil ?? .distantPast)
    }
    if call.isGuest { return call.heardAt + .seconds(60) }
    if case .waiting(let since) = call.agent, call.hangUp == nil { return since + configuration.agentWait }
    if let dueAt = call.connecting.dueAt, call.hangUp == nil { return dueAt }
    if let by = call.detectedBy, call.heardAt < by, call.progress.answeredBy == nil, call.agent == .none,
      call.hangUp == nil
    {
      return by
    }
    if let dueAt = call.hangingUp.dueAt, call.phase != .ordering { return dueAt }
    let asked: Timestamp
    switch call.phase {
    case .ordering: asked = call.heardAt + capabilities.longestRequest
    case .doubtful:
      let absentFrom = call.absentFrom(capabilities)
      asked = call.heardAt < absentFrom ? min(call.heardAt + .seconds(10), absentFrom) : call.heardAt + .seconds(60)
    case .following:
      let ringTime = call.settings?.value.ringTime ?? .seconds(60)
      asked = call.heardAt + (call.progress.answeredAt == nil ? ringTime + .seconds(15) : configuration.silence)
    }
    return elapsed < call.expiresAfter ? min(asked, latest + (call.expiresAfter - elapsed)) : asked
  }

  // MARK: Going on

  /// Does the next thing that a call needs: tell the store a fact, find an agent, or end it.
  mutating func advance(_ id: Call.ID, at now: Timestamp, _ actions: inout [EngineAction]) {
    guard let place = calls.index(forKey: id) else { return }
    switch calls.values[place].takeNext(carrier: carrier, capabilities, settling: configuration.settling, at: now) {
    case .nothing: break
    case .write(let news, let isOver):
      if !isOver {
        actions.append(.update(CallUpdate(id, news: news)))
      } else if let ending = calls.values[place].plainEnding {
        actions.append(.update(CallUpdate(id, news: news, ending: ending)))
      } else {
        actions.append(.conclude(calls.values[place], news))
      }
    case .attend(let call): attend(call, at: now, &actions)
    }
    if calls.values[place].connecting.dueAt != nil { connect(id, at: now, &actions) }
    if calls.values[place].hangingUp.dueAt != nil { sendHangUp(id, at: now, &actions) }
  }

  // MARK: Writing

  /// Notes that a write has come back, and goes on.
  mutating func goOn(_ id: Call.ID, at now: Timestamp, _ actions: inout [EngineAction]) {
    if let place = calls.index(forKey: id) { calls.values[place].isWriting = false }
    written.append(id)
    advance(id, at: now, &actions)
    if let call = calls[id], !call.isWriting, call.deadline == nil { look(at: id, by: max(deadline(of: call), now)) }
  }

  /// Writes something of a call beside its updates; the call is not kept until that is done.
  mutating func writeAside(_ action: EngineAction, of id: Call.ID, _ actions: inout [EngineAction]) {
    asides[id, default: 0] += 1
    actions.append(action)
  }

  mutating func asideIsWritten(of id: Call.ID) {
    guard let count = asides[id] else { return }
    asides[id] = count > 1 ? count - 1 : nil
    written.append(id)
  }

  /// Puts the number of a call on the do-not-call list if that was asked for in it.
  mutating func suppressIfAsked(_ call: FollowedCall, _ actions: inout [EngineAction]) {
    if call.progress.optedOut { writeAside(.suppress(call.to, call.account, of: call.id), of: call.id, &actions) }
  }

  mutating func concluded(
    _ id: Call.ID, _ result: Result<CallUpdate, StoreError>, at now: Timestamp, _ actions: inout [EngineAction]
  ) {
    switch result {
    case .success(let update): if calls[id] != nil { actions.append(.update(update)) }
    case .failure(let error): failed(id, error, at: now)
    }
  }

  mutating func updated(
    _ update: CallUpdate, _ result: Result<Call.Status, StoreError>, at now: Timestamp, _ actions: inout [EngineAction]
  ) {
    let id = update.call
    guard let place = calls.index(forKey: id) else { return }
    switch result {
    case .failure(let error): failed(id, error, at: now)
    case .success(let status):
      if let ending = update.ending {
        countOutcome(of: calls.values[place], at: now, &actions)
        for news in update.news { calls.values[place].note(news) }
        over(id, step: ending.next, at: now, &actions)
      } else if status == .ended {
        // Somebody else has ended it.
        over(id, step: nil, at: now, &actions)
      } else {
        calls.values[place].failures = 0
        for news in update.news { calls.values[place].note(news) }
        goOn(id, at: now, &actions)
      }
    }
  }

  /// Counts how a call ended for the breaker of its campaign.
  private mutating func countOutcome(of call: FollowedCall, at now: Timestamp, _ actions: inout [EngineAction]) {
    guard call.verdict == nil || call.verdict == .expired else { return }
    let end = call.progress.ending?.end
    countOutcome(
      of: call, isFailure: end?.outcome == .failed, cause: end?.failure?.cause ?? "it gave no cause", at: now, &actions)
  }

  /// Tries a write again later; a call that the store does not know is forgotten.
  private mutating func failed(_ id: Call.ID, _ error: StoreError, at now: Timestamp) {
    guard error.code != .notFound, let failures = calls[id]?.failures else { return forget(id) }
    calls[id]?.isWriting = false
    calls[id]?.failures = failures + 1
    let until = now + restingTime(afterFailure: failures + 1)
    calls[id]?.restsUntil = until
    look(at: id, by: until)
  }

  private mutating func over(
    _ id: Call.ID, step: LeadStep?, at now: Timestamp, _ actions: inout [EngineAction]
  ) {
    guard let call = calls[id] else { return }
    let late = call.late(carrier: carrier)
    if !late.isEmpty { writeAside(.tell(late, of: id), of: id, &actions) }
    forget(id)
    if let campaign = call.campaign, let run = runs[campaign] {
      switch step {
      case .retry(let at, _, _), .release(let at): wake(campaign, by: max(at - storeAhead, now))
      default: break
      }
      // It may have been the last one.
      if run.calls <= 1, run.campaign.status != .active || !run.isBacklogged { refresh(campaign, &actions) }
    }
    makeRoom(call, at: now, &actions)
  }

  mutating func forget(_ id: Call.ID) {
    guard let call = calls.removeValue(forKey: id) else { return }
    written.append(id)
    if let campaign = call.campaign { runs[campaign]?.calls -= 1 }
  }
}
