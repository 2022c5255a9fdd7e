// How campaigns come to an engine, go on, and leave it.
extension EngineState {
  // MARK: Coming and going

  mutating func acquire(_ id: Campaign.ID, _ actions: inout [EngineAction]) {
    guard !isStopping, runs[id] == nil, acquiring.insert(id).inserted else { return }
    actions.append(.acquire(id))
  }

  mutating func swept(
    _ unowned: [Campaign.ID], _ events: [Account.ID: UInt64], _ actions: inout [EngineAction]
  ) {
    for id in unowned { acquire(id, &actions) }
    let moved = Set(events.filter { accounts[$0.key]?.lastEvent != $0.value }.keys)
    for account in moved { accounts[account]?.lastEvent = events[account] }
    guard !moved.isEmpty else { return }
    for id in runs.keys.sorted() {
      if let run = runs[id], !run.isBacklogged, moved.contains(run.campaign.account) { refresh(id, &actions) }
    }
  }

  mutating func acquired(
    _ lease: CampaignLease, _ view: CampaignView, at now: Timestamp, _ actions: inout [EngineAction]
  ) {
    let id = view.campaign.id
    acquiring.remove(id)
    storeClock = view.storeClock ?? storeClock
    guard runs[id] == nil, !isStopping else {
      if isStopping { actions.append(.release(lease)) }
      return
    }
    let heldUntil = (view.leasedAt ?? now) + configuration.lease / 2
    runs[id] = CampaignRun(lease, heldUntil: heldUntil, campaign: view.campaign, at: now)
    // Those that are followed here already, from an earlier lease or as a guest, are the campaign's from now on.
    runs[id]?.calls = calls.values.count { $0.campaign == id }
    for call in view.calls ?? [] {
      calls[call.id]?.isGuest = false
      calls[call.id]?.isHearsay = false
      calls[call.id]?.learn(call)
      written.append(call.id)
      if calls[call.id] != nil { touch(call.id) }
    }
    takeUp(view.calls ?? [], of: id, at: now, &actions)
    for call in view.calls ?? [] { connectAgain(call, at: now) }
    nextRenewal = min(nextRenewal, now + configuration.lease / 3)
    take(view, at: now, &actions)
  }

  /// Follows live calls that are not followed yet.
  private mutating func takeUp(
    _ read: [Call], of id: Campaign.ID, at now: Timestamp, _ actions: inout [EngineAction]
  ) {
    for call in read where call.status.isLive && calls[call.id] == nil {
      // Its placing may have been under way when its last owner was lost.
      let phase = call.isKnownToCarrier ? FollowedCall.Phase.following : .doubtful
      let followed = FollowedCall(
        call, settings: runs[id]?.settings, phase: phase, at: now, elapsed: elapsed, ahead: storeClock)
      follow(followed)
      actions.append(.lookUp(followed.reference(at: now, elapsed: elapsed)))
    }
  }

  mutating func renew(at now: Timestamp, _ actions: inout [EngineAction]) {
    nextRenewal = now + configuration.lease / 3
    let leases = runs.values.map(\.lease).sorted { $0.campaign < $1.campaign }
    if !leases.isEmpty { actions.append(.renew(leases)) }
  }

  mutating func renewed(
    asked: [CampaignLease], held: [CampaignLease], since: Timestamp, at now: Timestamp
  ) {
    let kept = Dictionary(held.map { ($0.campaign, $0) }, uniquingKeysWith: { first, _ in first })
    let heldUntil = min(since, now) + configuration.lease / 2
    var regained: Set<Campaign.ID> = []
    var lost: Set<Campaign.ID> = []
    for lease in asked {
      let id = lease.campaign
      guard let run = runs[id], run.lease.token == lease.token else { continue }
      if let renewed = kept[id] {
        if !holds(id, at: now) { regained.insert(id) }
        // The answer to a later question may have come first.
        if renewed.expiresAt > run.lease.expiresAt { runs[id]?.lease = renewed }
        runs[id]?.heldUntil = max(run.heldUntil, heldUntil)
      } else {
        // Another process has it. What this one hears of the campaign's calls is still passed on.
        lost.insert(id)
        drop(id)
      }
    }
    guard !regained.isEmpty || !lost.isEmpty else { return }
    for id in calls.keys.sorted() {
      guard let campaign = calls[id]?.campaign else { continue }
      // What was left undecided meanwhile is decided now.
      if regained.contains(campaign) { look(at: id, by: now) }
      if lost.contains(campaign) { handOver(id) }
    }
  }

