import CampaignKit

extension CampaignService {
  /// Starts a campaign, from the number that it has, or else from the one of the server.
  ///
  /// - Parameters:
  ///   - campaign: The campaign.
  ///   - field: What the dialect calls the number to call from, for the refusal.
  /// - Returns: The campaign, active or scheduled.
  /// - Throws: A ``Refusal`` where its status, its schedule or its leads do not permit it, or where there is no number
  ///   to call from, or nobody who talks to people who answer.
  func start(_ campaign: Campaign, callerField field: String) async throws -> Campaign {
    // Refused before anything is changed if the status does not permit it.
    _ = try Campaign.statuses.step("campaign", from: campaign.status, on: .start)
    try await checkTalker(of: campaign)
    if campaign.callerNumbers.isEmpty {
      guard let number = configuration.defaultCallerNumber else {
        var refusal = Refusal(.state, "\(field) is missing; say from which number to call before starting")
        refusal.problems = [Problem(field, "is missing")]
        throw refusal
      }
      _ = try await change(campaign.id, of: campaign.account) { campaign in
        if campaign.callerNumbers.isEmpty { campaign.callerNumbers = [number] }
      }
    }
    return try await engine.start(campaign.id)
  }

  /// The agents of this server's own that are assigned to a campaign, in order; those that were deleted are left out.
  func agents(of campaign: Campaign) async throws -> [Agent] {
    var agents: [Agent] = []
    for id in campaign.agents.agents {
      if let agent = try await storage.agent(id, of: campaign.account) { agents.append(agent) }
    }
    return agents
  }
}
