import CampaignKit
import JSON

extension Tenant {
  /// The people who take calls.
  static let agents = [createAgent, listAgents, agentGroups, setAgentStatus, agentStatistics]

  private static let createAgent = Operation(
    .post, "/agents", "Creates an agent, who is offline at first", tag: "agents", access: .changing,
    body: .json(
      .object([
        .required("name", .name(200).like("John Doe")), .required("phone", .text(1...40).like("+14155553333")),
        .optional("email", .text(.email).nullable), .optional("agent_group_id", foreignID.nullable),
        .optional("max_concurrent_calls", .integer(1...1000).defaulting(to: 2)),
        .optional("working_hours", workingHours.nullable),
      ])), success: answer(.created, .required("agent", agent))
  ) { inquiry in
    let view = try await inquiry.tenantView()
    let body = inquiry.body
    let now = await inquiry.service.now()
    var agent = Agent(
      id: inquiry.service.identifiers.next(at: now), account: view.account.id, kind: .person,
      name: body["name"]?.string ?? "", createdAt: now)
    agent.phone = try inquiry.service.phoneNumber(body["phone"]?.string ?? "", field: "phone")
    agent.email = body["email"]?.string
    agent.group = body["agent_group_id"]?.string
    agent.maximumConcurrentCalls = body["max_concurrent_calls"]?.int ?? 2
    agent.workingHours = try workingHours(body["working_hours"])
    try await inquiry.storage.insert(agent)
    return done(["agent": try await view.agents([agent], in: inquiry.storage).first ?? .null], .created)
  }

  private static let listAgents = Operation(
    .get, "/agents", "Lists agents", tag: "agents", access: .reading,
    query: [
      .optional("status", .choice(Agent.Status.allCases.map(\.rawValue))), .optional("agent_group_id", foreignID),
    ] + paging, success: answer(.ok, .required("agents", .list(of: agent)), counted, total)
  ) { inquiry in
    let view = try await inquiry.tenantView()
    let query = AgentQuery(
      account: view.account.id, status: inquiry.query["status"]?.string.flatMap { Agent.Status(rawValue: $0) },
      group: inquiry.query["agent_group_id"]?.string)
    let page = try await inquiry.storage.agents(query, page: inquiry.window(limit: 50))
    let rows = try await view.agents(page.elements, in: inquiry.storage)
    return done(["agents": .array(rows), "count": value(rows.count), "total": value(page.total ?? rows.count)])
  }

  private static let agentGroups = Operation(
    .get, "/agents/groups", "Lists the groups that agents and campaigns name", tag: "agents", access: .reading,
    success: answer(
      .ok,
      .required(
        "groups",
        .list(
          of: .object([
            .required("agent_group_id", text), .required("agents", count),
            .required("available_agents", count), .required("campaigns", count),
          ]))), counted)
  ) { inquiry in
    let account = try inquiry.account
    var groups: [String: (agents: Int, available: Int, campaigns: Int)] = [:]
    try await inquiry.everyPage { page in
      let page = try await inquiry.storage.agents(AgentQuery(account: account), page: page)
      for agent in page.elements {
        guard let group = agent.group else { continue }
        groups[group, default: (0, 0, 0)].agents += 1
        if agent.status == .available, agent.isActive { groups[group, default: (0, 0, 0)].available += 1 }
      }
      return page.next
    }
    try await inquiry.everyPage { page in
      let page = try await inquiry.storage.campaigns(CampaignQuery(account: account), page: page)
      for group in page.elements.compactMap(\.agents.group) { groups[group, default: (0, 0, 0)].campaigns += 1 }
      return page.next
    }
    let rows = groups.sorted { $0.key < $1.key }.map { name, group -> JSONValue in
      [
        "agent_group_id": .string(name), "agents": value(group.agents), "available_agents": value(group.available),
        "campaigns": value(group.campaigns),
      ]
    }
    return done(["groups": .array(rows), "count": value(rows.count)])
  }

  private static let setAgentStatus = Operation(
    .put, "/agents/{id}/status", "Sets what an agent does now", tag: "agents", access: .agentStatus,
    body: .json(.object([.required("status", .choice(Agent.Status.allCases.map(\.rawValue)))])),
    success: answer(.ok, .required("agent", agent))
  ) { inquiry in
    let view = try await inquiry.tenantView()
    let status = inquiry.body["status"]?.string.flatMap { Agent.Status(rawValue: $0) } ?? .offline
    let id = try inquiry.identifier(of: "agent", as: Agent.self)
    let agent = try await inquiry.storage.setStatus(status, of: id, in: view.account.id)
    return done(["agent": try await view.agents([agent], in: inquiry.storage).first ?? .null])
  }

  private static let agentStatistics = Operation(
    .get, "/agents/{id}/stats", "Counts the calls that were given to an agent and are over", tag: "agents",
    access: .reading, query: dates,
    success: answer(
      .ok, .required("agent", agent),
      .required(
        "stats",
        .object([
          .required("total_calls", count), .required("answered_calls", count),
          .required("avg_talk_time", seconds), .required("total_talk_time", seconds),
        ])))
  ) { inquiry in
    let view = try await inquiry.tenantView()
    let id = try inquiry.identifier(of: "agent", as: Agent.self)
    let dates = inquiry.dates(on: view.clock)
    let report = try await CampaignReports(inquiry.storage).report(
      on: id, in: view.account.id, period: ReportPeriod(from: dates.from, until: dates.until))
    return done([
      "agent": view.agent(report.agent, report.activity),
      "stats": [
        "total_calls": value(report.calls.endedCalls), "answered_calls": value(report.calls[.answered]),
        "avg_talk_time": value(report.averageTalkTime), "total_talk_time": value(report.calls.talkTime),
      ],
    ])
  }
}

extension Inquiry {
  /// Goes through a list page by page.
  ///
  /// - Parameter read: Reads a page, and returns where the next one starts.
  /// - Throws: What reading throws.
  func everyPage(_ read: (PageRequest) async throws -> PageCursor?) async throws {
    var request = PageRequest(limit: 100)
    while let next = try await read(request) { request.start = .cursor(next) }
  }
}
