import CampaignKit
import CampaignTesting

/// A guard that can be taken away, in front of the store or the carrier, and the promises that then break.
enum RemovedGuard: String, CaseIterable, Sendable, CustomStringConvertible {
  case lookBeforePlacing = "the last look before a call is placed"
  case doNotCallInTheStore = "entries of the do-not-call list reach the store"
  case lease = "a campaign is taken only when nobody holds it"
  case durability = "what was acknowledged survives the loss of power"
  case rollingLimits = "rolling limits hold"
  case limits = "limits of system and account hold"
  case openings = "only open localities are claimed"
  case lookUp = "a call is absent only when the carrier says so"
  case ownClock = "calls are asked for by the clock of who asks"
  case finishOnce = "what becomes of a lead is decided once"
  case expiry = "a call that never ends is closed"
  case retryDelay = "two attempts are not closer than the delay"
  case attempts = "attempts never exceed the maximum"
  case rates = "calls in a second hold"
  case callsPerDay = "calls from a number in a day hold"
  case orderOnce = "an order in doubt is not placed again"
  case agents = "agents have no more calls than they can take"
  case legalHours = "the hours of the person called are kept"

  var description: String { rawValue }

  var promises: Set<String> {
    switch self {
    case .lookBeforePlacing, .doNotCallInTheStore, .openings, .legalHours: ["P4"]
    case .lease, .limits, .rates, .callsPerDay, .agents: ["P3"]
    case .durability: ["P2", "P6"]
    case .rollingLimits, .finishOnce, .retryDelay, .attempts: ["P5"]
    case .lookUp: ["P1", "P2", "P3", "P5"]
    case .expiry: ["P8", "P9"]
    case .orderOnce, .ownClock: ["P1", "P2"]
    }
  }

  /// Most are missed within a few seeds; for the others the search starts where they are known to be.
  var firstSeed: UInt64 {
    switch self {
    case .lookBeforePlacing: 97
    case .lookUp: 21
    case .expiry: 15
    case .durability: 12
    default: 1
    }
  }

  var seams: Simulation.Seams {
    var seams = Simulation.Seams()
    switch self {
    case .durability: seams.durability = .none
    case .lookUp, .orderOnce, .ownClock: seams.dialer = { CarelessDialer(inner: $0, missing: self) }
    default: seams.store = { CarelessStore(inner: $0, missing: self) }
    }
    return seams
  }
}

/// A store without one of its guards.
struct CarelessStore: StorageWrapper {
  let inner: any CampaignStorage
  let missing: RemovedGuard

  func mayPlace(_ call: Call.ID, under lease: CampaignLease?) async throws(StoreError) -> Bool {
    let may = try await inner.mayPlace(call, under: lease)
    return missing == .lookBeforePlacing ? true : may
  }

  func suppress(_ entries: [Suppression]) async throws(StoreError) -> [Call.ID] {
    missing == .doNotCallInTheStore ? [] : try await inner.suppress(entries)
  }

  func acquire(
    _ campaign: Campaign.ID, by owner: String, lasting duration: Duration
  ) async throws(StoreError) -> CampaignLease {
    if missing == .lease, let held = try await inner.lease(of: campaign), held.owner != owner {
      try await inner.release(held)
    }
    return try await inner.acquire(campaign, by: owner, lasting: duration)
  }

  /// To whom nothing is sacred, a campaign of somebody else looks like one of nobody.
  func unownedCampaigns(limit: Int) async throws(StoreError) -> [Campaign.ID] {
    let unowned = try await inner.unownedCampaigns(limit: limit)
    guard missing == .lease else { return unowned }
    var all: [Campaign.ID] = []
    for account in try await inner.accounts(PageRequest(limit: 100)).elements {
      let query = CampaignQuery(account: account.id, statuses: [.active])
      all += try await inner.campaigns(query, page: PageRequest(limit: 100)).elements.map(\.id)
    }
    return all
  }

