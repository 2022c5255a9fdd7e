extension CampaignService {
  /// The version of the server.
  public static let version = "0.1.0"
}
