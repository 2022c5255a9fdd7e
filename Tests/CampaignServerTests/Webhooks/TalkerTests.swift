import CampaignKit
import JSON
import Locks
import Testing

@testable import CampaignServer

/// Who talks to people who answer, where a carrier asks over the web what to say to them.
@Suite struct TalkerTests {
  @Test("Where a carrier has no words for what is to be done, the call is hung up, and it is told why")
  func hasNoWords() async throws {
    let reported = Locked<[String]>([])
    let bench = try await WebhookBench { configuration in
      configuration.reportError = { error, _ in reported.withLock { $0.append("\(error)") } }
    }
    let account = try #require(bench.bench.accounts["one"]).id
    try await bench.withCall { call, name in
      _ = try await bench.bench.service.change(try #require(call.campaign), of: account) {
        $0.agents.mediaStreamURL = "ws://ai.example.com/media"
      }
      let answer = try await bench.report("answer?callId=\(name)", WebhookTests.form)
      #expect(answer.status == 200)
      #expect(answer.document.contains("<Response><Hangup/></Response>"), "\(answer.document)")
    }
    #expect(reported.withLock { $0.count } == 1)
    #expect(reported.withLock { $0.first }?.contains("ws://ai.example.com/media") == true)
  }

  @Test("An address that the carrier cannot stream to is refused, by its name") func refusesStreams() async throws {
    let wrong: JSONValue = "ws://ai.example.com/media"
    let plivo = try await DialectScene.plivo(dialer: SilentCarrier())
    var body = DialectScene.campaignBody(try await plivo.makeList([DialectScene.number(0)]))
    body["wssUrl"] = wrong
    let single: JSONValue = ["from": "+14155550100", "to": .string(DialectScene.number(1)), "wssUrl": wrong]
    for (path, body) in [("/create-campaign", .object(body)), ("/single-call", single)] {
      let answer = try await plivo.ask(.post, path, body)
      #expect(answer.status == 400, "\(answer.body)")
      #expect(answer.body["fields"]?.array?.map { $0["field"]?.string } == ["wssUrl"])
      #expect(answer.body["message"]?.string?.contains("wss://") == true)
    }
    let v1 = try await DialectScene(.v1(), dialer: SilentCarrier())
    #expect(try await v1.status(.post, "/agents", ["name": "Ada", "streamUrl": wrong]) == 400)
    let agent = try await v1.ask(.post, "/agents", ["name": "Ada", "streamUrl": "wss://ai.example.com/media"])
    #expect(agent.body["data"]?["streamUrl"] == "wss://ai.example.com/media")
    let id = try #require(agent.body["data"]?["id"]?.string)
    #expect(try await v1.status(.put, "/agents/\(id)", ["streamUrl": wrong]) == 400)
    let voice = try await DialectScene(.voice(), dialer: SilentCarrier())
    #expect(try await voice.status(.post, "/campaigns", ["name": "Q4", "streamUrl": wrong]) == 400)
    let tenant = try await WebhookBench()
    let refused = try await tenant.bench.ask(.post, "/api/campaigns", ["name": "Q4", "stream_url": wrong])
    #expect(refused.status == 400 && "\(refused.body)".contains("stream_url"))
  }

  @Test("Where no carrier records calls, campaigns record nothing, and one that is to is refused")
  func recordings() async throws {
    for (name, records) in [("asterisk", false), ("twilio", true)] {
      let bench = try await WebhookBench(SilentCarrier(name: name)).bench
      let made = try await bench.ask(.post, "/api/campaigns", ["name": "Q4"])
      #expect(made.body["campaign"]?["record_calls"]?.bool == records)
      let wish = try await bench.ask(.post, "/api/campaigns", ["name": "Q5", "record_calls": true])
      #expect(wish.status == (records ? 201 : 400))
      #expect("\(wish.body)".contains("Asterisk") == !records)
      let path = "/api/campaigns/\(made.body["campaign"]?["id"]?.string ?? "")"
      #expect(try await bench.ask(.put, path, ["record_calls": true]).status == (records ? 200 : 400))
      #expect(try await bench.ask(.put, path, ["record_calls": false]).status == 200)
    }
  }

  @Test("A campaign that only leaves messages keeps nobody waiting once it is known that it is a person")
  func leavesMessagesOnly() async throws {
    let settings: JSONObject = [
      "agent_id": .null, "amd_enabled": true, "voicemail_message_url": "https://example.com/a.mp3",
    ]
    for by in ["human", "machine_end_beep"] {
      let carrier = RedirectingCarrier()
      let bench = try await WebhookBench(carrier)
      try await bench.withCall(settings) { call, name in
        let unknown = try await bench.report("answer?callId=\(name)", WebhookTests.form)
        #expect(unknown.document.contains(#"<Response><Pause length="35"/><Hangup/></Response>"#))
        let told = try await bench.report("amd?callId=\(name)", ["CallSid": "CA1", "AnsweredBy": by])
        #expect(told.status == 200)
        while by == "human", carrier.hungUp.isEmpty { await Task.yield() }
        #expect(carrier.redirected.count == (by == "human" ? 0 : 1))
        var form = WebhookTests.form
        form["AnsweredBy"] = "human"
        guard by == "human" else { return }
        #expect(try await bench.report("answer?callId=\(name)", form).document.contains("<Response><Hangup/>"))
      }
    }
  }

