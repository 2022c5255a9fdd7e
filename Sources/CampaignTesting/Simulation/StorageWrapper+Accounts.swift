package import CampaignKit

// The operations of accounts and their agents, passed on.

// MARK: AccountStore

extension StorageWrapper {
  package func insert(_ account: Account) async throws(StoreError) {
    try await pass(.change("insert")) { (store) throws(StoreError) in try await store.insert(account) }
  }

  package func account(_ id: Account.ID) async throws(StoreError) -> Account? {
    try await pass(.look("account")) { (store) throws(StoreError) in try await store.account(id) }
  }

  package func account(externalID: String) async throws(StoreError) -> Account? {
    try await pass(.look("account")) { (store) throws(StoreError) in try await store.account(externalID: externalID) }
  }

  package func accounts(_ page: PageRequest) async throws(StoreError) -> Page<Account> {
    try await pass(.look("accounts")) { (store) throws(StoreError) in try await store.accounts(page) }
  }

  package func update(_ account: Account) async throws(StoreError) -> Account {
    try await pass(.change("update")) { (store) throws(StoreError) in try await store.update(account) }
  }

  package func insert(_ user: User) async throws(StoreError) {
    try await pass(.change("insert")) { (store) throws(StoreError) in try await store.insert(user) }
  }

  package func user(_ id: User.ID) async throws(StoreError) -> User? {
    try await pass(.look("user")) { (store) throws(StoreError) in try await store.user(id) }
  }

  package func user(email: String) async throws(StoreError) -> User? {
    try await pass(.look("user")) { (store) throws(StoreError) in try await store.user(email: email) }
  }

  package func users(of account: Account.ID) async throws(StoreError) -> [User] {
    try await pass(.look("users")) { (store) throws(StoreError) in try await store.users(of: account) }
  }

  package func update(_ user: User) async throws(StoreError) -> User {
    try await pass(.change("update")) { (store) throws(StoreError) in try await store.update(user) }
  }

  package func delete(_ user: User.ID, of account: Account.ID) async throws(StoreError) {
    try await pass(.change("delete")) { (store) throws(StoreError) in try await store.delete(user, of: account) }
  }

  package func insert(_ key: APIKey) async throws(StoreError) {
    try await pass(.change("insert")) { (store) throws(StoreError) in try await store.insert(key) }
  }

  package func key(digest: String) async throws(StoreError) -> APIKey? {
    try await pass(.look("key")) { (store) throws(StoreError) in try await store.key(digest: digest) }
  }

  package func keys(of account: Account.ID) async throws(StoreError) -> [APIKey] {
    try await pass(.look("keys")) { (store) throws(StoreError) in try await store.keys(of: account) }
  }

  package func delete(_ key: APIKey.ID, of account: Account.ID) async throws(StoreError) {
    try await pass(.change("delete")) { (store) throws(StoreError) in try await store.delete(key, of: account) }
  }
}

// MARK: AgentStore

extension StorageWrapper {
  package func insert(_ agent: Agent) async throws(StoreError) {
    try await pass(.change("insert")) { (store) throws(StoreError) in try await store.insert(agent) }
  }

  package func agent(_ id: Agent.ID, of account: Account.ID) async throws(StoreError) -> Agent? {
    try await pass(.look("agent")) { (store) throws(StoreError) in try await store.agent(id, of: account) }
  }

  package func agents(_ query: AgentQuery, page: PageRequest) async throws(StoreError) -> Page<Agent> {
    try await pass(.look("agents")) { (store) throws(StoreError) in try await store.agents(query, page: page) }
  }

  package func update(_ agent: Agent) async throws(StoreError) -> Agent {
    try await pass(.change("update")) { (store) throws(StoreError) in try await store.update(agent) }
  }

  package func setStatus(_ status: Agent.Status, of agent: Agent.ID, in account: Account.ID) async throws(StoreError)
    -> Agent
  {
    try await pass(.change("setStatus")) { (store) throws(StoreError) in
      try await store.setStatus(status, of: agent, in: account)
    }
  }

  package func delete(_ agent: Agent.ID, of account: Account.ID) async throws(StoreError) {
    try await pass(.change("delete")) { (store) throws(StoreError) in try await store.delete(agent, of: account) }
  }

  package func activity(of agents: [Agent.ID]) async throws(StoreError) -> [Agent.ID: AgentActivity] {
    try await pass(.look("activity")) { (store) throws(StoreError) in try await store.activity(of: agents) }
  }
}
