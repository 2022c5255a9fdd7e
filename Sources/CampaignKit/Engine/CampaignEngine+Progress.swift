extension CampaignEngine {
  /// How far a campaign has come. It costs the same however many leads there are.
  ///
  /// - Throws: ``EngineError/Code/store`` when there is no such campaign.
  public func progress(of id: Campaign.ID) async throws(EngineError) -> CampaignProgress {
    let (campaign, _) = try await found(id)
    return try await stored { () throws(StoreError) in try await CampaignReports(self.storage).progress(of: campaign) }
  }
}
