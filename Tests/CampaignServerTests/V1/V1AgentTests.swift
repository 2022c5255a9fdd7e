import CampaignKit
import JSON
import Testing

@testable import CampaignServer

@Suite struct V1AgentTests {
  @Test("V-71, V-74: create, show, change, delete") func livesThrough() async throws {
    let scene = try await DialectScene.v1()
    let fields: JSONObject = [
      "name": "Sales Agent", "description": "Handles sales inquiries", "voiceId": "voice_123",
      "personality": "Professional and friendly", "systemPrompt": "You are a helpful sales assistant...",
    ]
    let answer = try await scene.ask(.post, "/agents", .object(fields))
    #expect(answer.status == 201)
    let agent = try #require(answer.body["data"])
    for (name, value) in fields { #expect(agent[name] == value, "\(name)") }
    #expect(agent["isActive"] == true)
    #expect(isMoment(agent["createdAt"]))
    let id = try #require(agent["id"]?.string)
    #expect(id.hasPrefix("agent_"))
    #expect(try await scene.data("/agents/\(id)") == agent)
    let changed = try await scene.ask(.put, "/agents/\(id)", ["isActive": false, "personality": .null])
    #expect(changed.body["data"]?["isActive"] == false)
    #expect(changed.body["data"]?["personality"] == JSONValue.null)
    #expect(changed.body["data"]?["voiceId"] == "voice_123")
    #expect(try await scene.status(.get, "/agents/\(id)", as: "two") == 404)
    let deleted = try await scene.ask(.delete, "/agents/\(id)")
    #expect(deleted.body == ["success": true, "message": "Agent deleted successfully"])
    #expect(try await scene.status(.get, "/agents/\(id)") == 404)
    #expect(try await scene.status(.put, "/agents/\(id)", ["name": "a"]) == 404)
    #expect(try await scene.status(.delete, "/agents/\(id)") == 404)
  }

  @Test(
    "V-72: unusable agents", arguments: ["{}", #"{"name":" "}"#, #"{"name":1}"#, #"{"name":"a","isActive":"yes"}"#])
  func refusesUnusableAgents(text: String) async throws {
    let scene = try await DialectScene.v1()
    #expect(try await scene.status(.post, "/agents", try JSONValue(parsing: text)) == 400)
  }

  @Test("V-73: list") func listsAgents() async throws {
    let scene = try await DialectScene.v1()
    for index in 0..<12 {
      let body: JSONValue = ["name": .string("Agent \(index)"), "isActive": .bool(index % 3 > 0)]
      #expect(try await scene.status(.post, "/agents", body) == 201)
    }
    let all = try await scene.ask(.get, "/agents").body
    #expect(all["pagination"] == ["total": 12, "page": 1, "limit": 10, "pages": 2])
    #expect(all["data"]?.array?.count == 10)
    for (isActive, count) in [(true, 8), (false, 4)] {
      let some = try await scene.ask(.get, "/agents?isActive=\(isActive)").body
      #expect(some["pagination"]?["total"]?.int == count)
      #expect(some["data"]?.array?.allSatisfy { $0["isActive"]?.bool == isActive } == true)
    }
    #expect(try await scene.status(.get, "/agents?isActive=maybe") == 400)
  }

  @Test("V-75, V-76, A-17: agents of campaigns") func assigns() async throws {
    let scene = try await DialectScene.v1()
    let id = try await scene.create()
    try await scene.add([DialectScene.number(0)], to: id)
    let agent = try #require(try await scene.ask(.post, "/agents", ["name": "Ann"]).body["data"])
    let agentID = try #require(agent["id"]?.string)
    let body: JSONValue = ["agentId": .string(agentID)]
    for _ in 0..<2 {
      let answer = try await scene.ask(.post, "/campaigns/\(id)/agents", body)
      #expect(answer.body["data"] == ["campaignId": .string(id), "agentId": .string(agentID), "agent": agent])
    }
    #expect(try await scene.ask(.get, "/campaigns").body["data"]?[0]?["_count"] == ["leads": 1, "campaignAgents": 1])
    #expect(try await scene.status(.post, "/campaigns/\(id)/agents", ["agentId": "agent_0"]) == 404)
    #expect(try await scene.status(.post, "/campaigns/\(id)/agents", [:]) == 400)
    #expect(try await scene.status(.post, "/campaigns/\(id)/start") == 200)
    #expect(try await scene.status(.delete, "/agents/\(agentID)") == 400)
    #expect(try await scene.status(.delete, "/campaigns/\(id)/agents", body) == 400)
    #expect(try await scene.status(.post, "/campaigns/\(id)/pause") == 200)
    #expect(try await scene.status(.delete, "/campaigns/\(id)/agents", body) == 200)
    #expect(try await scene.status(.delete, "/campaigns/\(id)/agents", body) == 404)
    #expect(try await scene.status(.post, "/campaigns/\(id)/agents", body) == 200)
    #expect(try await scene.status(.delete, "/agents/\(agentID)") == 200)
    let campaign = try await scene.data("/campaigns/\(id)")
    #expect(campaign["_count"]?["campaignAgents"] == 0)
    #expect(campaign["campaignAgents"] == [])
  }
}
