import CampaignKit
internal import JSON

/// The side of Asterisk that is spoken to over HTTP: its REST interface (ARI), as far as dialers need it.
struct AsteriskSide: WireSide {
  /// The field that proves who asks.
  let authorization: String

  var naming: Switchboard.Naming { .uuid }

  func isOrder(_ request: WireRequest) -> Bool { request.method == "POST" && request.path == "/ari/channels" }

  func parameters(of request: WireRequest) -> [CallbackItem] {
    let variables = request.members?["variables"]?.object ?? [:]
    return request.query + variables.map { CallbackItem("variables.\($0.key)", $0.value.string ?? "") }
  }

  /// A PBX that is full has no channel left, and says so before it dials.
  var throttled: WireAnswer { Self.full }

  private static let full = WireAnswer(500, ["error": "Allocation failed"])

  private static func refusal(_ status: Int, _ message: String) -> WireAnswer {
    WireAnswer(status, ["message": .string(message)])
  }

  func answer(_ request: WireRequest, _ board: inout Switchboard, _ office: Office) -> WireAnswer {
    guard request.authorization == authorization else { return Self.refusal(401, "Authentication required") }
    let parts = request.path.split(separator: "/").map(String.init)
    guard parts.first == "ari", parts.count >= 2 else { return Self.refusal(404, "Resource not found") }
    let name = parts.count > 2 ? parts[2] : ""
    switch (request.method, parts[1], parts.count, parts.last) {
    case ("POST", "channels", 2, _): return place(request, &board, office)
    case ("GET", "channels", 2, _):
      return WireAnswer(200, .array(board.live.sorted().map { .object(Self.channel(board[$0])) }))
    case ("GET", "channels", 3, _):
      return live(name, board).map { WireAnswer(200, .object(Self.channel(board[$0]))) } ?? Self.noChannel
    case ("GET", "channels", 4, "variable"): return variable(name, request, board)
    case ("DELETE", "channels", 3, _): return hangUp(name, request, &board, office)
    case ("POST", "channels", 4, "continue"): return detect(name, request, &board, office)
    case ("POST", "channels", 4, "play"): return play(name, request, &board)
    case ("GET", "playbacks", 3, _):
      return board.playing.contains(name)
        ? WireAnswer(200, ["id": .string(name), "state": "playing"]) : Self.refusal(404, "Playback not found")
    case ("GET", "bridges", 2, _):
      return WireAnswer(
        200, .array(board.bridges.sorted().map { .object(Self.bridge($0, board)) }))
    case ("GET", "bridges", 3, _):
      guard board.bridges.contains(name) else { return Self.refusal(404, "Bridge not found") }
      return WireAnswer(200, .object(Self.bridge(name, board)))
    case ("POST", "bridges", 3, _):
      guard board.bridges.insert(name).inserted else {
        return Self.refusal(409, "Bridge with id '\(name)' already exists")
      }
      return WireAnswer(200, ["id": .string(name), "bridge_type": "mixing"])
    case ("POST", "bridges", 4, "addChannel"): return join(name, request, &board)
    case (_, "bridges", 4, "moh"): return music(name, request, &board)
    case ("DELETE", "bridges", 3, _):
      board.music.remove(name)
      return board.bridges.remove(name) == nil ? Self.refusal(404, "Bridge not found") : WireAnswer(204)
    case ("POST", "applications", 4, "subscription"): return subscribe(name, request, board)
    default: return Self.refusal(404, "Resource not found")
    }
  }

  private func subscribe(_ application: String, _ request: WireRequest, _ board: Switchboard) -> WireAnswer {
    guard let sources = request["eventSource"] else { return Self.refusal(400, "Missing parameter eventSource") }
    for source in sources.split(separator: ",") {
      guard source.hasPrefix("channel:"), live(String(source.dropFirst(8)), board) != nil else {
        return Self.refusal(422, "Event source does not exist")
      }
    }
    return WireAnswer(200, ["name": .string(application)])
  }

  private static let noChannel = refusal(404, "Channel not found")

  private func live(_ name: String, _ board: Switchboard) -> Int? {
    board.number(of: name).flatMap { board[$0].isOver ? nil : $0 }
  }

  // MARK: Calls

