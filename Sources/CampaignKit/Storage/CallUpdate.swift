/// News of a call that does not end it.
public enum CallNews: Hashable, Sendable, Codable {
  /// The carrier took it, and gave it a name.
  case placed(carrier: String, reference: String, at: Timestamp)
  /// It rings. It may come after the end, if it was before it.
  case ringing(at: Timestamp)
  /// Somebody or something answered.
  case answered(at: Timestamp, by: AnsweredBy?)
  /// It has become known who or what answered.
  case detected(AnsweredBy)
  /// A message was left on a machine.
  case messageLeft(at: Timestamp)
  /// The agent who was rung for it did not come to the telephone.
  ///
  /// It is news as long as the call keeps that agent busy (``Call/keeps(_:)``), and once. In the same step an agent who
  /// is available becomes what ``Agent/Status/afterAbsence`` says; one who is not stays as they are.
  case agentAbsent(Agent.ID, at: Timestamp)
  /// A callback was agreed, at a moment if one was named.
  case callbackAgreed(Timestamp?)
  /// It was put into a conference.
  case conference(String)
  /// There is a recording. It may come after the end.
  case recording(Call.Recording)
  /// What it cost, in millionths of the currency. It may come after the end.
  case cost(micros: Int64)
}

/// How a call ended, and what becomes of its lead.
public struct CallEnding: Hashable, Sendable, Codable {
  /// How it ended.
  public var disposition: Disposition
  /// When it ended; nil for the moment at which the store takes it in.
  public var at: Timestamp?
  /// How long it lasted, as the carrier counts; nil if the carrier did not say.
  @OptionalMilliseconds public var duration: Duration?
  /// How long the two sides talked; nil for the time since it was answered, if it was.
  @OptionalMilliseconds public var talkTime: Duration?
  /// Who or what answered, if that is news.
  public var answeredBy: AnsweredBy?
  /// What it cost, in millionths of the currency.
  public var costMicros: Int64?
  /// Why it failed.
  public var failure: Call.Failure?
  /// Whether it counts as an attempt. False only for an intent of which it is certain that it was never placed; a
  /// call that the carrier has had is an attempt in any case.
  public var isAttempt: Bool
  /// What becomes of the lead. It means nothing for a single call.
  public var next: LeadStep

  /// Creates an ending.
  public init(
    _ disposition: Disposition, next: LeadStep, at: Timestamp? = nil, duration: Duration? = nil,
    talkTime: Duration? = nil, answeredBy: AnsweredBy? = nil, costMicros: Int64? = nil,
    failure: Call.Failure? = nil, isAttempt: Bool = true
  ) {
    self.disposition = disposition
    self.next = next
    self.at = at
    self.duration = duration
    self.talkTime = talkTime
    self.answeredBy = answeredBy
    self.costMicros = costMicros
    self.failure = failure
    self.isAttempt = isAttempt
  }
}

extension CallEnding {
  /// How the call ended, given what is stored of it: whoever waited for an agent who did not come has talked to nobody,
  /// also where that was not known to whoever ends the call.
  ///
  /// - Parameter agentAbsentAt: What ``Call/agentAbsentAt`` says.
  /// - Returns: What is to be stored.
  public func disposition(agentAbsentAt: Timestamp?) -> Disposition {
    disposition == .answered && agentAbsentAt != nil ? .abandoned : disposition
  }
}

/// News of a call, and its end if it is over, to be written in one step.
public struct CallUpdate: Hashable, Sendable {
  /// The call.
  public var call: Call.ID
  /// The news, in the order in which they are recorded.
  public var news: [CallNews]
  /// The end; nil for a call that goes on.
  public var ending: CallEnding?

  /// Creates an update.
  public init(_ call: Call.ID, news: [CallNews] = [], ending: CallEnding? = nil) {
    self.call = call
    self.news = news
    self.ending = ending
  }
}
