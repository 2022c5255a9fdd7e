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
        usage,
        SlotUsage(systemLimit: 100_000, systemActive: 3, accountLimit: 3, accountActive: 3, defaultAccountLimit: 3),
        "the slots")
      let other = try await bench.addAccount(limit: 7)
      let its = try await bench.store.slots(of: other.id)
      try bench.equal([its.accountLimit, its.defaultAccountLimit], [7, 3], "the limit of its own and the default")
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
}
