import CampaignKit
import JSON
import Testing
import WebServer

@testable import CampaignServer

@Suite struct PlivoCampaignTests {
  @Test("P-01, P-55: a campaign of a list begins to call") func creates() async throws {
    let scene = try await DialectScene.plivo()
    let list = try await scene.makeList([DialectScene.number(0), DialectScene.number(1)])
    let name = "Grüße 👋 \"ok\""
    let answer = try await scene.ask(
      .post, "/create-campaign", .object(DialectScene.campaignBody(list, name: name)))
    #expect(answer.status == 200)
    #expect(answer.body["message"] == "Campaign created successfully")
    let id = try #require(answer.body["campaignId"]?.string)
    #expect(id.utf8.count == 24)
    let data = try #require(answer.body["data"])
    #expect(data["campaignId"] == .string(id))
    #expect(data["campaignName"] == .string(name))
    #expect(data["status"] == "running")
    #expect(data["totalContacts"] == 2)
    #expect(data["currentIndex"] == 0)
    #expect(isMoment(data["heartbeat"]))
    #expect(isMoment(data["createdAt"]))
    let stored = try #require(try await scene.bench.engine.storage.campaign(try scene.campaign(id)))
    #expect(stored.agents.mediaStreamURL == "wss://example.com/stream")
    #expect(stored.callerNumbers == [PhoneNumber(e164: "+14155550100")])
    #expect(stored.status == .active)
    #expect(stored.ownMetadata.isEmpty)
  }

  @Test(
    "P-02, P-03, P-04: what is missing or wrong is named",
    arguments: [
      ("campaignName", nil), ("campaignName", ""), ("campaignName", 5),
      ("campaignName", .string(String(repeating: "é", count: 101))), ("listId", nil), ("listId", "short"),
      ("listId", "zzzzzzzzzzzzzzzzzzzzzzzz"), ("fromNumber", nil), ("fromNumber", "nobody"), ("wssUrl", nil),
      ("wssUrl", "https://example.com"), ("wssUrl", "example.com"), ("clientId", 7),
    ] as [(String, JSONValue?)])
  func refuses(_ field: String, _ value: JSONValue?) async throws {
    let scene = try await DialectScene.plivo()
    var body = DialectScene.campaignBody(try await scene.makeList([DialectScene.number(0)]))
    body[field] = value
    let answer = try await scene.ask(.post, "/create-campaign", .object(body))
    #expect(answer.status == 400)
    #expect(answer.body["fields"]?.array?.map { $0["field"]?.string } == [field])
    #expect(answer.body["message"]?.string?.contains(field) == true)
    #expect(try await scene.ask(.get, "/dashboard/campaigns").body["campaigns"] == [])
  }

  @Test("P-03: a name has up to 100 characters, however many bytes they take") func countsCharacters() async throws {
    let scene = try await DialectScene.plivo()
    let list = try await scene.makeList([DialectScene.number(0)])
    let body = DialectScene.campaignBody(list, name: String(repeating: "é", count: 100))
    #expect(try await scene.status(.post, "/create-campaign", .object(body)) == 200)
  }

  @Test("P-05, P-06, P-53: lists and clients of others are out of reach") func keepsApart() async throws {
    let scene = try await DialectScene.plivo()
    let list = try await scene.makeList([DialectScene.number(0)])
    var body = DialectScene.campaignBody(list)
    #expect(try await scene.status(.post, "/create-campaign", .object(body), as: "two") == 404)
    body["listId"] = "000000000000000000000000"
    #expect(try await scene.status(.post, "/create-campaign", .object(body)) == 404)
    body["listId"] = .string(list)
    let one = try #require(scene.bench.accounts["one"])
    let two = try #require(scene.bench.accounts["two"])
    body["clientId"] = .string(two.id.description)
    #expect(try await scene.status(.post, "/create-campaign", .object(body)) == 403)
    body["clientId"] = .string(one.id.description)
    let id = try #require(try await scene.ask(.post, "/create-campaign", .object(body)).body["campaignId"]?.string)
    #expect(try await scene.status(.get, "/campaign-progress/\(id)", as: "two") == 404)
    for action in ["pause", "resume"] {
      #expect(try await scene.status(.post, "/\(action)-campaign", ["campaignId": .string(id)], as: "two") == 404)
    }
    #expect(try await scene.ask(.get, "/dashboard/campaigns", as: "two").body["pagination"]?["totalCampaigns"] == 0)
    #expect(try await scene.ask(.get, "/lists", as: "two").body["lists"] == [])
    #expect(try await scene.status(.get, "/dashboard/failed-calls?campaignId=\(id)", as: "two") == 404)
    let bulk = try await scene.ask(
      .post, "/dashboard/bulk-operations", ["action": "cancel", "campaignIds": [.string(id)]], as: "two")
    #expect(bulk.body["summary"] == ["total": 1, "successful": 0, "failed": 1])
    #expect(try await scene.progress(of: id)["progress"]?["status"] == "running")
  }

