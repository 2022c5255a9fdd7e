import CampaignKit
import JSON
import Testing

@testable import CampaignServer

@Suite struct TenantAgentTests {
  static let john: JSONObject = [
    "name": "John Doe", "phone": "+14155553333", "email": "john@example.com", "agent_group_id": "uuid",
    "max_concurrent_calls": 2, "working_hours": ["monday": ["start": "09:00", "end": "17:00"]],
  ]

  @Test("T-73: create keeps every field") func creates() async throws {
    let bench = try await ServiceBench.tenant()
    let answer = try await bench.ask(.post, "/api/agents", .object(Self.john))
    #expect(answer.status == 201)
    let agent = try #require(answer.body["agent"])
    for (name, value) in Self.john { #expect(agent[name] == value, "\(name)") }
    let fresh: JSONObject = [
      "user_id": .null, "status": "offline", "current_calls": 0, "total_calls_handled": 0,
      "total_call_duration_seconds": 0, "is_active": true, "last_active_at": .null,
    ]
    for (name, value) in fresh { #expect(agent[name] == value, "\(name)") }
    #expect(try await bench.done(.get, "/agents")["agents"] == .array([agent]))
  }

  @Test(
    "T-74: bad fields",
    arguments: [
      (["phone": "+14155553333"], "name"), (["name": "", "phone": "+14155553333"], "name"), (["name": "A"], "phone"),
      (["name": "A", "phone": "12"], "phone"), (["name": "A", "phone": 12], "phone"),
      (["name": "A", "phone": "+14155553333", "email": "no"], "email"),
      (["name": "A", "phone": "+14155553333", "max_concurrent_calls": 0], "max_concurrent_calls"),
      (["name": "A", "phone": "+14155553333", "max_concurrent_calls": 1.5], "max_concurrent_calls"),
      (["name": "A", "phone": "+14155553333", "working_hours": ["someday": .null]], "working_hours.someday"),
      (
        ["name": "A", "phone": "+14155553333", "working_hours": ["monday": ["start": "9", "end": "17:00"]]],
        "working_hours.monday.start"
      ),
      (
        ["name": "A", "phone": "+14155553333", "working_hours": ["monday": ["start": "09:00"]]],
        "working_hours.monday.end"
      ),
      (
        ["name": "A", "phone": "+14155553333", "working_hours": ["monday": ["start": "09:00", "end": "09:00"]]],
        "working_hours.monday"
      ),
    ] as [(JSONValue, String)]) func refusesBadFields(body: JSONValue, field: String) async throws
  {
    let bench = try await ServiceBench.tenant()
    #expect(try await bench.refused(400, .post, "/agents", body) == [field])
    #expect(try await bench.done(.get, "/agents")["total"] == 0)
  }

  @Test("T-75, T-76: statuses, filters and count") func filters() async throws {
    let bench = try await ServiceBench.tenant()
    var ids: [String] = []
    for (index, group) in ["a", "a", "b", "b", "b"].enumerated() {
      let body: JSONValue = [
        "name": .string("Agent \(index)"), "phone": .string(number(index)), "agent_group_id": .string(group),
      ]
      ids.append(try #require(try await bench.done(.post, "/agents", body)["agent"]?["id"]?.string))
    }
    for (id, status) in zip(ids, ["available", "busy", "available", "break"]) {
      let agent = try await bench.done(.put, "/agents/\(id)/status", ["status": .string(status)])["agent"]
      #expect(agent?["status"]?.string == status)
    }
    for (query, found) in [
      ("", [0, 1, 2, 3, 4]), ("status=available", [0, 2]), ("status=busy", [1]), ("status=break", [3]),
      ("status=offline", [4]), ("agent_group_id=a", [0, 1]), ("agent_group_id=b&status=available", [2]),
      ("agent_group_id=c", []), ("limit=2&offset=1", [1, 2]),
    ] as [(String, [Int])] {
      let answer = try await bench.done(.get, "/agents?\(query)")
      #expect(answer["agents"]?.array?.compactMap { $0["id"]?.string } == found.map { ids[$0] }, "\(query)")
      #expect(answer["count"] == JSONValue(found.count))
    }
    try await bench.refused(400, .get, "/agents?status=asleep")
    for body in [["status": "asleep"], [:], ["status": 1]] as [JSONValue] {
      #expect(try await bench.refused(400, .put, "/agents/\(ids[0])/status", body) == ["status"])
    }
    for (id, token) in [(unknownID, "one"), ("x", "one"), (ids[0], "two")] {
      try await bench.refused(404, .put, "/agents/\(id)/status", ["status": "busy"], as: token)
      try await bench.refused(404, .get, "/agents/\(id)/stats", as: token)
    }
    #expect(try await bench.done(.get, "/agents", as: "two")["agents"] == [])
    // groups are what agents and campaigns have in common.
    _ = try await bench.makeCampaign(["agent_group_id": "b"])
    _ = try await bench.makeCampaign(["agent_group_id": "d"])
    let groups = try await bench.done(.get, "/agents/groups")
    #expect(groups["count"] == 3)
    #expect(
      groups["groups"] == [
        ["agent_group_id": "a", "agents": 2, "available_agents": 1, "campaigns": 0],
        ["agent_group_id": "b", "agents": 3, "available_agents": 1, "campaigns": 1],
        ["agent_group_id": "d", "agents": 0, "available_agents": 0, "campaigns": 1],
      ])
    #expect(try await bench.done(.get, "/agents/groups", as: "two")["groups"] == [])
  }

  @Test("T-77, T-78, T-79: an agent's calls") func countsCalls() async throws {
    let bench = try await ServiceBench.tenant()
    try await bench.done(.put, "/settings/concurrency", ["concurrent_calls_limit": 10])
    var john = Self.john
    // Always at work, whatever the day on which this runs.
    john["working_hours"] = nil
    let agent = try await bench.done(.post, "/agents", .object(john))["agent"]
    let id = try #require(agent?["id"]?.string)
    try await bench.done(.put, "/agents/\(id)/status", ["status": "available"])
    let endings = ["0001", "0001", "0003", "0001", "0002"]
    let campaign = try await bench.makeCampaign(
      ["agent_group_id": "uuid"], leads: endings.enumerated().map { number($0, $1) })
    try await bench.complete([campaign])
    let answer = try await bench.done(.get, "/agents/\(id)/stats")
    let mine = try #require(try await bench.done(.get, "/calls?agent_id=\(id)")["calls"]?.array)
    let talk = mine.compactMap { $0["talk_time"]?.double }.reduce(0, +)
    #expect(mine.count >= 3 && mine.allSatisfy { $0["agent_name"] == "John Doe" })
    #expect(answer["stats"]?["total_calls"] == JSONValue(mine.count))
    #expect(answer["stats"]?["answered_calls"] == JSONValue(mine.count { $0["disposition"] == "answered" }))
    #expect(answer["stats"]?["answered_calls"] == 3)
    #expect(abs((answer["stats"]?["total_talk_time"]?.double ?? -1) - talk) < 0.001)
    #expect(abs((answer["stats"]?["avg_talk_time"]?.double ?? -1) - talk / Double(mine.count)) < 0.001)
    #expect(answer["agent"]?["current_calls"] == 0)
    #expect(answer["agent"]?["total_calls_handled"] == JSONValue(mine.count))
    #expect(answer["agent"]?["last_active_at"]?.string != nil)
    let old = try await bench.done(.get, "/agents/\(id)/stats?date_to=2024-01-31")["stats"]
    #expect(old == ["total_calls": 0, "answered_calls": 0, "avg_talk_time": 0, "total_talk_time": 0])
    // Nobody had more than two calls at once: each began after the one two before it had ended.
    let spans = mine.map { ($0["start_time"]?.string ?? "", $0["end_time"]?.string ?? "") }.sorted { $0 < $1 }
    for (index, span) in spans.enumerated() {
      #expect(spans.prefix(index).count { $0.1 > span.0 } < 2)
    }
  }
}
