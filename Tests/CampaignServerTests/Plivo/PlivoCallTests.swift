import CampaignKit
import JSON
import Testing
import WebServer

@testable import CampaignServer

@Suite struct PlivoCallTests {
  private static func call(_ to: String, _ others: JSONObject = [:]) -> JSONValue {
    var body: JSONObject = ["from": "+14155550100", "to": .string(to), "wssUrl": "ws://example.com/stream"]
    for (name, value) in others { body[name] = value }
    return .object(body)
  }

  @Test("A single call keeps the legal hours: a number without a zone is never called") func hours() async throws {
    let scene = try await DialectScene.plivo { $0.keepsLegalHours = true }
    let refused = try await scene.ask(.post, "/single-call", Self.call("+80012345678"))
    #expect(refused.status == 400)
    #expect(refused.body["code"] == "CALLING_HOURS")
    #expect(refused.body["message"]?.string?.contains(DialingRule.unknownZone) == true, "\(refused.body)")
  }

  @Test("P-32, P-33, P-35, P-38, P-39, P-48, P-50: single calls, and what is told of live ones") func calls()
    async throws
  {
    let scene = try await DialectScene.plivo()
    let id = try await scene.createPlivo([DialectScene.number(0, "0012"), DialectScene.number(1, "0012")])
    let answer = try await scene.ask(
      .post, "/single-call",
      Self.call(
        DialectScene.number(9, "0012"),
        ["assistantId": "65a1b2c3d4e5f60718293a4b", "customPrompt": .string(String(repeating: "é", count: 1000))]))
    #expect(answer.status == 200)
    #expect(answer.body["message"] == "Call initiated successfully")
    let data = try #require(answer.body["data"])
    #expect(data["from"] == "+14155550100")
    #expect(data["to"] == .string(DialectScene.number(9, "0012")))
    #expect(data["status"] == "active")
    #expect(isMoment(data["startTime"]))
    let single = try #require(data["callUUID"]?.string)
    let callID = try #require(IdentifierForm.read(single, as: Call.self))
    let stored = try #require(try await scene.bench.engine.storage.call(callID))
    #expect(stored.metadata["wssUrl"] == "ws://example.com/stream")
    #expect(stored.metadata["assistantId"] == "65a1b2c3d4e5f60718293a4b")
    try await scene.bench.running {
      try await scene.wait(for: .callAnswered, 1, of: id)
      let full = try await scene.ask(.post, "/single-call", Self.call(DialectScene.number(8)))
      #expect(full.status == 429)
      #expect(full.body["code"] == "CAPACITY")
      let monitoring = try #require(
        try await scene.ask(.get, "/monitoring/active-calls?includeDetails=true").body["monitoring"])
      #expect(
        monitoring["summary"] == [
          "totalActive": 2, "clientActive": 2, "globalUtilization": 20, "clientUtilization": 100,
        ])
      #expect(
        monitoring["limits"] == ["clientMax": 2, "globalMax": 10, "clientAvailable": 0, "globalAvailable": 8])
      let rows = monitoring["calls"]?.array ?? []
      #expect(Set(rows.compactMap { $0["callUUID"]?.string }).count == 2)
      let own = try #require(rows.first { $0["callUUID"]?.string == single })
      #expect(own["campaignId"]?.isNull == true)
      #expect(own["startTime"] == data["startTime"])
      #expect(rows.contains { $0["campaignId"] == .string(id) })
      let brief = try await scene.ask(.get, "/monitoring/active-calls").body["monitoring"]
      #expect(brief?["calls"] == [])
      #expect(brief?["summary"] == monitoring["summary"])
      let channels = try #require(try await scene.ask(.get, "/get-active-channels?includeCalls=true").body["data"])
      #expect(channels["global"] == ["active": 2, "max": 10, "available": 8, "utilization": 20])
      #expect(channels["client"] == ["active": 2, "max": 2, "available": 0, "utilization": 100])
      #expect(channels["calls"]?.array?.count == 2)
      #expect(try await scene.ask(.get, "/get-active-channels").body["data"]?["calls"] == [])
      let use = try await scene.ask(.get, "/monitoring/utilization").body
      #expect(use["utilization"]?["concurrency"] == ["percentage": 100, "active": 2, "available": 0, "max": 2])
      #expect(use["utilization"]?["campaigns"] == ["running": 1, "paused": 0, "load": 100])
      #expect(use["utilization"]?["callRate"] == ["last5Minutes": 2, "ratePerMinute": 0.4])
      #expect(use["utilization"]?["systemStatus"] == "critical")
      #expect(use["recommendations"]?.array?.map { $0["type"]?.string } == ["accountLimit"])
      let other = try await scene.ask(.get, "/get-active-channels?includeCalls=true", as: "two").body["data"]
      #expect(other?["global"]?["active"] == 2)
      #expect(other?["client"] == ["active": 0, "max": 2, "available": 2, "utilization": 0])
      #expect(other?["calls"] == [])
      _ = try await scene.bulk("cancel", [id])
      try await scene.hangUpAll()
    }
  }

  @Test("P-34: never more calls than the client's limit") func keepsTheLimit() async throws {
    let scene = try await DialectScene.plivo(dialer: SimulatedCarrier(mix: .fast))
    let id = try await scene.createPlivo((0..<8).map { DialectScene.number($0) })
    let most = try await scene.bench.running {
      let account = try #require(scene.bench.accounts["one"])
      var live = 0
      var most = 0
      for try await event in scene.bench.engine.events(of: account.id, after: 0) {
        if event.kind == .callIntended { live += 1 }
        if event.kind == .callEnded { live -= 1 }
        most = max(most, live)
        if event.status == Campaign.Status.completed.rawValue { break }
      }
      return most
    }
    #expect(most == 2)
    #expect(try await scene.progress(of: id)["progress"]?["processedContacts"] == 8)
  }

  @Test(
    "P-49: what is wrong with a single call is named",
    arguments: [
      ("from", nil), ("from", "nobody"), ("to", nil), ("to", "12"), ("wssUrl", nil), ("wssUrl", "http://example.com"),
      ("assistantId", "x"), ("customPrompt", .string(String(repeating: "a", count: 1001))), ("customPrompt", 5),
    ] as [(String, JSONValue?)])
  func refuses(_ field: String, _ value: JSONValue?) async throws {
    let scene = try await DialectScene.plivo()
    var body = try #require(Self.call(DialectScene.number(0)).object)
    body[field] = value
    let answer = try await scene.ask(.post, "/single-call", .object(body))
    #expect(answer.status == 400)
    #expect(answer.body["fields"]?.array?.map { $0["field"]?.string } == [field])
  }

  @Test("P-40, A-33: another client is refused") func refusesOtherClients() async throws {
    let scene = try await DialectScene.plivo()
    let two = try #require(scene.bench.accounts["two"])
    #expect(try await scene.status(.get, "/get-active-channels?clientId=\(two.id)") == 403)
    #expect(try await scene.status(.get, "/get-active-channels?clientId=\(two.id)", as: "two") == 200)
    #expect(
      try await scene.status(
        .post, "/single-call", Self.call(DialectScene.number(0), ["clientId": .string(two.id.description)])) == 403)
    let account = try #require(scene.bench.accounts["one"])
    #expect(try await scene.bench.engine.storage.slots(of: account.id).systemActive == 0)
  }

  @Test("P-51, P-53, P-54: nobody gets in without a token, and agents only read") func needsToken() async throws {
    let scene = try await DialectScene.plivo()
    let operations = Dialect.plivo().operations.filter { !$0.isBeside }
    #expect(operations.count == 15)
    for operation in operations {
      let path = operation.path.replacing("{campaignId}", with: "000000000000000000000000")
      let nobody = try await scene.ask(operation.method, path, as: nil)
      #expect(nobody.status == 401, "\(path)")
      #expect(nobody.body["success"] == false)
      #expect(nobody.body["code"] == "UNAUTHORIZED")
      #expect(isMoment(nobody.body["timestamp"]))
      #expect(try await scene.ask(operation.method, path, as: "wrong").status == 401, "\(path)")
      if operation.method == .post {
        #expect(try await scene.ask(operation.method, path, as: "one-agent").status == 403, "\(path)")
      }
    }
  }

  @Test("P-52: a key instead of a token") func takesKeys() async throws {
    struct Keys: Authenticating {
      let principal: Principal

      func principal(bearer: String?, apiKey: String?) async throws -> Principal? {
        apiKey == "key" ? principal : nil
      }
    }
    let storage = LocalStore.memory
    let identifiers = IdentifierGenerator()
    let now = try await storage.now()
    let account = Account(id: identifiers.next(at: now), name: "keyed", createdAt: now)
    try await storage.insert(account)
    let principal = Principal(identity: .key(identifiers.next(at: now)), account: account.id, role: .manager)
    let bench = try await ServiceBench([.plivo()], storage: storage, authenticator: Keys(principal: principal))
    #expect(try await bench.ask(.get, "/plivo/dashboard/stats", as: nil, fields: ["x-api-key": "key"]).status == 200)
    #expect(try await bench.ask(.get, "/plivo/dashboard/stats", as: nil, fields: ["x-api-key": "no"]).status == 401)
  }
}