  private static let parameters: Set<String> = [
    "endpoint", "extension", "context", "priority", "label", "app", "appArgs", "callerId", "timeout", "channelId",
    "otherChannelId", "originator", "formats",
  ]

  private func place(_ request: WireRequest, _ board: inout Switchboard, _ office: Office) -> WireAnswer {
    if let other = request.query.first(where: { !Self.parameters.contains($0.name) }) {
      return Self.refusal(400, "The parameter \(other.name) is not known")
    }
    guard let endpoint = request["endpoint"], let slash = endpoint.firstIndex(of: "/") else {
      return Self.refusal(400, "Endpoint must be specified")
    }
    guard let application = request["app"], !application.isEmpty else {
      return Self.refusal(400, "Application or extension must be specified")
    }
    guard let name = request["channelId"], !name.isEmpty else {
      return Self.refusal(400, "A dialer names its channels itself, so that it finds them again")
    }
    guard board.number(of: name).map({ board[$0].isOver }) ?? true else {
      return Self.refusal(409, "Channel with given unique ID already exists")
    }
    let from = request["callerId"].map { $0.filter { $0.isASCII && $0.isNumber } }.flatMap(UInt64.init)
    guard let from = from.flatMap(PhoneNumber.init(digits:)) else { return Self.refusal(400, "callerId is no number") }
    guard let timeout = request["timeout"].map({ Int64($0) }) ?? 30, timeout > 0 else {
      return Self.refusal(400, "timeout is no number of seconds")
    }
    let device = endpoint[endpoint.index(after: slash)...].prefix { $0 != "@" }
    guard let to = Self.number(device) else { return Self.full }
    let script = office.script(to, board.count(to: to))
    let number = board.add(
      to: to, from: from, parameters(of: request), queue: script.queue, at: office.now, reference: name)
    return WireAnswer(
      200, .object(Self.channel(board[number])),
      .placed(number, script, ringTime: .seconds(timeout), detects: false))
  }

  /// Who is called at a device: a number, or an extension of three digits or more.
  private static func number(_ device: Substring) -> PhoneNumber? {
    UInt64(device.first == "+" ? device.dropFirst() : device).flatMap(PhoneNumber.init(digits:))
  }

  private func hangUp(
    _ name: String, _ request: WireRequest, _ board: inout Switchboard, _ office: Office
  ) -> WireAnswer {
    guard let number = live(name, board) else { return Self.noChannel }
    if let code = request["reason_code"], Int(code) == nil { return Self.refusal(400, "Invalid Reason Code") }
    let outcome: CallEnd.Outcome = board[number].answeredAt == nil ? .cancelled : .completed
    _ = board.happen(.end(outcome), to: number, answeredBy: nil, recordDelay: .zero, at: office.now)
    return WireAnswer(204, nil, .ended(number))
  }

  /// The call that can be steered, or why it cannot be.
  private func steered(_ name: String, _ board: Switchboard) -> Result<Int, Refusal> {
    guard let number = live(name, board) else { return .failure(Refusal(answer: Self.noChannel)) }
    guard board[number].answeredAt != nil, !board[number].isInDialplan else {
      return .failure(Refusal(answer: Self.refusal(409, "Channel not in Stasis application")))
    }
    return .success(number)
  }

  private struct Refusal: Error { var answer: WireAnswer }

  /// Sends a call to the dialplan, where it is found out who has answered.
  private func detect(
    _ name: String, _ request: WireRequest, _ board: inout Switchboard, _ office: Office
  ) -> WireAnswer {
    switch steered(name, board) {
    case .failure(let refusal): return refusal.answer
    case .success(let number):
      guard request["context"] != nil, request["extension"] != nil else {
        return Self.refusal(400, "There is no such place in the dialplan")
      }
      board.change(number) { $0.isInDialplan = true }
      let plot = office.script(board[number].to, board.count(to: board[number].to) - 1)
      return WireAnswer(204, nil, .later(number, .detect, plot, after: plot.detection))
    }
  }

  private func variable(_ name: String, _ request: WireRequest, _ board: Switchboard) -> WireAnswer {
    switch steered(name, board) {
    case .failure(let refusal): return refusal.answer
    case .success(let number):
      guard let value = request["variable"].flatMap({ board[number]["variables.\($0)"] }) else {
        return Self.refusal(404, "Provided variable was not found")
      }
      return WireAnswer(200, ["value": .string(value)])
    }
  }

