import CampaignKit
package import JSON

// Each method is one step of the state; what it does is written there.

extension PlainStore {
  package func call(_ id: Call.ID) async throws(StoreError) -> Call? {
    try run { (state) throws(StoreError) in state.calls.first { $0.id == id } }
  }

  package func call(carrier: String, reference: String) async throws(StoreError) -> Call? {
    try run { (state) throws(StoreError) in
      state.calls.first { $0.carrier == carrier && $0.carrierReference == reference }
    }
  }

  package func calls(_ query: CallQuery, page: PageRequest) async throws(StoreError) -> Page<Call> {
    try run { (state) throws(StoreError) in try state.calls(query, page: page) }
  }

  package func annotate(_ call: Call.ID, notes: String?, metadata: JSONObject?) async throws(StoreError) -> Call {
    try run { (state) throws(StoreError) in try state.annotate(call, notes: notes, metadata: metadata) }
  }

  package func acquire(
    _ campaign: Campaign.ID, by owner: String, lasting duration: Duration
  ) async throws(StoreError) -> CampaignLease {
    try run { (state) throws(StoreError) in try state.acquire(campaign, by: owner, lasting: duration) }
  }

  package func renew(_ leases: [CampaignLease], lasting duration: Duration) async throws(StoreError) -> [CampaignLease]
  {
    try run { (state) throws(StoreError) in state.renew(leases, lasting: duration) }
  }

  package func release(_ lease: CampaignLease) async throws(StoreError) {
    try run { (state) throws(StoreError) in state.release(lease) }
  }

  package func lease(of campaign: Campaign.ID) async throws(StoreError) -> CampaignLease? {
    try run { (state) throws(StoreError) in state.leases[campaign] }
  }

  package func unownedCampaigns(limit: Int) async throws(StoreError) -> [Campaign.ID] {
    try run { (state) throws(StoreError) in state.unownedCampaigns(limit: limit) }
  }

  package func queues(of campaign: Campaign.ID) async throws(StoreError) -> [LocalityQueue] {
    try run { (state) throws(StoreError) in state.queues(of: campaign) }
  }

  package func claim(_ request: ClaimRequest) async throws(StoreError) -> Claim {
    try run { (state) throws(StoreError) in try state.claim(request) }
  }

  package func begin(_ order: SingleCall) async throws(StoreError) -> Call {
    try run { (state) throws(StoreError) in try state.begin(order) }
  }

  package func dialingFacts(
    of lead: Lead.ID, keeping limits: [RollingLimit]
  ) async throws(StoreError) -> DialingFacts {
    try run { (state) throws(StoreError) in try state.dialingFacts(of: lead, keeping: limits) }
  }

  package func liveSingleCalls(limit: Int) async throws(StoreError) -> [Call] {
    try run { (state) throws(StoreError) in
      Array(state.calls.filter { $0.campaign == nil && $0.status != .ended }.prefix(max(0, limit)))
    }
  }

  package func mayPlace(_ call: Call.ID, under lease: CampaignLease?) async throws(StoreError) -> Bool {
    try run { (state) throws(StoreError) in state.mayPlace(call, under: lease) }
  }

  package func record(_ news: CallNews, of call: Call.ID) async throws(StoreError) -> (call: Call, isNew: Bool) {
    try run { (state) throws(StoreError) in try state.record(news, of: call) }
  }

  package func assign(_ call: Call.ID, to agents: [Agent.ID]) async throws(StoreError) -> Agent.ID? {
    try run { (state) throws(StoreError) in try state.assign(call, to: agents) }
  }

  package func finish(_ call: Call.ID, _ ending: CallEnding) async throws(StoreError) -> (call: Call, isNew: Bool) {
    try run { (state) throws(StoreError) in try state.finish(call, ending) }
  }

  package func slots(of account: Account.ID) async throws(StoreError) -> SlotUsage {
    try run { (state) throws(StoreError) in try state.slots(of: account) }
  }

  package func setSystemLimit(_ limit: Int) async throws(StoreError) {
    try run { (state) throws(StoreError) in state.systemLimit = max(0, limit) }
  }

  package func setDefaultAccountLimit(_ limit: Int) async throws(StoreError) {
    try run { (state) throws(StoreError) in state.defaultAccountLimit = max(0, limit) }
  }

  package func reserve(
    _ count: Int, of account: Account.ID, for duration: Duration, note: String
  ) async throws(StoreError) -> SlotReservation {
    try run { (state) throws(StoreError) in try state.reserve(count, of: account, for: duration, note: note) }
  }

  package func release(_ reservation: SlotReservation.ID) async throws(StoreError) {
    try run { (state) throws(StoreError) in state.reservations.removeAll { $0.id == reservation } }
  }

  package func suppress(_ entries: [Suppression]) async throws(StoreError) -> [Call.ID] {
    try run { (state) throws(StoreError) in try state.suppress(entries) }
  }

  package func unsuppress(_ patterns: [Suppression.Pattern], of account: Account.ID?) async throws(StoreError) -> Int {
    try run { (state) throws(StoreError) in try state.unsuppress(patterns, of: account) }
  }

  package func suppression(of number: PhoneNumber, for account: Account.ID) async throws(StoreError) -> Suppression? {
    try run { (state) throws(StoreError) in state.suppression(of: number, for: account) }
  }

  package func suppressions(of account: Account.ID?, page: PageRequest) async throws(StoreError) -> Page<Suppression> {
    try run { (state) throws(StoreError) in
      try state.page(state.suppressions.filter { $0.account == account }, page) {
        PlainPlace(identifier: $0.pattern.description)
      }
    }
  }

  package func events(
    of account: Account.ID, after sequence: UInt64, limit: Int
  ) async throws(StoreError) -> [CampaignEvent] {
    try run { (state) throws(StoreError) in try state.eventsAfter(sequence, of: account, limit: limit) }
  }

  package func lastEvent(of account: Account.ID) async throws(StoreError) -> UInt64 {
    try run { (state) throws(StoreError) in UInt64(state.events[account, default: []].count) }
  }

  package func total(of scope: RollupScope) async throws(StoreError) -> Rollup {
    try run { (state) throws(StoreError) in state.total(of: scope) }
  }

  package func quarters(
    of scope: RollupScope, from: Timestamp?, until: Timestamp?
  ) async throws(StoreError) -> [QuarterRollup] {
    try run { (state) throws(StoreError) in state.quarters(of: scope, from: from, until: until) }
  }

  package func callerNumbers(
    of account: Account.ID, from: Timestamp?, until: Timestamp?
  ) async throws(StoreError) -> [CallerNumberCounts] {
    try run { (state) throws(StoreError) in state.callerNumbers(of: account, from: from, until: until) }
  }
}
