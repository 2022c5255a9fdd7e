import CampaignKit
import JSON

/// Plivo's REST interface to calls.
struct PlivoAPI: CarrierAPI {
  /// What all addresses start with, up to the account's name.
  let account: String
  let authorization: String
  let addresses: WebhookAddresses
  let detection: MachineDetectionTiming

  var carrier: WebCarrier { .plivo }
  /// What another process has ordered may be sent a minute later, and be listed half a minute after that.
  var settlesWithin: Duration { .seconds(90) }
  /// A call that is over is in no list until its record is written.
  var recordsWithin: Duration { .seconds(300) }

  // MARK: Placing

  func placing(_ order: CallOrder, from: PhoneNumber) -> HTTPRequest {
    let status = addresses.address(.status, of: order.id)
    var body: JSONObject = [
      "from": .string("\(from.digits)"), "to": .string("\(order.to.digits)"),
      "answer_url": .string(addresses.address(.answer, of: order.id)), "answer_method": "POST",
      "ring_url": .string(status), "ring_method": "POST", "hangup_url": .string(status), "hangup_method": "POST",
      "ring_timeout": JSONValue(CarrierText.seconds(order.ringTime, in: 5...600)),
      "time_limit": JSONValue(CarrierText.seconds(order.longestCall, in: 1...86_400)),
    ]
    if let mode = order.campaign?.machineDetection.mode, mode != .off {
      body["machine_detection"] = "true"
      if detection == .whileTalking {
        body["machine_detection_url"] = .string(addresses.address(.machine, of: order.id))
        body["machine_detection_method"] = "POST"
      }
    }
    return post("Call/", body)
  }

  func ringing(_ agent: Agent, at phone: PhoneNumber, for call: CallReference, from: PhoneNumber) -> HTTPRequest {
    let address = { (purpose: WebhookAddresses.Purpose) in
      JSONValue.string(addresses.address(purpose, of: call.call, with: [("agentId", "\(agent.id)")]))
    }
    return post(
      "Call/",
      [
        "from": .string("\(from.digits)"), "to": .string("\(phone.digits)"), "answer_url": address(.agentAnswer),
        "answer_method": "POST", "hangup_url": address(.agentStatus), "hangup_method": "POST",
        "ring_timeout": JSONValue(CarrierText.seconds(CarrierSettings.agentRingTime, in: 5...600)),
      ]
    ).urgent
  }

  func placement(_ response: HTTPResponse) -> PlacementAnswer {
    guard (200..<300).contains(response.status) else {
      return CarrierRefusal.answer(to: response, said: PlivoFault(response))
    }
    guard let reference = response.json?["request_uuid"]?.string, !reference.isEmpty else {
      return .uncertain("the carrier's answer names no call")
    }
    return .placed(reference, queued: nil)
  }

  // MARK: Following

  func hangUp(_ reference: String, _ line: CarrierLine) async throws(DialerError) {
    // A call that waits is known as the request alone, and may have begun before that is given up; one that is over is
    // neither.
    var refusal: DialerError?
    for kind in ["Call", "Request", "Call"] {
      let response = try await line.ask(
        HTTPRequest(.delete, "\(account)/\(kind)/\(CarrierText.pathPart(reference))/", fields: fields).urgent)
      let fault = PlivoFault(response)
      switch response.status {
      case 200..<300: return
      case 404: continue
      case 400: if !fault.isNoSuchCall { refusal = CarrierRefusal.error(response, said: fault) }
      default: throw CarrierRefusal.error(response, said: fault)
      }
    }
    if let refusal { throw refusal }
  }

  func redirect(_ reference: String, to address: String, _ line: CarrierLine) async throws(DialerError) {
    let response = try await line.ask(
      post(
        "Call/\(CarrierText.pathPart(reference))/",
        ["legs": "aleg", "aleg_url": .string(address), "aleg_method": "POST"]
      ).urgent)
    guard (200..<300).contains(response.status) || response.status == 404 else {
      throw CarrierRefusal.error(response, said: PlivoFault(response))
    }
  }

  func call(_ reference: String, _ line: CarrierLine) async throws(DialerError) -> CarrierCall? {
    let path = "Call/\(CarrierText.pathPart(reference))/"
    if let live = try await read(path + "?status=live", line) { return running(live, reference, word: "in-progress") }
    if let queued = try await read(path + "?status=queued", line) { return running(queued, reference, word: "queued") }
    return try await read(path, line).flatMap(record)
  }