  private static func bridge(_ name: String, _ board: Switchboard) -> JSONObject {
    let channels = board.live.sorted().map { board[$0] }.filter { $0.bridge == name }
    return ["id": .string(name), "bridge_type": "mixing", "channels": .array(channels.map { .string($0.reference) })]
  }

  private func play(_ name: String, _ request: WireRequest, _ board: inout Switchboard) -> WireAnswer {
    switch steered(name, board) {
    case .failure(let refusal): return refusal.answer
    case .success(let number):
      let media = request.members?["media"]?.array?.compactMap(\.string) ?? []
      guard let first = media.first, media.allSatisfy({ $0.contains(":") }) else {
        return Self.refusal(400, "media is no media")
      }
      let playback = request.members?["playbackId"]?.string ?? "playback"
      board.playing.insert(playback)
      return WireAnswer(
        201, ["id": .string(playback), "media_uri": .string(first), "state": "queued"],
        .later(number, .played(playback), CallPlot(.failed), after: .seconds(1)))
    }
  }

  /// Starts or stops the music in a bridge, which all in it hear.
  private func music(_ bridge: String, _ request: WireRequest, _ board: inout Switchboard) -> WireAnswer {
    guard board.bridges.contains(bridge) else { return Self.refusal(404, "Bridge not found") }
    switch request.method {
    case "POST":
      board.music.insert(bridge)
      for number in board.live where board[number].bridge == bridge {
        board.change(number) { $0.hasHeardMusic = true }
      }
    case "DELETE":
      guard board.music.remove(bridge) != nil else { return Self.refusal(409, "Bridge isn't playing music") }
    default: return Self.refusal(405, "Method not allowed")
    }
    return WireAnswer(204)
  }

  private func join(_ bridge: String, _ request: WireRequest, _ board: inout Switchboard) -> WireAnswer {
    guard let name = request["channel"] else { return Self.refusal(400, "Missing parameter channel") }
    switch steered(name, board) {
    case .failure(let refusal):
      return refusal.answer.status == 404 ? Self.refusal(400, "Channel not found") : refusal.answer
    case .success(let number):
      let isPlaying = board.music.contains(bridge)
      board.change(number) {
        $0.bridge = bridge
        if isPlaying { $0.hasHeardMusic = true }
      }
      return WireAnswer(204)
    }
  }

  /// The application that steers a call: what its order said, and behind the dialplan what the dialplan says, which
  /// is what the order told it.
  static func application(of call: ScriptedCall) -> String {
    call[findings(on: call).isEmpty ? "app" : "variables.CAMPAIGNKIT_APPLICATION"] ?? ""
  }

  /// What a call brings with it to the application: what its order said, and what was found out since.
  static func arguments(of call: ScriptedCall) -> [String] {
    let given = (call["appArgs"] ?? "").split(separator: ",").map(String.init)
    let findings = findings(on: call)
    return findings.isEmpty ? given : given.prefix(1) + findings
  }

  /// What the dialplan has found out of who answered; nothing until it has.
  static func findings(on call: ScriptedCall) -> [String] {
    let status: String
    switch call.answeredBy {
    case nil: return []
    case .human: status = "HUMAN"
    case let by? where by.isMachine || by == .fax: status = "MACHINE"
    default: status = "NOTSURE"
    }
    return [status, call["variables.CAMPAIGNKIT_DETECTION"] == "greetingEnd" ? "SILENCE" : ""]
  }

  static func channel(_ call: ScriptedCall) -> JSONObject {
    let state = call.answeredAt != nil ? "Up" : call.ringingAt != nil ? "Ringing" : "Down"
    var place: JSONObject = ["context": "default", "exten": "s", "priority": 1]
    if call.answeredAt != nil, !call.isInDialplan {
      place["app_name"] = "Stasis"
      place["app_data"] = .string(([application(of: call)] + arguments(of: call)).joined(separator: ","))
    }
    return [
      "dialplan": .object(place),
      "id": .string(call.reference), "name": .string("PJSIP/trunk-\(call.to.digits)"), "state": .string(state),
      "caller": ["name": "", "number": .string("\(call.from)")], "connected": ["name": "", "number": ""],
      "creationtime": .string(CarrierMoments.short(call.createdAt)), "language": "en",
    ]
  }
}
