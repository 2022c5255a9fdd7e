import JSON

// What these do is said where the protocols declare them.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension LocalStore {
  // MARK: Accounts

  public func insert(_ account: Account) async throws(StoreError) {
    try await core.write { (state, now) throws(StoreError) in try state.insert(account, at: now) }
  }

  public func account(_ id: Account.ID) async throws(StoreError) -> Account? {
    try core.read { (state, _) throws(StoreError) in
      state.indexes.accounts[id].map { state.tables.accounts[Int($0)].account }
    }
  }

  public func account(externalID: String) async throws(StoreError) -> Account? {
    try core.read { (state, _) throws(StoreError) in
      state.indexes.externalAccounts[externalID].map { state.tables.accounts[Int($0)].account }
    }
  }

  public func accounts(_ page: PageRequest) async throws(StoreError) -> Page<Account> {
    try core.read { (state, _) throws(StoreError) in try state.accounts(page) }
  }

  public func update(_ account: Account) async throws(StoreError) -> Account {
    try await core.write { (state, now) throws(StoreError) in try state.update(account, at: now) }
  }

  public func insert(_ user: User) async throws(StoreError) {
    try await core.write { (state, now) throws(StoreError) in try state.insert(user, at: now) }
  }

  public func user(_ id: User.ID) async throws(StoreError) -> User? {
    try core.read { (state, _) throws(StoreError) in state.tables.users[id] }
  }

  public func user(email: String) async throws(StoreError) -> User? {
    try core.read { (state, _) throws(StoreError) in
      state.indexes.userEmails[email.lowercased()].flatMap { state.tables.users[$0] }
    }
  }

  public func users(of account: Account.ID) async throws(StoreError) -> [User] {
    try core.read { (state, _) throws(StoreError) in
      state.tables.users.values.filter { $0.account == account }.sorted { $0.id < $1.id }
    }
  }

  public func update(_ user: User) async throws(StoreError) -> User {
    try await core.write { (state, now) throws(StoreError) in try state.update(user, at: now) }
  }

  public func delete(_ user: User.ID, of account: Account.ID) async throws(StoreError) {
    try await core.write { (state, now) throws(StoreError) in try state.delete(user, of: account, at: now) }
  }

  public func insert(_ key: APIKey) async throws(StoreError) {
    try await core.write { (state, now) throws(StoreError) in try state.insert(key, at: now) }
  }

  public func key(digest: String) async throws(StoreError) -> APIKey? {
    try core.read { (state, _) throws(StoreError) in
      state.indexes.keyDigests[digest].flatMap { state.tables.keys[$0] }
    }
  }

  public func keys(of account: Account.ID) async throws(StoreError) -> [APIKey] {
    try core.read { (state, _) throws(StoreError) in
      state.tables.keys.values.filter { $0.account == account }.sorted { $0.id < $1.id }
    }
  }

  public func delete(_ key: APIKey.ID, of account: Account.ID) async throws(StoreError) {
    try await core.write { (state, now) throws(StoreError) in try state.delete(key, of: account, at: now) }
  }

  // MARK: Campaigns

  public func insert(_ campaign: Campaign) async throws(StoreError) -> Campaign {
    try await core.write { (state, now) throws(StoreError) in try state.insert(campaign, at: now) }
  }

  public func campaign(_ id: Campaign.ID) async throws(StoreError) -> Campaign? {
    try core.read { (state, _) throws(StoreError) in
      state.indexes.campaigns[id].map { state.tables.campaigns[Int($0)].campaign }
    }
  }

  public func campaigns(_ query: CampaignQuery, page: PageRequest) async throws(StoreError) -> Page<Campaign> {
    try core.read { (state, _) throws(StoreError) in try state.campaigns(query, page: page) }
  }

  public func campaignCounts(of account: Account.ID) async throws(StoreError) -> [Campaign.Status: Int] {
    try core.read { (state, _) throws(StoreError) in state.campaignCounts(of: account) }
  }

  public func update(_ campaign: Campaign) async throws(StoreError) -> Campaign {
    try await core.write { (state, now) throws(StoreError) in try state.update(campaign, at: now) }
  }

  public func transition(
    _ campaign: Campaign.ID, on trigger: Campaign.Trigger, reason: String?
  ) async throws(StoreError) -> Campaign {
    try await core.write { (state, now) throws(StoreError) in
      try state.transition(campaign, on: trigger, reason: reason, at: now)
    }
  }

  public func delete(_ campaign: Campaign.ID) async throws(StoreError) {
    try await core.write { (state, now) throws(StoreError) in try state.delete(campaign, at: now) }
  }

  // MARK: Contacts

  public func insert(_ contact: Contact) async throws(StoreError) {
    try await core.write { (state, now) throws(StoreError) in try state.insert(contact, at: now) }
  }

  public func contact(_ id: Contact.ID, of account: Account.ID) async throws(StoreError) -> Contact? {
    try core.read { (state, _) throws(StoreError) in
      guard let row = state.contactRow(id, of: account) else { return nil }
      return try state.tables.contact(at: row)
    }
  }

  public func contact(number: PhoneNumber, of account: Account.ID) async throws(StoreError) -> Contact? {
    try core.read { (state, _) throws(StoreError) in
      guard let owner = state.indexes.accounts[account],
        let row = state.contactRow(number: number.digits, of: owner)
      else { return nil }
      return try state.tables.contact(at: row)
    }
  }

  public func contacts(_ query: ContactQuery, page: PageRequest) async throws(StoreError) -> Page<Contact> {
    let (tables, rows) = try core.tables { (state) throws(StoreError) in
      if let list = query.list {
        guard let row = try? state.listRow(list, of: query.account) else { return [UInt32]() }
        return state.tables.lists[Int(row)].members.sorted()
      }
      return state.indexes.accounts[query.account].map { state.indexes.byAccount[Int($0)].contacts } ?? []
    }
    return try tables.contacts(
      rows, search: TextSearch(query.search), isDescending: query.isDescending, page: page)
  }

  public func update(_ contact: Contact) async throws(StoreError) -> Contact {
    try await core.write { (state, now) throws(StoreError) in try state.update(contact, at: now) }
  }

  public func delete(_ contact: Contact.ID, of account: Account.ID) async throws(StoreError) {
    try await core.write { (state, now) throws(StoreError) in try state.delete(contact, of: account, at: now) }
  }

  public func insert(_ list: ContactList) async throws(StoreError) {
    try await core.write { (state, now) throws(StoreError) in try state.insert(list, at: now) }
  }

  public func list(_ id: ContactList.ID, of account: Account.ID) async throws(StoreError) -> ContactList? {
    try core.read { (state, _) throws(StoreError) in
      (try? state.listRow(id, of: account)).map { state.tables.lists[Int($0)].list }
    }
  }

  public func lists(of account: Account.ID) async throws(StoreError) -> [ContactList] {
    try core.read { (state, _) throws(StoreError) in
      let rows = state.indexes.accounts[account].map { state.indexes.byAccount[Int($0)].lists } ?? []
      return rows.map { state.tables.lists[Int($0)].list }
    }
  }

  public func add(
    _ contacts: [Contact.ID], to list: ContactList.ID, of account: Account.ID
  ) async throws(StoreError) -> Int {
    try await core.write { (state, now) throws(StoreError) in
      try state.add(contacts, to: list, of: account, at: now)
    }
  }

  public func delete(_ list: ContactList.ID, of account: Account.ID) async throws(StoreError) {
    try await core.write { (state, now) throws(StoreError) in try state.delete(list, of: account, at: now) }
  }

  // MARK: Agents

  public func insert(_ agent: Agent) async throws(StoreError) {
    try await core.write { (state, now) throws(StoreError) in try state.insert(agent, at: now) }
  }

  public func agent(_ id: Agent.ID, of account: Account.ID) async throws(StoreError) -> Agent? {
    try core.read { (state, _) throws(StoreError) in
      (try? state.agentRow(id, of: account)).map { state.tables.agents[Int($0)].agent }
    }
  }

  public func agents(_ query: AgentQuery, page: PageRequest) async throws(StoreError) -> Page<Agent> {
    try core.read { (state, _) throws(StoreError) in try state.agents(query, page: page) }
  }

  public func update(_ agent: Agent) async throws(StoreError) -> Agent {
    try await core.write { (state, now) throws(StoreError) in try state.update(agent, at: now) }
  }

  public func setStatus(
    _ status: Agent.Status, of agent: Agent.ID, in account: Account.ID
  ) async throws(StoreError) -> Agent {
    try await core.write { (state, now) throws(StoreError) in
      try state.setStatus(status, of: agent, in: account, at: now)
    }
  }

  public func delete(_ agent: Agent.ID, of account: Account.ID) async throws(StoreError) {
    try await core.write { (state, now) throws(StoreError) in try state.delete(agent, of: account, at: now) }
  }

  public func activity(of agents: [Agent.ID]) async throws(StoreError) -> [Agent.ID: AgentActivity] {
    try core.read { (state, _) throws(StoreError) in state.activity(of: agents) }
  }
}
