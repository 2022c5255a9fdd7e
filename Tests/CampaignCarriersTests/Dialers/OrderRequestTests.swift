import CampaignCarriers
import CampaignKit
import JSON
import Testing

@Suite struct OrderRequestTests {
  private static let made = ScriptedTransport.Answer.json(
    201, ["sid": "CA1", "request_uuid": "PL1", "status": "queued"])

  /// What is sent for an order of now.
  private static func sent(
    _ dialer: (any HTTPTransport) throws -> any Dialer, _ edit: (inout Campaign) -> Void = { _ in }
  ) async throws -> (HTTPRequest, CallOrder) {
    let transport = ScriptedTransport(made)
    let order = try Dialing.order(at: SystemTime().now(), edit)
    _ = try await dialer(transport).place(order)
    return (try #require(transport.sent.first), order)
  }

  private static func webhook(_ carrier: String, _ purpose: String, _ order: CallOrder) -> String {
    "https%3A%2F%2Fcalls.example.com%2Fwebhooks%2F\(carrier)%2F\(purpose)%3FcallId%3D\(order.id)"
  }

  @Test("Twilio is sent a plain order with all that a campaign says")
  func plainTwilio() async throws {
    let (request, order) = try await Self.sent { try Dialing.twilio($0) }
    #expect(request.method == .post)
    #expect(request.url == "https://api.twilio.com/2010-04-01/Accounts/AC1/Calls.json")
    #expect(
      request.fields == [
        "Authorization": "Basic QUMxOnRva2Vu", "Accept": "application/json",
        "Content-Type": "application/x-www-form-urlencoded",
      ])
    #expect(
      request.form == [
        "To=%2B15551230001", "From=%2B15005550006", "StatusCallback=\(Self.webhook("twilio", "status", order))",
        "StatusCallbackEvent=initiated", "StatusCallbackEvent=ringing", "StatusCallbackEvent=answered",
        "StatusCallbackEvent=completed", "StatusCallbackMethod=POST", "Timeout=30", "TimeLimit=14400",
        "Url=\(Self.webhook("twilio", "answer", order))", "Method=POST",
      ])
    #expect(request.sendBy == order.placeBy)
  }

  @Test(
    "Machines are looked for as the campaign and the dialer say",
    arguments: [
      (MachineDetection.Mode.off, MachineDetectionTiming.whileTalking, [] as [String]),
      (.fast, .whileTalking, ["MachineDetection=Enable", "AsyncAmd=true", "AsyncAmdStatusCallbackMethod=POST"]),
      (.greetingEnd, .beforeTalking, ["MachineDetection=DetectMessageEnd"]),
    ])
  func detection(mode: MachineDetection.Mode, timing: MachineDetectionTiming, expected: [String]) async throws {
    let (request, order) = try await Self.sent({ try Dialing.twilio($0, detection: timing) }) {
      $0.machineDetection.mode = mode
    }
    let seen = request.form.filter { $0.hasPrefix("MachineDetection") || $0.hasPrefix("AsyncAmd") }
    let callback = "AsyncAmdStatusCallback=\(Self.webhook("twilio", "amd", order))"
    #expect(Set(seen) == Set(expected + (expected.contains("AsyncAmd=true") ? [callback] : [])))
  }

  @Test("A recording, a ring time and a longest call are asked for within what Twilio takes")
  func recording() async throws {
    let (request, order) = try await Self.sent({ try Dialing.twilio($0) }) {
      $0.recordsCalls = true
      $0.ringTime = .milliseconds(20_500)
      $0.longestCall = .seconds(1_000_000)
    }
    let expected = [
      "Record=true", "RecordingStatusCallback=\(Self.webhook("twilio", "recording", order))",
      "RecordingStatusCallbackMethod=POST", "RecordingStatusCallbackEvent=completed", "Timeout=21", "TimeLimit=86400",
    ]
    #expect(Set(expected).isSubset(of: request.form))
  }

  @Test("An API key stands in the credentials, the account in the path, and a region in the host")
  func keysAndRegions() async throws {
    let (request, _) = try await Self.sent { transport in
      TwilioDialer(
        account: "AC1", credentials: .apiKey("SK1", secret: "s"), publicURL: try Dialing.publicURL(),
        baseURL: TwilioDialer.baseURL(region: "ie1", edge: "dublin"), transport: transport)
    }
    #expect(request.url == "https://api.dublin.ie1.twilio.com/2010-04-01/Accounts/AC1/Calls.json")
    #expect(request.fields["Authorization"] == "Basic U0sxOnM=")
  }

  @Test("SignalWire is sent the same under its own path, without what it does not know")
  func signalWire() async throws {
    let (request, order) = try await Self.sent({ transport in
      SignalWireDialer(
        space: "acme", project: "p-1", token: "t", publicURL: try Dialing.publicURL(), transport: transport)
    }) { $0.machineDetection.mode = .fast }
    #expect(request.url == "https://acme.signalwire.com/api/laml/2010-04-01/Accounts/p-1/Calls.json")
    #expect(request.form.contains("Url=\(Self.webhook("signalwire", "answer", order))"))
    #expect(request.form.contains("MachineDetection=Enable"))
    #expect(!request.form.contains { $0.hasPrefix("TimeLimit") })
  }

  @Test("Plivo is sent JSON, numbers without a plus sign, and one address for ringing and the end")
  func plivo() async throws {
    let (request, order) = try await Self.sent({ transport in
      PlivoDialer(authID: "MA1", authToken: "t", publicURL: try Dialing.publicURL(), transport: transport)
    }) { $0.machineDetection.mode = .greetingEnd }
    #expect(request.url == "https://api.plivo.com/v1/Account/MA1/Call/")
    #expect(request.fields["Content-Type"] == "application/json")
    let address = { (purpose: String) in
      JSONValue.string("https://calls.example.com/webhooks/plivo/\(purpose)?callId=\(order.id)")
    }
    let body = try JSONValue(parsing: request.body)
    #expect(
      body == [
        "from": "15005550006", "to": "15551230001", "answer_url": address("answer"), "answer_method": "POST",
        "ring_url": address("status"), "ring_method": "POST", "hangup_url": address("status"), "hangup_method": "POST",
        "ring_timeout": 30, "time_limit": 14_400, "machine_detection": "true", "machine_detection_url": address("amd"),
        "machine_detection_method": "POST",
      ])
  }

  @Test("An order without a caller number gets the default one, and is refused where there is none")
  func callerNumber() async throws {
    let transport = ScriptedTransport(Self.made)
    let dialer = try Dialing.twilio(transport)
    let order = try Dialing.order(from: nil, at: SystemTime().now())
    #expect(await Dialing.failure(dialer, order)?.code == .invalidOrder)
    #expect(transport.sent.isEmpty)
    let number = try Dialing.number(15_005_550_001)
    _ = try await Dialing.twilio(transport) { $0.defaultFrom = number }.place(order)
    #expect(transport.sent.first?.form.contains("From=%2B15005550001") == true)
  }

  @Test("An agent is rung with the document for agents, not for ever, and what comes of it is reported")
  func agents() async throws {
    var agent = Agent(
      id: Agent.ID(high: 3, low: 3), account: Dialing.account, kind: .person, name: "Ada", createdAt: .distantPast)
    agent.phone = try Dialing.number(15_557_770_000)
    let transport = ScriptedTransport(Self.made)
    let dialer = try Dialing.twilio(transport)
    let order = try Dialing.order(at: SystemTime().now())
    _ = try await dialer.place(order)
    try await dialer.connect(Dialing.reference(order, "CA1"), to: agent)
    let form = try #require(transport.sent.last?.form)
    #expect(form.contains("To=%2B15557770000"))
    #expect(
      form.contains { $0.hasPrefix("Url=\(Self.webhook("twilio", "agent-answer", order))%26agentId%3D\(agent.id)") })
    let status = "StatusCallback=\(Self.webhook("twilio", "agent-status", order))%26agentId%3D\(agent.id)"
    #expect(form.contains(status))
    #expect(form.filter { $0.hasPrefix("StatusCallbackEvent") } == ["StatusCallbackEvent=completed"])
    #expect(form.contains("Timeout=30"))
    agent.phone = nil
    await #expect(throws: DialerError.self) { try await dialer.connect(Dialing.reference(order, "CA1"), to: agent) }
  }
}
