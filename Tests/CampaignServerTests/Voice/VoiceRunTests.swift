import CampaignKit
import JSON
import Testing

@testable import CampaignServer

@Suite struct VoiceRunTests {
  @Test("C-35, C-36, C-44, C-45: start and a whole life") func callsEverybody() async throws {
    let scene = try await DialectScene.voice()
    let id = try await scene.createVoice()
    #expect(try await scene.status(.post, "/campaigns/\(id)/start") == 409)
    #expect(try await scene.voiceCampaign(id)["status"] == "draft")
    try await scene.addContacts((0..<3).map { DialectScene.number($0) }, to: id)
    let answer = try await scene.ask(.post, "/campaigns/\(id)/start").body
    #expect(answer["message"] == "Campaign started successfully")
    #expect(answer["status"] == "active")
    #expect(isMoment(answer["startedAt"]))
    #expect(try await scene.status(.post, "/campaigns/\(id)/start") == 409)
    try await scene.run(id)
    #expect(try await scene.voiceCampaign(id)["status"] == "completed")
    #expect(try await scene.calls(of: id).count == 3)
    for action in ["start", "pause", "resume", "end"] {
      #expect(try await scene.status(.post, "/campaigns/\(id)/\(action)") == 409, "\(action)")
    }
  }

  @Test("C-37, C-38, C-39, C-41, C-42, C-43, C-46: pause and resume") func pauses() async throws {
    let scene = try await DialectScene.voice()
    let id = try await scene.createVoice(["maxConcurrentCalls": 1])
    try await scene.addContacts((0..<3).map { DialectScene.number($0, "0012") }, to: id)
    for action in ["pause", "resume", "end"] {
      #expect(try await scene.status(.post, "/campaigns/\(id)/\(action)") == 409, "\(action) of a draft")
    }
    #expect(try await scene.status(.post, "/campaigns/\(id)/start") == 200)
    #expect(try await scene.status(.post, "/campaigns/\(id)/resume") == 409)
    #expect(try await scene.status(.post, "/campaigns/\(id)/pause", ["reason": 5]) == 400)
    let broken = try await scene.bench.send(
      .post, "/voice/api/campaigns/\(id)/pause", Array("{".utf8), fields: ["Content-Type": "application/json"])
    #expect(broken.status == .badRequest)
    try await scene.bench.running {
      try await scene.wait(for: .callAnswered, 1, of: id)
      #expect(try await scene.statistics(of: id)["contactMetrics"]?["activeCount"] == 1)
      let answer = try await scene.ask(.post, "/campaigns/\(id)/pause", ["reason": "Holiday break"]).body
      #expect(answer["message"] == "Campaign paused successfully")
      #expect(answer["status"] == "paused")
      #expect(isMoment(answer["pausedAt"]))
      #expect(try await scene.status(.post, "/campaigns/\(id)/pause") == 409)
      for call in try await scene.calls(of: id) { try await scene.bench.engine.hangUp(call.id) }
      try await scene.wait(for: .callEnded, 1, of: id)
    }
    #expect(try await scene.calls(of: id).count == 1)
    #expect(try await scene.voiceCampaign(id)["statusReason"] == "Holiday break")
    let answer = try await scene.ask(.post, "/campaigns/\(id)/resume").body
    #expect(answer["message"] == "Campaign resumed successfully")
    #expect(answer["status"] == "active")
    #expect(isMoment(answer["resumedAt"]))
    #expect(try await scene.status(.post, "/campaigns/\(id)/pause") == 200)
  }

  @Test("C-40, C-41, C-44: end") func ends() async throws {
    let scene = try await DialectScene.voice()
    let id = try await scene.createVoice()
    try await scene.addContacts((0..<3).map { DialectScene.number($0) }, to: id)
    #expect(try await scene.status(.post, "/campaigns/\(id)/start") == 200)
    let answer = try await scene.ask(.post, "/campaigns/\(id)/end", ["reason": "Campaign goals met"]).body
    #expect(answer["message"] == "Campaign ended successfully")
    #expect(answer["status"] == "completed")
    #expect(isMoment(answer["endedAt"]))
    try await scene.run(id)
    #expect(try await scene.calls(of: id).isEmpty)
    #expect(try await scene.ask(.get, "/campaigns/\(id)/contacts?status=canceled").body["total"] == 3)
    for action in ["start", "pause", "resume", "end"] {
      #expect(try await scene.status(.post, "/campaigns/\(id)/\(action)") == 409, "\(action)")
    }
  }

  @Test("C-47: one of eight starts wins") func startsOnce() async throws {
    let scene = try await DialectScene.voice()
    let id = try await scene.createVoice()
    try await scene.addContacts((0..<5).map { DialectScene.number($0) }, to: id)
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 { group.addTask { try await scene.status(.post, "/campaigns/\(id)/start") } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses.sorted() == [200] + Array(repeating: 409, count: 7))
    try await scene.run(id)
    #expect(Set(try await scene.calls(of: id).map(\.to)).count == 5)
  }

