import CampaignKit

extension PlainState {
  func queues(of campaign: Campaign.ID) -> [LocalityQueue] {
    let waiting = leads.filter { $0.campaign == campaign && $0.status == .waiting }
    var queues: [LocalityQueue] = []
    for locality in waiting.map(\.locality) where !queues.contains(where: { $0.locality == locality }) {
      let own = waiting.filter { $0.locality == locality }
      queues.append(
        LocalityQueue(
          locality: locality, waiting: own.count,
          nextDueAt: own.map { $0.nextAttemptAt ?? min($0.createdAt, now) }.min()))
    }
    return queues
  }

  mutating func claim(_ request: ClaimRequest) throws(StoreError) -> Claim {
    let campaign = campaigns[try index(of: request.lease.campaign)]
    guard isHeld(request.lease) else { throw StoreError(.leaseLost, "the lease is not held any more") }
    guard campaign.status == .active else { return Claim(stop: .notActive(campaign.status), at: now) }
    guard request.count > 0 else { return Claim(stop: .satisfied, at: now) }
    try check(request.open.flatMap(\.limits))

    let permits = permits(for: campaign, request)
    let rates = rates(for: campaign, request)
    let allowed = max(0, (permits.map(\.count) + rates.map(starts) + [request.count]).min() ?? 0)
    // The tightest limit is the one that stops it; of several the first in the order in which they are named.
    let stopping = permits.first { max(0, $0.count) == allowed && $0.count < request.count }?.stop
    let isStoppedByRate = rates.contains { starts($0) == allowed && starts($0) < request.count }

    var claim = Claim(stop: .satisfied, at: now)
    var examined = 0
    while true {
      guard claim.calls.count < allowed else {
        claim.stop = stopping ?? (isStoppedByRate ? .rate(until: rates.map(nextStart).max() ?? now) : .satisfied)
        break
      }
      guard let lead = firstCandidate(of: campaign.id, in: request.open) else {
        claim.stop = .noneDue(next: nextDue(of: campaign.id, in: request.open))
        break
      }
      guard examined < max(4 * allowed, 1000) else {
        claim.stop = .examinedEnough
        break
      }
      examined += 1
      let limits = request.open.filter { isOpen(leads[lead], in: [$0]) }.flatMap(\.limits)
      if let decision = holdBack(lead, in: campaign, keeping: limits) {
        claim.heldBack.append(HeldLead(lead: leads[lead].id, decision: decision))
      } else {
        claim.calls.append(call(lead, in: campaign, request))
        for rate in rates { start(rate) }
      }
    }
    completeIfDone(campaign.id)
    return claim
  }

  private func isOpen(_ lead: Lead, in open: [OpenLocality]) -> Bool {
    open.contains { $0.locality == lead.locality && $0.from <= now && now < $0.until }
  }

  /// The place in the list of the lead that comes first. Whoever is examined is not waiting or not due after that.
  private func firstCandidate(of campaign: Campaign.ID, in open: [OpenLocality]) -> Int? {
    leads.indices
      .filter { index in
        let lead = leads[index]
        return lead.campaign == campaign && lead.status == .waiting && isOpen(lead, in: open)
          && (lead.nextAttemptAt.map { $0 <= now } ?? true)
      }
      .min { comesFirst(leads[$0], leads[$1]) }
  }

  private func comesFirst(_ left: Lead, _ right: Lead) -> Bool {
    if left.isCallback != right.isCallback { return left.isCallback }
    if left.priority != right.priority { return left.priority < right.priority }
    let leftDue = left.nextAttemptAt ?? .distantPast
    let rightDue = right.nextAttemptAt ?? .distantPast
    if leftDue != rightDue { return leftDue < rightDue }
    return left.ordinal < right.ordinal
  }

  private func nextDue(of campaign: Campaign.ID, in open: [OpenLocality]) -> Timestamp? {
    leads.filter { $0.campaign == campaign && $0.status == .waiting && isOpen($0, in: open) }
      .compactMap(\.nextAttemptAt).min()
  }

