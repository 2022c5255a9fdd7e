// What these do is said where the protocols declare them.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension LocalStore {
  // MARK: Leases

  public func acquire(
    _ campaign: Campaign.ID, by owner: String, lasting duration: Duration
  ) async throws(StoreError) -> CampaignLease {
    try await core.write { (state, now) throws(StoreError) in
      try state.acquire(campaign, by: owner, lasting: duration, at: now)
    }
  }

  public func renew(
    _ leases: [CampaignLease], lasting duration: Duration
  ) async throws(StoreError) -> [CampaignLease] {
    try await core.write { (state, now) throws(StoreError) in
      try state.renew(leases, lasting: duration, at: now)
    }
  }

  public func release(_ lease: CampaignLease) async throws(StoreError) {
    try await core.write { (state, now) throws(StoreError) in try state.release(lease, at: now) }
  }

  public func lease(of campaign: Campaign.ID) async throws(StoreError) -> CampaignLease? {
    try core.read { (state, _) throws(StoreError) in state.lease(of: campaign) }
  }

  public func unownedCampaigns(limit: Int) async throws(StoreError) -> [Campaign.ID] {
    try core.read { (state, now) throws(StoreError) in state.unownedCampaigns(limit: limit, at: now) }
  }

  // MARK: Calls

  public func queues(of campaign: Campaign.ID) async throws(StoreError) -> [LocalityQueue] {
    try core.read { (state, now) throws(StoreError) in try state.queues(of: campaign, at: now) }
  }

  public func dialingFacts(
    of lead: Lead.ID, keeping limits: [RollingLimit]
  ) async throws(StoreError) -> DialingFacts {
    try core.read { (state, now) throws(StoreError) in try state.dialingFacts(of: lead, keeping: limits, at: now) }
  }

  public func claim(_ request: ClaimRequest) async throws(StoreError) -> Claim {
    try await core.write { (state, now) throws(StoreError) in try state.claim(request, at: now) }
  }

  public func begin(_ order: SingleCall) async throws(StoreError) -> Call {
    try await core.write { (state, now) throws(StoreError) in try state.begin(order, at: now) }
  }

  public func liveSingleCalls(limit: Int) async throws(StoreError) -> [Call] {
    try core.read { (state, _) throws(StoreError) in try state.liveSingleCalls(limit: limit) }
  }

  public func mayPlace(_ call: Call.ID, under lease: CampaignLease?) async throws(StoreError) -> Bool {
    try core.read { (state, now) throws(StoreError) in state.mayPlace(call, under: lease, at: now) }
  }

  public func record(
    _ news: CallNews, of call: Call.ID
  ) async throws(StoreError) -> (call: Call, isNew: Bool) {
    try await core.write { (state, now) throws(StoreError) in try state.record(news, of: call, at: now) }
  }

  public func assign(_ call: Call.ID, to agents: [Agent.ID]) async throws(StoreError) -> Agent.ID? {
    try await core.write { (state, now) throws(StoreError) in try state.assign(call, to: agents, at: now) }
  }

  public func finish(
    _ call: Call.ID, _ ending: CallEnding
  ) async throws(StoreError) -> (call: Call, isNew: Bool) {
    try await core.write { (state, now) throws(StoreError) in try state.finish(call, ending, at: now) }
  }

  public func update(_ calls: [CallUpdate]) async throws(StoreError) -> [Result<Call.Status, StoreError>] {
    try await core.write { (state, now) throws(StoreError) in state.update(calls, at: now) }
  }

  // MARK: Slots

  public func slots(of account: Account.ID) async throws(StoreError) -> SlotUsage {
    try core.read { (state, now) throws(StoreError) in try state.slots(of: account, at: now) }
  }

  public func setSystemLimit(_ limit: Int) async throws(StoreError) {
    try await core.write { (state, now) throws(StoreError) in try state.setLimits(system: limit, at: now) }
  }

  public func setDefaultAccountLimit(_ limit: Int) async throws(StoreError) {
    try await core.write { (state, now) throws(StoreError) in try state.setLimits(account: limit, at: now) }
  }

  public func reserve(
    _ count: Int, of account: Account.ID, for duration: Duration, note: String
  ) async throws(StoreError) -> SlotReservation {
    try await core.write { (state, now) throws(StoreError) in
      try state.reserve(count, of: account, for: duration, note: note, at: now)
    }
  }

  public func release(_ reservation: SlotReservation.ID) async throws(StoreError) {
    try await core.write { (state, now) throws(StoreError) in try state.release(reservation, at: now) }
  }
}
