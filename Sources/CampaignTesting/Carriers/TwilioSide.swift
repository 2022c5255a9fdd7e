import CampaignKit
internal import JSON

/// The REST side of Twilio, and of SignalWire, which took it over.
struct TwilioSide: WireSide {
  let isSignalWire: Bool
  let account: String
  /// The field that proves who asks.
  let authorization: String

  var naming: Switchboard.Naming { isSignalWire ? .uuid : .sid }

  private var root: String { (isSignalWire ? "/api/laml" : "") + "/2010-04-01/Accounts/\(account)/" }

  func isOrder(_ request: WireRequest) -> Bool { request.method == "POST" && request.path == root + "Calls.json" }

  func parameters(of request: WireRequest) -> [CallbackItem] { request.form ?? [] }

  var throttled: WireAnswer { Self.refusal(429, 20429, "Too Many Requests") }

  func answer(_ request: WireRequest, _ board: inout Switchboard, _ office: Office) -> WireAnswer {
    guard request.authorization == authorization else { return Self.refusal(401, 20003, "Authenticate") }
    guard request.path.hasPrefix(root) else { return Self.notFound(request) }
    let parts = request.path.dropFirst(root.count).split(separator: "/", omittingEmptySubsequences: false)
    switch (request.method, parts.count) {
    case ("POST", 1) where parts[0] == "Calls.json": return place(request, &board, office)
    case ("GET", 1) where parts[0] == "Calls.json": return list(request, board)
    case ("GET", 3) where parts[0] == "Calls" && parts[2] == "Events.json" && !isSignalWire:
      guard let call = board[String(parts[1])] else { return Self.notFound(request) }
      return events(of: call)
    case (_, 2) where parts[0] == "Calls" && parts[1].hasSuffix(".json"):
      let reference = String(parts[1].dropLast(5))
      guard let number = board.number(of: reference) else { return Self.notFound(request) }
      switch request.method {
      case "GET": return WireAnswer(200, .object(json(board[number])))
      case "POST": return update(request, number, &board, office)
      default: return Self.refusal(405, 20004, "Method not allowed")
      }
    default: return Self.notFound(request)
    }
  }

  static func refusal(_ status: Int, _ code: Int, _ message: String) -> WireAnswer {
    WireAnswer(
      status,
      [
        "code": JSONValue(code), "message": .string(message),
        "more_info": .string("https://www.twilio.com/docs/errors/\(code)"), "status": JSONValue(status),
      ])
  }

  private static func notFound(_ request: WireRequest) -> WireAnswer {
    refusal(404, 20404, "The requested resource \(request.path) was not found")
  }

  // MARK: Placing

  private static let words: [String: Set<String>] = [
    "StatusCallbackEvent": ["initiated", "ringing", "answered", "completed"],
    "MachineDetection": ["Enable", "DetectMessageEnd"],
    "RecordingStatusCallbackEvent": ["in-progress", "completed", "absent"],
    "Record": ["true", "false"], "AsyncAmd": ["true", "false"],
  ]
  private static let parameters: Set<String> = [
    "To", "From", "Method", "FallbackUrl", "FallbackMethod", "StatusCallback", "StatusCallbackEvent",
    "StatusCallbackMethod", "SendDigits", "Timeout", "Record", "RecordingChannels", "RecordingStatusCallback",
    "RecordingStatusCallbackMethod", "RecordingConfigurationId", "SipAuthUsername", "SipAuthPassword",
    "MachineDetection", "MachineDetectionTimeout", "RecordingStatusCallbackEvent", "Trim", "CallerId",
    "MachineDetectionSpeechThreshold", "MachineDetectionSpeechEndThreshold", "MachineDetectionSilenceTimeout",
    "AsyncAmd", "AsyncAmdStatusCallback", "AsyncAmdStatusCallbackMethod", "Passports", "Byoc", "CallReason",
    "CallToken", "RecordingTrack", "TimeLimit", "ClientNotificationUrl", "Url", "Twiml", "ApplicationSid",
  ]
  /// What SignalWire does not know of these.
  private static let twilioOnly: Set<String> = [
    "CallToken", "TimeLimit", "Passports", "ClientNotificationUrl", "RecordingConfigurationId",
  ]

