// How actions are done. Each ends in an input that says what came of it.
extension CampaignEngine {
  func perform(_ job: EngineJobs.Job) async {
    switch job {
    case .act(let action): done(await carryOut(action))
    case .write: await write()
    }
  }

  /// Writes updates of calls, as many together as there are, until none is left.
  private func write() async {
    var results: [(CallUpdate, Result<Call.Status, StoreError>)] = []
    while let updates = updated(results) { results = await write(updates) }
  }

  /// Writes updates of calls, and says of each what came of it.
  private func write(_ updates: [CallUpdate]) async -> [(CallUpdate, Result<Call.Status, StoreError>)] {
    switch await outcome({ () throws(StoreError) in try await self.storage.update(updates) }) {
    case .success(let answers) where answers.count == updates.count: return Array(zip(updates, answers))
    case .success:
      let error = StoreError(.unavailable, "the store did not answer each update of a call")
      return updates.map { ($0, .failure(error)) }
    case .failure(let error) where error.code == .invalid && updates.count > 1:
      // A store that takes all or nothing does not say which it never takes.
      var results: [(CallUpdate, Result<Call.Status, StoreError>)] = []
      for update in updates { results += await write([update]) }
      return results
    case .failure(let error): return updates.map { ($0, .failure(error)) }
    }
  }

  /// Does an action, and says what came of it; nil where nothing needs to be known.
  private func carryOut(_ action: EngineAction) async -> EngineInput? {
    switch action {
    case .sweep(let accounts): return await sweep(accounts)
    case .acquire(let id): return await acquire(id)
    case .refresh(let id, let withCalls): return await refresh(id, withCalls: withCalls)
    case .renew(let leases):
      let since = now
      guard let held = try? await storage.renew(leases, lasting: configuration.lease) else { return .notRenewed }
      return .renewed(asked: leases, held: held, since: since)
    case .release(let lease):
      try? await storage.release(lease)
      return nil
    case .measure(let accounts): return await measure(accounts)
    case .claim(let request):
      return .claimed(
        request.lease.campaign, await outcome { () throws(StoreError) in try await self.storage.claim(request) })
    case .place(let orders, let lease):
      await place(orders, under: lease)
      return nil
    case .hangUp(let call):
      do throws(DialerError) {
        try await dialer.hangUp(call)
        return .hungUp(call.call, nil)
      } catch {
        return .hungUp(call.call, error)
      }
    case .dismiss(let call, let message):
      do throws(DialerError) {
        try await dialer.hangUp(call, after: message)
        return .dismissed(call.call, nil)
      } catch {
        return .dismissed(call.call, error)
      }
    case .lookUp(let call): return .lookedUp(call.call, (try? await dialer.lookUp(call)) ?? .unknown)
    case .update(let update): return .updated(await write([update]))
    case .conclude(let call, let news):
      return .concluded(
        call.id, await outcome { () throws(StoreError) in try await self.conclude(call, with: news) })
    case .assign(let id, let agents):
      return .assigned(id, await outcome { () throws(StoreError) in try await self.storage.assign(id, to: agents) })
    case .connect(let call, let id):
      return .connected(call.call, await connect(call, to: id))
    case .dismissAgent(let call):
      await dialer.dismissAgent(of: call)
      return nil
    case .suppress(let number, let account, let id):
      let isWritten = await insist { () throws(StoreError) in
        let entry = Suppression(
          .number(number), account: account, source: "asked in a call", addedAt: try await self.storage.now())
        _ = try await self.storage.suppress([entry])
      }
      return .noted(id, isWritten: isWritten)
    case .tell(let events, let id):
      var isWritten = true
      for event in events {
        let isDone = await insist { () throws(StoreError) in _ = try await self.accept(event) }
        isWritten = isWritten && isDone
      }
      return .noted(id, isWritten: isWritten)
    case .retell(let untold): return .retold(await retell(untold))
    case .transition(let id, let trigger, let reason):
      do throws(StoreError) {
        _ = try await storage.transition(id, on: trigger, reason: reason)
        return .changed(id)
      } catch {
        return .notMoved(id, error)
      }
    }
  }

