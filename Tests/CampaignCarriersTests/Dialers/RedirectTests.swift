import CampaignCarriers
import CampaignKit
import JSON
import Testing

@Suite struct RedirectTests {
  private static let address = "https://calls.example.com/webhooks/x/answer?callId=1"
  private static let done = ScriptedTransport.Answer.json(200, ["sid": "CA1", "status": "in-progress"])

  @Test("Twilio and SignalWire are given the address of another document") func twilio() async throws {
    let transport = ScriptedTransport(Self.done)
    let reference = Dialing.reference(try Dialing.order(), "CA1")
    try await Dialing.twilio(transport).redirect(reference, to: Self.address)
    let signalWire = SignalWireDialer(
      space: "acme", project: "p-1", token: "t", publicURL: try Dialing.publicURL(), transport: transport)
    try await signalWire.redirect(reference, to: Self.address)
    #expect(
      transport.sent.map(\.line) == [
        "POST /2010-04-01/Accounts/AC1/Calls/CA1.json", "POST /api/laml/2010-04-01/Accounts/p-1/Calls/CA1.json",
      ])
    let form = ["Url=https%3A%2F%2Fcalls.example.com%2Fwebhooks%2Fx%2Fanswer%3FcallId%3D1", "Method=POST"]
    #expect(transport.sent.allSatisfy { $0.form == form })
  }

  @Test("Plivo is given it for the leg of the person called") func plivo() async throws {
    let transport = ScriptedTransport(ScriptedTransport.Answer.json(202, ["message": "call transferred"]))
    let plivo = PlivoDialer(authID: "MA1", authToken: "t", publicURL: try Dialing.publicURL(), transport: transport)
    try await plivo.redirect(Dialing.reference(try Dialing.order(), "u-1"), to: Self.address)
    let sent = try #require(transport.sent.first)
    #expect(sent.line == "POST /v1/Account/MA1/Call/u-1/")
    #expect(
      try JSONValue(parsing: sent.body)
        == ["legs": "aleg", "aleg_url": .string(Self.address), "aleg_method": "POST"])
  }

  @Test("A call that is over is left as it is, and what is refused is an error") func over() async throws {
    let reference = Dialing.reference(try Dialing.order(), "CA1")
    for (status, code) in [(404, 20404), (400, 21220)] {
      let transport = ScriptedTransport(ScriptedTransport.Answer.json(status, ["code": JSONValue(code)]))
      try await Dialing.twilio(transport).redirect(reference, to: Self.address)
      #expect(transport.sent.count == 1)
    }
    let refused = ScriptedTransport(ScriptedTransport.Answer.json(401, ["code": 20003]))
    let error = await #expect(throws: DialerError.self) {
      try await Dialing.twilio(refused).redirect(reference, to: Self.address)
    }
    #expect(error?.code == .notPermitted)
  }

  @Test("A person whom nobody takes is given the document for that, by all three and through trunks")
  func dismissed() async throws {
    let order = try Dialing.order()
    let address = { (carrier: WebCarrier) in
      WebhookAddresses(carrier, publicURL: try Dialing.publicURL()).address(.abandoned, of: order.id)
    }
    let url = try Dialing.publicURL()
    let twilio = ScriptedTransport(Self.done)
    let reference = Dialing.reference(order, "CA1")
    let signalWire = SignalWireDialer(space: "acme", project: "p-1", token: "t", publicURL: url, transport: twilio)
    try await Dialing.twilio(twilio).hangUp(reference, after: "https://example.com/a.mp3")
    try await signalWire.hangUp(reference, after: "https://example.com/a.mp3")
    let addresses = [try address(.twilio), try address(.signalWire)]
    #expect(addresses.first?.contains("/webhooks/twilio/abandoned?callId=") == true)
    #expect(twilio.sent.map(\.form) == addresses.map { ["Url=" + Self.escaped($0), "Method=POST"] })
    let transport = ScriptedTransport(ScriptedTransport.Answer.json(202, ["message": "call transferred"]))
    let plivo = PlivoDialer(authID: "MA1", authToken: "t", publicURL: url, transport: transport)
    try await plivo.hangUp(reference, after: "https://example.com/a.mp3")
    #expect(
      try JSONValue(parsing: try #require(transport.sent.first).body)["aleg_url"] == .string(try address(.plivo)))
    let line = Line("line", clock: .system)
    let trunks = Trunks([Trunk(line)])
    let placed = try Dialing.order(at: SystemTime().now())
    _ = try await trunks.place(placed)
    try await trunks.hangUp(Dialing.reference(placed), after: "https://example.com/a.mp3")
    #expect(line.dismissed == ["https://example.com/a.mp3"])
  }

  private static func escaped(_ text: String) -> String {
    [(":", "%3A"), ("/", "%2F"), ("?", "%3F"), ("=", "%3D")].reduce(text) { $0.replacing($1.0, with: $1.1) }
  }

  @Test("Trunks redirect through the carrier that has the call, if it can") func trunks() async throws {
    let transport = ScriptedTransport(Self.done)
    let order = try Dialing.order(at: SystemTime().now())
    let trunks = Trunks([Trunk(try Dialing.twilio(transport))])
    let reference = Dialing.reference(order, try await trunks.place(order))
    try await trunks.redirect(reference, to: Self.address)
    #expect(transport.sent.map(\.line).last == "POST /2010-04-01/Accounts/AC1/Calls/CA1.json")
    let other = Trunks([Trunk(Line("line", clock: .system))])
    _ = try await other.place(order)
    let error = await #expect(throws: DialerError.self) { try await other.redirect(reference, to: Self.address) }
    #expect(error?.code == .notPermitted)
  }
}
