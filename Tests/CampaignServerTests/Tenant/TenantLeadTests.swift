import CampaignKit
import JSON
import Testing

@testable import CampaignServer

@Suite struct TenantLeadTests {
  static let file = """
    Phone Number,First Name,Last Name,Email,Country Code,Plan,Type,Priority,Notes
    +14155552671,Sara,Ahmed,sara@example.com,US,Gold,carrier,high,VIP customer
    (212) 200-0001,Bob,Brown,,US,,,low,
    020 7946 0018,Ann,,,GB,,,,"Two
    lines"
    """

  @Test("T-47, T-50, T-55, T-56, T-57: an upload and what it makes") func uploads() async throws {
    let bench = try await ServiceBench.tenant()
    let (id, _) = try await bench.makeCampaign()
    let mapping =
      #"{"First Name":"first_name","Last Name":"last_name","Phone Number":"phone","Country Code":"country"}"#
    let answer = try await bench.upload(Self.file, to: id, mapping: mapping)
    #expect(answer.status == 200)
    #expect(answer.body["message"] == "CSV processed successfully")
    #expect(
      answer.body["results"]
        == ["total": 3, "valid": 3, "invalid": 0, "duplicates": 0, "dnc": 0, "inserted": 3])
    #expect(answer.body["errors"] == [])
    let leads = try #require(try await bench.done(.get, "/leads?campaign_id=\(id)")["leads"]?.array)
    let sara: JSONObject = [
      "campaign_id": .string(id), "phone": "+14155552671", "phone_normalized": "+14155552671", "first_name": "Sara",
      "last_name": "Ahmed", "email": "sara@example.com", "country": "US", "type": "carrier", "priority": "high",
      "custom_fields": ["Plan": "Gold"], "notes": "VIP customer", "status": "pending", "call_attempts": 0,
      "last_call_at": .null, "next_call_at": .null, "do_not_call": false,
    ]
    for (name, value) in sara { #expect(leads.first?[name] == value, "\(name)") }
    #expect(leads.compactMap { $0["phone_normalized"] } == ["+14155552671", "+12122000001", "+442079460018"])
    #expect(leads.compactMap { $0["priority"] } == ["high", "low", "normal"])
    #expect(leads.last?["notes"] == "Two\nlines")
    #expect(try await bench.done(.get, "/campaigns/\(id)")["campaign"]?["total_leads"] == 3)
  }

