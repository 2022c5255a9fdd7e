import CampaignKit
import JSON

/// The requests that Asterisk's REST interface (ARI) takes, and what its answers mean.
struct AsteriskAPI: Sendable {
  /// Where the interface is, with `/ari`.
  let base: String
  /// Where a number is called; `{number}` stands for its digits.
  let endpoint: String
  let settings: AsteriskSettings
  let names: AsteriskNames
  private let authorization: String

  init(address: String, user: String, password: String, endpoint: String, settings: AsteriskSettings) {
    base = CarrierText.withoutSlash(address) + "/ari"
    authorization = BasicAuthorization.field(user: user, password: password)
    self.endpoint = endpoint
    self.settings = settings
    names = AsteriskNames(prefix: settings.channelPrefix, application: settings.application)
  }

  // MARK: Calls

  /// Calls a number. The name of the channel is ours, so Asterisk refuses a second call of the same name.
  func placing(_ order: CallOrder, from: PhoneNumber) -> HTTPRequest {
    var query = dial(endpoint(of: order.to), as: .call(order.id), from: from, ringTime: order.ringTime)
    query.add("appArgs", "\(order.id)")
    let mode = order.campaign?.machineDetection.mode ?? .off
    let variables: JSONObject = [
      "CAMPAIGNKIT_APPLICATION": .string(settings.application), "CAMPAIGNKIT_CALL": .string("\(order.id)"),
      "CAMPAIGNKIT_DETECTION": .string(mode.rawValue), Self.planName: .string(plan(of: order).text),
    ]
    return request(.post, "channels", query, ["variables": .object(variables)])
  }

  private static let planName = "CAMPAIGNKIT_PLAN"

  /// What is to be done when the call of an order is answered.
  func plan(of order: CallOrder) -> AnswerPlan {
    AnswerPlan(order, announcement: settings.announcement, detects: settings.detectionContext != nil)
  }

  /// Rings an agent for a call.
  func ringing(_ endpoint: String, for call: Call.ID, from: PhoneNumber, ringTime: Duration) -> HTTPRequest {
    var query = dial(endpoint, as: .agent(call), from: from, ringTime: ringTime)
    query.add("appArgs", "\(call),agent")
    return request(.post, "channels", query).urgent
  }

  private func dial(
    _ endpoint: String, as name: AsteriskNames.Channel, from: PhoneNumber, ringTime: Duration
  ) -> FormBody {
    var query = FormBody()
    query.add("endpoint", endpoint)
    query.add("app", settings.application)
    query.add("channelId", names[name])
    query.add("callerId", settings.callerName.map { "\(Self.plain($0)) <\(from)>" } ?? "\(from)")
    query.add("timeout", "\(CarrierText.seconds(ringTime, in: 1...3600))")
    return query
  }

  /// A name without what would end it in the middle of a caller's line.
  private static func plain(_ name: String) -> String {
    name.filter { !"<>\"\\".contains($0) && !$0.isNewline }
  }

  func endpoint(of number: PhoneNumber) -> String { endpoint.replacing("{number}", with: "\(number.digits)") }

  /// Where an agent is rung; nil for one that has neither an extension nor a number.
  func endpoint(of agent: Agent) -> String? {
    let digits = agent.metadata["extension"].flatMap { $0.string ?? $0.number?.literal } ?? ""
    guard digits.isEmpty || digits != CarrierText.pathPart(digits) else {
      return settings.agentEndpoint.replacing("{extension}", with: digits)
    }
    return agent.phone.map(endpoint(of:))
  }

  func hangingUp(_ name: AsteriskNames.Channel) -> HTTPRequest {
    var query = FormBody()
    query.add("reason_code", "16")
    return request(.delete, "channels/\(names[name])", query).urgent
  }

  func asking(_ call: Call.ID) -> HTTPRequest { request(.get, "channels/\(names[.call(call)])") }

  func listing() -> HTTPRequest { request(.get, "channels") }

  /// Asks for what is to be done in a call that an earlier process has placed.
  func askingForPlan(of call: Call.ID) -> HTTPRequest {
    var query = FormBody()
    query.add("variable", Self.planName)
    return request(.get, "channels/\(names[.call(call)])/variable", query)
  }

  /// Sends a call that was answered to where machines are told from people.
  func detecting(_ call: Call.ID, in context: String) -> HTTPRequest {
    var query = FormBody()
    query.add("context", context)
    query.add("extension", "s")
    query.add("priority", "1")
    return request(.post, "channels/\(names[.call(call)])/continue", query)
  }

