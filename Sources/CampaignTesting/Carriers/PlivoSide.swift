import CampaignKit
internal import JSON

/// The REST side of Plivo.
struct PlivoSide: WireSide {
  let account: String
  /// The field that proves who asks.
  let authorization: String

  var naming: Switchboard.Naming { .uuid }

  private var root: String { "/v1/Account/\(account)/" }

  func isOrder(_ request: WireRequest) -> Bool { request.method == "POST" && request.path == root + "Call/" }

  func parameters(of request: WireRequest) -> [CallbackItem] {
    request.members.map { $0.map { CallbackItem($0.key, Self.text($0.value)) } } ?? []
  }

  private static func text(_ value: JSONValue) -> String {
    value.string ?? value.number?.literal ?? value.bool.map { "\($0)" } ?? ""
  }

  var throttled: WireAnswer { Self.refusal(429, "too many requests") }

  func answer(_ request: WireRequest, _ board: inout Switchboard, _ office: Office) -> WireAnswer {
    guard request.authorization == authorization else {
      return Self.refusal(401, "Could not verify your access level for that URL.")
    }
    guard request.path.hasPrefix(root), request.path.hasSuffix("/") else { return Self.refusal(404, "not found") }
    let parts = request.path.dropFirst(root.count).split(separator: "/").map(String.init)
    switch (request.method, parts.count, parts.first) {
    case ("POST", 1, "Call"): return place(request, &board, office)
    case ("GET", 1, "Call") where request["status"] != nil: return names(request["status"], board)
    case ("GET", 1, "Call"): return records(request, board, at: office.now)
    case ("GET", 2, "Call"): return one(parts[1], request["status"], board, at: office.now)
    case ("POST", 2, "Call"): return transfer(parts[1], request, board)
    case ("DELETE", 2, "Call"), ("DELETE", 2, "Request"):
      return end(parts[1], isRequest: parts[0] == "Request", &board, office)
    default: return Self.refusal(404, "not found")
    }
  }

  static func refusal(_ status: Int, _ error: String) -> WireAnswer {
    WireAnswer(status, ["api_id": .string(apiID), "error": .string(error)])
  }

  private static let apiID = "00000000-0000-0000-0000-00000000a91d"

  // MARK: Placing

  private static let parameters: Set<String> = [
    "from", "to", "answer_url", "answer_method", "ring_url", "ring_method", "hangup_url", "hangup_method",
    "fallback_url", "fallback_method", "caller_name", "send_digits", "send_on_preanswer", "time_limit",
    "hangup_on_ring", "machine_detection", "machine_detection_time", "machine_detection_url",
    "machine_detection_method", "sip_headers", "ring_timeout", "parent_call_uuid", "error_if_parent_not_found",
    "callback_url", "callback_method",
  ]

  private func place(_ request: WireRequest, _ board: inout Switchboard, _ office: Office) -> WireAnswer {
    guard let members = request.members else { return Self.refusal(400, "the body is no JSON") }
    var items: [CallbackItem] = []
    for (name, value) in members {
      guard Self.parameters.contains(name) else { return Self.refusal(400, "the parameter \(name) is not known") }
      let text = Self.text(value)
      if name.hasSuffix("_url"), !text.hasPrefix("http") { return Self.refusal(400, "\(name) is not a valid url") }
      if name.hasSuffix("_method"), !["GET", "POST"].contains(text) {
        return Self.refusal(400, "\(name) is neither GET nor POST")
      }
      if ["time_limit", "ring_timeout"].contains(name), value.int.map({ $0 <= 0 }) ?? true {
        return Self.refusal(400, "\(name) is no number above zero")
      }
      items.append(CallbackItem(name, text))
    }
    let value = { (name: String) in items.first { $0.name == name }?.value }
    guard value("answer_url") != nil else { return Self.refusal(400, "answer_url parameter not present") }
    guard let toText = value("to") else { return Self.refusal(400, "to parameter not present") }
    guard let fromText = value("from") else { return Self.refusal(400, "from parameter not present") }
    guard let to = UInt64(toText).flatMap(PhoneNumber.init(digits:)) else {
      return Self.refusal(400, "\(toText) is not a valid destination number")
    }
    guard let from = UInt64(fromText).flatMap(PhoneNumber.init(digits:)) else {
      return Self.refusal(400, "from is not a valid phone number")
    }
    guard to != from else { return Self.refusal(400, "src and destination cannot overlap") }
    let script = office.script(to, board.count(to: to))
    let number = board.add(to: to, from: from, items, queue: script.queue, at: office.now)
    let detection = value("machine_detection") ?? "false"
    return WireAnswer(
      201,
      [
        "api_id": .string(Self.apiID), "message": "call fired", "request_uuid": .string(board[number].reference),
      ],
      .placed(
        number, script, ringTime: .seconds(value("ring_timeout").flatMap(Int64.init) ?? 120),
        detects: ["true", "hangup"].contains(detection)))
  }

