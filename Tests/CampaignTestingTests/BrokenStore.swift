import CampaignKit
import Locks

@testable import CampaignTesting

/// Ways in which a store can be wrong, and the promise that each breaks.
enum Fault: String, CaseIterable, Sendable, CustomStringConvertible {
  case ignoresSystemLimit = "no call starts above the limit of the system"
  case ignoresAccountLimit = "no call starts above the limit of the account"
  case ignoresCampaignLimit = "no call starts above the limit of the campaign"
  case checksLimitsBeforeItClaims = "many who claim and finish at once never go above a limit"
  case forgetsSlotAtFinish = "a finish closes the call, gives the slots back and moves the lead, once"
  case finishesTwice = "a call that many finish at once ends once"
  case claimIgnoresDoNotCall = "a number on the do-not-call list is not called"
  case claimIgnoresLease = "nothing is claimed without a lease that is held"
  case ordersByPriorityBackwards =
    "callbacks come first, then the smaller priority, the earlier time and the lower ordinal"
  case rollupOffByOne = "roll-ups count every call in the quarter of an hour of its creation"
  case saysWhatWasAsked = "a call says what became of its lead, and the roll-ups count it"
  case leavesOutAnEvent = "everything that happens is told, without a gap"
  case attemptsAboveMaximum = "a lead never has more attempts than its campaign allows"
  case retriesBeforeTheTime = "a lead that is tried again waits for its time"
  case showsOtherAccounts = "nothing of one account is visible to another"
  case pageRepeatsAnElement = "pages by offset and by cursor give every element once, in order"
  case cursorIsAnOffset = "elements that come and go between pages neither repeat nor hide others"
  case callMovesBackwards = "news may come in any order, and twice"
  case neverCompletes = "a campaign completes exactly when its last lead is done"
  case givesTwoLeases = "a campaign has one owner at a time"
  case ignoresRevisions = "an account is changed from its current revision only"
  case ignoresLocalities = "only leads of open localities are claimed"
  case ignoresRollingLimits = "a rolling limit by number counts all campaigns of the account"
  case callsFromTheFirst = "calls go round over the numbers of a campaign"
  case ignoresNearness = "a call is made from the number that is nearest to the one called"
  case ignoresCallsPerDay = "no number makes more calls in a day than its campaign permits"
  case forgetsAnswers = "what came of the calls from a number is counted"
  case ignoresLimitsOfPlaces = "a rolling limit of a locality holds back its leads and no others"
  case findsNoSingleCalls = "live calls outside campaigns are found among all others"
  case writesTheFirstUpdateOnly = "many updates come to the same as one after the other"
  case repeatsImportSteps = "an import and its leads go on in one step, and only from where it stands"
  case agentsAboveTheirLimit = "many calls at once never give an agent more than the limit"
  case leavesAbsentAgentsAvailable = "an agent who does not come is set aside, and whoever waited was abandoned"
  case blamesTheNextAgent = "an agent who comes is not taken for the one before"
  case withdrawnCallsCount = "an intent that was never placed is no attempt"
  case placesAlways = "a call may be placed only while nothing speaks against it"
  case ignoresDelay = "the delay between calls and the calls in a second hold"
  case forgetsMarks = "a lead that is ended gets no further attempt, and ends with its call if it has one"
  case countsStandStill = "counts of leads and campaigns follow every change"
  case suppressesNoLeads = "waiting leads are suppressed with their number, and others with the end of their call"
  case mistakesCallbacks = "random sequences of operations come out as in the plain store"
  case deletesCalls = "a campaign is deleted only when it does not call, and its calls stay"

  case believesLeasesOfTheFuture = "a lease that was taken while the clock was ahead shuts nobody out"
  case losesLeasesOfTheFuture = "an owner who renews after the clock was set back keeps the campaign"
  case believesReservationsOfTheFuture = "slots that were reserved while the clock was ahead come free"
  case placesCallsOfTheFuture = "a call that was claimed while the clock was ahead is not placed late"
  case believesRatesOfTheFuture = "rates and delays forgive a clock that was ahead"

  /// The promise that it breaks.
  var promise: String { rawValue }
  var description: String { "the store that breaks: \(rawValue)" }
}

/// A plain store with one fault.
final class BrokenStore: CampaignStorage {
  let inner: PlainStore
  let fault: Fault
  private let counts = Locked<[Campaign.ID: LeadCounts]>([:])

