import CampaignKit

// Each method is one step of the state; what it does is written there.

extension PlainStore {
  package func insert(_ campaign: Campaign) async throws(StoreError) -> Campaign {
    try run { (state) throws(StoreError) in try state.insert(campaign) }
  }

  package func campaign(_ id: Campaign.ID) async throws(StoreError) -> Campaign? {
    try run { (state) throws(StoreError) in state.campaigns.first { $0.id == id } }
  }

  package func campaigns(_ query: CampaignQuery, page: PageRequest) async throws(StoreError) -> Page<Campaign> {
    try run { (state) throws(StoreError) in try state.campaigns(query, page: page) }
  }

  package func campaignCounts(of account: Account.ID) async throws(StoreError) -> [Campaign.Status: Int] {
    try run { (state) throws(StoreError) in
      Dictionary(
        state.campaigns.filter { $0.account == account }.map { ($0.status, 1) }, uniquingKeysWith: +)
    }
  }

  package func update(_ campaign: Campaign) async throws(StoreError) -> Campaign {
    try run { (state) throws(StoreError) in try state.update(campaign) }
  }

  package func transition(
    _ campaign: Campaign.ID, on trigger: Campaign.Trigger, reason: String?
  ) async throws(StoreError) -> Campaign {
    try run { (state) throws(StoreError) in try state.transition(campaign, on: trigger, reason: reason) }
  }

  package func delete(_ campaign: Campaign.ID) async throws(StoreError) {
    try run { (state) throws(StoreError) in try state.delete(campaign) }
  }

  package func insert(_ contact: Contact) async throws(StoreError) {
    try run { (state) throws(StoreError) in try state.insert(contact) }
  }

  package func contact(_ id: Contact.ID, of account: Account.ID) async throws(StoreError) -> Contact? {
    try run { (state) throws(StoreError) in state.contacts.first { $0.id == id && $0.account == account } }
  }

  package func contact(number: PhoneNumber, of account: Account.ID) async throws(StoreError) -> Contact? {
    try run { (state) throws(StoreError) in state.contacts.first { $0.number == number && $0.account == account } }
  }

  package func contacts(_ query: ContactQuery, page: PageRequest) async throws(StoreError) -> Page<Contact> {
    try run { (state) throws(StoreError) in try state.contacts(query, page: page) }
  }

  package func update(_ contact: Contact) async throws(StoreError) -> Contact {
    try run { (state) throws(StoreError) in try state.update(contact) }
  }

  package func delete(_ contact: Contact.ID, of account: Account.ID) async throws(StoreError) {
    try run { (state) throws(StoreError) in try state.delete(contact, of: account) }
  }

  package func insert(_ list: ContactList) async throws(StoreError) {
    try run { (state) throws(StoreError) in try state.insert(list) }
  }

  package func list(_ id: ContactList.ID, of account: Account.ID) async throws(StoreError) -> ContactList? {
    try run { (state) throws(StoreError) in state.list(id, of: account) }
  }

  package func lists(of account: Account.ID) async throws(StoreError) -> [ContactList] {
    try run { (state) throws(StoreError) in
      state.lists.filter { $0.account == account }.compactMap { state.list($0.id, of: account) }
    }
  }

  package func add(_ contacts: [Contact.ID], to list: ContactList.ID, of account: Account.ID) async throws(StoreError)
    -> Int
  {
    try run { (state) throws(StoreError) in try state.add(contacts, to: list, of: account) }
  }

  package func delete(_ list: ContactList.ID, of account: Account.ID) async throws(StoreError) {
    try run { (state) throws(StoreError) in try state.delete(list, of: account) }
  }

  package func insert(
    _ leads: [NewLead], into campaign: Campaign.ID, options: LeadInsertion
  ) async throws(StoreError) -> LeadInsertion.Result {
    try run { (state) throws(StoreError) in try state.insert(leads, into: campaign, options: options) }
  }

  package func lead(_ id: Lead.ID) async throws(StoreError) -> Lead? {
    try run { (state) throws(StoreError) in state.leads.first { $0.id == id } }
  }

  package func lead(ordinal: Int, of campaign: Campaign.ID) async throws(StoreError) -> Lead? {
    try run { (state) throws(StoreError) in state.leads.first { $0.campaign == campaign && $0.ordinal == ordinal } }
  }

  package func leads(_ query: LeadQuery, page: PageRequest) async throws(StoreError) -> Page<Lead> {
    try run { (state) throws(StoreError) in try state.leads(query, page: page) }
  }

  package func leadCounts(of campaign: Campaign.ID) async throws(StoreError) -> LeadCounts? {
    try run { (state) throws(StoreError) in state.leadCounts(of: campaign) }
  }

  package func update(_ lead: Lead.ID, with changes: LeadChanges) async throws(StoreError) -> Lead {
    try run { (state) throws(StoreError) in try state.update(lead, with: changes) }
  }

  package func reschedule(_ lead: Lead.ID, at moment: Timestamp?, isCallback: Bool) async throws(StoreError) -> Lead {
    try run { (state) throws(StoreError) in try state.reschedule(lead, at: moment, isCallback: isCallback) }
  }

  package func end(_ lead: Lead.ID, on trigger: Lead.Trigger) async throws(StoreError) -> Lead {
    try run { (state) throws(StoreError) in try state.end(lead, on: trigger) }
  }

  package func delete(_ lead: Lead.ID) async throws(StoreError) {
    try run { (state) throws(StoreError) in try state.delete(lead) }
  }

  package func deleteLeads(of campaign: Campaign.ID) async throws(StoreError) -> Int {
    try run { (state) throws(StoreError) in try state.deleteLeads(of: campaign) }
  }

  package func insert(_ batch: ImportBatch) async throws(StoreError) {
    try run { (state) throws(StoreError) in try state.insert(batch) }
  }

  package func importBatch(_ id: ImportBatch.ID) async throws(StoreError) -> ImportBatch? {
    try run { (state) throws(StoreError) in state.imports.first { $0.id == id } }
  }

  package func importBatch(digest: String, into campaign: Campaign.ID) async throws(StoreError) -> ImportBatch? {
    try run { (state) throws(StoreError) in state.importBatch(digest, into: campaign) }
  }

  package func importBatches(of campaign: Campaign.ID) async throws(StoreError) -> [ImportBatch] {
    try run { (state) throws(StoreError) in state.imports.filter { $0.campaign == campaign } }
  }

  package func complete(_ batch: ImportBatch.ID) async throws(StoreError) -> ImportBatch {
    try run { (state) throws(StoreError) in try state.complete(batch) }
  }

  package func undo(_ batch: ImportBatch.ID) async throws(StoreError) -> ImportBatch {
    try run { (state) throws(StoreError) in try state.undo(batch) }
  }
}
