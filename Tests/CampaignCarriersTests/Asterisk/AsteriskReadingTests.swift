import CampaignKit
import CampaignTesting
import JSON
import Testing

@testable import CampaignCarriers

/// What Asterisk is asked, and what its words mean.
@Suite struct AsteriskReadingTests {
  private static func api(_ edit: (inout AsteriskSettings) -> Void = { _ in }) -> AsteriskAPI {
    var settings = AsteriskSettings()
    edit(&settings)
    return AsteriskAPI(
      address: "http://pbx.example:8088/", user: "me", password: "word", endpoint: "PJSIP/{number}@trunk",
      settings: settings)
  }

  @Test("A name that another carrier gave a call does not make it one of Asterisk's")
  func ownNames() throws {
    let order = try Dialing.order()
    let desk = { (prefix: String) in
      AsteriskDesk(
        Self.api { $0.channelPrefix = prefix }, transport: ScriptedTransport(.lost(.notSent)),
        sockets: ScriptedSockets(), clock: .system)
    }
    #expect(desk("ck").hasTaken(Dialing.reference(order, "ck-\(order.id)")))
    #expect(!desk("ck").hasTaken(Dialing.reference(order, "CA0123456789abcdef0123456789abcdef")))
    #expect(!desk("ck").hasTaken(Dialing.reference(order)))
    // Nor does the name that it has in another Asterisk.
    #expect(!desk("west").hasTaken(Dialing.reference(order, "ck-\(order.id)")))
    #expect(desk("west").hasTaken(Dialing.reference(order, "west-\(order.id)")))
  }

  @Test("Each name is read as what it stands for, and none of another prefix") func names() throws {
    let call = try Dialing.order().id
    for names in [AsteriskNames(), AsteriskNames(prefix: "west"), AsteriskNames(prefix: "a b/?c")] {
      #expect(names.channel(names[.call(call)]) == .call(call))
      #expect(names.channel(names[.agent(call)]) == .agent(call))
      #expect(names.call(ofBridge: names.bridge(call)) == call && names.call(ofPlayback: names.playback(call)) == call)
      #expect(names.channel("other-\(call)") == nil)
    }
    #expect(AsteriskNames(prefix: "a b/?c").prefix == "abc" && AsteriskNames(prefix: "-").prefix == "ck")
  }

  @Test("What is played has no comma of an address between two things") func media() throws {
    let media = { (text: String) in
      try JSONValue(parsing: Self.api().playing(text, to: try Dialing.order().id, as: "p").body)["media"]?.array?
        .compactMap(\.string)
    }
    #expect(try media("https://example.com/a,b.wav?c=d,e") == ["sound:https://example.com/a,b.wav?c=d,e"])
    #expect(try media("sound:one,sound:two") == ["sound:one", "sound:two"])
  }

  @Test("A channel that is listed tells whether it is ours to steer, and what was found out") func listed() throws {
    let name = AsteriskNames.Channel.call(try Dialing.order().id)
    let read = { (place: JSONValue) in
      AsteriskChannel(["id": .string(AsteriskNames()[name]), "state": "Up", "dialplan": place], AsteriskNames())
    }
    let stasis = { (data: String) in read(["app_name": "Stasis", "app_data": .string(data)]) }
    #expect(stasis("campaignkit,1") == AsteriskChannel(name, .up, findings: []))
    #expect(stasis("campaignkit,1,MACHINE,") == AsteriskChannel(name, .up, findings: ["MACHINE", ""]))
    #expect(read(["app_name": "AMD", "app_data": ""]) == AsteriskChannel(name, .up))
    #expect(stasis("another,1") == AsteriskChannel(name, .up, isOthers: true))
    #expect(read([:]) == AsteriskChannel(name, .up))
  }