  @Test("P-05: an empty list, or one whose people are not to be called, makes no campaign") func needsPeople()
    async throws
  {
    let scene = try await DialectScene.plivo()
    let account = try #require(scene.bench.accounts["one"])
    let list = try await scene.makeList([DialectScene.number(0)])
    let number = try #require(PhoneNumber(e164: DialectScene.number(0)))
    try await scene.bench.engine.suppress([
      Suppression(.number(number), account: account.id, source: "test", addedAt: account.createdAt)
    ])
    #expect(try await scene.status(.post, "/create-campaign", .object(DialectScene.campaignBody(list))) == 400)
    let empty = ContactList(
      id: scene.bench.service.identifiers.next(at: account.createdAt), account: account.id, name: "empty",
      createdAt: account.createdAt)
    try await scene.bench.engine.storage.insert(empty)
    let body = DialectScene.campaignBody(empty.id.description)
    #expect(try await scene.status(.post, "/create-campaign", .object(body)) == 400)
    #expect(try await scene.ask(.get, "/dashboard/campaigns").body["campaigns"] == [])
  }

  @Test("P-07, P-08, P-09, P-10, P-12, P-19: a whole life") func callsEverybody() async throws {
    let scene = try await DialectScene.plivo()
    let numbers = ["0001", "0002", "0003", "0001", "0004"].enumerated().map { DialectScene.number($0, $1) }
    let id = try await scene.createPlivo(numbers)
    let before = try await scene.progress(of: id)
    #expect(
      before["progress"] == [
        "status": "running", "currentIndex": 0, "totalContacts": 5, "processedContacts": 0, "progressPercentage": 0,
        "remainingContacts": 5,
      ])
    #expect(
      before["statistics"] == [
        "connectedCalls": 0, "failedCalls": 0, "totalCallsAttempted": 0, "avgCallDuration": 0,
      ])
    for name in ["pausedAt", "resumedAt", "estimatedCompletion"] { #expect(before["timing"]?[name]?.isNull == true) }
    try await scene.run(id)
    let after = try await scene.progress(of: id)
    #expect(after["campaignId"] == .string(id))
    #expect(
      after["progress"] == [
        "status": "completed", "currentIndex": 5, "totalContacts": 5, "processedContacts": 5,
        "progressPercentage": 100, "remainingContacts": 0,
      ])
    let statistics = try #require(after["statistics"])
    #expect(statistics["connectedCalls"] == 2)
    #expect(statistics["failedCalls"] == 3)
    #expect(statistics["totalCallsAttempted"] == 5)
    let timing = try #require(after["timing"])
    let (start, last) = (timing["startTime"]?.string, timing["lastActivity"]?.string)
    let began = try #require(start.flatMap { Timestamp($0) })
    #expect(try #require(last.flatMap { Timestamp($0) }) >= began)
    #expect(after["container"]?["heartbeatStatus"] == "stale")
    for action in ["pause", "resume"] {
      #expect(try await scene.status(.post, "/\(action)-campaign", ["campaignId": .string(id)]) == 400)
    }
    #expect(try await scene.bulk("cancel", [id])["summary"]?["failed"] == 1)
    #expect(try await scene.calls(of: id).count == 5)
    #expect(try await scene.status(.get, "/campaign-progress/000000000000000000000000") == 404)
    #expect(try await scene.status(.get, "/campaign-progress/nothing") == 400)
  }

  @Test("P-11, P-13, P-14, P-15, P-16, P-17: pause and resume") func pauses() async throws {
    let scene = try await DialectScene.plivo()
    try await scene.bench.engine.setDefaultAccountLimit(1)
    let id = try await scene.createPlivo((0..<3).map { DialectScene.number($0, "0012") })
    let body: JSONValue = ["campaignId": .string(id), "pausedBy": "Ann"]
    #expect(try await scene.status(.post, "/resume-campaign", ["campaignId": .string(id)]) == 400)
    try await scene.bench.running {
      try await scene.wait(for: .callAnswered, 1, of: id)
      let container = try #require(try await scene.progress(of: id)["container"])
      #expect(container["heartbeatStatus"] == "active")
      #expect(container["containerId"] == .string(scene.bench.engine.activity.owner))
      let heartbeat = try #require(container["heartbeat"]?.string.flatMap { Timestamp($0) })
      #expect(try await scene.bench.engine.storage.now() - heartbeat < .seconds(3600))
      let paused = try await scene.ask(.post, "/pause-campaign", body)
      #expect(
        paused.body == ["success": true, "message": "Campaign paused successfully", "campaignId": .string(id)])
      let again = try await scene.ask(.post, "/pause-campaign", body)
      #expect(again.status == 400)
      #expect(again.body["message"] == "Campaign not found or already paused")
      try await scene.hangUpAll()
      try await scene.wait(for: .callEnded, 1, of: id)
    }
    let progress = try await scene.progress(of: id)
    #expect(progress["progress"]?["status"] == "paused")
    #expect(progress["progress"]?["processedContacts"] == 1)
    #expect(isMoment(progress["timing"]?["pausedAt"]))
    #expect(progress["timing"]?["resumedAt"]?.isNull == true)
    #expect(try await scene.calls(of: id).count == 1)
    #expect(
      try await scene.bench.engine.storage.campaign(try scene.campaign(id))?.statusReason == "paused by Ann")
    let resumed = try await scene.ask(.post, "/resume-campaign", ["campaignId": .string(id)])
    #expect(
      resumed.body == [
        "success": true, "message": "Campaign resumed successfully", "campaignId": .string(id),
        "resumedFrom": ["currentIndex": 1, "remainingContacts": 2],
      ])
    #expect(isMoment(try await scene.progress(of: id)["timing"]?["resumedAt"]))
    let unknown: JSONValue = ["campaignId": "000000000000000000000000"]
    let missing = try await scene.ask(.post, "/pause-campaign", unknown)
    #expect(missing.status == 404)
    #expect(missing.body["message"] == "Campaign not found or already paused")
    #expect(try await scene.status(.post, "/resume-campaign", unknown) == 404)
    for path in ["/pause-campaign", "/resume-campaign"] {
      #expect(try await scene.status(.post, path, [:]) == 400)
      #expect(try await scene.status(.post, path, ["campaignId": "short"]) == 400)
      #expect(try await scene.status(.post, path, ["campaignId": 5]) == 400)
    }
  }

  @Test("P-18: cancelled is final, and nobody is called any more") func cancels() async throws {
    let scene = try await DialectScene.plivo()
    let id = try await scene.createPlivo([DialectScene.number(0)])
    #expect(try await scene.bulk("cancel", [id])["results"]?["successful"] == [.string(id)])
    let progress = try await scene.progress(of: id)
    #expect(progress["progress"]?["status"] == "cancelled")
    #expect(progress["progress"]?["remainingContacts"] == 0)
    #expect(try await scene.status(.post, "/resume-campaign", ["campaignId": .string(id)]) == 400)
    #expect(try await scene.calls(of: id).isEmpty)
  }

  @Test("P-20: one of eight pauses wins") func pausesOnce() async throws {
    let scene = try await DialectScene.plivo()
    let id = try await scene.createPlivo([DialectScene.number(0)])
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask { try await scene.status(.post, "/pause-campaign", ["campaignId": .string(id)]) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses.sorted() == [200] + Array(repeating: 400, count: 7))
  }

  @Test("A-02: a draft of another dialect is paused here, and resume starts it") func showsDrafts() async throws {
    let scene = try await DialectScene.plivo()
    let account = try #require(scene.bench.accounts["one"])
    let draft = try await scene.bench.engine.create(
      Campaign(
        id: scene.bench.service.identifiers.next(at: account.createdAt), account: account.id, name: "Draft",
        createdAt: account.createdAt))
    let id = draft.id.description
    #expect(try await scene.progress(of: id)["progress"]?["status"] == "paused")
    #expect(try await scene.status(.post, "/pause-campaign", ["campaignId": .string(id)]) == 400)
    #expect(try await scene.status(.post, "/resume-campaign", ["campaignId": .string(id)]) == 400)
    let lead = try scene.bench.service.lead(calling: DialectScene.number(0), field: "phone")
    _ = try await scene.bench.engine.storage.insert([lead], into: draft.id, options: LeadInsertion())
    #expect(try await scene.status(.post, "/resume-campaign", ["campaignId": .string("c\(id)")]) == 200)
    #expect(try await scene.progress(of: id)["progress"]?["status"] == "running")
  }

  @Test("A-16: lists of JSON and of a file") func makesLists() async throws {
    let scene = try await DialectScene.plivo()
    let answer = try await scene.ask(
      .post, "/lists",
      [
        "name": "People",
        "contacts": [
          ["name": "Ann", "phone": "+14155560001", "company": "A"], ["phone": "(415) 557-0002"], ["name": "nobody"],
          ["phone": "12"], 5, ["name": "Ann again", "phone": "+1 415 556 0001"],
        ],
      ])
    #expect(answer.status == 200)
    #expect(answer.body["added"] == 2)
    #expect(answer.body["total"] == 6)
    #expect(answer.body["errors"]?.array?.map { $0["row"]?.int } == [3, 4, 5])
    let account = try #require(scene.bench.accounts["one"])
    let number = try #require(PhoneNumber(e164: "+14155560001"))
    let ann = try await scene.bench.engine.storage.contact(number: number, of: account.id)
    #expect(ann?.person == Person(firstName: "Ann", company: "A"))
    let file = try await scene.upload(
      "/lists", "Full name,Mobile phone,Notes\nBo,+14155580001,early\nAnn,+14155560001,\nNobody,,\n")
    #expect(file.status == 200, "\(file.body)")
    #expect(file.body["data"]?["name"] == "leads.csv")
    #expect(file.body["added"] == 2)
    #expect(file.body["errors"]?.array?.map { $0["row"]?.int } == [3])
    let lists = try await scene.ask(.get, "/lists").body["lists"]?.array
    #expect(lists?.map { $0["totalContacts"]?.int } == [2, 2])
    #expect(lists?.first?["listId"] == answer.body["listId"])
    #expect(try await scene.upload("/lists", "name\nAnn\n").status == 400)
    #expect(try await scene.status(.post, "/lists", ["name": "None", "contacts": [["phone": "x"]]]) == 400)
    #expect(try await scene.status(.post, "/lists", ["name": " ", "contacts": []]) == 400)
    #expect(try await scene.ask(.get, "/lists").body["lists"]?.array?.count == 2)
  }

  @Test("A-16: the rows of a list are read as those of leads are") func readsListsAsLeads() async throws {
    let scene = try await DialectScene.plivo()
    let long = String(repeating: "n", count: 1_100_000)
    let file = try await scene.upload(
      "/lists",
      """
      phone,work phone,country,plan,notes,do_not_call
      x,+14155560001,,gold,,
      0171 2345678,,DE,,,
      +14155560003,+14155560004,,,,yes
      +14155560005,,,,\(long),
      +14155560006,,,,a\u{0}b,
      """)
    #expect(file.status == 200, "\(file.body)")
    #expect(file.body["added"] == 2)
    #expect(file.body["errors"]?.array?.map { $0["row"]?.int } == [3, 4, 5])
    let account = try #require(scene.bench.accounts["one"])
    let store = scene.bench.engine.storage
    let first = try await store.contact(number: try #require(PhoneNumber(e164: "+14155560001")), of: account.id)
    #expect(first?.fields == ["phone": "x", "plan": "gold"])
    #expect(try await store.contact(number: try #require(PhoneNumber(e164: "+491712345678")), of: account.id) != nil)
    for number in ["+14155560003", "+14155560004"] {
      #expect(try await store.suppression(of: try #require(PhoneNumber(e164: number)), for: account.id) != nil)
    }
  }

  @Test("A-16: a file that is none is called so once") func refusesOtherFiles() async throws {
    let scene = try await DialectScene.plivo()
    let answer = try await scene.upload("/lists", "%PDF-1.7")
    #expect(answer.status == 400)
    let text = answer.body.serialized()
    #expect(text.contains("the file is a PDF"))
    #expect(!text.contains("file the file"))
  }
}
