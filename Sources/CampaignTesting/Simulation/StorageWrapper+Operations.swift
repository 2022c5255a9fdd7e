package import CampaignKit
package import JSON

// Every operation of a store, passed on.

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

// MARK: CampaignStore

extension StorageWrapper {
  package func insert(_ campaign: Campaign) async throws(StoreError) -> Campaign {
    try await pass(.change("insert")) { (store) throws(StoreError) in try await store.insert(campaign) }
  }

  package func campaign(_ id: Campaign.ID) async throws(StoreError) -> Campaign? {
    try await pass(.look("campaign")) { (store) throws(StoreError) in try await store.campaign(id) }
  }

  package func campaigns(_ query: CampaignQuery, page: PageRequest) async throws(StoreError) -> Page<Campaign> {
    try await pass(.look("campaigns")) { (store) throws(StoreError) in try await store.campaigns(query, page: page) }
  }

  package func campaignCounts(of account: Account.ID) async throws(StoreError) -> [Campaign.Status: Int] {
    try await pass(.look("campaignCounts")) { (store) throws(StoreError) in try await store.campaignCounts(of: account)
    }
  }

  package func update(_ campaign: Campaign) async throws(StoreError) -> Campaign {
    try await pass(.change("update")) { (store) throws(StoreError) in try await store.update(campaign) }
  }

  package func transition(_ campaign: Campaign.ID, on trigger: Campaign.Trigger, reason: String?)
    async throws(StoreError) -> Campaign
  {
    try await pass(.change("transition")) { (store) throws(StoreError) in
      try await store.transition(campaign, on: trigger, reason: reason)
    }
  }

  package func delete(_ campaign: Campaign.ID) async throws(StoreError) {
    try await pass(.change("delete")) { (store) throws(StoreError) in try await store.delete(campaign) }
  }

}

// MARK: ContactStore

extension StorageWrapper {
  package func insert(_ contact: Contact) async throws(StoreError) {
    try await pass(.change("insert")) { (store) throws(StoreError) in try await store.insert(contact) }
  }

  package func contact(_ id: Contact.ID, of account: Account.ID) async throws(StoreError) -> Contact? {
    try await pass(.look("contact")) { (store) throws(StoreError) in try await store.contact(id, of: account) }
  }

  package func contact(number: PhoneNumber, of account: Account.ID) async throws(StoreError) -> Contact? {
    try await pass(.look("contact")) { (store) throws(StoreError) in
      try await store.contact(number: number, of: account)
    }
  }

  package func contacts(_ query: ContactQuery, page: PageRequest) async throws(StoreError) -> Page<Contact> {
    try await pass(.look("contacts")) { (store) throws(StoreError) in try await store.contacts(query, page: page) }
  }

  package func update(_ contact: Contact) async throws(StoreError) -> Contact {
    try await pass(.change("update")) { (store) throws(StoreError) in try await store.update(contact) }
  }

  package func delete(_ contact: Contact.ID, of account: Account.ID) async throws(StoreError) {
    try await pass(.change("delete")) { (store) throws(StoreError) in try await store.delete(contact, of: account) }
  }

  package func insert(_ list: ContactList) async throws(StoreError) {
    try await pass(.change("insert")) { (store) throws(StoreError) in try await store.insert(list) }
  }

  package func list(_ id: ContactList.ID, of account: Account.ID) async throws(StoreError) -> ContactList? {
    try await pass(.look("list")) { (store) throws(StoreError) in try await store.list(id, of: account) }
  }

  package func lists(of account: Account.ID) async throws(StoreError) -> [ContactList] {
    try await pass(.look("lists")) { (store) throws(StoreError) in try await store.lists(of: account) }
  }

  package func add(_ contacts: [Contact.ID], to list: ContactList.ID, of account: Account.ID) async throws(StoreError)
    -> Int
  {
    try await pass(.change("add")) { (store) throws(StoreError) in try await store.add(contacts, to: list, of: account)
    }
  }

  package func delete(_ list: ContactList.ID, of account: Account.ID) async throws(StoreError) {
    try await pass(.change("delete")) { (store) throws(StoreError) in try await store.delete(list, of: account) }
  }

}

