import CampaignKit
import JSON
import Testing

@testable import CampaignServer

@Suite struct VoiceContactTests {
  static func scene() async throws -> (scene: DialectScene, id: String) {
    let scene = try await DialectScene.voice()
    let id = try await scene.createVoice()
    return (scene, id)
  }

  @Test("A-15, C-30, C-31: contacts are added and shown") func addsContacts() async throws {
    let (scene, id) = try await Self.scene()
    let answer = try await scene.ask(
      .post, "/campaigns/\(id)/contacts",
      [
        "contacts": [
          [
            "firstName": "John", "lastName": "Doe", "phoneNumber": "+18005551234", "email": "john.doe@example.com",
            "company": "Acme", "metadata": ["plan": "gold"],
          ], ["firstName": "Nobody"], ["phoneNumber": "+18005551234"], ["phoneNumber": "+14155562671"],
        ]
      ])
    #expect(answer.status == 200)
    #expect(answer.body["message"] == "Contacts added successfully")
    #expect(answer.body["added"] == 2)
    #expect(answer.body["total"] == 4)
    #expect(answer.body["errors"]?.array?.compactMap { $0["row"]?.int } == [2, 3])
    let list = try await scene.ask(.get, "/campaigns/\(id)/contacts").body
    for (name, value) in ["success": true, "count": 2, "total": 2, "page": 1, "pages": 1] as JSONObject {
      #expect(list[name] == value, "\(name)")
    }
    #expect(list["campaignId"] == .string(id))
    let contact = try #require(list["contacts"]?[0])
    let expected: JSONObject = [
      "id": 1, "firstName": "John", "lastName": "Doe", "phoneNumber": "+18005551234", "email": "john.doe@example.com",
      "company": "Acme", "status": "pending", "attempts": 0, "lastCallAt": .null, "metadata": ["plan": "gold"],
    ]
    for (name, value) in expected { #expect(contact[name] == value, "\(name)") }
    #expect(list["contacts"]?[1]?["id"] == 2)
  }

  @Test("A-15: unusable bodies", arguments: ["{}", #"{"contacts":[]}"#, #"{"contacts":"x"}"#, "[]"])
  func refusesUnusableBodies(text: String) async throws {
    let (scene, id) = try await Self.scene()
    #expect(try await scene.status(.post, "/campaigns/\(id)/contacts", try JSONValue(parsing: text)) == 400)
  }

  @Test("A-15: a CSV file") func readsAFile() async throws {
    let (scene, id) = try await Self.scene()
    let answer = try await scene.upload(
      "/campaigns/\(id)/contacts",
      "First Name,Last Name,Phone,Email,plan\nJohn,Doe,+1 800 555 1234,john@example.com,gold\nX,Y,,,\n")
    #expect(answer.status == 200)
    #expect(
      answer.body == [
        "success": true, "message": "Contacts added successfully", "campaignId": .string(id), "added": 1, "total": 2,
        "errors": [["row": 2, "error": "Phone number is required"]],
      ])
    let contact = try await scene.ask(.get, "/campaigns/\(id)/contacts").body["contacts"]?[0]
    #expect(contact?["lastName"] == "Doe")
    #expect(contact?["metadata"] == ["plan": "gold"])
    #expect(try await scene.upload("/campaigns/\(id)/contacts", "name\nJohn\n").status == 400)
    #expect(try await scene.upload("/campaigns/\(id)/contacts", "phone\n+18005551234\n", field: "list").status == 400)
    #expect(try await scene.upload("/campaigns/\(id)/contacts", "phone\n+18005551234\n", as: nil).status == 401)
  }

  @Test("C-32, C-33, C-34: pages, filter and search") func filters() async throws {
    let (scene, id) = try await Self.scene()
    let contacts = (0..<45).map { index -> JSONValue in
      [
        "phoneNumber": .string("+14155562\(100 + index)"), "firstName": .string("Name\(index)"),
        "email": .string("mail\(index)@example.com"),
      ]
    }
    _ = try await scene.ask(.post, "/campaigns/\(id)/contacts", ["contacts": .array(contacts)])
    let third = try await scene.ask(.get, "/campaigns/\(id)/contacts?page=3").body
    for (name, value) in ["count": 5, "total": 45, "page": 3, "pages": 3] as JSONObject {
      #expect(third[name] == value, "\(name)")
    }
    #expect(third["contacts"]?.array?.compactMap { $0["id"]?.int } == Array(41...45))
    for (search, count) in [("nAmE7", 1), ("mail4", 6), ("5562103", 1), ("nobody", 0), ("%25", 0)] {
      let found = try await scene.ask(.get, "/campaigns/\(id)/contacts?search=\(search)").body
      #expect(found["total"]?.int == count, "\(search)")
    }
    #expect(try await scene.ask(.get, "/campaigns/\(id)/contacts?status=pending").body["total"] == 45)
    #expect(try await scene.ask(.get, "/campaigns/\(id)/contacts?status=failed").body["total"] == 0)
    for query in ["page=0", "limit=x", "status=x", "page=99999999999999999999"] {
      #expect(try await scene.status(.get, "/campaigns/\(id)/contacts?\(query)") == 400, "\(query)")
    }
  }
}
