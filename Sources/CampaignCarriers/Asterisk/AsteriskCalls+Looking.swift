import CampaignKit

// What Asterisk says when it is asked, and what follows from it where its events were not heard.
extension AsteriskCalls {
  // MARK: One call

  /// Whether Asterisk has had a call, for certain. Only such a call can be missing there.
  func isKnown(_ call: Call.ID) -> Bool { lines[call]?.standing == .known }

  /// All that is known of a call that is over.
  func findings(of call: Call.ID) -> CallFindings? { isOver(call) ? history(of: call) : nil }

  /// Asterisk was asked for a call, and has it.
  mutating func found(_ channel: AsteriskChannel, of call: Call.ID) -> CallFindings {
    if !isOver(call) { see(channel, of: call) }
    return history(of: call)
  }

  private mutating func see(_ channel: AsteriskChannel, of call: Call.ID) {
    know(call)
    switch channel.state {
    case .up: answer(call, at: nil)
    case .ringing: ring(call, at: nil)
    case .down: break
    }
  }

  private func history(of call: Call.ID) -> CallFindings {
    guard let line = lines[call] else { return .unknown }
    let event = { CallEvent($0, of: .call(call), at: $1) }
    var events = [event(.placed(reference: names[.call(call)]), nil)]
    if line.isRinging { events.append(event(.ringing, line.ringingAt)) }
    if line.isAnswered { events.append(event(.answered(line.answeredBy), line.answeredAt)) }
    if let end = line.end { events.append(event(.ended(end), line.endedAt)) }
    return .found(events)
  }

  /// Asterisk was asked for a call, and does not have it.
  ///
  /// A call that it had is over. How it ended may be on its way to us, so that is waited for. A call that was ordered
  /// while we heard all was never made if we did not hear of it, and Asterisk has answered a question since on the same
  /// connection: on one that is dead we would not have heard. Of any other it cannot be told whether it ever was.
  ///
  /// - Parameters:
  ///   - call: The call.
  ///   - wasPlaced: Whether it was certain that Asterisk has had it before it was asked.
  ///   - now: The moment.
  /// - Returns: What is known of it.
  mutating func missing(_ call: Call.ID, wasPlaced: Bool, at now: Duration) -> CallFindings {
    if lines[call] == nil, wasPlaced { lines[call] = Line(standing: .known) }
    guard let line = lines[call] else { return .unknown }
    if line.end != nil { return history(of: call) }
    switch line.standing {
    case .doubtful(let until) where !line.isBlind && now >= until && heardUntil >= until: return .absent
    case .known:
      if wasPlaced, line.missingSince == nil { lines[call]?.missingSince = now }
      return .unknown
    case .doubtful, .ordering: return .unknown
    }
  }

  // MARK: All calls

  /// What was going on when Asterisk was about to be asked for all its channels, as far as we know. Only that can be
  /// missing in the answer.
  struct Known: Hashable, Sendable {
    var calls: Set<Call.ID> = []
    /// Calls whose agents are rung, or talk.
    var agents: Set<Call.ID> = []
  }

  var known: Known {
    var known = Known()
    for (call, line) in lines where line.end == nil && line.standing == .known {
      known.calls.insert(call)
      if line.agent == .rung || line.agent == .talking { known.agents.insert(call) }
    }
    return known
  }

