/// A live call, as its engine sees it.
struct FollowedCall: Sendable {
  /// Where it stands with the carrier.
  enum Phase: Hashable, Sendable {
    /// The order is on its way.
    case ordering
    /// The carrier has it.
    case following
    /// Whether the carrier has it is not known.
    case doubtful
  }

  /// Why it was hung up on our side.
  enum HangUp: Hashable, Sendable {
    /// Its campaign was paused, cancelled or ended, or somebody asked for it.
    case asked
    /// A machine answered, and there is nothing to tell it.
    case machine
    /// A person answered, and no agent was free in time, or the one who was did not come.
    case abandoned
    /// It lasts longer than any call may.
    case overdue
  }

  /// How far it has come with letting the agent of a call talk. It is tried until it works or has taken too long.
  struct Connecting: Sendable {
    /// When the carrier is asked to; nil while it is being asked, and when it is not to be asked.
    var dueAt: Timestamp?
    /// When it was to be first.
    var since = Timestamp.distantPast
    /// Whether they may talk already, since an earlier process has had the call.
    var isAgain = false
    var failures = 0
    /// When the carrier is asked whether the agent has come; nil when it is not to be asked.
    var lookBy: Timestamp?
  }

  /// How far the hanging up of a call has come. It is repeated until the end of the call is known.
  struct HangingUp: Sendable {
    /// When the carrier is asked to; nil while it is being asked, and for a call that is not to be hung up.
    var dueAt: Timestamp?
    var isUnderWay = false
    /// What the person is to hear first, until the carrier has said whether it plays it.
    @Apart var message: String?
    /// How often the carrier was asked to.
    var tries = 0
    /// What the carrier said the last time; nil if it did as it was asked.
    @Apart var error: DialerError?

    /// Whether the carrier has done it, as it says.
    var isDone: Bool { tries > 0 && error == nil }
  }

  /// What is known of its agent.
  enum AgentWish: Hashable, Sendable {
    /// It needs none, or not yet.
    case none
    /// It is being given one.
    case asking(since: Timestamp)
    /// None was free.
    case waiting(since: Timestamp)
    case assigned(Agent.ID)

    var since: Timestamp? {
      switch self {
      case .asking(let since), .waiting(let since): since
      case .none, .assigned: nil
      }
    }

    var agent: Agent.ID? {
      if case .assigned(let agent) = self { agent } else { nil }
    }
  }

  /// The part of the progress that the store has.
  struct Written: Hashable, Sendable {
    var isPlaced = false
    var isRinging = false
    var isAnswered = false
    var answeredBy: AnsweredBy?
    var isMessageLeft = false
    var absentAgents: Set<Agent.ID> = []
    var callback: Timestamp??
    @Apart var recording: Call.Recording?
    var costMicros: Int64?

    init() {}

    init(_ call: Call) {
      isPlaced = call.placedAt != nil && call.carrierReference != nil
      isRinging = call.ringingAt != nil
      isAnswered = call.answeredAt != nil
      answeredBy = call.answeredBy
      isMessageLeft = call.messageLeftAt != nil
      if call.agentAbsentAt != nil, let agent = call.agent { absentAgents = [agent] }
      callback = call.agreedCallback.map(\.at)
      recording = call.recording
      costMicros = call.costMicros
    }
  }