  private func outcome<Value>(
    _ work: () async throws(StoreError) -> Value
  ) async -> Result<Value, StoreError> {
    do throws(StoreError) { return .success(try await work()) } catch { return .failure(error) }
  }

  // MARK: Campaigns

  private func sweep(_ accounts: [Account.ID]) async -> EngineInput? {
    await adoptSingleCalls()
    var events: [Account.ID: UInt64] = [:]
    for account in accounts { events[account] = try? await storage.lastEvent(of: account) }
    return .swept(unowned: (try? await storage.unownedCampaigns(limit: 1000)) ?? [], events: events)
  }

  private func acquire(_ id: Campaign.ID) async -> EngineInput {
    let since = now
    do throws(StoreError) {
      let lease = try await storage.acquire(id, by: configuration.owner, lasting: configuration.lease)
      var view = try await view(of: id, withCalls: true)
      view.leasedAt = since
      return .acquired(lease, view)
    } catch {
      return .notAcquired(id, error)
    }
  }

  private func refresh(_ id: Campaign.ID, withCalls: Bool) async -> EngineInput {
    let followed = withCalls ? guarded.withLock { $0.state.calls(of: id) } : []
    do throws(StoreError) {
      var view = try await view(of: id, withCalls: withCalls)
      let live = Set((view.calls ?? []).map(\.id))
      for call in followed where !live.contains(call) {
        if let call = try await storage.call(call) { view.calls?.append(call) }
      }
      return .refreshed(view)
    } catch {
      return .notRefreshed(id, error)
    }
  }

  private func view(of id: Campaign.ID, withCalls: Bool) async throws(StoreError) -> CampaignView {
    guard let campaign = try await storage.campaign(id),
      let account = try await storage.account(campaign.account)
    else { throw StoreError(.notFound, "there is no campaign \(id)") }
    var agents: [Agent] = []
    if let group = campaign.agents.group {
      var query = AgentQuery(account: account.id)
      query.group = group
      query.isActive = true
      agents = try await Page.everything { (page) throws(StoreError) in try await storage.agents(query, page: page) }
    }
    var calls: [Call]?
    var storeClock: ClosedRange<Duration>?
    if withCalls {
      storeClock = try await self.storeClock()
      var query = CallQuery(account: account.id)
      query.campaign = id
      query.isLive = true
      calls = try await Page.everything { (page) throws(StoreError) in try await storage.calls(query, page: page) }
    }
    return CampaignView(
      campaign: campaign, account: account, queues: try await storage.queues(of: id), agents: agents, calls: calls,
      storeClock: storeClock)
  }

  private func measure(_ accounts: [Account.ID]) async -> EngineInput {
    var usage: [Account.ID: Result<SlotUsage, StoreError>] = [:]
    for account in accounts {
      usage[account] = await outcome { () throws(StoreError) in try await self.storage.slots(of: account) }
    }
    return .measured(usage)
  }

  // MARK: Calls

  /// Places calls, all at the same time. Those that are answered at once are taken in together.
  private func place(_ orders: [CallOrder], under lease: CampaignLease?) async {
    let prompt = PromptAnswers()
    await withDiscardingTaskGroup { group in
      for order in orders {
        group.begin {
          let answer = await self.place(order, under: lease)
          if !prompt.take(answer) { self.feed(answer) }
        }
      }
      feed(prompt.close())
    }
  }

  private func place(_ order: CallOrder, under lease: CampaignLease?) async -> EngineInput {
    // Whatever changed since the claim is noticed here: a pause, an entry on the do-not-call list, a lease that is
    // lost, an hour that has struck.
    guard (try? await storage.mayPlace(order.id, under: lease)) == true, mayPlace(order, at: now),
      guarded.withLock({ $0.state.isToBePlaced(order.id) })
    else {
      return .placed(order.id, nil)
    }
    do throws(DialerError) {
      return .placed(order.id, .success(try await dialer.place(order)))
    } catch {
      return .placed(order.id, .failure(error))
    }
  }

