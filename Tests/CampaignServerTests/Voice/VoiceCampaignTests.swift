import CampaignKit
import JSON
import Testing
import WebServer

@testable import CampaignServer

@Suite struct VoiceCampaignTests {
  static let example: JSONObject = [
    "name": "Q4 Sales Outreach", "description": "Sales outreach for Q4 leads", "status": "draft",
    "startDate": "2023-10-01T00:00:00.000Z", "endDate": "2023-12-31T23:59:59.000Z", "timezone": "America/Chicago",
    "dailyStartTime": "09:00", "dailyEndTime": "17:00", "phoneNumberId": "pn_123456789abcdef",
    "phoneNumber": "+18005551234", "voiceAgentId": "agent-456",
    "agentConfig": [
      "voice": "male-professional", "script": "sales-script-v3", "languages": ["en-US"], "fallbackAgentId": "agent-789",
    ], "maxConcurrentCalls": 10, "callAttemptsPerContact": 3, "retryDelay": 60, "scheduleType": "scheduled",
    "scheduleConfig": ["daysOfWeek": [1, 2, 3, 4, 5], "excludeDates": ["2023-12-25", "2023-12-26"], "note": "ours"],
    "callbackConfig": ["enabled": true, "maxAttempts": 2, "delayMinutes": 30],
    "transferConfig": [
      "enabled": true,
      "transferTargets": [
        ["name": "Sales Team", "number": "+18005557890", "type": "phone"],
        ["name": "Support Team", "endpoint": "sip:support@example.com", "type": "sip"],
      ],
    ], "tags": ["sales", "outreach", "q4-2023"],
    "metadata": ["department": "Sales", "priority": "high", "goalCompletionRate": 0.8, "deep": [["a": .null]]],
  ]

  @Test("C-08, C-09, C-10, C-54: create keeps every field") func keepsWhatItIsGiven() async throws {
    let scene = try await DialectScene.voice()
    let answer = try await scene.ask(.post, "/campaigns", .object(Self.example))
    #expect(answer.status == 201)
    #expect(answer.body["success"] == true)
    #expect(answer.body["message"] == "Campaign created successfully")
    let campaign = try #require(answer.body["campaign"]?.object)
    for (name, value) in Self.example { #expect(campaign[name] == value, "\(name)") }
    #expect(campaign["createdAt"] == campaign["updatedAt"])
    let id = try #require(campaign["id"]?.string)
    #expect(id.hasPrefix("campaign-"))
    var shown = try #require(try await scene.voiceCampaign(id).object)
    #expect(
      shown["stats"] == [
        "totalContacts": 0, "contactedCount": 0, "completedCount": 0, "failedCount": 0, "callbackCount": 0,
        "transferCount": 0,
      ])
    shown["stats"] = nil
    #expect(shown == campaign)
    let stored = try #require(try await scene.bench.engine.storage.campaign(try scene.campaign(id)))
    #expect(stored.schedule.days == [.monday, .tuesday, .wednesday, .thursday, .friday])
    #expect(stored.schedule.hours?.from.description == "09:00")
    #expect(stored.callback == Callback(isEnabled: true, maximumAttempts: 2, delay: .seconds(1800)))
    #expect(stored.transfer.targets.map(\.kind) == [.phone, .sip])
    #expect(stored.retries.maximumAttempts == 3)
    #expect(stored.retries.delay == .fixed(.seconds(3600)))
  }