  @Test("An order names its channel, and proves who asks in a field and not in the address")
  func placing() throws {
    let order = try Dialing.order()
    let request = Self.api { $0.callerName = "Camp\"<ai>gn" }.placing(order, from: try Dialing.number(15_005_550_006))
    #expect(
      request.line == "POST /ari/channels?endpoint=PJSIP%2F15551230001%40trunk&app=campaignkit&channelId=ck-\(order.id)"
        + "&callerId=Campaign+%3C%2B15005550006%3E&timeout=\(order.ringTime.components.seconds)&appArgs=\(order.id)")
    #expect(request.fields["Authorization"] == "Basic bWU6d29yZA==")
    #expect(!Self.api().events.url.contains("word"))
    let variables = try JSONValue(parsing: request.body)["variables"]
    #expect(variables?["CAMPAIGNKIT_CALL"]?.string == "\(order.id)")
    let other = Self.api { $0.application = "other" }.placing(order, from: try Dialing.number(15_005_550_006))
    #expect(try JSONValue(parsing: other.body)["variables"]?["CAMPAIGNKIT_APPLICATION"] == "other")
  }

  @Test("What an answer to an order means")
  func placements() throws {
    let name = AsteriskNames.Channel.call(try Dialing.order().id)
    let meaning = { (status: Int, body: JSONValue) -> String in
      switch Self.api().placement(HTTPResponse(status, body: body.serializedBytes()), of: name) {
      case .placed(let reference, _): reference == AsteriskNames()[name] ? "placed" : "placed as another"
      case .refused(let error): "\(error.code)"
      case .uncertain: "uncertain"
      }
    }
    #expect(meaning(200, ["id": .string(AsteriskNames()[name]), "state": "Down"]) == "placed")
    #expect(meaning(200, ["id": "ck-1", "state": "Down"]) == "uncertain")
    #expect(meaning(200, "<html>") == "uncertain")
    #expect(meaning(409, ["message": "Channel with given unique ID already exists"]) == "placed")
    #expect(meaning(409, [:]) == "uncertain")
    #expect(meaning(500, ["error": "Allocation failed"]) == "unavailable")
    #expect(meaning(500, ["message": "Internal error"]) == "uncertain")
    #expect(meaning(502, [:]) == "uncertain")
    #expect(meaning(302, [:]) == "uncertain")
    #expect(meaning(400, ["message": "Endpoint must be specified"]) == "invalidOrder")
    #expect(meaning(401, ["message": "Authentication required"]) == "notPermitted")
  }

  @Test("Agents are rung at their extension, or at their number")
  func agents() throws {
    var agent = Agent(
      id: Agent.ID(high: 1, low: 1), account: Dialing.account, kind: .person, name: "A", createdAt: Dialing.start)
    #expect(Self.api().endpoint(of: agent) == nil)
    agent.phone = try Dialing.number(15_551_239_999)
    #expect(Self.api().endpoint(of: agent) == "PJSIP/15551239999@trunk")
    agent.metadata["extension"] = "100"
    #expect(Self.api().endpoint(of: agent) == "PJSIP/100")
    agent.metadata["extension"] = "100@elsewhere/"
    #expect(Self.api().endpoint(of: agent) == "PJSIP/15551239999@trunk")
  }

  @Test("Events are read as Asterisk was seen to send them, and what cannot be read is about something else")
  func events() throws {
    let call = try Dialing.order().id
    let read = { (text: String) in AsteriskMessage(text.replacing("CALL", with: "ck-\(call)"), AsteriskNames()) }
    let event = { (kind: AsteriskEvent.Kind, state: AsteriskChannel.State) in
      AsteriskMessage.event(
        AsteriskEvent(
          kind: kind, channel: AsteriskChannel(.call(call), state),
          at: Timestamp("2026-11-20T23:13:45.695Z")))
    }
    let at = #""timestamp":"2026-11-20T23:13:45.695+0000""#
    #expect(
      read(#"{"type":"Dial","dialstatus":"RINGING",\#(at),"peer":{"id":"CALL","state":"Down"}}"#)
        == event(.ringing, .down))
    #expect(
      read(#"{"type":"ChannelStateChange",\#(at),"channel":{"id":"CALL","state":"Up"}}"#) == event(.seen, .up))
    #expect(
      read(#"{"type":"StasisStart","args":["1","HUMAN",""],\#(at),"channel":{"id":"CALL","state":"Up"}}"#)
        == event(.started(findings: ["HUMAN", ""]), .up))
    // Whoever is told of the calls of another application does not steer them.
    let theirs = #""channel":{"id":"CALL","state":"Up","dialplan":{"app_name":"Stasis","app_data":"another,1"}}"#
    #expect(
      read(#"{"type":"StasisStart","args":["1"],\#(theirs)}"#)
        == .event(
          AsteriskEvent(kind: .seen, channel: AsteriskChannel(.call(call), .up, isOthers: true), at: nil)))
    #expect(
      read(#"{"type":"ChannelDestroyed","cause":17,"cause_txt":"User busy",\#(at),"channel":{"id":"CALL"}}"#)
        == event(.destroyed(HangupCause(17)), .down))
    #expect(
      read(#"{"type":"ChannelVarset","variable":"AMDSTATUS","value":"MACHINE",\#(at),"channel":{"id":"CALL"}}"#)
        == event(.detected("MACHINE"), .down))
    #expect(
      read(#"{"type":"ChannelDtmfReceived","digit":"9",\#(at),"channel":{"id":"CALL","state":"Up"}}"#)
        == event(.pressed, .up))
    #expect(
      AsteriskMessage(#"{"type":"PlaybackFinished","playback":{"id":"ckp-\#(call)","state":"done"}}"#, AsteriskNames())
        == .played(call, isWhole: true))
    #expect(read(#"{"type":"ApplicationReplaced"}"#) == .replaced)
    for other in ["", "{", "[]", #"{"type":"StasisStart","channel":{"id":"1700000000.1"}}"#, #"{"type":7}"#] {
      #expect(read(other) == .other)
    }
  }

  @Test("What rings somebody, or changes a call, has a body, so that it is sent once") func bodies() throws {
    let (api, call) = (Self.api(), try Dialing.order().id)
    let from = try Dialing.number(15_005_550_006)
    let requests = [
      api.ringing("PJSIP/100", for: call, from: from, ringTime: .seconds(30)), api.bridging(call),
      api.joining(.call(call), to: call), api.playingMusic("default", to: call), api.detecting(call, in: "amd"),
      api.subscribing(to: [.call(call)]),
    ]
    for request in requests {
      #expect(request.body == Array("{}".utf8))
      #expect(request.fields["Content-Type"] == "application/json")
    }
    #expect(api.hangingUp(.call(call)).body.isEmpty)
  }
}
