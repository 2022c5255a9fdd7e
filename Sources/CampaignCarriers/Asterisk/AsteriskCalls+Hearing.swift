import CampaignKit

// What Asterisk tells of calls and agents, and what follows from it.
extension AsteriskCalls {
  mutating func hear(_ event: AsteriskEvent) -> [Action] {
    switch event.channel.name {
    case .agent(let call): return hearAgent(event, of: call)
    case .call(let call): return hear(event, of: call)
    }
  }

  private mutating func hear(_ event: AsteriskEvent, of call: Call.ID) -> [Action] {
    guard !isOver(call) else { return [] }
    know(call)
    if event.channel.state == .up { answer(call, at: event.at) }
    switch event.kind {
    case .ringing: ring(call, at: event.at)
    case .started(let findings): return start(call, findings, at: event.at)
    case .detected(let status):
      if let by = AnsweredBy(amdStatus: status, waitStatus: nil) { learn(by, of: call, at: event.at) }
    case .destroyed(let cause): return end(call, cause, at: event.at)
    // Who presses a key while told that nobody comes wants no more calls.
    case .pressed where lines[call]?.isDismissed == true:
      tell(.optedOut, of: call, at: event.at)
      return [.hangUp(.call(call))]
    case .seen, .left, .pressed: break
    }
    return []
  }

  /// Asterisk has the call. One that an earlier process has placed is not known yet.
  mutating func know(_ call: Call.ID) {
    lines[call, default: Line(standing: .known)].standing = .known
    lines[call]?.missingSince = nil
  }

  mutating func ring(_ call: Call.ID, at moment: Timestamp?) {
    guard lines[call]?.isRinging == false, lines[call]?.isAnswered == false else { return }
    lines[call]?.isRinging = true
    lines[call]?.ringingAt = moment
    tell(.ringing, of: call, at: moment)
  }

  mutating func answer(_ call: Call.ID, at moment: Timestamp?) {
    guard lines[call]?.isAnswered == false else { return }
    lines[call]?.isAnswered = true
    lines[call]?.answeredAt = moment
    tell(.answered(nil), of: call, at: moment)
  }

  private mutating func learn(_ by: AnsweredBy, of call: Call.ID, at moment: Timestamp?) {
    guard lines[call]?.answeredBy != by else { return }
    lines[call]?.answeredBy = by
    tell(.detected(by), of: call, at: moment)
  }

  // MARK: Saying something

  /// The call is ours to steer.
  mutating func start(_ call: Call.ID, _ findings: [String], at moment: Timestamp?) -> [Action] {
    answer(call, at: moment)
    guard lines[call] != nil else { return [] }
    lines[call]?.isOurs = true
    lines[call]?.isStarted = true
    lines[call]?.unheardStart = nil
    learn(findings, of: call, at: moment)
    return goOn(call)
  }

  private mutating func learn(_ findings: [String], of call: Call.ID, at moment: Timestamp?) {
    guard let status = findings.first else { return }
    lines[call]?.isDetecting = false
    // Nobody listened long enough when it is not one of the words; then nothing is known, and that is told.
    learn(
      AnsweredBy(amdStatus: status, waitStatus: findings.dropFirst().first) ?? .unknown, of: call, at: moment)
  }

  /// Does what is planned for a call that is ours to steer.
  private mutating func goOn(_ call: Call.ID) -> [Action] {
    guard let line = lines[call] else { return [] }
    guard let plan = line.plan else { return [.recall(call)] }
    guard plan.detects, line.answeredBy == nil, line.saying == .nothing else { return greet(call) }
    lines[call]?.isDetecting = true
    return [.detect(call)]
  }

  /// It is known what an earlier process has planned for a call, and whether something is played in it by now.
  mutating func recall(_ call: Call.ID, _ plan: AnswerPlan, isPlaying: Bool) -> [Action] {
    guard let line = lines[call], line.end == nil, line.plan == nil else { return [] }
    lines[call]?.plan = plan
    if isPlaying { lines[call]?.saying = .said }
    return goOn(call)
  }

  /// A call cannot be asked about, as it is where machines are told from people. It comes back from there.
  mutating func isAway(_ call: Call.ID) { lines[call]?.isDetecting = true }

  /// Machines could not be looked for.
  mutating func detectionFailed(_ call: Call.ID) -> [Action] {
    guard let line = lines[call], line.end == nil, line.answeredBy == nil else { return [] }
    lines[call]?.isDetecting = false
    learn(.unknown, of: call, at: nil)
    return greet(call)
  }

  /// What the dialer says by itself to who has answered.
  private mutating func greet(_ call: Call.ID) -> [Action] {
    guard let line = lines[call], let plan = line.plan, line.saying == .nothing else { return [] }
    let isMachine = line.answeredBy?.isMachine == true
    guard let media = isMachine ? plan.message : plan.announcement else { return [] }
    lines[call]?.saying = .ordered
    return (isMachine ? releaseAgent(of: call) : []) + [.play(media, to: call)]
  }

  /// Lets go of a person for whom no agent comes: a message is played, and when it is over the call is hung up. That
  /// happens once, whoever asks for it.
  mutating func dismiss(_ call: Call.ID, after message: String) -> [Action] {
    guard !isOver(call) else { return [] }
    know(call)
    guard lines[call]?.saying == .nothing else { return [] }
    lines[call]?.saying = .ordered
    lines[call]?.isDismissed = true
    return releaseAgent(of: call) + [.dismiss(call, after: message)]
  }

