import CampaignKit
internal import JSON
internal import WebServer

/// A request to a ``ScriptedCarrier``, read.
struct WireRequest: Sendable {
  var method: String
  var path: String
  var query: [CallbackItem]
  var authorization: String?
  var contentType: String?
  var body: [UInt8]

  init(_ request: Request) async throws {
    method = request.method.name
    path = request.path
    query = try request.query().pairs.map { CallbackItem($0.name, $0.value) }
    authorization = request["Authorization"]
    contentType = request["Content-Type"]
    body = try await request.body.collect()
  }

  /// The first value of a name in the query.
  subscript(name: String) -> String? { query.first { $0.name == name }?.value }

  /// The fields of the body; nil if it is no form.
  var form: [CallbackItem]? {
    guard contentType?.hasPrefix("application/x-www-form-urlencoded") == true else { return nil }
    return (try? FormValues(decoding: body))?.pairs.map { CallbackItem($0.name, $0.value) }
  }

  /// The members of the body; nil if it is no object in JSON.
  var members: JSONObject? {
    guard contentType?.hasPrefix("application/json") == true else { return nil }
    return (try? JSONValue(parsing: body))?.object
  }
}

/// What a ``ScriptedCarrier`` answers, and what it does.
struct WireAnswer: Sendable {
  /// What is done.
  enum Effect: Sendable {
    case placed(Int, CallPlot, ringTime: Duration, detects: Bool)
    case ended(Int)
    /// Something happens to a call after a while.
    case later(Int, Switchboard.Step, CallPlot, after: Duration)
    /// A call goes on with the document at another address, which is taken for a message, and is over then.
    case redirected(Int, to: String)
  }

  var status: Int
  var json: JSONValue?
  var effect: Effect?

  init(_ status: Int, _ json: JSONValue? = nil, _ effect: Effect? = nil) {
    self.status = status
    self.json = json
    self.effect = effect
  }
}

/// The side of one carrier that is spoken to over HTTP.
protocol WireSide: Sendable {
  /// The field that proves who asks.
  var authorization: String { get }
  /// How the carrier names calls.
  var naming: Switchboard.Naming { get }
  /// Whether a request asks for a call.
  func isOrder(_ request: WireRequest) -> Bool
  /// What a request says.
  func parameters(of request: WireRequest) -> [CallbackItem]
  /// The answer to a request.
  func answer(_ request: WireRequest, _ board: inout Switchboard, _ office: Office) -> WireAnswer
  /// The answer to an order that comes too fast.
  var throttled: WireAnswer { get }
  /// What is told of a step in the life of a call.
  func callbacks(for step: Switchboard.Step, of call: ScriptedCall, script: CallPlot) -> [ScriptedCallback]
}

/// What a carrier's side needs beside its calls.
struct Office: Sendable {
  var now: Timestamp
  var script: @Sendable (PhoneNumber, Int) -> CallPlot
}
