import CampaignKit

extension StorageConformance {
  static let limits: [Promise] = [
    Promise("no call starts above the limit of the system") { bench in
      try await bench.store.setSystemLimit(3)
      let one = try await bench.addAccount()
      let other = try await bench.addAccount()
      let first = try await bench.activeCampaign(in: one, leads: 0..<5)
      let second = try await bench.activeCampaign(in: other, leads: 0..<5)
      let calls = try await bench.claim(first.lease, 2).calls
      try await bench.expectStop(bench.claim(second.lease, 1_000), .systemLimit, calls: 1, "with one slot left")
      try await bench.expectStop(bench.claim(second.lease, 1_000), .systemLimit, calls: 0, "with no slot left")
      try await bench.finish(calls[0].call)
      try await bench.expectStop(bench.claim(second.lease, 1_000), .systemLimit, calls: 1, "when a call has ended")
    },
    Promise("no call starts above the limit of the account") { bench in
      let account = try await bench.addAccount(limit: 3)
      let first = try await bench.activeCampaign(in: account, leads: 0..<5)
      let second = try await bench.activeCampaign(in: account, leads: 10..<15)
      let single = try await bench.store.begin(SingleCall(account: account.id, to: bench.number(90)))
      _ = try await bench.claimOne(first.lease)
      try await bench.expectStop(bench.claim(second.lease, 1_000), .accountLimit, calls: 1, "with one slot left")
      try await bench.expectStop(bench.claim(first.lease, 1_000), .accountLimit, calls: 0, "with no slot left")
      try await bench.finish(single.id)
      try await bench.expectStop(bench.claim(first.lease, 1_000), .accountLimit, calls: 1, "when a call has ended")
    },
    Promise("an account without a limit of its own has the default one") { bench in
      let account = try await bench.addAccount()
      try await bench.store.setDefaultAccountLimit(2)
      let (_, lease, _) = try await bench.activeCampaign(in: account)
      try await bench.expectStop(bench.claim(lease, 9), .accountLimit, calls: 2, "under the default")
      try await bench.store.setDefaultAccountLimit(3)
      try await bench.expectStop(bench.claim(lease, 9), .accountLimit, calls: 1, "under a new default")
      let usage = try await bench.store.slots(of: account.id)
      try bench.equal(
        usage, SlotUsage(systemLimit: 100_000, systemActive: 3, accountLimit: 3, accountActive: 3), "the slots")
    },
    Promise("no call starts above the limit of the campaign") { bench in
      let account = try await bench.addAccount()
      let (_, lease, _) = try await bench.activeCampaign(in: account) { $0.pacing.maximumConcurrentCalls = 3 }
      let calls = try await bench.claim(lease, 2).calls
      try await bench.expectStop(bench.claim(lease, 1_000), .campaignLimit, calls: 1, "with one slot left")
      try await bench.expectStop(bench.claim(lease, 1_000), .campaignLimit, calls: 0, "with no slot left")
      try await bench.finish(calls[0].call, next: bench.retry())
      try await bench.expectStop(bench.claim(lease, 1), .satisfied, calls: 1, "when a call has ended")
    },
    Promise("the tightest of several limits holds") { bench in
      try await bench.store.setSystemLimit(6)
      let account = try await bench.addAccount(limit: 4)
      let (_, lease, _) = try await bench.activeCampaign(in: account) { $0.pacing.maximumConcurrentCalls = 2 }
      let second = try await bench.activeCampaign(in: account, leads: 20..<30)
      let other = try await bench.addAccount()
      let third = try await bench.activeCampaign(in: other, leads: 40..<50)
      try await bench.expectStop(bench.claim(lease, 3), .campaignLimit, calls: 2, "of the campaign")
      try await bench.expectStop(bench.claim(second.lease, 3), .accountLimit, calls: 2, "of the account")
      try await bench.expectStop(bench.claim(third.lease, 3), .systemLimit, calls: 2, "of the system")
    },
    Promise("a limit that is lowered is reached as calls end") { bench in
      var account = try await bench.addAccount(limit: 5)
      let (campaign, lease, _) = try await bench.activeCampaign(in: account, leads: 0..<20)
      let calls = try await bench.claim(lease, 5).calls.map(\.call)
      try bench.equal(calls.count, 5, "the calls")
      account.concurrencyLimit = 3
      account = try await bench.store.update(account)
      try await bench.equal(bench.store.slots(of: account.id).accountAvailable, 0, "the slots that are free")
      for call in calls.prefix(2) {
        try await bench.finish(call)
        try await bench.expectStop(bench.claim(lease, 9), .accountLimit, calls: 0, "with more calls than the limit")
      }
      try await bench.finish(calls[2])
      try await bench.expectStop(bench.claim(lease, 9), .accountLimit, calls: 1, "with one call less than the limit")
      var settings = try await bench.campaign(campaign.id)
      settings.pacing.maximumConcurrentCalls = 1
      _ = try await bench.store.update(settings)
      account.concurrencyLimit = nil
      account = try await bench.store.update(account)
      try await bench.expectStop(
        bench.claim(lease, 9), .campaignLimit, calls: 0, "under a lowered limit of the campaign")
      try await bench.store.setSystemLimit(0)
      settings = try await bench.campaign(campaign.id)
      settings.pacing.maximumConcurrentCalls = nil
      _ = try await bench.store.update(settings)
      try await bench.expectStop(bench.claim(lease, 9), .systemLimit, calls: 0, "under a lowered limit of the system")
      try await bench.store.setSystemLimit(100)
      try await bench.expectStop(bench.claim(lease, 9), .satisfied, calls: 9, "under a raised limit")
    },
    Promise("a campaign with a group calls only for agents who are free") { bench in
      let account = try await bench.addAccount()
      func agent(_ edit: (inout Agent) -> Void = { _ in }) async throws -> Agent {
        try await bench.addAgent(in: account) {
          $0.group = "sales"
          edit(&$0)
        }
      }
      let one = try await agent()
      let two = try await agent { $0.maximumConcurrentCalls = 2 }
      let away = try await agent { $0.status = .onBreak }
      let inactive = try await agent { $0.isActive = false }
      let elsewhere = try await agent { $0.group = "support" }
      let everybody = [one, two, away, inactive, elsewhere].map(\.id)
      let (_, lease, _) = try await bench.activeCampaign(in: account, leads: 0..<20) { $0.agents.group = "sales" }
      let second = try await bench.activeCampaign(in: account, leads: 30..<40) { $0.agents.group = "sales" }
      try await bench.expectStop(bench.claim(lease, 9), .agents, calls: 0, "with no agent given")
      let first = try await bench.claim(lease, 9, agents: [one.id])
      try bench.expectStop(first, .agents, calls: 1, "with one agent given")
      let calls = try await bench.claim(lease, 9, agents: everybody)
      try bench.expectStop(calls, .agents, calls: 2, "with all agents given")
      try await bench.expectStop(
        bench.claim(second.lease, 9, agents: everybody), .agents, calls: 0, "of another campaign of the group")
      try await bench.equal(
        bench.store.assign(first.calls[0].call, to: [one.id]), one.id, "the agent of the first call")
      try await bench.expectStop(bench.claim(lease, 9, agents: everybody), .agents, calls: 0, "with a call assigned")
      try await bench.finish(first.calls[0].call)
      try await bench.expectStop(
        bench.claim(second.lease, 9, agents: everybody), .agents, calls: 1, "when an agent is free again")
      _ = try await bench.store.setStatus(.available, of: away.id, in: account.id)
      try await bench.expectStop(
        bench.claim(lease, 9, agents: everybody), .agents, calls: 1, "when an agent comes back")
    },
    Promise("the delay between calls and the calls in a second hold") { bench in
      let account = try await bench.addAccount()
      let delayed = try await bench.activeCampaign(in: account) { $0.pacing.delayBetweenCalls = .seconds(5) }
      var now = try await bench.now
      try await bench.expectStop(
        bench.claim(delayed.lease, 9), .rate(until: now + .seconds(5)), calls: 1, "with a delay")
      try await bench.advance(4.999)
      try await bench.expectStop(
        bench.claim(delayed.lease, 9), .rate(until: now + .seconds(5)), calls: 0, "before the delay is over")
      try await bench.advance(0.001)
      try await bench.expectStop(
        bench.claim(delayed.lease, 9), .rate(until: now + .seconds(10)), calls: 1, "when the delay is over")
      let quick = try await bench.activeCampaign(in: account, leads: 20..<40) { $0.pacing.callsPerSecond = 4 }
      now = try await bench.now
      try await bench.expectStop(
        bench.claim(quick.lease, 9), .rate(until: now + .milliseconds(250)), calls: 1, "with a rate")
      try await bench.advance(0.25)
      try await bench.expectStop(
        bench.claim(quick.lease, 1), .satisfied, calls: 1, "at the moment that was told")
    },
    Promise("a named rate holds over all campaigns, with its burst") { bench in
      let account = try await bench.addAccount()
      let first = try await bench.activeCampaign(in: account, leads: 0..<20)
      let second = try await bench.activeCampaign(in: account, leads: 20..<40)
      let line = [RateLimit(name: "line", perSecond: 2, burst: 3)]
      let now = try await bench.now
      try await bench.expectStop(bench.claim(first.lease, 2, rates: line), .satisfied, calls: 2, "within the burst")
      try await bench.expectStop(
        bench.claim(second.lease, 9, rates: line), .rate(until: now + .milliseconds(500)), calls: 1, "at its end")
      let other = [RateLimit(name: "other", perSecond: 2, burst: 3)]
      try await bench.expectStop(bench.claim(first.lease, 2, rates: other), .satisfied, calls: 2, "of another name")
      try await bench.advance(0.5)
      try await bench.expectStop(
        bench.claim(first.lease, 9, rates: line), .rate(until: now + .seconds(1)), calls: 1, "half a second later")
      try await bench.advance(60)
      try await bench.expectStop(
        bench.claim(first.lease, 9, rates: line), .rate(until: now + .milliseconds(61_000)), calls: 3,
        "after a long pause")
    },
    Promise("slots are reserved, given back, and free themselves") { bench in
      let account = try await bench.addAccount(limit: 4)
      let other = try await bench.addAccount()
      let (_, lease, _) = try await bench.activeCampaign(in: account)
      let now = try await bench.now
      let first = try await bench.reserve(2, of: account, for: 60)
      try bench.equal(first.expiresAt, now + .seconds(60), "the end of the reservation")
      let second = try await bench.reserve(1, of: account, for: 600)
      try await bench.fails(.limited, "more than the account has left") {
        try await bench.reserve(2, of: account, for: 60)
      }
      try await bench.store.setSystemLimit(6)
      try await bench.fails(.limited, "more than the system has left") {
        try await bench.reserve(4, of: other, for: 60)
      }
      try await bench.store.setSystemLimit(100_000)
      try await bench.expectStop(bench.claim(lease, 9), .accountLimit, calls: 1, "beside the reservations")
      try await bench.fails(.limited, "a slot that is not there") { try await bench.reserve(1, of: account, for: 60) }
      try await bench.equal(bench.store.slots(of: account.id).accountActive, 4, "the slots taken")
      try await bench.release(second)
      try await bench.release(second)
      try await bench.expectStop(bench.claim(lease, 9), .accountLimit, calls: 1, "when one was given back")
      try await bench.advance(60)
      try await bench.expectStop(bench.claim(lease, 9), .accountLimit, calls: 2, "when the other is over")
      try await bench.release(first)
      try await bench.fails(.notFound, "slots of no account") {
        try await bench.store.reserve(1, of: bench.newID(), for: .seconds(1), note: "")
      }
      try await bench.fails(.notFound, "the slots of no account") { try await bench.store.slots(of: bench.newID()) }
    },
  ]

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
