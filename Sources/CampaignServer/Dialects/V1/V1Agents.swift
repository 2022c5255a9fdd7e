import CampaignKit
import JSON
import WebServer

extension V1 {
  private static let properties: [Schema.Property] = [
    .required("name", .name(200).like("Sales Agent")), .optional("description", .text().nullable),
    .optional("voiceId", .text(0...200).nullable), .optional("personality", .text().nullable),
    .optional("systemPrompt", .text(0...100_000).nullable),
    .optional(
      "streamUrl", .text(.streamAddress).nullable.described("Where what it hears is streamed to, over a WebSocket.")),
    .optional("isActive", .flag.defaulting(to: true)),
  ]

  static let agents = [
    Operation(
      .post, "/agents", "Creates an agent", tag: "agents", access: .changing, body: .json(.object(properties)),
      success: success(agentSchema, status: .created), answer: createAgent),
    Operation(
      .get, "/agents", "Lists agents", tag: "agents", access: .reading,
      query: [.optional("isActive", .flag)] + paging(10), success: list(of: agentSchema), answer: listAgents),
    Operation(
      .get, "/agents/{id}", "Shows an agent", tag: "agents", access: .reading, success: success(agentSchema)
    ) { inquiry in
      answer(value(of: try await inquiry.service.agent(try inquiry.identifier(of: "agent"), of: try inquiry.account)))
    },
    Operation(
      .put, "/agents/{id}", "Changes an agent", tag: "agents", access: .changing,
      body: .json(Schema.object(properties).partial), success: success(agentSchema), refusals: [.state]
    ) { inquiry in
      let id: Agent.ID = try inquiry.identifier(of: "agent")
      try inquiry.service.checkStream(inquiry.body["streamUrl"]?.string, field: "streamUrl")
      let changed = try await inquiry.service.change(id, of: try inquiry.account) { apply(inquiry.body, to: &$0) }
      return answer(value(of: changed))
    },
    Operation(
      .delete, "/agents/{id}", "Deletes an agent that no active campaign has", tag: "agents", access: .changing,
      success: message, refusals: [.state]
    ) { inquiry in
      let agent = try await inquiry.service.agent(try inquiry.identifier(of: "agent"), of: try inquiry.account)
      try await inquiry.storage.delete(agent.id, of: agent.account)
      return answer("Agent deleted successfully")
    },
  ]

  private static func apply(_ body: JSONObject, to agent: inout Agent) {
    if let name = body["name"]?.string { agent.name = name }
    if let description = body["description"] { agent.description = description.string }
    if let voice = body["voiceId"] { agent.voice.id = voice.string }
    if let personality = body["personality"] { agent.voice.personality = personality.string }
    if let prompt = body["systemPrompt"] { agent.voice.prompt = prompt.string }
    if let address = body["streamUrl"] { agent.voice.streamURL = address.string }
    if let isActive = body["isActive"]?.bool { agent.isActive = isActive }
  }

  private static func createAgent(_ inquiry: Inquiry) async throws -> Response {
    try inquiry.service.checkStream(inquiry.body["streamUrl"]?.string, field: "streamUrl")
    let now = try await inquiry.storage.now()
    var agent = Agent(
      id: inquiry.service.identifiers.next(at: now), account: try inquiry.account, kind: .voice, name: "",
      createdAt: now)
    apply(inquiry.body, to: &agent)
    try await inquiry.storage.insert(agent)
    return answer(value(of: agent), status: .created)
  }

  private static func listAgents(_ inquiry: Inquiry) async throws -> Response {
    let query = AgentQuery(account: try inquiry.account, isActive: inquiry.query["isActive"]?.bool)
    let page = try await inquiry.storage.agents(query, page: inquiry.page(limit: 10))
    return answer(page.elements.map { value(of: $0) }, total: page.total, limit: 10, to: inquiry)
  }

  // MARK: Agents of campaigns

  private static let assignment = Operation.Body.json(.object([.required("agentId", .name(64))]))

  static let assignments = [
    Operation(
      .post, "/campaigns/{id}/agents", "Assigns an agent to a campaign that is not active", tag: "campaigns",
      access: .changing, body: assignment, success: success(assignmentSchema), refusals: [.state]
    ) { inquiry in
      let (agent, campaign) = try await assign(inquiry) { agents, id in
        if !agents.contains(id) { agents.append(id) }
      }
      return answer(V1.assignment(of: agent, to: campaign))
    },
    Operation(
      .delete, "/campaigns/{id}/agents", "Takes an agent from a campaign that is not active", tag: "campaigns",
      access: .changing, body: assignment, success: message, refusals: [.state]
    ) { inquiry in
      _ = try await assign(inquiry) { agents, id throws(Refusal) in
        guard agents.contains(id) else { throw .notFound("agent in this campaign") }
        agents.removeAll { $0 == id }
      }
      return answer("Agent removed from campaign successfully")
    },
  ]

  private static func assign(
    _ inquiry: Inquiry, _ change: (inout [Agent.ID], Agent.ID) throws -> Void
  ) async throws -> (Agent, Campaign) {
    let campaign = try await inquiry.campaign()
    guard let text = inquiry.body["agentId"]?.string, let id = IdentifierForm.read(text, as: Agent.self) else {
      throw Refusal.notFound("agent")
    }
    let agent = try await inquiry.service.agent(id, of: campaign.account)
    let changed = try await inquiry.service.change(campaign.id, of: campaign.account) { campaign in
      try refuseActive(campaign, "given other agents")
      try change(&campaign.agents.agents, id)
    }
    return (agent, changed)
  }
}
