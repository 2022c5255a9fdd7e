extension CampaignEngine {
  // MARK: Campaigns

  /// Adds a draft.
  ///
  /// - Returns: The campaign as it is stored.
  /// - Throws: ``EngineError/Code/schedule`` for a time zone that does not exist, ``EngineError/Code/store``.
  public func create(_ campaign: Campaign) async throws(EngineError) -> Campaign {
    try await checkZones(of: campaign)
    return try await stored { () throws(StoreError) in try await self.storage.insert(campaign) }
  }

  /// Changes the settings of a campaign, whatever its status; new limits and hours hold from the next call on.
  ///
  /// - Returns: The campaign as it is stored now.
  /// - Throws: ``EngineError/Code/schedule`` for a time zone that does not exist, ``EngineError/Code/store``.
  public func update(_ campaign: Campaign) async throws(EngineError) -> Campaign {
    try await checkZones(of: campaign)
    let updated = try await stored { () throws(StoreError) in try await self.storage.update(campaign) }
    feed(.changed(campaign.id))
    return updated
  }

  /// Starts a draft: at once, or at its start date if that is still to come.
  ///
  /// - Returns: The campaign as it is stored now, active or scheduled.
  /// - Throws: ``EngineError/Code/schedule`` when its schedule never opens again, ``EngineError/Code/store`` when it
  ///   has no lead to call or its status does not permit it.
  public func start(_ id: Campaign.ID) async throws(EngineError) -> Campaign {
    let (campaign, account) = try await found(id)
    let now = try await stored { () throws(StoreError) in try await self.storage.now() }
    let problems = campaign.scheduleProblems(in: account, at: now)
    guard problems.isEmpty else { throw EngineError(problems) }
    var start: Timestamp?
    do throws(ScheduleProblem) {
      let clock = try campaign.clock(in: account)
      start = campaign.schedule.start?.start(on: clock)
    } catch {
      throw EngineError([error])
    }
    let isEarly = start.map { now < $0 } ?? false
    return try await move(id, on: isEarly ? .schedule : .start, reason: nil)
  }

  /// Stops a campaign's calls for a while. From the moment at which this returns, this engine places no further call,
  /// and another one none but those of which it had asked the store before.
  ///
  /// - Parameters:
  ///   - id: The campaign.
  ///   - reason: Why, for those who look at it.
  ///   - hangingUp: Whether its live calls are ended; they go on by default.
  /// - Returns: The campaign as it is stored now.
  /// - Throws: ``EngineError/Code/store`` when its status does not permit it.
  public func pause(
    _ id: Campaign.ID, reason: String? = nil, hangingUp: Bool = false
  ) async throws(EngineError) -> Campaign {
    let campaign = try await move(id, on: .pause, reason: reason)
    if hangingUp { try await hangUpCalls(of: campaign) }
    return campaign
  }

  /// Goes on with a campaign that was paused.
  ///
  /// - Returns: The campaign as it is stored now.
  /// - Throws: ``EngineError/Code/schedule`` when its schedule never opens again, ``EngineError/Code/store``.
  public func resume(_ id: Campaign.ID) async throws(EngineError) -> Campaign {
    let (campaign, account) = try await found(id)
    let now = try await stored { () throws(StoreError) in try await self.storage.now() }
    let problems = campaign.scheduleProblems(in: account, at: now)
    guard problems.isEmpty else { throw EngineError(problems) }
    return try await move(id, on: .resume, reason: nil)
  }

  /// Gives a campaign up for good: its waiting leads are cancelled.
  ///
  /// - Parameters:
  ///   - id: The campaign.
  ///   - reason: Why, for those who look at it.
  ///   - hangingUp: Whether its live calls are ended; they go on by default.
  /// - Returns: The campaign as it is stored now.
  /// - Throws: ``EngineError/Code/store`` when its status does not permit it.
  public func cancel(
    _ id: Campaign.ID, reason: String? = nil, hangingUp: Bool = false
  ) async throws(EngineError) -> Campaign {
    let campaign = try await move(id, on: .cancel, reason: reason)
    if hangingUp { try await hangUpCalls(of: campaign) }
    return campaign
  }

  /// Completes a campaign before all its leads are done: those that wait are cancelled, live calls go on.
  ///
  /// - Returns: The campaign as it is stored now.
  /// - Throws: ``EngineError/Code/store`` when its status does not permit it.
  public func end(_ id: Campaign.ID, reason: String? = nil) async throws(EngineError) -> Campaign {
    try await move(id, on: .end, reason: reason)
  }

  // MARK: Calls

  /// Calls a number outside a campaign, under the limits of system and account and in the legal hours of the person.
  ///
  /// - Returns: The call, which is about to be placed.
  /// - Throws: ``EngineError/Code/held`` outside the legal hours, ``EngineError/Code/stopped`` after ``stop()``,
  ///   ``EngineError/Code/store`` when a limit leaves no room
  ///   or the number is not to be called.
  public func call(_ order: SingleCall) async throws(EngineError) -> Call {
    guard !isStopping else {
      throw EngineError(.stopped, "the engine has been told to stop and places no further call; make another one")
    }
    var order = order
    let now = now
    if configuration.keepsLegalHours ?? order.keepsLegalHours {
      let locality = order.locality ?? Locality(of: order.to)
      let hours = CallingHours(for: order.purpose, at: locality, rules: configuration.rules)
      switch hours.standing(at: now) {
      case .open(let until): order.placeWithin = min(order.placeWithin, until - now)
      case .closed(let rule, let citation, let opensAt):
        throw EngineError(
          DecisionRecord(isDialled: false, rule: rule, citation: citation, decidedAt: now, retryAt: opensAt))
      }
    }
    if let perSecond = dialer.capabilities.callsPerSecond {
      order.rates.append(RateLimit(name: dialer.name, perSecond: perSecond, burst: dialer.capabilities.burst))
    }
    let call = try await stored { [order] () throws(StoreError) in try await self.storage.begin(order) }
    // What is left of its time is told by the engine's clock, which need not be the store's.
    var own = call
    own.createdAt = now
    own.placeBy = now + order.placeWithin
    own.expiresAt = own.placeBy + order.longestCall
    feed(.adopted(own, isOwn: true))
    return call
  }

  /// Ends a live call; one that is over is no error.
  ///
  /// An engine that runs the call's campaign, or has placed it, asks the carrier again and again until the call is
  /// over, and throws nothing when the carrier could not do it at once.
  ///
  /// - Throws: ``EngineError/Code/store`` when there is no such call, ``EngineError/Code/dialer``.
  public func hangUp(_ id: Call.ID) async throws(EngineError) {
    guard let call = try await stored({ () throws(StoreError) in try await self.storage.call(id) }) else {
      throw EngineError(StoreError(.notFound, "there is no call \(id)"))
    }
    guard call.status.isLive else { return }
    if guarded.withLock({ $0.state.calls[id]?.isGuest == false }) { return feed(.hangUp([id])) }
    do { try await dialer.hangUp(await reference(of: call)) } catch { throw EngineError(error) }
  }

  /// Puts numbers on the do-not-call list.
  ///
  /// - Parameters:
  ///   - entries: The entries.
  ///   - hangingUp: Whether calls that are live on one of the numbers are ended; they go on by default.
  /// - Throws: ``EngineError/Code/store``.
  public func suppress(_ entries: [Suppression], hangingUp: Bool = false) async throws(EngineError) {
    let calls = try await stored { () throws(StoreError) in try await self.storage.suppress(entries) }
    let withdrawn = Set(calls)
    guarded.withLock { $0.state.withdraw { withdrawn.contains($0.id) } }
    guard hangingUp else { return }
    try await hangUp(calls)
  }

  // MARK: Limits

  /// Sets how many calls the whole system may have at once. Calls that are live go on.
  ///
  /// - Throws: ``EngineError/Code/store``.
  public func setSystemLimit(_ limit: Int) async throws(EngineError) {
    try await stored { () throws(StoreError) in try await self.storage.setSystemLimit(limit) }
    feed(.accountChanged(nil))
  }

  /// Sets how many calls an account may have at once that states no limit of its own. Calls that are live go on.
  ///
  /// - Throws: ``EngineError/Code/store``.
  public func setDefaultAccountLimit(_ limit: Int) async throws(EngineError) {
    try await stored { () throws(StoreError) in try await self.storage.setDefaultAccountLimit(limit) }
    feed(.accountChanged(nil))
  }

  // MARK: Pieces

  func stored<Value>(
    _ work: () async throws(StoreError) -> Value
  ) async throws(EngineError) -> Value {
    do { return try await work() } catch { throw EngineError(error) }
  }

  func found(_ id: Campaign.ID) async throws(EngineError) -> (Campaign, Account) {
    guard let campaign = try await stored({ () throws(StoreError) in try await self.storage.campaign(id) }),
      let account = try await stored({ () throws(StoreError) in try await self.storage.account(campaign.account) })
    else { throw EngineError(StoreError(.notFound, "there is no campaign \(id)")) }
    return (campaign, account)
  }

  private func move(
    _ id: Campaign.ID, on trigger: Campaign.Trigger, reason: String?
  ) async throws(EngineError) -> Campaign {
    let campaign = try await stored { () throws(StoreError) in
      try await self.storage.transition(id, on: trigger, reason: reason)
    }
    if campaign.status != .active { guarded.withLock { $0.state.withdraw { $0.campaign == id } } }
    feed(.changed(id))
    return campaign
  }

  private func checkZones(of campaign: Campaign) async throws(EngineError) {
    guard let account = try await stored({ () throws(StoreError) in try await self.storage.account(campaign.account) })
    else { throw EngineError(StoreError(.notFound, "there is no account \(campaign.account)")) }
    do { _ = try campaign.clock(in: account) } catch { throw EngineError([error]) }
  }

  private func hangUpCalls(of campaign: Campaign) async throws(EngineError) {
    var query = CallQuery(account: campaign.account)
    query.campaign = campaign.id
    query.isLive = true
    let calls = try await stored { [query] () throws(StoreError) in
      try await Page.everything { (page) throws(StoreError) in try await self.storage.calls(query, page: page) }
    }
    try await hangUp(calls.map(\.id))
  }

  /// Ends calls, each whatever becomes of the others, and throws the first error in the end.
  private func hangUp(_ calls: [Call.ID]) async throws(EngineError) {
    var first: EngineError?
    for call in calls {
      do throws(EngineError) { try await hangUp(call) } catch { first = first ?? error }
    }
    if let first { throw first }
  }
}