  /// Asterisk says what the dialer says by itself.
  mutating func isPlayed(_ call: Call.ID) {
    if lines[call]?.saying == .ordered { lines[call]?.saying = .said }
  }

  /// What the dialer has said by itself is said, or could not be; also what an earlier process has begun to say.
  mutating func played(_ call: Call.ID, isWhole: Bool) -> [Action] {
    guard !isOver(call) else { return [] }
    know(call)
    lines[call]?.saying = .said
    if let heard = lines[call]?.unheardStart { learn(heard.findings, of: call, at: nil) }
    if isWhole, lines[call]?.answeredBy?.isMachine == true, lines[call]?.isDismissed == false {
      tell(.messageLeft, of: call, at: nil)
    }
    return [.hangUp(.call(call))]
  }

  // MARK: Ends

  private mutating func end(_ call: Call.ID, _ cause: HangupCause, at moment: Timestamp?) -> [Action] {
    guard let line = lines[call] else { return [] }
    var end: CallEnd
    if line.isAnswered {
      end = CallEnd(.completed, answeredBy: line.answeredBy)
      if let moment, let answeredAt = line.answeredAt { end.duration = max(.zero, moment - answeredAt) }
    } else {
      end = CallEnd(line.wasHungUp && cause.isPlain ? .cancelled : cause.outcomeWithoutAnswer)
      if end.outcome == .failed {
        end.failure = Call.Failure(code: "\(cause.code)", cause: cause.name ?? "Cause \(cause.code)")
      }
    }
    return finish(call, end, at: moment)
  }

  mutating func finish(_ call: Call.ID, _ end: CallEnd, at moment: Timestamp?) -> [Action] {
    let hasAgent = hasAgent(call)
    lines[call]?.end = end
    lines[call]?.endedAt = moment
    tell(.ended(end), of: call, at: moment)
    remember(call)
    return hasAgent ? Self.withoutAgent(call) : []
  }

  // MARK: Agents

  private static func withoutAgent(_ call: Call.ID) -> [Action] { [.hangUp(.agent(call)), .removeBridge(call)] }

  /// Notes that an agent is about to be rung for a call, which is in its bridge; false if nobody is to talk to it.
  mutating func ring(_ agent: Agent.ID, for call: Call.ID) -> Bool {
    guard !isWithoutAgent(call) else { return false }
    // Who is in a bridge is there, also where an earlier process has placed the call.
    know(call)
    lines[call]?.isOurs = true
    lines[call]?.agentName = agent
    if lines[call]?.agent == AgentLeg.none { lines[call]?.agent = .ordered }
    return true
  }

  /// Whether an agent is rung for a call, or talks to it.
  func hasAgent(_ call: Call.ID) -> Bool { lines[call].map { $0.agent != .none } ?? false }

  /// Whether nobody is to talk in a call: it is over, a machine is told its message, or the person that nobody comes.
  func isWithoutAgent(_ call: Call.ID) -> Bool {
    guard let line = lines[call] else { return false }
    return line.end != nil || line.isDismissed || (line.answeredBy?.isMachine == true && line.plan?.message != nil)
  }

  /// Lets the agent of a call go, which goes on without.
  private mutating func releaseAgent(of call: Call.ID) -> [Action] {
    guard hasAgent(call) else { return [] }
    lines[call]?.agent = .none
    lines[call]?.unheardAgent = nil
    return Self.withoutAgent(call)
  }

  /// The agent's telephone rings; not for a call in which nobody is to talk any more.
  mutating func isRung(agentOf call: Call.ID) -> [Action] {
    if isWithoutAgent(call) { return Self.withoutAgent(call) }
    if lines[call]?.agent == .ordered { lines[call]?.agent = .rung }
    return []
  }

  /// No agent is rung, for certain.
  mutating func isNotRung(agentOf call: Call.ID) -> [Action] {
    guard lines[call]?.agent == .ordered else { return [] }
    lines[call]?.agent = .none
    return [.removeBridge(call)]
  }

  /// The person and the agent talk as long as both are there.
  private mutating func hearAgent(_ event: AsteriskEvent, of call: Call.ID) -> [Action] {
    switch event.kind {
    case .started: return agentIsThere(call)
    case .destroyed: return agentIsGone(call)
    case .left: return []
    // The order to ring the agent may have arrived after the one to hang up. Who answers then is told of.
    case .seen, .ringing, .detected, .pressed: return event.channel.state == .up ? [] : isRung(agentOf: call)
    }
  }

  mutating func agentIsThere(_ call: Call.ID) -> [Action] {
    if isWithoutAgent(call) { return Self.withoutAgent(call) }
    lines[call, default: Line(standing: .known)].agent = .talking
    lines[call]?.isOurs = true
    lines[call]?.unheardAgent = nil
    return [.join(call)]
  }

  mutating func agentIsGone(_ call: Call.ID) -> [Action] {
    let hasTalked = lines[call]?.agent == .talking
    lines[call]?.agent = .none
    lines[call]?.unheardAgent = nil
    guard !isWithoutAgent(call), lines[call]?.isOurs != false else { return [] }
    if !hasTalked, let agent = lines[call]?.agentName { tell(.agentAbsent(agent), of: call, at: nil) }
    if !hasTalked, lines[call]?.saying == .nothing, let message = lines[call]?.plan?.farewell {
      return dismiss(call, after: message)
    }
    return [.hangUp(.call(call)), .removeBridge(call)]
  }
}
