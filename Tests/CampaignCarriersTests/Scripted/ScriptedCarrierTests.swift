import CampaignCarriers
import CampaignTesting
import Foundation
import JSON
import Locks
import Testing
import WebServer

@Suite struct ScriptedCarrierTests {
  private static let proof = "Basic " + Data("AC00000000000000000000000000000001:secret".utf8).base64EncodedString()
  private static let account = "AC00000000000000000000000000000001"

  private static func calls(_ kind: ScriptedCarrier.Kind) -> String {
    switch kind {
    case .twilio: "/2010-04-01/Accounts/\(account)/Calls.json"
    case .signalWire: "/api/laml/2010-04-01/Accounts/\(account)/Calls.json"
    case .plivo: "/v1/Account/\(account)/Call/"
    case .asterisk: "/ari/channels"
    }
  }

  private static func order(
    _ kind: ScriptedCarrier.Kind, _ base: String, _ body: String, proof: String = proof
  ) -> HTTPRequest {
    let type = kind == .plivo ? "application/json" : "application/x-www-form-urlencoded"
    let url = kind == .asterisk ? base + "/ari/channels?" + body : base + calls(kind)
    return HTTPRequest(
      .post, url, fields: ["Authorization": proof, "Content-Type": type], body: Array(body.utf8))
  }

  private static let form = "To=%2B15551230001&From=%2B15005550006&Url=https%3A%2F%2Fexample.com%2Fanswer"
  private static let json = #"{"to":"15551230001","from":"15005550006","answer_url":"https://example.com/answer"}"#

  private static let channel =
    "endpoint=PJSIP%2F15551230001%40trunk&app=campaignkit&channelId=ck-1&callerId=%2B15005550006&timeout=20"

  private static func good(_ kind: ScriptedCarrier.Kind) -> String {
    switch kind {
    case .plivo: json
    case .asterisk: channel
    case .twilio, .signalWire: form
    }
  }

  @Test("A good order is a call", arguments: ScriptedCarrier.Kind.allCases)
  func accepts(_ kind: ScriptedCarrier.Kind) async throws {
    let carrier = ScriptedCarrier(kind) { _ in }
    let base = try carrier.start()
    let response = try await URLSessionTransport.patient().send(Self.order(kind, base, Self.good(kind)))
    #expect(response.status == (kind == .asterisk ? 200 : 201))
    let names = ["request_uuid", "sid", "id"]
    let answer = try JSONValue(parsing: response.body)
    let name = names.lazy.compactMap { answer[$0]?.string }.first
    #expect(carrier.books.calls.map(\.reference) == [name])
    #expect(carrier.books.orders.map(\.reference) == [name])
    await carrier.stop()
  }