  /// Whether a campaign is certain to be this engine's, so that what becomes of its calls is for this engine to decide.
  func holds(_ id: Campaign.ID?, at now: Timestamp) -> Bool {
    guard let id, let run = runs[id] else { return false }
    return now < run.heldUntil
  }

  /// Leaves a call to the process that has its campaign now.
  private mutating func handOver(_ id: Call.ID) {
    calls[id]?.becomeGuest()
    if let call = calls[id], call.isGuest { look(at: id, by: deadline(of: call)) }
  }

  /// Forgets a campaign; its calls go on.
  private mutating func drop(_ id: Campaign.ID) {
    setBacklogged(id, false)
    reserving.remove(id)
    runs[id] = nil
  }

  private mutating func leave(_ id: Campaign.ID, _ actions: inout [EngineAction]) {
    guard let run = runs[id], !run.isClaiming, run.calls == 0 else { return }
    drop(id)
    actions.append(.release(run.lease))
  }

  // MARK: What is known

  mutating func refresh(_ id: Campaign.ID, _ actions: inout [EngineAction]) {
    guard let run = runs[id] else { return }
    let isUnderWay = run.isRefreshing
    runs[id]?.isStale = isUnderWay
    guard !run.isRefreshing else { return }
    runs[id]?.isRefreshing = true
    actions.append(.refresh(id, withCalls: run.mustReadCalls))
  }

  mutating func accountChanged(_ account: Account.ID?, _ actions: inout [EngineAction]) {
    for id in runs.keys.sorted() where account == nil || runs[id]?.campaign.account == account {
      refresh(id, &actions)
    }
  }

  /// Reads the calls of an account's campaigns: what others have heard of them was not told here.
  mutating func newsMissed(of account: Account.ID, _ actions: inout [EngineAction]) {
    for id in runs.keys.sorted() {
      guard let run = runs[id], run.campaign.account == account else { continue }
      runs[id]?.mustReadCalls = true
      runs[id]?.isReadTooEarly = run.isRefreshing
      refresh(id, &actions)
    }
  }

  mutating func refreshed(_ view: CampaignView, at now: Timestamp, _ actions: inout [EngineAction]) {
    let id = view.campaign.id
    guard let run = runs[id] else { return }
    runs[id]?.isRefreshing = false
    storeClock = view.storeClock ?? storeClock
    runs[id]?.isReadTooEarly = false
    if let read = view.calls {
      runs[id]?.mustReadCalls = run.isReadTooEarly
      for call in read { know(call, at: now, &actions) }
      takeUp(read, of: id, at: now, &actions)
    }
    if run.isStale { refresh(id, &actions) }
    take(view, at: now, &actions)
    retryAgents(at: now, &actions)
  }

  mutating func notRefreshed(
    _ id: Campaign.ID, _ error: StoreError, at now: Timestamp, _ actions: inout [EngineAction]
  ) {
    runs[id]?.isRefreshing = false
    // A campaign that was deleted has no live calls and no waiting leads.
    if error.code == .notFound { return drop(id) }
    rest(id, after: error, at: now)
  }

  /// Takes in a campaign as it is now, and looks at it.
  private mutating func take(_ view: CampaignView, at now: Timestamp, _ actions: inout [EngineAction]) {
    let id = view.campaign.id
    accounts[view.account.id, default: AccountRun(account: view.account)].account = view.account
    let configuration = configuration
    runs[id]?.take(view, configuration, at: now)
    if view.campaign.status == .active, view.campaign.pacing.reservedSlots > 0 {
      reserving.insert(id)
    } else {
      reserving.remove(id)
    }
    wake(id, at: now, &actions)
  }

  // MARK: Looking

