/// What an agent did in a period, and does now.
public struct AgentReport: Hashable, Sendable {
  /// The agent.
  public var agent: Agent
  /// The calls that were given to the agent and created in the period.
  public var calls: Rollup
  /// What the agent has to do now, and had in all.
  public var activity: AgentActivity

  /// Creates a report.
  public init(_ agent: Agent, calls: Rollup, activity: AgentActivity) {
    self.agent = agent
    self.calls = calls
    self.activity = activity
  }

  /// How long was talked, by the call that ended, answered or not; zero without one.
  public var averageTalkTime: Duration { calls.endedCalls > 0 ? calls.talkTime / calls.endedCalls : .zero }
}
