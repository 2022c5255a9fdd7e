import CampaignKit

// Each method is one step of the state; what it does is written there.

extension PlainStore {
  package func insert(_ account: Account) async throws(StoreError) {
    try run { (state) throws(StoreError) in try state.insert(account) }
  }

  package func account(_ id: Account.ID) async throws(StoreError) -> Account? {
    try run { (state) throws(StoreError) in state.accounts.first { $0.id == id } }
  }

  package func account(externalID: String) async throws(StoreError) -> Account? {
    try run { (state) throws(StoreError) in state.accounts.first { $0.externalID == externalID } }
  }

  package func accounts(_ page: PageRequest) async throws(StoreError) -> Page<Account> {
    try run { (state) throws(StoreError) in
      try state.page(state.accounts, page) { PlainPlace(identifier: $0.id.description) }
    }
  }

  package func update(_ account: Account) async throws(StoreError) -> Account {
    try run { (state) throws(StoreError) in try state.update(account) }
  }

  package func insert(_ user: User) async throws(StoreError) {
    try run { (state) throws(StoreError) in try state.insert(user) }
  }

  package func user(_ id: User.ID) async throws(StoreError) -> User? {
    try run { (state) throws(StoreError) in state.users.first { $0.id == id } }
  }

  package func user(email: String) async throws(StoreError) -> User? {
    try run { (state) throws(StoreError) in state.users.first { $0.email == email.lowercased() } }
  }

  package func users(of account: Account.ID) async throws(StoreError) -> [User] {
    try run { (state) throws(StoreError) in state.users.filter { $0.account == account } }
  }

  package func update(_ user: User) async throws(StoreError) -> User {
    try run { (state) throws(StoreError) in try state.update(user) }
  }

  package func delete(_ user: User.ID, of account: Account.ID) async throws(StoreError) {
    try run { (state) throws(StoreError) in try state.delete(user, of: account) }
  }

  package func insert(_ key: APIKey) async throws(StoreError) {
    try run { (state) throws(StoreError) in try state.insert(key) }
  }

  package func key(digest: String) async throws(StoreError) -> APIKey? {
    try run { (state) throws(StoreError) in state.keys.first { $0.digest == digest } }
  }

  package func keys(of account: Account.ID) async throws(StoreError) -> [APIKey] {
    try run { (state) throws(StoreError) in state.keys.filter { $0.account == account } }
  }

  package func delete(_ key: APIKey.ID, of account: Account.ID) async throws(StoreError) {
    try run { (state) throws(StoreError) in try state.delete(key, of: account) }
  }

  package func insert(_ agent: Agent) async throws(StoreError) {
    try run { (state) throws(StoreError) in try state.insert(agent) }
  }

  package func agent(_ id: Agent.ID, of account: Account.ID) async throws(StoreError) -> Agent? {
    try run { (state) throws(StoreError) in state.agents.first { $0.id == id && $0.account == account } }
  }

  package func agents(_ query: AgentQuery, page: PageRequest) async throws(StoreError) -> Page<Agent> {
    try run { (state) throws(StoreError) in
      try state.page(
        state.agents.filter {
          $0.account == query.account && (query.kind == nil || $0.kind == query.kind)
            && (query.status == nil || $0.status == query.status) && (query.group == nil || $0.group == query.group)
            && (query.isActive == nil || $0.isActive == query.isActive)
        }, page
      ) { PlainPlace(identifier: $0.id.description) }
    }
  }

  package func update(_ agent: Agent) async throws(StoreError) -> Agent {
    try run { (state) throws(StoreError) in try state.update(agent) }
  }

  package func setStatus(
    _ status: Agent.Status, of agent: Agent.ID, in account: Account.ID
  ) async throws(StoreError) -> Agent {
    try run { (state) throws(StoreError) in try state.setStatus(status, of: agent, in: account) }
  }

  package func delete(_ agent: Agent.ID, of account: Account.ID) async throws(StoreError) {
    try run { (state) throws(StoreError) in try state.delete(agent, of: account) }
  }

  package func activity(of agents: [Agent.ID]) async throws(StoreError) -> [Agent.ID: AgentActivity] {
    try run { (state) throws(StoreError) in
      Dictionary(
        state.agents.filter { agents.contains($0.id) }.map { ($0.id, state.activity(of: $0.id)) },
        uniquingKeysWith: { first, _ in first })
    }
  }
}
