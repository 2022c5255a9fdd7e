/// What an engine knows and decides: what happens goes in, what is to be done comes out.
///
/// It has no clock, no randomness and does nothing by itself, so that the same inputs always lead to the same
/// actions. What must not go wrong is decided in the store; this decides what to ask of it, and when.
struct EngineState: Sendable {
  /// An account that has a campaign here.
  struct AccountRun: Sendable {
    var account: Account
    /// Its calls divided by its weight, to be fair.
    var served = 0.0
    /// What the campaign that was served last had had before; those that come back start from there.
    var turn = 0.0
    /// How many of its campaigns want calls, or would if there were room.
    var backlogged = 0
    /// The number of its last event when its campaigns were last read for the tick.
    var lastEvent: UInt64?
  }

  let configuration: EngineConfiguration
  let carrier: String
  let capabilities: DialerCapabilities

  var runs: [Campaign.ID: CampaignRun] = [:]
  var accounts: [Account.ID: AccountRun] = [:]
  var calls: [Call.ID: FollowedCall] = [:]
  var deadlines = Deadlines()
  /// Campaigns that want calls, in the order in which they came to want them.
  var ready = CampaignQueue()
  /// Campaigns that would want calls if the limit of the system, or of their account, had room.
  var crowdedOut = CampaignQueue()
  /// Calls that a person has answered and that wait for an agent.
  var awaitingAgents: [Call.ID] = []
  /// Calls of which something was heard in this turn; what they need is done once all of it was taken in.
  var touched: [Call.ID] = []
  /// How much is being written of calls beside their updates: wishes not to be called again, and what came too late.
  var asides: [Call.ID: Int] = [:]
  /// Calls of which the store may have all by now, since that was last asked.
  var written: [Call.ID] = []
  /// Calls of which the store will not have all, since that was last asked.
  var refused: [Call.ID] = []
  /// Calls by the carrier's names for them, while the store does not have those.
  var names: [String: Call.ID] = [:]
  /// What a carrier told of calls that are not followed here.
  private var untold = UntoldEvents()
  /// How often anything was given up that was to be written beside the updates of a call.
  var refusals: UInt64 = 0
  /// Campaigns that are being acquired.
  var acquiring: Set<Campaign.ID> = []
  /// What the account that was served last had had before.
  var turn = 0.0
  /// Campaigns for which slots are kept.
  var reserving: Set<Campaign.ID> = []
  /// How many campaigns want calls, or would if there were room.
  var backlogged = 0
  /// Whether the limits are being read, to share out calls.
  var isMeasuring = false
  var carrierHold = CarrierHold()
  /// Until when it goes on trying what the store refuses, once it is to stop; told as ``elapsed`` is.
  private var stopsBy: Duration?
  var nextTick = Timestamp.distantPast
  var nextRenewal = Timestamp.distantPast
  /// How far the store's clock is ahead of the engine's: at least, and at most, as an answer takes its time.
  var storeClock = Duration.zero...Duration.zero
  /// How far time has gone on, whatever became of the clock.
  var elapsed = Duration.zero
  /// The clock when it was last looked at.
  private(set) var latest = Timestamp.distantPast

  init(_ configuration: EngineConfiguration, carrier: String, capabilities: DialerCapabilities) {
    self.configuration = configuration
    self.carrier = carrier
    self.capabilities = capabilities
  }

  // MARK: Deciding

  /// Takes in what has happened, and decides what to do.
  mutating func handle(_ input: EngineInput, at now: Timestamp, _ actions: inout [EngineAction]) {
    handle([input], at: now, &actions)
  }

  /// Takes in things that have happened together, and decides what to do.
  mutating func handle(_ inputs: [EngineInput], at now: Timestamp, _ actions: inout [EngineAction]) {
    notice(now)
    for input in inputs { take(input, at: now, &actions) }
    for id in touched { advance(id, at: now, &actions) }
    touched.removeAll(keepingCapacity: true)
    plan(at: now, &actions)
  }

