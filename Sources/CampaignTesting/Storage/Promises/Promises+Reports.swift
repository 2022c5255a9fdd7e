import CampaignKit

extension StorageConformance {
  static let reports: [Promise] = [
    Promise("roll-ups count every call in the quarter of an hour of its creation") { bench in
      let account = try await bench.addAccount()
      let (campaign, lease, _) = try await bench.activeCampaign(in: account, leads: 0..<40)
      let agent = try await bench.addAgent(in: account) { $0.maximumConcurrentCalls = 9 }
      let start = try await bench.now
      for (index, disposition) in Disposition.allCases.enumerated() {
        let call = try await bench.claimOne(lease).call
        let now = try await bench.now
        _ = try await bench.store.record(.placed(carrier: "t", reference: "\(index)", at: now), of: call)
        if index.isMultiple(of: 3) { _ = try await bench.store.assign(call, to: [agent.id]) }
        if index.isMultiple(of: 2) {
          let by: AnsweredBy = index.isMultiple(of: 4) ? .human : .machineEndBeep
          _ = try await bench.store.record(.answered(at: now + .seconds(3), by: by), of: call)
        }
        try await bench.advance(1000)
        let ending = CallEnding(
          disposition, next: .fail, duration: index.isMultiple(of: 5) ? nil : .seconds(index), costMicros: Int64(index))
        _ = try await bench.store.finish(call, ending)
        _ = try await bench.store.record(.cost(micros: 100), of: call)
        try await bench.recount()
      }
      _ = try await bench.claimOne(lease)
      let single = try await bench.store.begin(SingleCall(account: account.id, to: bench.number(90)))
      try await bench.finish(single.id)
      try await bench.equal(bench.store.total(of: .campaign(campaign.id)).created, 13, "the calls of the campaign")
      try await bench.equal(bench.store.total(of: .account(account.id)).created, 14, "the calls of the account")
      try await bench.equal(bench.store.total(of: .account(account.id)).costMicros, 1200, "the costs")
      try await bench.equal(bench.store.total(of: .agent(agent.id)).endedCalls, 4, "the calls of the agent")
      try await bench.equal(bench.store.total(of: .campaign(bench.newID())), Rollup(), "the roll-up of nothing")
      let scope = RollupScope.account(account.id)
      let quarters = try await bench.store.quarters(of: scope, from: nil, until: nil).map(\.start)
      try bench.equal(quarters, quarters.sorted(), "the order of the quarters")
      let second = start.startOfQuarter + .seconds(900)
      for (from, until) in [
        (nil, second), (second, nil), (second + .seconds(5), second + .seconds(900)),
        (second, second + .seconds(901)),
        (second, second),
      ] as [(Timestamp?, Timestamp?)] {
        let expected = quarters.filter { quarter in
          (from.map { quarter >= $0.startOfQuarter } ?? true) && (until.map { quarter < $0 } ?? true)
        }
        try await bench.equal(
          bench.store.quarters(of: scope, from: from, until: until).map(\.start), expected,
          "the quarters from \(from?.description ?? "the start") until \(until?.description ?? "the end")")
      }
    },
    Promise("a call says what became of its lead, and the roll-ups count it") { bench in
      let account = try await bench.addAccount()
      let (campaign, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<7) {
        $0.retries.maximumAttempts = 2
      }
      let callback = LeadStep.retry(at: try await bench.now + .seconds(86_400), isCallback: true)
      let later = try await bench.retry(in: 86_400)
      let steps: [(LeadStep, Call.FollowUp)] = [
        (.complete, .completed), (.fail, .failed), (.cancel, .cancelled), (.suppress, .suppressed),
        (later, .retry), (callback, .callback),
      ]
      for (step, followUp) in steps {
        let call = try await bench.finish(try await bench.claimOne(lease).call, next: step)
        try bench.equal(call.followUp, followUp, "what became of the lead")
        try await bench.equal(bench.store.call(call.id)?.followUp, followUp, "what became of the lead, read again,")
      }
      let last = try await bench.claimOne(lease)
      try bench.equal(last.lead, leads[6], "the last lead")
      _ = try await bench.store.end(leads[6], on: .suppress)
      let over = try await bench.finish(last.call, next: bench.retry())
      try bench.equal(over.followUp, .suppressed, "what became of a lead that was to end")
      let total = try await bench.store.total(of: .campaign(campaign.id))
      try bench.equal(total.leadsDone, 5, "the leads that were done")
      try bench.equal(total.callbacks, 1, "the callbacks that were agreed")
      let single = try await bench.store.begin(SingleCall(account: account.id, to: bench.number(90)))
      try await bench.equal(bench.finish(single.id).followUp, nil, "what became of no lead")
      try await bench.recount()
    },
    Promise("counts of leads and campaigns follow every change") { bench in
      let account = try await bench.addAccount()
      let (campaign, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<10)
      var calls = try await bench.claim(lease, 4).calls.map(\.call)
      try await bench.recount()
      try await bench.finish(calls.removeFirst(), next: bench.retry())
      try await bench.recount()
      try await bench.finish(calls.removeFirst(), isAttempt: false)
      try await bench.recount()
      _ = try await bench.store.end(leads[8], on: .suppress)
      try await bench.store.delete(leads[9])
      try await bench.recount()
      _ = try await bench.store.transition(campaign.id, on: .end, reason: nil)
      try await bench.recount()
      for call in calls { try await bench.finish(call, next: bench.retry()) }
      try await bench.equal(bench.store.campaignCounts(of: account.id), [.completed: 1], "the campaigns in each status")
    },
  ]

