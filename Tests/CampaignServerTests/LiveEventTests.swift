import CampaignKit
import JSON
import Testing

@testable import CampaignServer

/// What clients that listen are told, and that it is what the routes tell.
@Suite struct LiveEventTests {
  /// A bench whose first account has an agent at work in the group `g`.
  private func bench() async throws -> (bench: ServiceBench, agent: String) {
    let bench = try await ServiceBench.whole()
    let made = try await bench.done(
      .post, "/agents", ["name": "Ada", "phone": .string(number(9)), "agent_group_id": "g", "max_concurrent_calls": 1])
    let agent = try #require(made["agent"]?["id"]?.string)
    try await bench.done(.put, "/agents/\(agent)/status", ["status": "available"])
    return (bench, agent)
  }

  private func status(of agent: String, _ bench: ServiceBench) async throws -> JSONValue? {
    try await bench.done(.get, "/agents")["agents"]?.array?.first { $0["id"] == .string(agent) }?["status"]
  }

  @Test("T-95, T-96: a status that is set on either way is told, and read back") func tellsStatuses() async throws {
    let (bench, agent) = try await bench()
    let session = try await bench.service.session(token: "one")
    let answer = await session.take("agent:status", ["agentId": .string(agent), "status": "busy"])
    #expect(answer?.data["ok"] == true)
    #expect(try await status(of: agent, bench) == "busy")
    try await bench.done(.put, "/agents/\(agent)/status", ["status": "break"])
    var heard: [JSONObject] = []
    for try await event in session.feed(after: 0) where event.name == "agent:status:updated" {
      #expect(event.json["event"] == "agent:status:updated")
      heard.append(event.data)
      if heard.count == 3 { break }
    }
    #expect(heard.map { $0["status"] } == ["available", "busy", "break"])
    #expect(heard.allSatisfy { $0["agentId"] == .string(agent) })
  }

  @Test("T-97, T-98: a call is told to those of its tenant, with whom it is for, and that it has ended")
  func tellsCalls() async throws {
    let (bench, agent) = try await bench()
    let campaign = try await bench.makeCampaign(["agent_group_id": "g"])
    let file = "phone,first_name,last_name,notes\n\(number(0)),Grace,Hopper,calls back\n"
    #expect(try await bench.upload(file, to: campaign.id).body["results"]?["inserted"] == 1)
    let lead = try #require(
      try await bench.column("id", of: "leads", "/leads?campaign_id=\(campaign.id)").first?.string)
    try await bench.complete([campaign])
    let call = try #require(try await bench.done(.get, "/calls")["calls"]?[0])
    let session = try await bench.service.session(token: "one")
    _ = await session.take("agent:join", ["agentId": .string(agent)])
    var told: [String: JSONObject] = [:]
    for try await event in session.feed(after: 0) where session.hears(event) {
      if event.name == "incoming:call" || event.name == "call:ended" { told[event.name] = event.data }
      if event.data["status"] == "completed" { break }
    }
    let incoming = try #require(told["incoming:call"])
    #expect(incoming["callId"] == call["id"])
    #expect(incoming["leadId"] == .string(lead))
    #expect(incoming["agentId"] == .string(agent))
    #expect(incoming["first_name"] == "Grace")
    #expect(incoming["last_name"] == "Hopper")
    #expect(incoming["phone"] == .string(number(0)))
    #expect(incoming["notes"] == "calls back")
    let ended = try #require(told["call:ended"])
    #expect(ended["callId"] == call["id"])
    #expect(ended["disposition"] == call["disposition"])

    // The second tenant hears of its own only, from the first event on.
    let stranger = try await bench.service.session(token: "two")
    try await bench.done(.post, "/campaigns", ["name": "Theirs"], as: "two")
    for try await event in stranger.feed(after: 0) {
      #expect(event.name == "campaign:created")
      #expect(event.data["campaignId"] != .string(campaign.id))
      break
    }
  }
}
