import CampaignKit
import JSON
import Testing
import WebServer

@testable import CampaignServer

@Suite struct V1LeadTests {
  @Test("V-44, V-45: one lead") func addsALead() async throws {
    let scene = try await DialectScene.v1()
    let id = try await scene.create()
    let answer = try await scene.ask(
      .post, "/campaigns/\(id)/leads",
      [
        "phoneNumber": "+919529117230", "name": "John Doe", "priority": 1,
        "metadata": ["source": "website", "tags": ["high-value"]],
      ])
    #expect(answer.status == 201)
    var lead = try #require(answer.body["data"]?.object)
    let leadID = try #require(lead["id"]?.string)
    #expect(leadID.hasPrefix("lead_"))
    lead["id"] = nil
    #expect(
      lead == [
        "campaignId": .string(id), "phoneNumber": "+919529117230", "name": "John Doe", "status": "pending",
        "priority": 1, "metadata": #"{"source":"website","tags":["high-value"]}"#,
      ])
    #expect(try await scene.ask(.get, "/campaigns").body["data"]?[0]?["_count"]?["leads"] == 1)
  }

  @Test(
    "V-48: metadata comes back as it was given",
    arguments: [
      (nil, nil), ("null", nil), ("{}", "{}"), (#""""#, ""), (#"" plain text ""#, " plain text "),
      (#""{\"a\":1}""#, #"{"a":1}"#), (#""{ \"a\": 1 }""#, #"{ "a": 1 }"#),
      (#"{"metadata":"x"}"#, #"{"metadata":"x"}"#),
      (#"{"b":[1.50,null],"a":{"c":true}}"#, #"{"b":[1.50,null],"a":{"c":true}}"#), (#""[1,2]""#, "[1,2]"),
    ] as [(String?, String?)]) func keepsMetadata(given: String?, told: String?) async throws
  {
    let scene = try await DialectScene.v1()
    let id = try await scene.create()
    var body: JSONObject = ["phoneNumber": "+919529117230"]
    if let given { body["metadata"] = try JSONValue(parsing: given) }
    let lead = try #require(try await scene.ask(.post, "/campaigns/\(id)/leads", .object(body)).body["data"])
    #expect(lead["metadata"] == (told.map { .string($0) } ?? .null))
    #expect(lead["name"] == JSONValue.null)
    #expect(lead["priority"] == 1)
  }

  @Test(
    "V-46, V-47: unusable leads",
    arguments: [
      "{}", #"{"phoneNumber":""}"#, #"{"phoneNumber":"abc"}"#, #"{"phoneNumber":919529117230}"#,
      #"{"phoneNumber":null}"#, #"{"phoneNumber":"+1"}"#, #"{"phoneNumber":"+919529117230","priority":"high"}"#,
      #"{"phoneNumber":"+919529117230","priority":1.5}"#, #"{"phoneNumber":"+919529117230","name":5}"#,
      #"{"phoneNumber":"+919529117230","metadata":5}"#,
    ]) func refusesUnusableLeads(text: String) async throws
  {
    let scene = try await DialectScene.v1()
    let id = try await scene.create()
    #expect(try await scene.status(.post, "/campaigns/\(id)/leads", try JSONValue(parsing: text)) == 400)
    #expect(try await scene.data("/campaigns/\(id)")["_count"]?["leads"] == 0)
  }

  @Test("V-49, V-51, V-52: bulk") func addsInBulk() async throws {
    let scene = try await DialectScene.v1()
    let id = try await scene.create()
    let answer = try await scene.ask(
      .post, "/campaigns/\(id)/leads/bulk",
      [
        "leads": [
          ["phoneNumber": "+919529117230", "name": "John Doe", "priority": 1], ["name": "Nobody"], "nonsense",
          ["phoneNumber": "+91 95291 17230"], ["phoneNumber": "+918329823146", "priority": 2],
        ]
      ])
    #expect(answer.status == 200)
    #expect(answer.body["data"]?["created"] == 2)
    #expect(answer.body["data"]?["total"] == 5)
    #expect(answer.body["data"]?["errors"]?.array?.compactMap { $0["index"]?.int } == [1, 2, 3])
    let leads = try await scene.data("/campaigns/\(id)/leads").array ?? []
    #expect(leads.compactMap { $0["phoneNumber"]?.string } == ["+919529117230", "+918329823146"])
    #expect(leads.compactMap { $0["priority"]?.int } == [1, 2])
    let again = try await scene.ask(.post, "/campaigns/\(id)/leads", ["phoneNumber": "+919529117230"])
    #expect(again.status == 400)
    #expect(try await scene.data("/campaigns/\(id)/stats")["totalLeads"] == 2)
  }

  @Test("V-52: of eight that add one number at once, one wins") func addsANumberOnce() async throws {
    let scene = try await DialectScene.v1()
    let id = try await scene.create()
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask { try await scene.status(.post, "/campaigns/\(id)/leads", ["phoneNumber": "+919529117230"]) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses.sorted() == [201] + Array(repeating: 400, count: 7))
    #expect(try await scene.data("/campaigns/\(id)/stats")["totalLeads"] == 1)
  }

  @Test("V-50: bulk without a list", arguments: ["{}", #"{"leads":[]}"#, #"{"leads":{}}"#, #"{"leads":null}"#])
  func refusesBulkWithoutAList(text: String) async throws {
    let scene = try await DialectScene.v1()
    let id = try await scene.create()
    #expect(try await scene.status(.post, "/campaigns/\(id)/leads/bulk", try JSONValue(parsing: text)) == 400)
  }

  @Test("Numbers on the do-not-call list are not added, and nothing is added to a campaign that is over")
  func addsNobodyWhoMustNotBeCalled() async throws {
    let scene = try await DialectScene.v1()
    let id = try await scene.create()
    let account = try #require(scene.bench.accounts["one"]).id
    let number = try #require(PhoneNumber(e164: "+919529117230"))
    let entry = Suppression(.number(number), account: account, source: "test", addedAt: Timestamp(milliseconds: 0))
    _ = try await scene.bench.engine.storage.suppress([entry])
    #expect(try await scene.status(.post, "/campaigns/\(id)/leads", ["phoneNumber": "+919529117230"]) == 400)
    _ = try await scene.bench.engine.cancel(try scene.campaign(id))
    #expect(try await scene.status(.post, "/campaigns/\(id)/leads", ["phoneNumber": "+918329823146"]) == 400)
  }

  @Test("V-61, V-62: list") func listsLeads() async throws {
    let scene = try await DialectScene.v1()
    let id = try await scene.create()
    try await scene.add((0..<60).map { "+14155562\(100 + $0)" }, to: id)
    let first = try await scene.ask(.get, "/campaigns/\(id)/leads").body
    #expect(first["pagination"] == ["total": 60, "page": 1, "limit": 50, "pages": 2])
    #expect(first["data"]?.array?.count == 50)
    let second = try await scene.ask(.get, "/campaigns/\(id)/leads?page=2").body["data"]?.array ?? []
    #expect(second.compactMap { $0["phoneNumber"]?.string } == (50..<60).map { "+14155562\(100 + $0)" })
    #expect(try await scene.ask(.get, "/campaigns/\(id)/leads?status=pending").body["pagination"]?["total"] == 60)
    for name in ["calling", "completed", "failed"] {
      #expect(try await scene.ask(.get, "/campaigns/\(id)/leads?status=\(name)").body["data"] == [])
    }
  }

  @Test("V-63: call history") func tellsCalls() async throws {
    let scene = try await DialectScene.v1()
    let id = try await scene.create(["retryFailed": true, "retryAttempts": 1])
    try await scene.add([DialectScene.number(0, "0003")], to: id)
    #expect(try await scene.status(.post, "/campaigns/\(id)/start") == 200)
    try await scene.run(id)
    let row = try #require(try await scene.data("/campaigns/\(id)/leads")[0]?.object)
    let leadID = try #require(row["id"]?.string)
    var lead = try #require(try await scene.data("/campaigns/\(id)/leads/\(leadID)").object)
    let calls = try #require(lead["calls"]?.array)
    #expect(calls.compactMap { $0["attempt"]?.int } == [2, 1])
    #expect(calls.allSatisfy { $0["status"] == "ended" && $0["outcome"] == "noAnswer" && isMoment($0["endedAt"]) })
    lead["calls"] = nil
    #expect(lead == row)
    #expect(lead["status"] == "failed")
  }

  @Test("V-64: a lead only through its campaign") func findsLeadsThroughTheirCampaign() async throws {
    let scene = try await DialectScene.v1()
    let ids = [try await scene.create(), try await scene.create()]
    try await scene.add([DialectScene.number(0)], to: ids[0])
    let lead = try #require(try await scene.data("/campaigns/\(ids[0])/leads")[0]?["id"]?.string)
    for method in [WebServer.Method.get, .put, .delete] {
      let body: JSONValue? = method == .put ? ["name": "a"] : nil
      #expect(try await scene.status(method, "/campaigns/\(ids[1])/leads/\(lead)", body) == 404)
      #expect(try await scene.status(method, "/campaigns/\(ids[0])/leads/lead_0", body) == 404)
    }
    #expect(try await scene.status(.get, "/campaigns/\(ids[0])/leads/\(lead)") == 200)
  }

  @Test("V-65, V-66: change a lead") func changesALead() async throws {
    let scene = try await DialectScene.v1()
    let id = try await scene.create()
    let added = try await scene.ask(
      .post, "/campaigns/\(id)/leads", ["phoneNumber": "+919529117230", "name": "John", "metadata": ["a": 1]])
    let path = "/campaigns/\(id)/leads/\(try #require(added.body["data"]?["id"]?.string))"
    let changed = try await scene.ask(.put, path, ["priority": 2, "phoneNumber": "+918329823146", "status": "failed"])
    #expect(changed.body["data"]?["priority"] == 2)
    #expect(changed.body["data"]?["name"] == "John")
    #expect(changed.body["data"]?["phoneNumber"] == "+919529117230")
    #expect(changed.body["data"]?["status"] == "pending")
    let other = try await scene.ask(.put, path, ["name": "John Updated", "metadata": ["updated": true]])
    #expect(other.body["data"]?["name"] == "John Updated")
    #expect(other.body["data"]?["metadata"] == #"{"updated":true}"#)
    let shown = try await scene.data(path)
    for body: JSONValue in [["name": 5], ["priority": "x"], ["priority": 1.5], ["metadata": 1]] {
      #expect(try await scene.status(.put, path, body) == 400, "\(body)")
    }
    #expect(try await scene.data(path) == shown)
    #expect(try await scene.ask(.put, path, ["name": .null]).body["data"]?["name"] == JSONValue.null)
  }

  @Test("V-67, V-69: delete leads") func deletesLeads() async throws {
    let scene = try await DialectScene.v1()
    let id = try await scene.create()
    try await scene.add((0..<3).map { DialectScene.number($0) }, to: id)
    let lead = try #require(try await scene.data("/campaigns/\(id)/leads")[0]?["id"]?.string)
    let answer = try await scene.ask(.delete, "/campaigns/\(id)/leads/\(lead)")
    #expect(answer.body == ["success": true, "message": "Lead deleted successfully"])
    #expect(try await scene.status(.delete, "/campaigns/\(id)/leads/\(lead)") == 404)
    #expect(try await scene.ask(.delete, "/campaigns/\(id)/leads").status == 200)
    #expect(try await scene.data("/campaigns/\(id)")["_count"]?["leads"] == 0)
    try await scene.add([DialectScene.number(0)], to: id)
  }

  @Test("X-40, A-02, A-24: leads of other dialects") func showsLeadsOfOthers() async throws {
    let scene = try await DialectScene.v1()
    let id = try await scene.create()
    var lead = NewLead(number: try #require(PhoneNumber(e164: "+14155562671")), priority: -1)
    lead.person = Person(firstName: "Ann", lastName: "Lee", email: "ann@example.com")
    _ = try await scene.bench.engine.storage.insert([lead], into: try scene.campaign(id), options: LeadInsertion())
    let shown = try #require(try await scene.data("/campaigns/\(id)/leads")[0])
    #expect(shown["name"] == "Ann Lee")
    #expect(shown["priority"] == 0)
    let path = "/campaigns/\(id)/leads/\(try #require(shown["id"]?.string))"
    #expect(try await scene.ask(.put, path, ["name": "Bob"]).body["data"]?["name"] == "Bob")
    let stored = try await scene.bench.engine.storage.lead(ordinal: 0, of: try scene.campaign(id))
    #expect(stored?.person.email == "ann@example.com")
  }
}
