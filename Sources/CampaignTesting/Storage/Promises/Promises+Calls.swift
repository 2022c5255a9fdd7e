import CampaignKit

extension StorageConformance {
  static let calls: [Promise] = [
    Promise("news moves a call forwards, and once") { bench in
      let account = try await bench.addAccount()
      let (_, lease, _) = try await bench.activeCampaign(in: account)
      let id = try await bench.claimOne(lease).call
      func record(_ news: CallNews, _ isNew: Bool, _ what: String) async throws -> Call {
        let (call, seen) = try await bench.store.record(news, of: id)
        try bench.equal(seen, isNew, "whether \(what) is new")
        try await bench.equal(bench.call(id), call, "the call after \(what)")
        return call
      }
      let start = try await bench.now
      try await bench.advance(10)
      let placed = CallNews.placed(carrier: "tel", reference: "r-1", at: start + .seconds(1))
      var call = try await record(placed, true, "placing")
      try bench.equal(call.status, .placed, "the status")
      try bench.equal(call.placedAt, start + .seconds(1), "the time of placing")
      try await bench.equal(bench.store.call(carrier: "tel", reference: "r-1")?.id, id, "the call of that reference")
      try await bench.equal(bench.store.call(carrier: "other", reference: "r-1"), nil, "a call of another carrier")
      _ = try await record(placed, false, "placing again")
      _ = try await record(.ringing(at: start + .seconds(2)), true, "ringing")
      _ = try await record(.ringing(at: start + .seconds(3)), false, "ringing again")
      call = try await record(.answered(at: start + .seconds(4), by: .human), true, "an answer")
      try bench.equal(call.status, .answered, "the status")
      try bench.equal(call.answeredBy, .human, "who answered")
      _ = try await record(.answered(at: start + .seconds(5), by: .human), false, "an answer again")
      _ = try await record(placed, false, "placing, late,")
      call = try await record(.conference("room"), true, "a conference")
      try bench.equal(call.conference, "room", "the conference")
      call = try await record(.detected(.machineEndBeep), true, "a detection")
      try bench.equal(call.answeredBy, .machineEndBeep, "who answered")
      _ = try await record(.detected(.machineEndBeep), false, "a detection again")
      try bench.equal(call.ringingAt, start + .seconds(2), "the time of ringing")
      try bench.equal(call.answeredAt, start + .seconds(4), "the time of the answer")
      try await bench.fails(.notFound, "news of an unknown call") {
        try await bench.store.record(.detected(.human), of: bench.newID())
      }
    },
    Promise("news may come in any order, and twice") { bench in
      let account = try await bench.addAccount()
      let (_, lease, _) = try await bench.activeCampaign(in: account, leads: 0..<30)
      let status: [Call.Status] = [.placed, .ringing, .answered]
      for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let id = try await bench.claimOne(lease).call
        let start = try await bench.now
        try await bench.advance(10)
        let news: [CallNews] = [
          .placed(carrier: "tel", reference: "\(id)", at: start + .seconds(1)), .ringing(at: start + .seconds(2)),
          .answered(at: start + .seconds(3), by: .human),
        ]
        var furthest = Call.Status.intended
        for index in order.flatMap({ [$0, $0] }) {
          let before = furthest
          let all = Call.Status.allCases
          if (all.firstIndex(of: status[index]) ?? 0) > (all.firstIndex(of: furthest) ?? 0) { furthest = status[index] }
          let (call, isNew) = try await bench.store.record(news[index], of: id)
          try bench.equal(call.status, furthest, "the status in the order \(order)")
          if furthest != before { try bench.expect(isNew, "news that moves a call is new") }
        }
        let call = try await bench.call(id)
        try bench.equal(call.answeredAt, start + .seconds(3), "the answer in the order \(order)")
        try bench.equal(call.carrierReference, "\(id)", "the reference in the order \(order)")
        try bench.equal(call.placedAt, start + .seconds(1), "the placing in the order \(order)")
        try bench.equal(call.answeredBy, .human, "who answered in the order \(order)")
        try await bench.equal(
          bench.store.call(carrier: "tel", reference: "\(id)")?.id, id, "the call of that reference")
        try await bench.finish(id)
      }
    },
    Promise("a call that is over takes only what may come late") { bench in
      let account = try await bench.addAccount()
      let (_, lease, _) = try await bench.activeCampaign(in: account)
      let id = try await bench.claimOne(lease).call
      let over = try await bench.finish(id, .answered)
      let now = try await bench.now
      for news in [
        CallNews.ringing(at: now), .answered(at: now, by: .human), .detected(.machineStart), .conference("room"),
      ] {
        let (call, isNew) = try await bench.store.record(news, of: id)
        try bench.equal(isNew, false, "whether \(news) is new")
        try bench.equal(call, over, "the call")
      }
      let recording = Call.Recording(url: "https://example.com/r", duration: .seconds(3))
      try await bench.equal(bench.store.record(.recording(recording), of: id).isNew, true, "whether a recording is new")
      try await bench.equal(bench.store.record(.recording(recording), of: id).isNew, false, "whether it is new again")
      try await bench.equal(bench.store.record(.cost(micros: 500), of: id).isNew, true, "whether a cost is new")
      try await bench.equal(bench.store.record(.cost(micros: 500), of: id).isNew, false, "whether it is new again")
      try await bench.equal(bench.store.record(.cost(micros: 700), of: id).isNew, true, "whether another cost is new")
      let placed = CallNews.placed(carrier: "tel", reference: "late", at: now)
      _ = try await bench.store.record(placed, of: id)
      let call = try await bench.call(id)
      try bench.equal(call.recording, recording, "the recording")
      try bench.equal(call.costMicros, 700, "the cost")
      try bench.equal(call.status, .ended, "the status")
      try bench.equal(call.carrierReference, "late", "the reference")
      try await bench.equal(bench.store.call(carrier: "tel", reference: "late")?.id, id, "the call of that reference")
      try await bench.equal(bench.store.total(of: .account(account.id)).costMicros, 700, "the cost in the roll-up")
    },
    Promise("no moment of a call lies before its creation") { bench in
      let account = try await bench.addAccount()
      let (_, lease, _) = try await bench.activeCampaign(in: account)
      let id = try await bench.claimOne(lease).call
      let now = try await bench.now
      let early = now - .seconds(30)
      _ = try await bench.store.record(.placed(carrier: "t", reference: "r", at: early), of: id)
      _ = try await bench.store.record(.ringing(at: early), of: id)
      _ = try await bench.store.record(.answered(at: early, by: nil), of: id)
      let (call, _) = try await bench.store.finish(id, CallEnding(.answered, next: .complete, at: early))
      try bench.equal(
        [call.placedAt, call.ringingAt, call.answeredAt, call.endedAt], [now, now, now, now], "the moments")
    },
    Promise("a call is annotated at any time") { bench in
      let account = try await bench.addAccount()
      let (_, lease, _) = try await bench.activeCampaign(in: account)
      let id = try await bench.claimOne(lease).call
      try await bench.equal(
        bench.store.annotate(id, notes: "n", metadata: nil).notes, "n", "the notes")
      try await bench.finish(id)
      let call = try await bench.store.annotate(id, notes: nil, metadata: ["k": 1])
      try bench.equal(call.notes, "n", "the notes")
      try bench.equal(call.metadata, ["k": 1], "the metadata")
      try await bench.equal(bench.call(id), call, "the call")
      try await bench.fails(.notFound, "annotating an unknown call") {
        try await bench.store.annotate(bench.newID(), notes: "n", metadata: nil)
      }
    },
  ]

  static let finishing: [Promise] = [
    Promise("a finish closes the call, gives the slots back and moves the lead, once") { bench in
      try await bench.store.setSystemLimit(1)
      let account = try await bench.addAccount(limit: 1)
      let (campaign, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<2) {
        $0.pacing.maximumConcurrentCalls = 1
      }
      let id = try await bench.claimOne(lease).call
      let start = try await bench.now
      _ = try await bench.store.record(.placed(carrier: "t", reference: "r", at: start), of: id)
      _ = try await bench.store.record(.answered(at: start + .seconds(5), by: .human), of: id)
      try await bench.advance(20)
      let ending = CallEnding(
        .answered, next: .complete, at: start + .seconds(15), duration: .seconds(14), costMicros: 900,
        failure: Call.Failure(code: "1", cause: "none"))
      let (call, isNew) = try await bench.store.finish(id, ending)
      try bench.equal(isNew, true, "whether the first finish is new")
      try bench.equal(call.status, .ended, "the status")
      try bench.equal(call.disposition, .answered, "the disposition")
      try bench.equal(call.endedAt, start + .seconds(15), "the end")
      try bench.equal(call.duration, .seconds(14), "the duration")
      try bench.equal(call.talkTime, .seconds(10), "the talk time")
      try bench.equal(call.costMicros, 900, "the cost")
      try bench.equal(call.failure?.code, "1", "the failure")
      try bench.equal(call.answeredBy, .human, "who answered")
      let lead = try await bench.lead(leads[0])
      try bench.equal(lead.status, .completed, "the status of the lead")
      try bench.equal(lead.lastDisposition, .answered, "the last disposition")
      try bench.equal(lead.liveCall, nil, "the live call")
      let second = try await bench.store.finish(id, CallEnding(.busy, next: bench.retry()))
      try bench.equal(second.isNew, false, "whether the second finish is new")
      try bench.equal(second.call, call, "the call")
      try await bench.equal(bench.lead(leads[0]), lead, "the lead")
      try await bench.equal(bench.store.slots(of: account.id).accountActive, 0, "the slots taken")
      try await bench.expectStop(bench.claim(lease, 1), .satisfied, calls: 1, "when the slots are free")
      try await bench.equal(bench.counts(campaign), LeadCounts(calling: 1, completed: 1, attempted: 2), "the counts")
      try await bench.fails(.notFound, "finishing an unknown call") { try await bench.finish(bench.newID()) }
    },
    Promise("what a finish does not say is the time of the finish, or was known before") { bench in
      let account = try await bench.addAccount()
      let (_, lease, _) = try await bench.activeCampaign(in: account)
      let unanswered = try await bench.claimOne(lease).call
      let answered = try await bench.claimOne(lease).call
      _ = try await bench.store.record(.answered(at: bench.now, by: .machineStart), of: answered)
      try await bench.advance(9)
      let now = try await bench.now
      let first = try await bench.finish(unanswered)
      try bench.equal(first.endedAt, now, "the end")
      try bench.equal(first.talkTime, nil, "the talk time")
      let second = try await bench.finish(answered, .machine)
      try bench.equal(second.talkTime, .seconds(9), "the talk time")
      try bench.equal(second.answeredBy, .machineStart, "who answered")
    },
    Promise("a finish sets what becomes of the lead") { bench in
      let account = try await bench.addAccount()
      let (_, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<6)
      let calls = try await bench.claim(lease, 5).calls
      let at = try await bench.now + .seconds(77)
      let steps: [LeadStep] = [
        .complete, .fail, .cancel, .suppress, .retry(at: at, numberIndex: 0, isCallback: true),
      ]
      let statuses: [Lead.Status] = [.completed, .failed, .cancelled, .suppressed, .waiting]
      for (index, step) in steps.enumerated() {
        try await bench.finish(calls[index].call, .noAnswer, next: step)
        try await bench.equal(bench.lead(leads[index]).status, statuses[index], "the status after \(step)")
        try await bench.equal(bench.lead(leads[index]).lastDisposition, .noAnswer, "the last disposition")
      }
      let retried = try await bench.lead(leads[4])
      try bench.equal(retried.nextAttemptAt, at, "the next attempt")
      try bench.equal(retried.isCallback, true, "whether it is a callback")
      try bench.equal(retried.callbacks, 1, "the callbacks")
      try bench.equal(retried.attempts, 1, "the attempts")
    },
    Promise("the next number of a person is called when a finish says so") { bench in
      let account = try await bench.addAccount()
      let (_, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<1) { _ in
      } lead: { lead, _ in
        lead.furtherNumbers = [70, 71].compactMap { try? bench.number($0) }.map { Contact.Number($0) }
      }
      for (index, number) in [0, 70, 71].enumerated() {
        let call = try await bench.claimOne(lease)
        try bench.equal(call.number, try bench.number(number), "the number of attempt \(index + 1)")
        try await bench.equal(bench.call(call.call).to, bench.number(number), "the number that is called")
        if index < 2 {
          try await bench.finish(call.call, next: bench.retry(number: index + 1))
          try await bench.equal(bench.lead(leads[0]).numberIndex, index + 1, "the index of the number")
        }
      }
    },
    Promise("a number that a person does not have is not called") { bench in
      let account = try await bench.addAccount()
      let (_, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<1)
      let call = try await bench.claimOne(lease)
      try await bench.finish(call.call, next: bench.retry(number: 5))
      try await bench.equal(bench.lead(leads[0]).number, bench.number(0), "the number of the lead")
    },
    Promise("an intent that was never placed is no attempt") { bench in
      let account = try await bench.addAccount()
      let (campaign, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<1) {
        $0.retries.maximumAttempts = 2
        $0.compliance.rollingLimits = [RollingLimit(name: "r", key: .number, maximum: 2, window: .seconds(9999))]
      }
      let first = try await bench.claimOne(lease)
      let at = try await bench.now
      try await bench.finish(first.call, .busy, next: bench.retry())
      try await bench.advance(10)
      for _ in 0..<3 {
        let call = try await bench.claimOne(lease)
        try bench.equal(call.attempt, 2, "the attempt")
        let over = try await bench.finish(call.call, .cancelled, next: bench.retry(), isAttempt: false)
        try bench.equal(over.isAttempt, false, "whether it is an attempt")
        let lead = try await bench.lead(leads[0])
        try bench.equal(lead.attempts, 1, "the attempts")
        try bench.equal(lead.lastAttemptAt, at, "the last attempt")
        try bench.equal(lead.status, .waiting, "the status")
        try await bench.advance(3600)
      }
      try await bench.equal(bench.store.total(of: .campaign(campaign.id)).created, 1, "the calls in the roll-up")
      try await bench.equal(
        bench.store.hours(of: .campaign(campaign.id), from: nil, until: nil).count, 1, "the hours in the roll-up")
      let last = try await bench.claimOne(lease)
      try await bench.finish(last.call, next: bench.retry())
      try await bench.equal(bench.lead(leads[0]).status, .failed, "the status after the last attempt")
    },
    Promise("a call that many finish at once ends once") { bench in
      let account = try await bench.addAccount()
      let (_, lease, _) = try await bench.activeCampaign(in: account, leads: 0..<30)
      let store = bench.store
      for call in try await bench.claim(lease, 20).calls {
        let wins = await withTaskGroup(of: Int.self) { group in
          for index in 0..<8 {
            group.addTask {
              let ending = CallEnding(index.isMultiple(of: 2) ? .busy : .noAnswer, next: .fail)
              return (try? await store.finish(call.call, ending))?.isNew == true ? 1 : 0
            }
          }
          return await group.reduce(0, +)
        }
        try bench.equal(wins, 1, "the finishes that ended a call")
      }
      try await bench.equal(store.total(of: .account(account.id)).endedCalls, 20, "the calls that ended")
    },
  ]

  static let agents: [Promise] = [
    Promise("agents are kept, changed and removed") { bench in
      let account = try await bench.addAccount()
      let agent = try await bench.addAgent(in: account) { $0.status = .busy }
      try await bench.equal(bench.store.agent(agent.id, of: account.id), agent, "the agent")
      try await bench.fails(.duplicate, "a second agent of that name") { try await bench.store.insert(agent) }
      try await bench.fails(.invalid, "a negative limit") {
        try await bench.addAgent(in: account) { $0.maximumConcurrentCalls = -1 }
      }
      var stray = agent
      stray.id = try await bench.newID()
      stray.account = try await bench.newID()
      try await bench.fails(.notFound, "an agent of no account") { try await bench.store.insert(stray) }
      var changed = agent
      changed.name = "New"
      changed.status = .available
      let stored = try await bench.store.update(changed)
      try bench.equal(stored.name, "New", "the name")
      try bench.equal(stored.status, .busy, "the status")
      try bench.equal(stored.revision, agent.revision + 1, "the revision")
      try await bench.fails(.conflict, "a change from an old revision") { try await bench.store.update(changed) }
      changed = stored
      changed.maximumConcurrentCalls = -1
      try await bench.fails(.invalid, "a change to a negative limit") { try await bench.store.update(changed) }
      changed.maximumConcurrentCalls = 1
      changed.id = try await bench.newID()
      try await bench.fails(.notFound, "a change of an unknown agent") { try await bench.store.update(changed) }
      try await bench.advance(5)
      let available = try await bench.store.setStatus(.available, of: agent.id, in: account.id)
      try bench.equal(available.status, .available, "the status")
      try await bench.equal(available.statusSince, bench.now, "since when")
      try await bench.equal(bench.store.agent(agent.id, of: account.id), available, "the agent")
      try await bench.fails(.notFound, "a status of an unknown agent") {
        try await bench.store.setStatus(.busy, of: bench.newID(), in: account.id)
      }
      try await bench.store.delete(agent.id, of: account.id)
      try await bench.equal(bench.store.agent(agent.id, of: account.id), nil, "the agent")
      try await bench.equal(bench.store.activity(of: [agent.id]), [:], "the activity of an agent that is gone")
      try await bench.fails(.notFound, "deleting it again") { try await bench.store.delete(agent.id, of: account.id) }
    },
    Promise("a call goes to the free agent who has been idle for longest") { bench in
      let account = try await bench.addAccount()
      let (_, lease, _) = try await bench.activeCampaign(in: account, leads: 0..<20)
      var agents: [Agent.ID] = []
      for _ in 0..<3 { agents.append(try await bench.addAgent(in: account).id) }
      // Each has a call; they end in the order 2, 0, 1.
      var calls: [Call.ID] = []
      for agent in agents {
        let call = try await bench.claimOne(lease).call
        try await bench.equal(bench.store.assign(call, to: [agent]), agent, "the agent")
        try await bench.equal(bench.call(call).agent, agent, "the agent of the call")
        calls.append(call)
      }
      let waiting = try await bench.claimOne(lease).call
      try await bench.equal(bench.store.assign(waiting, to: agents), nil, "an agent when none is free")
      for index in [2, 0, 1] {
        try await bench.advance(10)
        try await bench.finish(calls[index], .answered)
      }
      try await bench.equal(bench.store.assign(waiting, to: agents), agents[2], "the agent who was idle for longest")
      try await bench.equal(bench.store.assign(waiting, to: [agents[0]]), agents[2], "the agent of a call that has one")
      _ = try await bench.store.setStatus(.onBreak, of: agents[0], in: account.id)
      let next = try await bench.claimOne(lease).call
      try await bench.equal(bench.store.assign(next, to: agents), agents[1], "the agent who is there")
      let fresh = try await bench.addAgent(in: account).id
      try await bench.advance(10)
      _ = try await bench.store.setStatus(.available, of: agents[0], in: account.id)
      let third = try await bench.claimOne(lease).call
      try await bench.equal(
        bench.store.assign(third, to: agents + [fresh]), fresh, "the agent who never had a call")
      let activity = try await bench.store.activity(of: agents + [try await bench.newID()])
      try bench.equal(activity.count, 3, "the agents with an activity")
      try bench.equal(activity[agents[2]]?.currentCalls, 1, "the calls of an agent")
      try bench.equal(activity[agents[0]]?.calls, 1, "the calls that an agent had")
      try await bench.finish(waiting)
      try await bench.fails(.notPermitted, "assigning a call that is over") {
        try await bench.store.assign(waiting, to: agents)
      }
      try await bench.fails(.notFound, "assigning an unknown call") {
        try await bench.store.assign(bench.newID(), to: agents)
      }
    },
    Promise("agents of other accounts get no call") { bench in
      let account = try await bench.addAccount()
      let other = try await bench.addAccount()
      let (_, lease, _) = try await bench.activeCampaign(in: account)
      let agent = try await bench.addAgent(in: other)
      let call = try await bench.claimOne(lease).call
      try await bench.equal(bench.store.assign(call, to: [agent.id]), nil, "the agent")
    },
    Promise("many calls at once never give an agent more than the limit") { bench in
      let account = try await bench.addAccount()
      let (_, lease, _) = try await bench.activeCampaign(in: account, leads: 0..<40)
      var agents: [Agent.ID] = []
      for _ in 0..<5 {
        agents.append(try await bench.addAgent(in: account) { $0.maximumConcurrentCalls = 2 }.id)
      }
      let calls = try await bench.claim(lease, 30).calls
      let store = bench.store
      let choice = agents
      let given = await withTaskGroup(of: Agent.ID?.self) { group in
        for call in calls { group.addTask { (try? await store.assign(call.call, to: choice)) ?? nil } }
        return await group.reduce(into: [Agent.ID]()) { if let agent = $1 { $0.append(agent) } }
      }
      try bench.equal(given.count, 10, "the calls that were given")
      for agent in agents { try bench.equal(given.count { $0 == agent }, 2, "the calls of an agent") }
    },
    Promise("an agent with a call, or assigned to an active campaign, is not deleted") { bench in
      let account = try await bench.addAccount()
      let busy = try await bench.addAgent(in: account)
      let assigned = try await bench.addAgent(in: account)
      let (campaign, lease, _) = try await bench.activeCampaign(in: account) { $0.agents.agents = [assigned.id] }
      let call = try await bench.claimOne(lease).call
      _ = try await bench.store.assign(call, to: [busy.id])
      try await bench.fails(.notPermitted, "deleting an agent with a call") {
        try await bench.store.delete(busy.id, of: account.id)
      }
      try await bench.fails(.notPermitted, "deleting an agent of an active campaign") {
        try await bench.store.delete(assigned.id, of: account.id)
      }
      try await bench.finish(call, .answered)
      _ = try await bench.store.transition(campaign.id, on: .pause, reason: nil)
      try await bench.store.delete(busy.id, of: account.id)
      try await bench.store.delete(assigned.id, of: account.id)
      try await bench.equal(bench.call(call).agent, busy.id, "the agent of the call that was")
    },
  ]

  static let suppressions: [Promise] = [
    Promise("numbers are put on the do-not-call list and taken off it") { bench in
      let account = try await bench.addAccount()
      let other = try await bench.addAccount()
      let number = try bench.number(1)
      let prefix = Suppression.Pattern.prefix(try bench.exists(PhonePrefix(digits: number.digits / 1000), "a prefix"))
      func entry(_ who: Account) async throws -> Suppression? {
        try await bench.store.suppression(of: number, for: who.id)
      }
      try await bench.equal(entry(account), nil, "the entry before")
      _ = try await bench.suppress(.number(number), of: account)
      try await bench.equal(entry(account)?.pattern, .number(number), "the entry")
      try await bench.equal(entry(other), nil, "the entry of another account")
      _ = try await bench.suppress(prefix, of: nil)
      try await bench.equal(entry(other)?.pattern, prefix, "the entry for all accounts")
      try await bench.equal(bench.store.unsuppress([.number(number)], of: nil), 0, "the entries for all that go")
      try await bench.equal(
        bench.store.unsuppress([.number(number), prefix], of: account.id), 1, "the entries that go")
      try await bench.equal(entry(account)?.pattern, prefix, "the entry that is left")
      try await bench.equal(bench.store.unsuppress([prefix], of: nil), 1, "the entries for all that go")
      try await bench.equal(entry(account), nil, "the entry after")
    },
    Promise("a second entry for the same numbers takes the place of the first") { bench in
      let account = try await bench.addAccount()
      let number = try bench.number(1)
      let end = try await bench.now + .seconds(10)
      _ = try await bench.suppress(.number(number), of: account)
      _ = try await bench.suppress(.number(number), of: account, expiresAt: end)
      let page = try await bench.store.suppressions(of: account.id, page: PageRequest(countsTotal: true))
      try bench.equal(page.elements.map(\.expiresAt), [end], "the ends of the entries")
      try bench.equal(page.total, 1, "the number of entries")
      try await bench.advance(10)
      try await bench.equal(bench.store.suppression(of: number, for: account.id), nil, "the entry that holds")
    },
    Promise("waiting leads are suppressed with their number, and others with the end of their call") { bench in
      let account = try await bench.addAccount()
      let (_, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<4)
      let second = try await bench.activeCampaign(in: account, leads: 2..<4)
      let other = try await bench.addAccount()
      let foreign = try await bench.activeCampaign(in: other, leads: 0..<4)
      let call = try await bench.claimOne(lease).call
      let foreignCall = try await bench.claimOne(foreign.lease).call
      let live = try await bench.store.suppress(
        [0, 2].map {
          Suppression(.number(try bench.number($0)), account: account.id, source: "test", addedAt: .distantPast)
        })
      try bench.equal(live, [call], "the calls that are live")
      try await bench.equal(bench.lead(leads[0]).status, .calling, "the lead with a call")
      try await bench.equal(bench.lead(leads[2]).status, .suppressed, "the lead that waits")
      try await bench.equal(bench.lead(second.leads[0]).status, .suppressed, "the lead in another campaign")
      try await bench.equal(bench.lead(leads[1]).status, .waiting, "a lead on another number")
      try await bench.equal(bench.lead(foreign.leads[2]).status, .waiting, "a lead of another account")
      try await bench.finish(call, next: bench.retry())
      try await bench.equal(bench.lead(leads[0]).status, .suppressed, "the lead after its call")
      try await bench.finish(foreignCall, next: bench.retry())
      try await bench.equal(bench.lead(foreign.leads[0]).status, .waiting, "the lead of another account after its call")
      let global = try await bench.suppress(.number(try bench.number(3)), of: nil)
      try bench.equal(global, [], "the calls that are live")
      for lead in [leads[3], second.leads[1], foreign.leads[3]] {
        try await bench.equal(bench.lead(lead).status, .suppressed, "a lead on a number that nobody may call")
      }
      _ = try await bench.store.unsuppress([.number(bench.number(3))], of: nil)
      try await bench.equal(bench.lead(leads[3]).status, .suppressed, "the lead after its number was taken off")
    },
    Promise("calls that are live on a prefix are told, and its leads follow at their claim") { bench in
      let account = try await bench.addAccount()
      let (_, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<2)
      let call = try await bench.claimOne(lease).call
      let prefix = try bench.exists(PhonePrefix(digits: try bench.number(0).digits / 100), "a prefix")
      try await bench.equal(bench.suppress(.prefix(prefix), of: account), [call], "the calls that are live")
      try await bench.finish(call, next: bench.retry())
      try await bench.equal(bench.claim(lease, 5).calls.count, 0, "the calls")
      for lead in leads { try await bench.equal(bench.lead(lead).status, .suppressed, "the status") }
    },
  ]
}