  @Test("Of people nothing is told by Plivo, and they are not kept waiting for that") func hangsUpByItself()
    async throws
  {
    let bench = try await WebhookBench()
    let settings: JSONObject = [
      "agent_id": .null, "amd_enabled": true, "voicemail_message_url": "https://example.com/a.mp3",
      "record_calls": true,
    ]
    try await bench.withCall(settings) { call, name in
      let form = ["CallUUID": "CA-\(call.id)", "CallStatus": "in-progress", "Event": "StartApp"]
      let answer = try await bench.reportPlivo("answer?callId=\(name)", form)
      // Nor is silence recorded.
      #expect(answer.document.contains(#"<Response><Wait length="35"/><Hangup/></Response>"#), "\(answer.document)")
      let machine = form.merging(["Event": "MachineDetection", "Machine": "true"]) { $1 }
      #expect(try await bench.reportPlivo("amd?callId=\(name)", machine).status == 200)
      let message = try await bench.reportPlivo("answer?callId=\(name)", form)
      #expect(message.document.contains("<Play"), "\(message.document)")
    }
  }

  @Test("Plivo is told in the document that a call is to be recorded, and tells of the recording") func records()
    async throws
  {
    for records in [true, false] {
      let bench = try await WebhookBench()
      try await bench.withCall(["record_calls": .bool(records)]) { call, name in
        let form = ["CallUUID": "CA-\(call.id)", "CallStatus": "in-progress", "Event": "StartApp"]
        let answer = try await bench.reportPlivo("answer?callId=\(name)", form)
        #expect(answer.status == 200)
        let start = "<Response><Record recordSession=\"true\""
        #expect(answer.document.contains(start) == records, "\(answer.document)")
        #expect(answer.document.contains("/webhooks/plivo/recording?callId=\(call.id)\"") == records)
        #expect(answer.document.contains("<Conference"))
        // Twilio was told with the order.
        #expect(!(try await bench.report("answer?callId=\(name)", WebhookTests.form)).document.contains("<Record"))
        guard records else { return }
        let recording = ["RecordUrl": "https://media.example.com/1.mp3", "RecordingID": "1", "RecordingDuration": "9"]
        #expect(try await bench.reportPlivo("recording?callId=\(name)", recording).status == 200)
        while try await bench.bench.engine.storage.call(call.id)?.recording == nil { await Task.yield() }
        let stored = try await bench.bench.engine.storage.call(call.id)?.recording
        #expect(stored?.url == "https://media.example.com/1.mp3" && stored?.duration == .seconds(9))
      }
    }
  }

  @Test("A campaign whose callers would be put on hold for nobody is not started") func startsNone() async throws {
    let bench = try await WebhookBench()
    let campaign = try await bench.bench.makeCampaign(leads: [number(2)])
    let refused = try await bench.bench.ask(.post, "/api/campaigns/\(campaign.id)/start")
    #expect(refused.status >= 400 && "\(refused.body)".contains("nobody would talk"), "\(refused.body)")
    #expect(try await bench.bench.engine.storage.campaign(campaign.key)?.status == .draft)
    for settings: JSONObject in [
      ["agent_id": "theirs"], ["agent_group_id": "sales"], ["stream_url": "wss://ai.example.com/media"],
      ["amd_enabled": true, "voicemail_message_url": "https://example.com/a.mp3"],
    ] {
      let campaign = try await bench.bench.makeCampaign(settings, leads: [number(3)])
      try await bench.bench.done(.post, "/campaigns/\(campaign.id)/start")
    }
    // Nobody real is called by the simulated carrier.
    let simulated = try await WebhookBench(SimulatedCarrier(mix: .instant))
    let other = try await simulated.bench.makeCampaign(leads: [number(2)])
    try await simulated.bench.done(.post, "/campaigns/\(other.id)/start")
  }

  @Test("An agent of the plain API is sent what is heard once it has an address") func streamsToPlainAgents()
    async throws
  {
    let scene = try await DialectScene(.v1(), dialer: SilentCarrier()) {
      $0.defaultCallerNumber = PhoneNumber(e164: "+14155550100")
    }
    let agent = try await scene.ask(.post, "/agents", ["name": "Ada"])
    let name = try #require(agent.body["data"]?["id"]?.string)
    let campaign = try await scene.ask(.post, "/campaigns", ["name": "Q4"])
    let id = try #require(campaign.body["data"]?["id"]?.string)
    #expect(try await scene.status(.post, "/campaigns/\(id)/agents", ["agentId": .string(name)]) < 300)
    #expect(try await scene.status(.post, "/campaigns/\(id)/leads", ["phoneNumber": .string(number(5))]) < 300)
    let refused = try await scene.ask(.post, "/campaigns/\(id)/start")
    #expect(refused.status == 400 && "\(refused.body)".contains("nobody would talk"), "\(refused.body)")
    let address: JSONValue = ["streamUrl": "wss://ai.example.com/media"]
    #expect(try await scene.status(.put, "/agents/\(name)", address) == 200)
    #expect(try await scene.status(.post, "/campaigns/\(id)/start") == 200)
    let stored = try #require(try await scene.bench.engine.storage.campaign(try scene.campaign(id)))
    let voice = try #require(stored.agents.agents.first)
    #expect(
      try await scene.bench.engine.talker(of: stored)
        == .program(address: "wss://ai.example.com/media", agent: "\(voice)"))
  }
}
