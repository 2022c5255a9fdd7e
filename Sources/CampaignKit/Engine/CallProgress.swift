/// All that was heard of a call, in whatever order, and however often.
///
/// Merging keeps the earliest of each moment and the strongest of each finding, so that every order of the same
/// events comes to the same.
struct CallProgress: Hashable, Sendable {
  /// The end of a call, and when it was.
  struct Ending: Hashable, Sendable {
    var end: CallEnd
    var at: Timestamp
    /// When it was first heard of.
    var heardAt: Timestamp
  }

  private(set) var reference: String?
  private(set) var placedAt: Timestamp?
  private(set) var ringingAt: Timestamp?
  private(set) var answeredAt: Timestamp?
  private(set) var answeredBy: AnsweredBy?
  private(set) var messageLeftAt: Timestamp?
  /// Agents who did not come to the telephone, and when that was.
  private(set) var absences: [Agent.ID: Timestamp] = [:]
  private(set) var optedOut = false
  /// Whether a callback was agreed, and for when.
  private(set) var callback: Timestamp??
  @Apart private(set) var ending: Ending?
  @Apart private(set) var recording: Call.Recording?
  private(set) var costMicros: Int64?

  init() {}

  var leftMessage: Bool { messageLeftAt != nil }

  /// What a store knows of a call that goes on.
  init(_ call: Call) {
    merge(call)
  }

  /// Takes in what a store knows of a call, which others may have written.
  mutating func merge(_ call: Call) {
    reference = reference ?? call.carrierReference
    placedAt = Self.earlier(placedAt, call.placedAt)
    ringingAt = Self.earlier(ringingAt, call.ringingAt)
    answeredAt = Self.earlier(answeredAt, call.answeredAt)
    learn(call.answeredBy)
    messageLeftAt = messageLeftAt ?? call.messageLeftAt
    if let agent = call.agent, let at = call.agentAbsentAt { absences[agent] = Self.earlier(absences[agent], at) }
    if let agreed = call.agreedCallback { agree(on: agreed.at) }
    recording = recording ?? call.recording
    costMicros = costMicros ?? call.costMicros
  }

  /// Takes in an event of a moment, which is heard now.
  mutating func merge(_ event: CallEvent.Kind, at moment: Timestamp, heardAt now: Timestamp) {
    switch event {
    case .placed(let name):
      reference = reference ?? name
      placedAt = Self.earlier(placedAt, moment)
    case .ringing: ringingAt = Self.earlier(ringingAt, moment)
    case .answered(let by):
      answeredAt = Self.earlier(answeredAt, moment)
      learn(by)
    case .detected(let by): learn(by)
    case .messageLeft: messageLeftAt = Self.earlier(messageLeftAt, moment)
    case .callbackAgreed(let at): agree(on: at)
    case .optedOut: optedOut = true
    case .ended(let end):
      learn(end.answeredBy)
      guard ending.map({ Self.rank(end.outcome) > Self.rank($0.end.outcome) }) ?? true else { return }
      ending = Ending(end: end, at: moment, heardAt: ending?.heardAt ?? now)
    case .recording(let known): recording = known
    case .cost(let micros): costMicros = micros
    case .agentAbsent(let agent): absences[agent] = Self.earlier(absences[agent], moment)
    }
  }

  private mutating func agree(on moment: Timestamp?) {
    callback = .some(Self.earlier(callback ?? nil, moment))
  }

  private mutating func learn(_ by: AnsweredBy?) {
    guard let by, answeredBy.map({ Self.rank(by) > Self.rank($0) }) ?? true else { return }
    answeredBy = by
  }

  private static func earlier(_ known: Timestamp?, _ moment: Timestamp?) -> Timestamp? {
    guard let known, let moment else { return known ?? moment }
    return min(known, moment)
  }

  /// Later findings are surer: a greeting may sound like a person at first, a beep never does. A person may take a call
  /// after a program has asked who it is.
  private static func rank(_ by: AnsweredBy) -> Int {
    switch by {
    case .unknown: 0
    case .screening: 1
    case .human: 2
    case .fax: 3
    case .machineStart: 4
    case .machineEndOther: 5
    case .machineEndSilence: 6
    case .machineEndBeep: 7
    }
  }

  /// Of two ends the one that says more stands.
  private static func rank(_ outcome: CallEnd.Outcome) -> Int {
    switch outcome {
    case .failed: 0
    case .cancelled: 1
    case .noAnswer: 2
    case .busy: 3
    case .rejected: 4
    case .completed: 5
    }
  }
}