  private mutating func take(_ input: EngineInput, at now: Timestamp, _ actions: inout [EngineAction]) {
    switch input {
    case .tick: tick(at: now, &actions)
    case .swept(let unowned, let events): swept(unowned, events, &actions)
    case .acquired(let lease, let view): acquired(lease, view, at: now, &actions)
    case .notAcquired(let id, _): acquiring.remove(id)
    case .changed(let id):
      if runs[id] != nil { refresh(id, &actions) } else { acquire(id, &actions) }
    case .notMoved(let id, let error): notMoved(id, error, at: now, &actions)
    case .accountChanged(let account): accountChanged(account, &actions)
    case .newsMissed(let account): newsMissed(of: account, &actions)
    case .refreshed(let view): refreshed(view, at: now, &actions)
    case .notRefreshed(let id, let error): notRefreshed(id, error, at: now, &actions)
    case .renewed(let asked, let held, let since): renewed(asked: asked, held: held, since: since, at: now)
    // Nothing is decided while a lease may be lost, so it is not long in coming.
    case .notRenewed: nextRenewal = min(nextRenewal, now + restingTime(afterFailure: 1))
    case .measured(let usage):
      isMeasuring = false
      share(usage, at: now, &actions)
    case .claimed(let id, let result): claimed(id, result, at: now, &actions)
    case .placed(let id, let result): placed(id, result, at: now, &actions)
    case .heard(let event, let id, let at): heard(event, of: id, at: at ?? now, now: now, &actions)
    case .known(let call): know(call, at: now, &actions)
    case .optedOut(let number, let account, let id):
      writeAside(.suppress(number, account, of: id), of: id, &actions)
    case .noted(let id, let isWritten): asideIsOver(of: id, isWritten: isWritten)
    case .untold(let events):
      // By then every order must have been answered, or looked up.
      let until = elapsed + capabilities.longestRequest * 2
      untold.add(events.map { UntoldEvent(event: $0.stamped(now), until: until) })
      tell(&actions)
    case .retold(let rest):
      // Soon, so that what comes before an end is not taken in after it.
      untold.takeBack(rest, dueAt: now + configuration.settling / 2)
      tell(&actions)
    case .lookedUp(let id, let findings): lookedUp(id, findings, at: now, &actions)
    case .connected(let id, let error): connected(id, error, at: now, &actions)
    case .hungUp(let id, let error): hungUp(id, error, at: now, &actions)
    case .dismissed(let id, let error): dismissed(id, error, at: now)
    case .updated(let results):
      for (update, result) in results { updated(update, result, at: now, &actions) }
    case .concluded(let id, let result): concluded(id, result, at: now, &actions)
    case .assigned(let id, let result): assigned(id, result, at: now, &actions)
    case .storeClock(let ahead): storeClock = ahead
    case .adopted(let call, let isOwn): adopt(call, isOwn: isOwn, at: now, &actions)
    case .hangUp(let ids): for id in ids { hangUp(id, because: .asked, at: now, &actions) }
    case .stop(let patience): stopsBy = stopsBy.map { min($0, elapsed + patience) } ?? elapsed + patience
    }
  }

  /// Does what is due by now.
  mutating func wake(at now: Timestamp, _ actions: inout [EngineAction]) {
    notice(now)
    _ = carrierHold.isOver(at: now)
    if now >= nextTick { tick(at: now, &actions) }
    if now >= nextRenewal { renew(at: now, &actions) }
    if let events = untold.takeDue(at: now) { actions.append(.retell(events)) }
    while let owner = deadlines.pop(until: now, isCurrent: isCurrent) {
      switch owner {
      case .campaign(let id):
        runs[id]?.wakeAt = nil
        wake(id, at: now, &actions)
      case .call(let id):
        calls[id]?.deadline = nil
        look(at: id, now: now, &actions)
      }
    }
    plan(at: now, &actions)
  }

  /// When ``wake(at:_:)`` is due.
  mutating func nextWake() -> Timestamp {
    deadlines.tidy(owners: runs.count + calls.count, isCurrent: isCurrent)
    let deadline = deadlines.earliest(isCurrent: isCurrent) ?? .distantFuture
    return min(nextTick, nextRenewal, untold.dueAt, deadline, carrierHold.until ?? .distantFuture)
  }

  /// How far the store's clock is ahead of the engine's, at least.
  var storeAhead: Duration { storeClock.lowerBound }

  /// Whether it starts no further call.
  var isStopping: Bool { stopsBy != nil }

  /// Whether it is time to stop trying what the store refuses.
  var isOutOfPatience: Bool { stopsBy.map { elapsed >= $0 } ?? false }

  /// Whether nothing is left that this process alone could do.
  var isDrained: Bool {
    isStopping
      && !calls.values.contains {
        let isRefused = $0.failures > 0 || $0.hangingUp.error != nil && $0.progress.ending == nil
        let isToBeConnected = $0.connecting.dueAt != nil && $0.hangUp == nil && $0.progress.ending == nil
        return $0.isOrdering || $0.isWriting || (isRefused || isToBeConnected) && !isOutOfPatience
      }
  }

  // MARK: Time