  /// What is wrong with an order.
  private func fault(of form: [CallbackItem]) -> WireAnswer? {
    for item in form {
      guard Self.parameters.contains(item.name), !(isSignalWire && Self.twilioOnly.contains(item.name)) else {
        return Self.refusal(400, 20001, "The parameter \(item.name) is not known")
      }
      if let words = Self.words[item.name], !words.contains(item.value), !words.contains(item.value.lowercased()) {
        return Self.refusal(400, item.name == "StatusCallbackEvent" ? 21626 : 20001, "\(item.name) is not valid")
      }
      if item.name.hasSuffix("Method"), !["GET", "POST"].contains(item.value) {
        return Self.refusal(400, 20001, "\(item.name) is neither GET nor POST")
      }
      if item.name.hasSuffix("Url") || item.name.hasSuffix("Callback"), !item.value.hasPrefix("http") {
        return Self.refusal(400, item.name == "StatusCallback" ? 21609 : 21205, "\(item.name) is not a valid URL")
      }
    }
    for (name, range) in [("Timeout", 1...600), ("TimeLimit", 1...86_400)] {
      guard let text = form.first(where: { $0.name == name })?.value else { continue }
      guard let number = Int(text), range.contains(number) else {
        return Self.refusal(400, 20001, "\(name) is not within \(range.lowerBound) and \(range.upperBound)")
      }
    }
    return nil
  }

  private func place(_ request: WireRequest, _ board: inout Switchboard, _ office: Office) -> WireAnswer {
    guard let form = request.form else { return Self.refusal(415, 20001, "The body is not a form") }
    let value = { (name: String) in form.first { $0.name == name }?.value }
    if let fault = fault(of: form) { return fault }
    guard let toText = value("To"), !toText.isEmpty else {
      return Self.refusal(400, 21201, "No 'To' number is specified")
    }
    guard let fromText = value("From"), !fromText.isEmpty else {
      return Self.refusal(400, 21213, "No 'From' number is specified")
    }
    guard let to = PhoneNumber(e164: toText) else {
      return Self.refusal(400, 21211, "The phone number you are attempting to call, \(toText), is not valid.")
    }
    guard let from = PhoneNumber(e164: fromText) else {
      return Self.refusal(400, 21212, "The source phone number provided, \(fromText), is not valid.")
    }
    guard value("Url") != nil || value("Twiml") != nil || value("ApplicationSid") != nil else {
      return Self.refusal(400, 21205, "Url parameter is required.")
    }
    let script = office.script(to, board.count(to: to))
    let number = board.add(to: to, from: from, form, queue: script.queue, at: office.now)
    let ringTime = Duration.seconds(value("Timeout").flatMap(Int64.init) ?? 60)
    return WireAnswer(
      201, .object(json(board[number])),
      .placed(number, script, ringTime: ringTime, detects: value("MachineDetection") != nil))
  }

  // MARK: Following

  private static let notInProgress = refusal(400, 21220, "Call is not in-progress. Cannot redirect.")

  private func update(
    _ request: WireRequest, _ number: Int, _ board: inout Switchboard, _ office: Office
  ) -> WireAnswer {
    guard let form = request.form else { return Self.refusal(415, 20001, "The body is not a form") }
    let call = board[number]
    if Set(form.map(\.name)).isSubset(of: ["Url", "Method"]), let url = form.first(where: { $0.name == "Url" })?.value {
      if let fault = fault(of: form) { return fault }
      guard call.answeredAt != nil, !call.isOver else { return Self.notInProgress }
      return WireAnswer(200, .object(json(call)), .redirected(number, to: url))
    }
    guard form.count == 1, let item = form.first, item.name == "Status" else {
      return Self.refusal(400, 20001, "Nothing but Status, or Url and Method, can be changed here")
    }
    if call.isOver { return Self.notInProgress }
    var isEnding = false
    switch item.value {
    // It ends what was answered; what waits or rings is given up with the other word.
    case "completed": isEnding = call.answeredAt != nil
    case "canceled": isEnding = call.answeredAt == nil
    default: return Self.refusal(400, 20001, "Status is not valid")
    }
    guard isEnding else { return WireAnswer(200, .object(json(call))) }
    _ = board.happen(
      .end(item.value == "completed" ? .completed : .cancelled), to: number, answeredBy: nil, recordDelay: .zero,
      at: office.now)
    return WireAnswer(200, .object(json(board[number])), .ended(number))
  }

