import CampaignKit
import JSON

// What no fault touches goes straight to the store inside.

extension BrokenStore {
  func insert(_ account: Account) async throws(StoreError) {
    try await inner.insert(account)
  }

  func account(_ id: Account.ID) async throws(StoreError) -> Account? {
    try await inner.account(id)
  }

  func account(externalID: String) async throws(StoreError) -> Account? {
    try await inner.account(externalID: externalID)
  }

  func accounts(_ page: PageRequest) async throws(StoreError) -> Page<Account> {
    try await inner.accounts(page)
  }

  func insert(_ user: User) async throws(StoreError) {
    try await inner.insert(user)
  }

  func user(_ id: User.ID) async throws(StoreError) -> User? {
    try await inner.user(id)
  }

  func user(email: String) async throws(StoreError) -> User? {
    try await inner.user(email: email)
  }

  func users(of account: Account.ID) async throws(StoreError) -> [User] {
    try await inner.users(of: account)
  }

  func update(_ user: User) async throws(StoreError) -> User {
    try await inner.update(user)
  }

  func delete(_ user: User.ID, of account: Account.ID) async throws(StoreError) {
    try await inner.delete(user, of: account)
  }

  func insert(_ key: APIKey) async throws(StoreError) {
    try await inner.insert(key)
  }

  func key(digest: String) async throws(StoreError) -> APIKey? {
    try await inner.key(digest: digest)
  }

  func keys(of account: Account.ID) async throws(StoreError) -> [APIKey] {
    try await inner.keys(of: account)
  }

  func delete(_ key: APIKey.ID, of account: Account.ID) async throws(StoreError) {
    try await inner.delete(key, of: account)
  }

  func insert(_ agent: Agent) async throws(StoreError) {
    try await inner.insert(agent)
  }

  func agent(_ id: Agent.ID, of account: Account.ID) async throws(StoreError) -> Agent? {
    try await inner.agent(id, of: account)
  }

  func agents(_ query: AgentQuery, page: PageRequest) async throws(StoreError) -> Page<Agent> {
    try await inner.agents(query, page: page)
  }

  func update(_ agent: Agent) async throws(StoreError) -> Agent {
    try await inner.update(agent)
  }

  func setStatus(_ status: Agent.Status, of agent: Agent.ID, in account: Account.ID) async throws(StoreError) -> Agent {
    try await inner.setStatus(status, of: agent, in: account)
  }

  func delete(_ agent: Agent.ID, of account: Account.ID) async throws(StoreError) {
    try await inner.delete(agent, of: account)
  }

  func activity(of agents: [Agent.ID]) async throws(StoreError) -> [Agent.ID: AgentActivity] {
    try await inner.activity(of: agents)
  }

  func insert(_ campaign: Campaign) async throws(StoreError) -> Campaign {
    try await inner.insert(campaign)
  }

  func campaign(_ id: Campaign.ID) async throws(StoreError) -> Campaign? {
    try await inner.campaign(id)
  }

  func campaigns(_ query: CampaignQuery, page: PageRequest) async throws(StoreError) -> Page<Campaign> {
    try await inner.campaigns(query, page: page)
  }

  func campaignCounts(of account: Account.ID) async throws(StoreError) -> [Campaign.Status: Int] {
    try await inner.campaignCounts(of: account)
  }

  func update(_ campaign: Campaign) async throws(StoreError) -> Campaign {
    try await inner.update(campaign)
  }

  func transition(_ campaign: Campaign.ID, on trigger: Campaign.Trigger, reason: String?) async throws(StoreError)
    -> Campaign
  {
    try await inner.transition(campaign, on: trigger, reason: reason)
  }

  func insert(_ contact: Contact) async throws(StoreError) {
    try await inner.insert(contact)
  }

  func contact(number: PhoneNumber, of account: Account.ID) async throws(StoreError) -> Contact? {
    try await inner.contact(number: number, of: account)
  }

  func contacts(_ query: ContactQuery, page: PageRequest) async throws(StoreError) -> Page<Contact> {
    try await inner.contacts(query, page: page)
  }

  func update(_ contact: Contact) async throws(StoreError) -> Contact {
    try await inner.update(contact)
  }

  func delete(_ contact: Contact.ID, of account: Account.ID) async throws(StoreError) {
    try await inner.delete(contact, of: account)
  }

  func insert(_ list: ContactList) async throws(StoreError) {
    try await inner.insert(list)
  }

  func list(_ id: ContactList.ID, of account: Account.ID) async throws(StoreError) -> ContactList? {
    try await inner.list(id, of: account)
  }

  func lists(of account: Account.ID) async throws(StoreError) -> [ContactList] {
    try await inner.lists(of: account)
  }

  func add(_ contacts: [Contact.ID], to list: ContactList.ID, of account: Account.ID) async throws(StoreError) -> Int {
    try await inner.add(contacts, to: list, of: account)
  }

