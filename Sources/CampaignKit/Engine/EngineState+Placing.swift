// How claimed calls are placed, and what is done in doubt.
extension EngineState {
  mutating func follow(_ call: FollowedCall) {
    guard calls[call.id] == nil else { return }
    calls[call.id] = call
    if let campaign = call.campaign { runs[campaign]?.calls += 1 }
    look(at: call.id, by: deadline(of: call))
  }

  // MARK: Placing

  mutating func order(
    _ claim: Claim, of run: CampaignRun, at now: Timestamp, _ actions: inout [EngineAction]
  ) {
    guard !claim.calls.isEmpty else { return }
    let orders = claim.calls.map { claimed in
      // What is left of its time is told by the engine's clock, which need not be the store's. It runs from when the
      // claim was asked for, so that it ends no later than by the store's.
      var claimed = claimed
      claimed.placeBy = min(run.askedAt, now) + (claimed.placeBy - claim.at)
      let call = FollowedCall(claimed, of: run, at: now, elapsed: elapsed)
      follow(call)
      return CallOrder(call, settings: run.settings, placeBy: min(call.placeBy, run.closesAt))
    }
    actions.append(.place(orders, under: run.lease))
  }

  mutating func adopt(_ call: Call, isOwn: Bool, at now: Timestamp, _ actions: inout [EngineAction]) {
    if let known = calls[call.id] {
      // A tick may have found it in the store before it was told of here. Nobody else places it, unless it is being
      // given up already.
      guard isOwn, known.phase == .doubtful, known.verdict == nil, known.progress.ending == nil, !known.isWriting else {
        return
      }
      forget(call.id)
    }
    var followed = FollowedCall(
      call, settings: call.campaign.flatMap { runs[$0]?.settings },
      phase: isOwn ? .ordering : call.isKnownToCarrier ? .following : .doubtful, at: now,
      elapsed: elapsed, ahead: isOwn ? .zero ... .zero : storeClock)
    followed.isGuest = !isOwn && call.campaign.map { runs[$0] == nil } ?? false
    followed.isHearsay = !isOwn
    follow(followed)
    guard isOwn else { return }
    let order = CallOrder(
      id: call.id, account: call.account, to: call.to, from: call.from, createdAt: call.createdAt,
      placeBy: call.placeBy, longestCall: max(.zero, call.expiresAt - call.placeBy))
    actions.append(.place([order], under: nil))
  }

  /// Keeps calls from being placed that have not been handed to the carrier yet.
  mutating func withdraw(_ isMeant: (FollowedCall) -> Bool) {
    for (id, call) in calls where call.isOrdering && isMeant(call) { calls[id]?.isWithdrawn = true }
  }

  /// Whether a call is still to be placed, as far as this engine knows.
  func isToBePlaced(_ id: Call.ID) -> Bool {
    guard !isStopping, let call = calls[id] else { return false }
    return !call.isWithdrawn && call.hangUp == nil
  }

  mutating func placed(
    _ id: Call.ID, _ result: Result<String, DialerError>?, at now: Timestamp, _ actions: inout [EngineAction]
  ) {
    switch result {
    case .success:
      carrierHold.succeed()
      if let campaign = calls[id]?.campaign { runs[campaign]?.refused.accept() }
    case .failure(let error) where error.wasHeldBack: carrierHold.rest(error, at: now)
    case .failure(let error) where error.code.fault == .carrier:
      carrierHold.fail(error, first: configuration.retryAfterFailure, at: now)
    default: break
    }
    guard var call = calls[id] else {
      // It was over before the order was answered; what the carrier calls it is still to be known.
      if case .success(let reference) = result {
        writeAside(.tell([CallEvent(.placed(reference: reference), of: .call(id))], of: id), of: id, &actions)
      }
      return
    }
    call.isOrdering = false
    call.heardAt = now
    call.sentAt = elapsed
    switch result {
    case .success(let reference):
      call.phase = .following
      call.progress.merge(.placed(reference: reference), at: now, heardAt: now)
    case nil: call.verdict = .withheld(retryAt: now + storeAhead)
    case .failure(let error):
      switch error.code.fault {
      case .unknown:
        if call.phase == .ordering { call.phase = .doubtful }
        actions.append(.lookUp(call.reference(at: now, elapsed: elapsed)))
      case .carrier: call.verdict = .withheld(retryAt: now + storeAhead)
      case .number, .order: call.verdict = verdict(on: error, of: call, at: now, &actions)
      }
    }
    // Its campaign was lost while it was ordered.
    if let campaign = call.campaign, runs[campaign] == nil { call.becomeGuest() }
    calls[id] = call
    if case .failure(let error) = result { count(error, of: call, at: now, &actions) }
    touch(id)
  }

