import CampaignKit
import JSON
import Testing
import WebServer

@testable import CampaignServer

@Suite struct V1CampaignTests {
  @Test("V-01: health") func tellsThatItRuns() async throws {
    let scene = try await DialectScene.v1()
    let answer = try await scene.ask(.get, "/health", as: nil)
    #expect(answer.status == 200)
    #expect(answer.body["success"] == true)
    #expect(answer.body["message"] == "Campaign Calling API is running")
    #expect(isMoment(answer.body["timestamp"]))
  }

  @Test("V-03: create keeps every field") func keepsWhatItIsGiven() async throws {
    let scene = try await DialectScene.v1()
    let settings: JSONObject = [
      "name": "Q4 Sales Campaign", "description": "End of year sales push", "maxConcurrent": 4, "retryFailed": true,
      "retryAttempts": 2, "callDelay": 2500, "status": "draft",
    ]
    let answer = try await scene.ask(.post, "/campaigns", .object(settings))
    #expect(answer.status == 201)
    #expect(answer.body["success"] == true)
    let campaign = try #require(answer.body["data"]?.object)
    for (name, value) in settings { #expect(campaign[name] == value, "\(name)") }
    for name in ["totalCalls", "successfulCalls", "failedCalls"] { #expect(campaign[name] == 0) }
    for name in ["scheduledAt", "startedAt", "completedAt"] { #expect(campaign[name] == JSONValue.null) }
    #expect(isMoment(campaign["createdAt"]))
    #expect(campaign["createdAt"] == campaign["updatedAt"])
    let id = try #require(campaign["id"]?.string)
    #expect(id.hasPrefix("c") && id.utf8.count == 25)
    var shown = try #require(try await scene.data("/campaigns/\(id)").object)
    for name in ["_count", "campaignAgents", "leads"] { shown[name] = nil }
    #expect(shown == campaign)
  }

  @Test("V-04: defaults") func fillsInTheDocumentsExample() async throws {
    let scene = try await DialectScene.v1()
    let campaign = try #require(try await scene.ask(.post, "/campaigns", ["name": "Only"]).body["data"])
    let expected: JSONObject = [
      "status": "draft", "description": .null, "retryFailed": false, "maxConcurrent": 3, "retryAttempts": 1,
      "callDelay": 2000,
    ]
    for (name, value) in expected { #expect(campaign[name] == value, "\(name)") }
  }

  @Test(
    "V-05, V-06, V-07: unusable values",
    arguments: [
      "{}", #"{"name":""}"#, #"{"name":"  "}"#, #"{"name":3}"#, #"{"name":null}"#,
      #"{"name":"a","maxConcurrent":0}"#, #"{"name":"a","maxConcurrent":1.5}"#, #"{"name":"a","maxConcurrent":"3"}"#,
      #"{"name":"a","maxConcurrent":null}"#, #"{"name":"a","callDelay":-1}"#, #"{"name":"a","retryAttempts":-1}"#,
      #"{"name":"a","retryAttempts":0.5}"#, #"{"name":"a","retryFailed":"yes"}"#, #"{"name":"a","description":[]}"#,
      #"{"name":"a","status":"running"}"#, #"{"name":"a","status":"active"}"#, #"{"name":"a","scheduledAt":"soon"}"#,
    ]) func refusesUnusableValues(text: String) async throws
  {
    let scene = try await DialectScene.v1()
    let answer = try await scene.ask(.post, "/campaigns", try JSONValue(parsing: text))
    #expect(answer.status == 400)
    #expect(try await scene.ask(.get, "/campaigns").body["pagination"]?["total"] == 0)
  }

  @Test("V-08, V-09, V-10: lists") func listsPages() async throws {
    let scene = try await DialectScene.v1()
    for index in 0..<25 { _ = try await scene.create(["name": "Number \(index)"]) }
    let first = try await scene.ask(.get, "/campaigns")
    #expect(first.body["pagination"] == ["total": 25, "page": 1, "limit": 10, "pages": 3])
    #expect(first.body["data"]?.array?.count == 10)
    #expect(first.body["data"]?[0]?["name"] == "Number 24")
    #expect(first.body["data"]?[0]?["_count"] == ["leads": 0, "campaignAgents": 0])
    var ids: [String] = []
    for page in 1...4 {
      let rows = try await scene.ask(.get, "/campaigns?page=\(page)&limit=9").body["data"]?.array ?? []
      #expect(rows.count == (page < 3 ? 9 : page == 3 ? 7 : 0))
      ids += rows.compactMap { $0["id"]?.string }
    }
    #expect(Set(ids).count == 25)
  }

  @Test("V-11: filter by status") func filtersByStatus() async throws {
    let scene = try await DialectScene.v1()
    var ids: [String: String] = [:]
    for name in ["draft", "active", "paused", "stopped", "completed"] {
      let id = try await scene.create(["name": .string(name)])
      ids[name] = id
      try await scene.add([DialectScene.number(0)], to: id)
      if name != "draft" { #expect(try await scene.status(.post, "/campaigns/\(id)/start") == 200) }
      if name == "paused" { #expect(try await scene.status(.post, "/campaigns/\(id)/pause") == 200) }
      if name == "stopped" { #expect(try await scene.status(.post, "/campaigns/\(id)/stop") == 200) }
    }
    let completed = try scene.campaign(try #require(ids["completed"]))
    _ = try await scene.bench.engine.end(completed)
    var sum = 0
    for (name, id) in ids {
      let answer = try await scene.ask(.get, "/campaigns?status=\(name)")
      #expect(answer.body["data"]?.array?.compactMap { $0["id"]?.string } == [id], "\(name)")
      #expect(answer.body["data"]?[0]?["status"] == .string(name))
      sum += answer.body["pagination"]?["total"]?.int ?? 0
    }
    #expect(sum == 5)
  }

  @Test(
    "V-12: senseless values",
    arguments: ["page=0", "page=-1", "page=x", "limit=0", "limit=x", "limit=1.5", "status=running", "page=1&page=2"])
  func refusesSenselessPages(query: String) async throws {
    let scene = try await DialectScene.v1()
    let id = try await scene.create()
    #expect(try await scene.status(.get, "/campaigns?\(query)") == 400)
    #expect(try await scene.status(.get, "/campaigns/\(id)/leads?\(query)") == 400)
    #expect(try await scene.ask(.get, "/campaigns?page=1000000000&limit=1000").body["data"] == [])
  }

  @Test("V-13: one campaign with its leads and agents") func showsLeadsAndAgents() async throws {
    let scene = try await DialectScene.v1()
    let id = try await scene.create()
    for start in [0, 400, 800] {
      try await scene.add((start..<start + 400).map { "+1415\(556 + $0 / 100)\(2000 + $0 % 100)" }, to: id)
    }
    let agent = try #require(try await scene.ask(.post, "/agents", ["name": "Ann"]).body["data"])
    _ = try await scene.ask(.post, "/campaigns/\(id)/agents", ["agentId": try #require(agent["id"])])
    let campaign = try await scene.data("/campaigns/\(id)")
    #expect(campaign["_count"] == ["leads": 1200, "campaignAgents": 1])
    #expect(campaign["leads"]?.array?.count == 1000)
    #expect(campaign["leads"]?[0]?["phoneNumber"] == "+14155562000")
    #expect(campaign["leads"]?[999]?["phoneNumber"] == "+14155652099")
    #expect(
      campaign["campaignAgents"] == [["campaignId": .string(id), "agentId": try #require(agent["id"]), "agent": agent]])
  }

  @Test("V-14: unknown campaigns, and those of others") func knowsNoOtherCampaign() async throws {
    let scene = try await DialectScene.v1()
    let other = try #require(
      try await scene.ask(.post, "/campaigns", ["name": "Theirs"], as: "two").body["data"]?["id"]?.string)
    let routes: [(WebServer.Method, String, JSONValue?)] = [
      (.get, "", nil), (.put, "", ["name": "a"]), (.delete, "", nil), (.post, "/start", nil), (.post, "/stop", nil),
      (.post, "/pause", nil), (.post, "/resume", nil), (.get, "/stats", nil), (.get, "/leads", nil),
      (.post, "/leads", ["phoneNumber": "+919529117230"]),
      (.post, "/leads/bulk", ["leads": [["phoneNumber": "+919529117230"]]]), (.delete, "/leads", nil),
      (.get, "/leads/lead_0190a2b45c6d7e8f9a0b1c2d", nil),
      (.put, "/leads/lead_0190a2b45c6d7e8f9a0b1c2d", ["name": "a"]),
      (.delete, "/leads/lead_0190a2b45c6d7e8f9a0b1c2d", nil), (.post, "/agents", ["agentId": "a"]),
      (.delete, "/agents", ["agentId": "a"]),
    ]
    for id in [other, "c0190a2b45c6d7e8f9a0b1c2d", "nonsense", "%F0%9F%98%80"] {
      for (method, path, body) in routes {
        #expect(try await scene.status(method, "/campaigns/\(id)\(path)", body) == 404, "\(method) \(id)\(path)")
      }
      #expect(try await scene.upload("/campaigns/\(id)/leads/upload", "phoneNumber\n+919529117230\n").status == 404)
    }
  }

  @Test("V-15, V-16, V-17, V-18: update") func changesWhatIsNamed() async throws {
    let scene = try await DialectScene.v1()
    let id = try await scene.create(["description": "Old", "retryFailed": true, "retryAttempts": 4])
    let before = try #require(try await scene.data("/campaigns/\(id)").object)
    let answer = try await scene.ask(
      .put, "/campaigns/\(id)", ["maxConcurrent": 5, "status": "active", "totalCalls": 9, "id": "x"])
    #expect(answer.status == 200)
    let changed = try #require(answer.body["data"]?.object)
    for (name, value) in changed where name != "maxConcurrent" && name != "updatedAt" { #expect(before[name] == value) }
    #expect(changed["maxConcurrent"] == 5)
    let times = [before, changed].compactMap { $0["updatedAt"]?.string.flatMap { Timestamp($0) } }
    #expect(times.count == 2 && times[0] <= times[1])
    #expect(
      try await scene.ask(.put, "/campaigns/\(id)", ["description": .null]).body["data"]?["description"]
        == JSONValue.null)
    let shown = try await scene.data("/campaigns/\(id)")
    for body: JSONValue in [
      ["name": ""], ["name": .null], ["maxConcurrent": 0], ["callDelay": "1"], ["retryFailed": 1],
    ] {
      #expect(try await scene.status(.put, "/campaigns/\(id)", body) == 400, "\(body)")
    }
    #expect(try await scene.data("/campaigns/\(id)") == shown)
    let retries = try await scene.ask(.put, "/campaigns/\(id)", ["retryFailed": false]).body["data"]
    #expect(retries?["retryFailed"] == false)
    #expect(retries?["retryAttempts"] == 4)
  }

  @Test("V-19, V-21, V-70: an active campaign is left alone") func leavesActiveCampaignsAlone() async throws {
    let scene = try await DialectScene.v1()
    let id = try await scene.create()
    try await scene.add([DialectScene.number(0)], to: id)
    #expect(try await scene.status(.post, "/campaigns/\(id)/start") == 200)
    #expect(try await scene.status(.put, "/campaigns/\(id)", ["name": "New"]) == 400)
    #expect(try await scene.status(.delete, "/campaigns/\(id)") == 400)
    #expect(try await scene.status(.delete, "/campaigns/\(id)/leads") == 400)
    let campaign = try await scene.data("/campaigns/\(id)")
    #expect(campaign["name"] == "Test")
    #expect(campaign["_count"]?["leads"] == 1)
    #expect(try await scene.status(.post, "/campaigns/\(id)/pause") == 200)
    #expect(try await scene.status(.put, "/campaigns/\(id)", ["name": "New"]) == 200)
  }

  @Test("V-20: delete") func deletes() async throws {
    let scene = try await DialectScene.v1()
    let id = try await scene.create()
    try await scene.add([DialectScene.number(0)], to: id)
    let answer = try await scene.ask(.delete, "/campaigns/\(id)")
    #expect(answer.status == 200)
    #expect(answer.body == ["success": true, "message": "Campaign deleted successfully"])
    #expect(try await scene.status(.get, "/campaigns/\(id)") == 404)
    #expect(try await scene.status(.get, "/campaigns/\(id)/leads") == 404)
  }

  @Test("V-77, V-79, V-80: errors and text") func keepsTextAndTellsErrors() async throws {
    let scene = try await DialectScene.v1()
    let text = "Ünïcödé 😀 \"quotes\" \\ </script> \u{202E}'; DROP TABLE"
    let id = try await scene.create(["name": .string(text), "description": .string("\n" + text)])
    let campaign = try await scene.data("/campaigns/\(id)")
    #expect(campaign["name"] == .string(text))
    #expect(campaign["description"] == .string("\n" + text))
    let error = try await scene.ask(.post, "/campaigns", ["name": ""]).body
    #expect(error["success"] == false)
    #expect(error["error"] == "The request is not valid")
    #expect(error["details"] == "name must not be empty")
    let response = try await scene.bench.send(.get, "/api/v1/nowhere")
    #expect(response.status == .notFound)
    #expect(response.contentType == "application/json")
    #expect(try JSONValue(parsing: try await response.collect())["details"]?.string != nil)
  }

  @Test("V-78: open on this machine") func isOpenToThisMachine() async throws {
    let scene = try await DialectScene.v1()
    let answer = try await scene.bench.ask(
      .post, "/api/v1/campaigns", ["name": "Mine"], as: nil, fields: ["Host": "localhost:3000"])
    #expect(answer.status == 201)
    #expect(try await scene.ask(.get, "/campaigns").body["pagination"]?["total"] == 1)
    #expect(
      try await scene.bench.ask(.get, "/api/v1/campaigns", as: nil, fields: ["Host": "example.com"]).status == 401)
    #expect(try await scene.status(.post, "/campaigns", ["name": "a"], as: "one-agent") == 403)
  }
}