  @Test(
    "What the carrier would refuse is refused, and is no call",
    arguments: [
      (ScriptedCarrier.Kind.twilio, form + "&Colour=blue", 400, "20001"),
      (.twilio, "From=%2B15005550006&Url=https%3A%2F%2Fexample.com", 400, "21201"),
      (.twilio, "To=%2B15551230001&Url=https%3A%2F%2Fexample.com", 400, "21213"),
      (.twilio, "To=555&From=%2B15005550006&Url=https%3A%2F%2Fexample.com", 400, "21211"),
      (.twilio, "To=%2B15551230001&From=me&Url=https%3A%2F%2Fexample.com", 400, "21212"),
      (.twilio, "To=%2B15551230001&From=%2B15005550006", 400, "21205"),
      (.twilio, form + "&StatusCallback=nowhere", 400, "21609"),
      (.twilio, form + "&StatusCallbackEvent=busy", 400, "21626"),
      (.twilio, form + "&Timeout=601", 400, "20001"),
      (.twilio, form + "&MachineDetection=Maybe", 400, "20001"),
      (.signalWire, form + "&TimeLimit=60", 400, "20001"),
      (.plivo, #"{"to":"15551230001","from":"15005550006"}"#, 400, "answer_url"),
      (.plivo, #"{"from":"15005550006","answer_url":"https://example.com"}"#, 400, "to parameter"),
      (.plivo, #"{"to":"1","from":"15005550006","answer_url":"https://example.com"}"#, 400, "destination"),
      (.plivo, #"{"to":"15551230001","from":"15005550006","answer_url":"https://a.b","size":1}"#, 400, "size"),
      (.asterisk, "app=campaignkit&channelId=ck-1&callerId=15005550006", 400, "Endpoint"),
      (.asterisk, "endpoint=PJSIP%2F15551230001&channelId=ck-1&callerId=15005550006", 400, "Application"),
      (.asterisk, "endpoint=PJSIP%2F15551230001&app=a&callerId=15005550006", 400, "names its channels"),
      (.asterisk, "endpoint=PJSIP%2Fnobody&app=a&channelId=ck-1&callerId=15005550006", 500, "Allocation failed"),
      (.asterisk, channel + "&colour=blue", 400, "colour"),
    ])
  func refuses(_ kind: ScriptedCarrier.Kind, _ body: String, _ status: Int, _ words: String) async throws {
    let carrier = ScriptedCarrier(kind) { _ in }
    let base = try carrier.start()
    let response = try await URLSessionTransport.patient().send(Self.order(kind, base, body))
    #expect(response.status == status)
    #expect(String(decoding: response.body, as: UTF8.self).contains(words))
    #expect(carrier.books.calls.isEmpty)
    #expect(carrier.books.orders.count == 1)
    await carrier.stop()
  }

  @Test("Who cannot prove who they are is refused", arguments: ScriptedCarrier.Kind.allCases)
  func strangers(_ kind: ScriptedCarrier.Kind) async throws {
    let carrier = ScriptedCarrier(kind) { _ in }
    let base = try carrier.start()
    let wrong = Self.order(kind, base, Self.good(kind), proof: "Basic d3Jvbmc6d3Jvbmc=")
    #expect(try await URLSessionTransport.patient().send(wrong).status == 401)
    #expect(carrier.books.calls.isEmpty)
    await carrier.stop()
  }

  @Test("Twilio tells of the events that were asked for, in their order")
  func tells() async throws {
    let told = Locked<[ScriptedCallback]>([])
    let carrier = ScriptedCarrier(.twilio) { callback in told.withLock { $0.append(callback) } }
    let base = try carrier.start()
    var form = Self.form + "&StatusCallback=https%3A%2F%2Fexample.com%2Fstatus"
    for event in ["ringing", "answered", "completed"] { form += "&StatusCallbackEvent=" + event }
    _ = try await URLSessionTransport.patient().send(Self.order(.twilio, base, form))
    await carrier.rest()
    let callbacks = told.withLock { $0 }
    let status = callbacks.filter { $0.purpose == .status }
    #expect(status.map { $0["CallStatus"] } == ["ringing", "in-progress", "completed"])
    #expect(status.map { $0["SequenceNumber"] } == ["0", "1", "2"])
    #expect(callbacks.filter { $0.purpose == .answer }.map(\.url) == ["https://example.com/answer"])
    #expect(carrier.books.calls.map(\.outcome) == [.completed])
    await carrier.stop()
  }

  @Test(
    "A call that is given another document asks for it, and is over when it has heard it", arguments: [true, false])
  func redirected(isPlivo: Bool) async throws {
    let kind = isPlivo ? ScriptedCarrier.Kind.plivo : .twilio
    let told = Locked<[ScriptedCallback]>([])
    var configuration = ScriptedCarrier.Configuration()
    configuration.script = { _, _ in CallPlot(.answered(.human, hangsUpAfter: nil), setup: .zero, ring: .zero) }
    let carrier = ScriptedCarrier(kind, configuration) { callback in told.withLock { $0.append(callback) } }
    let base = try carrier.start()
    let transport = URLSessionTransport.patient()
    _ = try await transport.send(Self.order(kind, base, Self.good(kind)))
    while carrier.books.calls.first?.answeredAt == nil { await Task.yield() }
    let name = try #require(carrier.books.calls.first?.reference)
    var request = Self.order(kind, base, "")
    if isPlivo {
      request.url += "\(name)/"
      request.body = Array(#"{"legs":"aleg","aleg_url":"https://example.com/other","aleg_method":"POST"}"#.utf8)
    } else {
      request.url = request.url.replacing("Calls.json", with: "Calls/\(name).json")
      request.body = Array("Url=https%3A%2F%2Fexample.com%2Fother&Method=POST".utf8)
    }
    #expect(try await transport.send(request).status == (isPlivo ? 202 : 200))
    await carrier.rest()
    #expect(carrier.books.calls.map(\.outcome) == [.completed])
    let asked = told.withLock { $0 }.filter { $0.purpose == .answer }.map(\.url)
    #expect(asked == ["https://example.com/answer", "https://example.com/other"])
    // One that is over cannot be given anything to do.
    #expect(try await transport.send(request).status == (isPlivo ? 404 : 400))
    await carrier.stop()
  }

  @Test("What a burst refuses is no call, and what is reset after it was taken is one")
  func faults() async throws {
    let carrier = ScriptedCarrier(.twilio) { _ in }
    let base = try carrier.start()
    let transport = URLSessionTransport.patient()
    carrier.faults.throttled = 1
    #expect(try await transport.send(Self.order(.twilio, base, Self.form)).status == 429)
    #expect(carrier.books.calls.isEmpty)
    carrier.faults = .none
    carrier.faults.resetBefore = 1
    await #expect(throws: HTTPTransportError.self) { try await transport.send(Self.order(.twilio, base, Self.form)) }
    #expect(carrier.books.calls.isEmpty)
    carrier.faults = .none
    carrier.faults.resetAfter = 1
    await #expect(throws: HTTPTransportError.self) { try await transport.send(Self.order(.twilio, base, Self.form)) }
    #expect(carrier.books.calls.count == 1)
    await carrier.stop()
  }

  @Test("Callbacks are sent over HTTP to the address that the order named")
  func posts() async throws {
    var router = Router()
    router.post("/status") { request in
      let form = try FormValues(decoding: try await request.body.collect())
      return .text("\(request.queryText) \(form["CallStatus"] ?? "")")
    }
    router.post("/closed") { _ in Response(.unauthorized, fields: ["WWW-Authenticate": "Basic realm=\"here\""]) }
    var listening = WebServer.Configuration()
    listening.addresses = [.loopback(port: 0)]
    listening.shutdownIdleTimeout = .milliseconds(10)
    let server = Server(configuration: listening, router: router)
    let base = try "http://127.0.0.1:\(#require(server.start().first).port)"
    let items = [CallbackItem("CallStatus", "no-answer & more")]
    let post = CallbackPost()
    let answer = await post(
      ScriptedCallback(purpose: .status, url: base + "/status?callId=1", method: "POST", items: items))
    #expect(answer?.status == 200)
    #expect(answer.map { String(decoding: $0.body, as: UTF8.self) } == "callId=1 no-answer & more")
    let refused = await post(ScriptedCallback(purpose: .status, url: base + "/closed", method: "POST", items: items))
    #expect(refused == nil)
    await server.shutdown()
  }
}