  /// Why a lead that is due may not be called; its next state is set then.
  private mutating func holdBack(
    _ index: Int, in campaign: Campaign, keeping limits: [RollingLimit]
  ) -> DecisionRecord? {
    let lead = leads[index]
    var decision = DecisionRecord(isDialled: false, rule: "", decidedAt: now)
    if suppression(of: lead.number, for: lead.account) != nil {
      decision.rule = "doNotCall"
    } else if lead.attempts >= campaign.retries.maximumAttempts {
      decision.rule = "attempts"
    } else if !liveCalls({ $0.account == lead.account && $0.to == lead.number }).isEmpty {
      decision.rule = "numberBusy"
      decision.retryAt = now + .seconds(60)
    } else if let (limit, retryAt) = held(lead, by: campaign.compliance.rollingLimits + limits).first {
      decision.rule = limit.name
      decision.citation = limit.citation
      decision.retryAt = retryAt
    } else {
      return nil
    }
    leads[index].decision = decision
    leads[index].updatedAt = now
    if let retryAt = decision.retryAt {
      leads[index].nextAttemptAt = retryAt
    } else {
      end(index, as: decision.rule == "attempts" ? .failed : .suppressed)
    }
    return decision
  }

  /// What decides whether a lead may be called now, beside what it says itself.
  func dialingFacts(of id: Lead.ID, keeping limits: [RollingLimit]) throws(StoreError) -> DialingFacts {
    try check(limits)
    guard let lead = leads.first(where: { $0.id == id }),
      let campaign = campaigns.first(where: { $0.id == lead.campaign })
    else { throw StoreError(.notFound, "there is no such lead") }
    return DialingFacts(
      suppression: suppression(of: lead.number, for: lead.account),
      isNumberBusy: !liveCalls({ $0.account == lead.account && $0.to == lead.number }).isEmpty,
      limits: held(lead, by: campaign.compliance.rollingLimits + limits)
        .map { DialingFacts.HeldLimit($0.0, until: $0.1) })
  }

  /// The rolling limits that are reached, and when the next call is within each.
  private func held(_ lead: Lead, by limits: [RollingLimit]) -> [(RollingLimit, Timestamp)] {
    var held: [(RollingLimit, Timestamp)] = []
    for limit in limits {
      let counted = calls.filter { call in
        guard call.account == lead.account, call.isAttempt, call.createdAt > now - limit.window,
          call.createdAt <= now
        else { return false }
        if !limit.counting.isEmpty {
          guard let disposition = call.disposition, limit.counting.contains(disposition) else { return false }
        }
        switch limit.key {
        case .number: return call.to == lead.number
        case .person: return call.contact == lead.contact
        case .subject: return lead.subject != nil && call.contact == lead.contact && call.subject == lead.subject
        }
      }
      if limit.key == .subject, lead.subject == nil { continue }
      if counted.count >= limit.maximum {
        // It may pass when so many of the oldest have left the window that one more is within the limit.
        let leaving = counted.map(\.createdAt).sorted().dropFirst(counted.count - limit.maximum).first
        held.append((limit, (leaving ?? now) + limit.window))
      }
    }
    return held
  }

  /// Makes the intent to call a lead.
  private mutating func call(_ index: Int, in campaign: Campaign, _ request: ClaimRequest) -> ClaimedCall {
    var placeBy = now + request.placeWithin
    if campaign.callerChoice.maximumPerDay != nil, !callers(of: campaign, request).isEmpty {
      placeBy = min(placeBy, request.countedDay(at: now).upperBound)
    }
    leads[index].attempts += 1
    var call = Call(
      id: identifiers.next(at: now), account: campaign.account, attempt: leads[index].attempts,
      to: leads[index].number, createdAt: now, placeBy: placeBy,
      expiresAt: placeBy + campaign.ringTime + campaign.longestCall)
    call.campaign = campaign.id
    call.lead = leads[index].id
    call.contact = leads[index].contact
    call.from = caller(of: campaign, for: leads[index].number, request)
    call.rule = request.rule
    call.subject = leads[index].subject
    calls.append(call)
    leads[index].status = .calling
    leads[index].liveCall = call.id
    leads[index].lastAttemptAt = now
    leads[index].nextAttemptAt = nil
    leads[index].decision = DecisionRecord(isDialled: true, rule: request.rule ?? "", decidedAt: now)
    leads[index].updatedAt = now
    tell(call, .callIntended)
    return ClaimedCall(
      call: call.id, lead: leads[index].id, contact: leads[index].contact, number: call.to, from: call.from,
      attempt: call.attempt, placeBy: placeBy)
  }
}