  /// Plays something to whoever answered.
  func playing(_ media: String, to call: Call.ID, as name: String) -> HTTPRequest {
    // In the query a comma would end the address of a sound.
    request(
      .post, "channels/\(names[.call(call)])/play", FormBody(),
      ["media": .array(Self.media(media).map { .string($0) }), "playbackId": .string(name)]
    ).urgent
  }

  /// An address of the web is a sound that Asterisk fetches; anything else says itself what it is, and may be several
  /// things with commas between.
  private static func media(_ text: String) -> [String] {
    guard !text.hasPrefix("http://"), !text.hasPrefix("https://") else { return ["sound:\(text)"] }
    return text.split(separator: ",").map(String.init)
  }

  /// Asks whether what the dialer plays by itself goes on.
  func askingForPlayback(_ call: Call.ID) -> HTTPRequest { request(.get, "playbacks/\(names.playback(call))") }

  // MARK: Bridges

  /// Makes the bridge of a call.
  func bridging(_ call: Call.ID) -> HTTPRequest {
    var query = FormBody()
    query.add("type", "mixing")
    return request(.post, "bridges/\(names.bridge(call))", query).urgent
  }

  func askingForBridge(of call: Call.ID) -> HTTPRequest { request(.get, "bridges/\(names.bridge(call))") }

  func joining(_ name: AsteriskNames.Channel, to call: Call.ID) -> HTTPRequest {
    var query = FormBody()
    query.add("channel", names[name])
    return request(.post, "bridges/\(names.bridge(call))/addChannel", query).urgent
  }

  /// Plays music to who is in the bridge of a call, and to nobody else yet.
  func playingMusic(_ music: String, to call: Call.ID) -> HTTPRequest {
    var query = FormBody()
    query.add("mohClass", music)
    return request(.post, "bridges/\(names.bridge(call))/moh", query).urgent
  }

  func stoppingMusic(of call: Call.ID) -> HTTPRequest {
    request(.delete, "bridges/\(names.bridge(call))/moh").urgent
  }

  func removingBridge(_ call: Call.ID) -> HTTPRequest { request(.delete, "bridges/\(names.bridge(call))") }

  func listingBridges() -> HTTPRequest { request(.get, "bridges") }

  // MARK: Events

  /// The address of the events, and the fields that prove who asks for them.
  var events: (url: String, fields: [String: String]) {
    var query = FormBody()
    query.add("app", settings.application)
    return ("\(base)/events?\(query.text)", ["Authorization": authorization])
  }

  /// Asks to be told of calls that an earlier process has placed.
  func subscribing(to channels: some Sequence<AsteriskNames.Channel>) -> HTTPRequest {
    var query = FormBody()
    query.add("eventSource", channels.map { "channel:\(names[$0])" }.joined(separator: ","))
    return request(.post, "applications/\(WebhookAddresses.escape(settings.application))/subscription", query)
  }

  // MARK: Answers

  /// What the answer to an order means.
  func placement(_ response: HTTPResponse, of name: AsteriskNames.Channel) -> PlacementAnswer {
    let fault = AsteriskFault(response)
    switch response.status {
    case 200..<300:
      guard AsteriskChannel(response.json, names)?.name == name else {
        return .uncertain("the answer names no channel")
      }
      return .placed(names[name], queued: nil)
    // There is a channel of this name: this order was placed before.
    case 409 where fault.isCarriers: return .placed(names[name], queued: nil)
    // Asterisk says this before it dials, of an endpoint that it does not have as well as of one that is full.
    case 500 where fault.message == "Allocation failed":
      return .refused(DialerError(.unavailable, "Asterisk made no channel; see that it has the endpoint, and room"))
    default: return CarrierRefusal.answer(to: response, said: fault)
    }
  }

  // MARK: Requests

  private func request(
    _ method: HTTPRequest.Method, _ path: String, _ query: FormBody = FormBody(), _ body: JSONValue? = nil
  ) -> HTTPRequest {
    var fields = ["Authorization": authorization, "Accept": "application/json"]
    // Without a body it could be sent twice (``HTTPTransport``).
    let body = method == .post ? body ?? .object([:]) : body
    if body != nil { fields["Content-Type"] = "application/json" }
    return HTTPRequest(
      method, "\(base)/\(path)" + (query.text.isEmpty ? "" : "?\(query.text)"), fields: fields,
      body: body?.serializedBytes() ?? [])
  }
}

/// What Asterisk says about a request that it refuses.
struct AsteriskFault: CarrierFault {
  let message: String?
  let carrierCode: String? = nil
  let code: DialerError.Code? = nil

  init(_ response: HTTPResponse) {
    let json = response.json
    message = json?["message"]?.string ?? json?["error"]?.string
  }

  var isCarriers: Bool { message != nil }
}