  @Test("T-47, T-48, T-49, A-35: what makes no lead is told") func tellsOfErrors() async throws {
    let bench = try await ServiceBench.tenant()
    let (id, _) = try await bench.makeCampaign()
    try await bench.done(.post, "/dnc", ["phone_numbers": [.string(number(7))]])
    let rows = [
      number(0), number(1), "invalid", "+1 212-200-0001", number(7), number(2), "", "+1212",
    ].map { "\($0),x" }
    let answer = try await bench.upload("phone,name\r\n" + rows.joined(separator: "\r\n") + "\r\n", to: id)
    #expect(
      answer.body["results"] == ["total": 8, "valid": 3, "invalid": 3, "duplicates": 1, "dnc": 1, "inserted": 3])
    let errors = try #require(answer.body["errors"]?.array)
    #expect(errors.compactMap { $0["row"] } == [3, 7, 8])
    #expect(errors.allSatisfy { $0["field"] == "phone" })
    #expect(errors.first?["value"] == "invalid")
    #expect(errors.first?["error"]?.string?.hasPrefix("Invalid phone number format") == true)
    #expect(answer.body["columns"] == ["phone", "name"])
    #expect(errors.compactMap { $0["cells"] } == [["invalid", "x"], ["", "x"], ["+1212", "x"]])
    #expect(answer.body["errors_left_out"] == 0)
    // The same file again changes nothing, and says so.
    let again = try await bench.upload("phone,name\r\n" + rows.joined(separator: "\r\n") + "\r\n", to: id)
    #expect(
      again.body["results"] == ["total": 8, "valid": 0, "invalid": 3, "duplicates": 4, "dnc": 1, "inserted": 0])
    #expect(again.body["errors"] == answer.body["errors"])
    #expect(try await bench.done(.get, "/leads?campaign_id=\(id)")["total"] == 3)
    // Who is not to be called is told as it is now.
    try await bench.done(.post, "/dnc", ["phone_numbers": [.string(number(9))]])
    try await bench.done(.delete, "/dnc?phone=%2B\(number(7).dropFirst())")
    let third = try await bench.upload("phone,name\r\n" + rows.joined(separator: "\r\n") + "\r\n", to: id)
    #expect(third.body["results"]?["dnc"] == 0)
  }

  @Test("T-47: what is wrong is told, however many others make no lead") func tellsOfErrorsBehindDuplicates()
    async throws
  {
    let bench = try await ServiceBench.tenant()
    let (id, _) = try await bench.makeCampaign()
    let rows = Array(repeating: number(0), count: 1200) + ["wrong"]
    let answer = try await bench.upload("phone\n" + rows.joined(separator: "\n") + "\n", to: id)
    #expect(answer.body["results"]?["duplicates"] == 1199)
    #expect(answer.body["errors"]?.array?.map { $0["row"]?.int } == [1201])
  }

  @Test("T-47: rows are told whole, the first thousand and some megabytes of them, and how many more there are")
  func tellsOfSoMany() async throws {
    let bench = try await ServiceBench.tenant()
    let (id, _) = try await bench.makeCampaign()
    let text = String(repeating: "x", count: 8000)
    let rows = (0..<1100).map { "wrong,\($0),\"\(text)\"" }
    let answer = try await bench.upload("phone,=Name,notes\n" + rows.joined(separator: "\n") + "\n", to: id).body
    #expect(answer["results"]?["invalid"] == 1100)
    #expect(answer["columns"] == ["phone", "=Name", "notes"])
    #expect(answer["errors_left_out"] == 100)
    let errors = try #require(answer["errors"]?.array)
    #expect(errors.count == 1000)
    let cells = errors.compactMap { $0["cells"]?.array }
    let whole = cells.prefix { !$0.isEmpty }
    #expect((400..<600).contains(whole.count))
    #expect(whole.elementsEqual((0..<whole.count).map { ["wrong", .string("\($0)"), .string(text)] }))
    #expect(cells.dropFirst(whole.count).filter { !$0.isEmpty }.isEmpty)
    let wrong = errors.filter { $0["value"] == "wrong" && $0["error"]?.string?.isEmpty == false }
    #expect(wrong.count == 1000)
  }

  @Test("T-47: a refused row that is put right goes in with everything that is known of the person")
  func takesRowsThatWerePutRight() async throws {
    let bench = try await ServiceBench.tenant()
    let (id, _) = try await bench.makeCampaign()
    let answer = try await bench.upload("phone,first_name,Plan\nwrong,Ada,Gold\n", to: id).body
    let names = ["row", "field", "value", "error"] + (answer["columns"]?.array?.compactMap(\.string) ?? [])
    let error = try #require(answer["errors"]?.array?.first)
    var cells = error["cells"]?.array?.compactMap(\.string) ?? []
    cells[0] = "'+12122000001"  // As the console guards it from a spreadsheet.
    let row = ["1", "phone", "wrong", "x"] + cells
    let file = [names, row].map { $0.joined(separator: ",") }.joined(separator: "\n") + "\n,,,more rows are not here\n"
    let again = try await bench.upload(file, to: id).body
    #expect(again["results"]?["inserted"] == 1 && again["results"]?["invalid"] == 1)
    let lead = try await bench.done(.get, "/leads?campaign_id=\(id)")["leads"]?.array?.first
    #expect(lead?["first_name"] == "Ada" && lead?["custom_fields"]?["Plan"] == "Gold")
    #expect(lead?["phone_normalized"] == "+12122000001")
  }

  @Test(
    "T-52: quotes, line ends, marks and blank lines",
    arguments: [
      "\u{FEFF}phone,first_name\r\n\r\n+12122000001,\"O\"\"Neil, \nA\"\r\n\r\n",
      "phone;first_name\n+12122000001;\"O\"\"Neil, \nA\"",
      "phone\tfirst_name\r+12122000001\t\"O\"\"Neil, \nA\"\r",
    ]) func readsCSV(file: String) async throws
  {
    let bench = try await ServiceBench.tenant()
    let (id, _) = try await bench.makeCampaign()
    #expect(try await bench.upload(file, to: id).body["results"]?["inserted"] == 1)
    #expect(try await bench.column("first_name", of: "leads", "/leads?campaign_id=\(id)") == ["O\"Neil, \nA"])
  }

  @Test(
    "T-51: a mapping that is none",
    arguments: [
      "{", "[]", "3", #"{"phone": 3}"#, #"{"nothing": "phone"}"#, #"{"phone": "salary"}"#,
    ]) func refusesMappings(mapping: String) async throws
  {
    let bench = try await ServiceBench.tenant()
    let (id, _) = try await bench.makeCampaign()
    let answer = try await bench.upload("phone\n\(number(0))\n", to: id, mapping: mapping)
    #expect(answer.status == 400)
    #expect(try await bench.done(.get, "/leads?campaign_id=\(id)")["total"] == 0)
  }

  @Test("T-53, T-54: forms that are none") func refusesForms() async throws {
    let bench = try await ServiceBench.tenant()
    let (id, _) = try await bench.makeCampaign()
    #expect(try await bench.upload(nil, to: id).status == 400)
    #expect(try await bench.upload("phone\n\(number(0))\n", to: nil).status == 400)
    #expect(try await bench.upload("phone\n\(number(0))\n", to: unknownID).status == 404)
    #expect(try await bench.upload("phone\n\(number(0))\n", to: "x").status == 404)
    #expect(try await bench.upload("phone\n\(number(0))\n", to: id, as: "two").status == 404)
    #expect([400, 415].contains(try await bench.ask(.post, "/api/leads/upload", ["campaign_id": .string(id)]).status))
    #expect(try await bench.upload("", to: id).status == 400)
    #expect(try await bench.upload("name\nAnn\n", to: id).status == 400)
    let binary = (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    #expect(try await bench.upload(bytes: binary, to: id).status == 400)
    try await bench.done(.post, "/campaigns/\(id)/cancel")
    #expect(try await bench.upload("phone\n\(number(0))\n", to: id).status == 409)
  }

  @Test("T-43, T-44, T-45, T-46: lists") func lists() async throws {
    let bench = try await ServiceBench.tenant()
    let (id, _) = try await bench.makeCampaign(leads: (0..<120).map { number($0) })
    #expect(try await bench.refused(400, .get, "/leads") == ["campaign_id"])
    try await bench.refused(404, .get, "/leads?campaign_id=\(unknownID)")
    #expect(try await bench.refused(400, .get, "/leads?campaign_id=x") == ["campaign_id"])
    try await bench.refused(404, .get, "/leads?campaign_id=\(id)", as: "two")
    let first = try await bench.done(.get, "/leads?campaign_id=\(id)")
    #expect(first["count"] == 50)
    #expect(first["total"] == 120)
    let rest = try await bench.done(.get, "/leads?campaign_id=\(id)&limit=100&offset=100")
    #expect(rest["leads"]?.array?.compactMap { $0["phone"]?.string } == (100..<120).map { number($0) })
    #expect(rest["total"] == 120)
    try await bench.refused(400, .get, "/leads?campaign_id=\(id)&limit=101")
    for (status, total) in [
      ("pending", 120), ("queued", 0), ("calling", 0), ("completed", 0), ("failed", 0), ("dnc", 0),
    ] {
      #expect(try await bench.done(.get, "/leads?campaign_id=\(id)&status=\(status)")["total"] == JSONValue(total))
    }
    try await bench.refused(400, .get, "/leads?campaign_id=\(id)&status=new")
  }

  @Test("T-58, T-59: the template") func offersATemplate() async throws {
    let bench = try await ServiceBench.tenant()
    let response = try await bench.send(.get, "/api/leads/template/csv")
    #expect(response.status == .ok)
    #expect(response.contentType?.hasPrefix("text/csv") == true)
    let text = String(decoding: try await response.collect(), as: UTF8.self)
    let columns = try #require(text.split(separator: "\r\n").first).split(separator: ",")
    for column in ["phone", "first_name", "last_name"] { #expect(columns.contains(Substring(column))) }
    let (id, _) = try await bench.makeCampaign()
    let answer = try await bench.upload(text, to: id)
    #expect(answer.status == 200)
    #expect(answer.body["results"]?["total"] == 0)
    // Filled in, it makes a lead with every field, and one that is not to be called.
    let row = "+12122000001,A,B,a@example.com,US,Firm,carrier,high,Note,no\r\n+12122010001,,,,,,,,,yes\r\n"
    #expect(try await bench.upload(text + row, to: id).body["results"]?["inserted"] == 1)
    let lead = try await bench.done(.get, "/leads?campaign_id=\(id)")["leads"]?[0]
    #expect(lead?["custom_fields"] == ["company": "Firm"])
    #expect(lead?["type"] == "carrier")
    #expect(try await bench.column("phone", of: "entries", "/dnc") == ["+12122010001"])
  }

  @Test("T-60, T-61: changes") func changes() async throws {
    let bench = try await ServiceBench.tenant()
    let (id, _) = try await bench.makeCampaign()
    _ = try await bench.upload(Self.file, to: id)
    let old = try #require(try await bench.done(.get, "/leads?campaign_id=\(id)")["leads"]?[0]?.object)
    let lead = try #require(old["id"]?.string)
    var expected = old
    let body: JSONObject = ["first_name": "Updated", "last_name": "Name", "priority": "low", "notes": "Updated notes"]
    for (name, value) in body { expected[name] = value }
    var changed = try #require(try await bench.done(.put, "/leads/\(lead)", .object(body))["lead"]?.object)
    (changed["updated_at"], expected["updated_at"]) = (nil, nil)
    #expect(changed == expected)
    let fields: JSONValue = ["custom_fields": ["company": "ABC Corp", "age": 5], "type": .null, "email": .null]
    let more = try await bench.done(.put, "/leads/\(lead)", fields)["lead"]
    #expect(more?["custom_fields"] == ["company": "ABC Corp", "age": 5])
    #expect(more?["type"] == .null)
    #expect(more?["email"] == .null)
    #expect(more?["notes"] == "Updated notes")
    let protected: JSONValue = [
      "call_attempts": 7, "status": "completed", "id": .string(unknownID), "phone": "+1 415 555 2671",
    ]
    #expect(try await bench.done(.put, "/leads/\(lead)", protected)["lead"]?["call_attempts"] == 0)
    for (body, field) in [
      (["priority": "urgent"], "priority"), (["first_name": 3], "first_name"), (["do_not_call": "yes"], "do_not_call"),
      (["custom_fields": []], "custom_fields"), (["phone": "+12122000001"], "phone"),
    ] as [(JSONValue, String)] {
      #expect(try await bench.refused(400, .put, "/leads/\(lead)", body) == [field])
    }
    try await bench.refused(404, .put, "/leads/\(unknownID)", .object(body))
    try await bench.refused(404, .put, "/leads/\(lead)", .object(body), as: "two")
    #expect(try await bench.done(.get, "/leads?campaign_id=\(id)")["leads"]?[0]?["first_name"] == "Updated")
  }

  @Test("T-62, A-14: a lead that is not to be called") func suppresses() async throws {
    let bench = try await ServiceBench.tenant()
    let campaign = try await bench.makeCampaign(leads: [number(0), number(1)])
    let leads = try await bench.column("id", of: "leads", "/leads?campaign_id=\(campaign.id)").compactMap(\.string)
    let changed = try await bench.done(.put, "/leads/\(leads[0])", ["do_not_call": true, "notes": "No"])["lead"]
    #expect(changed?["status"] == "dnc")
    #expect(changed?["do_not_call"] == true)
    #expect(changed?["notes"] == "No")
    #expect(try await bench.refused(409, .put, "/leads/\(leads[0])", ["do_not_call": false]) == ["do_not_call"])
    #expect(try await bench.done(.put, "/leads/\(leads[1])", ["do_not_call": false])["lead"]?["do_not_call"] == false)
    try await bench.complete([campaign])
    #expect(try await bench.column("to_number", of: "calls", "/calls") == [.string(number(1))])
    #expect(
      try await bench.column("id", of: "leads", "/leads?campaign_id=\(campaign.id)&status=dnc") == [.string(leads[0])])
    #expect(try await bench.column("phone", of: "entries", "/dnc") == [.string(number(0))])
  }

  @Test("T-63: high before normal before low") func callsInOrder() async throws {
    let bench = try await ServiceBench.tenant()
    try await bench.done(.put, "/settings/concurrency", ["concurrent_calls_limit": 1])
    let campaign = try await bench.makeCampaign()
    let priorities = ["low", "normal", "high", "normal", "high", "low"]
    let rows = priorities.enumerated().map { "\(number($0)),\($1)" }
    _ = try await bench.upload("phone,priority\n" + rows.joined(separator: "\n"), to: campaign.id)
    try await bench.complete([campaign])
    let dialled = try await bench.column("to_number", of: "calls", "/calls").reversed()
    #expect(Array(dialled) == [2, 4, 1, 3, 0, 5].map { .string(number($0)) })
  }
}