  init(_ inner: PlainStore, _ fault: Fault) {
    self.inner = inner
    self.fault = fault
  }

  func hints() -> AsyncStream<Account.ID> { inner.hints() }
  func now() async throws(StoreError) -> Timestamp { try await inner.now() }
  func close() async throws(StoreError) { try await inner.close() }

  func claim(_ request: ClaimRequest) async throws(StoreError) -> Claim {
    var request = request
    let fault = fault
    if fault == .ignoresLocalities {
      request.open = Replay.places.map { OpenLocality($0, until: .distantFuture) }
    }
    if fault == .ignoresLimitsOfPlaces {
      for index in request.open.indices { request.open[index].limits = [] }
    }
    if fault == .checksLimitsBeforeItClaims {
      let free = try inner.run { (state) throws(StoreError) in state.systemLimit - state.slotsInUse() }
      for _ in 0..<3 { await Task.yield() }
      request.count = min(request.count, max(0, free))
    }
    let asked = request
    return try inner.run { (state) throws(StoreError) in
      let old = state
      switch fault {
      case .ignoresSystemLimit, .checksLimitsBeforeItClaims: state.systemLimit = 1_000_000
      case .ignoresAccountLimit:
        for index in state.accounts.indices { state.accounts[index].concurrencyLimit = 1_000_000 }
      case .ignoresCampaignLimit:
        for index in state.campaigns.indices { state.campaigns[index].pacing.maximumConcurrentCalls = nil }
      case .claimIgnoresDoNotCall: state.suppressions = []
      case .claimIgnoresLease:
        if old.leases[asked.lease.campaign] != nil { state.leases[asked.lease.campaign] = asked.lease }
      case .ordersByPriorityBackwards:
        for index in state.leads.indices { state.leads[index].priority *= -1 }
      case .attemptsAboveMaximum:
        for index in state.campaigns.indices { state.campaigns[index].retries.maximumAttempts = 100 }
      case .retriesBeforeTheTime:
        for index in state.leads.indices { state.leads[index].nextAttemptAt = nil }
      case .ignoresRollingLimits:
        for index in state.campaigns.indices { state.campaigns[index].compliance.rollingLimits = [] }
      case .callsFromTheFirst, .ignoresNearness, .ignoresCallsPerDay:
        for index in state.campaigns.indices {
          if fault == .callsFromTheFirst, let first = state.campaigns[index].callerNumbers.first {
            state.campaigns[index].callerNumbers = [first]
          }
          if fault == .ignoresNearness { state.campaigns[index].callerChoice.prefersNearby = false }
          if fault == .ignoresCallsPerDay { state.campaigns[index].callerChoice.maximumPerDay = nil }
        }
      case .ignoresDelay: state.rates = [:]
      case .believesRatesOfTheFuture:
        guard state.rates.values.allSatisfy({ $0 - Double(state.now.milliseconds) < 60_000 }) else {
          return Claim(stop: .rate(until: .distantFuture), at: state.now)
        }
      default: break
      }
      let claim = try state.claim(asked)
      state.systemLimit = old.systemLimit
      state.accounts = old.accounts
      state.suppressions = old.suppressions
      for (index, campaign) in old.campaigns.enumerated() {
        state.campaigns[index].pacing = campaign.pacing
        state.campaigns[index].retries = campaign.retries
        state.campaigns[index].compliance = campaign.compliance
        state.campaigns[index].callerNumbers = campaign.callerNumbers
        state.campaigns[index].callerChoice = campaign.callerChoice
      }
      for (index, lead) in old.leads.enumerated() { state.leads[index].priority = lead.priority }
      return claim
    }
  }

  func update(_ calls: [CallUpdate]) async throws(StoreError) -> [Result<Call.Status, StoreError>] {
    var results: [Result<Call.Status, StoreError>] = []
    for update in calls where fault != .writesTheFirstUpdateOnly || results.isEmpty {
      var status: Result<Call.Status, StoreError> = .failure(StoreError(.invalid, "there is nothing to be written"))
      do throws(StoreError) {
        for news in update.news { status = .success(try await record(news, of: update.call).call.status) }
        if let ending = update.ending { status = .success(try await finish(update.call, ending).call.status) }
      } catch {
        status = .failure(error)
      }
      results.append(status)
    }
    while results.count < calls.count { results.append(.success(.ended)) }
    return results
  }

