import CampaignKit
import JSON
import Testing

@testable import CampaignServer

@Suite struct TenantCampaignTests {
  /// The request of the document that has schedules, hours and retries.
  static let outreach: JSONObject = [
    "name": "Q1 2024 Outreach", "caller_id": "+14155551234", "schedule_start": "2024-01-01T09:00:00Z",
    "schedule_end": "2024-03-31T17:00:00Z", "timezone": "America/Los_Angeles", "calling_hours_start": "09:00:00",
    "calling_hours_end": "17:00:00", "agent_group_id": "uuid",
    "retry_policy": [
      "max_attempts": 3, "delay_minutes": 60, "retry_on_no_answer": true, "retry_on_busy": true,
      "retry_on_voicemail": false,
    ], "amd_enabled": true, "voicemail_message_url": "https://example.com/voicemail.mp3",
    "abandoned_message_url": "https://example.com/sorry.mp3", "record_calls": true,
  ]

  @Test("T-19: create keeps every field") func keepsEveryField() async throws {
    let bench = try await ServiceBench.tenant()
    let answer = try await bench.ask(.post, "/api/campaigns", .object(Self.outreach))
    #expect(answer.status == 201)
    let campaign = try #require(answer.body["campaign"]?.object)
    var expected = Self.outreach
    expected["schedule_start"] = "2024-01-01T09:00:00.000Z"
    expected["schedule_end"] = "2024-03-31T17:00:00.000Z"
    for (name, value) in expected { #expect(campaign[name] == value, "\(name)") }
    #expect(campaign["status"] == "draft")
    for counter in ["total_leads", "calls_made", "calls_completed"] { #expect(campaign[counter] == 0) }
    let id = try #require(campaign["id"]?.string)
    #expect(try await bench.done(.get, "/campaigns/\(id)")["campaign"]?.object == campaign)
  }

  @Test("Q-01, Q-02, A-07: the other document's fields") func keepsTheQueuesFields() async throws {
    let bench = try await ServiceBench.tenant()
    let body: JSONObject = [
      "campaign_name": "Q4 Sales Campaign", "description": "Optional description", "agent_id": "uuid",
      "next_action": "Qualify lead for demo", "first_call_time": "09:00", "last_call_time": "18:00",
      "start_date": "2025-10-15", "end_date": "2025-10-30",
    ]
    let campaign = try #require(try await bench.done(.post, "/campaigns", .object(body))["campaign"]?.object)
    for (name, value) in body { #expect(campaign[name] == value, "\(name)") }
    #expect(campaign["name"] == "Q4 Sales Campaign")
    #expect(campaign["calling_hours_end"] == "18:00:00")
    #expect(campaign["schedule_start"] == "2025-10-15T00:00:00.000Z")
    #expect(campaign["schedule_end"] == "2025-10-31T00:00:00.000Z")
  }

  @Test("T-20: defaults") func fillsInDefaults() async throws {
    let bench = try await ServiceBench.tenant()
    let campaign = try await bench.done(.post, "/campaigns", ["name": "A", "caller_id": "+1 (415) 555-1234"])[
      "campaign"]
    #expect(campaign?["caller_id"] == "+14155551234")
    #expect(campaign?["timezone"] == "UTC")
    #expect(campaign?["retry_policy"] == Self.outreach["retry_policy"])
    #expect(campaign?["calling_days"] == .array(Tenant.weekdays.map { .string($0) }))
    #expect(campaign?["amd_enabled"] == true)
    #expect(campaign?["record_calls"] == true)
    for field in [
      "schedule_start", "end_date", "calling_hours_start", "last_call_time", "voicemail_message_url",
      "abandoned_message_url",
    ] {
      #expect(campaign?[field] == .null, "\(field)")
    }
  }

  static let wrong: [(JSONObject, [String])] = [
    ([:], ["name"]), (["name": " "], ["name"]), (["name": 3], ["name"]), (["campaign_name": ""], ["campaign_name"]),
    (["name": "A", "campaign_name": "B"], ["campaign_name"]), (["name": "A", "caller_id": 12], ["caller_id"]),
    (["name": "A", "caller_id": "911"], ["caller_id"]), (["name": "A", "timezone": "Mars/Olympus"], ["timezone"]),
    (["name": "A", "first_call_time": "25:00"], ["first_call_time"]),
    (["name": "A", "first_call_time": "9 o'clock"], ["first_call_time"]),
    (["name": "A", "first_call_time": "18:00", "last_call_time": "09:00"], ["last_call_time"]),
    (["name": "A", "calling_hours_start": "09:00:00", "calling_hours_end": "09:00:00"], ["calling_hours_end"]),
    (["name": "A", "calling_hours_start": "09:00:00", "first_call_time": "10:00"], ["first_call_time"]),
    (["name": "A", "start_date": "2025-02-30"], ["start_date"]),
    (["name": "A", "start_date": "2025-10-30", "end_date": "2025-10-15"], ["end_date"]),
    (["name": "A", "schedule_start": "yesterday"], ["schedule_start"]),
    (
      ["name": "A", "schedule_start": "2024-02-01T00:00:00Z", "schedule_end": "2024-01-01T00:00:00Z"], ["schedule_end"]
    ), (["name": "A", "schedule_start": "2024-01-01T00:00:00Z", "start_date": "2024-01-02"], ["start_date"]),
    (["name": "A", "retry_policy": ["max_attempts": 0]], ["retry_policy.max_attempts"]),
    (["name": "A", "retry_policy": ["max_attempts": 1.5]], ["retry_policy.max_attempts"]),
    (["name": "A", "retry_policy": ["delay_minutes": -1]], ["retry_policy.delay_minutes"]),
    (["name": "A", "retry_policy": [3]], ["retry_policy"]), (["name": "A", "amd_enabled": "yes"], ["amd_enabled"]),
    (["name": "A", "record_calls": 1], ["record_calls"]),
    (["name": "A", "voicemail_message_url": "file:///etc/passwd"], ["voicemail_message_url"]),
    (["name": "A", "abandoned_message_url": "sound:sorry"], ["abandoned_message_url"]),
    (["name": "A", "calling_days": []], ["calling_days"]),
    (["name": "A", "calling_days": "monday"], ["calling_days"]),
    (["name": "A", "calling_days": ["monday", "Montag"]], ["calling_days[1]"]),
    (["name": "A", "contact_ids": ["x"]], ["contact_ids[0]"]),
  ]

  @Test("Q-03, Q-04, Q-13, T-21, T-22, T-29, A-48: bad values", arguments: wrong)
  func refusesBadValues(body: JSONObject, fields: [String]) async throws {
    let bench = try await ServiceBench.tenant()
    #expect(try await bench.refused(400, .post, "/campaigns", .object(body)) == fields)
    #expect(try await bench.done(.get, "/campaigns")["total"] == 0)
    // T-29, Q-13: the same in a change, which then changes nothing. A name may be left out there.
    guard body["name"] != nil, body["contact_ids"] == nil else { return }
    let (id, _) = try await bench.makeCampaign(["description": "As it was"])
    let before = try await bench.done(.get, "/campaigns/\(id)")
    try await bench.refused(400, .put, "/campaigns/\(id)", .object(body))
    #expect(try await bench.done(.get, "/campaigns/\(id)") == before)
  }

  @Test("Q-06, T-23, T-25, A-37: lists") func lists() async throws {
    let bench = try await ServiceBench.tenant()
    var ids: [JSONValue] = []
    for index in 0..<60 { ids.append(.string(try await bench.makeCampaign(["name": .string("C\(index)")]).id)) }
    _ = try await bench.makeCampaign(as: "two")
    let first = try await bench.done(.get, "/campaigns")
    #expect(first["campaigns"]?.array?.compactMap { $0["id"] } == Array(ids.reversed().prefix(50)))
    #expect(first["count"] == 50)
    #expect(first["total"] == 60)
    let rest = try await bench.done(.get, "/campaigns?limit=100&offset=50")
    #expect(rest["campaigns"]?.array?.compactMap { $0["id"] } == Array(ids.reversed().suffix(10)))
    #expect(rest["count"] == 10)
    #expect(try await bench.done(.get, "/campaigns?offset=1000")["campaigns"] == [])
  }

  @Test("Q-08, T-26: senseless pages", arguments: ["limit=0", "limit=101", "limit=x", "offset=-1", "limit=1&limit=2"])
  func refusesSenselessPages(query: String) async throws {
    let bench = try await ServiceBench.tenant()
    #expect(try await !bench.refused(400, .get, "/campaigns?\(query)").isEmpty)
  }

  @Test("Q-07, Q-09, T-24, A-54: status filter and summary") func countsByStatus() async throws {
    let bench = try await ServiceBench.tenant()
    let drafts = [try await bench.makeCampaign().id, try await bench.makeCampaign().id]
    let paused = try await bench.makeCampaign(leads: [number(0)]).id
    try await bench.done(.post, "/campaigns/\(paused)/start")
    try await bench.done(.post, "/campaigns/\(paused)/pause")
    let cancelled = try await bench.makeCampaign().id
    try await bench.done(.post, "/campaigns/\(cancelled)/cancel")
    let scheduled = try await bench.makeCampaign(["start_date": "9000-01-01"], leads: [number(1)]).id
    try await bench.done(.post, "/campaigns/\(scheduled)/start")
    let expected: [String: [String]] = [
      "draft": drafts.reversed(), "paused": [paused], "cancelled": [cancelled], "scheduled": [scheduled],
    ]
    let summary = try await bench.done(.get, "/campaigns/summary")["summary"]
    for status in Campaign.Status.allCases.map(\.rawValue) {
      let ids = try await bench.column("id", of: "campaigns", "/campaigns?status=\(status)")
      #expect(ids == (expected[status] ?? []).map { .string($0) }, "\(status)")
      #expect(summary?[status] == JSONValue(ids.count), "\(status)")
    }
    #expect(summary?["total"] == 5)
    try await bench.refused(400, .get, "/campaigns?status=running")
    #expect(try await bench.done(.get, "/campaigns/summary", as: "two")["summary"]?["total"] == 0)
  }

  @Test("Q-12, T-28: a change leaves the rest") func changesWhatIsNamed() async throws {
    let bench = try await ServiceBench.tenant()
    let (id, _) = try await bench.makeCampaign(Self.outreach)
    var expected = try #require(try await bench.done(.get, "/campaigns/\(id)")["campaign"]?.object)
    let changes: JSONObject = [
      "name": "Another", "calling_hours_end": "20:30:00", "retry_policy": ["max_attempts": 5],
      "voicemail_message_url": .null, "abandoned_message_url": .null, "agent_group_id": .null,
    ]
    let changed = try #require(try await bench.done(.put, "/campaigns/\(id)", .object(changes))["campaign"]?.object)
    for (name, value) in changes where name != "retry_policy" { expected[name] = value }
    expected["campaign_name"] = "Another"
    expected["last_call_time"] = "20:30"
    var policy = expected["retry_policy"]?.object ?? [:]
    policy["max_attempts"] = 5
    expected["retry_policy"] = .object(policy)
    for (name, value) in expected where name != "updated_at" { #expect(changed[name] == value, "\(name)") }
    // The same values in the words of the other document.
    let dates = try await bench.done(.put, "/campaigns/\(id)", ["start_date": "2024-02-01", "end_date": "2024-02-02"])
    #expect(dates["campaign"]?["schedule_start"] == "2024-02-01T08:00:00.000Z")
    #expect(dates["campaign"]?["schedule_end"] == "2024-02-03T08:00:00.000Z")
    let cleared = try await bench.done(
      .put, "/campaigns/\(id)", ["first_call_time": .null, "last_call_time": .null, "schedule_start": .null])
    #expect(cleared["campaign"]?["calling_hours_start"] == .null)
    #expect(cleared["campaign"]?["start_date"] == .null)
    #expect(cleared["campaign"]?["end_date"] == "2024-02-02")
  }

  @Test("A-02: a campaign that is sent back whole stays as it is") func keepsWhatItDoesNotKnow() async throws {
    let bench = try await ServiceBench.tenant()
    let (id, key) = try await bench.makeCampaign(["start_date": "2030-01-01", "caller_id": "+14155551234"])
    var stored = try #require(try await bench.service.storage.campaign(key))
    stored.callerNumbers.append(try #require(PhoneNumber(e164: "+14155559999")))
    stored.retries.delay = .exponential(first: .seconds(60), factor: 2, maximum: .seconds(3600))
    stored.retries.retried = [.noAnswer, .busy, .failed]
    stored.tags = ["kept"]
    stored.pacing.maximumConcurrentCalls = 7
    stored = try await bench.service.storage.update(stored)
    let shown = try #require(try await bench.done(.get, "/campaigns/\(id)")["campaign"])
    try await bench.done(.put, "/campaigns/\(id)", shown)
    var after = try #require(try await bench.service.storage.campaign(key))
    (after.updatedAt, after.revision) = (stored.updatedAt, stored.revision)
    #expect(after == stored)
  }

  @Test("The days of the week are kept, and told when there are none to start with") func keepsDays() async throws {
    let bench = try await ServiceBench.tenant()
    let (id, key) = try await bench.makeCampaign(
      ["calling_days": ["saturday", "monday", "saturday"]], leads: [number(0)])
    #expect(
      try await bench.done(.get, "/campaigns/\(id)")["campaign"]?["calling_days"] == ["monday", "saturday"])
    var stored = try #require(try await bench.service.storage.campaign(key))
    #expect(stored.schedule.days == [.monday, .saturday])
    // Dates that another dialect has excluded stay.
    stored.schedule.excludedDates = [try #require(CivilDate("2030-01-01"))]
    stored = try await bench.service.storage.update(stored)
    try await bench.done(.put, "/campaigns/\(id)", ["calling_days": ["friday"]])
    stored = try #require(try await bench.service.storage.campaign(key))
    #expect(stored.schedule.days == [.friday] && stored.schedule.excludedDates.count == 1)
    // So may a campaign be that was made in another way. What is shown can be sent back, and it is not started.
    stored.schedule.days = []
    _ = try await bench.service.storage.update(stored)
    let shown = try await bench.done(.get, "/campaigns/\(id)")["campaign"]
    #expect(shown?["calling_days"] == [])
    try await bench.done(.put, "/campaigns/\(id)", shown)
    #expect(try await bench.refused(409, .post, "/campaigns/\(id)/start") == ["calling_days"])
  }

  @Test func callsFromSeveralNumbers() async throws {
    let bench = try await ServiceBench.tenant()
    let (id, key) = try await bench.makeCampaign([
      "caller_ids": ["+1 (415) 555-1234", "+14155559999", "+14155551234"], "daily_calls_per_caller_id": 50,
    ])
    var shown = try await bench.done(.get, "/campaigns/\(id)")["campaign"]
    #expect(shown?["caller_ids"] == ["+14155551234", "+14155559999"])
    #expect(shown?["caller_id"] == "+14155551234")
    #expect(shown?["daily_calls_per_caller_id"] == 50)
    #expect(try await bench.service.storage.campaign(key)?.callerChoice == CallerChoice(maximumPerDay: 50))
    // What is shown can be said again, however many it is.
    var stored = try #require(try await bench.service.storage.campaign(key))
    stored.callerChoice.maximumPerDay = .max
    _ = try await bench.service.storage.update(stored)
    let most = try #require(try await bench.done(.get, "/campaigns/\(id)")["campaign"]?["daily_calls_per_caller_id"])
    shown = try await bench.done(.put, "/campaigns/\(id)", ["daily_calls_per_caller_id": most])["campaign"]
    #expect(shown?["daily_calls_per_caller_id"] == most)
    #expect(try await bench.service.storage.campaign(key)?.callerChoice.maximumPerDay == .max)
    shown = try await bench.done(
      .put, "/campaigns/\(id)", ["caller_id": "+14155559999", "daily_calls_per_caller_id": .null])["campaign"]
    #expect(shown?["caller_ids"] == ["+14155559999"])
    #expect(shown?["daily_calls_per_caller_id"] == .null)
    shown = try await bench.done(.put, "/campaigns/\(id)", ["caller_ids": []])["campaign"]
    #expect(shown?["caller_id"] == .null)
    let wrong: [(JSONObject, [String])] = [
      (["caller_ids": ["911"]], ["caller_ids"]), (["caller_ids": "+14155551234"], ["caller_ids"]),
      (["caller_ids": ["+14155551234"], "caller_id": "+14155559999"], ["caller_id"]),
      (["daily_calls_per_caller_id": 0], ["daily_calls_per_caller_id"]),
    ]
    for (body, fields) in wrong {
      #expect(try await bench.refused(400, .put, "/campaigns/\(id)", .object(body)) == fields, "\(body)")
    }
  }

  @Test("how many calls a campaign may have at once is set, also while it is active, and taken back")
  func limitsCallsAtOnce() async throws {
    let bench = try await ServiceBench.tenant()
    let (id, key) = try await bench.makeCampaign(["max_concurrent_calls": 3], leads: [number(0)])
    #expect(try await bench.done(.get, "/campaigns/\(id)")["campaign"]?["max_concurrent_calls"] == 3)
    #expect(try await bench.service.storage.campaign(key)?.pacing.maximumConcurrentCalls == 3)
    try await bench.done(.post, "/campaigns/\(id)/start")
    // A limit of nothing is one too, and is sent back as it is shown.
    for limit in [5, 0, JSONValue.null] {
      let shown = try await bench.done(.put, "/campaigns/\(id)", ["max_concurrent_calls": limit])["campaign"]
      #expect(shown?["max_concurrent_calls"] == limit)
      #expect(try await bench.service.storage.campaign(key)?.pacing.maximumConcurrentCalls == limit.int)
    }
    #expect(
      try await bench.refused(400, .put, "/campaigns/\(id)", ["max_concurrent_calls": -1]) == ["max_concurrent_calls"])
  }

  @Test("T-18, T-30: what cannot be set is ignored") func protectsTheRest() async throws {
    let bench = try await ServiceBench.tenant()
    let (id, _) = try await bench.makeCampaign()
    let changed = try await bench.done(
      .put, "/campaigns/\(id)",
      [
        "id": .string(unknownID), "tenant_id": .string(unknownID), "status": "active", "total_leads": 9,
        "calls_made": 9,
      ])
    let campaign = try await bench.done(.get, "/campaigns/\(id)")["campaign"]
    #expect(campaign?["status"] == "draft")
    #expect(campaign?["total_leads"] == 0)
    #expect(changed["campaign"]?["tenant_id"] == campaign?["tenant_id"])
    // T-18: a tenant in the body is none.
    let other = try await bench.done(.post, "/campaigns", ["name": "A", "tenant_id": .string(unknownID)])
    #expect(other["campaign"]?["tenant_id"] == campaign?["tenant_id"])
    // And two tenants may have the same number: the upload checks that it went in.
    for token in ["one", "two"] { _ = try await bench.makeCampaign(leads: [number(7)], as: token) }
  }

  @Test("Q-14: an active campaign") func changesAnActiveOneLittle() async throws {
    let bench = try await ServiceBench.tenant()
    let (id, _) = try await bench.makeCampaign(leads: [number(0)])
    try await bench.done(.post, "/campaigns/\(id)/start")
    let live: JSONObject = [
      "name": "Live", "description": "New", "first_call_time": "01:00", "calling_hours_end": "23:00:00",
      "end_date": "9000-01-01", "calling_days": ["tuesday", "sunday"],
    ]
    let changed = try await bench.done(.put, "/campaigns/\(id)", .object(live))["campaign"]
    for (name, value) in live { #expect(changed?[name] == value, "\(name)") }
    let frozen: JSONObject = [
      "caller_id": "+14155551234", "timezone": "Asia/Tokyo", "start_date": "2020-01-01", "agent_group_id": "g",
      "next_action": "x", "retry_policy": ["max_attempts": 9], "amd_enabled": false, "record_calls": false,
      "voicemail_message_url": "https://example.com/a.mp3", "abandoned_message_url": "https://example.com/a.mp3",
      "agent_id": "a",
    ]
    for (name, value) in frozen {
      let fields = try await bench.refused(409, .put, "/campaigns/\(id)", .object(["name": "No", name: value]))
      #expect(fields == [name])
    }
    #expect(try await bench.done(.get, "/campaigns/\(id)")["campaign"]?["name"] == "Live")
    // Sent back whole, with a new name, it is changed.
    var whole = try #require(changed?.object)
    whole["name"] = "Whole"
    whole["campaign_name"] = nil
    #expect(try await bench.done(.put, "/campaigns/\(id)", .object(whole))["campaign"]?["campaign_name"] == "Whole")
  }

  @Test("Q-15, Q-16: removal") func removes() async throws {
    let bench = try await ServiceBench.tenant()
    let (id, _) = try await bench.makeCampaign(leads: [number(0)])
    let item = try #require(try await bench.column("id", of: "queue_items", "/queue").first?.string)
    try await bench.done(.post, "/campaigns/\(id)/start")
    try await bench.refused(409, .delete, "/campaigns/\(id)")
    try await bench.done(.post, "/campaigns/\(id)/pause")
    #expect(try await bench.done(.delete, "/campaigns/\(id)")["message"] == "Campaign deleted successfully")
    try await bench.refused(404, .delete, "/campaigns/\(id)")
    try await bench.refused(404, .get, "/queue/\(item)")
    #expect(try await bench.done(.get, "/queue")["total"] == 0)
  }

  static let paths: [(String, String)] = [
    ("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/start"), ("POST", "/pause"), ("POST", "/resume"),
    ("POST", "/cancel"), ("GET", "/statistics"), ("GET", "/analytics"),
  ]

  @Test("Q-10, Q-11, T-27: unknown and malformed ids, and those of others", arguments: paths)
  func findsOnlyItsOwn(method: String, path: String) async throws {
    let bench = try await ServiceBench.tenant()
    let (id, _) = try await bench.makeCampaign()
    for other in [unknownID, "1", "nothing", "%20"] {
      try await bench.refused(404, .init(method), "/campaigns/\(other)\(path)", method == "PUT" ? [:] : nil)
    }
    try await bench.refused(404, .init(method), "/campaigns/\(id)\(path)", method == "PUT" ? [:] : nil, as: "two")
    #expect(try await bench.done(.get, "/campaigns/\(id)")["campaign"]?["status"] == "draft")
  }

  @Test("Q-70, T-103: text reads back as it was", arguments: ["Grüße 🏳️‍🌈", "e\u{301}", "<b>&\"'\\", "a\u{202E}b"])
  func keepsText(text: String) async throws {
    let bench = try await ServiceBench.tenant()
    let body: JSONObject = ["name": .string(text), "description": .string(text), "next_action": .string(text)]
    let (id, _) = try await bench.makeCampaign(body)
    let campaign = try await bench.done(.get, "/campaigns/\(id)")["campaign"]
    for (name, value) in body {
      #expect(campaign?[name]?.string.map { Array($0.unicodeScalars) } == value.string.map { Array($0.unicodeScalars) })
    }
  }

  @Test("Q-05: contacts become leads in their order") func takesContacts() async throws {
    let bench = try await ServiceBench.tenant()
    var ids: [JSONValue] = []
    for index in 0..<3 {
      let body: JSONValue = ["name": .string("C\(index)"), "phone_number": .string(number(index))]
      ids.append(try #require(try await bench.done(.post, "/contacts", body)["contact"]?["id"]))
    }
    let answer = try await bench.done(
      .post, "/campaigns", ["name": "A", "contact_ids": .array([ids[2], ids[0], ids[1]])])
    #expect(answer["campaign"]?["total_leads"] == 3)
    #expect(try await bench.column("contact_id", of: "queue_items", "/queue") == [ids[2], ids[0], ids[1]])
    #expect(try await bench.column("name", of: "queue_items", "/queue") == ["C2", "C0", "C1"])
    let foreign: JSONValue = ["name": "B", "contact_ids": .array([ids[0]])]
    #expect(try await bench.refused(400, .post, "/campaigns", foreign, as: "two") == ["contact_ids[0]"])
    #expect(try await bench.done(.get, "/campaigns", as: "two")["total"] == 0)
  }
}
