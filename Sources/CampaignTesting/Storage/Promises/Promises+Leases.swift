import CampaignKit

extension StorageConformance {
  static let leases: [Promise] = [
    Promise("a campaign has one owner at a time") { bench in
      let account = try await bench.addAccount()
      let campaign = try await bench.addCampaign(in: account)
      try await bench.equal(bench.store.lease(of: campaign.id), nil, "the lease before")
      let lease = try await bench.store.acquire(campaign.id, by: "one", lasting: .seconds(60))
      try bench.equal(lease.campaign, campaign.id, "the campaign")
      try bench.equal(lease.owner, "one", "the owner")
      try await bench.equal(lease.expiresAt, bench.now + .seconds(60), "the end")
      try await bench.equal(bench.store.lease(of: campaign.id), lease, "the lease")
      try await bench.fails(.leaseLost, "taking a campaign that is held") {
        try await bench.store.acquire(campaign.id, by: "two", lasting: .seconds(60))
      }
      try await bench.advance(20)
      let again = try await bench.store.acquire(campaign.id, by: "one", lasting: .seconds(60))
      try await bench.equal(again.expiresAt, bench.now + .seconds(60), "the end after taking it again")
      try await bench.advance(60)
      let taken = try await bench.store.acquire(campaign.id, by: "two", lasting: .seconds(60))
      try bench.expect(taken.token > again.token, "the token grows when a campaign changes hands")
      try await bench.store.release(again)
      try await bench.equal(bench.store.lease(of: campaign.id), taken, "the lease after a release of an old one")
      try await bench.store.release(taken)
      let third = try await bench.store.acquire(campaign.id, by: "three", lasting: .seconds(60))
      try bench.expect(third.token > taken.token, "the token grows when a campaign changes hands after a release")
      try await bench.fails(.notFound, "taking an unknown campaign") {
        try await bench.store.acquire(bench.newID(), by: "one", lasting: .seconds(60))
      }
    },
    Promise("of several that ask for a campaign at once, one gets it") { bench in
      let account = try await bench.addAccount()
      let campaign = try await bench.addCampaign(in: account)
      let store = bench.store
      for _ in 0..<20 {
        let winners = await withTaskGroup(of: CampaignLease?.self) { group in
          for owner in 0..<8 {
            group.addTask { try? await store.acquire(campaign.id, by: "owner \(owner)", lasting: .seconds(5)) }
          }
          return await group.reduce(into: [CampaignLease]()) { if let lease = $1 { $0.append(lease) } }
        }
        try bench.equal(winners.count, 1, "the owners")
        try await bench.equal(store.lease(of: campaign.id), winners.first, "the lease")
        try await bench.advance(5)
      }
    },
    Promise("leases are renewed while they are held, and lost when they are over") { bench in
      let account = try await bench.addAccount()
      var leases: [CampaignLease] = []
      for _ in 0..<3 {
        let campaign = try await bench.addCampaign(in: account)
        leases.append(try await bench.store.acquire(campaign.id, by: "one", lasting: .seconds(60)))
      }
      try await bench.store.release(leases[2])
      try await bench.advance(59)
      let renewed = try await bench.store.renew([leases[0], leases[2]], lasting: .seconds(60))
      try bench.equal(renewed.map(\.campaign), [leases[0].campaign], "the leases that are held")
      try await bench.equal(renewed[0].expiresAt, bench.now + .seconds(60), "the new end")
      try bench.equal(renewed[0].token, leases[0].token, "the token")
      try await bench.advance(1)
      let later = try await bench.store.renew(renewed + [leases[1]], lasting: .seconds(60))
      try bench.equal(later.map(\.campaign), [leases[0].campaign], "the leases that are held later")
      var forged = leases[0]
      forged.token += 1
      try await bench.equal(bench.store.renew([forged], lasting: .seconds(60)), [], "a lease that was never given")
    },
    Promise("nothing is claimed without a lease that is held") { bench in
      let account = try await bench.addAccount()
      let campaign = try await bench.addCampaign(in: account)
      try await bench.addLeads(0..<10, to: campaign)
      let lease = try await bench.start(campaign, lasting: .seconds(60))
      var forged = lease
      forged.token += 1
      try await bench.fails(.leaseLost, "a claim with another token") { [forged] in try await bench.claim(forged) }
      forged = lease
      forged.owner = "two"
      try await bench.fails(.leaseLost, "a claim by another process") { [forged] in try await bench.claim(forged) }
      forged = lease
      forged.expiresAt = .distantFuture
      try await bench.advance(60)
      try await bench.fails(.leaseLost, "a claim with a lease that is over") { [forged] in try await bench.claim(forged)
      }
      let second = try await bench.store.acquire(campaign.id, by: "two", lasting: .seconds(60))
      try await bench.fails(.leaseLost, "a claim by the owner before") { try await bench.claim(lease) }
      let call = try await bench.claimOne(second)
      try await bench.store.release(second)
      try await bench.fails(.leaseLost, "a claim after a release") { try await bench.claim(second) }
      forged = second
      forged.campaign = try await bench.newID()
      try await bench.fails(.notFound, "a claim of an unknown campaign") { [forged] in try await bench.claim(forged) }
      try await bench.equal(bench.allCalls(of: account.id).map(\.id), [call.call], "the calls")
      try await bench.finish(call.call)
    },
    Promise("campaigns without an owner are found") { bench in
      let account = try await bench.addAccount()
      _ = try await bench.addCampaign(in: account)
      let scheduled = try await bench.addCampaign(in: account)
      _ = try await bench.store.transition(scheduled.id, on: .schedule, reason: nil)
      let (active, lease, _) = try await bench.activeCampaign(in: account, leads: 0..<2)
      let (cancelled, other, _) = try await bench.activeCampaign(in: account, leads: 5..<7)
      let call = try await bench.claimOne(other)
      _ = try await bench.store.transition(cancelled.id, on: .cancel, reason: nil)
      func unowned(_ limit: Int = 10) async throws -> Set<Campaign.ID> {
        Set(try await bench.store.unownedCampaigns(limit: limit))
      }
      try await bench.equal(unowned(), [scheduled.id], "those without an owner while two are held")
      try await bench.store.release(lease)
      try await bench.store.release(other)
      try await bench.equal(unowned(), [scheduled.id, active.id, cancelled.id], "those without an owner")
      try await bench.equal(unowned(2).count, 2, "the number, at most two of which are asked for,")
      try await bench.finish(call.call)
      try await bench.equal(unowned(), [scheduled.id, active.id], "those without an owner after the last call")
      let held = try await bench.store.acquire(active.id, by: "one", lasting: .seconds(10))
      try await bench.equal(unowned(), [scheduled.id], "those without an owner when one is held")
      try await bench.advance(10)
      try await bench.equal(unowned(), [scheduled.id, held.campaign], "those without an owner when a lease is over")
    },
  ]
}
