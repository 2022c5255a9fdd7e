import CampaignKit

extension PlainState {
  mutating func insert(_ campaign: Campaign) throws(StoreError) -> Campaign {
    _ = try index(of: campaign.account)
    try check(campaign)
    guard !campaigns.contains(where: { $0.id == campaign.id }) else {
      throw StoreError(.duplicate, "there is such a campaign")
    }
    var new = campaign
    new.status = .draft
    new.createdAt = now
    new.updatedAt = now
    new.startedAt = nil
    new.pausedAt = nil
    new.resumedAt = nil
    new.endedAt = nil
    new.statusReason = nil
    new.revision = 0
    campaigns.append(new)
    tell(new.account, .campaignCreated, campaign: new.id, status: new.status.rawValue)
    return new
  }

  private func check(_ campaign: Campaign) throws(StoreError) {
    let pacing = campaign.pacing
    guard pacing.maximumConcurrentCalls ?? 0 >= 0, pacing.callsPerSecond ?? 0 >= 0, pacing.reservedSlots >= 0,
      pacing.delayBetweenCalls >= .zero, campaign.compliance.rollingLimits.allSatisfy({ $0.maximum >= 0 })
    else { throw StoreError(.invalid, "a limit must not be negative") }
    guard campaign.retries.maximumAttempts >= 1 else {
      throw StoreError(.invalid, "maximumAttempts must be at least 1")
    }
    guard campaign.callerChoice.maximumPerDay ?? 1 >= 1, campaign.callerNumbers.count <= CallerChoice.mostNumbers else {
      throw StoreError(.invalid, "the caller numbers are too many, or may make no call")
    }
  }

  func check(_ limits: [RollingLimit]) throws(StoreError) {
    guard limits.allSatisfy({ $0.maximum >= 1 && $0.window > .zero }) else {
      throw StoreError(.invalid, "a rolling limit must let one call pass")
    }
  }

  mutating func campaigns(_ query: CampaignQuery, page request: PageRequest) throws(StoreError) -> Page<Campaign> {
    let found = campaigns.filter {
      $0.account == query.account && (query.statuses.isEmpty || query.statuses.contains($0.status))
        && matches(query.search, $0.name, $0.description)
    }
    return try page(found, request, descending: query.isDescending) {
      var place = PlainPlace(identifier: $0.id.description)
      switch query.sort {
      case .createdAt: place.number = $0.createdAt.milliseconds
      case .updatedAt: place.number = $0.updatedAt.milliseconds
      case .name: place.text = $0.name
      case .status: place.number = Campaign.Status.allCases.firstIndex(of: $0.status).map(Int64.init)
      case .maximumConcurrentCalls: place.number = $0.pacing.maximumConcurrentCalls.map(Int64.init)
      }
      return place
    }
  }

  mutating func update(_ campaign: Campaign) throws(StoreError) -> Campaign {
    let index = try index(of: campaign.id)
    let old = campaigns[index]
    guard old.account == campaign.account else { throw .missing("campaign") }
    try check(campaign)
    guard old.revision == campaign.revision else { throw .changed("campaign") }
    var new = campaign
    new.status = old.status
    new.createdAt = old.createdAt
    new.startedAt = old.startedAt
    new.pausedAt = old.pausedAt
    new.resumedAt = old.resumedAt
    new.endedAt = old.endedAt
    new.statusReason = old.statusReason
    new.updatedAt = now
    new.revision = old.revision + 1
    campaigns[index] = new
    tell(new.account, .campaignUpdated, campaign: new.id, status: new.status.rawValue)
    return new
  }

  mutating func transition(
    _ id: Campaign.ID, on trigger: Campaign.Trigger, reason: String?
  ) throws(StoreError) -> Campaign {
    let index = try index(of: id)
    let next: Campaign.Status
    do {
      next = try Campaign.statuses.step("campaign", from: campaigns[index].status, on: trigger)
    } catch {
      throw StoreError(.notPermitted, error.description, transition: error)
    }
    if trigger == .start, !leads.contains(where: { $0.campaign == id && $0.status == .waiting }) {
      throw StoreError(.notPermitted, "the campaign has no lead to call")
    }
    if trigger == .complete, leads.contains(where: { $0.campaign == id && !$0.status.isFinal }) {
      throw StoreError(.notPermitted, "the campaign has leads that are not done")
    }
    setStatus(next, of: index, reason: reason)
    if Campaign.statuses.isFinal(next) {
      for lead in leads.indices where leads[lead].campaign == id && leads[lead].status == .waiting {
        end(lead, as: .cancelled)
      }
    }
    completeIfDone(id)
    return campaigns[index]
  }

  private mutating func setStatus(_ status: Campaign.Status, of index: Int, reason: String?) {
    let old = campaigns[index].status
    campaigns[index].status = status
    campaigns[index].statusReason = reason
    campaigns[index].updatedAt = now
    if status == .active {
      if campaigns[index].startedAt == nil { campaigns[index].startedAt = now }
      if old == .paused { campaigns[index].resumedAt = now }
    }
    if status == .paused { campaigns[index].pausedAt = now }
    if Campaign.statuses.isFinal(status) { campaigns[index].endedAt = now }
    tell(
      campaigns[index].account, .campaignStatusChanged, campaign: campaigns[index].id, status: status.rawValue)
  }

  /// Ends a lead without a call.
  mutating func end(_ lead: Int, as status: Lead.Status) {
    leads[lead].status = status
    leads[lead].nextAttemptAt = nil
    leads[lead].isCallback = false
    leads[lead].updatedAt = now
    tell(leads[lead])
  }

  /// Completes a campaign that is active or paused, has leads, and none that is open.
  mutating func completeIfDone(_ id: Campaign.ID) {
    guard let index = campaigns.firstIndex(where: { $0.id == id }),
      campaigns[index].status == .active || campaigns[index].status == .paused
    else { return }
    let own = leads.filter { $0.campaign == id }
    if !own.isEmpty, own.allSatisfy(\.status.isFinal) { setStatus(.completed, of: index, reason: nil) }
  }

  mutating func delete(_ id: Campaign.ID) throws(StoreError) {
    let index = try index(of: id)
    guard campaigns[index].status != .active else {
      throw StoreError(.notPermitted, "the campaign is active")
    }
    guard liveCalls({ $0.campaign == id }).isEmpty else {
      throw StoreError(.notPermitted, "the campaign has live calls")
    }
    let account = campaigns[index].account
    campaigns.remove(at: index)
    leads.removeAll { $0.campaign == id }
    imports.removeAll { $0.campaign == id }
    leases[id] = nil
    tell(account, .campaignDeleted, campaign: id)
  }
}
