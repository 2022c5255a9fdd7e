package import CampaignKit

// The operations of campaigns, of who is to be called, and of who is not, passed on.

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