  func finish(_ call: Call.ID, _ ending: CallEnding) async throws(StoreError) -> (call: Call, isNew: Bool) {
    var ending = ending
    if fault == .withdrawnCallsCount { ending.isAttempt = true }
    let asked = ending
    let fault = fault
    let result = try inner.run { (state) throws(StoreError) -> FinishResult in
      let old = state
      if fault == .attemptsAboveMaximum {
        for index in state.campaigns.indices { state.campaigns[index].retries.maximumAttempts = 100 }
      }
      if fault == .forgetsMarks { state.marks = [:] }
      var (call, isNew) = try state.finish(call, asked)
      for (index, campaign) in old.campaigns.enumerated() { state.campaigns[index].retries = campaign.retries }
      if fault == .finishesTwice { isNew = true }
      if fault == .forgetsSlotAtFinish, isNew {
        state.reservations.append(
          SlotReservation(
            id: state.identifiers.next(at: state.now), account: call.account, count: 1, note: "",
            reservedAt: state.now, expiresAt: .distantFuture))
      }
      if fault == .neverCompletes {
        for index in state.campaigns.indices where state.campaigns[index].status == .completed {
          state.campaigns[index].status = .active
        }
      }
      if fault == .mistakesCallbacks, let lead = state.leads.firstIndex(where: { $0.id == call.lead }) {
        if state.leads[lead].numberIndex > 0 { state.leads[lead].isCallback = false }
      }
      if fault == .saysWhatWasAsked, let index = state.calls.firstIndex(where: { $0.id == call.id }) {
        state.calls[index].followUp = Call.FollowUp(asked.next)
        call = state.calls[index]
      }
      return FinishResult(call: call, isNew: isNew)
    }
    return (result.call, result.isNew)
  }

  private struct FinishResult: Sendable {
    var call: Call
    var isNew: Bool
  }

  func total(of scope: RollupScope) async throws(StoreError) -> Rollup {
    var rollup = try await inner.total(of: scope)
    if fault == .rollupOffByOne, rollup.created > 3 { rollup.created += 1 }
    return rollup
  }

  func events(of account: Account.ID, after: UInt64, limit: Int) async throws(StoreError) -> [CampaignEvent] {
    let events = try await inner.events(of: account, after: after, limit: limit)
    return fault == .leavesOutAnEvent ? events.filter { $0.sequence != 9 } : events
  }

  func contact(_ id: Contact.ID, of account: Account.ID) async throws(StoreError) -> Contact? {
    guard fault == .showsOtherAccounts else { return try await inner.contact(id, of: account) }
    return try inner.run { (state) throws(StoreError) in state.contacts.first { $0.id == id } }
  }

  func leads(_ query: LeadQuery, page: PageRequest) async throws(StoreError) -> Page<Lead> {
    var request = page
    if fault == .cursorIsAnOffset, case .cursor(let cursor) = page.start {
      request.start = .offset(Int(cursor.text) ?? 0)
    }
    var found = try await inner.leads(query, page: request)
    if fault == .pageRepeatsAnElement, case .cursor = page.start, let first = found.elements.first {
      found.elements.insert(first, at: 0)
    }
    if fault == .cursorIsAnOffset, found.next != nil {
      var offset = found.elements.count
      if case .offset(let start) = request.start { offset += start }
      found.next = PageCursor(text: "\(offset)")
    }
    return found
  }

  func leadCounts(of campaign: Campaign.ID) async throws(StoreError) -> LeadCounts? {
    let current = try await inner.leadCounts(of: campaign)
    guard fault == .countsStandStill, let current, current.attempted > 0 else { return current }
    return counts.withLock { counts in
      counts[campaign] = counts[campaign] ?? current
      return counts[campaign]
    }
  }

  func record(_ news: CallNews, of call: Call.ID) async throws(StoreError) -> (call: Call, isNew: Bool) {
    if fault == .callMovesBackwards, case .placed = news {
      try inner.run { (state) throws(StoreError) in
        let index = try state.index(of: call)
        if state.calls[index].status == .ringing { state.calls[index].status = .intended }
      }
    }
    let absentAt = try await inner.call(call)?.agentAbsentAt
    let recorded = try await inner.record(news, of: call)
    if fault == .leavesAbsentAgentsAvailable, case .agentAbsent(let agent, _) = news, recorded.isNew {
      _ = try await inner.setStatus(.available, of: agent, in: recorded.call.account)
    }
    if fault == .blamesTheNextAgent, let absentAt {
      try inner.run { (state) throws(StoreError) in state.calls[try state.index(of: call)].agentAbsentAt = absentAt }
    }
    return recorded
  }