  @Test("C-11: defaults") func fillsInWhatWasLeftOut() async throws {
    let scene = try await DialectScene.voice()
    let campaign = try #require(try await scene.ask(.post, "/campaigns", ["name": "Only"]).body["campaign"]?.object)
    let expected: JSONObject = [
      "status": "draft", "description": .null, "startDate": .null, "endDate": .null, "timezone": "UTC",
      "dailyStartTime": .null, "dailyEndTime": .null, "phoneNumber": .null, "agentConfig": .null,
      "maxConcurrentCalls": 10, "callAttemptsPerContact": 3, "retryDelay": 60, "scheduleType": "immediate",
      "scheduleConfig": .null, "callbackConfig": .null, "transferConfig": .null, "tags": [], "metadata": [:],
    ]
    for (name, value) in expected { #expect(campaign[name] == value, "\(name)") }
  }

  @Test(
    "C-12, C-13: unusable values",
    arguments: [
      "{}", #"{"name":" "}"#, #"{"name":7}"#, #"{"name":"a","status":"running"}"#, #"{"name":"a","status":"active"}"#,
      #"{"name":"a","maxConcurrentCalls":0}"#, #"{"name":"a","maxConcurrentCalls":"5"}"#,
      #"{"name":"a","callAttemptsPerContact":0}"#, #"{"name":"a","retryDelay":-1}"#,
      #"{"name":"a","dailyStartTime":"9am"}"#, #"{"name":"a","dailyEndTime":"25:00"}"#,
      #"{"name":"a","phoneNumber":"8005551234"}"#, #"{"name":"a","startDate":"tomorrow"}"#,
      #"{"name":"a","startDate":"2023-12-31T00:00:00Z","endDate":"2023-10-01T00:00:00Z"}"#,
      #"{"name":"a","scheduleType":"later"}"#, #"{"name":"a","timezone":"Mars/Base"}"#,
      #"{"name":"a","scheduleConfig":{"daysOfWeek":[7]}}"#, #"{"name":"a","scheduleConfig":{"excludeDates":["4th"]}}"#,
      #"{"name":"a","tags":"sales"}"#, #"{"name":"a","metadata":[]}"#, #"{"name":"a","agentConfig":"x"}"#,
      #"{"name":"a","callbackConfig":{"enabled":"yes"}}"#,
      #"{"name":"a","transferConfig":{"transferTargets":[{"name":"b"}]}}"#,
    ]) func refusesUnusableValues(text: String) async throws
  {
    let scene = try await DialectScene.voice()
    let answer = try await scene.ask(.post, "/campaigns", try JSONValue(parsing: text))
    #expect(answer.status == 400, "\(answer.body)")
    #expect(answer.body["error"] == "VALIDATION_ERROR")
    #expect(try await scene.ask(.get, "/campaigns").body["total"] == 0)
  }

  @Test("C-01, C-02: lists") func listsPages() async throws {
    let scene = try await DialectScene.voice()
    for index in 0..<28 { _ = try await scene.createVoice(["name": .string("Number \(index)")]) }
    let first = try await scene.ask(.get, "/campaigns").body
    for (name, value) in ["success": true, "count": 20, "total": 28, "page": 1, "pages": 2] as JSONObject {
      #expect(first[name] == value, "\(name)")
    }
    let row = try #require(first["campaigns"]?[0]?.object)
    #expect(row["name"] == "Number 27")
    #expect(
      row.keys == [
        "id", "name", "description", "status", "startDate", "endDate", "phoneNumber", "voiceAgentId",
        "maxConcurrentCalls", "createdAt", "updatedAt",
      ])
    let third = try await scene.ask(.get, "/campaigns?limit=10&page=3").body
    for (name, value) in ["count": 8, "total": 28, "page": 3, "pages": 3] as JSONObject {
      #expect(third[name] == value)
    }
    #expect(try await scene.ask(.get, "/campaigns?page=9").body["campaigns"] == [])
  }

