import CampaignKit

extension CampaignService {
  /// Starts a campaign, with the server's own caller number where it has none.
  ///
  /// - Returns: The campaign, active or scheduled.
  /// - Throws: A ``Refusal`` that names `field` where there is no number to call from; what the engine throws.
  func start(_ campaign: Campaign, callerField field: String) async throws -> Campaign {
    if campaign.callerNumbers.isEmpty {
      guard let number = configuration.defaultCallerNumber else {
        var refusal = Refusal(.state, "\(field) is missing; say from which number to call before starting")
        refusal.problems = [Problem(field, "is missing")]
        throw refusal
      }
      // Refused before anything is changed if the status does not permit it.
      _ = try Campaign.statuses.step("campaign", from: campaign.status, on: .start)
      _ = try await change(campaign.id, of: campaign.account) { campaign in
        if campaign.callerNumbers.isEmpty { campaign.callerNumbers = [number] }
      }
    }
    return try await engine.start(campaign.id)
  }
}
