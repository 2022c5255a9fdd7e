import CampaignKit

extension StorageConformance {
  static let rules: [Promise] = [
    Promise("a number on the do-not-call list is not called") { bench in
      let account = try await bench.addAccount()
      let (campaign, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<25)
      let prefix = try bench.exists(PhonePrefix(digits: try bench.number(10).digits / 10), "a prefix")
      _ = try await bench.suppress(.number(try bench.number(0)), of: account)
      _ = try await bench.suppress(.number(try bench.number(1)), of: nil)
      _ = try await bench.suppress(.prefix(prefix), of: account)
      let claim = try await bench.claim(lease, 25)
      let called = Set(claim.calls.map(\.lead))
      try bench.equal(called, Set(leads[2..<10] + leads[20..<25]), "the leads that are called")
      try bench.equal(Set(claim.heldBack.map(\.lead)), Set(leads[10..<20]), "the leads that are held back")
      try bench.equal(Set(claim.heldBack.map(\.decision.rule)), ["doNotCall"], "the rule")
      for index in [0, 1, 10, 19] {
        try await bench.equal(bench.lead(leads[index]).status, .suppressed, "the status of a lead not to be called")
      }
      try await bench.equal(
        bench.counts(campaign), LeadCounts(calling: 13, suppressed: 12, attempted: 13), "the counts")
    },
    Promise("do-not-call entries of the past and of other accounts hold nobody back") { bench in
      let account = try await bench.addAccount()
      let other = try await bench.addAccount()
      _ = try await bench.suppress(.number(try bench.number(0)), of: other)
      let end = try await bench.now + .seconds(10)
      _ = try await bench.suppress(.number(try bench.number(1)), of: account, expiresAt: end)
      _ = try await bench.suppress(.number(try bench.number(2)), of: account)
      _ = try await bench.store.unsuppress([.number(bench.number(2))], of: account.id)
      let prefix = try bench.exists(PhonePrefix(digits: try bench.number(0).digits / 100), "a prefix")
      _ = try await bench.suppress(.prefix(prefix), of: other)
      try await bench.advance(10)
      let (_, lease, _) = try await bench.activeCampaign(in: account, leads: 0..<3)
      try await bench.expectStop(bench.claim(lease, 3), .satisfied, calls: 3, "of numbers that may be called")
    },
    Promise("a prefix that is over no longer holds leads back") { bench in
      let account = try await bench.addAccount()
      let (_, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<2)
      let prefix = try bench.exists(PhonePrefix(digits: bench.number(1).digits), "a prefix")
      let end = try await bench.now + .seconds(10)
      _ = try await bench.suppress(.prefix(prefix), of: nil, expiresAt: end)
      try await bench.equal(bench.lead(leads[1]).status, .waiting, "the status of a lead before its claim")
      try await bench.advance(10)
      try await bench.expectStop(bench.claim(lease, 2), .satisfied, calls: 2, "when the entry is over")
    },
    Promise("a rolling limit by number counts all campaigns of the account") { bench in
      let account = try await bench.addAccount()
      let limit = RollingLimit(name: "rolling.2in1h", key: .number, maximum: 2, window: .seconds(3600), citation: "§ 1")
      let first = try await bench.activeCampaign(in: account, leads: 0..<1)
      let second = try await bench.activeCampaign(in: account, leads: 0..<1) { $0.compliance.rollingLimits = [limit] }
      let oldest = try await bench.now
      for _ in 0..<2 {
        let call = try await bench.claimOne(first.lease)
        try await bench.finish(call.call, next: bench.retry())
        try await bench.advance(100)
      }
      let claim = try await bench.claim(second.lease, 1)
      let retryAt = oldest + .seconds(3600)
      try bench.expectStop(claim, .noneDue(next: retryAt), calls: 0, "with the limit reached")
      try bench.equal(claim.heldBack.map(\.decision.rule), ["rolling.2in1h"], "the rule")
      try bench.equal(claim.heldBack.map(\.decision.retryAt), [retryAt], "when it may pass")
      try bench.equal(claim.heldBack.map(\.decision.citation), ["§ 1"], "the citation")
      let held = try await bench.lead(second.leads[0])
      try bench.equal([held.attempts, 0], [0, 0], "the attempts")
      try bench.equal(held.nextAttemptAt, retryAt, "the next attempt")
      try await bench.advance(3399.999)
      try await bench.expectStop(bench.claim(second.lease), .noneDue(next: retryAt), calls: 0, "in the window")
      try await bench.advance(0.001)
      try await bench.expectStop(bench.claim(second.lease), .satisfied, calls: 1, "when the oldest call has left it")
    },
    Promise("a rolling limit of a locality holds back its leads and no others") { bench in
      let account = try await bench.addAccount()
      let limit = RollingLimit(name: "place", key: .number, maximum: 1, window: .seconds(3600), citation: "§ 2")
      let here = Locality(jurisdiction: "US-FL", timeZones: ["America/New_York"])
      let there = Locality(jurisdiction: "US-NY", timeZones: ["America/New_York"])
      let (_, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<2) { _ in
      } lead: { lead, index in
        lead.locality = index == 0 ? here : there
      }
      func open(_ limits: [RollingLimit]) -> [OpenLocality] {
        [OpenLocality(here, until: .distantFuture, limits: limits), OpenLocality(there, until: .distantFuture)]
      }
      let called = try await bench.now
      let first = try await bench.claim(lease, 2, open: open([limit]))
      try bench.expectStop(first, .satisfied, calls: 2, "before the limit is reached")
      for call in first.calls { try await bench.finish(call.call, next: bench.retry(in: 0)) }
      let facts = try await bench.store.dialingFacts(of: leads[0], keeping: [limit])
      try bench.equal(facts.limits.map(\.limit), [limit], "the limits that hold back")
      try await bench.equal(bench.store.dialingFacts(of: leads[0]).limits, [], "the limits of the campaign itself")
      let second = try await bench.claim(lease, 2, open: open([limit]))
      try bench.equal(second.calls.map(\.lead), [leads[1]], "who is called")
      try bench.equal(second.heldBack.map(\.lead), [leads[0]], "who is held back")
      try bench.equal(second.heldBack.map(\.decision.rule), ["place"], "the rule")
      try bench.equal(second.heldBack.map(\.decision.citation), ["§ 2"], "the citation")
      try bench.equal(second.heldBack.map(\.decision.retryAt), [called + .seconds(3600)], "when it may pass")
      try await bench.fails(.invalid, "a claim with a limit that makes no sense") {
        try await bench.claim(
          lease, open: open([RollingLimit(name: "none", key: .number, maximum: 0, window: .seconds(1))]))
      }
    },
    Promise("rolling limits count persons and subjects too") { bench in
      let account = try await bench.addAccount()
      func limited(_ key: RollingLimit.Key) -> (inout Campaign) -> Void {
        { $0.compliance.rollingLimits = [RollingLimit(name: "r", key: key, maximum: 1, window: .seconds(3600))] }
      }
      // The same person on another number, about two subjects.
      let first = try await bench.activeCampaign(in: account, leads: 0..<1) { _ in
      } lead: { lead, _ in
        lead.subject = "debt"
        lead.furtherNumbers = PhoneNumber(digits: 14_155_559_999).map { [Contact.Number($0)] } ?? []
      }
      let call = try await bench.claimOne(first.lease)
      try await bench.finish(call.call, next: bench.retry(in: 0, number: 1))
      let second = try await bench.claimOne(first.lease)
      try bench.expect(second.number != call.number, "the second attempt is on the second number")
      try await bench.finish(second.call)
      var results: [String: Bool] = [:]
      for (name, key, subject) in [
        ("number", RollingLimit.Key.number, nil as String?), ("person", .person, nil),
        ("same subject", .subject, "debt"),
        ("other subject", .subject, "offer"), ("no subject", .subject, nil),
      ] {
        let campaign = try await bench.activeCampaign(in: account, leads: 0..<1, limited(key)) { lead, _ in
          lead.subject = subject
        }
        let claim = try await bench.claim(campaign.lease)
        results[name] = claim.calls.isEmpty
        for call in claim.calls { try await bench.finish(call.call, next: .complete, isAttempt: false) }
      }
      try bench.equal(
        results,
        ["number": true, "person": true, "same subject": true, "other subject": false, "no subject": false],
        "whether a lead is held back")
      try await bench.advance(3600)
      let third = try await bench.activeCampaign(in: account, leads: 0..<1, limited(.person))
      try await bench.expectStop(bench.claim(third.lease), .satisfied, calls: 1, "after the window")
    },
    Promise("a call stays about its subject when the lead changes or goes") { bench in
      let account = try await bench.addAccount()
      func aboutDebt(_ campaign: inout Campaign) {
        campaign.compliance.rollingLimits = [
          RollingLimit(name: "r", key: .subject, maximum: 2, window: .seconds(3600))
        ]
        campaign.retries.maximumAttempts = 9
      }
      func campaign(about subject: String) async throws -> (lease: CampaignLease, lead: Lead.ID) {
        let campaign = try await bench.activeCampaign(in: account, leads: 0..<1, aboutDebt) { lead, _ in
          lead.subject = subject
        }
        return (campaign.lease, try bench.exists(campaign.leads.first, "the lead"))
      }
      let first = try await campaign(about: "debt")
      let call = try await bench.claimOne(first.lease)
      try await bench.equal(bench.call(call.call).subject, "debt", "the subject of the call")
      try await bench.finish(call.call, next: bench.retry(in: 0))
      _ = try await bench.store.update(first.lead, with: LeadChanges(subject: "offer"))
      try await bench.equal(bench.call(call.call).subject, "debt", "the subject after the lead got another")
      let offer = try await bench.claimOne(first.lease)
      try await bench.equal(bench.call(offer.call).subject, "offer", "the subject of the next call")
      try await bench.finish(offer.call, next: .complete)
      let second = try await campaign(about: "debt")
      let other = try await bench.claimOne(second.lease)
      try await bench.finish(other.call, next: .complete)
      try await bench.store.delete(second.lead)
      try await bench.equal(bench.call(other.call).subject, "debt", "the subject after the lead has gone")
      let third = try await campaign(about: "debt")
      try await bench.equal(bench.claim(third.lease).heldBack.map(\.decision.rule), ["r"], "the rule after two calls")
      let fourth = try await campaign(about: "offer")
      try await bench.expectStop(bench.claim(fourth.lease), .satisfied, calls: 1, "about what one call was about")
    },
    Promise("a rolling limit with dispositions counts only calls that ended so") { bench in
      let account = try await bench.addAccount()
      let limit = RollingLimit(
        name: "abandoned", key: .number, maximum: 1, window: .seconds(7200), counting: [.abandoned])
      let (_, lease, _) = try await bench.activeCampaign(in: account, leads: 0..<1) {
        $0.compliance.rollingLimits = [limit]
        $0.retries.maximumAttempts = 9
      }
      for disposition in [Disposition.busy, .noAnswer] {
        let call = try await bench.claimOne(lease)
        try await bench.finish(call.call, disposition, next: bench.retry())
      }
      let at = try await bench.now
      let call = try await bench.claimOne(lease)
      try await bench.advance(10)
      try await bench.finish(call.call, .abandoned, next: bench.retry())
      let claim = try await bench.claim(lease)
      try bench.expectStop(claim, .noneDue(next: at + .seconds(7200)), calls: 0, "after such a call")
      try bench.equal(claim.heldBack.map(\.decision.rule), ["abandoned"], "the rule")
    },
    Promise("a claim that holds many back still finds the others") { bench in
      let account = try await bench.addAccount()
      let busy = try await bench.activeCampaign(in: account, leads: 0..<150)
      _ = try await bench.claim(busy.lease, 150)
      let (_, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<153)
      let claim = try await bench.claim(lease, 3)
      try bench.expectStop(claim, .satisfied, calls: 3, "behind the others")
      try bench.equal(claim.calls.map(\.lead), Array(leads[150...]), "the leads")
      try bench.equal(claim.heldBack.count, 150, "the leads held back")
    },
  ]
}
