import CampaignKit

/// Our calls at Asterisk, as far as they were heard of. A value that knows no clock: what happens goes in, and what is
/// to be told and done comes out.
struct AsteriskCalls: CallEventSource {
  /// What is to be done with Asterisk when something has happened.
  enum Action: Hashable, Sendable {
    case hangUp(AsteriskNames.Channel)
    /// Send the call to where machines are told from people.
    case detect(Call.ID)
    case play(String, to: Call.ID)
    /// Let the agent who has answered talk to the call.
    case join(Call.ID)
    case removeBridge(Call.ID)
  }

  /// Whether Asterisk has had a call.
  enum Standing: Hashable, Sendable {
    /// The order is on its way.
    case ordering
    /// It may have. A request that is still on its way has arrived by then, and what it made was told.
    case doubtful(until: Duration)
    /// It has.
    case known
  }

  struct Line: Sendable {
    var standing: Standing
    /// Whether a channel could have come and gone without being heard of.
    var isBlind = false
    var detects = false
    /// What is played to a machine.
    var message: String?
    /// What is played to a person.
    var announcement: String?
    var ringingAt: Timestamp?
    var isRinging = false
    var isAnswered = false
    var answeredAt: Timestamp?
    var answeredBy: AnsweredBy?
    var isPlaying = false
    var wasHungUp = false
    var agent = AgentLeg.none
    /// When it was first missing at Asterisk.
    var missingSince: Duration?
    var end: CallEnd?
    var endedAt: Timestamp?
  }

  /// Where the agent of a call is.
  enum AgentLeg: Hashable, Sendable { case none, rung, talking }

  private var lines: [Call.ID: Line] = [:]
  /// Calls that are over, oldest first, so that so many are kept and no more.
  private var over: [Call.ID] = []
  private var forgotten = 0
  private let remembered: Int
  private var outbox: [CallEvent] = []
  private var taken = 0

  init(remembered: Int = 65_536) { self.remembered = remembered }

  // MARK: What is told

  var nextDue: Timestamp? { taken < outbox.count ? .distantPast : nil }

  mutating func takeEvent(at now: Timestamp) -> CallEvent? {
    guard taken < outbox.count else { return nil }
    defer {
      taken += 1
      if taken == outbox.count { (outbox, taken) = ([], 0) }
    }
    return outbox[taken]
  }

  private mutating func tell(_ kind: CallEvent.Kind, of call: Call.ID, at moment: Timestamp?) {
    // While nobody listens the oldest are forgotten; who listens later asks.
    if outbox.count - taken >= Self.mostUntold { taken += 1 }
    if taken > Self.mostUntold {
      outbox.removeFirst(taken)
      taken = 0
    }
    outbox.append(CallEvent(kind, of: .call(call), at: moment))
  }

  private static let mostUntold = 65_536

  // MARK: Orders

  mutating func begin(_ order: CallOrder, announcement: String?, detects: Bool, isHeard: Bool) {
    var line = Line(standing: .ordering)
    line.isBlind = !isHeard
    line.detects = detects && order.campaign?.machineDetection.mode ?? .off != .off
    line.message = order.campaign?.machineDetection.messageURL
    line.announcement = order.campaign?.agents.group == nil ? announcement : nil
    if lines[order.id] == nil { lines[order.id] = line }
  }

  mutating func isPlaced(_ call: Call.ID) { lines[call]?.standing = .known }

  mutating func isDoubtful(_ call: Call.ID, until moment: Duration) {
    if lines[call]?.standing == .ordering { lines[call]?.standing = .doubtful(until: moment) }
  }

  /// There is no call, for certain.
  mutating func isRefused(_ call: Call.ID) {
    if lines[call]?.standing == .ordering { lines[call] = nil }
  }

  /// Notes that a call is to be hung up; returns whether it is over, and whether Asterisk may get it still.
  mutating func hangUp(_ call: Call.ID) -> (isOver: Bool, mayCome: Bool) {
    guard let line = lines[call] else { return (false, false) }
    lines[call]?.wasHungUp = true
    return (line.end != nil, line.standing != .known)
  }