  func delete(_ list: ContactList.ID, of account: Account.ID) async throws(StoreError) {
    try await inner.delete(list, of: account)
  }

  func lead(_ id: Lead.ID) async throws(StoreError) -> Lead? {
    try await inner.lead(id)
  }

  func update(_ lead: Lead.ID, with changes: LeadChanges) async throws(StoreError) -> Lead {
    try await inner.update(lead, with: changes)
  }

  func reschedule(_ lead: Lead.ID, at moment: Timestamp?, isCallback: Bool) async throws(StoreError) -> Lead {
    try await inner.reschedule(lead, at: moment, isCallback: isCallback)
  }

  func end(_ lead: Lead.ID, on trigger: Lead.Trigger) async throws(StoreError) -> Lead {
    try await inner.end(lead, on: trigger)
  }

  func delete(_ lead: Lead.ID) async throws(StoreError) {
    try await inner.delete(lead)
  }

  func deleteLeads(of campaign: Campaign.ID) async throws(StoreError) -> Int {
    try await inner.deleteLeads(of: campaign)
  }

  func insert(_ batch: ImportBatch) async throws(StoreError) {
    try await inner.insert(batch)
  }

  func importBatch(_ id: ImportBatch.ID) async throws(StoreError) -> ImportBatch? {
    try await inner.importBatch(id)
  }

  func importBatch(digest: String, into campaign: Campaign.ID) async throws(StoreError) -> ImportBatch? {
    try await inner.importBatch(digest: digest, into: campaign)
  }

  func importBatches(of campaign: Campaign.ID) async throws(StoreError) -> [ImportBatch] {
    try await inner.importBatches(of: campaign)
  }

  func complete(_ batch: ImportBatch.ID) async throws(StoreError) -> ImportBatch {
    try await inner.complete(batch)
  }

  func undo(_ batch: ImportBatch.ID) async throws(StoreError) -> ImportBatch {
    try await inner.undo(batch)
  }

  func call(_ id: Call.ID) async throws(StoreError) -> Call? {
    try await inner.call(id)
  }

  func call(carrier: String, reference: String) async throws(StoreError) -> Call? {
    try await inner.call(carrier: carrier, reference: reference)
  }

  func calls(_ query: CallQuery, page: PageRequest) async throws(StoreError) -> Page<Call> {
    try await inner.calls(query, page: page)
  }

  func annotate(_ call: Call.ID, notes: String?, metadata: JSONObject?) async throws(StoreError) -> Call {
    try await inner.annotate(call, notes: notes, metadata: metadata)
  }

  func release(_ lease: CampaignLease) async throws(StoreError) {
    try await inner.release(lease)
  }

  func lease(of campaign: Campaign.ID) async throws(StoreError) -> CampaignLease? {
    try await inner.lease(of: campaign)
  }

  func unownedCampaigns(limit: Int) async throws(StoreError) -> [Campaign.ID] {
    try await inner.unownedCampaigns(limit: limit)
  }

  func begin(_ order: SingleCall) async throws(StoreError) -> Call {
    try await inner.begin(order)
  }

  func setSystemLimit(_ limit: Int) async throws(StoreError) {
    try await inner.setSystemLimit(limit)
  }

  func setDefaultAccountLimit(_ limit: Int) async throws(StoreError) {
    try await inner.setDefaultAccountLimit(limit)
  }

  func reserve(_ count: Int, of account: Account.ID, for duration: Duration, note: String) async throws(StoreError)
    -> SlotReservation
  {
    try await inner.reserve(count, of: account, for: duration, note: note)
  }

  func unsuppress(_ patterns: [Suppression.Pattern], of account: Account.ID?) async throws(StoreError) -> Int {
    try await inner.unsuppress(patterns, of: account)
  }

  func suppression(of number: PhoneNumber, for account: Account.ID) async throws(StoreError) -> Suppression? {
    try await inner.suppression(of: number, for: account)
  }

  func suppressions(of account: Account.ID?, page: PageRequest) async throws(StoreError) -> Page<Suppression> {
    try await inner.suppressions(of: account, page: page)
  }

  func lastEvent(of account: Account.ID) async throws(StoreError) -> UInt64 {
    try await inner.lastEvent(of: account)
  }

  func quarters(of scope: RollupScope, from: Timestamp?, until: Timestamp?) async throws(StoreError) -> [QuarterRollup]
  {
    try await inner.quarters(of: scope, from: from, until: until)
  }

  func callerNumbers(
    of account: Account.ID, from: Timestamp?, until: Timestamp?
  ) async throws(StoreError) -> [CallerNumberCounts] {
    var numbers = try await inner.callerNumbers(of: account, from: from, until: until)
    if fault == .forgetsAnswers {
      for index in numbers.indices { numbers[index].counts.answered = 0 }
    }
    return numbers
  }
}