  private func list(_ request: WireRequest, _ board: Switchboard) -> WireAnswer {
    let known: Set<String> = ["To", "From", "Status", "PageSize", "Page", "PageToken"]
    if let other = request.query.first(where: { !known.contains($0.name) }) {
      return Self.refusal(400, 20001, "The parameter \(other.name) is not known here")
    }
    let size = request["PageSize"].flatMap(Int.init) ?? 50
    let page = request["Page"].flatMap(Int.init) ?? 0
    guard (1...1000).contains(size), page >= 0 else { return Self.refusal(400, 20001, "PageSize is not valid") }
    let number = { (name: String) in request[name].flatMap { PhoneNumber(e164: $0) } }
    let all = board.calls(to: number("To"), from: number("From")).filter { call in
      request["Status"].map { $0 == word(call) } ?? true
    }
    let shown = all.dropFirst(page * size).prefix(size)
    let items = request.query.filter { $0.name != "Page" }.map { "\($0.name)=\($0.value.replacing("+", with: "%2B"))" }
    let address = { (page: Int) in root + "Calls.json?" + (items + ["Page=\(page)"]).joined(separator: "&") }
    return WireAnswer(
      200,
      [
        "calls": .array(shown.map { .object(json($0)) }), "page": JSONValue(page), "page_size": JSONValue(size),
        "first_page_uri": .string(address(0)),
        "next_page_uri": all.count > (page + 1) * size ? .string(address(page + 1)) : .null,
        "previous_page_uri": page > 0 ? .string(address(page - 1)) : .null, "uri": .string(address(page)),
      ])
  }

  private func events(of call: ScriptedCall) -> WireAnswer {
    let events = call.callbacks.map { callback -> JSONValue in
      var parameters = JSONObject()
      for item in callback.items { parameters[item.name] = .string(item.value) }
      return [
        "request": [
          "method": .string(callback.method), "url": .string(callback.url), "parameters": .object(parameters),
        ]
      ]
    }
    return WireAnswer(200, ["events": .array(events), "page": 0, "page_size": 50, "next_page_uri": .null])
  }

  // MARK: Words

  private func word(_ call: ScriptedCall) -> String {
    switch call.outcome {
    case .completed: "completed"
    case .busy, .rejected: "busy"
    case .noAnswer: "no-answer"
    case .cancelled: "canceled"
    case .failed: "failed"
    case nil: call.answeredAt != nil ? "in-progress" : call.ringingAt != nil ? "ringing" : "queued"
    }
  }

  private func json(_ call: ScriptedCall) -> JSONObject {
    let moment = { (moment: Timestamp?) in moment.map { JSONValue.string(CarrierMoments.mail($0)) } ?? .null }
    let length = call.answeredAt == nil ? 0 : call.seconds
    return [
      "sid": .string(call.reference), "account_sid": .string(account), "to": .string("\(call.to)"),
      "from": .string("\(call.from)"), "status": .string(word(call)), "direction": "outbound-api",
      "date_created": moment(call.createdAt), "date_updated": moment(call.endedAt ?? call.createdAt),
      "start_time": moment(call.startedAt), "end_time": moment(call.endedAt),
      "duration": call.isOver ? (isSignalWire ? JSONValue(length) : .string("\(length)")) : .null,
      "price": .null, "price_unit": "USD", "answered_by": call.answeredBy.map { .string(Self.word($0)) } ?? .null,
      "queue_time": .string("\(call.queue.milliseconds)"), "api_version": "2010-04-01", "parent_call_sid": .null,
      "uri": .string("\(root)Calls/\(call.reference).json"),
    ]
  }