  /// Looks at a campaign: what its status and its dates ask for, and whether it wants calls.
  mutating func wake(_ id: Campaign.ID, at now: Timestamp, _ actions: inout [EngineAction]) {
    guard let run = runs[id], !isStopping else { return }
    let schedule = run.campaign.schedule
    let clock: ZoneClock?
    do {
      clock = try accounts[run.campaign.account].map { (account) throws(ScheduleProblem) in
        try run.campaign.clock(in: account.account)
      }
    } catch {
      runs[id]?.hold = .schedule(error)
      return setBacklogged(id, false)
    }
    let end = clock.flatMap { schedule.end?.end(on: $0) }
    if let end, now >= end, run.campaign.status == .scheduled || run.campaign.status == .active {
      setBacklogged(id, false)
      if let until = run.rest(at: now) { return wake(id, by: until) }
      return actions.append(.transition(id, .end, reason: "its end date has passed"))
    }
    if let end, now < end { wake(id, by: end) }
    switch run.campaign.status {
    case .scheduled:
      let start = clock.flatMap { schedule.start?.start(on: $0) } ?? now
      if now >= start, let until = run.rest(at: now) { return wake(id, by: until) }
      runs[id]?.hold = .notStarted(until: start)
      if now >= start { actions.append(.transition(id, .start, reason: nil)) } else { wake(id, by: start) }
    case .active: wantCalls(id, at: now)
    default:
      setBacklogged(id, false)
      leave(id, &actions)
    }
  }

  /// Reads a campaign again that could not be moved on, since somebody else may have changed it first. If it still is
  /// what it was, the same is asked again later.
  mutating func notMoved(
    _ id: Campaign.ID, _ error: StoreError, at now: Timestamp, _ actions: inout [EngineAction]
  ) {
    guard let run = runs[id] else { return }
    let until = now + restingTime(afterFailure: run.storeFailures + 1)
    runs[id]?.refused.endPause()
    runs[id]?.storeFailures += 1
    runs[id]?.refusedUntil = until
    if run.campaign.status == .scheduled { runs[id]?.hold = .store(error.code, error.message, until: until) }
    refresh(id, &actions)
  }

  private mutating func wantCalls(_ id: Campaign.ID, at now: Timestamp) {
    guard let run = runs[id], !run.isClaiming, !run.refused.isPausing else { return }
    switch run.hold {
    case .store(_, _, let until) where now < until: return wake(id, by: until)
    case .schedule: return
    default: break
    }
    setBacklogged(id, true)
    crowdedOut.remove(id)
    ready.add(id)
  }

  /// Notes whether a campaign wants calls. One that comes back starts level with those that are there.
  mutating func setBacklogged(_ id: Campaign.ID, _ isBacklogged: Bool) {
    guard let run = runs[id] else { return }
    let account = run.campaign.account
    if !isBacklogged {
      ready.remove(id)
      crowdedOut.remove(id)
    }
    guard run.isBacklogged != isBacklogged, var standing = accounts[account] else { return }
    runs[id]?.isBacklogged = isBacklogged
    if isBacklogged {
      runs[id]?.served = max(run.served, standing.turn)
      if standing.backlogged == 0 { standing.served = max(standing.served, turn) }
    }
    standing.backlogged += isBacklogged ? 1 : -1
    backlogged += isBacklogged ? 1 : -1
    accounts[account] = standing
  }

  /// Leaves a campaign alone for a while after the store has failed.
  mutating func rest(_ id: Campaign.ID, after error: StoreError, at now: Timestamp) {
    guard let run = runs[id] else { return }
    let until = now + restingTime(afterFailure: run.storeFailures + 1)
    runs[id]?.storeFailures += 1
    runs[id]?.hold = .store(error.code, error.message, until: until)
    setBacklogged(id, false)
    wake(id, by: until)
  }

  func restingTime(afterFailure number: Int) -> Duration { Self.restingTime(afterFailure: number, configuration) }

  static func restingTime(afterFailure number: Int, _ configuration: EngineConfiguration) -> Duration {
    RetryDelay.exponential(first: configuration.retryAfterFailure, factor: 2, maximum: .seconds(60))
      .delay(afterAttempt: number)
  }
}
