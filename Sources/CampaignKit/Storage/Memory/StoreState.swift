/// The state of a store: a machine that is told a change and makes it, the same way every time.
///
/// It knows no clock and does no I/O; the moment of a change is given with it. Methods that decide (`claim`,
/// `finish`, `update` ...) look at the state, refuse what is not permitted, and then ``commit(_:at:)`` one change.
/// Making the same changes again, in the same order, gives the same state.
struct StoreState: ~Copyable, Sendable {
  var tables = Tables()
  var indexes = Indexes()
  let identifiers: IdentifierGenerator
  /// The changes that were made and not yet taken away, each with its length in front; empty unless they are kept.
  var outbox = ByteWriter()
  /// Whether changes are written to ``outbox``.
  var keepsChanges: Bool
  /// How many segments of leads there may be; less only in tests.
  var mostSegments = LeadSegment.maximumCount
  /// The accounts that have new events since somebody last asked; one may stand here more than once.
  var touched: [UInt32] = []
  /// Whether records are being restored, and nothing else was changed since.
  var isRestoring = false
  /// While calls are restored: what is left of things that were deleted.
  var remnants: Remnants?
  /// Whether changes of a log are replayed, and the leads that were added meanwhile may be indexed later, many together.
  private(set) var isReplaying = false
  /// Where the leads and contacts begin that are not indexed yet.
  var awaiting: InsertionStart?
  /// Calls that cannot be found by their carriers' names for them yet.
  var awaitingReferences: [UInt32] = []
  private var scratch = ByteWriter()

  init(identifiers: IdentifierGenerator, keepsChanges: Bool) {
    self.identifiers = identifiers
    self.keepsChanges = keepsChanges
  }

  /// Makes a change that was decided, and keeps it if changes are kept.
  mutating func commit(_ change: Change, at now: Timestamp) throws(StoreError) {
    try change.check()
    try checkSize(with: change)
    try apply(change, at: now)
    keep(change, at: now)
  }

  /// Keeps a change that was made already.
  mutating func keep(_ change: Change, at now: Timestamp) {
    if isRestoring { endRestoring(with: change) }
    guard keepsChanges else { return }
    scratch.bytes.removeAll(keepingCapacity: true)
    change.write(to: &scratch, at: now)
    outbox.count(scratch.bytes.count)
    outbox.bytes.append(contentsOf: scratch.bytes)
  }

  private mutating func endRestoring(with change: Change) {
    if case .restored = change { return }
    isRestoring = false
    remnants = nil
  }

  /// Lets ``replay(_:)`` index what it adds later; nothing is found by name before ``endReplaying()``.
  mutating func beginReplaying() { isReplaying = true }

  mutating func endReplaying() {
    indexAwaiting()
    isReplaying = false
  }

  /// Makes the changes that a log has kept.
  mutating func replay(_ batch: UnsafeRawBufferPointer) throws(StoreError) {
    var reader = ByteReader(batch)
    while !reader.isAtEnd {
      var record = ByteReader(try reader.blob())
      try apply(writtenIn: &record)
      guard record.isAtEnd else { throw StoreError(.damaged, "a stored change is longer than it should be") }
    }
  }

