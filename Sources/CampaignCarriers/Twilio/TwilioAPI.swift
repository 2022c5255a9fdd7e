import CampaignKit
import JSON

/// Twilio's REST interface to calls, of 2010, which SignalWire took over.
struct TwilioAPI: CarrierAPI {
  /// When somebody is told who or what answered.
  typealias Detection = MachineDetectionTiming

  let carrier: WebCarrier
  /// What all addresses start with, up to the account's name.
  let account: String
  let authorization: String
  let addresses: WebhookAddresses
  let detection: Detection

  var settlesWithin: Duration { .seconds(30) }

  /// Whether a call can be given a longest time.
  private var takesTimeLimit: Bool { carrier == .twilio }
  /// Whether the carrier keeps what it reported about a call.
  private var keepsEvents: Bool { carrier == .twilio }

  // MARK: Placing

  func placing(_ order: CallOrder, from: PhoneNumber) -> HTTPRequest {
    var form = FormBody()
    form.add("To", order.to.description)
    form.add("From", from.description)
    form.add("StatusCallback", addresses.address(.status, of: order.id))
    for event in ["initiated", "ringing", "answered", "completed"] { form.add("StatusCallbackEvent", event) }
    form.add("StatusCallbackMethod", "POST")
    form.add("Timeout", "\(CarrierText.seconds(order.ringTime, in: 5...600))")
    if order.campaign?.recordsCalls == true {
      form.add("Record", "true")
      form.add("RecordingStatusCallback", addresses.address(.recording, of: order.id))
      form.add("RecordingStatusCallbackMethod", "POST")
      form.add("RecordingStatusCallbackEvent", "completed")
    }
    addDetection(of: order, to: &form)
    if takesTimeLimit { form.add("TimeLimit", "\(CarrierText.seconds(order.longestCall, in: 1...86_400))") }
    form.add("Url", addresses.address(.answer, of: order.id))
    form.add("Method", "POST")
    return post("Calls.json", form)
  }

  private func addDetection(of order: CallOrder, to form: inout FormBody) {
    let mode = order.campaign?.machineDetection.mode ?? .off
    guard mode != .off else { return }
    form.add("MachineDetection", mode == .fast ? "Enable" : "DetectMessageEnd")
    guard detection == .whileTalking else { return }
    form.add("AsyncAmd", "true")
    form.add("AsyncAmdStatusCallback", addresses.address(.machine, of: order.id))
    form.add("AsyncAmdStatusCallbackMethod", "POST")
  }

  func ringing(_ agent: Agent, at phone: PhoneNumber, for call: CallReference, from: PhoneNumber) -> HTTPRequest {
    var form = FormBody()
    form.add("To", phone.description)
    form.add("From", from.description)
    form.add("StatusCallback", addresses.address(.agentStatus, of: call.call, with: [("agentId", "\(agent.id)")]))
    form.add("StatusCallbackEvent", "completed")
    form.add("StatusCallbackMethod", "POST")
    form.add("Timeout", "\(CarrierText.seconds(CarrierSettings.agentRingTime, in: 5...600))")
    form.add("Url", addresses.address(.agentAnswer, of: call.call, with: [("agentId", "\(agent.id)")]))
    form.add("Method", "POST")
    return post("Calls.json", form).urgent
  }

  func placement(_ response: HTTPResponse) -> PlacementAnswer {
    if (200..<300).contains(response.status) {
      let json = response.json
      guard let reference = json?["sid"]?.string, !reference.isEmpty else {
        return .uncertain("the carrier's answer names no call")
      }
      return .placed(
        reference, queued: CarrierText.number(json?["queue_time"]).flatMap(Double.init).map { .milliseconds($0) })
    }
    return CarrierRefusal.answer(to: response, said: TwilioFault(response))
  }

  // MARK: Following

  func hangUp(_ reference: String, _ line: CarrierLine) async throws(DialerError) {
    // It ends a call that goes on. One that waits or rings may have to be given up instead, and may be answered just then.
    for status in ["completed", "canceled", "completed"] {
      var form = FormBody()
      form.add("Status", status)
      let response = try await line.ask(post("Calls/\(CarrierText.pathPart(reference)).json", form).urgent)
      switch response.status {
      case 200..<300:
        guard let word = response.json?["status"]?.string else { return }
        switch CarrierStatus(word, of: carrier) {
        case .placed, .ringing: continue
        case .answered where status == "canceled": continue
        default: return
        }
      case 404: return
      // The call does not go on: it is over, or does not yet.
      case 400 where TwilioFault(response).carrierCode == "21220": continue
      default: throw CarrierRefusal.error(response, said: TwilioFault(response))
      }
    }
  }