  /// What becomes of a call whose order was refused. Where so many are that it is not for their numbers, the campaign is
  /// paused, and what is refused until then is as if it had not been tried.
  private mutating func verdict(
    on error: DialerError, of call: FollowedCall, at now: Timestamp, _ actions: inout [EngineAction]
  ) -> FollowedCall.Verdict {
    let refused = FollowedCall.Verdict.refused(
      Call.Failure(code: error.carrierCode ?? "\(error.code)", cause: error.message))
    guard let id = call.campaign, case .campaign(let count)? = runs[id]?.refused.note(error.code, to: call.to) else {
      return refused
    }
    if runs[id]?.refused.beginPause() == true {
      let reason =
        error.code.fault == .order
        ? "the carrier refuses its calls: \(error.message)"
        : "the carrier has refused to call \(count) numbers in a row; the last: \(error.message)"
      actions.append(.transition(id, .pause, reason: reason))
      setBacklogged(id, false)
    }
    return .withheld(retryAt: now + storeAhead)
  }

  /// Counts a failure of the carrier, and pauses a campaign of which too many fail.
  private mutating func count(
    _ error: DialerError, of call: FollowedCall, at now: Timestamp, _ actions: inout [EngineAction]
  ) {
    // What was held back here says nothing of the carrier, and what was refused is judged by the numbers.
    guard !error.wasHeldBack, error.code.fault == .carrier || error.code.fault == .unknown else { return }
    countOutcome(of: call, isFailure: true, cause: error.message, at: now, &actions)
  }

  mutating func countOutcome(
    of call: FollowedCall, isFailure: Bool, cause: @autoclosure () -> String, at now: Timestamp,
    _ actions: inout [EngineAction]
  ) {
    guard let id = call.campaign, let breaker = runs[id]?.campaign.pacing.breaker else { return }
    runs[id]?.failures.count(isFailure: isFailure, at: now, window: breaker.window)
    guard isFailure, let total = runs[id]?.failures.total(at: now, window: breaker.window),
      breaker.trips(calls: total.calls, failures: total.failures)
    else { return }
    runs[id]?.failures = FailureWindow()
    actions.append(
      .transition(
        id, .pause,
        reason: "the carrier failed \(total.failures) of \(total.calls) calls; the last: \(cause())"))
  }

  // MARK: Doubt

  mutating func lookedUp(
    _ id: Call.ID, _ findings: CallFindings, at now: Timestamp, _ actions: inout [EngineAction]
  ) {
    guard var call = calls[id] else { return }
    call.isAsking = false
    call.heardAt = now
    switch findings {
    case .found(let events):
      call.phase = .following
      let hadOptedOut = call.progress.optedOut
      for event in events { call.progress.merge(event.kind, at: min(event.at ?? now, now), heardAt: now) }
      if call.progress.optedOut, !hadOptedOut { suppress(call, &actions) }
    case .absent
    where call.phase == .doubtful && !call.isOrdering && now >= call.absentFrom(capabilities)
      && elapsed >= call.sentAt + capabilities.longestRequest:
      // It was never placed, and cannot be any more. The clock alone does not tell: when it jumps ahead, a request
      // that was sent just before is still on its way.
      call.verdict = .withheld(retryAt: now + storeAhead)
    case .absent, .unknown: break
    }
    if call.verdict == nil, call.progress.ending == nil, elapsed >= call.expiresAfter,
      elapsed >= call.sentAt + capabilities.longestRequest
    {
      if call.phase != .following {
        call.verdict = .unknown
      } else if findings == .absent || call.hangingUp.isDone {
        call.verdict = .expired
      }
    }
    calls[id] = call
    // A call that may still go on keeps its lead until it is hung up.
    if call.verdict == nil, call.phase == .following, elapsed >= call.expiresAfter {
      hangUp(id, because: .overdue, at: now, &actions)
    }
    if case .found = findings, call.progress.ending != nil { dismissAgent(of: call, &actions) }
    advance(id, at: now, &actions)
  }
}

extension FollowedCall {
  /// From when on a carrier that does not know it never will.
  func absentFrom(_ capabilities: DialerCapabilities) -> Timestamp { placeBy + capabilities.longestRequest }
}