  let id: Call.ID
  let account: Account.ID
  let campaign: Campaign.ID?
  /// The campaign as it was when the call was claimed or taken over; nil for a single call, and for a guest.
  let settings: Shared<Campaign>?
  let lead: Lead.ID?
  let to: PhoneNumber
  let from: PhoneNumber?
  let createdAt: Timestamp
  /// When it was decided to place it; told as ``EngineClock/elapsed`` is, so that a carrier can be asked for it by
  /// whatever the clock shows then.
  private let decidedAfter: Duration
  let placeBy: Timestamp
  /// From when on it counts as over if its end is never heard of; told as ``EngineClock/elapsed`` is, since a clock that
  /// is set ahead makes no call longer.
  let expiresAfter: Duration
  var phase: Phase
  var progress = CallProgress()
  var written = Written()
  var agent = AgentWish.none
  var hangUp: HangUp?
  /// Until when it waits to be told who answered.
  var detectedBy: Timestamp?
  /// How far it has come with letting its agent talk.
  var connecting = Connecting()
  /// How far its hanging up has come.
  var hangingUp = HangingUp()
  /// What came of it, where the carrier's events do not say it.
  @Apart var verdict: Verdict?
  /// Whether the order is on its way, whatever has become known of the call meanwhile.
  var isOrdering = false
  /// Whether it is not to be placed any more, whatever the store said before.
  var isWithdrawn = false
  /// Whether the carrier is being asked what has become of it.
  var isAsking = false
  /// Whether a write of it is under way; there is one at a time, so that the store hears things in order.
  var isWriting = false
  /// When it is looked at again, whatever happens.
  var deadline: Timestamp?
  /// When something was last heard of it, or it was asked for.
  var heardAt: Timestamp
  /// When the last request for it may have been sent, by this process or by the one that had it before; told as
  /// ``EngineClock/elapsed`` is.
  var sentAt: Duration
  /// How often its writes have failed in a row.
  var failures = 0
  /// Until when it waits after a failure of the store.
  var restsUntil: Timestamp?
  /// Whether it belongs to a campaign that another process runs: then this one only passes on what it hears.
  var isGuest = false
  /// Whether an event alone has made it known here, so that it may have been over by then.
  var isHearsay = false

  /// What came of a call that the carrier has no end for.
  enum Verdict: Hashable, Sendable {
    /// It was never placed, for certain; it does not count.
    case withheld(retryAt: Timestamp)
    /// The carrier refused it for its number.
    case refused(Call.Failure)
    /// Its end was never heard of.
    case expired
    /// Whether there ever was a call is not known.
    case unknown
  }

  init(_ claimed: ClaimedCall, of run: CampaignRun, at now: Timestamp, elapsed: Duration) {
    sentAt = elapsed
    id = claimed.call
    account = run.campaign.account
    campaign = run.campaign.id
    settings = run.settings
    lead = claimed.lead
    to = claimed.number
    from = claimed.from
    createdAt = now
    decidedAfter = elapsed
    placeBy = claimed.placeBy
    let expiresAt = claimed.placeBy + run.campaign.ringTime + run.campaign.longestCall
    expiresAfter = elapsed + max(.zero, expiresAt - now)
    phase = .ordering
    isOrdering = true
    heardAt = now
  }

  /// A call that is stored; the clock by which it was made is so far ahead of the engine's, at least and at most. In doubt
  /// it was made earlier, so that it is found, and may be placed for longer, so that it is not given up too soon.
  init(
    _ call: Call, settings: Shared<Campaign>?, phase: Phase, at now: Timestamp, elapsed: Duration,
    ahead: ClosedRange<Duration>
  ) {
    sentAt = elapsed
    id = call.id
    account = call.account
    campaign = call.campaign
    self.settings = settings
    lead = call.lead
    to = call.to
    from = call.from
    createdAt = call.createdAt - ahead.upperBound
    decidedAfter = elapsed - (now - createdAt)
    placeBy = call.placeBy - ahead.lowerBound
    expiresAfter = elapsed + max(.zero, call.expiresAt - ahead.lowerBound - now)
    self.phase = phase
    isOrdering = phase == .ordering
    progress = CallProgress(call)
    written = Written(call)
    agent = call.agent.map { .assigned($0) } ?? .none
    heardAt = now
  }

  /// Whether the agent who is to talk to a person does not come to the telephone.
  var isAgentAbsent: Bool {
    guard let agent = agent.agent, progress.answeredBy?.isMachine != true else { return false }
    return progress.absences[agent] != nil
  }

  /// The call as a carrier is asked for it at a moment: it was decided on as long ago as in fact, whichever clock told
  /// that and however the clock was set since.
  func reference(at now: Timestamp, elapsed: Duration) -> CallReference {
    CallReference(
      call: id, reference: progress.reference, to: to, from: from, createdAt: now - (elapsed - decidedAfter),
      answeredAt: progress.answeredAt)
  }

