import CampaignKit

/// Our calls at Asterisk, as far as they were heard of. A value that knows no clock: what happens goes in, and what is
/// to be told and done comes out.
struct AsteriskCalls: CallEventSource {
  /// What is to be done with Asterisk when something has happened.
  enum Action: Hashable, Sendable {
    case hangUp(AsteriskNames.Channel)
    /// Send the call to where machines are told from people.
    case detect(Call.ID)
    /// Ask what is to be done in a call that an earlier process has placed.
    case recall(Call.ID)
    case play(String, to: Call.ID)
    /// Take the call out of its bridge, and play something to the person.
    case dismiss(Call.ID, after: String)
    /// See whether what is played is over, as that may have been told while nothing was heard.
    case seeWhetherPlayed(Call.ID)
    /// Let the agent who has answered talk to the call.
    case join(Call.ID)
    case removeBridge(Call.ID)
    /// Stop the music to which somebody has waited.
    case stopMusic(Call.ID)
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

  /// What the dialer says by itself to who has answered.
  enum Saying: Hashable, Sendable { case nothing, ordered, said }

  /// Where the agent of a call is.
  enum AgentLeg: Hashable, Sendable { case none, ordered, rung, talking }

  /// A channel that Asterisk was found to have let in, of which it has not told that.
  struct Unheard: Hashable, Sendable {
    var since: Duration
    var findings: [String] = []
  }

  struct Line: Sendable {
    var standing: Standing
    /// Whether a channel could have come and gone without being heard of.
    var isBlind = false
    /// Whether it is this application that steers the call; what another one steers is only heard.
    var isOurs = false
    /// What is to be done when it is answered; nil while that is not known, as an earlier process has placed the call.
    var plan: AnswerPlan?
    var ringingAt: Timestamp?
    var isRinging = false
    var isAnswered = false
    var answeredAt: Timestamp?
    var answeredBy: AnsweredBy?
    /// Whether it was ours to steer, and was sent to where machines are told from people.
    var isStarted = false
    var isDetecting = false
    var unheardStart: Unheard?
    var saying = Saying.nothing
    /// Whether the person is told that nobody comes, and then hung up on.
    var isDismissed = false
    var wasHungUp = false
    var agent = AgentLeg.none
    /// Who is rung; nil if an earlier process has asked for it.
    var agentName: Agent.ID?
    var unheardAgent: Unheard?
    /// When it was first missing at Asterisk.
    var missingSince: Duration?
    var end: CallEnd?
    var endedAt: Timestamp?
  }

  let names: AsteriskNames
  var lines: [Call.ID: Line] = [:]
  /// Calls that are over or in doubt: so many are kept and no more.
  private var past: CallBook<Void>
  private var outbox = UntoldEvents()
  /// Whether what happens is told to us now, as far as we know.
  private(set) var isHearing = false
  /// All that Asterisk told before this moment has been heard, or the connection was lost since and that was noted.
  private(set) var heardUntil = Duration.zero
  /// What was to be done and could not be.
  var undone: Set<Action> = []

  init(_ names: AsteriskNames = AsteriskNames(), remembered: Int = 65_536) {
    self.names = names
    past = CallBook(capacity: remembered)
  }

  // MARK: What is told

  var nextDue: Timestamp? { outbox.isEmpty ? nil : .distantPast }

  mutating func takeEvent(at now: Timestamp) -> CallEvent? { outbox.takeFirst() }

  mutating func tell(_ kind: CallEvent.Kind, of call: Call.ID, at moment: Timestamp?) {
    outbox.append(CallEvent(kind, of: .call(call), at: moment))
  }

  // MARK: Orders

  mutating func begin(_ call: Call.ID, _ plan: AnswerPlan) {
    guard lines[call] == nil else { return }
    lines[call] = Line(standing: .ordering, isBlind: !isHearing, isOurs: true, plan: plan)
  }

  mutating func isPlaced(_ call: Call.ID) { lines[call]?.standing = .known }

  mutating func isDoubtful(_ call: Call.ID, until moment: Duration) {
    guard lines[call]?.standing == .ordering else { return }
    lines[call]?.standing = .doubtful(until: moment)
    remember(call)
  }

  /// There is no call, for certain.
  mutating func isRefused(_ call: Call.ID) {
    if lines[call]?.standing == .ordering { lines[call] = nil }
  }

  /// Remembers a call that does not go on, as far as we know, and forgets the oldest of those for it.
  mutating func remember(_ call: Call.ID) {
    guard let oldest = past.note((), of: call)?.call, let line = lines[oldest] else { return }
    if line.end != nil || line.standing != .known { lines[oldest] = nil }
  }

  /// Notes that a call is to be hung up; returns whether it is over.
  mutating func hangUp(_ call: Call.ID) -> Bool {
    lines[call]?.wasHungUp = true
    return isOver(call)
  }

  /// Whether Asterisk may still get a call that it did not have at a moment.
  func mayCome(_ call: Call.ID, after moment: Duration) -> Bool {
    switch lines[call]?.standing {
    case .ordering: true
    case .doubtful(let until): moment < until
    case .known, nil: false
    }
  }

  func isOver(_ call: Call.ID) -> Bool { lines[call]?.end != nil }

  // MARK: The connection

  /// From now on everything is heard.
  mutating func connectionIsOpen() { isHearing = true }

  /// What Asterisk told before a moment has been heard, all of it: it has answered a question of that moment.
  mutating func isHeard(until moment: Duration) { heardUntil = max(heardUntil, moment) }

  /// Nothing is heard, since when is not known exactly: not before Asterisk answered the last time.
  mutating func connectionIsLost() {
    isHearing = false
    for (call, line) in lines where line.end == nil {
      switch line.standing {
      case .ordering: lines[call]?.isBlind = true
      case .doubtful(let until) where heardUntil < until: lines[call]?.isBlind = true
      case .doubtful, .known: break
      }
    }
  }
}
