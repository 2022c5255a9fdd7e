import CampaignCarriers
import CampaignKit
import Foundation
import JSON
import Testing
import WebServer

#if canImport(FoundationXML)
  import FoundationXML
#endif

@testable import CampaignServer

@Suite struct WebhookTests {
  static let form = ["CallSid": "CA1", "CallStatus": "in-progress", "From": "+14155551234", "To": "+14155552671"]
  static let unknown = "7d444840-9dc0-71d1-b245-000000000000"

  /// The five addresses of the document and one more, with what is sent to them.
  static let routes: [(target: String, form: [String: String])] = [
    ("answer?leadId=\(unknown)&callId=\(unknown)", form.merging(["AnsweredBy": "human"]) { $1 }),
    ("amd?callId=\(unknown)", ["CallSid": "CA1", "AnsweredBy": "machine_end_beep"]),
    ("status?callId=\(unknown)", ["CallSid": "CA1", "CallStatus": "completed", "CallDuration": "330"]),
    ("abandoned?callId=\(unknown)", form),
    ("agent-answer?conferenceName=call_1&leadName=John%20Doe&callId=\(unknown)", form),
    (
      "conference-status?callId=\(unknown)",
      ["ConferenceSid": "CF1", "FriendlyName": "call_1", "StatusCallbackEvent": "participant-join"]
    ),
  ]

  private func isWellFormed(_ document: String) -> Bool { XMLParser(data: Data(document.utf8)).parse() }

  @Test("T-80, T-87: what is signed is taken, also for calls that nobody knows") func takesWhatIsSigned() async throws {
    let bench = try await WebhookBench()
    for route in Self.routes {
      let answer = try await bench.report(route.target, route.form)
      #expect(answer.status == 200, "\(route.target): \(answer.document)")
      #expect(answer.document.contains("<Response"), "\(route.target)")
      #expect(isWellFormed(answer.document))
    }
    for target in ["status?callId=nonsense", "status", "answer?callId=", "agent-answer", "recording?callId=%2F"] {
      #expect(try await bench.report(target, Self.form).status == 200, "\(target)")
    }
  }

