// What becomes of the telephones of agents that were rung for calls.
extension EngineState {
  /// How long after an agent was rung it is seen whether the agent has come: no telephone rings that long.
  private static let longestRing = Duration.seconds(45)

  /// Sees to it that the carrier is asked whether the agent of a call has come: what it tells of that may be lost, and the
  /// person would wait.
  mutating func lookForAgent(of id: Call.ID, at now: Timestamp) {
    guard let call = calls[id], call.agent.agent != nil, call.progress.ending == nil else { return }
    calls[id]?.connecting.lookBy = now + Self.longestRing
    if let call = calls[id] { look(at: id, by: deadline(of: call)) }
  }

  /// Lets the agent of a call go, before the store gives them another one.
  mutating func dismissAgent(of call: FollowedCall, _ actions: inout [EngineAction]) {
    guard call.agent.agent != nil else { return }
    actions.append(.dismissAgent(of: call.reference(at: latest, elapsed: elapsed)))
  }
}
