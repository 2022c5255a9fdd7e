import CampaignKit
import JSON
import Testing

@testable import CampaignServer

@Suite struct TenantCallTests {
  static let endings = ["0001", "0001", "0002", "0003", "0004", "0005", "0006"]

  /// A bench whose first account has one campaign that is over, and another with one call.
  static func bench() async throws -> (bench: ServiceBench, campaign: String) {
    let bench = try await ServiceBench.tenant()
    let campaign = try await bench.makeCampaign(
      ["name": "Calls", "caller_id": "+14155551234"], leads: endings.enumerated().map { number($0, $1) })
    let other = try await bench.makeCampaign(["name": "Other"], leads: [number(9)])
    try await bench.complete([campaign, other])
    return (bench, campaign.id)
  }

  @Test("T-64, T-65, T-66, T-69: what a call is") func showsCalls() async throws {
    let (bench, campaign) = try await Self.bench()
    let answer = try await bench.done(.get, "/calls?campaign_id=\(campaign)")
    let calls = try #require(answer["calls"]?.array)
    #expect(answer["count"] == 7)
    let outcomes =
      [
        "0001": ("answered", "human", "completed"), "0002": ("busy", nil, "busy"),
        "0003": ("no_answer", nil, "no-answer"), "0004": ("failed", nil, "failed"),
        "0005": ("voicemail", "machine", "completed"), "0006": ("voicemail", "machine", "completed"),
      ] as [String: (String, String?, String)]
    for call in calls {
      let phone = try #require(call["to_number"]?.string)
      let outcome = try #require(outcomes[String(phone.suffix(4))])
      #expect(call["disposition"]?.string == outcome.0)
      #expect(call["status"]?.string == outcome.2)
      if let by = outcome.1 {
        #expect(call["answered_by"]?.string?.hasPrefix(by) == true, "\(call)")
      } else {
        #expect(call["answered_by"] == .null)
      }
      #expect(call["phone"]?.string == phone)
      #expect(call["campaign_name"] == "Calls")
      let index = try #require(Int(phone.dropFirst(5).prefix(3))) - 200
      #expect(call["first_name"]?.string == "Name\(index)")
      #expect(call["from_number"] == "+14155551234")
      #expect(call["direction"] == "outbound")
      #expect(call["call_sid"]?.string?.isEmpty == false)
      let times = [call["start_time"], call["answer_time"], call["end_time"]].compactMap { $0?.string }
      #expect(times == times.sorted() && times.count == (outcome.1 == nil ? 2 : 3))
      #expect((call["talk_time"] == .null) == (outcome.1 == nil))
      if let talk = call["talk_time"]?.double { #expect(talk <= call["duration"]?.double ?? -1) }
      let id = try #require(call["id"]?.string)
      #expect(try await bench.done(.get, "/calls/\(id)")["call"] == call)
      try await bench.refused(404, .get, "/calls/\(id)", as: "two")
    }
    try await bench.refused(404, .get, "/calls/\(unknownID)")
    #expect(try await bench.done(.get, "/calls", as: "two")["calls"] == [])
  }

  @Test("T-67, T-68: filters, each and together") func filters() async throws {
    let (bench, campaign) = try await Self.bench()
    let now = try await bench.service.storage.now()
    let clock = try #require(ZoneClock("UTC"))
    let today = clock.date(at: now)
    let yesterday = CivilDate(daysSince1970: today.daysSince1970 - 1)
    let tomorrow = CivilDate(daysSince1970: today.daysSince1970 + 1)
    for (query, total) in [
      ("", 8), ("campaign_id=\(campaign)", 7), ("campaign_id=\(unknownID)", 0), ("disposition=answered", 3),
      ("disposition=voicemail", 2), ("disposition=no_answer", 1), ("disposition=busy", 1), ("disposition=failed", 1),
      ("answered_by=human", 3), ("answered_by=human&disposition=busy", 0),
      ("campaign_id=\(campaign)&disposition=answered&answered_by=human", 2), ("agent_id=\(unknownID)", 0),
      ("date_from=\(yesterday)&date_to=\(tomorrow)", 8), ("date_from=\(tomorrow)", 0), ("date_to=\(yesterday)", 0),
      ("date_from=2024-01-01&disposition=answered&limit=2", 3), ("date_to=2024-01-31T00:00:00Z", 0),
    ] {
      #expect(try await bench.done(.get, "/calls?\(query)")["total"] == JSONValue(total), "\(query)")
    }
    let all = try await bench.column("id", of: "calls", "/calls")
    #expect(try await bench.column("id", of: "calls", "/calls?limit=3&offset=2") == Array(all[2..<5]))
    for query in ["disposition=great", "answered_by=dog", "date_from=soon", "campaign_id=x", "agent_id=1"] {
      try await bench.refused(400, .get, "/calls?\(query)")
    }
  }

  @Test("T-70, T-71, T-72: figures agree with the calls") func counts() async throws {
    let (bench, campaign) = try await Self.bench()
    let stats = try #require(
      try await bench.done(.get, "/calls/stats/summary?campaign_id=\(campaign)")["stats"]?.object)
    let counts: [String: Int] = [
      "total_calls": 7, "answered_calls": 2, "voicemail_calls": 2, "no_answer_calls": 1, "busy_calls": 1,
      "failed_calls": 1, "human_answered": 2, "machine_answered": 2,
    ]
    for (name, count) in counts { #expect(stats[name] == JSONValue(count), "\(name)") }
    let calls = try #require(try await bench.done(.get, "/calls?campaign_id=\(campaign)")["calls"]?.array)
    func mean(_ field: String, where isCounted: (JSONValue) -> Bool) -> Double {
      let values = calls.filter(isCounted).compactMap { $0[field]?.double }
      return values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }
    let duration = mean("duration") { $0["duration"] != .null }
    let talk = mean("talk_time") { $0["answer_time"] != .null }
    #expect(abs((stats["avg_duration"]?.double ?? -1) - duration) < 0.001)
    #expect(abs((stats["avg_talk_time"]?.double ?? -1) - talk) < 0.001)
    let cost = calls.compactMap { $0["cost"]?.double }.reduce(0, +)
    #expect(abs((stats["total_cost"]?.double ?? -1) - cost) < 0.000_001)
    let dispositions = try await bench.done(.get, "/calls/stats/by-disposition?campaign_id=\(campaign)")["dispositions"]
    #expect(dispositions?.array?.map { $0["count"] } == [2, 2, 1, 1, 1])
    #expect(dispositions?[0] == ["disposition": "answered", "count": 2])
    #expect(try await bench.done(.get, "/calls/stats/summary")["stats"]?["total_calls"] == 8)
  }

  @Test func countsByTheNumberThatWasCalledFrom() async throws {
    let (bench, _) = try await Self.bench()
    let answer = try await bench.done(.get, "/calls/stats/by-caller-id")
    #expect(answer["days"] == 7)
    let rows = try #require(answer["caller_ids"]?.array)
    let row = try #require(rows.first { $0["caller_id"] == "+14155551234" })
    #expect(row["calls"] == 7)
    #expect(row["answered"] == 2)
    #expect(row["answer_rate"] == 28.57)
    #expect(row["today"] == ["calls": 7, "answered": 2, "answer_rate": 28.57])
    #expect(row["advice"] == .null)
    #expect(rows.compactMap { $0["calls"]?.int }.reduce(0, +) == 8)
    #expect(try await bench.done(.get, "/calls/stats/by-caller-id?days=1")["days"] == 1)
    #expect(try await bench.done(.get, "/calls/stats/by-caller-id", as: "two")["caller_ids"] == [])
    for days in ["0", "366", "x"] { try await bench.refused(400, .get, "/calls/stats/by-caller-id?days=\(days)") }
  }

  @Test("T-17, T-71: zeros where nothing was called") func countsNothing() async throws {
    let (bench, campaign) = try await Self.bench()
    let empty = try await ServiceBench.tenant()
    let zero = try await empty.done(.get, "/calls/stats/summary")["stats"]
    #expect(zero?.object?.count == 11)
    #expect(zero?.object?.allSatisfy { $0.value == 0 } == true)
    for query in ["campaign_id=\(unknownID)", "date_to=2024-01-31", "date_from=2024-01-01&date_to=2024-01-31"] {
      #expect(try await bench.done(.get, "/calls/stats/summary?\(query)")["stats"] == zero, "\(query)")
    }
    for path in ["/calls/stats/summary", "/calls/stats/summary?campaign_id=\(campaign)"] {
      #expect(try await bench.done(.get, path, as: "two")["stats"] == zero)
    }
    let path = "/calls/stats/by-disposition?campaign_id=\(campaign)"
    #expect(try await bench.done(.get, path, as: "two")["dispositions"] == [])
  }

  @Test("T-104: calls and leads agree while they run") func agreeWhileTheyRun() async throws {
    let bench = try await ServiceBench.tenant()
    let campaign = try await bench.makeCampaign(
      leads: (0..<60).map { number($0, $0.isMultiple(of: 3) ? "0002" : "0001") })
    try await bench.running {
      try await bench.done(.post, "/campaigns/\(campaign.id)/start")
      var isOver = false
      while !isOver {
        let calls = try #require(try await bench.done(.get, "/calls?limit=100")["calls"]?.array)
        let leads = try #require(
          try await bench.done(.get, "/leads?campaign_id=\(campaign.id)&limit=100")["leads"]?.array)
        // Leads are read later, so that each is at least as far as its call was.
        let attempts = Dictionary(uniqueKeysWithValues: leads.map { ($0["id"], $0["call_attempts"]?.int ?? 0) })
        for call in calls { #expect(attempts[call["lead_id"]] == 1) }
        let answered = Set(calls.filter { $0["disposition"] == "answered" }.compactMap { $0["lead_id"] })
        let done = Set(leads.filter { $0["status"] == "completed" }.compactMap { $0["id"] })
        #expect(answered.isSubset(of: done))
        isOver = try await bench.done(.get, "/campaigns/\(campaign.id)")["campaign"]?["status"] == "completed"
      }
    }
  }
}