  // MARK: Following

  private func transfer(_ reference: String, _ request: WireRequest, _ board: Switchboard) -> WireAnswer {
    guard let members = request.members else { return Self.refusal(400, "the body is no JSON") }
    guard Set(members.map(\.key)).isSubset(of: ["legs", "aleg_url", "aleg_method"]), members["legs"]?.string == "aleg",
      let url = members["aleg_url"]?.string, url.hasPrefix("http")
    else { return Self.refusal(400, "only the first leg can be transferred here, to aleg_url") }
    guard let number = board.number(of: reference), board[number].answeredAt != nil, !board[number].isOver else {
      return Self.refusal(404, "not found")
    }
    return WireAnswer(
      202, ["api_id": .string(Self.apiID), "message": "call transferred", "call_uuids": [.string(reference)]],
      .redirected(number, to: url))
  }

  private func end(
    _ reference: String, isRequest: Bool, _ board: inout Switchboard, _ office: Office
  ) -> WireAnswer {
    guard let number = board.number(of: reference), !board[number].isOver,
      isRequest == (board[number].startedAt == nil)
    else { return Self.refusal(404, "not found") }
    let outcome: CallEnd.Outcome = board[number].answeredAt == nil ? .cancelled : .completed
    _ = board.happen(.end(outcome), to: number, answeredBy: nil, recordDelay: .zero, at: office.now)
    return WireAnswer(204, nil, .ended(number))
  }

  /// The calls that wait or go on, by their names.
  private func names(_ status: String?, _ board: Switchboard) -> WireAnswer {
    guard let status, ["live", "queued"].contains(status) else { return Self.refusal(400, "status is not valid") }
    let names = board.live.sorted().map { board[$0] }.filter { Self.status($0) == status }.map(\.reference)
    return WireAnswer(200, ["api_id": .string(Self.apiID), "calls": .array(names.map { .string($0) })])
  }

  private static func status(_ call: ScriptedCall) -> String { call.startedAt == nil ? "queued" : "live" }

  private func one(
    _ reference: String, _ status: String?, _ board: Switchboard, at now: Timestamp
  ) -> WireAnswer {
    guard let call = board[reference] else { return Self.refusal(404, "not found") }
    guard let status else {
      guard let recorded = call.recordedAt, recorded <= now else { return Self.refusal(404, "not found") }
      return WireAnswer(200, .object(record(call)))
    }
    guard !call.isOver, status == Self.status(call) else { return Self.refusal(404, "not found") }
    let word = call.answeredAt != nil ? "in-progress" : call.ringingAt != nil ? "ringing" : "initiated"
    return WireAnswer(
      200,
      [
        "api_id": .string(Self.apiID), "call_uuid": .string(reference), "request_uuid": .string(reference),
        "call_status": .string(status == "queued" ? "queued" : word), "direction": "outbound",
        "from": .string("\(call.from.digits)"), "to": .string("\(call.to.digits)"), "caller_name": "",
        "session_start": .string(CarrierMoments.plain(call.createdAt)),
      ])
  }

  private func records(_ request: WireRequest, _ board: Switchboard, at now: Timestamp) -> WireAnswer {
    let known: Set<String> = ["call_direction", "from_number", "to_number", "limit", "offset"]
    if let other = request.query.first(where: { !known.contains($0.name) }) {
      return Self.refusal(400, "the parameter \(other.name) is not known here")
    }
    let limit = request["limit"].flatMap(Int.init) ?? 20
    let offset = request["offset"].flatMap(Int.init) ?? 0
    guard (1...20).contains(limit), offset >= 0 else { return Self.refusal(400, "limit is not valid") }
    let number = { (name: String) in request[name].flatMap(UInt64.init).flatMap(PhoneNumber.init(digits:)) }
    let all = board.calls(to: number("to_number"), from: number("from_number")).filter { call in
      call.recordedAt.map { $0 <= now } ?? false
    }
    let next = offset + limit < all.count
    return WireAnswer(
      200,
      [
        "api_id": .string(Self.apiID),
        "meta": [
          "limit": JSONValue(limit), "offset": JSONValue(offset), "previous": .null,
          "next": next ? .string("\(root)Call/?limit=\(limit)&offset=\(offset + limit)") : .null,
        ],
        "objects": .array(all.dropFirst(offset).prefix(limit).map { .object(record($0)) }),
      ])
  }

