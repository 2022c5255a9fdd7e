import CampaignKit

// What is checked at each order: a reading of the promises that is as plain as possible.

extension Books {
  /// Takes down an order, and checks whether it may be made.
  mutating func place(
    _ order: CallOrder, attempt: Int?, ahead: Duration, at moment: Duration, wall: Timestamp
  ) {
    guard let account = accounts[order.account] else {
      return fail("P10", "an order of an account that does not exist", at: moment)
    }
    var ordered = Ordered(
      order: order, account: account, attempt: attempt, at: moment, wall: wall,
      expiresAt: order.createdAt - ahead + plan.engine.placeWithin
        + (order.campaign == nil ? Self.longestSingleCall : order.ringTime + order.longestCall))
    if let campaign = order.campaign {
      guard let index = campaigns[campaign.id], plan.campaigns[index].account == account,
        let person = plan.accounts[account].people.firstIndex(where: { $0.numbers.contains(order.to.digits) }),
        leads.contains(LeadKey(campaign: index, person: person))
      else { return fail("P10", "a call to \(order.to) that no campaign of its account asked for", at: moment) }
      ordered.lead = LeadKey(campaign: index, person: person)
    }
    if attempt == nil { fail("P2", "the intent of the call to \(order.to) is not in the store", at: moment) }
    if orders[order.id] != nil { fail("P2", "the order to \(order.to) is placed a second time", at: moment) }
    checkCalls(ordered)
    checkSuppression(ordered)
    checkLimits(ordered)
    if let lead = ordered.lead {
      checkCampaign(ordered, lead)
      checkAttempts(ordered, lead)
      checkRollingLimits(ordered, lead)
      checkCallerNumber(ordered, lead)
    } else {
      checkSingleCall(ordered)
    }
    orders[order.id] = ordered
    sequence.append(order.id)
    checkRates(ordered)
  }

  /// Takes over what really became of the orders so far.
  mutating func compare(with carrier: CarrierBooks) {
    for placement in carrier.placements where placement.acceptedAt == nil { orders[placement.call]?.fate = .void }
    for line in carrier.lines {
      guard let end = line.endedAt, end <= carrier.now else {
        orders[line.call]?.fate = .live
        continue
      }
      // The carrier's clock started with the simulation, and never jumps.
      orders[line.call]?.fate = .over(at: end - plan.start)
    }
  }

  /// All orders before, in turn.
  private var earlier: some Sequence<Ordered> { sequence.lazy.compactMap { orders[$0] } }

  private func live(at wall: Timestamp) -> [Ordered] { earlier.filter { isLive($0, at: wall) } }

  // P1
  private mutating func checkCalls(_ ordered: Ordered) {
    for other in live(at: ordered.wall) where other.account == ordered.account {
      if let lead = ordered.lead, other.lead == lead {
        fail("P1", "the lead with \(ordered.order.to) has two live calls", at: ordered.at)
      } else if other.order.to == ordered.order.to {
        fail("P1", "the number \(ordered.order.to) has two live calls", at: ordered.at)
      }
    }
  }

  // P3
  private mutating func checkLimits(_ ordered: Ordered) {
    let live = live(at: ordered.wall)
    func check(_ count: Int, _ setting: Setting, _ what: String) {
      let limit = possible(setting, at: ordered.at).max() ?? .max
      if count >= limit { fail("P3", "\(count + 1) calls \(what), which may have \(limit)", at: ordered.at) }
    }
    check(live.count, .systemLimit, "in the system")
    check(live.count { $0.account == ordered.account }, .accountLimit(ordered.account), "of an account")
    guard let lead = ordered.lead else { return }
    check(live.count { $0.lead?.campaign == lead.campaign }, .campaignLimit(lead.campaign), "of a campaign")
    guard plan.campaigns[lead.campaign].campaign.agents.group != nil else { return }
    let waiting = live.count { other in
      other.agent == nil && !other.isMachine && other.account == ordered.account
        && other.lead.map { plan.campaigns[$0.campaign].campaign.agents.group != nil } ?? false
    }
    let account = plan.accounts[ordered.account]
    var free = 0
    for agent in account.agents where possible(.isAvailable(agent.id), at: ordered.at).contains(1) {
      let works = walls(at: ordered.at).contains { wall in
        hours.works(agent, account.account, at: wall)
          || hours.works(agent, account.account, at: wall - plan.engine.placeWithin - slack)
      }
      if works { free += agent.maximumConcurrentCalls }
    }
    if waiting >= free {
      fail("P3", "\(waiting + 1) calls wait for agents who can take \(free)", at: ordered.at)
    }
  }

  private mutating func checkRates(_ ordered: Ordered) {
    if let rate = plan.carrier.capabilities.callsPerSecond {
      checkRate(rate, burst: plan.carrier.capabilities.burst, ordered, "the carrier") { _ in true }
    }
    guard let lead = ordered.lead else { return }
    let pacing = plan.campaigns[lead.campaign].campaign.pacing
    if let rate = pacing.callsPerSecond {
      checkRate(rate, burst: 1, ordered, "a campaign") { $0.lead?.campaign == lead.campaign }
    }
    if pacing.delayBetweenCalls > .zero {
      checkRate(1000 / Double(pacing.delayBetweenCalls.milliseconds), burst: 1, ordered, "a campaign") {
        $0.lead?.campaign == lead.campaign
      }
    }
  }

