import CampaignKit

extension StorageConformance {
  /// The promises that hold when the clock was ahead and is set right, for stores whose clock can be set back.
  public static let clock: [Promise] = [
    Promise("a lease that was taken while the clock was ahead shuts nobody out", needs: .settableClock) { bench in
      let account = try await bench.addAccount()
      let (campaign, _, _) = try await bench.activeCampaign(in: account)
      try await bench.advance(86_400 * 5000)
      let lease = try await bench.store.acquire(campaign.id, by: "two", lasting: .seconds(60))
      try await bench.setBack(86_400)
      try await bench.equal(bench.store.unownedCampaigns(limit: 9), [campaign.id], "the campaigns without an owner")
      let own = try await bench.claimOne(lease)
      try await bench.finish(own.call, next: bench.retry())
      let taken = try await bench.store.acquire(campaign.id, by: "three", lasting: .seconds(60))
      try bench.expect(taken.token > lease.token, "the token grows when a stale lease changes hands")
      try await bench.fails(.leaseLost, "a claim by the owner before") { try await bench.claim(lease) }
      try await bench.equal(bench.store.renew([lease], lasting: .seconds(60)), [], "the lease of the owner before")
      try await bench.fails(.leaseLost, "taking a campaign that is held by the clock as it is") {
        try await bench.store.acquire(campaign.id, by: "two", lasting: .seconds(60))
      }
    },
    Promise("an owner who renews after the clock was set back keeps the campaign", needs: .settableClock) { bench in
      let account = try await bench.addAccount()
      let campaign = try await bench.addCampaign(in: account)
      let lease = try await bench.store.acquire(campaign.id, by: "one", lasting: .seconds(60))
      try await bench.setBack(3600)
      let renewed = try await bench.store.renew([lease], lasting: .seconds(60))
      try bench.equal(renewed.map(\.token), [lease.token], "the tokens of the leases that are held")
      try await bench.equal(renewed.map(\.expiresAt), [bench.now + .seconds(60)], "their ends")
      try await bench.fails(.leaseLost, "taking a campaign that is held") {
        try await bench.store.acquire(campaign.id, by: "two", lasting: .seconds(60))
      }
      try await bench.advance(60)
      _ = try await bench.store.acquire(campaign.id, by: "two", lasting: .seconds(60))
    },
    Promise("slots that were reserved while the clock was ahead come free", needs: .settableClock) { bench in
      let account = try await bench.addAccount(limit: 3)
      _ = try await bench.reserve(3, of: account, for: 60)
      try await bench.setBack(1)
      try await bench.equal(bench.store.slots(of: account.id).accountActive, 3, "the slots after a small step back")
      try await bench.setBack(3600)
      try await bench.equal(bench.store.slots(of: account.id).accountActive, 0, "the slots after a large step back")
      let (_, lease, _) = try await bench.activeCampaign(in: account)
      try await bench.expectStop(bench.claim(lease, 9), .accountLimit, calls: 3, "with the slots free")
    },
    Promise("a call that was claimed while the clock was ahead is not placed late", needs: .settableClock) { bench in
      let account = try await bench.addAccount()
      let (_, lease, _) = try await bench.activeCampaign(in: account)
      let call = try await bench.claimOne(lease).call
      try await bench.setBack(1)
      try await bench.equal(bench.store.mayPlace(call, under: lease), true, "may place, after a small step back")
      try await bench.setBack(3600)
      try await bench.equal(bench.store.mayPlace(call, under: lease), false, "may place, after a large step back")
    },
    Promise("rates and delays forgive a clock that was ahead", needs: .settableClock) { bench in
      let account = try await bench.addAccount()
      let delayed = try await bench.activeCampaign(in: account) { $0.pacing.delayBetweenCalls = .seconds(5) }
      let rated = try await bench.activeCampaign(in: account, leads: 20..<40)
      let line = [RateLimit(name: "line", perSecond: 2, burst: 3)]
      _ = try await bench.claimOne(delayed.lease)
      _ = try await bench.claim(rated.lease, 9, rates: line)
      try await bench.setBack(3600)
      let now = try await bench.now
      for (count, what) in [(1, "just after the step back"), (0, "once more")] {
        try await bench.expectStop(
          bench.claim(delayed.lease, 9), .rate(until: now + .seconds(5)), calls: count, what)
        try await bench.expectStop(
          bench.claim(rated.lease, 9, rates: line), .rate(until: now + .milliseconds(500)), calls: count,
          "of the rate, \(what)")
      }
      try await bench.advance(5)
      try await bench.expectStop(
        bench.claim(delayed.lease, 9), .rate(until: now + .seconds(10)), calls: 1, "one delay later")
      try await bench.expectStop(
        bench.claim(rated.lease, 9, rates: line), .rate(until: now + .milliseconds(5500)), calls: 3,
        "of the rate, one burst later")
    },
  ]
}
