import CampaignKit
import JSON
import Testing

@testable import CampaignServer

@Suite struct TenantLifeCycleTests {
  @Test("Q-30, Q-34, Q-37, Q-39, Q-40, Q-41, T-31, T-35, T-37: the way through life") func goesThroughLife()
    async throws
  {
    let bench = try await ServiceBench.tenant()
    let (id, _) = try await bench.makeCampaign(leads: [number(0), number(1)])
    let steps = [("start", "active"), ("pause", "paused"), ("resume", "active"), ("pause", "paused")]
    let words = ["start": "started", "pause": "paused", "resume": "resumed", "cancel": "cancelled"]
    for (step, status) in steps + [("start", "active"), ("cancel", "cancelled")] {
      let answer = try await bench.done(.post, "/campaigns/\(id)/\(step)")
      #expect(answer["message"]?.string == "Campaign \(words[step] ?? "") successfully")
      #expect(answer["campaign"]?["status"]?.string == status)
      #expect(answer["campaign"]?["id"]?.string == id)
    }
    // Q-40: what waited is cancelled.
    #expect(try await bench.column("status", of: "queue_items", "/queue") == ["cancelled", "cancelled"])
    for step in words.keys { try await bench.refused(409, .post, "/campaigns/\(id)/\(step)") }
  }

  @Test("Q-31, Q-36, Q-38, T-32, T-36: steps that are refused") func refusesOtherSteps() async throws {
    let bench = try await ServiceBench.tenant()
    let (id, _) = try await bench.makeCampaign(leads: [number(0)])
    for step in ["pause", "resume"] { try await bench.refused(409, .post, "/campaigns/\(id)/\(step)") }
    try await bench.done(.post, "/campaigns/\(id)/start")
    for step in ["start", "resume"] { try await bench.refused(409, .post, "/campaigns/\(id)/\(step)") }
    try await bench.done(.post, "/campaigns/\(id)/pause")
    try await bench.refused(409, .post, "/campaigns/\(id)/pause")
    // Q-41: from a draft as well.
    let (draft, _) = try await bench.makeCampaign()
    #expect(try await bench.done(.post, "/campaigns/\(draft)/cancel")["campaign"]?["status"] == "cancelled")
  }

  @Test("Q-32, T-33: no leads") func needsLeads() async throws {
    let bench = try await ServiceBench.tenant()
    let (id, _) = try await bench.makeCampaign()
    try await bench.refused(409, .post, "/campaigns/\(id)/start")
    #expect(try await bench.done(.get, "/campaigns/\(id)")["campaign"]?["status"] == "draft")
  }

  @Test("T-21: a number to call from") func needsACallerNumber() async throws {
    let bench = try await ServiceBench.tenant { $0.defaultCallerNumber = nil }
    let (id, _) = try await bench.makeCampaign(leads: [number(0)])
    try await bench.refused(409, .post, "/campaigns/\(id)/start")
    try await bench.done(.put, "/campaigns/\(id)", ["caller_id": "+14155551234"])
    try await bench.done(.post, "/campaigns/\(id)/start")
    let other = try await ServiceBench.tenant()
    let (second, key) = try await other.makeCampaign(leads: [number(0)])
    try await other.complete([(second, key)])
    #expect(try await other.column("from_number", of: "calls", "/calls") == ["+14155550100"])
  }

  @Test("A-47: an end that has passed") func refusesAPassedEnd() async throws {
    let bench = try await ServiceBench.tenant()
    let (id, _) = try await bench.makeCampaign(["end_date": "2020-01-01"], leads: [number(0)])
    #expect(try await bench.refused(409, .post, "/campaigns/\(id)/start") == ["schedule_end"])
  }

