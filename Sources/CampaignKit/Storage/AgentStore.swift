/// Keeps agents.
public protocol AgentStore: Sendable {
  /// Adds an agent. Its status is taken as given.
  ///
  /// - Throws: ``StoreError/Code/duplicate``, ``StoreError/Code/invalid`` for a limit below zero,
  ///   ``StoreError/Code/notFound`` when there is no such account.
  func insert(_ agent: Agent) async throws(StoreError)

  /// The agent of that name.
  func agent(_ id: Agent.ID, of account: Account.ID) async throws(StoreError) -> Agent?

  /// The agents that match.
  func agents(_ query: AgentQuery, page: PageRequest) async throws(StoreError) -> Page<Agent>

  /// Changes an agent; its status stays as it is.
  ///
  /// - Returns: The agent as it is stored now, with its new revision.
  /// - Throws: ``StoreError/Code/conflict`` when the stored revision is not that of `agent`,
  ///   ``StoreError/Code/notFound``, ``StoreError/Code/invalid``.
  func update(_ agent: Agent) async throws(StoreError) -> Agent

  /// Sets what an agent does now. Calls it has go on.
  func setStatus(
    _ status: Agent.Status, of agent: Agent.ID, in account: Account.ID
  ) async throws(StoreError) -> Agent

  /// Removes an agent.
  ///
  /// - Throws: ``StoreError/Code/notPermitted`` while it has a live call, or is assigned to a campaign that is
  ///   active; ``StoreError/Code/notFound``.
  func delete(_ agent: Agent.ID, of account: Account.ID) async throws(StoreError)

  /// What agents have to do with calls, now and in all; unknown agents are absent.
  func activity(of agents: [Agent.ID]) async throws(StoreError) -> [Agent.ID: AgentActivity]
}