  func insert(_ campaign: Campaign) async throws(StoreError) -> Campaign {
    try await inner.insert(changed(campaign))
  }

  func update(_ campaign: Campaign) async throws(StoreError) -> Campaign {
    try await inner.update(changed(campaign))
  }

  private func changed(_ campaign: Campaign) -> Campaign {
    var campaign = campaign
    switch missing {
    case .rollingLimits: campaign.compliance.rollingLimits = []
    case .expiry: campaign.longestCall = .seconds(400 * 86_400)
    case .retryDelay:
      campaign.retries.delay = .fixed(.zero)
      campaign.retries.delays = [:]
    case .attempts: campaign.retries.maximumAttempts += 2
    case .callsPerDay: campaign.callerChoice.maximumPerDay = nil
    case .legalHours: campaign.compliance.keepsLegalHours = false
    default: break
    }
    return campaign
  }

  func insert(_ account: Account) async throws(StoreError) {
    try await inner.insert(changed(account))
  }

  func update(_ account: Account) async throws(StoreError) -> Account {
    try await inner.update(changed(account))
  }

  private func changed(_ account: Account) -> Account {
    var account = account
    if missing == .limits { account.concurrencyLimit = account.concurrencyLimit.map { $0 * 3 + 3 } }
    return account
  }

  func setSystemLimit(_ limit: Int) async throws(StoreError) {
    try await inner.setSystemLimit(missing == .limits ? limit * 3 + 3 : limit)
  }

  func insert(_ agent: Agent) async throws(StoreError) {
    var agent = agent
    if missing == .agents { agent.maximumConcurrentCalls += 4 }
    try await inner.insert(agent)
  }

  func claim(_ request: ClaimRequest) async throws(StoreError) -> Claim {
    var request = request
    if missing == .rates { request.rates = [] }
    if missing == .openings {
      request.open = try await inner.queues(of: request.lease.campaign)
        .map { OpenLocality($0.locality, until: .distantFuture) }
    }
    return try await inner.claim(request)
  }

  func finish(_ call: Call.ID, _ ending: CallEnding) async throws(StoreError) -> (call: Call, isNew: Bool) {
    let result = try await inner.finish(call, ending)
    if missing == .finishOnce, let lead = result.call.lead {
      _ = try? await inner.reschedule(lead, at: nil, isCallback: false)
    }
    return result
  }
}

extension CarelessStore {
  func update(_ calls: [CallUpdate]) async throws(StoreError) -> [Result<Call.Status, StoreError>] {
    let results = try await inner.update(calls)
    guard missing == .finishOnce else { return results }
    for update in calls where update.ending != nil {
      guard let lead = try await inner.call(update.call)?.lead else { continue }
      _ = try? await inner.reschedule(lead, at: nil, isCallback: false)
    }
    return results
  }
}

/// A carrier's line without one of its guards.
struct CarelessDialer: Dialer {
  let inner: any Dialer
  let missing: RemovedGuard

  var name: String { inner.name }
  var capabilities: DialerCapabilities { inner.capabilities }

  func place(_ order: CallOrder) async throws(DialerError) -> String {
    do throws(DialerError) {
      return try await inner.place(order)
    } catch {
      guard missing == .orderOnce, !error.isCertain else { throw error }
      // As one that says it was never placed, so that the engine orders a new call.
      throw DialerError(.unavailable, "taken for a failure")
    }
  }

  func lookUp(_ call: CallReference) async throws(DialerError) -> CallFindings {
    var call = call
    // As by a clock that is ahead.
    if missing == .ownClock { call.createdAt = call.createdAt + .seconds(60) }
    let findings = try await inner.lookUp(call)
    return missing == .lookUp ? .absent : findings
  }

  func hangUp(_ call: CallReference) async throws(DialerError) { try await inner.hangUp(call) }
  func connect(_ call: CallReference, to agent: Agent) async throws(DialerError) {
    try await inner.connect(call, to: agent)
  }
  func events() -> CallEvents { inner.events() }
}
