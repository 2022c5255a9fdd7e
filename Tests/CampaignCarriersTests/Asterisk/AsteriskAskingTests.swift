import CampaignKit
import CampaignTesting
import JSON
import Locks
import Testing

@testable import CampaignCarriers

/// What Asterisk is asked, and what follows from its answers.
@Suite struct AsteriskAskingTests {
  private static func channel(_ call: Call.ID, _ data: String = "") -> JSONValue {
    [
      "id": .string("ck-\(call)"), "state": "Up",
      "dialplan": ["app_name": "Stasis", "app_data": .string("campaignkit,\(call)" + data)],
    ]
  }

  private static func lines(_ transport: ScriptedTransport, _ word: String) -> [String] {
    transport.sent.map(\.line).filter { $0.contains(word) }
  }

  @Test("An order that was placed before is placed, also when it is too late or nothing is heard") func placedBefore()
    async throws
  {
    let order = try Dialing.order(at: Dialing.start)
    let name = "ck-\(order.id)"
    let sockets = ScriptedSockets()
    let transport = AsteriskBench.transport { $0.isOrder ? .json(200, ["id": .string(name), "state": "Down"]) : nil }
    try await AsteriskBench.run(transport, sockets: sockets) { desk, time in
      var references = [try await desk.place(order)]
      sockets.opened.last?.close()
      await time.wait(for: .milliseconds(1))
      #expect(!desk.link.isOpen)
      let before = time.elapsed
      references.append(try await desk.place(order))
      #expect(time.elapsed == before)
      await time.wait(for: .seconds(60))
      references.append(try await desk.place(order))
      #expect(references == [name, name, name])
      #expect(transport.sent.count { $0.isOrder } == 1)
    }
  }

  @Test("What came of an order is in doubt, also when it is asked for again too late") func doubtfulBefore()
    async throws
  {
    let order = try Dialing.order(at: Dialing.start)
    let transport = AsteriskBench.transport { $0.isOrder ? .lost(.uncertain) : nil }
    try await AsteriskBench.run(transport) { desk, time in
      #expect(await AsteriskBench.failure(desk, order)?.code == .uncertain)
      await time.wait(for: .seconds(60))
      #expect(await AsteriskBench.failure(desk, order)?.code == .uncertain)
    }
  }

  @Test("A call of an earlier process is told what that has planned, once, and is hung up when that is said")
  func recalls() async throws {
    let order = try Dialing.order(at: Dialing.start)
    let plan = AnswerPlan(order, announcement: "sound:welcome", detects: false)
    let sockets = ScriptedSockets()
    // First what stands before Asterisk answers.
    let status = Locked(403)
    let transport = AsteriskBench.transport { request in
      switch request.line {
      case "GET /ari/channels": .json(200, [Self.channel(order.id)])
      case "GET /ari/channels/ck-\(order.id)/variable?variable=CAMPAIGNKIT_PLAN":
        .json(status.withLock { $0 }, ["value": .string(plan.text)])
      case "GET /ari/playbacks/ckp-\(order.id)": .json(404, ["message": "Playback not found"])
      default: nil
      }
    }
    try await AsteriskBench.run(transport, sockets: sockets) { desk, time in
      await time.wait(for: .seconds(20))
      #expect(Self.lines(transport, "/variable").count > 1 && Self.lines(transport, "/play").isEmpty)
      status.withLock { $0 = 200 }
      await time.wait(for: .seconds(20))
      #expect(Self.lines(transport, "/play").count { $0.hasPrefix("POST") } == 1)
      sockets.opened.last?.say(
        #"{"type":"PlaybackFinished","playback":{"id":"ckp-\#(order.id)","state":"done"}}"#)
      await time.wait(for: .seconds(1))
      #expect(Self.lines(transport, "DELETE") == ["DELETE /ari/channels/ck-\(order.id)?reason_code=16"])
    }
  }

  @Test("A call of which no plan was kept is left alone, and so is one of another application") func leavesAlone()
    async throws
  {
    let (order, other) = (try Dialing.order(at: Dialing.start).id, try Dialing.order(2, at: Dialing.start).id)
    let transport = AsteriskBench.transport { request in
      guard request.line == "GET /ari/channels" else { return nil }
      var theirs = Self.channel(other).object ?? [:]
      theirs["dialplan"] = ["app_name": "Stasis", "app_data": .string("other,\(other)")]
      return .json(200, [Self.channel(order), .object(theirs)])
    }
    try await AsteriskBench.run(transport) { desk, time in
      await time.wait(for: .seconds(20))
      #expect(Self.lines(transport, "/variable").allSatisfy { $0.contains("ck-\(order)/") })
      #expect(Self.lines(transport, "/variable").count == 1)
      #expect(!transport.sent.contains { $0.method == .delete || $0.line.hasSuffix("/play") })
    }
  }

  @Test("Only Asterisk itself can say that nothing is played any more") func believesAsteriskAlone() async throws {
    let order = try Dialing.order(at: Dialing.start)
    let sockets = ScriptedSockets()
    let answer = Locked(JSONValue.string("<html>"))
    let transport = AsteriskBench.transport { request in
      if request.isOrder { return .json(200, ["id": .string("ck-\(order.id)"), "state": "Down"]) }
      if request.line.contains("/playbacks/") { return .json(404, answer.withLock { $0 }) }
      let hasCall = request.line == "GET /ari/channels" && sockets.opened.count > 1
      return hasCall ? .json(200, [Self.channel(order.id)]) : nil
    }
    var settings = AsteriskSettings()
    settings.announcement = "sound:welcome"
    try await AsteriskBench.run(transport, sockets: sockets, settings: settings) { desk, time in
      _ = try await desk.place(order)
      sockets.opened.last?.say(
        #"{"type":"StasisStart","args":["\#(order.id)"],"channel":{"id":"ck-\#(order.id)","state":"Up"}}"#)
      await time.wait(for: .seconds(1))
      for isBelieved in [false, true] {
        if isBelieved { answer.withLock { $0 = ["message": "Playback not found"] } }
        sockets.opened.last?.close()
        await time.wait(for: .seconds(20))
        #expect(Self.lines(transport, "/playbacks/").count == (isBelieved ? 2 : 1))
        #expect(Self.lines(transport, "DELETE").isEmpty != isBelieved)
      }
    }
  }

  @Test("A bridge that is there is as good as one that is made, however Asterisk says that") func sameBridge()
    async throws
  {
    let order = try Dialing.order(at: Dialing.start)
    let bridge = "/ari/bridges/ckb-\(order.id)"
    let isThere = Locked(false)
    let transport = AsteriskBench.transport { request in
      if request.isOrder { return .json(200, ["id": .string("cka-\(order.id)"), "state": "Down"]) }
      if request.line == "POST \(bridge)?type=mixing" { return .json(500, ["message": "it is not implemented"]) }
      return request.line == "GET \(bridge)" && isThere.withLock { $0 } ? .json(200, [:]) : nil
    }
    try await AsteriskBench.run(transport) { desk, time in
      let call = Dialing.reference(order)
      await #expect(throws: DialerError.self) { try await desk.connect(call, to: AsteriskBench.agent) }
      isThere.withLock { $0 = true }
      try await desk.connect(call, to: AsteriskBench.agent)
    }
  }
}
