import CampaignKit
import JSON
import Testing

@testable import CampaignServer

@Suite struct TenantConcurrencyTests {
  /// The six numbers, after a look at whether they add up.
  func settings(_ bench: ServiceBench, as token: String = "one") async throws -> [String: Int] {
    let settings = try #require(
      try await bench.done(.get, "/settings/concurrency", as: token)["settings"]?.object)
    var numbers: [String: Int] = [:]
    for (name, value) in settings { numbers[name] = value.int }
    #expect(numbers.count == 6)
    for owner in ["user", "system"] {
      let free = numbers["\(owner)_available_slots"] ?? -1
      let limit = numbers["\(owner)_concurrent_calls_limit"] ?? -1
      #expect(free == max(0, limit - (numbers["\(owner)_active_calls"] ?? -1)))
    }
    return numbers
  }

  @Test("Q-55, Q-56, Q-57, Q-68: limits and where they come from") func tellsLimits() async throws {
    let bench = try await ServiceBench.tenant()
    let fresh = try await settings(bench)
    #expect(fresh["user_concurrent_calls_limit"] == 2)
    #expect(fresh["system_concurrent_calls_limit"] == 10)
    for limit in [1, 3, 10] {
      let answer = try await bench.done(.put, "/settings/concurrency", ["concurrent_calls_limit": JSONValue(limit)])
      #expect(answer["message"] == "Concurrency limit updated successfully")
      #expect(answer["concurrent_calls_limit"] == JSONValue(limit))
      #expect(try await settings(bench)["user_concurrent_calls_limit"] == limit)
    }
    #expect(try await settings(bench, as: "two")["user_concurrent_calls_limit"] == 2)
    try await bench.engine.setSystemLimit(4)
    try await bench.engine.setDefaultAccountLimit(3)
    let changed = try await settings(bench, as: "two")
    #expect(changed["user_concurrent_calls_limit"] == 3)
    #expect(changed["system_concurrent_calls_limit"] == 4)
  }

  @Test(
    "Q-58, Q-59: limits that are none",
    arguments: [
      0, 11, -1, "3", .null, true, [3], 2.5, 1e30,
    ] as [JSONValue]) func refuses(limit: JSONValue) async throws
  {
    let bench = try await ServiceBench.tenant()
    let body: JSONValue = ["concurrent_calls_limit": limit]
    #expect(try await bench.refused(400, .put, "/settings/concurrency", body) == ["concurrent_calls_limit"])
    #expect(try await bench.refused(400, .put, "/settings/concurrency", [:]) == ["concurrent_calls_limit"])
    #expect(try await settings(bench)["user_concurrent_calls_limit"] == 2)
  }

  @Test("Q-60, Q-61, Q-62: never more than the limit, and more at once when it is raised")
  func holdsTheLimit() async throws {
    let bench = try await ServiceBench.tenant()
    try await bench.done(.put, "/settings/concurrency", ["concurrent_calls_limit": 1])
    let campaign = try await bench.makeCampaign(leads: (0..<8).map { number($0, "0012") })
    try await bench.running {
      try await bench.done(.post, "/campaigns/\(campaign.id)/start")
      try await bench.wait(for: .callAnswered)
      #expect(try await settings(bench)["user_active_calls"] == 1)
      #expect(try await bench.done(.get, "/queue?status=processing")["total"] == 1)
      try await bench.done(.put, "/settings/concurrency", ["concurrent_calls_limit": 4])
      try await bench.wait(for: .callAnswered, count: 4)
      let full = try await settings(bench)
      #expect(full["user_active_calls"] == 4)
      #expect(full["system_active_calls"] == 4)
      #expect(try await settings(bench, as: "two")["user_active_calls"] == 0)
      try await bench.done(.post, "/campaigns/\(campaign.id)/cancel")
      let live = CallQuery(account: try #require(bench.accounts["one"]).id, isLive: true)
      let calls = try await bench.service.storage.calls(live, page: PageRequest()).elements
      #expect(calls.count == 4)
      for call in calls { try await bench.engine.hangUp(call.id) }
      try await bench.wait(for: .callEnded, count: 4)
    }
    let after = try await settings(bench)
    #expect(after["user_active_calls"] == 0)
    #expect(after["system_active_calls"] == 0)
  }

  @Test("Q-63: two accounts together stay within the system's limit") func sharesTheSystem() async throws {
    let bench = try await ServiceBench.tenant()
    try await bench.engine.setSystemLimit(3)
    for token in ["one", "two"] {
      try await bench.done(.put, "/settings/concurrency", ["concurrent_calls_limit": 10], as: token)
    }
    let first = try await bench.makeCampaign(leads: (0..<6).map { number($0, "0012") })
    let second = try await bench.makeCampaign(leads: (0..<6).map { number($0, "0012") }, as: "two")
    try await bench.running {
      try await bench.done(.post, "/campaigns/\(first.id)/start")
      try await bench.done(.post, "/campaigns/\(second.id)/start", as: "two")
      try await bench.wait(for: .callAnswered)
      let active = try await settings(bench)
      #expect((1...3).contains(active["system_active_calls"] ?? 0))
      #expect(active["user_concurrent_calls_limit"] == 10)
    }
    let active = try await settings(bench)
    #expect((active["system_active_calls"] ?? 9) <= 3)
  }
}
