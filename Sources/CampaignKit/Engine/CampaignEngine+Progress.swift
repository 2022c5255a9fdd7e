extension CampaignEngine {
  /// How far a campaign has come. It costs the same however many leads there are.
  ///
  /// - Throws: ``EngineError/Code/store`` when there is no such campaign.
  public func progress(of id: Campaign.ID) async throws(EngineError) -> CampaignProgress {
    let (campaign, _) = try await found(id)
    let leads = try await stored { () throws(StoreError) in try await self.storage.leadCounts(of: id) }
    let calls = try await stored { () throws(StoreError) in try await self.storage.total(of: .campaign(id)) }
    let now = try await stored { () throws(StoreError) in try await self.storage.now() }
    return CampaignProgress(campaign, leads: leads ?? LeadCounts(), calls: calls, at: now)
  }
}
