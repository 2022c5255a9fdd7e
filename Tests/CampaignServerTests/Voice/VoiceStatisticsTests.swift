import CampaignKit
import JSON
import Testing

@testable import CampaignServer

@Suite struct VoiceStatisticsTests {
  /// A campaign that is over: two were reached, one was busy twice, one did not answer twice.
  static func finished() async throws -> (scene: DialectScene, id: String) {
    let scene = try await DialectScene.voice()
    let id = try await scene.createVoice(["callAttemptsPerContact": 2, "timezone": "Asia/Kolkata"])
    let outcomes = ["0001", "0002", "0003", "0001"]
    try await scene.addContacts(outcomes.enumerated().map { DialectScene.number($0, $1) }, to: id)
    #expect(try await scene.status(.post, "/campaigns/\(id)/start") == 200)
    try await scene.run(id)
    return (scene, id)
  }

  @Test("C-21, C-28: nothing was called yet") func tellsZeroes() async throws {
    let scene = try await DialectScene.voice()
    let id = try await scene.createVoice()
    let zeroes: JSONValue = [
      "contactMetrics": [
        "totalContacts": 0, "contactedCount": 0, "contactedPercentage": 0, "remainingCount": 0, "activeCount": 0,
      ],
      "callMetrics": [
        "totalCalls": 0, "completedCalls": 0, "failedCalls": 0, "callbacksScheduled": 0, "transfersInitiated": 0,
        "transfersCompleted": 0, "averageCallDuration": 0, "averageWaitTime": 0,
      ],
      "timeMetrics": [
        "campaignDuration": ["total": "0 days", "elapsed": "0 days", "remaining": "0 days"],
        "callTimeDistribution": ["morning": 0, "afternoon": 0, "evening": 0], "peakCallHours": [],
      ],
      "outcomesMetrics": [
        "successfulOutcomes": 0, "callbackRequests": 0, "transferredToAgent": 0, "voicemails": 0, "noAnswers": 0,
        "conversionRate": 0,
      ], "performanceTrend": [],
    ]
    #expect(try await scene.statistics(of: id) == zeroes)
    for query in ["fromDate=yesterday", "toDate=2023", "fromDate=2023-07-02&toDate=2023-07-01", "fromDate="] {
      #expect(try await scene.status(.get, "/campaigns/\(id)/statistics?\(query)") == 400, "\(query)")
    }
  }