  private static func word(_ answeredBy: AnsweredBy) -> String {
    switch answeredBy {
    case .human: "human"
    case .machineStart: "machine_start"
    case .machineEndBeep: "machine_end_beep"
    case .machineEndSilence: "machine_end_silence"
    case .machineEndOther: "machine_end_other"
    case .fax: "fax"
    default: "unknown"
    }
  }

  // MARK: Callbacks

  func callbacks(for step: Switchboard.Step, of call: ScriptedCall, script: CallPlot) -> [ScriptedCallback] {
    var callbacks: [ScriptedCallback] = []
    let common = [
      CallbackItem("CallSid", call.reference), CallbackItem("AccountSid", account), CallbackItem("To", "\(call.to)"),
      CallbackItem("From", "\(call.from)"), CallbackItem("Called", "\(call.to)"),
      CallbackItem("Caller", "\(call.from)"),
      CallbackItem("Direction", "outbound-api"), CallbackItem("ApiVersion", "2010-04-01"),
    ]
    if let url = step.address(answer: call["Url"]) {
      callbacks.append(
        ScriptedCallback(
          purpose: .answer, url: url, method: call["Method"] ?? "POST",
          items: common + [CallbackItem("CallStatus", "in-progress")]))
    }
    if step == .detect, call["AsyncAmd"]?.lowercased() == "true", let url = call["AsyncAmdStatusCallback"],
      let by = call.answeredBy
    {
      callbacks.append(
        ScriptedCallback(
          purpose: .machine, url: url, method: call["AsyncAmdStatusCallbackMethod"] ?? "POST",
          items: [
            CallbackItem("CallSid", call.reference), CallbackItem("AccountSid", account),
            CallbackItem("AnsweredBy", Self.word(by)),
            CallbackItem("MachineDetectionDuration", "\(script.detection.milliseconds)"),
          ]))
    }
    if let status = status(step, of: call, common) { callbacks.append(status) }
    return callbacks
  }

  private func status(
    _ step: Switchboard.Step, of call: ScriptedCall, _ common: [CallbackItem]
  ) -> ScriptedCallback? {
    let event: (name: String, word: String, at: Timestamp?)
    switch step {
    case .start: event = ("initiated", "initiated", call.startedAt)
    case .ring: event = ("ringing", "ringing", call.ringingAt)
    case .answer: event = ("answered", "in-progress", call.answeredAt)
    case .detect, .redirect, .played: return nil
    case .end: event = ("completed", word(call), call.endedAt)
    }
    let asked = call.all("StatusCallbackEvent")
    guard let url = call["StatusCallback"], (asked.isEmpty ? ["completed"] : asked).contains(event.name) else {
      return nil
    }
    let sequence = call.callbacks.count { $0.purpose == .status }
    var items =
      common + [
        CallbackItem("CallStatus", event.word), CallbackItem("CallbackSource", "call-progress-events"),
        CallbackItem("SequenceNumber", "\(sequence)"),
        CallbackItem("Timestamp", event.at.map(CarrierMoments.mail) ?? ""),
      ]
    if let outcome = call.outcome {
      items.append(CallbackItem("CallDuration", "\(call.seconds)"))
      items.append(CallbackItem("Duration", "\((call.seconds + 59) / 60)"))
      if let by = call.answeredBy { items.append(CallbackItem("AnsweredBy", Self.word(by))) }
      let codes: [CallEnd.Outcome: String] = [
        .completed: "200", .busy: "486", .rejected: "603", .noAnswer: "487", .cancelled: "487", .failed: "404",
      ]
      if let code = codes[outcome] { items.append(CallbackItem("SipResponseCode", code)) }
    }
    return ScriptedCallback(purpose: .status, url: url, method: call["StatusCallbackMethod"] ?? "POST", items: items)
  }
}