  private func record(_ call: ScriptedCall) -> JSONObject {
    let cause = Self.cause(call)
    let moment = { (moment: Timestamp?) in moment.map { JSONValue.string(CarrierMoments.zoned($0)) } ?? .null }
    return [
      "call_uuid": .string(call.reference), "call_direction": "outbound", "from_number": .string("\(call.from.digits)"),
      "to_number": .string("\(call.to.digits)"), "initiation_time": moment(call.createdAt),
      "answer_time": moment(call.answeredAt), "end_time": moment(call.endedAt),
      "call_duration": JSONValue(call.seconds), "bill_duration": JSONValue(call.seconds),
      "call_state": call.answeredAt != nil ? "ANSWERED" : .string(cause.word.uppercased()),
      "hangup_cause_code": JSONValue(cause.code), "hangup_cause_name": .string(cause.name),
      "hangup_source": "Callee", "total_amount": "0.00000", "resource_uri": .string("\(root)Call/\(call.reference)/"),
    ]
  }

  private static func cause(_ call: ScriptedCall) -> (word: String, code: Int, name: String) {
    switch call.outcome {
    case .completed: ("completed", 4000, "Normal Hangup")
    case .busy: ("busy", 3010, "Busy Line")
    case .rejected: ("busy", 3020, "Rejected")
    case .noAnswer: ("no-answer", 3000, "No Answer")
    case .cancelled: ("cancel", 1000, "Cancelled")
    case .failed: ("failed", 2000, "Invalid Destination Number")
    case nil: ("in-progress", 0, "")
    }
  }

  // MARK: Callbacks

  func callbacks(for step: Switchboard.Step, of call: ScriptedCall, script: CallPlot) -> [ScriptedCallback] {
    let common = [
      CallbackItem("CallUUID", call.reference), CallbackItem("RequestUUID", call.reference),
      CallbackItem("ALegUUID", call.reference), CallbackItem("ALegRequestUUID", call.reference),
      CallbackItem("From", "\(call.from.digits)"), CallbackItem("To", "\(call.to.digits)"),
      CallbackItem("Direction", "outbound"), CallbackItem("ParentAuthID", account),
      CallbackItem("SessionStart", CarrierMoments.plain(call.createdAt)),
    ]
    switch step {
    case .start, .played: return []
    case .ring: return [callback(.status, "ring", call, common + Self.event("Ring", "ringing"))].compactMap(\.self)
    case .answer, .redirect:
      guard let url = step.address(answer: call["answer_url"]) else { return [] }
      let method = (step == .answer ? call["answer_method"] : nil) ?? "POST"
      let items = common + Self.event("StartApp", "in-progress")
      return [ScriptedCallback(purpose: .answer, url: url, method: method, items: items)]
    case .detect:
      guard call.answeredBy?.isMachine == true else { return [] }
      let items =
        Self.event("MachineDetection", "in-progress") + [
          CallbackItem("Machine", "true"), CallbackItem("IfMachine", "continue"),
        ]
      return [callback(.machine, "machine_detection", call, common + items)].compactMap(\.self)
    case .end:
      let cause = Self.cause(call)
      let items =
        Self.event("Hangup", cause.word) + [
          CallbackItem("HangupCause", cause.name), CallbackItem("HangupCauseCode", "\(cause.code)"),
          CallbackItem("HangupCauseName", cause.name), CallbackItem("HangupSource", "Callee"),
          CallbackItem("Duration", "\(call.seconds)"), CallbackItem("BillDuration", "\(call.seconds)"),
          CallbackItem("StartTime", CarrierMoments.plain(call.createdAt)),
          CallbackItem("AnswerTime", call.answeredAt.map(CarrierMoments.plain) ?? ""),
          CallbackItem("EndTime", call.endedAt.map(CarrierMoments.plain) ?? ""), CallbackItem("TotalCost", "0.00000"),
        ]
      // Without an address of its own the end is told to the one that was asked what to say.
      return [
        callback(.status, "hangup", call, common + items) ?? callback(.status, "answer", call, common + items)
      ].compactMap(\.self)
    }
  }

  private static func event(_ name: String, _ status: String) -> [CallbackItem] {
    [CallbackItem("Event", name), CallbackItem("CallStatus", status)]
  }

  private func callback(
    _ purpose: ScriptedCallback.Purpose, _ name: String, _ call: ScriptedCall, _ items: [CallbackItem]
  ) -> ScriptedCallback? {
    call[name + "_url"].map {
      ScriptedCallback(purpose: purpose, url: $0, method: call[name + "_method"] ?? "POST", items: items)
    }
  }
}