  func calls(
    from: PhoneNumber?, to: PhoneNumber, since: Timestamp, knows: @Sendable (String) -> Bool, _ line: CarrierLine
  ) async throws(DialerError) -> CarrierCalls {
    var found = CarrierCalls()
    // What is over by now has a record, or will have one; so those that go on are asked for first.
    for status in ["queued", "live"] {
      guard let json = try await read("Call/?status=\(status)", line) else { continue }
      let names = (json["calls"]?.array ?? []).compactMap(\.string).filter { !knows($0) }
      if names.count > Self.mostAsked { found.isComplete = false }
      for name in names.prefix(Self.mostAsked) {
        guard let call = try await read("Call/\(CarrierText.pathPart(name))/?status=\(status)", line),
          Self.isNumber(call["to"], to), from.map({ Self.isNumber(call["from"], $0) }) ?? true,
          let running = running(call, name, word: status == "live" ? "in-progress" : "queued")
        else { continue }
        found.calls.append(running)
      }
    }
    try await addRecords(from: from, to: to, since: since, to: &found, line)
    return found
  }

  /// The most calls that are asked for one by one, and the most pages of records.
  private static var mostAsked: Int { 20 }

  private func addRecords(
    from: PhoneNumber?, to: PhoneNumber, since: Timestamp, to found: inout CarrierCalls, _ line: CarrierLine
  ) async throws(DialerError) {
    let size = 20
    let earliest = line.carrierTime(since) - .seconds(3600)
    for page in 0..<Self.mostAsked {
      var query = FormBody()
      query.add("call_direction", "outbound")
      if let from { query.add("from_number", "\(from.digits)") }
      query.add("to_number", "\(to.digits)")
      query.add("limit", "\(size)")
      query.add("offset", "\(page * size)")
      guard let json = try await read("Call/?" + query.text, line), let objects = json["objects"]?.array else { break }
      let records = objects.compactMap(record)
      found.calls += records.filter { new in !found.calls.contains { $0.report.reference == new.report.reference } }
      if objects.count < size || json["meta"]?["next"]?.isNull == true { return }
      // They come newest first.
      if let newest = records.compactMap(\.createdAt).max(), newest < earliest { return }
    }
    found.isComplete = false
  }

  /// Plivo keeps no list of what it reported.
  func owner(of reference: String, _ line: CarrierLine) async -> Call.ID? { nil }

  // MARK: Reading

  /// A call that goes on.
  private func running(_ json: JSONValue, _ reference: String, word: String) -> CarrierCall? {
    let report = CarrierReport(json["call_status"]?.string ?? word, of: reference, by: .plivo)
    return CarrierCall(
      report: report, from: CarrierText.phone(json["from"]?.string),
      createdAt: json["session_start"]?.string.flatMap(CarrierText.moment))
  }

  /// A call that is over, from its record.
  private func record(_ json: JSONValue) -> CarrierCall? {
    guard let reference = json["call_uuid"]?.string else { return nil }
    let moment = { (name: String) in json[name]?.string.flatMap(CarrierText.moment) }
    let code = CarrierText.number(json["hangup_cause_code"])
    let state = json["call_state"]?.string?.lowercased().replacing("_", with: "-") ?? ""
    let answeredAt = moment("answer_time")
    var report = CarrierReport(
      Self.word(state: state, code: code, wasAnswered: answeredAt != nil), of: reference, by: .plivo)
    (report.causeCode, report.cause) = (code, json["hangup_cause_name"]?.string)
    (report.seconds, report.cost) = (
      CarrierText.number(json["call_duration"]), CarrierText.number(json["total_amount"])
    )
    return CarrierCall(
      report: report, from: CarrierText.phone(json["from_number"]?.string), createdAt: moment("initiation_time"),
      answeredAt: answeredAt, endedAt: moment("end_time"))
  }

  /// The word for a call that is over, as it would have been reported.
  private static func word(state: String, code: String?, wasAnswered: Bool) -> String {
    if wasAnswered || state == "answered" { return "completed" }
    switch code {
    case "1000": return "cancel"
    case "3000": return "no-answer"
    case "3010", "3020": return "busy"
    default: return CarrierStatus(state, of: .plivo) == nil ? "failed" : state
    }
  }

  private static func isNumber(_ value: JSONValue?, _ number: PhoneNumber) -> Bool {
    value?.string?.filter(\.isNumber) == "\(number.digits)"
  }

  // MARK: Requests

  private var fields: [String: String] { ["Authorization": authorization, "Accept": "application/json"] }

  private func post(_ path: String, _ body: JSONObject) -> HTTPRequest {
    var fields = fields
    fields["Content-Type"] = "application/json"
    return HTTPRequest(.post, "\(account)/\(path)", fields: fields, body: JSONValue.object(body).serializedBytes())
  }

  /// What is there; nil if nothing is.
  private func read(_ path: String, _ line: CarrierLine) async throws(DialerError) -> JSONValue? {
    let response = try await line.ask(HTTPRequest(.get, "\(account)/\(path)", fields: fields))
    guard response.status != 404 else { return nil }
    guard response.status == 200 else { throw CarrierRefusal.error(response, said: PlivoFault(response)) }
    return response.json
  }
}