  @Test("C-03, C-04, C-05, C-06: filter, search and sort") func filtersAndSorts() async throws {
    let scene = try await DialectScene.voice()
    for (name, description, limit) in [("Beta", "100% SALES_[x]", 3), ("alpha", "none", 9), ("Gamma", "sales", 5)] {
      _ = try await scene.createVoice([
        "name": .string(name), "description": .string(description), "maxConcurrentCalls": JSONValue(limit),
      ])
    }
    func names(_ query: String) async throws -> [String] {
      let answer = try await scene.ask(.get, "/campaigns?\(query)").body
      let names = answer["campaigns"]?.array?.compactMap { $0["name"]?.string } ?? []
      #expect(answer["total"]?.int == names.count)
      return names
    }
    #expect(try await names("") == ["Gamma", "alpha", "Beta"])
    #expect(try await names("sortDir=asc") == ["Beta", "alpha", "Gamma"])
    #expect(try await names("sortBy=maxConcurrentCalls") == ["alpha", "Gamma", "Beta"])
    #expect(try await names("sortBy=maxConcurrentCalls&sortDir=asc") == ["Beta", "Gamma", "alpha"])
    #expect(Set(try await names("sortBy=name&sortDir=asc")) == ["alpha", "Beta", "Gamma"])
    // Where capital letters stand is the store's own affair.
    #expect(try await names("sortBy=name&sortDir=asc").filter { $0 != "alpha" } == ["Beta", "Gamma"])
    #expect(try await names("sortBy=name").filter { $0 != "alpha" } == ["Gamma", "Beta"])
    #expect(try await names("search=sAlEs") == ["Gamma", "Beta"])
    #expect(try await names("search=ALPHA") == ["alpha"])
    #expect(try await names("search=%25") == ["Beta"])
    #expect(try await names("search=_%5Bx%5D") == ["Beta"])
    #expect(try await names("search=.*") == [])
    #expect(try await names("search='") == [])
    #expect(try await names("status=draft").count == 3)
    #expect(try await names("status=active") == [])
  }

  @Test(
    "C-07: senseless values",
    arguments: ["page=0", "limit=0", "limit=x", "status=running", "sortBy=phone", "sortDir=up", "page=-1"])
  func refusesSenselessQueries(query: String) async throws {
    let scene = try await DialectScene.voice()
    #expect(try await scene.status(.get, "/campaigns?\(query)") == 400)
  }

