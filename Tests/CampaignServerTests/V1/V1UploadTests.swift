import CampaignKit
import JSON
import Testing
import WebServer

@testable import CampaignServer

@Suite struct V1UploadTests {
  static func upload(_ content: String) async throws -> (scene: DialectScene, id: String, data: JSONValue) {
    let scene = try await DialectScene.v1()
    let id = try await scene.create()
    let answer = try await scene.upload("/campaigns/\(id)/leads/upload", content)
    #expect(answer.status == 200, "\(answer.body)")
    return (scene, id, try #require(answer.body["data"]))
  }

  @Test("V-53, V-54, V-55: the document's file, and rows that are wrong") func readsTheDocumentsFile() async throws {
    let (scene, id, data) = try await Self.upload(
      """
      phoneNumber,name,priority,metadata
      +919529117230,John Doe,1,{"source":"website"}
      +918329823146,Jane Smith,2,{"source":"referral","tags":["a","b"]}
      ,Nobody,1,{}
      abc,Letters,1,
      +919529117230,John again,1,
      """)
    #expect(data["uploaded"] == 2)
    #expect(data["total"] == 5)
    let errors = try #require(data["errors"]?.array)
    #expect(errors.count == 3)
    #expect(errors[0]["error"] == "Phone number is required")
    #expect(errors[0]["row"] == ["phoneNumber": "", "name": "Nobody", "priority": "1", "metadata": "{}"])
    #expect(errors[1]["row"]?["phoneNumber"] == "abc")
    #expect(errors[2]["row"]?["name"] == "John again")
    #expect(errors[2]["error"]?.string?.hasPrefix("Duplicate") == true)
    let leads = try await scene.data("/campaigns/\(id)/leads").array ?? []
    #expect(leads.compactMap { $0["name"]?.string } == ["John Doe", "Jane Smith"])
    #expect(leads.compactMap { $0["priority"]?.int } == [1, 2])
    #expect(leads[0]["metadata"] == #"{"source":"website"}"#)
    #expect(leads[1]["metadata"] == #"{"source":"referral","tags":["a","b"]}"#)
  }

  @Test("V-56, V-57: what files look like") func readsOtherFiles() async throws {
    let (scene, id, data) = try await Self.upload(
      "\u{FEFF}name,phoneNumber\r\n\"Doe, \"\"Jo\"\"\nhn\",+919529117230\r\n\r\nÜnïcödé 😀,+918329823146\r\n")
    #expect(data == ["uploaded": 2, "total": 2, "errors": []])
    let leads = try await scene.data("/campaigns/\(id)/leads").array ?? []
    #expect(leads.compactMap { $0["name"]?.string } == ["Doe, \"Jo\"\nhn", "Ünïcödé 😀"])
    #expect(leads.compactMap { $0["priority"]?.int } == [1, 1])
  }

  @Test("The same file again tells each row, and fills a campaign that was emptied") func readsAFileAgain() async throws
  {
    let file = "phoneNumber,name\n+919529117230,John\n+918329823146,Jane\n"
    let (scene, id, _) = try await Self.upload(file)
    let again = try await scene.upload("/campaigns/\(id)/leads/upload", file).body["data"]
    #expect(again?["uploaded"] == 0)
    #expect(again?["total"] == 2)
    #expect(again?["errors"]?.array?.count == 2)
    #expect(try await scene.ask(.delete, "/campaigns/\(id)/leads").status == 200)
    let filled = try await scene.upload("/campaigns/\(id)/leads/upload", file).body["data"]
    #expect(filled == ["uploaded": 2, "total": 2, "errors": []])
  }

  @Test("V-58: no file, or no form") func needsAFile() async throws {
    let scene = try await DialectScene.v1()
    let id = try await scene.create()
    let path = "/campaigns/\(id)/leads/upload"
    #expect(try await scene.upload(path, "phoneNumber\n+919529117230\n", field: "other").status == 400)
    #expect([400, 415].contains(try await scene.status(.post, path, ["file": "x"])))
    #expect([400, 415].contains(try await scene.status(.post, path)))
  }

  @Test(
    "V-59: files that are no lists",
    arguments: [
      Array("".utf8), Array("name,priority\nJohn,1\n".utf8), [0x50, 0x4B, 3, 4, 0, 0, 0xFF], [0, 1, 2, 0xFE, 0xFF],
      Array("+919529117230,John\n".utf8),
    ]) func refusesWhatIsNoList(content: [UInt8]) async throws
  {
    let scene = try await DialectScene.v1()
    let id = try await scene.create()
    let answer = try await scene.upload("/campaigns/\(id)/leads/upload", content)
    #expect(answer.status == 400)
    #expect(answer.body["success"] == false)
    #expect(try await scene.data("/campaigns/\(id)")["_count"]?["leads"] == 0)
  }

  @Test("V-60: 2000 rows, and as many that are wrong") func readsManyRows() async throws {
    let rows = (0..<2000).map { "+1415\(556 + $0 / 100)\(2000 + $0 % 100),Lead \($0)\nwrong,Lead \($0)" }
    let (scene, id, data) = try await Self.upload("phoneNumber,name\n" + rows.joined(separator: "\n"))
    #expect(data["uploaded"] == 2000)
    #expect(data["total"] == 4000)
    let errors = data["errors"]?.array ?? []
    #expect(errors.compactMap { $0["row"]?["name"]?.string } == (0..<2000).map { "Lead \($0)" })
    #expect(try await scene.data("/campaigns/\(id)/stats")["totalLeads"] == 2000)
  }

  @Test("A long column name is cut, and is not there again for each row in whole") func cutsColumnNames() async throws {
    let name = String(repeating: "n", count: 60_000)
    let (_, _, data) = try await Self.upload("phoneNumber,\(name)\n" + String(repeating: "1,x\n", count: 500))
    let errors = data["errors"]?.array ?? []
    #expect(errors.count == 500)
    #expect(errors.allSatisfy { $0["row"] == ["phoneNumber": "1", String(name.prefix(200)): "x"] })
  }

  @Test("What there is no room for is counted, and told at the end") func tellsWhatThereIsNoRoomFor() async throws {
    // Each takes 21 bytes or 23, with a comma before all but the first.
    let rows = try SpooledRows(in: Upload(), upTo: 100) { row, _ in
      ["row": JSONValue(row.row), "why": .string(row.reason)]
    }
    let refused = (1...20).map { RefusedRow(row: $0, kind: .invalid, reason: "wrong") }
    try await rows.take(Array(refused.prefix(10)), header: ["phoneNumber"])
    try await rows.take(Array(refused.dropFirst(10)), header: ["phoneNumber"])
    let told = try JSONValue(parsing: try await rows.response(with: ["total": 20]).collect())
    #expect(told["total"] == 20)
    #expect(told["errors"]?.array?.compactMap { $0["row"]?.int } == [1, 2, 3, 4, 5])
    #expect(
      told["errors"]?.array?.last?["why"] == "there is no room to tell 16 more rows that made no lead, from row 5 on")
  }
}
