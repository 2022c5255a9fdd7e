import CampaignKit

extension StorageConformance {
  static let agents: [Promise] = [
    Promise("agents are kept, changed and removed") { bench in
      let account = try await bench.addAccount()
      var agent = try await bench.addAgent(in: account) {
        $0.status = .busy
        $0.revision = 7
      }
      agent.revision = 0
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
    Promise("a call that a machine answered leaves its agent free") { bench in
      let account = try await bench.addAccount()
      let agent = try await bench.addAgent(in: account) { $0.group = "sales" }
      let (_, lease, _) = try await bench.activeCampaign(in: account, leads: 0..<9) { $0.agents.group = "sales" }
      let first = try await bench.claimOne(lease, agents: [agent.id]).call
      let now = try await bench.now
      try await bench.expectStop(
        bench.claim(lease, 1, agents: [agent.id]), .agents, calls: 0, "the calls while one waits for the only agent")
      _ = try await bench.store.record(.answered(at: now, by: nil), of: first)
      try await bench.equal(bench.store.assign(first, to: [agent.id]), agent.id, "the agent")
      try await bench.expectStop(
        bench.claim(lease, 1, agents: [agent.id]), .agents, calls: 0, "the calls while the only agent has one")
      _ = try await bench.store.record(.detected(.machineStart), of: first)
      try await bench.equal(bench.call(first).agent, agent.id, "the agent that the call had")
      try await bench.equal(bench.store.activity(of: [agent.id])[agent.id]?.currentCalls, 0, "the calls of the agent")
      let second = try await bench.claimOne(lease, agents: [agent.id]).call
      // A machine wants nobody, also if it was known at once.
      _ = try await bench.store.record(.answered(at: now, by: .machineEndBeep), of: second)
      try await bench.equal(bench.store.assign(second, to: [agent.id]), nil, "an agent for a machine")
      // What was taken for a machine was a person.
      _ = try await bench.store.record(.detected(.human), of: first)
      try await bench.equal(bench.store.activity(of: [agent.id])[agent.id]?.currentCalls, 1, "the calls of the agent")
      try await bench.expectStop(
        bench.claim(lease, 1, agents: [agent.id]), .agents, calls: 0, "the calls while the only agent has one again")
      _ = try await bench.store.record(.detected(.machineEndBeep), of: first)
      try await bench.finish(first, .voicemail)
      try await bench.finish(second, .voicemail)
      let activity = try await bench.store.activity(of: [agent.id])[agent.id]
      try bench.equal(activity?.currentCalls, 0, "the calls of the agent at the end")
      try bench.equal(activity?.calls, 1, "the calls that the agent had")
      _ = try await bench.claimOne(lease, agents: [agent.id])
    },
    Promise("who was taken for a machine waits for an agent if theirs has no room for them") { bench in
      let account = try await bench.addAccount()
      let agent = try await bench.addAgent(in: account) { $0.group = "sales" }
      let other = try await bench.addAgent(in: account) { $0.group = "sales" }
      let (_, lease, _) = try await bench.activeCampaign(in: account, leads: 0..<9) { $0.agents.group = "sales" }
      let both = [agent.id, other.id]
      let now = try await bench.now
      var calls: [Call.ID] = []
      for verdict in [AnsweredBy.machineStart, .machineStart, nil] {
        let call = try await bench.claimOne(lease, agents: [agent.id]).call
        _ = try await bench.store.record(.answered(at: now, by: nil), of: call)
        try await bench.equal(bench.store.assign(call, to: [agent.id]), agent.id, "the agent")
        if let verdict { _ = try await bench.store.record(.detected(verdict), of: call) }
        calls.append(call)
        try await bench.advance(5)
      }
      for call in calls.prefix(2) { _ = try await bench.store.record(.detected(.human), of: call) }
      let activity = try await bench.store.activity(of: [agent.id])[agent.id]
      try bench.equal(activity?.currentCalls, 1, "the calls of an agent who may have one")
      try await bench.equal(bench.call(calls[0]).agent, nil, "the agent of who waits")
      try await bench.equal(
        bench.store.calls(CallQuery(account: account.id, agent: agent.id), page: PageRequest()).elements.map(\.id),
        [calls[2]], "the calls of the agent")
      try await bench.expectStop(bench.claim(lease, 1, agents: both), .agents, calls: 0, "while two wait for one")
      try await bench.equal(bench.store.assign(calls[0], to: both), other.id, "the agent who is free")
      // Who is on a break is not called back for it.
      _ = try await bench.store.record(.detected(.machineEndBeep), of: calls[0])
      _ = try await bench.store.setStatus(.onBreak, of: other.id, in: account.id)
      let news: [CallNews] = [.detected(.machineEndSilence), .detected(.human)]
      _ = try await bench.store.update([CallUpdate(calls[0], news: [.detected(.human)])])
      try await bench.equal(bench.call(calls[0]).agent, nil, "the agent of a call after a break")
      // What was heard at once changes nothing for an agent who is there all the time.
      _ = try await bench.store.update([CallUpdate(calls[2], news: news)])
      try await bench.equal(bench.call(calls[2]).agent, agent.id, "the agent of a call that was never given up")
      _ = try await bench.store.setStatus(.onBreak, of: agent.id, in: account.id)
      _ = try await bench.store.update([CallUpdate(calls[2], news: news)])
      try await bench.equal(bench.call(calls[2]).agent, nil, "the agent of a call who has left it")
      let ends = calls.map { CallUpdate($0, ending: CallEnding(.answered, next: .complete)) }
      for result in try await bench.store.update(ends) { try bench.equal(try result.get(), .ended, "a call") }
    },
    Promise("an agent who does not come is set aside, and whoever waited was abandoned") { bench in
      let account = try await bench.addAccount()
      let agent = try await bench.addAgent(in: account)
      let other = try await bench.addAgent(in: account)
      let (_, lease, _) = try await bench.activeCampaign(in: account, leads: 0..<9)
      func isNews(_ news: CallNews, of call: Call.ID) async throws -> Bool {
        let recorded = try await bench.store.record(news, of: call)
        return recorded.isNew
      }
      let call = try await bench.claimOne(lease).call
      let start = try await bench.now
      let absence = CallNews.agentAbsent(agent.id, at: start + .seconds(5))
      _ = try await bench.store.record(.answered(at: start, by: nil), of: call)
      try await bench.equal(isNews(absence, of: call), false, "whether it is news of a call without an agent")
      try await bench.equal(bench.store.assign(call, to: [agent.id]), agent.id, "the agent")
      try await bench.advance(10)
      let others = CallNews.agentAbsent(other.id, at: start)
      try await bench.equal(isNews(others, of: call), false, "whether it is news of another agent's call")
      try await bench.equal(isNews(absence, of: call), true, "whether it is news")
      try await bench.equal(bench.call(call).agentAbsentAt, start + .seconds(5), "when it was")
      let again = CallNews.agentAbsent(agent.id, at: start)
      try await bench.equal(isNews(again, of: call), false, "whether it is news again")
      let away = try bench.exists(await bench.store.agent(agent.id, of: account.id), "the agent")
      try bench.equal(away.status, .afterAbsence, "the status of the agent")
      try await bench.equal(away.statusSince, bench.now, "since when")
      let second = try await bench.claimOne(lease).call
      try await bench.equal(bench.store.assign(second, to: [agent.id]), nil, "an agent who is away")
      try await bench.equal(
        bench.finish(call, .answered).disposition, .abandoned, "how a call is over that was told as answered")
      try await bench.equal(isNews(absence, of: call), false, "whether it is news after the end")
      try await bench.equal(bench.store.total(of: .account(account.id))[.abandoned], 1, "the abandoned calls")
      // Who has gone on a break by then stays there, and what comes with the end comes before it.
      try await bench.equal(bench.store.assign(second, to: [other.id]), other.id, "the other agent")
      _ = try await bench.store.setStatus(.onBreak, of: other.id, in: account.id)
      let update = CallUpdate(
        second, news: [.answered(at: start, by: .human), .agentAbsent(other.id, at: start)],
        ending: CallEnding(.answered, next: .complete))
      _ = try await bench.store.update([update])
      try await bench.equal(bench.call(second).disposition, .abandoned, "how the second is over")
      try await bench.equal(
        bench.store.agent(other.id, of: account.id)?.status, .onBreak, "the status of an agent on a break")
      // Nobody is to come for a machine.
      _ = try await bench.store.setStatus(.available, of: other.id, in: account.id)
      let third = try await bench.claimOne(lease).call
      try await bench.equal(bench.store.assign(third, to: [other.id]), other.id, "the agent")
      _ = try await bench.store.record(.answered(at: start, by: .machineStart), of: third)
      try await bench.equal(isNews(others, of: third), false, "whether it is news of a machine")
      try await bench.finish(third, .machine)
      try await bench.equal(bench.store.agent(other.id, of: account.id)?.status, .available, "the status of the agent")
    },
    Promise("an agent who comes is not taken for the one before") { bench in
      let account = try await bench.addAccount()
      let agent = try await bench.addAgent(in: account)
      let other = try await bench.addAgent(in: account)
      let (_, lease, _) = try await bench.activeCampaign(in: account)
      for areTogether in [false, true] {
        _ = try await bench.store.setStatus(.available, of: agent.id, in: account.id)
        let call = try await bench.claimOne(lease).call
        let now = try await bench.now
        _ = try await bench.store.record(.answered(at: now, by: nil), of: call)
        try await bench.equal(bench.store.assign(call, to: [agent.id]), agent.id, "the agent")
        let news: [CallNews] = [.agentAbsent(agent.id, at: now), .detected(.machineStart), .detected(.human)]
        // One by one, and all at once.
        if areTogether { _ = try await bench.store.update([CallUpdate(call, news: news)]) }
        for news in areTogether ? [] : news { _ = try await bench.store.record(news, of: call) }
        try await bench.equal(bench.call(call).agent, nil, "the agent of a call who is away")
        try await bench.equal(bench.store.assign(call, to: [agent.id, other.id]), other.id, "the agent who is there")
        try await bench.equal(bench.call(call).agentAbsentAt, nil, "when its agent was absent")
        try await bench.equal(bench.finish(call, .answered).disposition, .answered, "how the call is over")
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
      _ = try await bench.store.record(.answered(at: bench.now, by: .machineStart), of: call)
      try await bench.fails(.notPermitted, "deleting an agent whose call a machine has answered") {
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
}
