package import CampaignKit
package import JSON

// The operations of calls, of what came of them, and of the storage as a whole, passed on.

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

// MARK: CampaignStorage

extension StorageWrapper {
  package func now() async throws(StoreError) -> Timestamp {
    try await pass(.look("now")) { (store) throws(StoreError) in try await store.now() }
  }

  package func close() async throws(StoreError) {
    try await pass(.change("close")) { (store) throws(StoreError) in try await store.close() }
  }
}
