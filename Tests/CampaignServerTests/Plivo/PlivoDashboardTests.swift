import CampaignKit
import JSON
import Testing
import WebServer

@testable import CampaignServer

@Suite struct PlivoDashboardTests {
  @Test("P-21, P-22, P-24: rows are as the progress tells, with a summary") func lists() async throws {
    let scene = try await DialectScene.plivo()
    let done = try await scene.createPlivo([DialectScene.number(0), DialectScene.number(1, "0002")])
    try await scene.run(done)
    let paused = try await scene.createPlivo([DialectScene.number(2)])
    #expect(try await scene.status(.post, "/pause-campaign", ["campaignId": .string(paused)]) == 200)
    let running = try await scene.createPlivo([DialectScene.number(3)])
    let body = try await scene.ask(.get, "/dashboard/campaigns").body
    let rows = try #require(body["campaigns"]?.array)
    #expect(rows.map { $0["campaignId"]?.string } == [running, paused, done])
    #expect(rows.map { $0["status"]?.string } == ["running", "paused", "completed"])
    #expect(rows.map { $0["heartbeat"]?.string } == ["active", "stale", "stale"])
    #expect(
      body["pagination"] == [
        "currentPage": 1, "totalPages": 1, "totalCampaigns": 3, "hasNext": false, "hasPrevious": false,
      ])
    #expect(body["summary"] == ["totalActive": 1, "totalPaused": 1, "totalCompleted": 1])
    #expect(rows[2]["progress"] == ["percentage": 100, "processed": 2, "total": 2])
    #expect(rows[2]["statistics"] == ["connected": 1, "failed": 1])
    let progress = try await scene.progress(of: done)
    #expect(rows[2]["progress"]?["percentage"] == progress["progress"]?["progressPercentage"])
    #expect(rows[2]["statistics"]?["connected"] == progress["statistics"]?["connectedCalls"])
    #expect(rows[2]["timing"]?["lastActivity"] == progress["timing"]?["lastActivity"])
    for (status, ids) in [
      "running": [running], "paused": [paused], "completed": [done], "cancelled": [], "failed": [],
    ] {
      let found = try await scene.ask(.get, "/dashboard/campaigns?status=\(status)").body
      #expect(found["campaigns"]?.array?.compactMap { $0["campaignId"]?.string } == ids, "\(status)")
      #expect(found["summary"] == body["summary"])
    }
  }

  @Test("P-23, P-25: pages and orders") func pages() async throws {
    let scene = try await DialectScene.plivo()
    let list = try await scene.makeList([DialectScene.number(0)])
    var ids: [String] = []
    for name in ["b", "c", "a"] {
      let answer = try await scene.ask(.post, "/create-campaign", .object(DialectScene.campaignBody(list, name: name)))
      ids.append(try #require(answer.body["campaignId"]?.string))
    }
    let first = try await scene.ask(.get, "/dashboard/campaigns?limit=2").body
    #expect(first["campaigns"]?.array?.compactMap { $0["campaignId"]?.string } == [ids[2], ids[1]])
    #expect(
      first["pagination"] == [
        "currentPage": 1, "totalPages": 2, "totalCampaigns": 3, "hasNext": true, "hasPrevious": false,
      ])
    let second = try await scene.ask(.get, "/dashboard/campaigns?limit=2&page=2").body
    #expect(second["campaigns"]?.array?.compactMap { $0["campaignId"]?.string } == [ids[0]])
    #expect(second["pagination"]?["hasNext"] == false)
    #expect(second["pagination"]?["hasPrevious"] == true)
    #expect(try await scene.ask(.get, "/dashboard/campaigns?page=1000000000").body["campaigns"] == [])
    let byName = try await scene.ask(.get, "/dashboard/campaigns?sortBy=campaignName&sortOrder=asc").body
    #expect(byName["campaigns"]?.array?.compactMap { $0["campaignName"]?.string } == ["a", "b", "c"])
    let oldest = try await scene.ask(.get, "/dashboard/campaigns?sortOrder=asc").body
    #expect(oldest["campaigns"]?.array?.compactMap { $0["campaignId"]?.string } == ids)
    for _ in 0..<19 {
      _ = try await scene.ask(.post, "/create-campaign", .object(DialectScene.campaignBody(list, name: "more")))
    }
    let usual = try await scene.ask(.get, "/dashboard/campaigns").body
    #expect(usual["campaigns"]?.array?.count == 20)
    #expect(usual["pagination"]?["totalPages"] == 2)
    #expect(usual["pagination"]?["totalCampaigns"] == 22)
    #expect(try await scene.ask(.get, "/dashboard/campaigns?limit=100").body["campaigns"]?.array?.count == 22)
  }

  @Test(
    "P-26, P-29, P-37: senseless values are refused",
    arguments: [
      "/dashboard/campaigns?page=0", "/dashboard/campaigns?limit=101", "/dashboard/campaigns?limit=x",
      "/dashboard/campaigns?status=active", "/dashboard/campaigns?sortBy=nothing",
      "/dashboard/campaigns?sortOrder=up", "/dashboard/failed-calls?days=0", "/dashboard/failed-calls?days=x",
      "/dashboard/failed-calls?campaignId=x", "/monitoring/analytics?period=2h",
      "/monitoring/active-calls?includeDetails=perhaps", "/get-active-channels?includeCalls=2",
    ])
  func refuses(_ path: String) async throws {
    let scene = try await DialectScene.plivo()
    #expect(try await scene.status(.get, path) == 400)
  }

  @Test("P-27, P-36: statistics and analytics agree with the campaigns") func counts() async throws {
    let scene = try await DialectScene.plivo()
    let first = try await scene.createPlivo(["0001", "0001", "0002"].enumerated().map { DialectScene.number($0, $1) })
    try await scene.bench.running {
      try await scene.bench.wait(for: .completed, of: try scene.campaign(first))
      let second = try await scene.createPlivo([DialectScene.number(3, "0003")])
      try await scene.bench.wait(for: .completed, of: try scene.campaign(second))
    }
    let paused = try await scene.createPlivo([DialectScene.number(4)])
    _ = try await scene.bulk("pause", [paused])
    let statistics = try #require(try await scene.ask(.get, "/dashboard/stats").body["statistics"])
    #expect(
      statistics["campaigns"] == ["total": 3, "running": 0, "paused": 1, "completed": 2, "failed": 0])
    let calls = try #require(statistics["calls"])
    let counts = ["totalToday", "totalThisWeek", "totalThisMonth"].compactMap { calls[$0]?.int }
    // The calls were made before and after midnight if the clock has just passed it.
    #expect(counts.count == 3 && counts[0] <= counts[1] && counts[0] <= counts[2])
    #expect(counts.max() == 4)
    #expect(calls["successRate"] == 50)
    #expect(statistics["concurrency"] == ["currentActive": 0, "maxAllowed": 2, "utilizationPercentage": 0])
    #expect(statistics["performance"]?["systemHealth"] == "healthy")
    for period in ["1h", "6h", "24h", "7d", "30d"] {
      let body = try await scene.ask(.get, "/monitoring/analytics?period=\(period)").body
      #expect(body["period"] == .string(period))
      let analytics = try #require(body["analytics"])
      for (name, count) in ["total": 4, "successful": 2, "failed": 2] {
        #expect(analytics["calls"]?[name]?.int == count, "\(period) \(name)")
      }
      #expect(analytics["calls"]?["peakHour"]?.string?.hasSuffix(":00") == true)
      #expect(analytics["campaigns"]?["completed"] == 2)
      #expect(analytics["campaigns"]?["successRate"] == 100)
      let hours = analytics["distribution"]?["hourlyVolume"]?.array ?? []
      #expect(hours.count == 24)
      #expect(hours.reduce(0) { $0 + ($1["calls"]?.int ?? 0) } == 4)
      let outcomes = analytics["distribution"]?["callOutcomes"]?.array ?? []
      #expect(outcomes.map { $0["count"]?.int } == [2, 0, 1, 1, 0])
      #expect(outcomes.map { $0["percentage"]?.double } == [50, 0, 25, 25, 0])
      #expect(analytics["performance"]?["errorRate"] == 0)
    }
    #expect(try await scene.ask(.get, "/monitoring/analytics").body["period"] == "24h")
    let other = try await scene.ask(.get, "/monitoring/analytics", as: "two").body["analytics"]?["calls"]
    #expect(other == ["total": 0, "successful": 0, "failed": 0, "avgDuration": 0, "peakHour": "none"])
  }

  @Test("P-28, P-29: why calls failed, and what follows from it") func explainsFailures() async throws {
    let scene = try await DialectScene.plivo()
    try await scene.bench.engine.setDefaultAccountLimit(10)
    let outcomes = Array(repeating: "0004", count: 12) + Array(repeating: "0003", count: 6) + ["0001", "0002"]
    let id = try await scene.createPlivo(outcomes.enumerated().map { DialectScene.number($0, $1) })
    try await scene.run(id)
    for query in ["", "?campaignId=\(id)", "?days=1&campaignId=\(id)"] {
      let analysis = try #require(try await scene.ask(.get, "/dashboard/failed-calls\(query)").body["analysis"])
      #expect(analysis["totalFailed"] == 19)
      let reasons = analysis["failureReasons"]?.array ?? []
      #expect(reasons.map { $0["reason"]?.string } == ["failed", "noAnswer", "busy"])
      #expect(reasons.map { $0["count"]?.int } == [12, 6, 1])
      #expect(reasons.reduce(0) { $0 + ($1["percentage"]?.double ?? 0) }.rounded() == 100)
      let advice = analysis["recommendations"]?.array ?? []
      #expect(advice.first?["type"] == "carrierFailures")
      #expect(advice.first?["priority"] == "high")
      #expect(advice.first?["description"]?.string?.isEmpty == false)
      let days = analysis["trends"]?["dailyFailures"]?.array ?? []
      #expect(days.reduce(0) { $0 + ($1["count"]?.int ?? 0) } == 19)
    }
    #expect(try await scene.status(.get, "/dashboard/failed-calls?campaignId=000000000000000000000000") == 404)
    let other = try await scene.ask(.get, "/dashboard/failed-calls", as: "two").body["analysis"]
    #expect(
      other == ["totalFailed": 0, "failureReasons": [], "recommendations": [], "trends": ["dailyFailures": []]])
  }

  @Test("P-30: each campaign of a bulk operation by itself") func actsOnMany() async throws {
    let scene = try await DialectScene.plivo()
    let first = try await scene.createPlivo([DialectScene.number(0)])
    let second = try await scene.createPlivo([DialectScene.number(1)])
    let unknown = "000000000000000000000000"
    #expect(try await scene.bulk("pause", [first])["summary"] == ["total": 1, "successful": 1, "failed": 0])
    let mixed = try await scene.bulk("pause", [first, second, unknown, "nothing"])
    #expect(mixed["summary"] == ["total": 4, "successful": 1, "failed": 3])
    #expect(mixed["results"]?["successful"] == [.string(second)])
    let failed = mixed["results"]?["failed"]?.array ?? []
    #expect(failed.map { $0["campaignId"]?.string } == [first, unknown, "nothing"])
    #expect(failed.first?["error"] == "Campaign not found or already paused")
    #expect(try await scene.bulk("resume", [first, second])["summary"]?["successful"] == 2)
    #expect(try await scene.bulk("cancel", [first, first])["summary"] == ["total": 2, "successful": 1, "failed": 1])
    let stored = try await scene.bench.engine.storage.campaign(try scene.campaign(first))
    #expect(stored?.status == .cancelled)
    #expect(stored?.statusReason == "for a test")
  }

  @Test(
    "P-31: bad bulk operations",
    arguments: [
      [:], ["action": "pause"], ["action": "pause", "campaignIds": []], ["action": "pause", "campaignIds": "x"],
      ["action": "pause", "campaignIds": [5]], ["action": "delete", "campaignIds": ["x"]], ["campaignIds": ["x"]],
    ] as [JSONValue])
  func refusesBulk(_ body: JSONValue) async throws {
    let scene = try await DialectScene.plivo()
    #expect(try await scene.status(.post, "/dashboard/bulk-operations", body) == 400)
  }
}
