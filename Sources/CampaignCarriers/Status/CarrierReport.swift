public import CampaignKit

/// What a carrier tells of a call in one go, in its own words, and what that means.
public struct CarrierReport: Hashable, Sendable {
  /// The carrier.
  public var carrier: WebCarrier
  /// The name that the carrier gave the call.
  public var reference: String
  /// Its word for where the call is.
  public var word: String
  /// Why the call is over: a SIP response, or Plivo's code.
  public var causeCode: String?
  /// The same in words.
  public var cause: String?
  /// Its word for who or what answered.
  public var answeredBy: String?
  /// How many seconds the call lasted.
  public var seconds: String?
  /// What the call cost, in the account's currency; Twilio counts what it takes as negative.
  public var cost: String?

  /// Creates a report that says no more than where the call is.
  public init(_ word: String, of reference: String, by carrier: WebCarrier) {
    self.carrier = carrier
    self.reference = reference
    self.word = word
  }

  /// Where the call is; nil if the carrier's word means nothing.
  public var status: CarrierStatus? { CarrierStatus(word, causeCode: causeCode, of: carrier) }

  /// Whether it is over.
  var isOver: Bool { if case .ended = status { true } else { false } }

  /// The report as something that happened; nil if the carrier's word means nothing.
  public var kind: CallEvent.Kind? {
    switch status {
    case .placed: .placed(reference: reference)
    case .ringing: .ringing
    case .answered: .answered(answeredBy.flatMap(AnsweredBy.init(carrierWord:)))
    case .ended(let outcome): .ended(end(outcome))
    case nil: nil
    }
  }

  private func end(_ outcome: CallEnd.Outcome) -> CallEnd {
    CallEnd(
      outcome, duration: seconds.flatMap(CarrierText.duration),
      answeredBy: answeredBy.flatMap(AnsweredBy.init(carrierWord:)), costMicros: cost.flatMap(CarrierText.micros),
      failure: outcome == .failed ? failure : nil)
  }

  private var failure: Call.Failure {
    let code = causeCode.flatMap { $0.isEmpty ? nil : $0 }
    let cause = cause.flatMap { $0.isEmpty ? nil : $0 } ?? "the call could not be made"
    return Call.Failure(code: code, cause: cause)
  }

  /// All that must have happened for the call to be where it is.
  ///
  /// - Parameters:
  ///   - call: Our name of the call.
  ///   - createdAt: When the carrier took it.
  ///   - answeredAt: When it was answered, if it was.
  ///   - endedAt: When it was over, if it is.
  /// - Returns: At least that the call was placed.
  public func history(
    of call: Call.ID, createdAt: Timestamp?, answeredAt: Timestamp?, endedAt: Timestamp?
  ) -> [CallEvent] {
    var events = [CallEvent(.placed(reference: reference), of: .call(call), at: createdAt)]
    guard let status, let kind else { return events }
    switch status {
    case .placed: break
    case .ringing: events.append(CallEvent(kind, of: .call(call)))
    case .answered: events.append(CallEvent(kind, of: .call(call), at: answeredAt))
    case .ended(let outcome):
      if outcome == .completed {
        let length = seconds.flatMap(CarrierText.duration)
        let before = endedAt.flatMap { end in length.map { end - $0 } }
        let by = answeredBy.flatMap(AnsweredBy.init(carrierWord:))
        events.append(CallEvent(.answered(by), of: .call(call), at: answeredAt ?? before))
      }
      events.append(CallEvent(kind, of: .call(call), at: endedAt))
    }
    return events
  }
}
