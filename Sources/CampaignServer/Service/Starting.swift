import CampaignKit

extension CampaignService {
  /// Starts a campaign of an account, from the number that it has, or else from the one that stands in for it.
  ///
  /// - Throws: A ``Refusal`` where its status, its schedule or its leads do not permit it, or where there is no number
  ///   to call from.
  func start(_ id: Campaign.ID, of account: Account.ID) async throws -> Campaign {
    let campaign = try await campaign(id, of: account)
    _ = try Campaign.statuses.step("campaign", from: campaign.status, on: .start)
    if campaign.callerNumbers.isEmpty {
      guard let number = configuration.defaultCallerNumber else {
        throw Refusal(.state, "the campaign has no number to call from; give it one, or the server one for all")
      }
      _ = try await change(id, of: account) { campaign in
        if campaign.callerNumbers.isEmpty { campaign.callerNumbers = [number] }
      }
    }
    return try await engine.start(id)
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
