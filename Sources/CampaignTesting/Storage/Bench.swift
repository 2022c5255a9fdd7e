import CampaignKit
import Locks

/// One store under test, and the small steps of which the checks are made.
///
/// The steps are not inlined: a function that waits is compiled once for each place where it does, so checks in which
/// the steps were written out would take the compiler minutes.
final class Bench: Sendable {
  let promise: String
  /// Makes further stores; nil where one is only looked at.
  private let harness: (any StorageHarness)?
  let seed: UInt64
  private let tested: Locked<StoreUnderTest>
  private let identifiers: IdentifierGenerator
  private let reservations = Locked<[SlotReservation]>([])

  init(promise: String, harness: any StorageHarness, seed: UInt64) async throws {
    self.promise = promise
    self.harness = harness
    self.seed = seed
    let tested = try await harness.makeStore()
    self.tested = Locked(tested)
    identifiers = IdentifierGenerator(random: SeededGenerator(seed: seed ^ 0xA5A5))
    try await tested.store.setSystemLimit(100_000)
    try await tested.store.setDefaultAccountLimit(50_000)
  }

  /// Takes a store as it is, to look at it.
  init(promise: String, examining store: any CampaignStorage, seed: UInt64) {
    self.promise = promise
    self.seed = seed
    harness = nil
    tested = Locked(StoreUnderTest(store, advance: { _ in }))
    identifiers = IdentifierGenerator(random: SeededGenerator(seed: seed))
  }

  var store: any CampaignStorage { tested.withLock { $0.store } }
  @inline(never)
  var now: Timestamp { get async throws { try await store.now() } }

  /// Makes another store of the same kind.
  @inline(never)
  func makeStore() async throws -> StoreUnderTest {
    guard let harness else { throw failure("a store that is only looked at has no others of its kind") }
    return try await harness.makeStore()
  }

  @inline(never)
  func advance(_ seconds: Double) async throws {
    let advance = tested.withLock { $0.advance }
    try await advance(.milliseconds(Int64((seconds * 1000).rounded())))
  }

  @inline(never)
  func setBack(_ seconds: Int64) async throws {
    guard let setBack = tested.withLock({ $0.setBack }) else { throw failure("the clock cannot be set back") }
    try await setBack(.seconds(seconds))
  }

  @inline(never)
  func reopen() async throws {
    guard let reopen = tested.withLock({ $0.reopen }) else { throw failure("the store cannot be opened again") }
    let store = try await reopen()
    tested.withLock { $0.store = store }
  }

  @inline(never)
  func newID<Entity>(_ entity: Entity.Type = Entity.self) async throws -> Identifier<Entity> {
    identifiers.next(at: try await now)
  }
}

// MARK: Judging

extension Bench {
  @inline(never)
  func failure(_ message: String, file: String = #fileID, line: Int = #line) -> ConformanceFailure {
    ConformanceFailure(promise: promise, message: message, file: file, line: line, seed: seed)
  }

  @inline(never)
  func expect(_ condition: Bool, _ message: @autoclosure () -> String, file: String = #fileID, line: Int = #line) throws
  {
    if !condition { throw failure(message(), file: file, line: line) }
  }

  @inline(never)
  func equal<Value: Equatable>(
    _ seen: Value, _ expected: Value, _ what: String, file: String = #fileID, line: Int = #line
  ) throws {
    if seen != expected {
      throw failure("\(what) should be \(expected) and is \(seen)", file: file, line: line)
    }
  }

  @inline(never)
  func exists<Value>(
    _ value: Value?, _ what: String, file: String = #fileID, line: Int = #line
  ) throws -> Value {
    guard let value else { throw failure("\(what) should be there", file: file, line: line) }
    return value
  }

  /// Expects an error of a kind.
  @discardableResult
  @inline(never)
  func fails<Value>(
    _ code: StoreError.Code, _ what: String, file: String = #fileID, line: Int = #line,
    _ body: () async throws -> Value
  ) async throws -> StoreError {
    do {
      _ = try await body()
    } catch let error as StoreError {
      try expect(error.code == code, "\(what) should throw \(code) and throws \(error)", file: file, line: line)
      return error
    }
    throw failure("\(what) should throw \(code) and succeeds", file: file, line: line)
  }
}

// MARK: Making things

extension Bench {
  @inline(never)
  func number(_ index: Int) throws -> PhoneNumber {
    try exists(PhoneNumber(digits: 14_155_550_000 + UInt64(index)), "a number")
  }

  @discardableResult
  @inline(never)
  func addAccount(limit: Int? = nil, _ edit: (inout Account) -> Void = { _ in }) async throws -> Account {
    var account = Account(id: try await newID(), name: "Account", createdAt: try await now)
    account.concurrencyLimit = limit
    edit(&account)
    try await store.insert(account)
    return account
  }

  @inline(never)
  func addCampaign(in account: Account, _ edit: (inout Campaign) -> Void = { _ in }) async throws -> Campaign {
    var campaign = Campaign(id: try await newID(), account: account.id, name: "Campaign", createdAt: try await now)
    campaign.retries.maximumAttempts = 3
    edit(&campaign)
    return try await store.insert(campaign)
  }

  /// Adds leads with the numbers of these indices, and returns them in that order.
  @discardableResult
  @inline(never)
  func addLeads(
    _ numbers: Range<Int>, to campaign: Campaign, _ edit: (inout NewLead, Int) -> Void = { _, _ in }
  ) async throws -> [Lead.ID] {
    var new: [NewLead] = []
    for index in numbers {
      var lead = NewLead(number: try number(index))
      edit(&lead, index)
      new.append(lead)
    }
    let result = try await store.insert(new, into: campaign.id, options: LeadInsertion())
    return try result.outcomes.map { outcome in
      guard case .inserted(let id, _) = outcome else { throw failure("a new lead should be added and is \(outcome)") }
      return id
    }
  }