  func acquire(
    _ campaign: Campaign.ID, by owner: String, lasting: Duration
  ) async throws(StoreError) -> CampaignLease {
    if fault == .givesTwoLeases {
      try inner.run { (state) throws(StoreError) in state.leases[campaign] = nil }
    }
    if fault == .believesLeasesOfTheFuture {
      try inner.run { (state) throws(StoreError) in state.leaseStarts[campaign] = .distantPast }
    }
    return try await inner.acquire(campaign, by: owner, lasting: lasting)
  }

  func update(_ account: Account) async throws(StoreError) -> Account {
    var account = account
    if fault == .ignoresRevisions, let stored = try await inner.account(account.id) {
      account.revision = stored.revision
    }
    return try await inner.update(account)
  }

  func assign(_ call: Call.ID, to agents: [Agent.ID]) async throws(StoreError) -> Agent.ID? {
    let fault = fault
    return try inner.run { (state) throws(StoreError) in
      let old = state.agents
      if fault == .agentsAboveTheirLimit {
        for index in state.agents.indices { state.agents[index].maximumConcurrentCalls += 1 }
      }
      let agent = try state.assign(call, to: agents)
      state.agents = old
      return agent
    }
  }

  func dialingFacts(
    of lead: Lead.ID, keeping limits: [RollingLimit]
  ) async throws(StoreError) -> DialingFacts {
    try await inner.dialingFacts(of: lead, keeping: limits)
  }

  func liveSingleCalls(limit: Int) async throws(StoreError) -> [Call] {
    fault == .findsNoSingleCalls ? [] : try await inner.liveSingleCalls(limit: limit)
  }

  func mayPlace(_ call: Call.ID, under lease: CampaignLease?) async throws(StoreError) -> Bool {
    if fault == .placesAlways { return true }
    if fault == .placesCallsOfTheFuture {
      return try inner.run { (state) throws(StoreError) in
        let calls = state.calls
        for index in state.calls.indices { state.calls[index].createdAt = .distantPast }
        defer { state.calls = calls }
        return state.mayPlace(call, under: lease)
      }
    }
    return try await inner.mayPlace(call, under: lease)
  }

  func insert(
    _ leads: [NewLead], into campaign: Campaign.ID, options: LeadInsertion
  ) async throws(StoreError) -> LeadInsertion.Result {
    var options = options
    if fault == .repeatsImportSteps, let step = options.step, let batch = try await inner.importBatch(step.batch) {
      options.step?.from = batch.progress
    }
    return try await inner.insert(leads, into: campaign, options: options)
  }

  func suppress(_ entries: [Suppression]) async throws(StoreError) -> [Call.ID] {
    let fault = fault
    return try inner.run { (state) throws(StoreError) in
      let old = state.leads
      let calls = try state.suppress(entries)
      if fault == .suppressesNoLeads { state.leads = old }
      return calls
    }
  }

  func delete(_ campaign: Campaign.ID) async throws(StoreError) {
    try await inner.delete(campaign)
    if fault == .deletesCalls {
      try inner.run { (state) throws(StoreError) in state.calls.removeAll { $0.campaign == campaign } }
    }
  }

  func queues(of campaign: Campaign.ID) async throws(StoreError) -> [LocalityQueue] {
    try await inner.queues(of: campaign)
  }

  func lead(ordinal: Int, of campaign: Campaign.ID) async throws(StoreError) -> Lead? {
    try await inner.lead(ordinal: ordinal, of: campaign)
  }

  func release(_ reservation: SlotReservation.ID) async throws(StoreError) {
    try await inner.release(reservation)
  }

  func slots(of account: Account.ID) async throws(StoreError) -> SlotUsage {
    if fault == .believesReservationsOfTheFuture {
      try inner.run { (state) throws(StoreError) in
        for index in state.reservations.indices { state.reservations[index].reservedAt = .distantPast }
      }
    }
    return try await inner.slots(of: account)
  }

  func renew(_ leases: [CampaignLease], lasting duration: Duration) async throws(StoreError) -> [CampaignLease] {
    guard fault == .losesLeasesOfTheFuture else { return try await inner.renew(leases, lasting: duration) }
    return try inner.run { (state) throws(StoreError) in
      state.renew(leases.filter { $0.expiresAt - state.now <= duration }, lasting: duration)
    }
  }
}
