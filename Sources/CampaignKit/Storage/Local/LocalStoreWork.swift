public import JSON

// What these do is said where the protocols declare them.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension LocalStore: PackedLeadStore {
  // MARK: Leads

  public func insert(
    _ leads: [NewLead], into campaign: Campaign.ID, options: LeadInsertion
  ) async throws(StoreError) -> LeadInsertion.Result {
    // Packed here, so that the lock is not held meanwhile.
    try await insert(try PackedLeads(leads), into: campaign, options: options)
  }

  func insert(
    _ leads: PackedLeads, into campaign: Campaign.ID, options: LeadInsertion
  ) async throws(StoreError) -> LeadInsertion.Result {
    try await core.write { (state, now) throws(StoreError) in
      try state.insert(leads, into: campaign, options: options, at: now)
    }
  }

  public func lead(_ id: Lead.ID) async throws(StoreError) -> Lead? {
    try core.read { (state, _) throws(StoreError) in
      guard let row = state.leadRowIfAny(id) else { return nil }
      return try state.tables.lead(at: row)
    }
  }

  public func lead(ordinal: Int, of campaign: Campaign.ID) async throws(StoreError) -> Lead? {
    try core.read { (state, _) throws(StoreError) in
      guard let ordinal = UInt32(exactly: ordinal), let campaign = state.indexes.campaigns[campaign],
        let row = state.leadRow(ordinal: ordinal, of: campaign)
      else { return nil }
      return try state.tables.lead(at: row)
    }
  }

  public func leads(_ query: LeadQuery, page: PageRequest) async throws(StoreError) -> Page<Lead> {
    if query.search?.isEmpty ?? true {
      return try core.read { (state, _) throws(StoreError) in
        try state.tables.leads(query, in: state.pool(of: query.scope), page: page)
      }
    }
    let (tables, pool) = try core.tables { (state) throws(StoreError) in state.pool(of: query.scope) }
    return try tables.leads(query, in: pool, page: page)
  }

  public func leadCounts(of campaign: Campaign.ID) async throws(StoreError) -> LeadCounts? {
    try core.read { (state, _) throws(StoreError) in
      state.indexes.campaigns[campaign].map { state.tables.campaigns[Int($0)].counts }
    }
  }

  public func update(_ lead: Lead.ID, with changes: LeadChanges) async throws(StoreError) -> Lead {
    try await core.write { (state, now) throws(StoreError) in try state.update(lead, with: changes, at: now) }
  }

  public func reschedule(
    _ lead: Lead.ID, at moment: Timestamp?, isCallback: Bool
  ) async throws(StoreError) -> Lead {
    try await core.write { (state, now) throws(StoreError) in
      try state.reschedule(lead, at: moment, isCallback: isCallback, now: now)
    }
  }

  public func end(_ lead: Lead.ID, on trigger: Lead.Trigger) async throws(StoreError) -> Lead {
    try await core.write { (state, now) throws(StoreError) in try state.end(lead, on: trigger, at: now) }
  }

  public func delete(_ lead: Lead.ID) async throws(StoreError) {
    try await core.write { (state, now) throws(StoreError) in try state.delete(lead, at: now) }
  }

  public func deleteLeads(of campaign: Campaign.ID) async throws(StoreError) -> Int {
    try await core.write { (state, now) throws(StoreError) in try state.deleteLeads(of: campaign, at: now) }
  }

  // MARK: Calls

  public func call(_ id: Call.ID) async throws(StoreError) -> Call? {
    try core.read { (state, _) throws(StoreError) in
      guard let row = try? state.callRow(id) else { return nil }
      return try state.tables.call(at: row)
    }
  }

  public func call(carrier: String, reference: String) async throws(StoreError) -> Call? {
    try core.read { (state, _) throws(StoreError) in
      guard let row = state.callRow(carrier: carrier, reference: reference) else { return nil }
      return try state.tables.call(at: row)
    }
  }

  public func calls(_ query: CallQuery, page: PageRequest) async throws(StoreError) -> Page<Call> {
    try core.read { (state, _) throws(StoreError) in try state.calls(query, page: page) }
  }

  public func annotate(
    _ call: Call.ID, notes: String?, metadata: JSONObject?
  ) async throws(StoreError) -> Call {
    try await core.write { (state, now) throws(StoreError) in
      try state.annotate(call, notes: notes, metadata: metadata, at: now)
    }
  }

  // MARK: Do-not-call

  public func suppress(_ entries: [Suppression]) async throws(StoreError) -> [Call.ID] {
    try await core.write { (state, now) throws(StoreError) in try state.suppress(entries, at: now) }
  }

  public func unsuppress(
    _ patterns: [Suppression.Pattern], of account: Account.ID?
  ) async throws(StoreError) -> Int {
    try await core.write { (state, now) throws(StoreError) in
      try state.unsuppress(patterns, of: account, at: now)
    }
  }

  public func suppression(
    of number: PhoneNumber, for account: Account.ID
  ) async throws(StoreError) -> Suppression? {
    try core.read { (state, now) throws(StoreError) in
      state.suppression(of: number, for: account, at: now)
    }
  }

  public func suppressions(of account: Account.ID?, page: PageRequest) async throws(StoreError) -> Page<Suppression> {
    try core.read { (state, _) throws(StoreError) in try state.suppressions(of: account, page: page) }
  }

  public func suppressions(
    for patterns: [Suppression.Pattern], of account: Account.ID?
  ) async throws(StoreError) -> [Suppression.Pattern: Suppression] {
    try core.read { (state, _) throws(StoreError) in try state.suppressions(for: patterns, of: account) }
  }

  // MARK: Imports

  public func insert(_ batch: ImportBatch) async throws(StoreError) {
    try await core.write { (state, now) throws(StoreError) in try state.insert(batch, at: now) }
  }

  public func importBatch(_ id: ImportBatch.ID) async throws(StoreError) -> ImportBatch? {
    try core.read { (state, _) throws(StoreError) in
      state.indexes.batches[id].map { state.tables.batches[Int($0)] }
    }
  }

  public func importBatch(digest: String, into campaign: Campaign.ID) async throws(StoreError) -> ImportBatch? {
    try core.read { (state, _) throws(StoreError) in state.batch(digest: digest, into: campaign) }
  }

  public func importBatches(of campaign: Campaign.ID) async throws(StoreError) -> [ImportBatch] {
    try core.read { (state, _) throws(StoreError) in state.batches(of: campaign) }
  }

  public func complete(_ batch: ImportBatch.ID) async throws(StoreError) -> ImportBatch {
    try await core.write { (state, now) throws(StoreError) in try state.complete(batch, at: now) }
  }

  public func undo(_ batch: ImportBatch.ID) async throws(StoreError) -> ImportBatch {
    try await core.write { (state, now) throws(StoreError) in try state.undo(batch, at: now) }
  }

  // MARK: Events and reports

  public func events(
    of account: Account.ID, after sequence: UInt64, limit: Int
  ) async throws(StoreError) -> [CampaignEvent] {
    try core.read { (state, _) throws(StoreError) in try state.events(of: account, after: sequence, limit: limit) }
  }

  public func lastEvent(of account: Account.ID) async throws(StoreError) -> UInt64 {
    try core.read { (state, _) throws(StoreError) in
      state.indexes.accounts[account].map { state.tables.accounts[Int($0)].events.last } ?? 0
    }
  }

  public func hints() -> AsyncStream<Account.ID> { core.hints() }

  public func total(of scope: RollupScope) async throws(StoreError) -> Rollup {
    try core.read { (state, _) throws(StoreError) in state.rollups(of: scope)?.total.rollup ?? Rollup() }
  }

  public func quarters(
    of scope: RollupScope, from: Timestamp?, until: Timestamp?
  ) async throws(StoreError) -> [QuarterRollup] {
    try core.read { (state, _) throws(StoreError) in
      state.rollups(of: scope)?.quarters(from: from, until: until) ?? []
    }
  }

  public func callerNumbers(
    of account: Account.ID, from: Timestamp?, until: Timestamp?
  ) async throws(StoreError) -> [CallerNumberCounts] {
    try core.read { (state, _) throws(StoreError) in state.callerNumbers(of: account, from: from, until: until) }
  }
}