  /// Makes a change. It fails only for changes that do not fit the state, as those of a foreign log do not.
  mutating func apply(_ change: Change, at now: Timestamp) throws(StoreError) {
    switch change {
    case .account(let account): try apply(account, at: now)
    case .user(let user): apply(user)
    case .userDeleted(let id): remove(id)
    case .key(let key): apply(key)
    case .keyDeleted(let id): remove(id)
    case .campaign(let campaign): try apply(campaign, at: now)
    case .transition(let campaign, let trigger, let reason):
      try applyTransition(campaign, trigger, reason, at: now)
    case .campaignDeleted(let row): try applyDeletion(ofCampaign: row, at: now)
    case .contact(let contact): try apply(contact, at: now)
    case .contactDeleted(let row): try applyDeletion(ofContact: row)
    case .list(let list): try apply(list)
    case .listed(let list, let contacts): try applyListing(contacts, on: list)
    case .listDeleted(let row): try applyDeletion(ofList: row)
    case .leads(let records): try apply(records, at: now)
    case .leadChanged(let row, let changes): try apply(changes, to: row, at: now)
    case .leadRescheduled(let row, let due, let isCallback):
      try applyRescheduling(of: row, due: due, isCallback: isCallback, at: now)
    case .leadEnded(let row, let trigger): try applyEnd(of: row, on: trigger, at: now)
    case .leadDeleted(let row): try applyDeletion(ofLead: row, at: now)
    case .leadsDeleted(let campaign): try applyDeletion(ofLeadsOf: campaign, at: now)
    case .agent(let agent): try apply(agent, at: now)
    case .agentStatus(let row, let status): try applyStatus(status, ofAgent: row, at: now)
    case .agentDeleted(let row): try applyDeletion(ofAgent: row, at: now)
    case .suppressed(let entries): try apply(entries, at: now)
    case .unsuppressed(let patterns, let account): try applyRemoval(of: patterns, account: account, at: now)
    case .batch(let batch): try apply(batch)
    case .batchCompleted(let row): try applyCompletion(ofBatch: row, at: now)
    case .batchUndone(let row): try applyUndoing(ofBatch: row, at: now)
    case .leased(let campaign, let owner, let token, let end):
      try applyLease(of: campaign, owner: owner, token: token, end: end, at: now)
    case .claimed(let record): try apply(record, at: now)
    case .began(let record): try apply(record, at: now)
    case .news(let row, let news): try apply(news, to: row, at: now)
    case .assigned(let call, let agent): try applyAssignment(of: call, to: agent, at: now)
    case .finished(let row, let ending): try apply(ending, to: row, at: now)
    case .annotated(let row, let notes, let metadata):
      try applyAnnotation(of: row, notes: notes, metadata: metadata)
    case .limits(let system, let account): try applyLimits(system: system, account: account, at: now)
    case .reserved(let reservation): tables.reservations[reservation.id] = reservation
    case .released(let id): tables.reservations[id] = nil
    case .restored(let record): try restore(record, at: now)
    }
  }

  /// Appends an event to an account's stream.
  @inline(__always)
  mutating func tell(
    _ kind: CampaignEvent.Kind, of account: UInt32, at now: Timestamp, campaign: UInt32 = noRow,
    lead: RawID = .none, call: UInt32 = noRow, agent: UInt32 = noRow, status: UInt8 = 0, count: Int = -1
  ) {
    tables.accounts[Int(account)].events.append(
      EventRow(
        at: now.milliseconds, campaign: campaign, call: call, agent: agent, lead: lead, count: Int32(clamping: count),
        kind: kind.stored, status: status))
    if touched.last != account { touched.append(account) }
  }
}

extension StoreError {
  /// A change names something that is not there.
  static func misfit(_ what: String) -> StoreError {
    StoreError(.damaged, "a stored change names a \(what) that is not there; the log does not belong to this state")
  }
}

extension CampaignEvent.Kind {
  /// The number that stands for it in a row: its place in the list of all, to which new kinds are only appended.
  @inline(__always)
  var stored: UInt8 {
    switch self {
    case .campaignCreated: 0
    case .campaignUpdated: 1
    case .campaignStatusChanged: 2
    case .campaignDeleted: 3
    case .leadsAdded: 4
    case .leadUpdated: 5
    case .leadsRemoved: 6
    case .callIntended: 7
    case .callPlaced: 8
    case .callRinging: 9
    case .callAnswered: 10
    case .callEnded: 11
    case .callAssigned: 12
    case .agentUpdated: 13
    case .agentStatusChanged: 14
    case .agentDeleted: 15
    case .suppressionsAdded: 16
    case .suppressionsRemoved: 17
    case .limitsChanged: 18
    case .callDetected: 19
    case .agentAbsent: 20
    }
  }

  init?(stored: UInt8) {
    guard Int(stored) < Self.allCases.count else { return nil }
    self = Self.allCases[Int(stored)]
  }
}