  /// Notes that an agent is rung for a call.
  mutating func ring(agentOf call: Call.ID) {
    if lines[call]?.agent == AgentLeg.none { lines[call]?.agent = .rung }
  }

  /// Whether a call can be given to an agent: somebody has answered, and is there.
  func isOver(_ call: Call.ID) -> Bool { lines[call]?.end != nil }

  // MARK: What Asterisk tells

  mutating func hear(_ event: AsteriskEvent) -> [Action] {
    switch event.channel.name {
    case .agent(let call): return hearAgent(event, of: call)
    case .call(let call): return hear(event, of: call)
    }
  }

  private mutating func hear(_ event: AsteriskEvent, of call: Call.ID) -> [Action] {
    guard lines[call]?.end == nil else { return [] }
    know(call)
    if event.channel.state == .up { answer(call, at: event.at) }
    switch event.kind {
    case .ringing: ring(call, at: event.at)
    case .started(let findings): return start(call, findings, at: event.at)
    case .detected(let status):
      if let by = AnsweredBy(amdStatus: status, waitStatus: nil) { learn(by, of: call, at: event.at) }
    case .destroyed(let cause): return end(call, cause, at: event.at)
    case .seen, .left: break
    }
    return []
  }

  /// Asterisk has the call. One that an earlier process has placed is not known yet.
  private mutating func know(_ call: Call.ID) {
    lines[call, default: Line(standing: .known)].standing = .known
    lines[call]?.missingSince = nil
  }

  private mutating func ring(_ call: Call.ID, at moment: Timestamp?) {
    guard lines[call]?.isRinging == false, lines[call]?.isAnswered == false else { return }
    lines[call]?.isRinging = true
    lines[call]?.ringingAt = moment
    tell(.ringing, of: call, at: moment)
  }