  @Test("C-48: attempts", arguments: [1, 3]) func callsAgain(attempts: Int) async throws {
    let scene = try await DialectScene.voice()
    let id = try await scene.createVoice(["callAttemptsPerContact": JSONValue(attempts)])
    try await scene.addContacts([DialectScene.number(0, "0002"), DialectScene.number(1)], to: id)
    #expect(try await scene.status(.post, "/campaigns/\(id)/start") == 200)
    try await scene.run(id)
    let calls = try await scene.calls(of: id)
    #expect(calls.count { $0.disposition == .busy } == attempts)
    #expect(calls.count { $0.disposition == .answered } == 1)
  }

  @Test("C-16, C-17, A-21, A-43: status by update") func changesStatus() async throws {
    let scene = try await DialectScene.voice()
    let id = try await scene.createVoice()
    func put(_ body: JSONObject) async throws -> (Int, JSONValue?) {
      let answer = try await scene.ask(.put, "/campaigns/\(id)", .object(body))
      return (answer.status, answer.body["campaign"]?["status"])
    }
    #expect(try await put(["status": "active", "name": "No"]) == (409, nil))
    #expect(try await scene.voiceCampaign(id)["name"] == "Test")
    #expect(try await put(["status": "draft"]) == (200, "draft"))
    #expect(try await put(["status": "paused"]) == (409, nil))
    #expect(try await put(["status": "completed"]) == (409, nil))
    try await scene.addContacts([DialectScene.number(0)], to: id)
    #expect(try await put(["status": "active", "endDate": "2020-01-01"]) == (409, nil))
    #expect(try await scene.voiceCampaign(id)["endDate"] == JSONValue.null)
    #expect(try await put(["status": "active", "name": "Yes"]) == (200, "active"))
    #expect(try await scene.voiceCampaign(id)["name"] == "Yes")
    #expect(try await put(["maxConcurrentCalls": 15]) == (200, "active"))
    #expect(try await put(["status": "draft"]) == (409, nil))
    #expect(try await put(["status": "paused"]) == (200, "paused"))
    #expect(try await put(["status": "active"]) == (200, "active"))
    #expect(try await put(["status": "canceled"]) == (200, "canceled"))
    #expect(try await put(["status": "canceled"]) == (200, "canceled"))
    for status in ["draft", "active", "paused", "completed"] {
      #expect(try await put(["status": .string(status)]) == (409, nil), "\(status)")
    }
    #expect(try await scene.ask(.get, "/campaigns?status=canceled").body["total"] == 1)
    try await scene.run(id, until: .cancelled)
    #expect(try await scene.calls(of: id).isEmpty)
  }

  @Test("C-49, A-42, A-47: the schedule holds") func keepsItsSchedule() async throws {
    let scene = try await DialectScene.voice()
    let future = try await scene.createVoice(["startDate": "2999-01-01T00:00:00Z", "scheduleType": "scheduled"])
    try await scene.addContacts([DialectScene.number(0)], to: future)
    let answer = try await scene.ask(.post, "/campaigns/\(future)/start")
    #expect(answer.status == 200)
    #expect(answer.body["startedAt"] == JSONValue.null)
    #expect(try await scene.status(.post, "/campaigns/\(future)/start") == 409)
    #expect(try await scene.status(.delete, "/campaigns/\(future)") == 409)
    let past = try await scene.createVoice(["endDate": "2020-01-01"])
    try await scene.addContacts([DialectScene.number(0)], to: past)
    let refused = try await scene.ask(.post, "/campaigns/\(past)/start")
    #expect(refused.status == 409)
    #expect(refused.body["message"]?.string?.contains("schedule.end") == true)
    // Whatever the time is, it is outside of these hours, or these are not the days.
    let now = try await scene.bench.engine.storage.now()
    let hour = ZoneClock.utc.time(at: now).seconds / 3600
    let hours = try await scene.createVoice([
      "dailyStartTime": hour < 12 ? "20:00" : "04:00", "dailyEndTime": hour < 12 ? "21:00" : "05:00",
    ])
    let today = ZoneClock.utc.date(at: now).weekday.rawValue
    let days = try await scene.createVoice(["scheduleConfig": ["daysOfWeek": [JSONValue((today + 3) % 7)]]])
    let dates = (-1...1).map { offset -> JSONValue in
      .string(CivilDate(daysSince1970: ZoneClock.utc.date(at: now).daysSince1970 + offset).description)
    }
    let excluded = try await scene.createVoice(["scheduleConfig": ["excludeDates": .array(dates)]])
    let open = try await scene.createVoice()
    for id in [hours, days, excluded, open] {
      try await scene.addContacts([DialectScene.number(0)], to: id)
      #expect(try await scene.status(.post, "/campaigns/\(id)/start") == 200)
    }
    try await scene.run(open)
    for id in [future, hours, days, excluded] { #expect(try await scene.calls(of: id).isEmpty) }
  }
}