  /// Whether it is within the time for which the order was made. A clock that went back since may be before it, and
  /// before the hour from which on the person may be called.
  private func mayPlace(_ order: CallOrder, at now: Timestamp) -> Bool {
    now < order.placeBy && order.createdAt <= now
  }

  var isStopping: Bool { guarded.withLock { $0.state.isStopping } }

  private var isOutOfPatience: Bool {
    guarded.withLock { guarded in
      guarded.state.elapsed = configuration.clock.elapsed
      return guarded.state.isOutOfPatience
    }
  }

  /// Lets an agent talk, and returns why that could not be.
  private func connect(_ call: CallReference, to id: Agent.ID) async -> DialerError? {
    guard let stored = try? await storage.call(call.call), let agent = try? await storage.agent(id, of: stored.account)
    else { return DialerError(.unavailable, "the store does not say who is to talk") }
    do throws(DialerError) {
      try await dialer.connect(call, to: agent)
      return nil
    } catch {
      return error
    }
  }

  /// Does something however long the store refuses it while the engine runs; returns whether that was done, or will
  /// never be.
  private func insist(_ work: () async throws(StoreError) -> Void) async -> Bool {
    var failures = 0
    while true {
      do throws(StoreError) {
        try await work()
        return true
      } catch {
        guard error.isRetryable, !Task.isCancelled, !isOutOfPatience else { return error.isForGood }
        failures += 1
        await configuration.clock.wait(for: EngineState.restingTime(afterFailure: failures, configuration))
      }
    }
  }

  /// Takes in what a carrier told, and returns what is still to be tried.
  private func retell(_ untold: [UntoldEvent]) async -> [UntoldEvent] {
    var rest: [UntoldEvent] = []
    for (place, event) in untold.enumerated() {
      do throws(StoreError) {
        try await acceptNamed(event.event)
      } catch {
        let isUnnamed = error.code == .conflict
        guard error.isRetryable, !isUnnamed || configuration.clock.elapsed < event.until else { continue }
        // Whoever is to end does not wait for a store that does not answer.
        if !isUnnamed, Task.isCancelled || isOutOfPatience { return rest + untold[place...] }
        rest.append(event)
      }
    }
    return rest
  }

  /// Works out what becomes of the lead of a call that is over.
  private func conclude(_ call: FollowedCall, with news: [CallNews]) async throws(StoreError) -> CallUpdate {
    var call = call
    // What this process has heard need not be all that is known.
    if call.isGuest || call.mayOthersKnowMore, let stored = try await storage.call(call.id) { call.learn(stored) }
    var campaign = call.settings?.value
    if campaign == nil, let id = call.campaign { campaign = try await storage.campaign(id) }
    let conclusion = CallConclusion(call, needsAgent: campaign?.agents.group != nil)
    let step = try await step(after: conclusion, of: call, in: campaign)
    return CallUpdate(call.id, news: news, ending: conclusion.ending(next: step))
  }

  private func step(
    after conclusion: CallConclusion, of call: FollowedCall, in campaign: Campaign?
  ) async throws(StoreError) -> LeadStep {
    if let step = conclusion.step { return step }
    guard let campaign, let id = call.lead, let lead = try await storage.lead(id) else { return .fail }
    let numbers = try await storage.contact(lead.contact, of: lead.account)?.numbers.count ?? 1
    if conclusion.isNumberBad, numbers == 1 { return .fail }
    let attempt = EndedAttempt(
      conclusion.disposition, endedAt: try await storage.now(), attempts: lead.attempts, callbacks: lead.callbacks,
      numberIndex: lead.numberIndex, numberCount: numbers,
      callback: conclusion.callback.map { $0.map { .at($0) } ?? .later })
    var hours: CallingHours?
    if campaign.retries.countsCallableTimeOnly, let account = try await storage.account(campaign.account) {
      do { hours = try configuration.hours(of: campaign, in: account, at: lead.locality) } catch {}
    }
    return campaign.retries.step(after: attempt, callback: campaign.callback, hours: hours)
  }
}