  private mutating func answer(_ call: Call.ID, at moment: Timestamp?) {
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

  /// The call is ours to steer.
  private mutating func start(_ call: Call.ID, _ findings: [String], at moment: Timestamp?) -> [Action] {
    answer(call, at: moment)
    guard let line = lines[call] else { return [] }
    guard let status = findings.first else {
      return line.detects && line.answeredBy == nil ? [.detect(call)] : greet(call)
    }
    // Nobody listened long enough when it is not one of the words; then nothing is known, and that is told.
    learn(
      AnsweredBy(amdStatus: status, waitStatus: findings.dropFirst().first) ?? .unknown, of: call, at: moment)
    return greet(call)
  }

  /// Machines could not be looked for.
  mutating func detectionFailed(_ call: Call.ID) -> [Action] {
    guard let line = lines[call], line.end == nil, line.answeredBy == nil else { return [] }
    learn(.unknown, of: call, at: nil)
    return greet(call)
  }

  /// What the dialer says by itself to who has answered.
  private mutating func greet(_ call: Call.ID) -> [Action] {
    guard let line = lines[call], !line.isPlaying else { return [] }
    guard let media = line.answeredBy?.isMachine == true ? line.message : line.announcement else { return [] }
    lines[call]?.isPlaying = true
    return [.play(media, to: call)]
  }

  /// What the dialer has said by itself is said, or could not be.
  mutating func played(_ call: Call.ID, isWhole: Bool) -> [Action] {
    guard let line = lines[call], line.end == nil, line.isPlaying else { return [] }
    if isWhole, line.answeredBy?.isMachine == true { tell(.messageLeft, of: call, at: nil) }
    return [.hangUp(.call(call))]
  }

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

  private mutating func finish(_ call: Call.ID, _ end: CallEnd, at moment: Timestamp?) -> [Action] {
    let leg = lines[call]?.agent ?? .none
    lines[call]?.end = end
    lines[call]?.endedAt = moment
    tell(.ended(end), of: call, at: moment)
    over.append(call)
    if over.count - forgotten > remembered {
      lines[over[forgotten]] = nil
      forgotten += 1
      if forgotten > 4096, forgotten * 2 > over.count {
        over.removeFirst(forgotten)
        forgotten = 0
      }
    }
    return leg == .none ? [] : [.hangUp(.agent(call)), .removeBridge(call)]
  }

  // MARK: Agents

  /// The person and the agent talk as long as both are there.
  private mutating func hearAgent(_ event: AsteriskEvent, of call: Call.ID) -> [Action] {
    let isOver = lines[call].map { $0.end != nil } ?? false
    switch event.kind {
    case .started:
      if isOver { return [.hangUp(.agent(call)), .removeBridge(call)] }
      lines[call, default: Line(standing: .known)].agent = .talking
      return [.join(call)]
    case .destroyed:
      guard !isOver else { return [] }
      lines[call]?.agent = .none
      return [.hangUp(.call(call)), .removeBridge(call)]
    default: return []
    }
  }

  // MARK: Looking

  /// Whether Asterisk has had a call, for certain. Only such a call can be missing there.
  func isKnown(_ call: Call.ID) -> Bool { lines[call]?.standing == .known }

  /// The calls that go on, as far as we know.
  var live: Set<Call.ID> {
    Set(lines.lazy.filter { $0.value.end == nil && $0.value.standing == .known }.map(\.key))
  }

  /// All that is known of a call that is over.
  func findings(of call: Call.ID) -> CallFindings? { lines[call].flatMap { $0.end == nil ? nil : history(of: call) } }

  /// Asterisk was asked for a call, and has it.
  mutating func found(_ channel: AsteriskChannel, of call: Call.ID) -> CallFindings {
    if lines[call]?.end == nil { see(channel, of: call) }
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
    var events = [event(.placed(reference: AsteriskNames.Channel.call(call).name), nil)]
    if line.isRinging { events.append(event(.ringing, line.ringingAt)) }
    if line.isAnswered { events.append(event(.answered(line.answeredBy), line.answeredAt)) }
    if let end = line.end { events.append(event(.ended(end), line.endedAt)) }
    return .found(events)
  }

  /// Asterisk was asked for a call, and does not have it.
  ///
  /// A call that it had is over. How it ended may be on its way to us, so that is waited for. A call that was ordered
  /// while we heard all was never made if we did not hear of it. Of any other it cannot be told whether it ever was.
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
    case .doubtful(let until) where !line.isBlind && now >= until: return .absent
    case .known:
      if wasPlaced, line.missingSince == nil { lines[call]?.missingSince = now }
      return .unknown
    case .doubtful, .ordering: return .unknown
    }
  }

  // MARK: Lost connections

  /// From now on nothing is heard.
  mutating func connectionIsLost(at now: Duration) {
    for (call, line) in lines where line.end == nil {
      switch line.standing {
      case .ordering: lines[call]?.isBlind = true
      case .doubtful(let until) where now < until: lines[call]?.isBlind = true
      case .doubtful, .known: break
      }
    }
  }

  /// The channels that Asterisk has, after a time in which nothing was heard.
  ///
  /// What it has is taken up, also where an earlier process has placed it. What went on before it was asked, and is not
  /// among them, is over.
  mutating func catchUp(_ channels: [AsteriskChannel], of known: Set<Call.ID>, at now: Duration) -> [Action] {
    var there: Set<Call.ID> = []
    var agents: Set<Call.ID> = []
    for channel in channels {
      switch channel.name {
      case .agent(let call): agents.insert(call)
      case .call(let call):
        guard lines[call]?.end == nil else { continue }
        there.insert(call)
        see(channel, of: call)
      }
    }
    for call in known where !there.contains(call) {
      if let line = lines[call], line.end == nil, line.missingSince == nil { lines[call]?.missingSince = now }
    }
    var actions: [Action] = []
    for call in there where lines[call]?.agent == .talking && !agents.contains(call) {
      actions += [.hangUp(.call(call)), .removeBridge(call)]
    }
    for call in agents {
      if there.contains(call) { ring(agentOf: call) } else { actions += [.hangUp(.agent(call)), .removeBridge(call)] }
    }
    return actions
  }

  /// Ends the calls that Asterisk has not had for so long that nothing more can be on its way to us.
  mutating func giveUpMissing(after patience: Duration, at now: Duration) -> [Action] {
    var actions: [Action] = []
    for (call, line) in lines where line.end == nil {
      guard let since = line.missingSince, now >= since + patience else { continue }
      actions += finish(call, Self.unheardEnd(of: line), at: nil)
    }
    return actions
  }

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
