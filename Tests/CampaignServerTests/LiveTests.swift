import CampaignKit
import JSON
import Testing
import WebServer

@testable import CampaignServer

@Suite struct LiveTests {
  /// A bench with an agent and a campaign of the first account, and what the second has none of.
  private func bench() async throws -> (ServiceBench, Agent) {
    let bench = try await ServiceBench([.server(patience: .seconds(3600), signInWithin: .seconds(3600))])
    let account = try #require(bench.accounts["one"])
    let now = try await bench.engine.storage.now()
    var agent = Agent(
      id: IdentifierGenerator().next(at: now), account: account.id, kind: .person, name: "Ada", createdAt: now)
    agent.status = .offline
    try await bench.engine.storage.insert(agent)
    return (bench, agent)
  }

  private func session(_ bench: ServiceBench, _ token: String = "one") async throws -> LiveSession {
    try await bench.service.session(token: token)
  }

  @Test func tellsOfEachEventOnceAndGoesOnAfterANumber() async throws {
    let (bench, agent) = try await bench()
    let session = try await session(bench)
    for status in [Agent.Status.available, .busy, .onBreak] {
      _ = await session.take(
        "agent:status", ["agentId": .string(agent.id.description), "status": .string(status.rawValue)])
    }
    var heard: [LiveEvent] = []
    for try await event in session.feed(after: 0) {
      if event.name == "agent:status:updated" { heard.append(event) }
      if heard.count == 3 { break }
    }
    #expect(heard.map { $0.data["status"]?.string } == ["available", "busy", "break"])
    #expect(heard.allSatisfy { $0.data["agentId"]?.string == IdentifierForm.uuid.text(agent.id) })
    let second = try #require(heard[0].sequence)
    for try await event in session.feed(after: second) {
      #expect(event == heard[1])
      break
    }
  }

  @Test("Who has heard of more than there is reads anew, and hears what comes") func tellsWhoIsAheadToReadAnew()
    async throws
  {
    let (bench, agent) = try await bench()
    let session = try await session(bench)
    let account = try #require(bench.accounts["one"])
    let last = try await bench.engine.storage.lastEvent(of: account.id)
    var events = session.feed(after: last + 5).makeAsyncIterator()
    let resync = try await events.next()
    #expect(resync?.name == "resync")
    #expect(resync?.sequence == last)
    _ = await session.take("agent:status", ["agentId": .string(agent.id.description), "status": "busy"])
    #expect(try await events.next()?.sequence == last + 1)
  }

  @Test("T-98, T-100: agents of the own tenant only, and rubbish means nothing") func joinsAgentsOfTheOwnTenantOnly()
    async throws
  {
    let (bench, agent) = try await bench()
    let account = try #require(bench.accounts["one"])
    let id = JSONValue.string(IdentifierForm.uuid.text(agent.id))
    let session = try await session(bench)
    let own = await session.take(
      "agent:join", ["agentId": id, "tenantId": .string(IdentifierForm.uuid.text(account.id))])
    #expect(own?.name == "agent:joined")
    let elsewhere = await session.take("agent:join", ["agentId": id, "tenantId": "another"])
    #expect(elsewhere?.name == "error")
    let stranger = try await self.session(bench, "two")
    #expect(await stranger.take("agent:join", ["agentId": id])?.name == "error")
    #expect(await stranger.take("agent:status", ["agentId": id, "status": "available"])?.name == "error")
    #expect(try await bench.engine.storage.agent(agent.id, of: account.id)?.status == .offline)
    #expect(await session.take("agent:status", ["agentId": id, "status": "asleep"])?.name == "error")
    #expect(await session.take("rubbish", 3) == nil)
  }

  @Test func tellsAnAgentOfTheirOwnCallsOnly() async throws {
    let (bench, agent) = try await bench()
    let session = try await session(bench)
    let other = LiveEvent(name: "incoming:call", data: [:], sequence: 1, agent: Agent.ID(high: 1, low: 1))
    #expect(session.hears(other))
    _ = await session.take("agent:join", ["agentId": .string(agent.id.description)])
    #expect(!session.hears(other))
    #expect(session.hears(LiveEvent(name: "incoming:call", data: [:], sequence: 2, agent: agent.id)))
    #expect(session.hears(LiveEvent(name: "call:ended", data: [:], sequence: 3, agent: Agent.ID(high: 1, low: 1))))
  }

