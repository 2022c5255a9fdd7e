import CampaignKit

extension DialerConformance {
  // MARK: Connecting

  static let connecting = [
    Promise("an agent is rung for who has answered, once however often that is asked for", needsAgents: true) { bench in
      let agent = try bench.agent(.comes)
      let (_, call) = try await bench.talkingCall()
      try await bench.dialer.connect(call, to: agent)
      guard bench.tested.telephone != nil else { return }
      // One who rings is not rung again, nor is one who talks.
      try? await bench.dialer.connect(call, to: agent)
      let isRung = try await bench.becomesTrue { try await bench.telephone(of: agent).isBusy }
      try bench.expect(isRung, "the agent was never rung")
      await bench.clock.wait(for: .seconds(5))
      try? await bench.dialer.connect(call, to: agent)
      await bench.clock.wait(for: .seconds(5))
      let telephone = try await bench.telephone(of: agent)
      try bench.expect(telephone.timesRung == 1, "the agent was rung \(telephone.timesRung) times for one call")
      try bench.expect(telephone.isBusy, "the agent was hung up on while the person talks")
    },
    Promise("an agent who does not come is told of, and found not to have come", needsAgents: true) { bench in
      let agent = try bench.agent(.staysAway)
      let (order, call) = try await bench.talkingCall()
      try await bench.dialer.connect(call, to: agent)
      let absence = CallEvent.Kind.agentAbsent(agent.id)
      let isTold = await bench.becomesTrue { bench.news(of: order, call.reference).contains(absence) }
      try bench.expect(isTold, "it was never told that the agent does not come")
      // Where the dialer has ended the call for that, its end is enough.
      let isFound = await bench.becomesTrue {
        guard case .found(let events) = try? await bench.dialer.lookUp(call) else { return false }
        return events.contains { $0.kind == absence || $0.kind.outcome != nil }
      }
      try bench.expect(isFound, "a look-up does not tell that the agent did not come")
    },
    Promise("the agent of a call that is over is let go", needsAgents: true) { bench in
      let agent = try bench.agent(.comes)
      guard bench.tested.telephone != nil else { throw DialerBench.CannotCheck() }
      let (order, call) = try await bench.talkingCall()
      try await bench.dialer.connect(call, to: agent)
      let isRung = try await bench.becomesTrue { try await bench.telephone(of: agent).isBusy }
      try bench.expect(isRung, "the agent was never rung")
      try await bench.dialer.hangUp(call)
      let isOver = await bench.becomesTrue { bench.end(of: order, call.reference) != nil }
      try bench.expect(isOver, "the call went on after it was hung up")
      await bench.dialer.dismissAgent(of: call)
      let isFree = try await bench.becomesTrue { try await !bench.telephone(of: agent).isBusy }
      try bench.expect(isFree, "the agent's telephone is busy with a call that is over")
    },
  ]
}