  private mutating func checkRate(
    _ rate: Double, burst: Int, _ ordered: Ordered, _ whose: String, where counts: (Ordered) -> Bool
  ) {
    var number = 0
    for id in sequence.reversed().prefix(40) {
      guard let other = orders[id], counts(other) else { continue }
      number += 1
      // What was claimed at once may be handed over within the slack; a jump of the clock fills the bucket once.
      let span = Double((ordered.at - other.at + slack).milliseconds) / 1000
      let most = Double(burst * (1 + jumps(since: other.at - slack))) + rate * span
      if Double(number) > most + 1e-6 {
        return fail("P3", "\(number) calls of \(whose) in \(span) s, which permits \(most)", at: ordered.at)
      }
    }
  }

  // P4
  private mutating func checkSuppression(_ ordered: Ordered) {
    let number = ordered.order.to.digits
    for account in [nil, ordered.account] {
      guard let timeline = settings[.suppressed(account: account, number)] else { continue }
      if !timeline.possible(from: ordered.at - lastSlack, until: ordered.at).contains(0) {
        fail("P4", "\(ordered.order.to) is called, which is on the do-not-call list", at: ordered.at)
      }
    }
    for owed in optOuts where owed.account == ordered.account && owed.number == number {
      if ordered.at > owed.at + .seconds(900) {
        fail("P4", "\(ordered.order.to) is called, who asked not to be called again", at: ordered.at)
      }
    }
  }

  private mutating func checkCampaign(_ ordered: Ordered, _ lead: LeadKey) {
    let entry = plan.campaigns[lead.campaign]
    let mayCall = settings[.mayCall(lead.campaign)]?.possible(from: ordered.at - lastSlack, until: ordered.at) ?? []
    if !mayCall.contains(1) {
      fail("P4", "campaign \(entry.campaign.name) calls, which is not active", at: ordered.at)
    }
    let account = plan.accounts[entry.account]
    let locality = account.people[lead.person].locality
    let isOpen = walls(at: ordered.at).contains {
      hours.isOpen(entry.campaign, account.account, locality, at: $0)
    }
    if !isOpen {
      fail("P4", "\(ordered.order.to) is called at \(ordered.wall), outside of the hours", at: ordered.at)
    }
  }

  private mutating func checkSingleCall(_ ordered: Ordered) {
    guard plan.singleCallsKeepHours else { return }
    let people = plan.accounts[ordered.account].people
    let person = people.first { $0.numbers.contains(ordered.order.to.digits) }
    if !walls(at: ordered.at).contains(where: { hours.isLegal(person?.locality ?? .unknown, at: $0) }) {
      fail("P4", "\(ordered.order.to) is called at \(ordered.wall), outside of the legal hours", at: ordered.at)
    }
  }

  // P5
  private mutating func checkAttempts(_ ordered: Ordered, _ lead: LeadKey) {
    let campaign = plan.campaigns[lead.campaign].campaign
    let made = earlier.filter { $0.lead == lead && $0.fate != .void }
    if made.count >= campaign.retries.maximumAttempts {
      fail(
        "P5", "\(ordered.order.to) has attempt \(made.count + 1) of \(campaign.retries.maximumAttempts)", at: ordered.at
      )
    }
    if let attempt = ordered.attempt, made.contains(where: { $0.attempt == attempt }) {
      fail("P2", "attempt \(attempt) at \(ordered.order.to) is dialled twice", at: ordered.at)
    }
    guard let last = made.last else { return }
    if let asked = rescheduled[lead], asked >= last.at { return }
    guard case .over(let end) = last.fate else { return }
    if case .some(let agreed) = last.callback, campaign.callback.isEnabled {
      let earliest = agreed ?? earliestWall(from: end, until: ordered.at) + campaign.callback.delay
      if ordered.wall >= earliest { return }
    }
    let wait = shortestWait(
      campaign, after: made.count, numbers: plan.accounts[last.account].people[lead.person].numbers)
    let waited = ordered.wall - earliestWall(from: end, until: ordered.at)
    if waited + slack < wait {
      fail("P5", "\(ordered.order.to) is called again after \(waited), not \(wait)", at: ordered.at)
    }
  }

  /// The shortest time after which a lead may be tried again, whatever came of the last attempt.
  private func shortestWait(_ campaign: Campaign, after attempt: Int, numbers: [UInt64]) -> Duration {
    var waits = numbers.count > 1 ? [campaign.retries.nextNumberDelay] : []
    for attempt in attempt...max(attempt, campaign.retries.maximumAttempts) {
      waits.append(campaign.retries.delay.delay(afterAttempt: attempt))
      waits += campaign.retries.delays.values.map { $0.delay(afterAttempt: attempt) }
    }
    return waits.min() ?? .zero
  }

  private mutating func checkRollingLimits(_ ordered: Ordered, _ lead: LeadKey) {
    for limit in plan.campaigns[lead.campaign].campaign.compliance.rollingLimits where limit.counting.isEmpty {
      let subject = SimulationPlan.subject(of: lead.person)
      if limit.key == .subject, subject == nil { continue }
      let made = earlier.filter { other in
        guard other.account == ordered.account, other.fate != .void,
          other.wall > ordered.wall - limit.window + slack, other.wall <= ordered.wall
        else { return false }
        switch limit.key {
        case .number: return other.order.to == ordered.order.to
        case .person: return other.lead?.person == lead.person
        // All leads of a person are about the same.
        case .subject: return other.lead?.person == lead.person
        }
      }
      if made.count >= limit.maximum {
        fail(
          "P5", "\(ordered.order.to) has \(made.count + 1) calls in \(limit.window), and may have \(limit.maximum)",
          at: ordered.at)
      }
    }
  }
}
