import CampaignKit

extension AsteriskDesk {
  // MARK: Placing

  func place(_ order: CallOrder) async throws(DialerError) -> String {
    // What was placed before is placed, however late it is by now.
    if let reference = try placing.reference(of: order.id) { return reference }
    guard let from = order.from ?? api.settings.common.defaultFrom else {
      throw DialerError(.invalidOrder, "the order has no caller number, and no default is set")
    }
    // Without its events a call could come and go unheard.
    let longest = min(CarrierSettings.patience, order.placeBy - clock.now())
    guard longest > .zero else { throw PlacingDesk.tooLate }
    guard await link.waits(for: longest, by: clock) else {
      throw DialerError(.unavailable, "Asterisk's events are not heard: \(lastTrouble ?? "there is no connection yet")")
    }
    let (call, plan) = (order.id, api.plan(of: order))
    settle { $0.begin(call, plan) }
    do throws(DialerError) {
      let reference = try await placing.place(order, api.placing(order, from: from)) { [api] response in
        api.placement(response, of: .call(call))
      }
      settle { $0.isPlaced(call) }
      return reference
    } catch {
      let until = clock.elapsed + capabilities.longestRequest
      settle { calls in
        if error.isCertain {
          calls.isRefused(call)
        } else if !error.wasHeldBack {
          calls.isDoubtful(call, until: until)
        }
      }
      throw error
    }
  }

  func settle(_ body: @Sendable (inout AsteriskCalls) -> Void) {
    change { calls in
      body(&calls)
      return []
    }
  }

  var capabilities: DialerCapabilities {
    let common = api.settings.common
    return DialerCapabilities(
      callsPerSecond: common.callsPerSecond, burst: common.burst,
      detectsMachines: api.settings.detectionContext != nil,
      longestRequest: common.longestRequest + CarrierSettings.patience)
  }

  // MARK: Following

  func hangUp(_ call: CallReference) async throws(DialerError) {
    let id = call.call
    if feed.withSource({ calls, _ in calls.hangUp(id) }) { return }
    let asked = clock.elapsed
    let response = try await line.ask(api.hangingUp(.call(id)))
    switch response.status {
    case 200..<300: return
    case 404 where AsteriskFault(response).isCarriers:
      guard feed.withSource({ calls, _ in calls.mayCome(id, after: asked) }) else { return }
      throw DialerError(.unavailable, "Asterisk does not have the call yet; try to hang it up again")
    default: throw CarrierRefusal.error(response, said: AsteriskFault(response))
    }
  }

  func lookUp(_ call: CallReference) async throws(DialerError) -> CallFindings {
    let id = call.call
    let (over, isKnown) = feed.withSource { calls, _ in (calls.findings(of: id), calls.isKnown(id)) }
    if let over { return over }
    let response = try await line.ask(api.asking(id))
    switch response.status {
    case 200..<300:
      guard let channel = AsteriskChannel(response.json, api.names), channel.name == .call(id) else { return .unknown }
      return feed.withSource { calls, _ in calls.found(channel, of: id) }
    case 404 where AsteriskFault(response).isCarriers:
      return feed.withSource { [elapsed = clock.elapsed] calls, _ in
        calls.missing(id, wasPlaced: isKnown || hasTaken(call), at: elapsed)
      }
    default: throw CarrierRefusal.error(response, said: AsteriskFault(response))
    }
  }

  /// Whether Asterisk is sure to have had a call. The name that another carrier gave it says nothing of that.
  func hasTaken(_ call: CallReference) -> Bool { call.reference == api.names[.call(call.call)] }

  // MARK: Talking

  func connect(_ call: CallReference, to agent: Agent) async throws(DialerError) {
    guard let endpoint = api.endpoint(of: agent) else {
      throw DialerError(.invalidOrder, "the agent has neither an extension nor a phone number; give the agent one")
    }
    guard let from = call.from ?? api.settings.common.defaultFrom else {
      throw DialerError(.invalidOrder, "the call has no caller number, and no default is set")
    }
    let id = call.call
    guard !feed.withSource({ calls, _ in calls.isWithoutAgent(id) }) else { throw Self.nobodyIsThere }
    do throws(DialerError) {
      try await makeBridge(id)
      try await check(api.joining(.call(id), to: id))
    } catch {
      if !feed.withSource({ calls, _ in calls.hasAgent(id) }) { await perform(.removeBridge(id)) }
      throw error
    }
    let (isWanted, isFirst) = feed.withSource { calls, _ in
      let isFirst = !calls.hasAgent(id)
      return (calls.ring(agent.id, for: id), isFirst)
    }
    guard isWanted else {
      await perform(.removeBridge(id))
      throw Self.nobodyIsThere
    }
    // Before anybody joins them, and only where it is heard that nobody has yet. The ringing does not wait for it: where
    // it fails they wait in silence.
    if isFirst, link.isOpen, let music = api.settings.holdMusic {
      _ = try? await line.send(api.playingMusic(music, to: id))
    }
    // An agent who rings already rings on: the name of the channel is taken then.
    let ringing = api.ringing(endpoint, for: id, from: from, ringTime: CarrierSettings.agentRingTime)
    switch await placing.sendAtOnce(ringing, reading: { [api] in api.placement($0, of: .agent(id)) }) {
    case .success: change { $0.isRung(agentOf: id) }
    case .failure(let error):
      if error.isCertain {
        for action in feed.withSource({ calls, _ in calls.isNotRung(agentOf: id) }) { await perform(action) }
      }
      throw error
    }
  }

  private static var nobodyIsThere: DialerError {
    DialerError(.invalidOrder, "the call is over, or whoever answered is told a message")
  }

  func play(_ media: String, to call: CallReference, as name: String) async throws(DialerError) {
    try await check(api.playing(media, to: call.call, as: name))
  }

  /// Makes the bridge of a call. Asterisk refuses to make one that is there, and it is as good.
  private func makeBridge(_ call: Call.ID) async throws(DialerError) {
    do throws(DialerError) {
      try check(try await line.ask(api.bridging(call)))
    } catch {
      // Not every Asterisk says so with the same status.
      guard await isDone(api.askingForBridge(of: call)) else { throw error }
    }
  }

  /// Asks for something that must be done.
  private func check(_ request: HTTPRequest) async throws(DialerError) { try check(try await line.ask(request)) }

  private func check(_ response: HTTPResponse) throws(DialerError) {
    switch response.status {
    case 200..<300: return
    // The call is in the dialplan, where it is found out who answered, and comes back.
    case 409, 422: throw DialerError(.unavailable, "the call cannot be steered now (\(response.status))")
    case 404: throw DialerError(.invalidOrder, "nobody is on the line")
    default: throw CarrierRefusal.error(response, said: AsteriskFault(response))
    }
  }
}