  /// What the store is to be told.
  func news(carrier: String) -> [CallNews] {
    var news: [CallNews] = []
    if !written.isPlaced, let reference = progress.reference {
      news.append(.placed(carrier: carrier, reference: reference, at: progress.placedAt ?? heardAt))
    }
    if !written.isRinging, let at = progress.ringingAt { news.append(.ringing(at: at)) }
    if !written.isAnswered, let at = progress.answeredAt {
      news.append(.answered(at: at, by: progress.answeredBy))
    } else if let by = progress.answeredBy, by != written.answeredBy {
      news.append(.detected(by))
    }
    if !written.isMessageLeft, let at = progress.messageLeftAt { news.append(.messageLeft(at: at)) }
    // Who is still rung when the person leaves is not to blame.
    for (agent, at) in progress.absences.sorted(by: { $0.key < $1.key })
    where !written.absentAgents.contains(agent) && progress.ending.map({ at < $0.at }) ?? true {
      news.append(.agentAbsent(agent, at: at))
    }
    if let callback = progress.callback, written.callback != .some(callback) { news.append(.callbackAgreed(callback)) }
    if let recording = progress.recording, recording != written.recording { news.append(.recording(recording)) }
    if let micros = progress.costMicros, micros != written.costMicros { news.append(.cost(micros: micros)) }
    return news
  }

  /// What was heard of it that the store does not have, and takes after its end as well.
  func late(carrier: String) -> [CallEvent] {
    news(carrier: carrier).compactMap { news in
      switch news {
      case .placed(_, let reference, let at): CallEvent(.placed(reference: reference), of: .call(id), at: at)
      case .ringing(let at): CallEvent(.ringing, of: .call(id), at: at)
      case .callbackAgreed(let at): CallEvent(.callbackAgreed(at), of: .call(id))
      case .recording(let recording): CallEvent(.recording(recording), of: .call(id))
      case .cost(let micros): CallEvent(.cost(micros: micros), of: .call(id))
      case .answered, .detected, .messageLeft, .agentAbsent, .conference: nil
      }
    }
  }

  /// Takes in what was heard, and returns whether it is the first that was heard of its end.
  mutating func hear(_ event: CallEvent.Kind, at moment: Timestamp, now: Timestamp) -> Bool {
    let hadEnded = progress.ending != nil
    progress.merge(event, at: min(moment, now), heardAt: now)
    heardAt = now
    phase = .following
    return !hadEnded && progress.ending != nil
  }

  /// Leaves it to the process that runs its campaign from now on, and only passes on what is heard here; unless it is
  /// being ordered or hung up, which is brought to its end here.
  mutating func becomeGuest() {
    guard !isOrdering else { return }
    // What was decided here and could not be done yet is for the other to decide.
    if hangUp == .abandoned || hangUp == .machine, !hangingUp.isDone {
      hangUp = nil
      hangingUp = HangingUp()
    }
    guard hangUp == nil else { return }
    if case .waiting = agent { agent = .none }
    detectedBy = nil
    isGuest = true
  }

  /// Takes in what the store has of it, some of which others may have heard.
  mutating func learn(_ call: Call) {
    progress.merge(call)
    written = Written(call)
    if agent == .none, let id = call.agent { agent = .assigned(id) }
  }

  /// Notes that the store has a fact.
  mutating func note(_ news: CallNews) {
    switch news {
    case .placed: written.isPlaced = true
    case .ringing: written.isRinging = true
    case .answered(_, let by):
      written.isAnswered = true
      if let by { written.answeredBy = by }
    case .detected(let by): written.answeredBy = by
    case .messageLeft: written.isMessageLeft = true
    case .agentAbsent(let agent, _): written.absentAgents.insert(agent)
    case .callbackAgreed(let at): written.callback = .some(at)
    case .recording(let recording): written.recording = recording
    case .cost(let micros): written.costMicros = micros
    case .conference: break
    }
  }
}

extension Call {
  /// Whether its carrier is sure to have had it: it has told its name for it, or that it rang or was answered. A carrier
  /// that does not find such a call has forgotten it, and it must not be placed again.
  var isKnownToCarrier: Bool { status != .intended }
}

extension CallNews {
  /// Whether it has words of the carrier's, which may be too long for a store.
  var isText: Bool {
    switch self {
    case .placed, .recording, .conference: true
    case .ringing, .answered, .detected, .messageLeft, .agentAbsent, .callbackAgreed, .cost: false
    }
  }

  var isCallback: Bool { if case .callbackAgreed = self { true } else { false } }
}