  /// Deals with a clock that went back: what was to wait for a later time looks again now.
  private mutating func notice(_ now: Timestamp) {
    let latest = latest
    self.latest = now
    guard now < latest else { return }
    nextTick = min(nextTick, now)
    nextRenewal = min(nextRenewal, now)
    untold.clockWentBack(to: now)
    carrierHold.clockWentBack(from: latest, to: now)
    // What is left of half a lease is no more than half a lease.
    let longest = now + configuration.lease / 2
    for id in runs.keys.sorted() {
      if let run = runs[id], run.heldUntil > longest { runs[id]?.heldUntil = longest }
      wake(id, by: now)
    }
    for id in calls.keys.sorted() {
      if let heardAt = calls[id]?.heardAt, heardAt > now { calls[id]?.heardAt = now }
      if calls[id]?.hangingUp.dueAt != nil { calls[id]?.hangingUp.dueAt = now }
      if calls[id]?.connecting.dueAt != nil { calls[id]?.connecting.dueAt = now }
      look(at: id, by: now)
    }
  }

  private var isCurrent: (Deadlines.Owner, Timestamp) -> Bool {
    let runs = runs
    let calls = calls
    return { owner, moment in
      switch owner {
      case .campaign(let id): runs[id]?.wakeAt == moment
      case .call(let id): calls[id]?.deadline == moment
      }
    }
  }

  /// Puts a campaign's next look at a moment, unless there is an earlier one.
  mutating func wake(_ id: Campaign.ID, by moment: Timestamp?) {
    guard let moment, let run = runs[id], run.wakeAt.map({ moment < $0 }) ?? true else { return }
    runs[id]?.wakeAt = moment
    deadlines.add(.campaign(id), at: moment)
  }

  mutating func look(at id: Call.ID, by moment: Timestamp) {
    guard let call = calls[id], call.deadline.map({ moment != $0 }) ?? true else { return }
    calls[id]?.deadline = moment
    deadlines.add(.call(id), at: moment)
  }

  /// Tells the store what it was not told yet; nobody waits for that once patience is at its end.
  private mutating func tell(_ actions: inout [EngineAction]) {
    guard !isOutOfPatience, let events = untold.takeNew() else { return }
    actions.append(.retell(events))
  }

  private mutating func tick(at now: Timestamp, _ actions: inout [EngineAction]) {
    nextTick = now + configuration.tick
    guard !isStopping else { return }
    // Limits change without an event of the account, so what wants calls is read in any case; what waits is read when
    // something has happened in its account.
    for id in runs.keys.sorted() where runs[id]?.isBacklogged == true { refresh(id, &actions) }
    actions.append(.sweep(Set(runs.values.map(\.campaign.account)).sorted()))
    retryAgents(at: now, &actions)
  }
}

/// Campaigns in the order in which they came, each once.
struct CampaignQueue: Sendable {
  private(set) var ids: [Campaign.ID] = []
  private var members: Set<Campaign.ID> = []

  var isEmpty: Bool { ids.isEmpty }

  mutating func add(_ id: Campaign.ID) {
    if members.insert(id).inserted { ids.append(id) }
  }

  mutating func remove(_ id: Campaign.ID) {
    if members.remove(id) != nil { ids.removeAll { $0 == id } }
  }

  mutating func takeAll() -> [Campaign.ID] {
    defer { self = CampaignQueue() }
    return ids
  }
}

/// How long the carrier is left alone after it has failed.
struct CarrierHold: Sendable {
  /// Until when no call is placed; nil when nothing holds.
  private(set) var until: Timestamp?
  /// What the carrier said.
  private(set) var cause: DialerError?
  private var failures = 0

  /// A carrier that wants to be left alone for longer is asked again after this time.
  private static let longest = Duration.seconds(3600)

  /// Notes that the carrier could not take a call, through no fault of the call's.
  mutating func fail(_ error: DialerError, first: Duration, at now: Timestamp) {
    // Calls that were on their way together fail together, and count once.
    if failures == 0 || until.map({ now >= $0 }) ?? true { failures += 1 }
    let wait = RetryDelay.exponential(first: first, factor: 2, maximum: .seconds(60)).delay(afterAttempt: failures)
    let asked = min(error.retryAfter ?? .zero, Self.longest)
    until = max(until ?? now, now + max(wait, asked))
    cause = error
  }

  /// Notes that a call was held back on this side for a while, as its turn had not come. That is no failure.
  mutating func rest(_ error: DialerError, at now: Timestamp) {
    guard let asked = error.retryAfter else { return }
    until = max(until ?? now, now + min(asked, Self.longest))
    if failures == 0 { cause = error }
  }

  /// Notes that the carrier took a call.
  mutating func succeed() {
    failures = 0
    cause = nil
  }

  /// Whether calls may be placed; it forgets a hold that is over.
  mutating func isOver(at now: Timestamp) -> Bool {
    if let until, now < until { return false }
    until = nil
    return true
  }

  mutating func clockWentBack(from latest: Timestamp, to now: Timestamp) {
    if let until { self.until = now + max(until - latest, .zero) }
  }
}

extension CallEvent {
  /// The event with its moment, which is `now` where it names none.
  fileprivate func stamped(_ now: Timestamp) -> CallEvent {
    var event = self
    event.at = at ?? now
    return event
  }
}