  /// The channels and bridges that Asterisk has, after a time in which nothing was heard.
  ///
  /// What it has is taken up, also where an earlier process has placed it. What went on before it was asked, and is not
  /// among them, is over. What else would have been told meanwhile is done now, or soon where it may be on its way.
  mutating func catchUp(
    _ channels: [AsteriskChannel], bridges: [Call.ID: Set<AsteriskNames.Channel>] = [:], of known: Known,
    at now: Duration
  ) -> [Action] {
    var there: Set<Call.ID> = []
    var agents: [Call.ID: AsteriskChannel] = [:]
    var actions: [Action] = []
    for channel in channels {
      switch channel.name {
      case .agent(let call): agents[call] = channel
      case .call(let call):
        there.insert(call)
        guard !isOver(call) else { continue }
        see(channel, of: call)
        actions += takeUp(call, channel, at: now)
      }
    }
    for call in known.calls.subtracting(there) where !isOver(call) && lines[call]?.missingSince == nil {
      lines[call]?.missingSince = now
    }
    for call in known.agents.intersection(there) where agents[call] == nil && hasAgent(call) {
      actions += agentIsGone(call)
    }
    for (call, channel) in agents {
      if there.contains(call), !isWithoutAgent(call) {
        takeUp(agentOf: call, channel, isJoined: bridges[call]?.contains(channel.name) ?? false, at: now)
      } else {
        actions += [.hangUp(.agent(call)), .removeBridge(call)]
      }
    }
    for call in bridges.keys where !there.contains(call) && agents[call] == nil { actions.append(.removeBridge(call)) }
    return actions
  }

  /// What would have followed from what was told of a call.
  private mutating func takeUp(_ call: Call.ID, _ channel: AsteriskChannel, at now: Duration) -> [Action] {
    guard let line = lines[call], channel.state == .up, let findings = channel.findings else { return [] }
    lines[call]?.isOurs = true
    // It was let in, or has come back with findings. That may be on its way to us, so it is waited for.
    if !line.isStarted || (line.isDetecting && !findings.isEmpty), line.unheardStart == nil {
      lines[call]?.unheardStart = Unheard(since: now, findings: findings)
    }
    return line.saying == .said ? [.seeWhetherPlayed(call)] : []
  }

  private mutating func takeUp(
    agentOf call: Call.ID, _ channel: AsteriskChannel, isJoined: Bool, at now: Duration
  ) {
    guard let line = lines[call], line.isOurs, line.agent != .talking else { return }
    if isJoined {
      lines[call]?.agent = .talking
      lines[call]?.unheardAgent = nil
    } else {
      lines[call]?.agent = .rung
      if channel.findings != nil, line.unheardAgent == nil { lines[call]?.unheardAgent = Unheard(since: now) }
    }
  }

  /// Asterisk does not have a channel any more that it had just now.
  mutating func isGone(_ channel: AsteriskNames.Channel, at now: Duration) -> [Action] {
    switch channel {
    case .agent(let call): return hasAgent(call) ? agentIsGone(call) : []
    case .call(let call):
      if !isOver(call), lines[call]?.missingSince == nil { lines[call]?.missingSince = now }
      return []
    }
  }

  // MARK: What is due

  /// What has to be done by now: again what could not be done, what was not told in time, and the ends of calls that
  /// Asterisk has not had for so long that nothing more can be on its way to us.
  mutating func due(after patience: Duration, at now: Duration) -> [Action] {
    var actions = Array(undone)
    undone = []
    for (call, line) in lines where line.end == nil {
      if let since = line.missingSince {
        if now >= since + patience { actions += finish(call, Self.unheardEnd(of: line), at: nil) }
        continue
      }
      if let heard = line.unheardStart, now >= heard.since + Self.delay {
        actions += start(call, heard.findings, at: nil)
      }
      if let agent = line.unheardAgent, now >= agent.since + Self.delay { actions += agentIsThere(call) }
    }
    return actions
  }

  /// How long what Asterisk does is on its way to us where the connection holds.
  private static let delay = Duration.seconds(3)

  /// The code of the failure of a call whose end was not heard.
  static let unheard = "unheard"

  private static func unheardEnd(of line: Line) -> CallEnd {
    if line.isAnswered { return CallEnd(.completed, answeredBy: line.answeredBy) }
    if line.wasHungUp { return CallEnd(.cancelled) }
    return CallEnd(
      .failed,
      failure: Call.Failure(code: unheard, cause: "the call ended while Asterisk could not be heard; how is not known"))
  }
}
