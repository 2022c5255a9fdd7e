import CampaignKit

extension StorageConformance {
  static let campaigns: [Promise] = [
    Promise("a new campaign is a draft, whatever is given") { bench in
      let account = try await bench.addAccount()
      try await bench.advance(5)
      let campaign = try await bench.addCampaign(in: account) {
        $0.status = .active
        $0.revision = 9
        $0.startedAt = .distantPast
        $0.createdAt = .distantPast
        $0.name = "Kept"
      }
      try bench.equal(campaign.status, .draft, "the status")
      try bench.equal(campaign.revision, 0, "the revision")
      try bench.equal(campaign.startedAt, nil, "the start")
      try await bench.equal(campaign.createdAt, bench.now, "the creation")
      try bench.equal(campaign.name, "Kept", "the name")
      try await bench.equal(bench.store.campaign(campaign.id), campaign, "the campaign")
      try await bench.equal(bench.store.leadCounts(of: campaign.id), LeadCounts(), "the counts")
      try await bench.equal(bench.store.leadCounts(of: bench.newID()), nil, "the counts of an unknown campaign")
      try await bench.equal(bench.store.campaign(bench.newID()), nil, "an unknown campaign")
    },
    Promise("a campaign that cannot be is refused") { bench in
      let account = try await bench.addAccount()
      let campaign = try await bench.addCampaign(in: account)
      try await bench.fails(.duplicate, "a second campaign of that name") { try await bench.store.insert(campaign) }
      var stray = campaign
      stray.id = try await bench.newID()
      stray.account = try await bench.newID()
      try await bench.fails(.notFound, "a campaign of no account") { try await bench.store.insert(stray) }
      let edits: [@Sendable (inout Campaign) -> Void] = [
        { $0.pacing.maximumConcurrentCalls = -1 }, { $0.pacing.reservedSlots = -1 }, { $0.retries.maximumAttempts = 0 },
        { $0.compliance.rollingLimits = [RollingLimit(name: "r", key: .number, maximum: -1, window: .seconds(1))] },
      ]
      for edit in edits {
        try await bench.fails(.invalid, "a campaign with a negative limit") {
          try await bench.addCampaign(in: account, edit)
        }
        var changed = campaign
        edit(&changed)
        try await bench.fails(.invalid, "a change to a negative limit") { [changed] in
          try await bench.store.update(changed)
        }
      }
      try await bench.equal(bench.allCampaigns(of: account.id), [campaign], "the campaigns")
    },
    Promise("the settings of a campaign are changed from the current revision only") { bench in
      let account = try await bench.addAccount()
      let (started, _, _) = try await bench.activeCampaign(in: account)
      let old = try await bench.campaign(started.id)
      var changed = old
      changed.name = "New"
      changed.status = .cancelled
      changed.startedAt = nil
      changed.statusReason = "no"
      try await bench.advance(1)
      let new = try await bench.store.update(changed)
      try bench.equal(new.name, "New", "the name")
      try bench.equal(new.status, .active, "the status")
      try bench.equal(new.startedAt, old.startedAt, "the start")
      try bench.equal(new.statusReason, old.statusReason, "the reason")
      try bench.equal(new.revision, old.revision + 1, "the revision")
      try await bench.equal(new.updatedAt, bench.now, "the time of the change")
      try await bench.equal(bench.campaign(old.id), new, "the campaign")
      try await bench.fails(.conflict, "a change from an old revision") { try await bench.store.update(changed) }
      var unknown = old
      unknown.id = try await bench.newID()
      try await bench.fails(.notFound, "a change of an unknown campaign") { try await bench.store.update(unknown) }
    },
    Promise("the status of a campaign changes as its table permits, and no other way") { bench in
      let account = try await bench.addAccount()
      let ways: [Campaign.Status: [Campaign.Trigger]] = [
        .draft: [], .scheduled: [.schedule], .active: [.start], .paused: [.start, .pause], .completed: [.start, .end],
        .cancelled: [.cancel], .failed: [.start, .fail],
      ]
      for (status, way) in ways.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
        for trigger in Campaign.Trigger.allCases where trigger != .complete {
          let campaign = try await bench.addCampaign(in: account)
          try await bench.addLeads(0..<1, to: campaign)
          for step in way { _ = try await bench.store.transition(campaign.id, on: step, reason: nil) }
          let before = try await bench.campaign(campaign.id)
          try bench.equal(before.status, status, "the status before")
          if let next = Campaign.statuses.next(after: status, on: trigger) {
            let after = try await bench.store.transition(campaign.id, on: trigger, reason: "why")
            try bench.equal(after.status, next, "the status after \(trigger) from \(status)")
            try bench.equal(after.statusReason, "why", "the reason")
            try await bench.equal(bench.campaign(campaign.id), after, "the campaign")
          } else {
            let error = try await bench.fails(.notPermitted, "\(trigger) from \(status)") {
              try await bench.store.transition(campaign.id, on: trigger, reason: nil)
            }
            try bench.equal(error.transition?.from, "\(status)", "the status that the error names")
            try await bench.equal(bench.campaign(campaign.id), before, "the campaign")
          }
        }
      }
      try await bench.fails(.notFound, "a change of status of an unknown campaign") {
        try await bench.store.transition(bench.newID(), on: .start, reason: nil)
      }
    },
    Promise("the times of a campaign follow its status") { bench in
      let account = try await bench.addAccount()
      let (campaign, _, _) = try await bench.activeCampaign(in: account)
      let startedAt = try await bench.now
      try await bench.advance(10)
      let pausedAt = try await bench.now
      _ = try await bench.store.transition(campaign.id, on: .pause, reason: "lunch")
      try await bench.advance(10)
      let resumedAt = try await bench.now
      _ = try await bench.store.transition(campaign.id, on: .resume, reason: nil)
      try await bench.advance(10)
      let ended = try await bench.store.transition(campaign.id, on: .cancel, reason: "enough")
      try bench.equal(ended.startedAt, startedAt, "the start")
      try bench.equal(ended.pausedAt, pausedAt, "the pause")
      try bench.equal(ended.resumedAt, resumedAt, "the end of the pause")
      try await bench.equal(ended.endedAt, bench.now, "the end")
      try bench.equal(ended.statusReason, "enough", "the reason")
      try bench.equal(ended.revision, 0, "the revision, which counts settings,")
    },
    Promise("a campaign starts only with a lead to call") { bench in
      let account = try await bench.addAccount()
      let campaign = try await bench.addCampaign(in: account)
      try await bench.fails(.notPermitted, "a start without a lead") {
        try await bench.store.transition(campaign.id, on: .start, reason: nil)
      }
      try await bench.addLeads(0..<1, to: campaign) { lead, _ in lead.isSuppressed = true }
      try await bench.fails(.notPermitted, "a start with a suppressed lead") {
        try await bench.store.transition(campaign.id, on: .start, reason: nil)
      }
      try await bench.addLeads(1..<2, to: campaign)
      try await bench.equal(
        bench.store.transition(campaign.id, on: .start, reason: nil).status, .active, "the status")
    },
    Promise("ending, cancelling and failing cancel the waiting leads and let live calls go on") { bench in
      for (trigger, status) in [
        (Campaign.Trigger.end, Campaign.Status.completed), (.cancel, .cancelled), (.fail, .failed),
      ] {
        let account = try await bench.addAccount()
        let (campaign, lease, _) = try await bench.activeCampaign(in: account, leads: 0..<5)
        let first = try await bench.claimOne(lease)
        let second = try await bench.claimOne(lease)
        let over = try await bench.store.transition(campaign.id, on: trigger, reason: nil)
        try bench.equal(over.status, status, "the status")
        var counts = try await bench.counts(campaign)
        try bench.equal(counts.cancelled, 3, "the waiting leads that are cancelled")
        try bench.equal(counts.calling, 2, "the leads with a call")
        try await bench.expectStop(bench.claim(lease, 5), .notActive(status), calls: 0, "when it is over")
        try await bench.finish(first.call, next: bench.retry(in: 60))
        try await bench.finish(second.call, .answered, next: .complete)
        counts = try await bench.counts(campaign)
        try bench.equal(counts.cancelled, 4, "the leads that are cancelled, the one to be tried again among them,")
        try bench.equal(counts.completed, 1, "the leads that were reached")
        try await bench.equal(bench.campaign(campaign.id).status, status, "the status after the last call")
        try await bench.fails(.notPermitted, "adding leads to a campaign that is over") {
          try await bench.addLeads(20..<21, to: campaign)
        }
      }
    },
    Promise("a paused campaign starts no call and goes on when it is resumed") { bench in
      let account = try await bench.addAccount()
      let (campaign, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<3)
      let call = try await bench.claimOne(lease)
      _ = try await bench.store.transition(campaign.id, on: .pause, reason: nil)
      try await bench.expectStop(bench.claim(lease), .notActive(.paused), calls: 0, "when paused")
      try await bench.finish(call.call, next: bench.retry())
      try await bench.equal(bench.lead(leads[0]).status, .waiting, "the lead that is to be tried again")
      _ = try await bench.store.transition(campaign.id, on: .resume, reason: nil)
      try await bench.expectStop(bench.claim(lease, 3), .satisfied, calls: 3, "when resumed")
    },
    Promise("a campaign completes exactly when its last lead is done") { bench in
      let account = try await bench.addAccount()
      let (campaign, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<4)
      let calls = try await bench.claim(lease, 3).calls
      try await bench.finish(calls[0].call, .answered, next: .complete)
      try await bench.finish(calls[1].call, next: .fail)
      _ = try await bench.store.end(leads[3], on: .cancel)
      try await bench.equal(bench.campaign(campaign.id).status, .active, "the status with a call to go")
      try await bench.advance(7)
      try await bench.finish(calls[2].call, .failed, next: .suppress)
      let done = try await bench.campaign(campaign.id)
      try bench.equal(done.status, .completed, "the status after the last lead")
      try await bench.equal(done.endedAt, bench.now, "the end")
      try await bench.equal(
        bench.counts(campaign), LeadCounts(completed: 1, failed: 1, suppressed: 1, cancelled: 1, attempted: 3),
        "the counts")
    },
    Promise("a campaign completes when its last lead ends without a call, paused or not") { bench in
      let account = try await bench.addAccount()
      let ended = try await bench.activeCampaign(in: account, leads: 0..<1)
      _ = try await bench.store.end(ended.leads[0], on: .cancel)
      try await bench.equal(bench.campaign(ended.campaign.id).status, .completed, "the status when its lead ends")

      let paused = try await bench.activeCampaign(in: account, leads: 0..<1)
      _ = try await bench.store.transition(paused.campaign.id, on: .pause, reason: nil)
      _ = try await bench.store.end(paused.leads[0], on: .suppress)
      try await bench.equal(bench.campaign(paused.campaign.id).status, .completed, "the status when it is paused")

      let suppressed = try await bench.activeCampaign(in: account, leads: 5..<6)
      _ = try await bench.suppress(.number(try bench.number(5)), of: account)
      try await bench.equal(
        bench.campaign(suppressed.campaign.id).status, .completed, "the status when its lead is suppressed")

      let prefixed = try await bench.activeCampaign(in: account, leads: 6..<7)
      let prefix = try bench.exists(PhonePrefix(digits: bench.number(6).digits), "a prefix")
      _ = try await bench.suppress(.prefix(prefix), of: account)
      _ = try await bench.claim(prefixed.lease)
      try await bench.equal(
        bench.campaign(prefixed.campaign.id).status, .completed, "the status when its lead is held back for good")

      let draft = try await bench.addCampaign(in: account)
      let lead = try await bench.addLeads(0..<1, to: draft)
      _ = try await bench.store.end(lead[0], on: .cancel)
      try await bench.equal(bench.campaign(draft.id).status, .draft, "the status of a draft")
    },
    Promise("a campaign is deleted only when it does not call, and its calls stay") { bench in
      let account = try await bench.addAccount()
      let (campaign, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<2)
      let call = try await bench.claimOne(lease)
      try await bench.fails(.notPermitted, "deleting an active campaign") { try await bench.store.delete(campaign.id) }
      _ = try await bench.store.transition(campaign.id, on: .cancel, reason: nil)
      try await bench.fails(.notPermitted, "deleting with a live call") { try await bench.store.delete(campaign.id) }
      try await bench.finish(call.call, .answered)
      let total = try await bench.store.total(of: .campaign(campaign.id))
      try await bench.store.delete(campaign.id)
      try await bench.equal(bench.store.campaign(campaign.id), nil, "the campaign")
      try await bench.equal(bench.store.lead(leads[0]), nil, "its lead")
      try await bench.equal(bench.store.leadCounts(of: campaign.id), nil, "its counts")
      try await bench.equal(bench.call(call.call).campaign, campaign.id, "the campaign of its call")
      try await bench.equal(bench.store.total(of: .campaign(campaign.id)), total, "its roll-up")
      try await bench.fails(.notFound, "deleting it again") { try await bench.store.delete(campaign.id) }
      let contact = try bench.exists(
        await bench.store.contact(number: bench.number(0), of: account.id), "the contact of its lead")
      try await bench.store.delete(contact.id, of: account.id)
    },
  ]
}
