import CampaignKit
import JSON

/// What a server asks of the carrier that its parent plays; one line of JSON.
struct CarrierRequest: Codable, Sendable {
  enum Kind: String, Codable {
    case place, hangUp, lookUp
  }

  /// The answer has the same number.
  var number: Int
  var kind: Kind
  var call: Call.ID
  var to: PhoneNumber
  var createdAt: Timestamp
  // Of an order.
  var account: Account.ID?
  var campaign: Campaign.ID?
  var lead: Lead.ID?
  var placeBy: Timestamp?
  var ringTime: Int64?
  var longestCall: Int64?

  init(_ number: Int, _ order: CallOrder) {
    self.number = number
    kind = .place
    (call, to, createdAt) = (order.id, order.to, order.createdAt)
    (account, campaign, lead, placeBy) = (order.account, order.campaign?.id, order.lead, order.placeBy)
    (ringTime, longestCall) = (order.ringTime.milliseconds, order.longestCall.milliseconds)
  }

  init(_ number: Int, _ kind: Kind, _ reference: CallReference) {
    self.number = number
    self.kind = kind
    (call, to, createdAt) = (reference.call, reference.to, reference.createdAt)
  }

  /// The order that is asked for.
  var order: CallOrder? {
    guard let account, let placeBy, let ringTime, let longestCall else { return nil }
    return CallOrder(
      id: call, account: account, lead: lead, to: to, createdAt: createdAt, placeBy: placeBy,
      ringTime: .milliseconds(ringTime), longestCall: .milliseconds(longestCall))
  }

  /// What is asked about.
  var reference: CallReference { CallReference(call: call, reference: nil, to: to, from: nil, createdAt: createdAt) }
}

/// What the carrier answers, or tells without being asked; one line of JSON.
struct CarrierReply: Codable, Sendable {
  /// The number of the request; nil for news.
  var number: Int?
  var reference: String?
  var error: String?
  /// What is known of a call: nothing if it is not known.
  var events: [WireEvent]?
}

/// An event of a call on its way to a server.
struct WireEvent: Codable, Sendable {
  enum Kind: String, Codable {
    case placed, ringing, answered, detected, messageLeft, callbackAgreed, optedOut, ended
  }

  var kind: Kind
  var call: Call.ID
  var at: Timestamp?
  var reference: String?
  var by: AnsweredBy?
  var callback: Timestamp?
  var outcome: String?
  var duration: Int64?
  var cost: Int64?

  /// The event, if it is one of a call that is known by our name for it.
  init?(_ event: CallEvent) {
    guard case .call(let call) = event.subject else { return nil }
    self.call = call
    at = event.at
    switch event.kind {
    case .placed(let reference): (kind, self.reference) = (.placed, reference)
    case .ringing: kind = .ringing
    case .answered(let by): (kind, self.by) = (.answered, by)
    case .detected(let by): (kind, self.by) = (.detected, by)
    case .messageLeft: kind = .messageLeft
    case .callbackAgreed(let moment): (kind, callback) = (.callbackAgreed, moment)
    case .optedOut: kind = .optedOut
    case .ended(let end):
      kind = .ended
      (outcome, duration) = (end.outcome.rawValue, end.duration?.milliseconds)
      (by, cost) = (end.answeredBy, end.costMicros)
    case .agentAbsent, .recording, .cost: return nil
    }
  }

  var event: CallEvent {
    let kind: CallEvent.Kind =
      switch self.kind {
      case .placed: .placed(reference: reference ?? "")
      case .ringing: .ringing
      case .answered: .answered(by)
      case .detected: .detected(by ?? .unknown)
      case .messageLeft: .messageLeft
      case .callbackAgreed: .callbackAgreed(callback)
      case .optedOut: .optedOut
      case .ended:
        .ended(
          CallEnd(
            outcome.flatMap(CallEnd.Outcome.init) ?? .failed, duration: duration.map { .milliseconds($0) },
            answeredBy: by, costMicros: cost))
      }
    return CallEvent(kind, of: .call(call), at: at)
  }
}

/// Lines of JSON, cut out of what comes in pieces.
struct LineReader {
  private var carry: [UInt8] = []

  /// The lines that a piece completes.
  mutating func lines(_ piece: some Sequence<UInt8>) -> [ArraySlice<UInt8>] {
    carry += piece
    var lines: [ArraySlice<UInt8>] = []
    var rest = carry[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      lines.append(rest[..<end])
      rest = rest[(end + 1)...]
    }
    carry = Array(rest)
    return lines
  }

  static func line(_ value: some Encodable) throws -> [UInt8] {
    try JSONValue(encoding: value).serializedBytes() + [UInt8(ascii: "\n")]
  }
}
