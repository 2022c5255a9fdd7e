@testable import CampaignKit

extension StoreState {
  /// Adds leads as a ``LocalStore`` does.
  mutating func insert(
    _ leads: [NewLead], into campaign: Campaign.ID, options: LeadInsertion, at now: Timestamp
  ) throws(StoreError) -> LeadInsertion.Result {
    try insert(PackedLeads(leads), into: campaign, options: options, at: now)
  }
}