  @Test("T-94, T-101: nobody listens without a token, or without a socket") func refusesThoseWhoAreNotSignedIn()
    async throws
  {
    let (bench, _) = try await bench()
    #expect(try await bench.ask(.get, "/events", as: nil).status == 401)
    #expect(try await bench.ask(.get, "/events?token=wrong", as: nil).status == 401)
    let upgrade: Fields = [
      "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ]
    #expect(try await bench.send(.get, "/ws?token=wrong", as: nil, fields: upgrade).status == .unauthorized)
    #expect(try await bench.send(.get, "/ws", as: "one", fields: upgrade).status.code == 101)
    #expect(try await bench.send(.get, "/ws", as: "one").status == .upgradeRequired)
  }

  // MARK: Socket.IO

  @Test func readsPacketsOfSocketIO() {
    #expect(SocketIOPacket("0") == .connect([:]))
    #expect(SocketIOPacket(#"0{"token":"T"}"#) == .connect(["token": "T"]))
    #expect(SocketIOPacket("0/admin,{}") == nil)
    #expect(SocketIOPacket("1") == .disconnect)
    #expect(
      SocketIOPacket(#"2["agent:status",{"status":"busy"}]"#)
        == .event("agent:status", ["status": "busy"], acknowledgement: nil))
    #expect(SocketIOPacket(#"217["agent:join"]"#) == .event("agent:join", [:], acknowledgement: 17))
    for rubbish in ["", "2", "2{}", "2[1]", "29999999999[\"a\"]", "9", "0[", "5"] {
      #expect(SocketIOPacket(Substring(rubbish)) == nil, "\(rubbish)")
    }
  }

  @Test func speaksSocketIOByPolling() async throws {
    let (bench, agent) = try await bench()
    let polling = "/socket.io/?transport=polling&EIO=4"
    let opening = try await text(bench, .get, polling)
    #expect(opening.hasPrefix("0{"))
    let sid = try #require(try JSONValue(parsing: Array(opening.utf8.dropFirst()))["sid"]?.string)
    #expect(try await text(bench, .post, "\(polling)&sid=\(sid)", #"40{"token":"one"}"#) == "ok")
    #expect(try await text(bench, .get, "\(polling)&sid=\(sid)").hasPrefix("40{\"sid\":"))
    let status = "421[\"agent:status\",{\"agentId\":\"\(agent.id)\",\"status\":\"available\"}]"
    // The question is there before anything happens, and is answered by what then does.
    async let heard = text(bench, .get, "\(polling)&sid=\(sid)")
    #expect(try await text(bench, .post, "\(polling)&sid=\(sid)", status) == "ok")
    var packets = try await heard.split(separator: "\u{1E}").map(String.init)
    while packets.count < 2 {
      packets += try await text(bench, .get, "\(polling)&sid=\(sid)").split(separator: "\u{1E}").map(String.init)
    }
    #expect(packets.contains { $0.hasPrefix(#"431[{"ok":true"#) })
    #expect(packets.contains { $0.hasPrefix(#"42["agent:status:updated""#) && $0.contains("available") })
    #expect(try await text(bench, .post, "\(polling)&sid=\(sid)", "41") == "ok")
    #expect(try await text(bench, .get, "\(polling)&sid=\(sid)").contains("Session ID unknown"))
  }

  @Test("A client that polls is offered a WebSocket, and no session of anybody else") func offersToGoOver() async throws
  {
    let (bench, _) = try await bench()
    let opening = try await text(bench, .get, "/socket.io/?transport=polling&EIO=4")
    let session = try JSONValue(parsing: Array(opening.utf8.dropFirst()))
    #expect(session["upgrades"] == ["websocket"])
    let upgrade: Fields = [
      "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ]
    let sid = try #require(session["sid"]?.string)
    for (sid, status) in [(sid, 101), ("none", 400)] {
      let target = "/socket.io/?transport=websocket&EIO=4&sid=\(sid)"
      #expect(try await bench.send(.get, target, as: nil, fields: upgrade).status.code == status)
    }
  }

  @Test func refusesInSocketIOWhoIsNotSignedIn() async throws {
    let (bench, _) = try await bench()
    let polling = "/socket.io/?transport=polling&EIO=4"
    let opening = try await text(bench, .get, polling)
    let sid = try #require(try JSONValue(parsing: Array(opening.utf8.dropFirst()))["sid"]?.string)
    _ = try await text(bench, .post, "\(polling)&sid=\(sid)", #"40{"token":"wrong"}"#)
    #expect(try await text(bench, .get, "\(polling)&sid=\(sid)") == #"44{"message":"unauthorized"}"#)
  }

  @Test(arguments: [
    ("transport=polling&EIO=3", 5), ("transport=smoke&EIO=4", 0), ("transport=polling&EIO=4&sid=none", 1), ("", 5),
  ]) func saysWhatIsWrongWithARequestOfSocketIO(query: String, code: Int) async throws {
    let (bench, _) = try await bench()
    let response = try await bench.send(.get, "/socket.io/?\(query)", as: nil)
    #expect(response.status == .badRequest)
    #expect(try JSONValue(parsing: try await response.collect())["code"]?.int == code)
  }

  @Test("A client that never asks for what waits is given up") func givesUpWhoLetsTooMuchWait() async throws {
    let (bench, _) = try await bench()
    let polling = "/socket.io/?transport=polling&EIO=4"
    for (packet, count) in [("2", 257), ("2" + String(repeating: "x", count: 300_000), 4)] {
      let opening = try await text(bench, .get, polling)
      let sid = try #require(try JSONValue(parsing: Array(opening.utf8.dropFirst()))["sid"]?.string)
      for _ in 1..<count { #expect(try await text(bench, .post, "\(polling)&sid=\(sid)", packet) == "ok") }
      _ = try await text(bench, .post, "\(polling)&sid=\(sid)", packet)
      #expect(try await text(bench, .get, "\(polling)&sid=\(sid)").contains("Session ID unknown"))
    }
  }

  private func stranger(
    _ bench: ServiceBench, _ name: Int, from network: String, signInWithin: Duration = .seconds(3600)
  ) -> SocketIOSession {
    SocketIOSession(
      bench.service, sid: "\(name)", network: network, known: nil, patience: .seconds(3600), signInWithin: signInWithin)
  }

  @Test("Those who do not sign in are few from one network, and soon over") func boundsStrangers() async throws {
    let (bench, _) = try await bench()
    let sessions = SocketIOSessions(patience: .seconds(3600), signInWithin: .seconds(3600))
    for name in 0..<256 { try sessions.add(stranger(bench, name, from: "a")) }
    #expect(throws: Refusal.self) { try sessions.add(stranger(bench, 256, from: "a")) }
    try sessions.add(stranger(bench, 257, from: "b"))
    // Who has signed in makes room for another.
    _ = await sessions.session("7")?.take("40{\"token\":\"one\"}")
    try sessions.add(stranger(bench, 258, from: "a"))

    let late = stranger(bench, 259, from: "b", signInWithin: .seconds(10))
    #expect(!late.isOver(at: .now))
    #expect(late.isOver(at: .now + .seconds(11)))
    _ = await late.take("40{\"token\":\"one\"}")
    #expect(!late.isOver(at: .now + .seconds(11)))
  }

  @Test("What is over is forgotten when another comes") func forgetsWhatIsOver() async throws {
    let (bench, _) = try await bench()
    let sessions = SocketIOSessions(patience: .seconds(3600), signInWithin: .seconds(3600))
    weak var kept: SocketIOSession?
    do {
      let session = stranger(bench, 1, from: "a")
      try sessions.add(session)
      kept = session
      session.close()
    }
    #expect(kept != nil)
    try sessions.add(stranger(bench, 2, from: "a"))
    #expect(kept == nil)
  }

  private func text(
    _ bench: ServiceBench, _ method: Method, _ target: String, _ body: String = ""
  ) async throws -> String {
    let response = try await bench.send(
      method, target, Array(body.utf8), as: nil, fields: body.isEmpty ? [:] : ["Content-Type": "text/plain"])
    return String(decoding: try await response.collect(), as: UTF8.self)
  }
}
