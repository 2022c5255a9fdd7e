import CampaignKit
import JSON
import Testing

@testable import CampaignServer

/// The dialect's own routes: the do-not-call list, the address book, and keys.
@Suite struct TenantListTests {
  @Test("A-14: the do-not-call list") func keepsNumbers() async throws {
    let bench = try await ServiceBench.tenant()
    let campaign = try await bench.makeCampaign(leads: [number(0), number(1), number(2)])
    let body: JSONValue = ["phone_numbers": ["+1 (212) 200-0001", "+1900*"], "reason": "asked"]
    #expect(try await bench.done(.post, "/dnc", body)["entries"] == 2)
    let entries = try #require(try await bench.done(.get, "/dnc")["entries"]?.array)
    #expect(Set(entries.compactMap { $0["phone"]?.string }) == [number(0), "+1900*"])
    #expect(entries.allSatisfy { $0["reason"] == "asked" && $0["source"] == "api" && $0["expires_at"] == .null })
    #expect(Set(entries.compactMap { $0["is_prefix"] }) == [true, false])
    #expect(
      try await bench.column("status", of: "leads", "/leads?campaign_id=\(campaign.id)") == [
        "dnc", "pending", "pending",
      ])
    #expect(try await bench.done(.get, "/dnc", as: "two")["total"] == 0)
    try await bench.refused(404, .delete, "/dnc?phone=%2B12122000001", as: "two")
    try await bench.done(.delete, "/dnc?phone=+12122000001")
    try await bench.refused(404, .delete, "/dnc?phone=%2B12122000001")
    try await bench.done(.delete, "/dnc?phone=%2B1900*")
    #expect(try await bench.done(.get, "/dnc")["entries"] == [])
    for (body, field) in [
      ([:], "phone_numbers"), (["phone_numbers": []], "phone_numbers"), (["phone_numbers": ["x"]], "phone_numbers[0]"),
      (["phone_numbers": ["*"]], "phone_numbers[0]"), (["phone_numbers": [3]], "phone_numbers[0]"),
    ] as [(JSONValue, String)] { #expect(try await bench.refused(400, .post, "/dnc", body) == [field]) }
  }

  @Test(
    "A-14: a file of numbers",
    arguments: [
      "name,phone\nA,+12122000001\nB,\nC,x\nD,(212) 201-0001\n", "A,+12122000001\nB,\nC,x\nD,(212) 201-0001\n",
    ]) func takesFiles(file: String) async throws
  {
    let bench = try await ServiceBench.tenant()
    let answer = try await bench.upload(file, to: nil, path: "/dnc/upload")
    #expect(answer.status == 200)
    #expect(answer.body["results"] == ["total": 4, "valid": 2, "invalid": 2])
    let errors = try #require(answer.body["errors"]?.array)
    #expect(errors.compactMap { $0["row"] } == [2, 3])
    #expect(errors.compactMap { $0["cells"] } == [["B", ""], ["C", "x"]])
    #expect(answer.body["columns"]?.array?.count == 2 && answer.body["errors_left_out"] == 0)
    #expect(try await bench.column("phone", of: "entries", "/dnc") == ["+12122000001", "+12122010001"])
    for wrong in ["", "a,b\n1,2\n"] {
      #expect(try await bench.upload(wrong, to: nil, path: "/dnc/upload").status == 400)
    }
    #expect(try await bench.upload(nil, to: nil, path: "/dnc/upload").status == 400)
  }