// MARK: LeadStore

extension StorageWrapper {
  package func insert(_ leads: [NewLead], into campaign: Campaign.ID, options: LeadInsertion) async throws(StoreError)
    -> LeadInsertion.Result
  {
    try await pass(.change("insert")) { (store) throws(StoreError) in
      try await store.insert(leads, into: campaign, options: options)
    }
  }

  package func lead(_ id: Lead.ID) async throws(StoreError) -> Lead? {
    try await pass(.look("lead")) { (store) throws(StoreError) in try await store.lead(id) }
  }

  package func lead(ordinal: Int, of campaign: Campaign.ID) async throws(StoreError) -> Lead? {
    try await pass(.look("lead")) { (store) throws(StoreError) in try await store.lead(ordinal: ordinal, of: campaign) }
  }

  package func leads(_ query: LeadQuery, page: PageRequest) async throws(StoreError) -> Page<Lead> {
    try await pass(.look("leads")) { (store) throws(StoreError) in try await store.leads(query, page: page) }
  }

  package func leadCounts(of campaign: Campaign.ID) async throws(StoreError) -> LeadCounts? {
    try await pass(.look("leadCounts")) { (store) throws(StoreError) in try await store.leadCounts(of: campaign) }
  }

  package func update(_ lead: Lead.ID, with changes: LeadChanges) async throws(StoreError) -> Lead {
    try await pass(.change("update")) { (store) throws(StoreError) in try await store.update(lead, with: changes) }
  }

  package func reschedule(_ lead: Lead.ID, at moment: Timestamp?, isCallback: Bool) async throws(StoreError) -> Lead {
    try await pass(.change("reschedule")) { (store) throws(StoreError) in
      try await store.reschedule(lead, at: moment, isCallback: isCallback)
    }
  }

  package func end(_ lead: Lead.ID, on trigger: Lead.Trigger) async throws(StoreError) -> Lead {
    try await pass(.change("end")) { (store) throws(StoreError) in try await store.end(lead, on: trigger) }
  }

  package func delete(_ lead: Lead.ID) async throws(StoreError) {
    try await pass(.change("delete")) { (store) throws(StoreError) in try await store.delete(lead) }
  }

  package func deleteLeads(of campaign: Campaign.ID) async throws(StoreError) -> Int {
    try await pass(.change("deleteLeads")) { (store) throws(StoreError) in try await store.deleteLeads(of: campaign) }
  }

}

// MARK: CallStore

extension StorageWrapper {
  package func call(_ id: Call.ID) async throws(StoreError) -> Call? {
    try await pass(.look("call")) { (store) throws(StoreError) in try await store.call(id) }
  }

  package func call(carrier: String, reference: String) async throws(StoreError) -> Call? {
    try await pass(.look("call")) { (store) throws(StoreError) in
      try await store.call(carrier: carrier, reference: reference)
    }
  }

  package func calls(_ query: CallQuery, page: PageRequest) async throws(StoreError) -> Page<Call> {
    try await pass(.look("calls")) { (store) throws(StoreError) in try await store.calls(query, page: page) }
  }

