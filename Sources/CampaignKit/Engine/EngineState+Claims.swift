// How calls are shared out and claimed.
extension EngineState {
  // MARK: Sharing

  /// Shares out calls, if anybody wants some.
  mutating func plan(at now: Timestamp, _ actions: inout [EngineAction]) {
    guard !ready.isEmpty, !isMeasuring, !isStopping, carrierHold.isOver(at: now) else { return }
    if backlogged == 1, reserving.isEmpty, let id = ready.ids.first, runs[id]?.campaign.pacing.rampUp == .zero {
      // Nobody competes, so there is nothing to share: the store says where the limits are.
      ready.remove(id)
      runs[id]?.isAlone = true
      return claim(id, configuration.claimSize, at: now, &actions)
    }
    isMeasuring = true
    actions.append(.measure(Set(ready.ids.compactMap { runs[$0]?.campaign.account }).sorted()))
  }

  /// Shares out what the limits leave.
  mutating func share(
    _ measured: [Account.ID: Result<SlotUsage, StoreError>], at now: Timestamp, _ actions: inout [EngineAction]
  ) {
    guard !isStopping else { return }
    var usage: [Account.ID: SlotUsage] = [:]
    for (id, result) in measured { usage[id] = try? result.get() }
    for id in ready.ids {
      guard let run = runs[id], case .failure(let error)? = measured[run.campaign.account] else { continue }
      rest(id, after: error, at: now)
    }
    var situation = PacingSituation(
      systemFree: usage.values.map { $0.systemLimit - $0.systemActive }.min() ?? 0, accounts: [:], candidates: [])
    for (id, usage) in usage {
      situation.accounts[id] = PacingSituation.Room(
        free: usage.accountLimit - usage.accountActive, weight: accounts[id]?.account.weight ?? 1,
        served: accounts[id]?.served ?? 0)
    }
    for run in runs.values where usage[run.campaign.account] != nil && run.campaign.status == .active {
      guard var room = situation.accounts[run.campaign.account] else { continue }
      room.reserved = room.reserved.adding(saturating: max(0, run.campaign.pacing.reservedSlots - run.calls))
      situation.accounts[run.campaign.account] = room
    }
    for id in ready.ids {
      guard let run = runs[id], usage[run.campaign.account] != nil else { continue }
      situation.candidates.append(
        PacingSituation.Candidate(
          campaign: id, account: run.campaign.account, pacing: run.campaign.pacing, live: run.calls,
          activeFor: now - run.activeSince, served: run.served))
    }
    let shares = configuration.policy.shares(in: situation)
    for (place, candidate) in situation.candidates.enumerated() {
      ready.remove(candidate.campaign)
      let share = place < shares.count ? min(shares[place], configuration.claimSize) : 0
      runs[candidate.campaign]?.isAlone = false
      if share > 0 {
        claim(candidate.campaign, share, at: now, &actions)
      } else {
        let isFull = situation.systemFree <= 0
        crowdOut(candidate.campaign, because: isFull ? .systemLimit : .accountLimit, at: now)
      }
    }
  }

  private mutating func crowdOut(_ id: Campaign.ID, because hold: CampaignRun.Hold, at now: Timestamp) {
    runs[id]?.hold = hold
    crowdedOut.add(id)
    // During a ramp-up room comes with time alone.
    if let pacing = runs[id]?.campaign.pacing, pacing.rampUp > .zero { wake(id, by: now + .seconds(1)) }
  }

  // MARK: Claiming

  private mutating func claim(_ id: Campaign.ID, _ count: Int, at now: Timestamp, _ actions: inout [EngineAction]) {
    guard let (open, rules, nextOpening) = runs[id]?.openPlaces(at: now), let run = runs[id] else { return }
    guard !run.mustReadCalls else { return refresh(id, &actions) }
    guard !open.isEmpty else {
      runs[id]?.hold = run.firstClosed ?? .nothingDue(until: nil)
      wake(id, by: nextOpening)
      return setBacklogged(id, false)
    }
    guard now < run.heldUntil else {
      // The lease may be lost; it is renewed soon, or given up.
      return wake(id, by: now + .seconds(1))
    }
    runs[id]?.isClaiming = true
    runs[id]?.isNumberFreed = false
    runs[id]?.closesAt = open.map(\.until).min() ?? now
    let opening = open.map {
      OpenLocality($0.locality, from: $0.from + storeAhead, until: $0.until + storeAhead, limits: $0.limits)
    }
    let from = now + storeAhead
    runs[id]?.askedAt = now
    runs[id]?.asked = from..<max(from, opening.map(\.until).min() ?? from)
    var request = ClaimRequest(
      lease: run.lease, count: count, open: opening, agents: run.agentsOnDuty(at: now),
      day: countedDay(of: run, at: from), placeWithin: configuration.placeWithin,
      rule: rules.sorted().joined(separator: " or "))
    if let perSecond = capabilities.callsPerSecond {
      request.rates = [RateLimit(name: carrier, perSecond: perSecond, burst: capabilities.burst)]
    }
    actions.append(.claim(request))
  }