  func end(_ reference: String, _ line: CarrierLine) async throws(DialerError) {
    // To hang up what is over takes three requests, and to see that it is over takes one.
    if let found = try await call(reference, line), found.report.isOver { return }
    try await hangUp(reference, line)
  }

  func redirect(_ reference: String, to address: String, _ line: CarrierLine) async throws(DialerError) {
    var form = FormBody()
    form.add("Url", address)
    form.add("Method", "POST")
    let response = try await line.ask(post("Calls/\(CarrierText.pathPart(reference)).json", form).urgent)
    // It does not go on.
    let isOver = response.status == 404 || response.status == 400 && TwilioFault(response).carrierCode == "21220"
    guard (200..<300).contains(response.status) || isOver else {
      throw CarrierRefusal.error(response, said: TwilioFault(response))
    }
  }

  func call(_ reference: String, _ line: CarrierLine) async throws(DialerError) -> CarrierCall? {
    let response = try await line.ask(get("Calls/\(CarrierText.pathPart(reference)).json"))
    guard response.status != 404 else { return nil }
    guard response.status == 200 else { throw CarrierRefusal.error(response, said: TwilioFault(response)) }
    return response.json.flatMap(read)
  }

  /// The address that a page of a list may have; more than a host, and none of another one.
  private func page(_ path: String) -> HTTPRequest? {
    guard path.hasPrefix("/"), !path.hasPrefix("//"), let host = Self.host(of: account) else { return nil }
    return HTTPRequest(.get, host + path, fields: fields)
  }

  func calls(
    from: PhoneNumber?, to: PhoneNumber, since: Timestamp, knows: @Sendable (String) -> Bool, _ line: CarrierLine
  ) async throws(DialerError) -> CarrierCalls {
    // A call that waits has no start, so none may be asked for.
    var query = FormBody()
    query.add("To", to.description)
    if let from { query.add("From", from.description) }
    query.add("PageSize", "200")
    var found = CarrierCalls()
    var request = get("Calls.json?" + query.text)
    for _ in 0..<Self.mostPages {
      let response = try await line.ask(request)
      guard response.status == 200 else { throw CarrierRefusal.error(response, said: TwilioFault(response)) }
      guard let json = response.json, let listed = json["calls"]?.array else { break }
      let calls = listed.filter { ($0["direction"]?.string ?? "outbound-api").hasPrefix("outbound-api") }
        .compactMap(read)
      found.calls += calls
      guard let next = json["next_page_uri"]?.string, !next.isEmpty else { return found }
      // They come newest first.
      let newest = calls.compactMap(\.createdAt).max()
      if let newest, newest < line.carrierTime(since) - .seconds(3600) { return found }
      guard let following = page(next) else { break }
      request = following
    }
    found.isComplete = false
    return found
  }

  private static var mostPages: Int { 5 }

  func owner(of reference: String, _ line: CarrierLine) async -> Call.ID? {
    guard keepsEvents, let response = try? await line.ask(get("Calls/\(CarrierText.pathPart(reference))/Events.json")),
      response.status == 200, let events = response.json?["events"]?.array
    else { return nil }
    for event in events {
      guard let url = event["request"]?["url"]?.string, let call = addresses.call(of: url) else { continue }
      return call
    }
    return nil
  }

  // MARK: Reading

  private func read(_ json: JSONValue) -> CarrierCall? {
    guard let reference = json["sid"]?.string, let word = json["status"]?.string else { return nil }
    var report = CarrierReport(word, of: reference, by: carrier)
    report.answeredBy = json["answered_by"]?.string
    report.seconds = CarrierText.number(json["duration"])
    report.cost = CarrierText.number(json["price"])
    let moment = { (name: String) in json[name]?.string.flatMap(CarrierText.moment) }
    return CarrierCall(
      report: report, from: CarrierText.phone(json["from"]?.string), createdAt: moment("date_created"),
      answeredAt: nil, endedAt: moment("end_time"))
  }

  // MARK: Requests

  private var fields: [String: String] { ["Authorization": authorization, "Accept": "application/json"] }

  private func get(_ path: String) -> HTTPRequest { HTTPRequest(.get, "\(account)/\(path)", fields: fields) }

  private func post(_ path: String, _ form: FormBody) -> HTTPRequest {
    var fields = fields
    fields["Content-Type"] = "application/x-www-form-urlencoded"
    return HTTPRequest(.post, "\(account)/\(path)", fields: fields, body: form.bytes)
  }

  private static func host(of url: String) -> String? {
    guard let start = url.range(of: "://") else { return nil }
    let end = url[start.upperBound...].firstIndex(of: "/") ?? url.endIndex
    return String(url[..<end])
  }
}