  @Test("Q-33, T-34: eight starts at once") func startsOnce() async throws {
    let bench = try await ServiceBench.tenant()
    let campaign = try await bench.makeCampaign(leads: (0..<40).map { number($0) })
    try await bench.running {
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<8 {
          group.addTask { try await bench.ask(.post, "/api/campaigns/\(campaign.id)/start").status }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(statuses.sorted() == [200] + Array(repeating: 409, count: 7))
      try await bench.wait(for: .completed, of: campaign.key)
    }
    let dialled = try await bench.column("to_number", of: "calls", "/calls?limit=100").compactMap(\.string)
    #expect(dialled.sorted() == (0..<40).map { number($0) })
  }

  @Test("Q-42, Q-43, Q-44, Q-45, Q-46, T-38, T-39: a whole campaign") func callsEverybody() async throws {
    let bench = try await ServiceBench.tenant()
    let endings = ["0001", "0001", "0002", "0003", "0004", "0001"]
    let campaign = try await bench.makeCampaign(leads: endings.enumerated().map { number($0, $1) })
    // Q-46: before it is started, everything is queued.
    let draft = try await bench.done(.get, "/campaigns/\(campaign.id)/statistics")["statistics"]
    #expect(draft == ["total": 6, "queued": 6, "processing": 0, "completed": 0, "failed": 0, "cancelled": 0])
    try await bench.complete([campaign])
    let statistics = try await bench.done(.get, "/campaigns/\(campaign.id)/statistics")["statistics"]
    #expect(statistics == ["total": 6, "queued": 0, "processing": 0, "completed": 3, "failed": 3, "cancelled": 0])
    let items = try await bench.column("status", of: "queue_items", "/queue/campaign/\(campaign.id)")
    #expect(items == ["completed", "completed", "failed", "failed", "failed", "completed"])
    let analytics = try await bench.done(.get, "/campaigns/\(campaign.id)/analytics")["analytics"]
    for (name, value) in statistics?.object ?? [:] { #expect(analytics?[name] == value) }
    #expect(analytics?["success_rate"] == 50)
    #expect(analytics?["progress"] == 100)
    #expect(analytics?["answer_rate"] == 50)
    let leads = try #require(try await bench.done(.get, "/leads?campaign_id=\(campaign.id)")["leads"]?.array)
    #expect(leads.allSatisfy { $0["call_attempts"] == 1 && $0["last_call_at"]?.string != nil })
    #expect(leads.compactMap { $0["status"] } == ["completed", "completed", "failed", "failed", "failed", "completed"])
    let shown = try await bench.done(.get, "/campaigns/\(campaign.id)")["campaign"]
    #expect(shown?["status"] == "completed")
    #expect(shown?["total_leads"] == 6)
    #expect(shown?["calls_made"] == 6)
    #expect(shown?["calls_completed"] == 3)
    for step in ["start", "pause", "resume", "cancel"] {
      try await bench.refused(409, .post, "/campaigns/\(campaign.id)/\(step)")
    }
  }

  @Test("Q-29, Q-66, T-41: drafts and what starts later are not dialled") func waitsForItsStart() async throws {
    let bench = try await ServiceBench.tenant()
    _ = try await bench.makeCampaign(leads: [number(0)])
    let later = try await bench.makeCampaign(["start_date": "9000-01-01"], leads: [number(1)])
    #expect(try await bench.done(.post, "/campaigns/\(later.id)/start")["campaign"]?["status"] == "scheduled")
    try await bench.refused(409, .post, "/campaigns/\(later.id)/start")
    let now = try await bench.makeCampaign(leads: [number(2)])
    try await bench.complete([now])
    #expect(try await bench.column("to_number", of: "calls", "/calls") == [.string(number(2))])
    #expect(try await bench.column("status", of: "leads", "/leads?campaign_id=\(later.id)") == ["pending"])
  }

  @Test("Q-67, T-40: hours in the campaign's own zone") func keepsItsHours() async throws {
    let bench = try await ServiceBench.tenant()
    let now = try await bench.service.storage.now()
    // Somewhere it is between 03:00 and 04:00 of another hour than the window; in the other zone it is inside.
    let clock = try #require(ZoneClock("UTC"))
    let hour = clock.time(at: now).seconds / 3600
    let open = "Etc/GMT\(hour >= 12 ? "+" : "-")\(hour >= 12 ? hour - 12 : 12 - hour)"
    let settings: JSONObject = ["first_call_time": "10:00", "last_call_time": "15:00"]
    func campaign(_ zone: String, _ lead: String) async throws -> (id: String, key: Campaign.ID) {
      var settings = settings
      settings["timezone"] = .string(zone)
      return try await bench.makeCampaign(settings, leads: [lead])
    }
    let closedZone = (8...16).contains(hour) ? "Pacific/Auckland" : "UTC"
    let closed = try await campaign(closedZone, number(0))
    try await bench.done(.post, "/campaigns/\(closed.id)/start")
    try await bench.complete([try await campaign(open, number(1))])
    #expect(try await bench.column("to_number", of: "calls", "/calls") == [.string(number(1))])
    #expect(try await bench.column("status", of: "leads", "/leads?campaign_id=\(closed.id)") == ["queued"])
  }

  @Test("Q-35, T-35: nothing is dialled while paused") func dialsNothingWhilePaused() async throws {
    let bench = try await ServiceBench.tenant()
    try await bench.done(.put, "/settings/concurrency", ["concurrent_calls_limit": 1])
    let campaign = try await bench.makeCampaign(leads: [number(0, "0012"), number(1)])
    try await bench.running {
      try await bench.done(.post, "/campaigns/\(campaign.id)/start")
      try await bench.wait(for: .callAnswered)
      try await bench.done(.post, "/campaigns/\(campaign.id)/pause")
      let query = CallQuery(account: try #require(bench.accounts["one"]).id, isLive: true)
      let live = try #require(try await bench.service.storage.calls(query, page: PageRequest()).elements.first)
      try await bench.engine.hangUp(live.id)
      try await bench.wait(for: .callEnded)
      // The slot is free, and another campaign can use it to its end.
      let other = try await bench.makeCampaign(leads: [number(2)])
      try await bench.done(.post, "/campaigns/\(other.id)/start")
      try await bench.wait(for: .completed, of: other.key)
      #expect(try await bench.done(.get, "/calls?campaign_id=\(campaign.id)")["total"] == 1)
      try await bench.done(.post, "/campaigns/\(campaign.id)/resume")
      try await bench.wait(for: .completed, of: campaign.key)
      #expect(try await bench.done(.get, "/calls?campaign_id=\(campaign.id)")["total"] == 2)
    }
  }

  @Test("T-42: another attempt after its delay, as often as is allowed") func triesAgain() async throws {
    let bench = try await ServiceBench.tenant()
    let policy: JSONValue = [
      "max_attempts": 3, "delay_minutes": 0, "retry_on_no_answer": true, "retry_on_busy": false,
      "retry_on_voicemail": true,
    ]
    let endings = ["0003", "0002", "0006", "0001"]
    let campaign = try await bench.makeCampaign(
      ["retry_policy": policy], leads: endings.enumerated().map { number($0, $1) })
    try await bench.complete([campaign])
    #expect(try await bench.column("call_attempts", of: "leads", "/leads?campaign_id=\(campaign.id)") == [3, 1, 3, 1])
    let second = try await ServiceBench.tenant()
    let later = try await second.makeCampaign(
      ["retry_policy": ["max_attempts": 2, "delay_minutes": 90]], leads: [number(9, "0002")])
    try await second.running {
      try await second.done(.post, "/campaigns/\(later.id)/start")
      try await second.wait(for: .callEnded)
    }
    let lead = try #require(try await second.done(.get, "/leads?campaign_id=\(later.id)")["leads"]?.array?.first)
    let last = try #require(lead["last_call_at"]?.string.flatMap { Timestamp($0) })
    let next = try #require(lead["next_call_at"]?.string.flatMap { Timestamp($0) })
    #expect(lead["status"] == "queued")
    #expect(next - last >= .seconds(5400) && next - last < .seconds(5400 + 3600))
  }
}