  @Test("A-14: a file with all numbers of a person, and with prefixes") func takesEveryNumber() async throws {
    let bench = try await ServiceBench.tenant()
    let file = "phone,mobile\n+12122000001,+12122010001\nx,+12122020001\n+1900*,\n"
    let answer = try await bench.upload(file, to: nil, path: "/dnc/upload")
    #expect(answer.body["results"] == ["total": 3, "valid": 3, "invalid": 0])
    #expect(
      Set(try await bench.column("phone", of: "entries", "/dnc"))
        == ["+12122000001", "+12122010001", "+12122020001", "+1900*"])
    // A list of one column begins with a line that is none: the rest holds all the same.
    let plain = try await bench.upload("12345\n+12122030001\n", to: nil, path: "/dnc/upload")
    #expect(plain.body["results"] == ["total": 2, "valid": 1, "invalid": 1])
  }

  @Test("A-53: the address book") func keepsContacts() async throws {
    let bench = try await ServiceBench.tenant()
    let body: JSONObject = [
      "name": "John Smith", "phone_number": "+91 9876543210", "email": "john@example.com", "company": "ABC Corp",
      "notes": "Interested in demo",
    ]
    let answer = try await bench.ask(.post, "/api/contacts", .object(body))
    #expect(answer.status == 201)
    let contact = try #require(answer.body["contact"])
    for (name, value) in body where name != "phone_number" { #expect(contact[name] == value, "\(name)") }
    #expect(contact["phone_number"] == "+919876543210")
    let id = try #require(contact["id"]?.string)
    try await bench.refused(409, .post, "/contacts", .object(body))
    try await bench.done(.post, "/contacts", .object(body), as: "two")
    #expect(try await bench.done(.get, "/contacts/\(id)")["contact"] == contact)
    #expect(try await bench.done(.get, "/contacts?search=smith")["contacts"] == .array([contact]))
    #expect(try await bench.done(.get, "/contacts?search=jones")["total"] == 0)
    let changed = try await bench.done(
      .put, "/contacts/\(id)", ["phone_number": .string(number(0)), "company": .null])["contact"]
    #expect(changed?["phone_number"]?.string == number(0))
    #expect(changed?["company"] == .null)
    #expect(changed?["name"] == "John Smith")
    for (method, path) in [("GET", ""), ("PUT", ""), ("DELETE", "")] {
      try await bench.refused(404, .init(method), "/contacts/\(id)\(path)", method == "PUT" ? [:] : nil, as: "two")
    }
    #expect(try await bench.refused(400, .post, "/contacts", ["name": "A"]) == ["phone_number"])
    #expect(try await bench.refused(400, .put, "/contacts/\(id)", ["phone_number": "x"]) == ["phone_number"])
    // A contact that a campaign has stays.
    let (campaign, _) = try await bench.makeCampaign(["contact_ids": [.string(id)]])
    try await bench.refused(409, .delete, "/contacts/\(id)")
    try await bench.done(.delete, "/campaigns/\(campaign)")
    try await bench.done(.delete, "/contacts/\(id)")
    try await bench.refused(404, .get, "/contacts/\(id)")
  }

  @Test("A-53: calling chosen contacts") func callsContacts() async throws {
    let bench = try await ServiceBench.tenant()
    var ids: [JSONValue] = []
    for index in 0..<3 {
      let body: JSONValue = ["name": .string("C\(index)"), "phone_number": .string(number(index))]
      ids.append(try #require(try await bench.done(.post, "/contacts", body)["contact"]?["id"]))
    }
    #expect(
      try await bench.refused(400, .post, "/contacts/call", ["contact_ids": [ids[0], "x"]]) == ["contact_ids[1]"])
    #expect(try await bench.refused(400, .post, "/contacts/call", ["contact_ids": []]) == ["contact_ids"])
    #expect(try await bench.done(.get, "/campaigns")["total"] == 0)
    let chosen: JSONValue = ["contact_ids": [ids[2], ids[0]]]
    try await bench.running {
      let answer = try await bench.ask(.post, "/api/contacts/call", chosen)
      #expect(answer.status == 201)
      #expect(answer.body["campaign"]?["total_leads"] == 2)
      let id = try #require(answer.body["campaign"]?["id"]?.string)
      try await bench.wait(for: .completed, of: try #require(IdentifierForm.read(id)))
    }
    let dialled = try await bench.column("to_number", of: "calls", "/calls").compactMap(\.string)
    #expect(dialled.sorted() == [number(0), number(2)])
    let draft: JSONValue = ["contact_ids": [ids[1]], "name": "Later", "start": false]
    #expect(try await bench.done(.post, "/contacts/call", draft)["campaign"]?["status"] == "draft")
  }

  @Test("A-19: keys") func makesKeys() async throws {
    let bench = try await ServiceBench.tenant()
    let answer = try await bench.ask(.post, "/api/keys", ["name": "Billing", "role": "agent"])
    #expect(answer.status == 201)
    let text = try #require(answer.body["api_key"]?.string.flatMap { APIKeyText($0) })
    let id = try #require(answer.body["key"]?["id"]?.string)
    let stored = try #require(try await bench.service.storage.key(digest: text.digest))
    #expect(stored.account == bench.accounts["one"]?.id)
    #expect(stored.role == .agent)
    let list = try await bench.done(.get, "/keys")
    #expect(list["keys"]?.array == answer.body["key"].map { [$0] })
    #expect(!list.serialized().contains(text.secret))
    #expect(try await bench.done(.get, "/keys", as: "two")["keys"] == [])
    try await bench.refused(404, .delete, "/keys/\(id)", as: "two")
    for method in ["GET", "POST"] {
      try await bench.refused(403, .init(method), "/keys", method == "POST" ? ["name": "A"] : nil, as: "one-agent")
    }
    try await bench.done(.delete, "/keys/\(id)")
    try await bench.refused(404, .delete, "/keys/\(id)")
    for (body, field) in [
      ([:], "name"), (["name": "A", "role": "king"], "role"),
      (["name": "A", "expires_at": "2020-01-01T00:00:00Z"], "expires_at"),
    ] as [(JSONValue, String)] { #expect(try await bench.refused(400, .post, "/keys", body) == [field]) }
  }
}
