import CampaignKit
import JSON
import Testing

@testable import CampaignServer

@Suite struct V1RunTests {
  @Test("V-22, V-23, V-24: start") func starts() async throws {
    let scene = try await DialectScene.v1()
    let id = try await scene.create()
    #expect(try await scene.status(.post, "/campaigns/\(id)/start") == 400)
    #expect(try await scene.status(of: id) == "draft")
    try await scene.add([DialectScene.number(0), DialectScene.number(1)], to: id)
    let answer = try await scene.ask(.post, "/campaigns/\(id)/start")
    #expect(answer.status == 200)
    #expect(
      answer.body == [
        "success": true, "message": "Campaign started successfully",
        "data": ["campaignId": .string(id), "totalLeads": 2, "maxConcurrent": 3],
      ])
    #expect(try await scene.status(.post, "/campaigns/\(id)/start") == 400)
    #expect(try await scene.status(of: id) == "active")
  }

  @Test("A-42, A-47: campaigns that wait for their time, and campaigns whose time is over") func waitsForItsTime()
    async throws
  {
    let scene = try await DialectScene.v1()
    let id = try await scene.create(["scheduledAt": "2999-01-01T00:00:00.000Z"])
    try await scene.add([DialectScene.number(0)], to: id)
    #expect(try await scene.status(.post, "/campaigns/\(id)/start") == 200)
    let campaign = try await scene.data("/campaigns/\(id)")
    #expect(campaign["status"] == "active")
    #expect(campaign["scheduledAt"] == "2999-01-01T00:00:00.000Z")
    #expect(campaign["startedAt"] == JSONValue.null)
    #expect(try await scene.status(.post, "/campaigns/\(id)/start") == 400)
    #expect(try await scene.ask(.get, "/campaigns?status=active").body["pagination"]?["total"] == 1)
    let late = try await scene.create()
    try await scene.add([DialectScene.number(0)], to: late)
    var stored = try #require(try await scene.bench.engine.storage.campaign(try scene.campaign(late)))
    stored.schedule.end = .moment(Timestamp(milliseconds: 1000))
    _ = try await scene.bench.engine.update(stored)
    let refused = try await scene.ask(.post, "/campaigns/\(late)/start")
    #expect(refused.status == 400)
    #expect(refused.body["details"]?.string?.contains("schedule.end") == true)
  }

  @Test("Without a number to call from there is no start") func needsANumberToCallFrom() async throws {
    let scene = try await DialectScene.v1 { $0.defaultCallerNumber = nil }
    let id = try await scene.create()
    try await scene.add([DialectScene.number(0)], to: id)
    #expect(try await scene.status(.post, "/campaigns/\(id)/start") == 400)
    #expect(try await scene.status(of: id) == "draft")
  }

  @Test("V-25: one of eight starts wins, and each lead is called once") func startsOnce() async throws {
    let scene = try await DialectScene.v1()
    let id = try await scene.create()
    try await scene.add((0..<5).map { DialectScene.number($0) }, to: id)
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 { group.addTask { try await scene.status(.post, "/campaigns/\(id)/start") } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses.sorted() == [200] + Array(repeating: 400, count: 7))
    try await scene.run(id)
    let calls = try await scene.calls(of: id)
    #expect(Set(calls.map(\.to)).count == 5)
    #expect(calls.count == 5)
  }

  @Test("V-26, V-27, V-28, V-29, V-30, V-41: a whole life") func callsEverybody() async throws {
    let scene = try await DialectScene.v1()
    let id = try await scene.create()
    let outcomes = ["0001", "0002", "0003", "0001", "0004"]
    try await scene.add(outcomes.enumerated().map { DialectScene.number($0, $1) }, to: id)
    let before = try await scene.data("/campaigns/\(id)/stats")
    #expect(
      before == [
        "totalLeads": 5, "pending": 5, "calling": 0, "completed": 0, "failed": 0, "totalCalls": 0, "successfulCalls": 0,
        "failedCalls": 0, "averageDuration": 0,
        "realtime": ["total": 5, "completed": 0, "failed": 0, "active": 0, "pending": 5],
      ])
    #expect(try await scene.status(.post, "/campaigns/\(id)/start") == 200)
    try await scene.run(id)
    let stats = try await scene.data("/campaigns/\(id)/stats")
    for (name, count) in [
      "totalLeads": 5, "pending": 0, "calling": 0, "completed": 2, "failed": 3, "totalCalls": 5, "successfulCalls": 2,
      "failedCalls": 3,
    ] { #expect(stats[name]?.int == count, "\(name)") }
    #expect(stats["realtime"] == ["total": 5, "completed": 2, "failed": 3, "active": 0, "pending": 0])
    let campaign = try await scene.data("/campaigns/\(id)")
    #expect(campaign["status"] == "completed")
    for name in ["totalCalls", "successfulCalls", "failedCalls"] { #expect(campaign[name] == stats[name]) }
    let times = ["createdAt", "startedAt", "completedAt"].compactMap { campaign[$0]?.string.flatMap { Timestamp($0) } }
    #expect(times.count == 3)
    #expect(times == times.sorted())
    let completed = try await scene.ask(.get, "/campaigns/\(id)/leads?status=completed").body
    #expect(completed["pagination"]?["total"] == 2)
    #expect(completed["data"]?.array?.allSatisfy { $0["status"] == "completed" } == true)
    for action in ["start", "stop", "pause", "resume"] {
      #expect(try await scene.status(.post, "/campaigns/\(id)/\(action)") == 400, "\(action)")
    }
  }

  @Test("V-28, V-31: the figures add up at every moment") func addsUpAtEveryMoment() async throws {
    let scene = try await DialectScene.v1(dialer: SimulatedCarrier(mix: .fast))
    let id = try await scene.create(["maxConcurrent": 2, "retryFailed": true, "retryAttempts": 1])
    try await scene.add((0..<8).map { DialectScene.number($0, ["0001", "0002", "0003", "0004"][$0 % 4]) }, to: id)
    #expect(try await scene.status(.post, "/campaigns/\(id)/start") == 200)
    try await scene.watch(id) {
      let stats = try await scene.data("/campaigns/\(id)/stats")
      func sum(_ names: String...) -> Int { names.reduce(0) { $0 + (stats[$1]?.int ?? -1000) } }
      #expect(sum("pending", "calling", "completed", "failed") == 8)
      #expect(sum("successfulCalls", "failedCalls") == sum("totalCalls"))
      #expect(sum("calling") <= 2)
      #expect(stats["realtime"]?["active"] == stats["calling"])
    }
    let stats = try await scene.data("/campaigns/\(id)/stats")
    #expect(stats["totalCalls"] == 14)
    #expect(stats["completed"] == 2)
  }

  @Test("V-31, V-34, V-35, V-36, V-37, V-68: limits, pause and resume") func pauses() async throws {
    let scene = try await DialectScene.v1()
    let id = try await scene.create(["maxConcurrent": 2])
    try await scene.add((0..<4).map { DialectScene.number($0, "0012") }, to: id)
    for action in ["pause", "resume", "stop"] {
      #expect(try await scene.status(.post, "/campaigns/\(id)/\(action)") == 400, "\(action) of a draft")
    }
    #expect(try await scene.status(.post, "/campaigns/\(id)/start") == 200)
    #expect(try await scene.status(.post, "/campaigns/\(id)/resume") == 400)
    try await scene.bench.running {
      try await scene.wait(for: .callAnswered, 2, of: id)
      let busy = try await scene.data("/campaigns/\(id)/stats")
      #expect(busy["calling"] == 2)
      #expect(busy["pending"] == 2)
      #expect(busy["totalCalls"] == 0)
      let lead = try #require(
        try await scene.ask(.get, "/campaigns/\(id)/leads?status=calling").body["data"]?[0]?["id"]?.string)
      #expect(try await scene.status(.delete, "/campaigns/\(id)/leads/\(lead)") == 400)
      let answer = try await scene.ask(.post, "/campaigns/\(id)/pause")
      #expect(answer.body == ["success": true, "message": "Campaign paused successfully"])
      #expect(try await scene.status(.post, "/campaigns/\(id)/pause") == 400)
      for call in try await scene.calls(of: id) { try await scene.bench.engine.hangUp(call.id) }
      try await scene.wait(for: .callEnded, 2, of: id)
    }
    let paused = try await scene.data("/campaigns/\(id)/stats")
    #expect(paused["calling"] == 0)
    #expect(paused["pending"] == 2)
    #expect(try await scene.calls(of: id).count == 2)
    #expect(try await scene.status(of: id) == "paused")
  }

  @Test("V-36, V-38, V-39, V-40: resume and stop") func stops() async throws {
    let scene = try await DialectScene.v1()
    let id = try await scene.create(["maxConcurrent": 1])
    try await scene.add((0..<3).map { DialectScene.number($0, "0012") }, to: id)
    #expect(try await scene.status(.post, "/campaigns/\(id)/start") == 200)
    #expect(try await scene.status(.post, "/campaigns/\(id)/pause") == 200)
    let resumed = try await scene.ask(.post, "/campaigns/\(id)/resume")
    #expect(resumed.body == ["success": true, "message": "Campaign resumed successfully"])
    #expect(try await scene.status(of: id) == "active")
    try await scene.bench.running {
      try await scene.wait(for: .callAnswered, 1, of: id)
      let answer = try await scene.ask(.post, "/campaigns/\(id)/stop")
      #expect(answer.body == ["success": true, "message": "Campaign stopped successfully"])
      for call in try await scene.calls(of: id) { try await scene.bench.engine.hangUp(call.id) }
      try await scene.wait(for: .callEnded, 1, of: id)
    }
    #expect(try await scene.calls(of: id).count == 1)
    let stats = try await scene.data("/campaigns/\(id)/stats")
    #expect(stats["pending"] == 2)
    #expect(try await scene.status(of: id) == "stopped")
    #expect(try await scene.data("/campaigns/\(id)")["completedAt"] == JSONValue.null)
    #expect(try await scene.ask(.get, "/campaigns/\(id)/leads?status=pending").body["pagination"]?["total"] == 2)
    for action in ["start", "stop", "pause", "resume"] {
      #expect(try await scene.status(.post, "/campaigns/\(id)/\(action)") == 400, "\(action)")
    }
    let paused = try await scene.create()
    try await scene.add([DialectScene.number(0)], to: paused)
    for action in ["start", "pause", "stop"] {
      #expect(try await scene.status(.post, "/campaigns/\(paused)/\(action)") == 200, "\(action)")
    }
  }

  @Test("V-32: time between calls") func waitsBetweenCalls() async throws {
    let scene = try await DialectScene.v1()
    let id = try await scene.create(["callDelay": 40, "maxConcurrent": 5])
    try await scene.add((0..<4).map { DialectScene.number($0) }, to: id)
    #expect(try await scene.status(.post, "/campaigns/\(id)/start") == 200)
    try await scene.run(id)
    let starts = try await scene.calls(of: id).map(\.createdAt)
    #expect(starts.count == 4)
    for (one, next) in zip(starts, starts.dropFirst()) { #expect(next - one >= .milliseconds(40)) }
  }

  @Test(
    "V-33: leads that failed are called again as often as was said",
    arguments: [(false, 2, 1), (true, 2, 3), (true, 0, 1)])
  func callsAgain(retryFailed: Bool, attempts: Int, calls: Int) async throws {
    let scene = try await DialectScene.v1()
    let id = try await scene.create(["retryFailed": .bool(retryFailed), "retryAttempts": JSONValue(attempts)])
    try await scene.add([DialectScene.number(0, "0002"), DialectScene.number(1, "0001")], to: id)
    #expect(try await scene.status(.post, "/campaigns/\(id)/start") == 200)
    try await scene.run(id)
    let made = try await scene.calls(of: id)
    #expect(made.count { $0.disposition == .busy } == calls)
    #expect(made.count { $0.disposition == .answered } == 1)
    let stats = try await scene.data("/campaigns/\(id)/stats")
    #expect(stats["failed"] == 1)
    #expect(stats["totalCalls"]?.int == calls + 1)
    #expect(stats["failedCalls"]?.int == calls)
  }

  @Test("V-42: 1 is called first") func callsByPriority() async throws {
    let scene = try await DialectScene.v1()
    let id = try await scene.create(["maxConcurrent": 1])
    for (index, priority) in [3, 1, 2].enumerated() {
      let lead: JSONValue = ["phoneNumber": .string(DialectScene.number(index)), "priority": JSONValue(priority)]
      #expect(try await scene.status(.post, "/campaigns/\(id)/leads", lead) == 201)
    }
    #expect(try await scene.status(.post, "/campaigns/\(id)/start") == 200)
    try await scene.run(id)
    let order = try await scene.calls(of: id).map(\.to.description)
    #expect(order == [DialectScene.number(1), DialectScene.number(2), DialectScene.number(0)])
  }

  @Test("V-43: the quick start") func quickStart() async throws {
    let scene = try await DialectScene.v1()
    let created = try await scene.ask(.post, "/campaigns", ["name": "My First Campaign", "maxConcurrent": 3])
    let id = try #require(created.body["data"]?["id"]?.string)
    let leads: JSONValue = [
      "leads": [
        ["phoneNumber": "+919529117230", "name": "John"], ["phoneNumber": "+918329823146", "name": "Jane"],
      ]
    ]
    let added = try await scene.ask(.post, "/campaigns/\(id)/leads/bulk", leads)
    #expect(added.status == 200)
    #expect(added.body == ["success": true, "data": ["created": 2, "total": 2]])
    let started = try await scene.ask(.post, "/campaigns/\(id)/start")
    #expect(started.body["data"]?["totalLeads"] == 2)
    #expect(try await scene.data("/campaigns/\(id)/stats")["totalLeads"] == 2)
  }

  @Test("V-81: two campaigns do not mix") func keepsCampaignsApart() async throws {
    let scene = try await DialectScene.v1()
    let ids = [try await scene.create(["name": "a"]), try await scene.create(["name": "b"])]
    for (index, id) in ids.enumerated() {
      try await scene.add((0...index).map { DialectScene.number($0 + 10 * index) }, to: id)
      #expect(try await scene.status(.post, "/campaigns/\(id)/start") == 200)
    }
    try await scene.bench.running {
      for id in ids { try await scene.bench.wait(for: .completed, of: try scene.campaign(id)) }
    }
    for (index, id) in ids.enumerated() {
      #expect(try await scene.calls(of: id).count == index + 1)
      #expect(try await scene.data("/campaigns/\(id)/stats")["totalCalls"]?.int == index + 1)
    }
  }
}
