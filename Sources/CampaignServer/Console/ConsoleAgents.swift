import CampaignKit
import JSON

extension Console {
  /// Changing and removing agents, for which the dialect tenant has no route.
  static let agents = [updateAgent, deleteAgent]

  private static let updateAgent = Operation(
    .put, "/console/agents/{id}", "Changes what is named of an agent", tag: "console", access: .changing,
    body: .json(
      .object([
        .optional("name", .name(200)), .optional("phone", .text(1...40).nullable),
        .optional("email", .text(.email).nullable), .optional("agent_group_id", Tenant.foreignID.nullable),
        .optional("max_concurrent_calls", .integer(1...1000)),
      ])), success: Tenant.answer(.ok, .required("agent", Tenant.agent))
  ) { inquiry in
    let view = try await inquiry.tenantView()
    let body = inquiry.body
    let phone = try body["phone"].map { value throws(Refusal) in
      try value.string.map { text throws(Refusal) in try inquiry.service.phoneNumber(text, field: "phone") }
    }
    let agent = try await inquiry.service.change(try inquiry.identifier(of: "agent"), of: view.account.id) { agent in
      if let name = body["name"]?.string { agent.name = name }
      if let phone { agent.phone = phone }
      if let value = body["email"] { agent.email = value.string }
      if let value = body["agent_group_id"] { agent.group = value.string }
      if let most = body["max_concurrent_calls"]?.int { agent.maximumConcurrentCalls = most }
    }
    return Tenant.done(["agent": try await view.agents([agent], in: inquiry.storage).first ?? .null])
  }

  private static let deleteAgent = Operation(
    .delete, "/console/agents/{id}", "Removes an agent who is in no call and on no active campaign", tag: "console",
    access: .changing, success: Tenant.answer(.ok, Tenant.message), refusals: [.state]
  ) { inquiry in
    let account = try inquiry.account
    let agent = try await inquiry.service.agent(try inquiry.identifier(of: "agent"), of: account)
    try await inquiry.storage.delete(agent.id, of: account)
    return Tenant.done(["message": "Agent deleted successfully"])
  }
}
