public import CampaignKit

/// What a carrier tells in a request to a webhook.
///
/// Read it only from requests that a ``WebhookVerifier`` accepts.
public struct WebhookReport: Sendable {
  /// Our name of the call, as the address has it; nil where it has none.
  public let call: Call.ID?
  /// The carrier's name of the call that the request is about; nil where it tells none.
  public let reference: String?
  /// What happened to the call, in the order in which it must have happened.
  public let events: [CallEvent]
  /// Who or what answered, where the request tells.
  public let answeredBy: AnsweredBy?
  /// The carrier's name of the conference, in a report of one.
  public let conference: String?
  /// The agent who was rung, in a report of the agent's own call.
  public let agent: Agent.ID?
  /// How the agent's own call ended, in a report of its end.
  public let agentEnd: CallEnd.Outcome?

  /// Reads a request.
  ///
  /// A report may come twice, late and in any order; nothing here depends on what came before.
  ///
  /// - Parameters:
  ///   - request: The request.
  ///   - carrier: The carrier.
  ///   - purpose: What the address is for, to which it came.
  ///   - readCall: Reads our name of the call, for addresses that have it in another form than ``WebhookAddresses``.
  public init(
    _ request: WebhookRequest, from carrier: WebCarrier, to purpose: WebhookAddresses.Purpose,
    readCall: (String) -> Call.ID? = { Call.ID($0) }
  ) {
    let form = request.form ?? WebhookForm()
    call = request.query?["callId"].flatMap(readCall)
    let words = carrier == .plivo ? CallbackWords(plivo: form) : CallbackWords(twilio: form)
    reference = words.reference
    answeredBy = words.answeredBy
    conference = purpose == .conferenceStatus ? words.conference : nil
    agent = request.query?["agentId"].flatMap { Agent.ID($0) }
    agentEnd = purpose == .agentStatus ? words.end(by: carrier) : nil
    if let call, let agent, let agentEnd, agentEnd != .completed {
      events = [CallEvent(.agentAbsent(agent), of: .call(call), at: words.at)]
      return
    }
    let subject: CallEvent.Subject? =
      call.map { .call($0) } ?? words.reference.map { .carrier(carrier.rawValue, reference: $0) }
    guard let subject else {
      events = []
      return
    }
    events = words.kinds(for: purpose, by: carrier).map { CallEvent($0.kind, of: subject, at: $0.at) }
  }
}

/// The values of a callback that mean something, whatever the carrier calls them.
struct CallbackWords {
  var reference: String?
  var status: String?
  var causeCode: String?
  var cause: String?
  var seconds: String?
  var cost: String?
  var answeredByWord: String?
  var recording: Call.Recording?
  var conference: String?
  /// The keys that were pressed.
  var keys: String?
  var at: Timestamp?

  /// Reads what Twilio sends, and SignalWire, which took it over.
  init(twilio form: WebhookForm) {
    reference = form.text("CallSid")
    status = form.text("CallStatus")
    causeCode = form.text("SipResponseCode")
    cause = form.text("ErrorMessage")
    seconds = form.text("CallDuration")
    answeredByWord = form.text("AnsweredBy")
    conference = form.text("ConferenceSid")
    keys = form.text("Digits")
    at = form.text("Timestamp").flatMap(CarrierText.moment)
    if let url = form.text("RecordingUrl"), form.text("RecordingStatus") ?? "completed" == "completed" {
      recording = Call.Recording(
        url: url, reference: form.text("RecordingSid"),
        duration: form.text("RecordingDuration").flatMap(CarrierText.duration))
    }
  }

  /// Reads what Plivo sends.
  init(plivo form: WebhookForm) {
    // An order is answered with the name of the request; callbacks that do not have it have the call's alone.
    reference = form.text("RequestUUID") ?? form.text("ALegRequestUUID") ?? form.text("CallUUID")
    status = form.text("CallStatus")
    causeCode = form.text("HangupCauseCode")
    cause = form.text("HangupCauseName") ?? form.text("HangupCause")
    seconds = form.text("Duration")
    cost = form.text("TotalCost")
    conference = form.text("ConferenceUUID")
    keys = form.text("Digits")
    switch form.text("Machine")?.lowercased() {
    case "true": answeredByWord = "machine_start"
    case "false": answeredByWord = "human"
    default: break
    }
    if form.text("Event") == "Hangup" { at = form.text("EndTime").flatMap(Self.moment) }
    if let url = form.text("RecordUrl") ?? form.text("RecordFile") {
      recording = Call.Recording(
        url: url, reference: form.text("RecordingID"),
        duration: form.text("RecordingDuration").flatMap(CarrierText.duration))
    }
  }

  /// A moment such as `2024-09-26 14:05:18`, in UTC.
  private static func moment(_ text: String) -> Timestamp? {
    CarrierText.moment(String(text.map { $0 == " " ? "T" : $0 }))
  }

  var answeredBy: AnsweredBy? { answeredByWord.flatMap(AnsweredBy.init(carrierWord:)) }

  /// How the call ended that this is about; nil while it goes on.
  func end(by carrier: WebCarrier) -> CallEnd.Outcome? {
    guard let status, case .ended(let outcome) = CarrierStatus(status, causeCode: causeCode, of: carrier) else {
      return nil
    }
    return outcome
  }

  /// What happened.
  func kinds(
    for purpose: WebhookAddresses.Purpose, by carrier: WebCarrier
  ) -> [(kind: CallEvent.Kind, at: Timestamp?)] {
    switch purpose {
    // These tell of the agent's call, not of ours.
    case .agentAnswer, .agentStatus, .conferenceStatus: return []
    case .recording: return recording.map { [(.recording($0), nil)] } ?? []
    case .machine: return answeredBy.map { [(.detected($0), nil)] } ?? []
    // Who presses a key while the message is played wants no more calls.
    case .abandoned: return keys == nil ? [] : [(.optedOut, at)]
    case .answer, .status: break
    }
    guard let reference, let status else { return [] }
    var report = CarrierReport(status, of: reference, by: carrier)
    report.causeCode = causeCode
    report.cause = cause
    report.answeredBy = answeredByWord
    report.seconds = seconds
    report.cost = cost
    guard let kind = report.kind else { return [] }
    var kinds: [(kind: CallEvent.Kind, at: Timestamp?)] = []
    // The answer to the order may have been lost: then this is where the carrier's name of the call is heard first.
    if case .placed = kind {} else { kinds.append((.placed(reference: reference), nil)) }
    kinds.append((kind, at))
    if let recording { kinds.append((.recording(recording), nil)) }
    return kinds
  }
}

extension WebhookForm {
  /// The value of a name; nil where it is empty.
  fileprivate func text(_ name: String) -> String? {
    self[name].flatMap { $0.isEmpty ? nil : $0 }
  }
}