  @Test("C-22, C-23, C-24, C-25, C-26: the figures add up") func addsUp() async throws {
    let (scene, id) = try await Self.finished()
    let statistics = try await scene.statistics(of: id)
    #expect(
      statistics["contactMetrics"] == [
        "totalContacts": 4, "contactedCount": 4, "contactedPercentage": 100, "remainingCount": 0, "activeCount": 0,
      ])
    let calls = try #require(statistics["callMetrics"])
    for (name, count) in ["totalCalls": 6, "completedCalls": 2, "failedCalls": 4] {
      #expect(calls[name]?.int == count, "\(name)")
    }
    let parts = try #require(statistics["timeMetrics"]?["callTimeDistribution"]?.object)
    #expect(parts.values.compactMap(\.int).reduce(0, +) == 6)
    let hours = try #require(statistics["timeMetrics"]?["peakCallHours"]?.array)
    #expect(hours.compactMap { $0["count"]?.int }.reduce(0, +) == 6)
    let trend = try #require(statistics["performanceTrend"]?.array)
    #expect(trend.compactMap { $0["calls"]?.int }.reduce(0, +) == 6)
    let outcomes = try #require(statistics["outcomesMetrics"])
    #expect(outcomes["successfulOutcomes"] == 2)
    #expect(outcomes["noAnswers"] == 2)
    #expect(outcomes["conversionRate"] == 33.33)
    #expect(
      try await scene.voiceCampaign(id)["stats"] == [
        "totalContacts": 4, "contactedCount": 4, "completedCount": 2, "failedCount": 2, "callbackCount": 0,
        "transferCount": 0,
      ])
    for (status, count) in ["contacted": 2, "failed": 2, "pending": 0] {
      #expect(try await scene.ask(.get, "/campaigns/\(id)/contacts?status=\(status)").body["total"]?.int == count)
    }
  }

  @Test("C-22, C-23, C-24, C-25, C-46: the figures add up at every moment") func addsUpAtEveryMoment() async throws {
    let scene = try await DialectScene.voice(dialer: SimulatedCarrier(mix: .fast))
    let id = try await scene.createVoice(["maxConcurrentCalls": 2, "callAttemptsPerContact": 2])
    try await scene.addContacts((0..<6).map { DialectScene.number($0, ["0001", "0002", "0003"][$0 % 3]) }, to: id)
    #expect(try await scene.status(.post, "/campaigns/\(id)/start") == 200)
    try await scene.watch(id) {
      let statistics = try await scene.statistics(of: id)
      let contacts = try #require(statistics["contactMetrics"])
      let contacted = contacts["contactedCount"]?.int ?? -1
      #expect(contacts["remainingCount"]?.int == 6 - contacted)
      #expect(abs((contacts["contactedPercentage"]?.double ?? -1) - Double(contacted) / 0.06) < 0.01)
      #expect(contacts["activeCount"]?.int ?? 3 <= 2)
      let calls = try #require(statistics["callMetrics"])
      let total = calls["totalCalls"]?.int ?? -1
      #expect((calls["completedCalls"]?.int ?? 0) + (calls["failedCalls"]?.int ?? 0) == total)
      #expect(statistics["performanceTrend"]?.array?.compactMap { $0["calls"]?.int }.reduce(0, +) == total)
      let outcomes = try #require(statistics["outcomesMetrics"])
      let rate = total == 0 ? 0 : Double(outcomes["successfulOutcomes"]?.int ?? -1) / Double(total) * 100
      #expect(abs((outcomes["conversionRate"]?.double ?? -1) - rate) < 0.01)
    }
    #expect(try await scene.statistics(of: id)["callMetrics"]?["totalCalls"] == 10)
  }

  @Test("C-24, A-51: hours and days are those of the campaign") func tellsLocalHours() async throws {
    let (scene, id) = try await Self.finished()
    let clock = try #require(ZoneClock("Asia/Kolkata"))
    let calls = try await scene.calls(of: id)
    let statistics = try await scene.statistics(of: id)
    let hours = Dictionary(grouping: calls) { clock.time(at: $0.createdAt).seconds / 3600 }.mapValues(\.count)
    let told = statistics["timeMetrics"]?["peakCallHours"]?.array ?? []
    #expect(told.count == hours.count)
    for hour in told { #expect(hours[hour["hour"]?.int ?? -1] == hour["count"]?.int) }
    let days = Set(calls.map { clock.date(at: $0.createdAt).description })
    #expect(Set(statistics["performanceTrend"]?.array?.compactMap { $0["date"]?.string } ?? []) == days)
  }

  @Test("C-27: a period") func tellsAPeriod() async throws {
    let (scene, id) = try await Self.finished()
    let clock = try #require(ZoneClock("Asia/Kolkata"))
    let first = clock.date(at: try #require(try await scene.calls(of: id).first).createdAt)
    let before = CivilDate(daysSince1970: first.daysSince1970 - 1)
    let whole = try await scene.statistics(of: id, "?fromDate=\(first)&toDate=2999-01-01T00:00:00Z")
    #expect(whole == (try await scene.statistics(of: id)))
    let earlier = try await scene.statistics(of: id, "?toDate=\(before)")
    #expect(earlier["callMetrics"]?["totalCalls"] == 0)
    #expect(earlier["performanceTrend"] == [])
    #expect(earlier["contactMetrics"]?["totalContacts"] == 4)
    #expect(try await scene.statistics(of: id, "?fromDate=2999-01-01")["callMetrics"]?["totalCalls"] == 0)
  }

  @Test("C-29: days add up", arguments: [(-10, 20, 30, 10), (-10, -5, 5, 5), (5, 15, 10, 0)])
  func tellsDays(start: Int, end: Int, total: Int, elapsed: Int) async throws {
    let scene = try await DialectScene.voice()
    let today = ZoneClock.utc.date(at: try await scene.bench.engine.storage.now()).daysSince1970
    let id = try await scene.createVoice([
      "startDate": .string(CivilDate(daysSince1970: today + start).description),
      "endDate": .string(CivilDate(daysSince1970: today + end).description),
    ])
    let days = try await scene.statistics(of: id)["timeMetrics"]?["campaignDuration"]
    #expect(
      days == [
        "total": .string("\(total) days"), "elapsed": .string("\(elapsed) days"),
        "remaining": .string("\(total - elapsed) days"),
      ])
  }
}
