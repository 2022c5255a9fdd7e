import CampaignKit

extension PlainState {
  mutating func acquire(
    _ campaign: Campaign.ID, by owner: String, lasting duration: Duration
  ) throws(StoreError) -> CampaignLease {
    _ = try index(of: campaign)
    if var held = leases[campaign], now < held.expiresAt {
      guard held.owner == owner else {
        throw StoreError(.leaseLost, "another process holds the campaign")
      }
      held.expiresAt = now + duration
      leases[campaign] = held
      return held
    }
    tokens[campaign, default: 0] += 1
    let lease = CampaignLease(
      campaign: campaign, owner: owner, token: tokens[campaign, default: 1], expiresAt: now + duration)
    leases[campaign] = lease
    return lease
  }

  func isHeld(_ lease: CampaignLease) -> Bool {
    guard let held = leases[lease.campaign] else { return false }
    return held.owner == lease.owner && held.token == lease.token && now < held.expiresAt
  }

  mutating func renew(_ asked: [CampaignLease], lasting duration: Duration) -> [CampaignLease] {
    var renewed: [CampaignLease] = []
    for var lease in asked where isHeld(lease) {
      lease.expiresAt = now + duration
      leases[lease.campaign] = lease
      renewed.append(lease)
    }
    return renewed
  }

  mutating func release(_ lease: CampaignLease) {
    guard let held = leases[lease.campaign], held.owner == lease.owner, held.token == lease.token else { return }
    leases[lease.campaign] = nil
  }

  func unownedCampaigns(limit: Int) -> [Campaign.ID] {
    let found = campaigns.filter { campaign in
      let isOwned = leases[campaign.id].map { now < $0.expiresAt } ?? false
      let needsOwner =
        campaign.status == .scheduled || campaign.status == .active
        || !liveCalls { $0.campaign == campaign.id }.isEmpty
      return needsOwner && !isOwned
    }
    return Array(found.map(\.id).prefix(max(0, limit)))
  }
}
