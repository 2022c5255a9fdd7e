import CampaignKit
import JSON

extension Plivo {
  static let statuses = ["running", "paused", "completed", "cancelled", "failed"]

  /// The document knows no drafts: what was not started yet does not call and can go on, so it is paused. What waits
  /// for its start date was started.
  static func name(of status: Campaign.Status) -> String {
    switch status {
    case .active, .scheduled: "running"
    case .paused, .draft: "paused"
    case .completed: "completed"
    case .cancelled: "cancelled"
    case .failed: "failed"
    }
  }

  static func statuses(named name: String) -> Set<Campaign.Status> {
    Set(Campaign.Status.allCases.filter { self.name(of: $0) == name })
  }

  /// How many campaigns have a status of this dialect.
  static func count(_ name: String, in counts: [Campaign.Status: Int]) -> JSONValue {
    JSONValue(statuses(named: name).reduce(0) { $0 + counts[$1, default: 0] })
  }
}

/// The last sign of life of whoever runs a campaign.
struct Heartbeat: Sendable {
  /// The process that has the campaign, or else this one.
  var container: String
  /// When it last held on to the campaign, or when the status last changed where nobody has it.
  var at: Timestamp
  /// Whether the campaign is running, and the sign is not older than a campaign stays with a process.
  var isActive: Bool

  var word: JSONValue { isActive ? "active" : "stale" }

  static let schema = Schema.choice(["active", "stale"])

  init(_ campaign: Campaign, lease: CampaignLease?, engine: EngineActivity, at now: Timestamp) {
    container = lease?.owner ?? engine.owner
    let changes = [campaign.createdAt, campaign.startedAt, campaign.pausedAt, campaign.resumedAt, campaign.endedAt]
    let renewed = lease.map { $0.expiresAt - engine.lease }
    at = min((changes + [renewed]).compactMap(\.self).max() ?? campaign.createdAt, now)
    isActive = (campaign.status == .active || campaign.status == .scheduled) && now - at < engine.lease
  }
}

extension CampaignService {
  /// The last sign of life of whoever runs a campaign.
  func heartbeat(of campaign: Campaign) async throws -> Heartbeat {
    Heartbeat(
      campaign, lease: try await storage.lease(of: campaign.id), engine: engine.activity, at: try await storage.now())
  }

  /// Whether the store takes writes, as far as that is known without a write.
  var storeTakesWrites: Bool { (storage as? any StoreReadiness)?.isWritable ?? true }
}