  @Test("T-81: what is not signed, or signed otherwise, is refused") func refusesWhatIsNotSigned() async throws {
    let bench = try await WebhookBench()
    for (target, form) in Self.routes {
      let path = "/webhooks/twilio/" + target
      let right = WebhookBench.signature(path, form)
      #expect(try await bench.report(target, form, signature: "").status == 403)
      #expect(
        try await bench.report(target, form, signature: WebhookBench.signature(path, form, key: "other")).status == 403)
      var changed = form
      changed["CallSid"] = "CA2"
      #expect(try await bench.report(target, form, signature: right, sent: changed).status == 403)
      #expect(try await bench.report(target + "&x=1", form, signature: right).status == 403)
      let elsewhere = WebhookBench.signature(path, form, at: "http://calls.example.com")
      #expect(try await bench.report(target, form, signature: elsewhere).status == 403)
      let response = try await bench.bench.send(.post, path, Array("CallSid=CA1".utf8), as: "one")
      #expect(response.status == .forbidden)
      // A carrier whose secret is not set is believed nothing.
      let other = path.replacing("twilio", with: "signalwire")
      #expect(try await bench.bench.send(.post, other, as: nil).status == .forbidden)
    }
  }

  @Test("T-81: the address that was set counts, not the one that a request names") func believesNoHost() async throws {
    let bench = try await WebhookBench()
    let (target, form) = Self.routes[2]
    let signature = WebhookBench.signature("/webhooks/twilio/" + target, form, at: "https://evil.example.com")
    let answer = try await bench.report(
      target, form, signature: signature,
      fields: ["Host": "evil.example.com", "X-Forwarded-Host": "evil.example.com", "X-Forwarded-Proto": "https"])
    #expect(answer.status == 403)
    #expect(try await bench.report(target, form, fields: ["Host": "10.0.0.1:3000"]).status == 200)
  }

  @Test("Without a public address only a server of this machine alone believes where it was asked")
  func withoutPublicURL() async throws {
    let (target, form) = Self.routes[2]
    for (isLocal, host, status) in [
      (true, "127.0.0.1:3000", 200), (true, "evil.example.com", 403), (false, "127.0.0.1:3000", 403),
    ] {
      let bench = try await WebhookBench {
        $0.publicURL = nil
        $0.listensOnThisMachineOnly = isLocal
      }
      let signature = WebhookBench.signature("/webhooks/twilio/" + target, form, at: "http://\(host)")
      #expect(try await bench.report(target, form, signature: signature, fields: ["Host": host]).status == status)
    }
  }

  @Test("T-82: sorted by bytes, with empty values and any letters") func sortsByBytes() async throws {
    let bench = try await WebhookBench()
    let form = ["b": "", "B": "1", "a": "Zoë 你好 \u{1F600} &=+%", "Ä": "x", "_": "", "Za": "2", "Z": "3"]
    #expect(try await bench.report("status?callId=1&leadName=Zo%C3%AB", form).status == 200)
  }

  @Test("T-83, T-84: a person is put into the conference of the call") func connectsPeople() async throws {
    let bench = try await WebhookBench()
    try await bench.withCall { call, name in
      for by in ["human", "unknown", nil] {
        var form = Self.form
        form["AnsweredBy"] = by
        let answer = try await bench.report("answer?callId=\(name)", form)
        #expect(answer.status == 200)
        #expect(answer.document.contains(">call_\(name)</Conference></Dial></Response>"), "\(answer.document)")
        #expect(answer.document.contains("/webhooks/twilio/conference-status?callId=\(call.id)\""))
      }
      try await bench.bench.wait(for: .callAnswered)
    }
  }

  @Test("T-84: a machine hears the message, and without one is hung up on") func leavesMessages() async throws {
    let bench = try await WebhookBench()
    var form = Self.form
    form["AnsweredBy"] = "machine_end_beep"
    let machine = form
    let message = "https://example.com/a.mp3?x=1&y=2"
    try await bench.withCall(["amd_enabled": true, "voicemail_message_url": .string(message)]) { call, name in
      let answer = try await bench.report("answer?callId=\(name)", machine)
      #expect(answer.document.contains("<Play>https://example.com/a.mp3?x=1&amp;y=2</Play><Redirect"))
      #expect(isWellFormed(answer.document))
      let next = "answer?callId=\(call.id)&messageLeft=true"
      #expect(answer.document.contains("twilio/" + next.replacing("&", with: "&amp;")), "\(answer.document)")
      #expect(try await bench.report(next, machine).document.contains("<Hangup/>"))
      let end = ["CallSid": "CA1", "CallStatus": "completed"]
      #expect(try await bench.report("status?callId=\(name)", end).status == 200)
      try await bench.bench.wait(for: .callEnded)
      #expect(try await bench.shown(name)["disposition"] == "voicemail")
      #expect(try await bench.report("answer?callId=\(name)", machine).document.contains("<Hangup/>"))
    }
    let other = try await WebhookBench()
    try await other.withCall(["amd_enabled": true]) { _, name in
      let answer = try await other.report("answer?callId=\(name)", machine)
      #expect(answer.document.contains("<Response><Hangup/></Response>"))
    }
  }

  @Test("A machine found while it is talked to is told the message, once") func redirectsMachines() async throws {
    let settings: JSONObject = ["amd_enabled": true, "voicemail_message_url": "https://example.com/a.mp3"]
    for fails in [false, true] {
      let carrier = RedirectingCarrier(fails: fails)
      let bench = try await WebhookBench(carrier)
      try await bench.withCall(settings) { call, name in
        let person = try await bench.report("answer?callId=\(name)", Self.form)
        // When the call is taken out of the conference, the agent is not left in it.
        #expect(person.document.contains("<Conference") && person.document.contains(#"endConferenceOnExit="true""#))
        let machine = ["CallSid": "CA1", "AnsweredBy": "machine_end_beep"]
        for _ in 0..<2 {
          let told = try await bench.report("amd?callId=\(name)", machine)
          #expect(told.status == 200)
        }
        #expect(carrier.redirected == ["https://calls.example.com/webhooks/twilio/answer?callId=\(call.id)"])
        // Nor is one put into it who rings until now.
        let agent = try await bench.report("agent-answer?callId=\(name)", Self.form)
        #expect(agent.document.contains("<Hangup/>") && !agent.document.contains("<Conference"))
        let message = try await bench.report("answer?callId=\(name)", Self.form)
        #expect(message.document.contains("<Play>"))
        // A machine that cannot be told is not talked to either.
        while fails, carrier.hungUp.isEmpty { await Task.yield() }
        // It is hung up again until its end is heard of, and nobody tells of that here.
        #expect(Set(carrier.hungUp) == (fails ? [call.id] : []))
      }
    }
    let others: [(JSONObject, String)] = [
      (settings, "human"), (settings, "fax"), (["amd_enabled": true], "machine_end_beep"),
    ]
    for (settings, by) in others {
      let carrier = RedirectingCarrier()
      let bench = try await WebhookBench(carrier)
      try await bench.withCall(settings) { _, name in
        let answer = try await bench.report("answer?callId=\(name)", Self.form)
        let told = try await bench.report("amd?callId=\(name)", ["CallSid": "CA1", "AnsweredBy": by])
        #expect(answer.status == 200 && told.status == 200)
        #expect(carrier.redirected == [])
      }
    }
  }

  @Test("A report of a machine that comes again redirects where the process that had it first did not get that far")
  func redirectsAfterACrash() async throws {
    let carrier = RedirectingCarrier()
    let bench = try await WebhookBench(carrier)
    try await bench.withCall(["amd_enabled": true, "voicemail_message_url": "https://example.com/a.mp3"]) {
      call, name in
      _ = try await bench.report("answer?callId=\(name)", Self.form)
      // What another process has taken in just before it was gone.
      let event = CallEvent(.detected(.machineEndBeep), of: .call(call.id))
      #expect(await bench.bench.engine.keep(event) != .late)
      for _ in 0..<2 {
        let told = try await bench.report("amd?callId=\(name)", ["CallSid": "CA1", "AnsweredBy": "machine_end_beep"])
        #expect(told.status == 200)
      }
      #expect(carrier.redirected.count == 1)
    }
  }

  @Test("A machine that could be neither told the message nor hung up on is told when that is reported again")
  func redirectsAtLast() async throws {
    let carrier = RedirectingCarrier(isDead: true)
    let storage: any CampaignStorage = .memory
    let (placing, other) = (try await WebhookBench(storage: storage), try await WebhookBench(carrier, storage: storage))
    try await placing.withCall(["amd_enabled": true, "voicemail_message_url": "https://example.com/a.mp3"]) { _, name in
      // A process that does not follow the call itself.
      try await other.bench.running {
        for count in 1...2 {
          let told = try await other.report("amd?callId=\(name)", ["CallSid": "CA1", "AnsweredBy": "machine_end_beep"])
          #expect(told.status >= 500)
          #expect(carrier.redirected.count == count && carrier.hungUp.count == count)
        }
      }
    }
  }

  @Test("A machine that is being told the message is not told it from the start again") func redirectsNoneTwice()
    async throws
  {
    let carrier = RedirectingCarrier()
    let bench = try await WebhookBench(carrier)
    try await bench.withCall(["amd_enabled": true, "voicemail_message_url": "https://example.com/a.mp3"]) { _, name in
      var form = Self.form
      form["AnsweredBy"] = "machine_end_beep"
      #expect(try await bench.report("answer?callId=\(name)", form).document.contains("<Play>"))
      _ = try await bench.report("amd?callId=\(name)", ["CallSid": "CA1", "AnsweredBy": "machine_end_beep"])
      #expect(carrier.redirected == [])
    }
  }

  @Test("An agent of another system is sent what is heard, and told which call it is") func streams() async throws {
    let bench = try await WebhookBench()
    let campaign = try await bench.bench.makeCampaign(leads: [number(2)])
    _ = try await bench.bench.service.change(campaign.key, of: try #require(bench.bench.accounts["one"]).id) {
      $0.agents = AgentAssignment(
        externalAgentID: "agent-\"7\"", configuration: ["voice": "alloy", "list": [1]],
        mediaStreamURL: "wss://ai.example.com/media")
    }
    try await bench.bench.running {
      try await bench.bench.done(.post, "/campaigns/\(campaign.id)/start")
      try await bench.bench.wait(for: .callPlaced)
      let id = try #require(try await bench.bench.column("id", of: "calls", "/calls").first?.string)
      let call: Call.ID = try #require(IdentifierForm.read(id))
      let answer = try await bench.report("answer?callId=\(id)", Self.form)
      #expect(
        answer.document.contains(
          """
          <Connect><Stream url="wss://ai.example.com/media"><Parameter name="callId" value="\(call)"/>\
          <Parameter name="agentId" value="agent-&quot;7&quot;"/><Parameter name="voice" value="alloy"/></Stream></Connect>
          """), "\(answer.document)")
    }
  }

  @Test("A voice of this server's own is sent what is heard") func streamsToVoices() async throws {
    let bench = try await WebhookBench()
    let account = try #require(bench.bench.accounts["one"])
    let now = try await bench.bench.engine.storage.now()
    var agent = Agent(
      id: IdentifierGenerator().next(at: now), account: account.id, kind: .voice, name: "Ada", createdAt: now)
    agent.voice.streamURL = "wss://voice.example.com"
    let voice = agent
    try await bench.bench.engine.storage.insert(voice)
    try await bench.withCall { call, name in
      let campaign = try #require(call.campaign)
      _ = try await bench.bench.service.change(campaign, of: account.id) {
        $0.agents = AgentAssignment(agents: [voice.id])
      }
      let answer = try await bench.report("answer?callId=\(name)", Self.form)
      #expect(answer.document.contains("<Stream url=\"wss://voice.example.com\">"), "\(answer.document)")
      #expect(answer.document.contains("<Parameter name=\"agentId\" value=\"\(voice.id)\"/>"))
    }
  }

  @Test("A person whom no agent takes hears the campaign's message, can ask for no more calls, and is hung up on")
  func dismisses() async throws {
    let bench = try await WebhookBench()
    let message = "https://example.com/sorry.mp3?x=1&y=2"
    let play = "<Play>https://example.com/sorry.mp3?x=1&amp;y=2</Play>"
    try await bench.withCall(["abandoned_message_url": .string(message)]) { call, name in
      let answer = try await bench.report("abandoned?callId=\(call.id)", Self.form)
      #expect(answer.status == 200, "\(answer.document)")
      #expect(answer.document.contains(play + "</Gather><Hangup/></Response>"), "\(answer.document)")
      #expect(answer.document.contains("/webhooks/twilio/abandoned?callId=\(call.id)\""))
      #expect(isWellFormed(answer.document))
      let plivo = try await bench.reportPlivo("abandoned?callId=\(name)", ["CallStatus": "in-progress"])
      #expect(plivo.document.contains(play + "</GetDigits><Hangup/></Response>"), "\(plivo.document)")
      // Who presses a key wants no more calls.
      let key = try await bench.report("abandoned?callId=\(call.id)", Self.form.merging(["Digits": "9"]) { $1 })
      #expect(key.document.contains("<Response><Hangup/></Response>"), "\(key.document)")
      #expect(try await bench.bench.engine.storage.suppression(of: call.to, for: call.account) != nil)
      let end = ["CallSid": "CA-\(call.id)", "CallStatus": "completed", "CallDuration": "3"]
      #expect(try await bench.report("status?callId=\(name)", end).status == 200)
      try await bench.bench.wait(for: .callEnded)
      let late = try await bench.report("abandoned?callId=\(name)", Self.form)
      #expect(!late.document.contains("<Play>"))
    }
    let other = try await WebhookBench()
    try await other.withCall { _, name in
      let answer = try await other.report("abandoned?callId=\(name)", Self.form)
      #expect(answer.document.contains("<Response><Hangup/></Response>"), "\(answer.document)")
    }
    #expect(try await other.report("abandoned?callId=\(Self.unknown)", Self.form).document.contains("<Hangup/>"))
  }

  @Test("T-85, T-86: an agent hears who waits, and joins them") func whispers() async throws {
    let bench = try await WebhookBench()
    let strange = "agent-answer?conferenceName=call_%3C1%3E&leadName=%3CHangup%2F%3E%20%26%20Zo%C3%AB&callId=x"
    let answer = try await bench.report(strange, Self.form)
    #expect(answer.document.contains("<Say>Call with &lt;Hangup/&gt; &amp; Zoë.</Say><Dial>"), "\(answer.document)")
    #expect(answer.document.contains(">call_&lt;1&gt;</Conference>"))
    #expect(isWellFormed(answer.document))
    try await bench.withCall { call, name in
      let answer = try await bench.report("agent-answer?callId=\(name)", Self.form)
      #expect(answer.document.contains("<Say>Call with Name0.</Say>"), "\(answer.document)")
      #expect(answer.document.contains(">call_\(name)</Conference>"))
      // The agent's call is not the person's.
      #expect(try await bench.bench.engine.storage.call(call.id)?.status == .placed)
    }
  }

  @Test("A person whose agent does not come is not kept waiting, and an agent whose person has gone is told so")
  func endsTheWaiting() async throws {
    for word in ["no-answer", "busy", "completed"] {
      let carrier = RedirectingCarrier()
      let bench = try await WebhookBench(carrier)
      let agent = try await bench.agent()
      try await bench.withCall(change: { $0.agents.group = "sales" }) { call, name in
        #expect(try await bench.report("answer?callId=\(name)", Self.form).document.contains("<Conference"))
        try await bench.bench.wait(for: .callAssigned)
        let leg = Self.form.merging(["CallSid": "CA9"]) { $1 }
        let answered = try await bench.report("agent-answer?callId=\(call.id)&agentId=\(agent.id)", leg)
        #expect(answered.document.contains("<Conference"))
        // What becomes of another call to the same telephone is nothing to those who talk.
        for word in ["busy", "completed"] {
          let target = "agent-status?callId=\(call.id)&agentId=\(agent.id)"
          #expect(try await bench.report(target, ["CallSid": "CA8", "CallStatus": word]).status == 200)
        }
        let other = Agent.ID(high: 1, low: 1)
        let stranger = try await bench.report("agent-answer?callId=\(call.id)&agentId=\(other)", Self.form)
        #expect(stranger.document.contains("The call is over."))
        for (agent, word) in [(other, word), (agent.id, "in-progress")] {
          let target = "agent-status?callId=\(call.id)&agentId=\(agent)"
          #expect(try await bench.report(target, ["CallSid": "CA9", "CallStatus": word]).status == 200)
        }
        #expect(carrier.hungUp == [])
        let target = "agent-status?callId=\(call.id)&agentId=\(agent.id)"
        #expect(try await bench.report(target, ["CallSid": "CA9", "CallStatus": word]).status == 200)
        while carrier.hungUp.isEmpty { await Task.yield() }
        let end = ["CallSid": "CA-\(call.id)", "CallStatus": "completed", "CallDuration": "30"]
        #expect(try await bench.report("status?callId=\(name)", end).status == 200)
        try await bench.bench.wait(for: .callEnded)
        let ended = try await bench.bench.engine.storage.call(call.id)
        #expect(ended?.disposition == (word == "completed" ? .answered : .abandoned))
      }
    }
  }

  @Test("T-88, T-89, T-90, T-91, Q-71: reports change the call, and none changes it twice") func reports() async throws
  {
    let bench = try await WebhookBench()
    try await bench.withCall(["amd_enabled": true]) { call, name in
      let conference = ["ConferenceSid": "CF1", "StatusCallbackEvent": "participant-join"]
      for _ in 0..<2 {
        #expect(try await bench.report("conference-status?callId=\(name)", conference).status == 200)
        #expect(try await bench.shown(name)["conference_sid"] == "CF1")
        let status = ["CallSid": "CA-\(call.id)", "CallStatus": "in-progress"]
        #expect(try await bench.report("status?callId=\(name)", status).status == 200)
        let machine = ["CallSid": "CA-\(call.id)", "AnsweredBy": "human"]
        #expect(try await bench.report("amd?callId=\(name)", machine).status == 200)
      }
      try await bench.bench.wait(for: .callAnswered)
      let end = ["CallSid": "CA-\(call.id)", "CallStatus": "completed", "CallDuration": "330"]
      // Our name of the call is not needed where the carrier's is known.
      #expect(try await bench.report("status", end).status == 200)
      try await bench.bench.wait(for: .callEnded)
      let shown = try await bench.shown(name)
      #expect(shown["duration"] == 330)
      #expect(shown["answered_by"] == "human")
      #expect(shown["status"] == "completed")
      #expect(shown["disposition"] == "answered")
      let item = try await bench.bench.done(.get, "/queue/\(try #require(shown["lead_id"]?.string))")
      #expect(item["queue_item"]?["status"] == "completed")
      for (target, form) in [
        ("status", ["CallSid": "CA-\(call.id)", "CallStatus": "busy", "CallDuration": "1"]), ("status", end),
        ("amd", ["CallSid": "CA-\(call.id)", "AnsweredBy": "machine_start"]),
        ("conference-status", ["ConferenceSid": "CF2"]), ("answer", ["CallSid": "CA9", "CallStatus": "in-progress"]),
        ("agent-answer", ["CallSid": "CA9"]),
      ] {
        let answer = try await bench.report("\(target)?callId=\(name)", form)
        #expect(answer.status == 200)
        #expect(!answer.document.contains("<Conference"))
      }
      #expect(try await bench.shown(name) == shown)
      #expect(try await bench.bench.done(.get, "/calls/stats/summary")["stats"]?["total_calls"] == 1)
    }
  }

  @Test("T-92, X-36: reports are not counted towards the limit of requests") func hasNoLimit() async throws {
    let bench = try await WebhookBench { $0.requestsPerMinute = 2 }
    let (target, form) = Self.routes[2]
    for _ in 0..<10 { #expect(try await bench.report(target, form).status == 200) }
  }

  @Test("A report that is too long is refused before it is looked at") func isBounded() async throws {
    let bench = try await WebhookBench()
    let answer = try await bench.report("status", ["x": String(repeating: "a", count: 300_000)])
    #expect(answer.status == 413)
  }
}