  /// The day by which the caller numbers of a campaign are counted, also where nothing is to be counted as far as this
  /// engine knows: the store may have newer settings.
  private func countedDay(of run: CampaignRun, at moment: Timestamp) -> Range<Timestamp>? {
    guard let account = accounts[run.campaign.account]?.account, let clock = try? run.campaign.clock(in: account)
    else { return nil }
    let date = clock.date(at: moment)
    return clock.start(of: date)..<clock.end(of: date)
  }

  mutating func claimed(
    _ id: Campaign.ID, _ result: Result<Claim, StoreError>, at now: Timestamp, _ actions: inout [EngineAction]
  ) {
    guard let run = runs[id] else {
      // The lease was lost meanwhile; its new owner finds these intents and sees to them.
      return
    }
    runs[id]?.isClaiming = false
    let claim: Claim
    switch result {
    case .success(let success): claim = success
    case .failure(let error):
      if error.code == .leaseLost { return renew(at: now, &actions) }
      // The intents may be there all the same, and nobody else would see to them.
      runs[id]?.mustReadCalls = true
      return rest(id, after: error, at: now)
    }
    runs[id]?.storeFailures = 0
    let ahead = claim.at - now
    storeClock = ahead...max(ahead, claim.at - run.askedAt)
    serve(id, claim.calls.count)
    order(claim, of: run, at: now, &actions)
    settle(id, claim, at: now, &actions)
  }

  /// Counts what a campaign was given. What it took while nobody else wanted any is not held against it.
  private mutating func serve(_ id: Campaign.ID, _ count: Int) {
    guard count > 0, let run = runs[id], !run.isAlone, let account = accounts[run.campaign.account] else { return }
    accounts[run.campaign.account]?.turn = max(account.turn, run.served)
    turn = max(turn, account.served)
    runs[id]?.served += Double(count) / Double(max(1, run.campaign.pacing.weight))
    accounts[run.campaign.account]?.served += Double(count) / Double(max(1, account.account.weight))
  }

  /// Notes why a claim gave no more, and when to ask again.
  private mutating func settle(
    _ id: Campaign.ID, _ claim: Claim, at now: Timestamp, _ actions: inout [EngineAction]
  ) {
    // The store's clock may differ from the engine's: what counts is how long it is from the claim.
    func here(_ moment: Timestamp) -> Timestamp { now + max(moment - claim.at, .milliseconds(1)) }
    runs[id]?.hold = nil
    switch claim.stop {
    case .satisfied, .examinedEnough: wake(id, at: now, &actions)
    case .notActive: refresh(id, &actions)
    case .systemLimit: crowdOut(id, because: .systemLimit, at: now)
    case .accountLimit: crowdOut(id, because: .accountLimit, at: now)
    case .campaignLimit: runs[id]?.hold = .campaignLimit
    case .agents: runs[id]?.hold = .agents
    case .callerNumbers where runs[id]?.isNumberFreed == true: wake(id, at: now, &actions)
    case .callerNumbers(let until):
      let most = runs[id]?.campaign.callerChoice.maximumPerDay
      runs[id]?.hold = .callerNumbers(most, until: here(until))
      setBacklogged(id, false)
      wake(id, by: here(until))
    case .rate(let until):
      runs[id]?.hold = .rate(until: here(until))
      wake(id, by: here(until))
    case .noneDue where runs[id]?.asked.contains(claim.at) == false:
      // By the store's clock the localities were not open. Now it is known how that goes.
      wake(id, by: now + .milliseconds(1))
    case .noneDue(let next):
      let opening = runs[id]?.openPlaces(at: now).nextOpening
      let next = [next.map(here), opening].compactMap(\.self).min()
      runs[id]?.hold = .nothingDue(until: next)
      setBacklogged(id, false)
      wake(id, by: next)
    }
    if runs[id]?.isStale == true { refresh(id, &actions) }
  }

  /// Looks again at what may have room now that a call has ended.
  mutating func makeRoom(_ call: FollowedCall, at now: Timestamp, _ actions: inout [EngineAction]) {
    for id in crowdedOut.takeAll() { ready.add(id) }
    if let id = call.campaign, let run = runs[id], run.hold == .campaignLimit || run.hold == .agents {
      wake(id, at: now, &actions)
    }
    retryAgents(at: now, &actions)
  }

  /// Looks again at campaigns whose numbers have made their calls of the day: one of those calls turned out to be none.
  mutating func freeNumber(of account: Account.ID, at now: Timestamp, _ actions: inout [EngineAction]) {
    let freed = runs.values.filter { ($0.isClaiming || $0.isOutOfNumbers) && $0.campaign.account == account }
    for id in freed.map(\.campaign.id).sorted() {
      runs[id]?.isNumberFreed = true
      if runs[id]?.isOutOfNumbers == true { wake(id, at: now, &actions) }
    }
  }
}