  /// Starts a campaign and takes its lease.
  @inline(never)
  func start(_ campaign: Campaign, lasting: Duration = .seconds(100_000_000)) async throws -> CampaignLease {
    _ = try await store.transition(campaign.id, on: .start, reason: nil)
    return try await store.acquire(campaign.id, by: "one", lasting: lasting)
  }

  /// An active campaign with leads.
  @inline(never)
  func activeCampaign(
    in account: Account, leads: Range<Int> = 0..<10, _ edit: (inout Campaign) -> Void = { _ in },
    lead: (inout NewLead, Int) -> Void = { _, _ in }
  ) async throws -> (campaign: Campaign, lease: CampaignLease, leads: [Lead.ID]) {
    let campaign = try await addCampaign(in: account, edit)
    let leads = try await addLeads(leads, to: campaign, lead)
    return (campaign, try await start(campaign), leads)
  }

  @inline(never)
  func addAgent(in account: Account, _ edit: (inout Agent) -> Void = { _ in }) async throws -> Agent {
    var agent = Agent(
      id: try await newID(), account: account.id, kind: .person, name: "Agent", createdAt: try await now)
    agent.status = .available
    edit(&agent)
    try await store.insert(agent)
    return agent
  }

  @inline(never)
  func addContact(_ index: Int, in account: Account, _ edit: (inout Contact) -> Void = { _ in }) async throws -> Contact
  {
    var contact = Contact(
      id: try await newID(), account: account.id, number: try number(index), createdAt: try await now)
    edit(&contact)
    try await store.insert(contact)
    return contact
  }

  @inline(never)
  func suppress(_ pattern: Suppression.Pattern, of account: Account?, expiresAt: Timestamp? = nil) async throws -> [Call
    .ID]
  {
    try await store.suppress([
      Suppression(pattern, account: account?.id, source: "test", addedAt: try await now, expiresAt: expiresAt)
    ])
  }

  @inline(never)
  func reserve(_ count: Int, of account: Account, for seconds: Int) async throws -> SlotReservation {
    let reservation = try await store.reserve(count, of: account.id, for: .seconds(seconds), note: "test")
    reservations.withLock { $0.append(reservation) }
    return reservation
  }

  @inline(never)
  func release(_ reservation: SlotReservation) async throws {
    try await store.release(reservation.id)
    reservations.withLock { $0.removeAll { $0.id == reservation.id } }
  }

  /// The slots that are reserved now, of an account or in all.
  @inline(never)
  func reserved(of account: Account.ID? = nil) async throws -> Int {
    let now = try await now
    return reservations.withLock { all in
      all.filter { $0.isHeld(at: now) && (account == nil || $0.account == account) }.reduce(0) { $0 + $1.count }
    }
  }
}

// MARK: Calling

extension Bench {
  @inline(never)
  func claim(
    _ lease: CampaignLease, _ count: Int = 1, open: [OpenLocality]? = nil, agents: [Agent.ID] = [],
    rates: [RateLimit] = [], day: Range<Timestamp>? = nil, rule: String? = nil
  ) async throws -> Claim {
    try await store.claim(
      ClaimRequest(
        lease: lease, count: count, open: open ?? [OpenLocality(.unknown, until: .distantFuture)], agents: agents,
        rates: rates, day: day, rule: rule))
  }

  /// Claims one call, which must succeed.
  @inline(never)
  func claimOne(
    _ lease: CampaignLease, agents: [Agent.ID] = [], file: String = #fileID, line: Int = #line
  ) async throws -> ClaimedCall {
    let claim = try await claim(lease, 1, agents: agents)
    guard let call = claim.calls.first else {
      throw failure("a claim should give a call and stops with \(claim.stop)", file: file, line: line)
    }
    return call
  }

  @discardableResult
  @inline(never)
  func finish(
    _ call: Call.ID, _ disposition: Disposition = .noAnswer, next: LeadStep = .complete, isAttempt: Bool = true
  ) async throws -> Call {
    try await store.finish(call, CallEnding(disposition, next: next, isAttempt: isAttempt)).call
  }

  @inline(never)
  func retry(in seconds: Double = 0, number: Int = 0, isCallback: Bool = false) async throws -> LeadStep {
    .retry(
      at: try await now + .milliseconds(Int64(seconds * 1000)), numberIndex: number, isCallback: isCallback)
  }

  @inline(never)
  func lead(_ id: Lead.ID, file: String = #fileID, line: Int = #line) async throws -> Lead {
    try exists(try await store.lead(id), "the lead", file: file, line: line)
  }

  @inline(never)
  func call(_ id: Call.ID, file: String = #fileID, line: Int = #line) async throws -> Call {
    try exists(try await store.call(id), "the call", file: file, line: line)
  }

  @inline(never)
  func campaign(_ id: Campaign.ID, file: String = #fileID, line: Int = #line) async throws -> Campaign {
    try exists(try await store.campaign(id), "the campaign", file: file, line: line)
  }

  @inline(never)
  func counts(_ campaign: Campaign, file: String = #fileID, line: Int = #line) async throws -> LeadCounts {
    try exists(try await store.leadCounts(of: campaign.id), "the counts", file: file, line: line)
  }

  @inline(never)
  func expectStop(
    _ claim: Claim, _ stop: ClaimStop, calls: Int, _ what: String, file: String = #fileID, line: Int = #line
  ) throws {
    try equal(claim.calls.count, calls, "the number of calls, \(what),", file: file, line: line)
    try equal(claim.stop, stop, "the stop, \(what),", file: file, line: line)
  }
}