  static let events: [Promise] = [
    Promise("everything that happens is told, without a gap") { bench in
      let account = try await bench.addAccount()
      var seen: UInt64 = 0
      @inline(never)
      func expect(_ what: String, _ kinds: [CampaignEvent.Kind], _ check: (CampaignEvent) -> Bool = { _ in true })
        async throws
      {
        let events = try await bench.store.events(of: account.id, after: seen, limit: 100)
        try await bench.equal(bench.store.lastEvent(of: account.id), seen + UInt64(events.count), "the last event")
        seen += UInt64(events.count)
        for kind in kinds {
          try bench.expect(
            events.contains { $0.kind == kind && check($0) }, "\(what) should be told as \(kind), not \(events)")
        }
      }
      try await bench.equal(bench.store.lastEvent(of: account.id), 0, "the last event before any")
      var campaign = try await bench.addCampaign(in: account)
      let id = campaign.id
      try await expect("a new campaign", [.campaignCreated]) { $0.campaign == id }
      campaign.name = "New"
      _ = try await bench.store.update(campaign)
      try await expect("a change", [.campaignUpdated]) { $0.campaign == id }
      let leads = try await bench.addLeads(0..<4, to: campaign)
      try await expect("new leads", [.leadsAdded]) { $0.campaign == id && $0.count == 4 }
      _ = try await bench.store.update(leads[0], with: LeadChanges(priority: -1))
      try await expect("a change of a lead", [.leadUpdated]) { $0.lead == leads[0] }
      _ = try await bench.store.reschedule(leads[0], at: nil, isCallback: false)
      try await expect("a new time", [.leadUpdated]) { $0.lead == leads[0] }
      let lease = try await bench.start(campaign)
      try await expect("a start", [.campaignStatusChanged]) { $0.status == "active" }
      let call = try await bench.claimOne(lease).call
      try await expect("an intent", [.callIntended]) { $0.call == call && $0.lead == leads[0] && $0.campaign == id }
      let now = try await bench.now
      let agent = try await bench.addAgent(in: account)
      try await expect("a new agent", [.agentUpdated]) { $0.agent == agent.id }
      _ = try await bench.store.record(.placed(carrier: "t", reference: "r", at: now), of: call)
      try await expect("a placing", [.callPlaced]) { $0.call == call }
      _ = try await bench.store.record(.ringing(at: now), of: call)
      try await expect("ringing", [.callRinging]) { $0.call == call }
      _ = try await bench.store.record(.answered(at: now, by: nil), of: call)
      try await expect("an answer", [.callAnswered]) { $0.call == call }
      _ = try await bench.store.record(.answered(at: now, by: .human), of: call)
      try await expect("who answered", [.callDetected]) { $0.call == call && $0.status == AnsweredBy.human.rawValue }
      _ = try await bench.store.record(.answered(at: now, by: .human), of: call)
      _ = try await bench.store.record(.detected(.human), of: call)
      try await bench.equal(bench.store.lastEvent(of: account.id), seen, "the last event after old news")
      let machine = AnsweredBy.machineEndBeep
      _ = try await bench.store.record(.detected(machine), of: call)
      try await expect("a machine", [.callDetected]) { $0.call == call && $0.status == machine.rawValue }
      _ = try await bench.store.record(.detected(.human), of: call)
      try await expect("a person after all", [.callDetected]) { $0.call == call && $0.campaign == id }
      _ = try await bench.store.assign(call, to: [agent.id])
      try await expect("an assignment", [.callAssigned]) { $0.call == call && $0.agent == agent.id }
      _ = try await bench.store.record(.agentAbsent(agent.id, at: now), of: call)
      try await expect("an absence", [.agentAbsent, .agentStatusChanged]) {
        $0.agent == agent.id
          && ($0.kind == .agentAbsent ? $0.call == call && $0.campaign == id : $0.status == "offline")
      }
      _ = try await bench.store.record(.agentAbsent(agent.id, at: now), of: call)
      try await bench.equal(bench.store.lastEvent(of: account.id), seen, "the last event after an old absence")
      try await bench.finish(call, .answered)
      try await expect("an end", [.callEnded]) { $0.call == call && $0.status == "abandoned" }
      try await bench.finish(call, .busy)
      try await bench.equal(bench.store.lastEvent(of: account.id), seen, "the last event after a second finish")
      _ = try await bench.store.setStatus(.onBreak, of: agent.id, in: account.id)
      try await expect("a status of an agent", [.agentStatusChanged]) { $0.agent == agent.id && $0.status == "break" }
      try await bench.store.delete(agent.id, of: account.id)
      try await expect("the end of an agent", [.agentDeleted]) { $0.agent == agent.id }
      _ = try await bench.suppress(.number(try bench.number(90)), of: account)
      try await expect("an entry", [.suppressionsAdded]) { $0.count == 1 }
      _ = try await bench.store.unsuppress([.number(bench.number(90))], of: account.id)
      try await expect("an entry that goes", [.suppressionsRemoved]) { $0.count == 1 }
      _ = try await bench.store.end(leads[1], on: .cancel)
      try await expect("the end of a lead", [.leadUpdated]) { $0.lead == leads[1] }
      try await bench.store.delete(leads[2])
      try await expect("a lead that goes", [.leadsRemoved]) { $0.count == 1 }
      _ = try await bench.store.end(leads[3], on: .cancel)
      try await expect("a completion", [.campaignStatusChanged]) { $0.campaign == id && $0.status == "completed" }
      var changed = try bench.exists(await bench.store.account(account.id), "the account")
      changed.concurrencyLimit = 7
      _ = try await bench.store.update(changed)
      try await expect("a new limit", [.limitsChanged])
      try await bench.store.noteCopy(of: "registry", made: now, for: account.id)
      try await expect("a copy of a do-not-call list", [.limitsChanged])
      try await bench.store.delete(id)
      try await expect("the end of a campaign", [.campaignDeleted]) { $0.campaign == id }
      try await bench.fails(.notFound, "the events of no account") {
        try await bench.store.events(of: bench.newID(), after: 0, limit: 10)
      }
    },
    Promise("what throws has changed nothing and is not told") { bench in
      let account = try await bench.addAccount(limit: 1)
      let (campaign, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<3)
      let call = try await bench.claimOne(lease).call
      let last = try await bench.store.lastEvent(of: account.id)
      let before = try await bench.allLeads(of: campaign.id)
      _ = try? await bench.store.delete(campaign.id)
      _ = try? await bench.store.delete(leads[0])
      _ = try? await bench.store.deleteLeads(of: campaign.id)
      _ = try? await bench.store.transition(campaign.id, on: .resume, reason: nil)
      _ = try? await bench.store.begin(SingleCall(account: account.id, to: bench.number(80)))
      _ = try? await bench.store.reschedule(leads[0], at: nil, isCallback: true)
      var forged = lease
      forged.token += 1
      _ = try? await bench.claim(forged, 2)
      try await bench.equal(bench.store.lastEvent(of: account.id), last, "the last event")
      try await bench.equal(bench.allLeads(of: campaign.id), before, "the leads")
      try await bench.finish(call)
    },
    Promise("a reader goes on where it stopped") { bench in
      let account = try await bench.addAccount()
      for index in 0..<25 { _ = try await bench.addCampaign(in: account) { $0.name = "\(index)" } }
      let all = try await bench.store.events(of: account.id, after: 0, limit: 1000)
      try bench.equal(all.map(\.sequence), Array(1...25), "the numbers")
      var read: [CampaignEvent] = []
      while true {
        let part = try await bench.store.events(of: account.id, after: read.last?.sequence ?? 0, limit: 7)
        try bench.expect(part.count <= 7, "no more events come than were asked for")
        if part.isEmpty { break }
        read += part
      }
      try bench.equal(read, all, "the events, seven at a time,")
      try await bench.equal(bench.store.events(of: account.id, after: 25, limit: 7), [], "the events after the last")
    },
    Promise("at least the last 1,000 events are kept, and a reader is told which are") { bench in
      let account = try await bench.addAccount()
      let campaign = try await bench.addCampaign(in: account)
      let leads = try await bench.addLeads(0..<1, to: campaign)
      for index in 0..<1_100 {
        _ = try await bench.store.update(leads[0], with: LeadChanges(priority: Int32(index)))
      }
      let last = try await bench.store.lastEvent(of: account.id)
      try bench.equal(last, 1_102, "the last event")
      let kept = try await bench.store.events(of: account.id, after: last - 1_000, limit: 2_000)
      try bench.equal(kept.map(\.sequence), Array((last - 999)...last), "the numbers of the last 1,000")
      do {
        let all = try await bench.store.events(of: account.id, after: 0, limit: 2_000)
        try bench.equal(all.map(\.sequence), Array(1...last), "the numbers of all")
      } catch let error as StoreError where error.code == .gone {
        let oldest = try bench.exists(error.oldest, "the oldest event, in the error,")
        try bench.expect(oldest > 1 && oldest <= last - 999, "the oldest event that is kept is one that is kept")
        let rest = try await bench.store.events(of: account.id, after: oldest - 1, limit: 2_000)
        try bench.equal(rest.map(\.sequence), Array(oldest...last), "the numbers of those that are kept")
      }
    },
    Promise("a listener is told that there is something new") { bench in
      let account = try await bench.addAccount()
      let hints = bench.store.hints()
      let told = try await withThrowingTaskGroup(of: Bool.self) { group in
        group.addTask {
          for await hint in hints where hint == account.id { return true }
          return false
        }
        group.addTask {
          for index in 0..<500 {
            _ = try await bench.addCampaign(in: account) { $0.name = "\(index)" }
            await Task.yield()
            if Task.isCancelled { break }
          }
          return false
        }
        var told = false
        for try await one in group {
          told = told || one
          group.cancelAll()
        }
        return told
      }
      try bench.expect(told, "500 changes give at least one hint")
    },
  ]
}
