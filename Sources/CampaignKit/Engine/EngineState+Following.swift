// How live calls are followed to their end.
extension EngineState {
  /// The calls of a campaign that are followed here, in order.
  func calls(of campaign: Campaign.ID) -> [Call.ID] {
    calls.values.filter { $0.campaign == campaign }.map(\.id).sorted()
  }

  // MARK: Hearing

  mutating func heard(
    _ event: CallEvent.Kind, of id: Call.ID, at moment: Timestamp, now: Timestamp, _ actions: inout [EngineAction]
  ) {
    guard let place = calls.index(forKey: id) else { return }
    let hasEnded = calls.values[place].hear(event, at: moment, now: now)
    if event == .optedOut { suppress(calls.values[place], &actions) }
    // The deadline moves later with each event; it is enough to notice that when it comes. An end has its own.
    if hasEnded {
      look(at: id, by: deadline(of: calls.values[place]))
      dismissAgent(of: calls.values[place], &actions)
    }
    touch(id)
  }

  /// Whether an event of a call tells what this engine, which follows it, does not know yet.
  func isNews(_ event: CampaignEvent, of id: Call.ID) -> Bool {
    guard let call = calls[id] else { return false }
    switch event.kind {
    // What is being written is answered with the end, if there is one.
    case .callEnded: return !call.isWriting
    case .callAnswered: return call.progress.answeredAt == nil
    case .callDetected: return call.progress.answeredBy?.rawValue != event.status
    case .agentAbsent: return event.agent.map { call.progress.absences[$0] == nil } ?? false
    default: return false
    }
  }

  /// Takes in what another process has written of a call.
  mutating func know(_ call: Call, at now: Timestamp, _ actions: inout [EngineAction]) {
    guard let known = calls[call.id] else { return }
    guard !known.isWriting else {
      // The store may have more by now. What others have heard stands in any case.
      if call.status != .ended { calls[call.id]?.progress.merge(call) }
      return
    }
    calls[call.id]?.learn(call)
    if call.status == .ended {
      dismissAgent(of: known, &actions)
      over(call.id, step: nil, isAttempt: call.isAttempt, at: now, &actions)
      if let campaign = call.campaign { refresh(campaign, &actions) }
      return
    }
    if calls[call.id]?.progress != known.progress { calls[call.id]?.heardAt = now }
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
    if call.isGuest, now >= call.heardAt + .seconds(60), call.hangUp == nil || call.hangingUp.isDone {
      return forget(id)
    }
    if case .waiting(let since) = call.agent, now >= since + configuration.agentWait, call.hangUp == nil,
      call.progress.ending == nil, holds(call.campaign, at: now)
    {
      return findAgent(id, since: since, at: now, &actions)
    }
    let due = deadline(of: call)
    if now >= due, call.verdict == nil, call.progress.ending == nil, !call.isAsking {
      ask(id, at: now, &actions)
    }
    if let by = call.connecting.lookBy, now >= by { calls[id]?.connecting.lookBy = nil }
    if let call = calls[id] { look(at: id, by: max(deadline(of: call), now + .milliseconds(1))) }
  }

  /// Asks the carrier what has become of a call.
  mutating func ask(_ id: Call.ID, at now: Timestamp, _ actions: inout [EngineAction]) {
    guard let call = calls[id], !call.isGuest, !call.isAsking else { return }
    if call.phase == .ordering { calls[id]?.phase = .doubtful }
    calls[id]?.isAsking = true
    calls[id]?.heardAt = now
    actions.append(.lookUp(call.reference(at: now, elapsed: elapsed)))
  }

  /// When a call is looked at next, if nothing is heard of it.
  func deadline(of call: FollowedCall) -> Timestamp {
    if let ending = call.progress.ending {
      return max(ending.heardAt + configuration.settling, call.restsUntil ?? .distantPast)
    }
    if case .waiting(let since) = call.agent, call.hangUp == nil, holds(call.campaign, at: latest) {
      return since + configuration.agentWait
    }
    if let dueAt = call.connecting.dueAt, call.hangUp == nil { return dueAt }
    if call.isGuest { return call.hangingUp.dueAt ?? call.heardAt + .seconds(60) }
    if let by = call.detectedBy, call.heardAt < by, call.progress.answeredBy == nil, call.agent == .none,
      call.hangUp == nil, holds(call.campaign, at: latest)
    {
      return by
    }
    if let dueAt = call.hangingUp.dueAt, call.phase != .ordering { return dueAt }
    let asked: Timestamp
    switch call.phase {
    case .ordering: asked = call.heardAt + capabilities.longestRequest
    case .doubtful:
      let absentFrom = call.absentFrom(capabilities)
      // From then on a carrier that does not have it never will, also if another process sent it just before it went.
      let certainAt = latest + (call.sentAt + capabilities.longestRequest - elapsed)
      if call.heardAt < absentFrom {
        asked = min(call.heardAt + .seconds(10), absentFrom)
      } else {
        asked = min(call.heardAt + .seconds(60), call.heardAt < certainAt ? certainAt : .distantFuture)
      }
    case .following:
      let ringTime = call.settings?.value.ringTime ?? .seconds(60)
      let silent = call.heardAt + (call.progress.answeredAt == nil ? ringTime + .seconds(15) : configuration.silence)
      asked = min(silent, call.connecting.lookBy ?? .distantFuture)
    }
    return elapsed < call.expiresAfter ? min(asked, latest + (call.expiresAfter - elapsed)) : asked
  }

