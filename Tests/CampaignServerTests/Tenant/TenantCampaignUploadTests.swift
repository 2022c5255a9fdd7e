import CampaignKit
import JSON
import Testing

@testable import CampaignServer

@Suite struct TenantCampaignUploadTests {
  static func row(_ index: Int, phone: String? = nil) -> JSONValue {
    [
      "name": .string("Person \(index)"), "phone_number": .string(phone ?? number(index)),
      "email": .string("p\(index)@example.com"), "company": "ABC Corp", "notes": "Interested in demo",
    ]
  }

  static func body(_ rows: [JSONValue]) -> JSONValue {
    [
      "campaign_name": "Q4 Sales Campaign", "description": "Optional description", "agent_id": "uuid",
      "next_action": "Qualify lead for demo", "first_call_time": "09:00", "last_call_time": "18:00",
      "start_date": "2025-10-15", "end_date": "2025-10-30", "csv_data": .array(rows),
    ]
  }

  static func stats(_ total: Int, _ valid: Int, _ created: Int, _ skipped: Int, _ errors: Int) -> JSONValue {
    [
      "total_rows": JSONValue(total), "valid_contacts": JSONValue(valid), "contacts_created": JSONValue(created),
      "contacts_skipped": JSONValue(skipped), "errors": JSONValue(errors),
    ]
  }

  @Test("Q-17, Q-18, Q-27: ten new rows") func takesTenRows() async throws {
    let bench = try await ServiceBench.tenant()
    let sent = Self.body((0..<10).map { Self.row($0) })
    let answer = try await bench.ask(.post, "/api/campaigns/upload-csv", sent)
    #expect(answer.status == 201)
    #expect(answer.body["stats"] == Self.stats(10, 10, 10, 0, 0))
    #expect(answer.body["skipped_phones"] == [])
    let campaign = try #require(answer.body["campaign"])
    #expect(campaign["status"] == "draft")
    #expect(campaign["total_leads"] == 10)
    for (name, value) in sent.object ?? [:] where name != "csv_data" { #expect(campaign[name] == value, "\(name)") }
    let id = try #require(campaign["id"]?.string)
    let items = try #require(try await bench.done(.get, "/queue/campaign/\(id)")["queue_items"]?.array)
    #expect(items.allSatisfy { $0["status"] == "queued" })
    #expect(items.compactMap { $0["phone_number"]?.string } == (0..<10).map { number($0) })
    #expect(items.compactMap { $0["name"]?.string } == (0..<10).map { "Person \($0)" })
    let contact = try await bench.done(.get, "/contacts")["contacts"]?[3]
    #expect(contact?["name"] == "Person 3")
    #expect(contact?["email"] == "p3@example.com")
    #expect(contact?["company"] == "ABC Corp")
  }

  @Test("Q-19, Q-20: rows that are none") func countsErrors() async throws {
    let bench = try await ServiceBench.tenant()
    let rows: [JSONValue] = [
      Self.row(0), ["phone_number": .string(number(1))], ["name": "", "phone_number": .string(number(2))],
      ["name": "A"], ["name": "A", "phone_number": ""], ["name": "A", "phone_number": "12"],
      ["name": "A", "phone_number": 12], ["name": 7, "phone_number": .string(number(3))], "text", .null, 5,
      ["name": "A", "phone_number": .string(number(4)), "email": 3], Self.row(5),
    ]
    let answer = try await bench.done(.post, "/campaigns/upload-csv", Self.body(rows))
    #expect(answer["stats"] == Self.stats(13, 2, 2, 0, 11))
    #expect(answer["campaign"]?["total_leads"] == 2)
  }

  @Test("Q-21, Q-22, Q-23, Q-24, A-12: numbers that are there already") func skipsWhatIsThere() async throws {
    let bench = try await ServiceBench.tenant()
    let old = try await bench.done(.post, "/contacts", ["name": "Old", "phone_number": .string(number(0))])["contact"]
    let rows = [
      Self.row(0, phone: "+1 (212) 200-0001"), Self.row(1), Self.row(1, phone: "+1 212-201-0001"), Self.row(2),
      ["name": "", "phone_number": "x"],
    ]
    let answer = try await bench.done(.post, "/campaigns/upload-csv", Self.body(rows))
    #expect(answer["stats"] == Self.stats(5, 4, 2, 2, 1))
    #expect(answer["skipped_phones"] == ["+1 (212) 200-0001", "+1 212-201-0001"])
    #expect(try await bench.column("contact_id", of: "queue_items", "/queue").first == old?["id"])
    #expect(try await bench.column("phone_number", of: "queue_items", "/queue").count == 3)
    #expect(try await bench.done(.get, "/contacts/\(old?["id"]?.string ?? "")")["contact"]?["name"] == "Old")
  }

  static let wrong: [(JSONValue, [String])] = [
    (["csv_data": .array([row(0)])], ["campaign_name"]), (["campaign_name": "A"], ["csv_data"]),
    (["campaign_name": "A", "csv_data": []], ["csv_data"]), (["campaign_name": "A", "csv_data": "x"], ["csv_data"]),
    (["campaign_name": "A", "csv_data": [["name": "A"], 3]], ["csv_data"]),
    (["campaign_name": "A", "csv_data": .array([row(0)]), "first_call_time": "99:00"], ["first_call_time"]),
  ]

  @Test("Q-25, Q-26: nothing to make a campaign of", arguments: wrong)
  func refusesEmptyOnes(body: JSONValue, fields: [String]) async throws {
    let bench = try await ServiceBench.tenant()
    #expect(try await bench.refused(400, .post, "/campaigns/upload-csv", body) == fields)
    #expect(try await bench.done(.get, "/campaigns")["total"] == 0)
    #expect(try await bench.done(.get, "/contacts")["total"] == 0)
  }

  @Test("Q-28: a thousand rows, and the campaign to its end") func takesAThousand() async throws {
    let bench = try await ServiceBench.tenant()
    var rows: [JSONValue] = []
    for index in 0..<1000 {
      rows.append(Self.row(index, phone: "+1212\(200 + index / 2)\(index.isMultiple(of: 2) ? "0001" : "0003")"))
    }
    let sent: JSONValue = ["campaign_name": "All", "csv_data": .array(rows)]
    let answer = try await bench.done(.post, "/campaigns/upload-csv", sent)
    #expect(answer["stats"] == Self.stats(1000, 1000, 1000, 0, 0))
    let id = try #require(answer["campaign"]?["id"]?.string)
    try await bench.complete([(id, try #require(IdentifierForm.read(id)))])
    let statistics = try await bench.done(.get, "/campaigns/\(id)/statistics")["statistics"]
    #expect(statistics?["completed"] == 500)
    #expect(statistics?["failed"] == 500)
  }
}
