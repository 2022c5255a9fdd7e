extension CampaignEngine {
  /// Takes in what a carrier tells of a call, as a webhook does that hears it from the carrier.
  ///
  /// It may come twice, late and in any order, and to any process that shares the store. What another process is to know
  /// of it is written to the store at once, and the one that runs the campaign acts on it as soon as it hears of that.
  ///
  /// - Returns: Whether there is such a call, as far as the store can tell now; see ``keep(_:within:)``.
  @discardableResult
  public func take(_ event: CallEvent) async -> Bool { (try? await accept(event)) ?? nil != nil }

  /// Takes in what a carrier tells of a call, and returns the call; nil if there is none.
  func accept(_ event: CallEvent) async throws(StoreError) -> Call.ID? {
    let found: Call?
    switch event.subject {
    case .call(let id):
      if hear([event]).isEmpty { return id }
      found = try await storage.call(id)
    case .carrier(let carrier, let reference):
      if let id = hear(event, of: carrier, called: reference) { return id }
      found = try await storage.call(carrier: carrier, reference: reference)
    }
    guard let call = found else { return nil }
    if call.status == .ended {
      try await accept(event, after: call)
    } else {
      feed(await adopting([call]) + [.heard(event.kind, call.id, at: event.at)])
    }
    return call.id
  }

  /// Takes in what a carrier tells, all that it told at once in one turn.
  ///
  /// For other calls than those that are followed here the store is asked, and live calls do not wait for that. The
  /// carrier does not tell it again, so what cannot be taken in now is kept and tried again.
  func take(_ events: [CallEvent]) {
    let others = hear(events)
    if !others.isEmpty { feed(.untold(others)) }
  }

  /// Takes in what a carrier tells of a call, whose name for it may not have been written yet.
  ///
  /// - Throws: ``StoreError/Code/conflict`` as long as no call has the name.
  func acceptNamed(_ event: CallEvent) async throws(StoreError) {
    if try await accept(event) == nil, case .carrier(_, let reference) = event.subject {
      throw StoreError(.conflict, "no call has the name \(reference) yet")
    }
  }

  /// Takes in what was told of a call by a name that the store may not have yet; nil if no such name is being written.
  private func hear(_ event: CallEvent, of carrier: String, called reference: String) -> Call.ID? {
    turn { guarded in
      guard carrier == guarded.state.carrier, let id = guarded.state.names[reference] else { return nil }
      decide([.heard(event.kind, id, at: event.at)], &guarded)
      return id
    }
  }

  /// Takes in what was told of calls that this engine follows, and returns the rest.
  private func hear(_ events: [CallEvent]) -> [CallEvent] {
    turn { guarded in
      var inputs: [EngineInput] = []
      inputs.reserveCapacity(events.count)
      var others: [CallEvent] = []
      for event in events {
        if case .call(let id) = event.subject, guarded.state.calls[id] != nil {
          inputs.append(.heard(event.kind, id, at: event.at))
        } else {
          others.append(event)
        }
      }
      if !inputs.isEmpty { decide(inputs, &guarded) }
      return others
    }
  }

  /// Writes at once what may come after the end of a call.
  private func accept(_ event: CallEvent, after call: Call) async throws(StoreError) {
    do throws(StoreError) {
      switch event.kind {
      case .recording(let recording): _ = try await storage.record(.recording(recording), of: call.id)
      case .cost(let micros): _ = try await storage.record(.cost(micros: micros), of: call.id)
      case .ringing: _ = try await storage.record(.ringing(at: event.at ?? now), of: call.id)
      case .placed(let reference):
        let news = CallNews.placed(carrier: dialer.name, reference: reference, at: event.at ?? now)
        _ = try await storage.record(news, of: call.id)
      case .optedOut: feed(.optedOut(call.to, call.account, in: call.id))
      case .callbackAgreed(let at): try await agree(on: at, after: call)
      case .answered, .detected, .messageLeft, .agentAbsent, .ended: break
      }
    } catch {
      guard error.isForGood else { throw error }
    }
  }

  /// Sets a callback of which it was told only after the end of the call, if it would have been set before.
  private func agree(on moment: Timestamp?, after call: Call) async throws(StoreError) {
    guard call.agreedCallback == nil, let id = call.lead, let campaign = call.campaign,
      let lead = try await storage.lead(id), !lead.isCallback,
      let callback = try await storage.campaign(campaign)?.callback, callback.isEnabled,
      lead.callbacks < callback.maximumAttempts, lead.lastAttemptAt == call.createdAt
    else { return }
    let now = try await storage.now()
    _ = try await storage.reschedule(id, at: max(moment ?? now + callback.delay, now), isCallback: true)
  }

  /// Watches what other processes do to the campaigns that run here.
  func watch() async {
    var last: [Account.ID: UInt64] = [:]
    for await account in storage.hints() {
      await look(at: account, after: &last[account])
      // Hints come in crowds; one look answers all that came meanwhile.
      await configuration.clock.wait(for: .milliseconds(20))
    }
  }

  private func look(at account: Account.ID, after last: inout UInt64?) async {
    guard let since = last else {
      last = try? await storage.lastEvent(of: account)
      return feed(.newsMissed(account))
    }
    do throws(StoreError) {
      let events = try await storage.events(of: account, after: since, limit: 5000)
      last = events.last?.sequence ?? since
      for input in Self.inputs(from: events) { feed(input) }
      for id in news(in: events) {
        if let call = try? await storage.call(id) { feed(.known(call)) }
      }
    } catch {
      last = nil
      if error.code == .gone { await look(at: account, after: &last) }
    }
  }

  /// The calls that are followed here and of which another process has heard more.
  private func news(in events: [CampaignEvent]) -> [Call.ID] {
    guarded.withLock { guarded in
      var seen: Set<Call.ID> = []
      return events.compactMap { event in
        event.call.flatMap { guarded.state.isNews(event, of: $0) && seen.insert($0).inserted ? $0 : nil }
      }
    }
  }

  /// What events of an account mean to an engine; what it does itself means nothing.
  private static func inputs(from events: [CampaignEvent]) -> [EngineInput] {
    var campaigns: [Campaign.ID] = []
    var account: Account.ID?
    for event in events {
      switch event.kind {
      case .campaignCreated, .campaignUpdated, .campaignStatusChanged, .campaignDeleted, .leadsAdded, .leadUpdated,
        .leadsRemoved:
        if let campaign = event.campaign, !campaigns.contains(campaign) { campaigns.append(campaign) }
      case .agentUpdated, .agentStatusChanged, .agentDeleted, .limitsChanged: account = event.account
      case .callIntended, .callPlaced, .callRinging, .callAnswered, .callDetected, .callEnded, .callAssigned,
        .agentAbsent, .suppressionsAdded, .suppressionsRemoved:
        break
      }
    }
    return account.map { [.accountChanged($0)] } ?? campaigns.map { .changed($0) }
  }

  /// Takes up live calls outside of campaigns that no process follows.
  func adoptSingleCalls() async {
    guard let calls = try? await storage.liveSingleCalls(limit: 10_000) else { return }
    feed(await adopting(calls))
  }

  /// What follows calls of the store, whose moments are told by its clock.
  private func adopting(_ calls: [Call]) async -> [EngineInput] {
    guard !calls.isEmpty else { return [] }
    return [.storeClock(ahead: await knownStoreClock())] + calls.map { .adopted($0, isOwn: false) }
  }

  /// How far the store's clock is ahead of the engine's, at least and at most.
  func storeClock() async throws(StoreError) -> ClosedRange<Duration> {
    let before = now
    let there = try await storage.now()
    let least = there - now
    return least...max(least, there - before)
  }

  /// The same; where the store does not tell now, what it was last.
  private func knownStoreClock() async -> ClosedRange<Duration> {
    (try? await storeClock()) ?? guarded.withLock { $0.state.storeClock }
  }

  /// What a dialer is asked for: a call of the store as it is told by the engine's clock, which need not be the store's.
  public func reference(of call: Call) async -> CallReference {
    CallReference(call, storeAhead: await knownStoreClock().upperBound)
  }
}

extension StoreError {
  /// Whether the store will never take what it has refused, so that it is no news.
  var isForGood: Bool { code == .notFound || code == .notPermitted || code == .invalid }
}