  // MARK: Going on

  /// Does the next thing that a call needs: tell the store a fact, find an agent, or end it.
  mutating func advance(_ id: Call.ID, at now: Timestamp, _ actions: inout [EngineAction]) {
    guard let place = calls.index(forKey: id) else { return }
    if let reference = calls.values[place].progress.reference, !calls.values[place].written.isPlaced {
      names[reference] = id
    }
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
    if !calls.values[place].progress.absences.isEmpty { endIfAgentIsAbsent(id, at: now, &actions) }
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

  mutating func asideIsOver(of id: Call.ID, isWritten: Bool) {
    guard let count = asides[id] else { return }
    asides[id] = count > 1 ? count - 1 : nil
    if isWritten {
      written.append(id)
    } else {
      refused.append(id)
      refusals += 1
    }
  }

  /// Puts the number of a call on the do-not-call list.
  mutating func suppress(_ call: FollowedCall, _ actions: inout [EngineAction]) {
    writeAside(.suppress(call.to, call.account, of: call.id), of: call.id, &actions)
  }

  mutating func concluded(
    _ id: Call.ID, _ result: Result<CallUpdate, StoreError>, at now: Timestamp, _ actions: inout [EngineAction]
  ) {
    switch result {
    case .success(let update):
      guard let call = calls[id] else { return }
      // What was heard meanwhile may make something else of its lead.
      let news = call.news(carrier: carrier)
      actions.append(news == update.news ? .update(update) : .conclude(call, news))
    case .failure(let error): failed(id, error, at: now)
    }
  }

  mutating func updated(
    _ update: CallUpdate, _ result: Result<Call.Status, StoreError>, at now: Timestamp, _ actions: inout [EngineAction]
  ) {
    let id = update.call
    guard let place = calls.index(forKey: id) else { return }
    switch result {
    case .failure(let error):
      // What the store never takes must not keep the call from ending.
      if error.code == .invalid { for news in update.news where news.isText { calls.values[place].note(news) } }
      failed(id, error, at: now)
    case .success(let status):
      for news in update.news { forgetName(in: news, of: id) }
      if let ending = update.ending {
        countOutcome(of: calls.values[place], at: now, &actions)
        // Where somebody else had ended it first, the store has taken no callback with this end.
        for news in update.news where !news.isCallback { calls.values[place].note(news) }
        over(id, step: ending.next, isAttempt: ending.isAttempt, at: now, &actions)
      } else if status == .ended {
        // Somebody else has ended it, as what is not known.
        over(id, step: nil, isAttempt: false, at: now, &actions)
      } else {
        calls.values[place].failures = 0
        for news in update.news { calls.values[place].note(news) }
        goOn(id, at: now, &actions)
      }
    }
  }

  /// Counts how a call ended for the breaker of its campaign.
  private mutating func countOutcome(of call: FollowedCall, at now: Timestamp, _ actions: inout [EngineAction]) {
    // What came to be followed through an event alone may have been over by then, and counted.
    guard !call.isHearsay, call.verdict == nil || call.verdict == .expired else { return }
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
    _ id: Call.ID, step: LeadStep?, isAttempt: Bool, at now: Timestamp, _ actions: inout [EngineAction]
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
    if !isAttempt { freeNumber(of: call.account, at: now, &actions) }
  }

  mutating func forget(_ id: Call.ID) {
    guard let call = calls.removeValue(forKey: id) else { return }
    written.append(id)
    if let reference = call.progress.reference, names[reference] == id { names[reference] = nil }
    if let campaign = call.campaign { runs[campaign]?.calls -= 1 }
  }

  /// Forgets a carrier's name for a call once the store has it.
  private mutating func forgetName(in news: CallNews, of id: Call.ID) {
    if case .placed(_, let reference, _) = news, names[reference] == id { names[reference] = nil }
  }
}