  @Test("C-14, C-15: update") func changesWhatIsNamed() async throws {
    let scene = try await DialectScene.voice()
    let id = try await scene.createVoice(Self.example)
    var before = try #require(try await scene.voiceCampaign(id).object)
    let answer = try await scene.ask(
      .put, "/campaigns/\(id)",
      [
        "name": "Q4 Sales Outreach - Updated", "maxConcurrentCalls": 15, "callAttemptsPerContact": 4,
        "agentConfig": ["voice": "female-professional"], "id": "x", "createdAt": "2020-01-01T00:00:00Z",
      ])
    #expect(answer.status == 200)
    #expect(answer.body["message"] == "Campaign updated successfully")
    let changed = try #require(answer.body["campaign"]?.object)
    before["stats"] = nil
    for (name, value) in changed {
      switch name {
      case "name": #expect(value == "Q4 Sales Outreach - Updated")
      case "maxConcurrentCalls": #expect(value == 15)
      case "callAttemptsPerContact": #expect(value == 4)
      case "agentConfig": #expect(value == ["voice": "female-professional"])
      case "updatedAt": continue
      default: #expect(value == before[name], "\(name)")
      }
    }
    let shown = try await scene.voiceCampaign(id)
    for body: JSONValue in [
      ["name": ""], ["maxConcurrentCalls": 0], ["endDate": "2020-01-01"], ["timezone": "x"], ["status": "x"],
      ["tags": [1]],
    ] { #expect(try await scene.status(.put, "/campaigns/\(id)", body) == 400, "\(body)") }
    #expect(try await scene.voiceCampaign(id) == shown)
    let cleared = try await scene.ask(
      .put, "/campaigns/\(id)",
      [
        "startDate": .null, "endDate": .null, "dailyStartTime": .null, "dailyEndTime": .null, "scheduleConfig": .null,
        "transferConfig": .null, "callbackConfig": .null, "phoneNumber": .null, "timezone": .null, "metadata": [:],
      ]
    ).body["campaign"]
    for name in [
      "startDate", "endDate", "dailyStartTime", "dailyEndTime", "scheduleConfig", "transferConfig", "callbackConfig",
      "phoneNumber",
    ] { #expect(cleared?[name] == JSONValue.null, "\(name)") }
    #expect(cleared?["metadata"] == [:])
    #expect(cleared?["scheduleType"] == "scheduled")
  }

  @Test("A-02: what was changed elsewhere is told anew") func tellsWhatTheModelSays() async throws {
    let scene = try await DialectScene.voice()
    let id = try await scene.createVoice(Self.example)
    var stored = try #require(try await scene.bench.engine.storage.campaign(try scene.campaign(id)))
    #expect(stored.ownMetadata == Self.example["metadata"]?.object)
    stored.schedule.days = [.saturday]
    stored.callback.maximumAttempts = 5
    stored.transfer.targets.removeFirst()
    stored.schedule.end = CivilDate("2023-12-31").map { .day($0) }
    _ = try await scene.bench.engine.update(stored)
    let campaign = try await scene.voiceCampaign(id)
    #expect(
      campaign["scheduleConfig"]
        == ["daysOfWeek": [6], "excludeDates": ["2023-12-25", "2023-12-26"], "note": "ours"])
    #expect(campaign["callbackConfig"] == ["enabled": true, "maxAttempts": 5, "delayMinutes": 30])
    #expect(campaign["transferConfig"]?["transferTargets"]?.array?.count == 1)
    #expect(campaign["endDate"] == "2024-01-01T05:59:59.999Z")
  }

  @Test("C-18, C-19: delete") func deletes() async throws {
    let scene = try await DialectScene.voice()
    let id = try await scene.createVoice()
    try await scene.addContacts([DialectScene.number(0)], to: id)
    #expect(try await scene.status(.post, "/campaigns/\(id)/start") == 200)
    #expect(try await scene.status(.delete, "/campaigns/\(id)") == 409)
    #expect(try await scene.status(.post, "/campaigns/\(id)/pause") == 200)
    let answer = try await scene.ask(.delete, "/campaigns/\(id)")
    #expect(answer.body == ["success": true, "message": "Campaign deleted successfully"])
    #expect(try await scene.status(.get, "/campaigns/\(id)") == 404)
  }

  static let routes: [(WebServer.Method, String, JSONValue?)] = [
    (.get, "", nil), (.put, "", ["name": "a"]), (.delete, "", nil), (.get, "/statistics", nil),
    (.get, "/contacts", nil), (.post, "/contacts", ["contacts": [["phoneNumber": "+18005551234"]]]),
    (.post, "/start", nil), (.post, "/pause", nil), (.post, "/resume", nil), (.post, "/end", nil),
  ]

  @Test("C-20, C-50, C-51: unknown campaigns, those of others, and nobody") func knowsNoOtherCampaign() async throws {
    let scene = try await DialectScene.voice()
    let other = try await scene.createVoice(as: "two")
    for (method, path, body) in Self.routes {
      for id in [other, "campaign-123", "x"] {
        #expect(try await scene.status(method, "/campaigns/\(id)\(path)", body) == 404, "\(method) \(id)\(path)")
      }
      #expect(try await scene.status(method, "/campaigns/\(other)\(path)", body, as: nil) == 401, "\(method) \(path)")
    }
    #expect(try await scene.status(.get, "/campaigns", as: nil) == 401)
    #expect(try await scene.status(.post, "/campaigns", ["name": "a"], as: nil) == 401)
    #expect(try await scene.status(.post, "/campaigns", ["name": "a"], as: "one-agent") == 403)
    #expect(try await scene.ask(.get, "/campaigns").body["total"] == 0)
  }

  @Test("C-52: text is kept") func keepsText() async throws {
    let scene = try await DialectScene.voice()
    let text = "Ünïcödé 😀 \"quotes\" \\ \u{202E}\n'; --"
    let settings: JSONObject = [
      "name": .string("😀" + text), "description": .string(text), "tags": [.string(text)],
      "metadata": ["k": .string(text), "big": 12_345_678_901_234_567, "list": [1.5, true, .null]],
      "agentConfig": ["script": .string(text)],
    ]
    let campaign = try await scene.voiceCampaign(try await scene.createVoice(settings))
    for (name, value) in settings { #expect(campaign[name] == value, "\(name)") }
  }
}
