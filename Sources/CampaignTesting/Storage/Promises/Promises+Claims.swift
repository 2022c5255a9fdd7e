import CampaignKit

extension StorageConformance {
  static let claims: [Promise] = [
    Promise("a claim makes the intents to call") { bench in
      let account = try await bench.addAccount()
      let (campaign, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<3) {
        $0.ringTime = .seconds(20)
        $0.longestCall = .seconds(100)
      }
      try await bench.advance(3)
      let from = try bench.number(99)
      var request = ClaimRequest(lease: lease, count: 2, open: [OpenLocality(.unknown, until: .distantFuture)])
      request.from = from
      request.placeWithin = .seconds(10)
      request.rule = "legal"
      let claim = try await bench.store.claim(request)
      let now = try await bench.now
      try bench.expectStop(claim, .satisfied, calls: 2, "of two")
      try bench.equal(claim.at, now, "the time of the claim")
      try bench.equal(claim.heldBack, [], "the leads held back")
      for (index, claimed) in claim.calls.enumerated() {
        let lead = try await bench.lead(leads[index])
        let call = try await bench.call(claimed.call)
        try bench.equal(
          claimed,
          ClaimedCall(
            call: call.id, lead: lead.id, contact: lead.contact, number: try bench.number(index), from: from,
            attempt: 1,
            placeBy: now + .seconds(10)), "the claimed call")
        try bench.equal(call.account, account.id, "the account")
        try bench.equal(call.campaign, campaign.id, "the campaign")
        try bench.equal(call.lead, lead.id, "the lead")
        try bench.equal(call.contact, lead.contact, "the contact")
        try bench.equal(call.to, try bench.number(index), "the number")
        try bench.equal(call.from, from, "the number that calls")
        try bench.equal(call.status, .intended, "the status")
        try bench.equal(call.rule, "legal", "the rule")
        try bench.equal(call.createdAt, now, "the creation")
        try bench.equal(call.placeBy, now + .seconds(10), "the end of placing")
        try bench.equal(call.expiresAt, now + .seconds(130), "the moment at which it counts as over")
        try bench.expect(call.isAttempt, "a call is an attempt")
        try bench.equal(lead.status, .calling, "the status of the lead")
        try bench.equal(lead.attempts, 1, "the attempts")
        try bench.equal(lead.lastAttemptAt, now, "the last attempt")
        try bench.equal(lead.liveCall, call.id, "the live call")
        try bench.equal(lead.decision?.isDialled, true, "the decision that is kept with the lead")
        try bench.equal(lead.decision?.rule, "legal", "the rule that is kept with the lead")
      }
      try await bench.equal(bench.counts(campaign), LeadCounts(waiting: 1, calling: 2, attempted: 2), "the counts")
      try await bench.expectStop(bench.claim(lease, 0), .satisfied, calls: 0, "of none")
      try await bench.expectStop(bench.claim(lease, 5), .noneDue(next: nil), calls: 1, "of the rest")
      try await bench.expectStop(bench.claim(lease, 5), .noneDue(next: nil), calls: 0, "of nothing")
    },
    Promise("callbacks come first, then the smaller priority, the earlier time and the lower ordinal") { bench in
      let account = try await bench.addAccount()
      let now = try await bench.now
      let (_, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<8) { _ in
      } lead: { lead, index in
        lead.priority = [0, 0, -5, 3, 0, 0, 9, 9][index]
        lead.notBefore = [2, 1, 3, nil, nil, 1, nil, nil][index].map { now + .seconds($0) }
      }
      _ = try await bench.store.reschedule(leads[7], at: now + .seconds(1), isCallback: true)
      _ = try await bench.store.reschedule(leads[6], at: now + .seconds(2), isCallback: true)
      try await bench.advance(10)
      let order = try await bench.claim(lease, 8).calls.map(\.lead)
      try bench.equal(order.map { leads.firstIndex(of: $0) ?? -1 }, [7, 6, 2, 4, 1, 5, 0, 3], "the order")
    },
    Promise("a lead is not claimed before it is due") { bench in
      let account = try await bench.addAccount()
      let due = try await bench.now + .seconds(10)
      let (_, lease, _) = try await bench.activeCampaign(in: account, leads: 0..<2) { _ in
      } lead: { lead, index in
        lead.notBefore = due + .seconds(index)
      }
      try await bench.expectStop(bench.claim(lease, 2), .noneDue(next: due), calls: 0, "before the time")
      try await bench.advance(9.999)
      try await bench.expectStop(bench.claim(lease, 2), .noneDue(next: due), calls: 0, "a millisecond before the time")
      try await bench.advance(0.001)
      try await bench.expectStop(bench.claim(lease, 2), .noneDue(next: due + .seconds(1)), calls: 1, "at the time")
    },
    Promise("a lead that is tried again waits for its time") { bench in
      let account = try await bench.addAccount()
      let (_, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<1)
      let call = try await bench.claimOne(lease)
      let at = try await bench.now + .seconds(60)
      try await bench.finish(call.call, .busy, next: bench.retry(in: 60))
      try await bench.equal(bench.lead(leads[0]).nextAttemptAt, at, "the next attempt")
      try await bench.advance(59.999)
      try await bench.expectStop(bench.claim(lease), .noneDue(next: at), calls: 0, "before the time")
      try await bench.advance(0.001)
      try await bench.equal(bench.claimOne(lease).attempt, 2, "the attempt")
    },
    Promise("only leads of open localities are claimed") { bench in
      let account = try await bench.addAccount()
      let east = Locality(jurisdiction: "US-FL", timeZones: ["America/New_York"])
      let west = Locality(jurisdiction: "US-CA", timeZones: ["America/Los_Angeles"])
      let (campaign, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<6) { _ in
      } lead: {
        lead, index in
        lead.locality = [east, west, .unknown][index % 3]
      }
      let queues = try await bench.store.queues(of: campaign.id)
      try bench.equal(Set(queues.map(\.locality)), [east, west, .unknown], "the localities")
      try bench.equal(queues.map(\.waiting), [2, 2, 2], "the leads that wait")
      let now = try await bench.now
      try await bench.expectStop(bench.claim(lease, 9, open: []), .noneDue(next: nil), calls: 0, "with none open")
      let closed = [
        OpenLocality(east, from: now + .milliseconds(1), until: .distantFuture),
        OpenLocality(west, from: .distantPast, until: now),
      ]
      try await bench.expectStop(
        bench.claim(lease, 9, open: closed), .noneDue(next: nil), calls: 0, "when all are closed")
      let open = [OpenLocality(west, from: now, until: now + .milliseconds(1))] + closed
      let claim = try await bench.claim(lease, 9, open: open)
      try bench.equal(claim.calls.map(\.lead), [leads[1], leads[4]], "the leads of the open locality")
      try bench.equal(claim.stop, .noneDue(next: nil), "the stop")
      let rest = try await bench.claim(
        lease, 9, open: [east, .unknown].map { OpenLocality($0, until: .distantFuture) })
      try bench.equal(rest.calls.map(\.lead), [leads[0], leads[2], leads[3], leads[5]], "the rest, in order")
    },
    Promise("no lead has two live calls") { bench in
      let account = try await bench.addAccount()
      let (_, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<5)
      var seen: [Lead.ID] = []
      for _ in 0..<4 { seen += try await bench.claim(lease, 2).calls.map(\.lead) }
      try bench.equal(seen, leads, "the leads that were claimed")
    },
    Promise("a number that is in a call of the account is not called again meanwhile") { bench in
      let account = try await bench.addAccount()
      let first = try await bench.activeCampaign(in: account, leads: 0..<1)
      let second = try await bench.activeCampaign(in: account, leads: 0..<2)
      let call = try await bench.claimOne(first.lease)
      let claim = try await bench.claim(second.lease, 2)
      let retryAt = try await bench.now + .seconds(60)
      try bench.equal(claim.calls.map(\.lead), [second.leads[1]], "the leads that are called")
      try bench.equal(claim.heldBack.map(\.lead), [second.leads[0]], "the leads that are held back")
      try bench.equal(claim.heldBack[0].decision.rule, "numberBusy", "the rule")
      try bench.equal(claim.heldBack[0].decision.isDialled, false, "whether it was dialled")
      try bench.equal(claim.heldBack[0].decision.retryAt, retryAt, "when it may pass")
      try bench.equal(claim.stop, .noneDue(next: retryAt), "the stop")
      let held = try await bench.lead(second.leads[0])
      try bench.equal(held.status, .waiting, "the status")
      try bench.equal(held.attempts, 0, "the attempts")
      try bench.equal(held.nextAttemptAt, retryAt, "the next attempt")
      try bench.equal(held.decision?.rule, "numberBusy", "the rule that is kept")
      try await bench.fails(.notPermitted, "a single call to a number in a call") {
        try await bench.store.begin(SingleCall(account: account.id, to: bench.number(0)))
      }
      try await bench.finish(call.call)
      try await bench.advance(60)
      try await bench.equal(bench.claimOne(second.lease).lead, second.leads[0], "the lead that is called then")
    },
    Promise("a lead never has more attempts than its campaign allows") { bench in
      let account = try await bench.addAccount()
      let (campaign, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<2) {
        $0.retries.maximumAttempts = 2
      }
      for attempt in 1...2 {
        let calls = try await bench.claim(lease, 2).calls
        try bench.equal(calls.map(\.attempt), [attempt, attempt], "the attempts")
        for call in calls {
          try await bench.finish(call.call, next: bench.retry(isCallback: attempt == 2))
        }
      }
      for lead in leads { try await bench.equal(bench.lead(lead).status, .failed, "the status after the last attempt") }
      try await bench.equal(bench.campaign(campaign.id).status, .completed, "the status of the campaign")
    },
    Promise("attempts that are taken away while a lead waits are not made") { bench in
      let account = try await bench.addAccount()
      let (campaign, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<2)
      for call in try await bench.claim(lease, 2).calls { try await bench.finish(call.call, next: bench.retry()) }
      var changed = try await bench.campaign(campaign.id)
      changed.retries.maximumAttempts = 1
      _ = try await bench.store.update(changed)
      try await bench.addLeads(5..<6, to: campaign)
      let claim = try await bench.claim(lease, 5)
      try bench.equal(claim.calls.count, 1, "the calls")
      try bench.equal(Set(claim.heldBack.map(\.lead)), Set(leads), "the leads held back")
      try bench.equal(Set(claim.heldBack.map(\.decision.rule)), ["attempts"], "the rule")
      for lead in leads { try await bench.equal(bench.lead(lead).status, .failed, "the status") }
    },
    Promise("a single call has the limits of system and account, and no campaign") { bench in
      let account = try await bench.addAccount(limit: 2)
      let contact = try await bench.addContact(0, in: account)
      let now = try await bench.now
      var order = SingleCall(account: account.id, to: try bench.number(0))
      order.placeWithin = .seconds(5)
      order.longestCall = .seconds(50)
      order.metadata = ["k": "v"]
      let call = try await bench.store.begin(order)
      try bench.equal(call.status, .intended, "the status")
      try bench.equal(call.contact, contact.id, "the contact")
      try bench.equal([call.campaign == nil, call.lead == nil], [true, true], "the campaign and the lead")
      try bench.equal(call.metadata, ["k": "v"], "the metadata")
      try bench.equal(call.placeBy, now + .seconds(5), "the end of placing")
      try bench.equal(call.expiresAt, now + .seconds(55), "the moment at which it counts as over")
      try await bench.equal(bench.call(call.id), call, "the call")
      let second = try await bench.store.begin(SingleCall(account: account.id, to: bench.number(1)))
      try await bench.fails(.limited, "a call above the limit of the account") {
        try await bench.store.begin(SingleCall(account: account.id, to: bench.number(2)))
      }
      let other = try await bench.addAccount()
      try await bench.store.setSystemLimit(2)
      try await bench.fails(.limited, "a call above the limit of the system") {
        try await bench.store.begin(SingleCall(account: other.id, to: bench.number(2)))
      }
      try await bench.finish(call.id)
      try await bench.finish(second.id)
      let rates = [RateLimit(name: "line", perSecond: 1)]
      _ = try await bench.store.begin(SingleCall(account: account.id, to: bench.number(3), rates: rates))
      try await bench.fails(.limited, "a call above a rate") {
        try await bench.store.begin(SingleCall(account: account.id, to: bench.number(4), rates: rates))
      }
      _ = try await bench.suppress(.number(try bench.number(5)), of: account)
      try await bench.fails(.notPermitted, "a call to a number that is not to be called") {
        try await bench.store.begin(SingleCall(account: account.id, to: bench.number(5)))
      }
      try await bench.fails(.notFound, "a call of no account") {
        try await bench.store.begin(SingleCall(account: bench.newID(), to: bench.number(6)))
      }
    },
    Promise("a call may be placed only while nothing speaks against it") { bench in
      let account = try await bench.addAccount()
      let (campaign, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<9)
      let calls = try await bench.claim(lease, 6).calls.map(\.call)
      func may(_ index: Int, _ held: CampaignLease? = nil) async throws -> Bool {
        try await bench.store.mayPlace(calls[index], under: held ?? lease)
      }
      for index in calls.indices { try await bench.expect(may(index), "a fresh intent may be placed") }
      var forged = lease
      forged.token += 1
      try await bench.equal(may(0, forged), false, "placing under a lost lease")
      _ = try await bench.store.record(
        .placed(carrier: "c", reference: "r", at: bench.now), of: calls[0])
      try await bench.equal(may(0), false, "placing a call that the carrier has")
      try await bench.finish(calls[1])
      try await bench.equal(may(1), false, "placing a call that is over")
      _ = try await bench.store.end(leads[2], on: .cancel)
      try await bench.equal(may(2), false, "placing a call to a lead that is to end")
      _ = try await bench.suppress(.number(try bench.number(3)), of: nil)
      try await bench.equal(may(3), false, "placing a call to a number that is not to be called")
      let single = try await bench.store.begin(SingleCall(account: account.id, to: bench.number(80)))
      try await bench.equal(bench.store.mayPlace(single.id, under: nil), true, "placing a single call")
      let prefix = try bench.exists(PhonePrefix(digits: try bench.number(80).digits / 10), "a prefix")
      _ = try await bench.suppress(.prefix(prefix), of: account)
      try await bench.equal(
        bench.store.mayPlace(single.id, under: nil), false, "placing a call to a prefix that is not to be called")
      _ = try await bench.store.transition(campaign.id, on: .pause, reason: nil)
      try await bench.equal(may(4), false, "placing a call of a paused campaign")
      _ = try await bench.store.transition(campaign.id, on: .resume, reason: nil)
      try await bench.equal(may(4), true, "placing a call of a resumed campaign")
      try await bench.advance(29)
      try await bench.equal(may(5), true, "placing a call in time")
      try await bench.advance(1.001)
      try await bench.equal(may(5), false, "placing a call too late")
      let unknown: Call.ID = try await bench.newID()
      let mayUnknown = (try? await bench.store.mayPlace(unknown, under: nil)) ?? false
      try bench.equal(mayUnknown, false, "placing an unknown call")
    },
  ]
}
