import CampaignKit

extension PlainState {
  mutating func acquire(
    _ campaign: Campaign.ID, by owner: String, lasting duration: Duration
  ) throws(StoreError) -> CampaignLease {
    _ = try index(of: campaign)
    if var held = leases[campaign], now < held.expiresAt {
      if held.owner == owner {
        held.expiresAt = now + duration
        leases[campaign] = held
        leaseStarts[campaign] = now
        return held
      }
      if isOwned(campaign) { throw StoreError(.leaseLost, "another process holds the campaign") }
    }
    tokens[campaign, default: 0] += 1
    let lease = CampaignLease(
      campaign: campaign, owner: owner, token: tokens[campaign, default: 1], expiresAt: now + duration)
    leases[campaign] = lease
    leaseStarts[campaign] = now
    return lease
  }

  /// Whether nobody but the owner may take a campaign. A clock that stands before the lease was set back since.
  private func isOwned(_ campaign: Campaign.ID) -> Bool {
    guard let lease = leases[campaign], let start = leaseStarts[campaign] else { return false }
    return start <= now && now < lease.expiresAt
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
      leaseStarts[lease.campaign] = now
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
      let needsOwner =
        campaign.status == .scheduled || campaign.status == .active
        || !liveCalls { $0.campaign == campaign.id }.isEmpty
      return needsOwner && !isOwned(campaign.id)
    }
    return Array(found.map(\.id).prefix(max(0, limit)))
  }
}