  package func annotate(_ call: Call.ID, notes: String?, metadata: JSONObject?) async throws(StoreError) -> Call {
    try await pass(.change("annotate")) { (store) throws(StoreError) in
      try await store.annotate(call, notes: notes, metadata: metadata)
    }
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

// MARK: SuppressionStore

extension StorageWrapper {
  package func suppress(_ entries: [Suppression]) async throws(StoreError) -> [Call.ID] {
    try await pass(.change("suppress")) { (store) throws(StoreError) in try await store.suppress(entries) }
  }

  package func unsuppress(_ patterns: [Suppression.Pattern], of account: Account.ID?) async throws(StoreError) -> Int {
    try await pass(.change("unsuppress")) { (store) throws(StoreError) in
      try await store.unsuppress(patterns, of: account)
    }
  }

  package func suppression(of number: PhoneNumber, for account: Account.ID) async throws(StoreError) -> Suppression? {
    try await pass(.look("suppression")) { (store) throws(StoreError) in
      try await store.suppression(of: number, for: account)
    }
  }

  package func suppressions(of account: Account.ID?, page: PageRequest) async throws(StoreError) -> Page<Suppression> {
    try await pass(.look("suppressions")) { (store) throws(StoreError) in
      try await store.suppressions(of: account, page: page)
    }
  }

  package func suppressions(
    for patterns: [Suppression.Pattern], of account: Account.ID?
  ) async throws(StoreError) -> [Suppression.Pattern: Suppression] {
    try await pass(.look("suppressions")) { (store) throws(StoreError) in
      try await store.suppressions(for: patterns, of: account)
    }
  }

}

// MARK: ImportStore

extension StorageWrapper {
  package func insert(_ batch: ImportBatch) async throws(StoreError) {
    try await pass(.change("insert")) { (store) throws(StoreError) in try await store.insert(batch) }
  }

  package func importBatch(_ id: ImportBatch.ID) async throws(StoreError) -> ImportBatch? {
    try await pass(.look("importBatch")) { (store) throws(StoreError) in try await store.importBatch(id) }
  }

  package func importBatch(digest: String, into campaign: Campaign.ID) async throws(StoreError) -> ImportBatch? {
    try await pass(.look("importBatch")) { (store) throws(StoreError) in
      try await store.importBatch(digest: digest, into: campaign)
    }
  }

  package func importBatches(of campaign: Campaign.ID) async throws(StoreError) -> [ImportBatch] {
    try await pass(.look("importBatches")) { (store) throws(StoreError) in try await store.importBatches(of: campaign) }
  }

  package func complete(_ batch: ImportBatch.ID) async throws(StoreError) -> ImportBatch {
    try await pass(.change("complete")) { (store) throws(StoreError) in try await store.complete(batch) }
  }

  package func undo(_ batch: ImportBatch.ID) async throws(StoreError) -> ImportBatch {
    try await pass(.change("undo")) { (store) throws(StoreError) in try await store.undo(batch) }
  }

}

// MARK: EventStore

extension StorageWrapper {
  package func events(of account: Account.ID, after sequence: UInt64, limit: Int) async throws(StoreError)
    -> [CampaignEvent]
  {
    try await pass(.look("events")) { (store) throws(StoreError) in
      try await store.events(of: account, after: sequence, limit: limit)
    }
  }

  package func lastEvent(of account: Account.ID) async throws(StoreError) -> UInt64 {
    try await pass(.look("lastEvent")) { (store) throws(StoreError) in try await store.lastEvent(of: account) }
  }

}

// MARK: ReportStore

extension StorageWrapper {
  package func total(of scope: RollupScope) async throws(StoreError) -> Rollup {
    try await pass(.look("total")) { (store) throws(StoreError) in try await store.total(of: scope) }
  }

  package func quarters(of scope: RollupScope, from: Timestamp?, until: Timestamp?) async throws(StoreError)
    -> [QuarterRollup]
  {
    try await pass(.look("quarters")) { (store) throws(StoreError) in
      try await store.quarters(of: scope, from: from, until: until)
    }
  }

  package func callerNumbers(of account: Account.ID, from: Timestamp?, until: Timestamp?) async throws(StoreError)
    -> [CallerNumberCounts]
  {
    try await pass(.look("callerNumbers")) { (store) throws(StoreError) in
      try await store.callerNumbers(of: account, from: from, until: until)
    }
  }

}

// MARK: DialingStore

extension StorageWrapper {
  package func acquire(_ campaign: Campaign.ID, by owner: String, lasting duration: Duration) async throws(StoreError)
    -> CampaignLease
  {
    try await pass(.change("acquire")) { (store) throws(StoreError) in
      try await store.acquire(campaign, by: owner, lasting: duration)
    }
  }

  package func renew(_ leases: [CampaignLease], lasting duration: Duration) async throws(StoreError) -> [CampaignLease]
  {
    try await pass(.change("renew")) { (store) throws(StoreError) in try await store.renew(leases, lasting: duration) }
  }

  package func release(_ lease: CampaignLease) async throws(StoreError) {
    try await pass(.change("release")) { (store) throws(StoreError) in try await store.release(lease) }
  }

  package func lease(of campaign: Campaign.ID) async throws(StoreError) -> CampaignLease? {
    try await pass(.look("lease")) { (store) throws(StoreError) in try await store.lease(of: campaign) }
  }

  package func unownedCampaigns(limit: Int) async throws(StoreError) -> [Campaign.ID] {
    try await pass(.look("unownedCampaigns")) { (store) throws(StoreError) in
      try await store.unownedCampaigns(limit: limit)
    }
  }

  package func queues(of campaign: Campaign.ID) async throws(StoreError) -> [LocalityQueue] {
    try await pass(.look("queues")) { (store) throws(StoreError) in try await store.queues(of: campaign) }
  }

  package func dialingFacts(
    of lead: Lead.ID, keeping limits: [RollingLimit]
  ) async throws(StoreError) -> DialingFacts {
    try await pass(.look("dialingFacts")) { (store) throws(StoreError) in
      try await store.dialingFacts(of: lead, keeping: limits)
    }
  }

  package func claim(_ request: ClaimRequest) async throws(StoreError) -> Claim {
    try await pass(.change("claim")) { (store) throws(StoreError) in try await store.claim(request) }
  }

  package func begin(_ order: SingleCall) async throws(StoreError) -> Call {
    try await pass(.change("begin")) { (store) throws(StoreError) in try await store.begin(order) }
  }

  package func liveSingleCalls(limit: Int) async throws(StoreError) -> [Call] {
    try await pass(.look("liveSingleCalls")) { (store) throws(StoreError) in
      try await store.liveSingleCalls(limit: limit)
    }
  }

  package func mayPlace(_ call: Call.ID, under lease: CampaignLease?) async throws(StoreError) -> Bool {
    try await pass(.look("mayPlace")) { (store) throws(StoreError) in try await store.mayPlace(call, under: lease) }
  }

  package func record(_ news: CallNews, of call: Call.ID) async throws(StoreError) -> (call: Call, isNew: Bool) {
    try await pass(.change("record")) { (store) throws(StoreError) in try await store.record(news, of: call) }
  }

  package func assign(_ call: Call.ID, to agents: [Agent.ID]) async throws(StoreError) -> Agent.ID? {
    try await pass(.change("assign")) { (store) throws(StoreError) in try await store.assign(call, to: agents) }
  }

  package func finish(_ call: Call.ID, _ ending: CallEnding) async throws(StoreError) -> (call: Call, isNew: Bool) {
    try await pass(.change("finish")) { (store) throws(StoreError) in try await store.finish(call, ending) }
  }

  package func update(_ calls: [CallUpdate]) async throws(StoreError) -> [Result<Call.Status, StoreError>] {
    try await pass(.change("update calls")) { (store) throws(StoreError) in try await store.update(calls) }
  }

  package func slots(of account: Account.ID) async throws(StoreError) -> SlotUsage {
    try await pass(.look("slots")) { (store) throws(StoreError) in try await store.slots(of: account) }
  }

  package func setSystemLimit(_ limit: Int) async throws(StoreError) {
    try await pass(.change("setSystemLimit")) { (store) throws(StoreError) in try await store.setSystemLimit(limit) }
  }

  package func setDefaultAccountLimit(_ limit: Int) async throws(StoreError) {
    try await pass(.change("setDefaultAccountLimit")) { (store) throws(StoreError) in
      try await store.setDefaultAccountLimit(limit)
    }
  }

  package func reserve(_ count: Int, of account: Account.ID, for duration: Duration, note: String)
    async throws(StoreError) -> SlotReservation
  {
    try await pass(.change("reserve")) { (store) throws(StoreError) in
      try await store.reserve(count, of: account, for: duration, note: note)
    }
  }

  package func release(_ reservation: SlotReservation.ID) async throws(StoreError) {
    try await pass(.change("release")) { (store) throws(StoreError) in try await store.release(reservation) }
  }

}

// MARK: CampaignStorage

extension StorageWrapper {
  package func now() async throws(StoreError) -> Timestamp {
    try await pass(.look("now")) { (store) throws(StoreError) in try await store.now() }
  }

  package func close() async throws(StoreError) {
    try await pass(.change("close")) { (store) throws(StoreError) in try await store.close() }
  }

}
