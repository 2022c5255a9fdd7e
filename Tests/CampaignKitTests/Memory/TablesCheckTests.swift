import Testing

@testable import CampaignKit

/// Snapshots that were written by another program, with checksums that are right and contents that are not.
@Suite struct TablesCheckTests {
  private static let now = Samples.moment

  private static func tables() throws -> Tables {
    var state = StoreState(seed: 401)
    let lease = try state.begin(leads: 1100, at: now)
    try state.insert(Samples.agent, at: now)
    try state.insert(Samples.list, at: now)
    _ = try state.suppress(Samples.suppressions, at: now)
    _ = try state.claim(40, lease, at: now)
    return state.tables
  }

  private static let damages: [(String, @Sendable (inout Tables) -> Void)] = [
    ("the system's limit", { $0.systemLimit = -1 }),
    ("live calls", { $0.liveCalls = .max }),
    ("an account's oldest call", { $0.accounts[0].oldestLive = 40 }),
    ("a campaign without its last leads", { _ = $0.campaigns[0].segments.popLast() }),
    ("a campaign's next lead", { $0.campaigns[0].nextOrdinal += 1 }),
    ("a campaign's counts", { $0.campaigns[0].counts.waiting = .min }),
    ("a list's member", { $0.lists[0].members = [.max - 1] }),
    ("a contact's account", { $0.contacts[7].account = 9 }),
    ("a contact's bytes", { $0.contacts[7].payload.length = .max }),
    ("a contact's lead", { $0.contacts[7].newestLead = 5000 }),
    ("a contact's number", { $0.contacts[7].numberRow = 40 }),
    ("a contact that is missing", { $0.segments[1].core[3].contact = 1100 }),
    ("a lead's status", { $0.segments[0].status[3] = 6 }),
    ("a lead's end", { $0.segments[0].core[3].ending = 7 }),
    ("a lead's call", { $0.segments[0].core[3].liveCall = 40 }),
    ("a lead's bytes", { $0.segments[0].core[3].payload.offset = 1 << 30 }),
    ("a lead's import", { $0.segments[0].core[3].batch = 0 }),
    ("leads of no campaign", { $0.segments[1] = LeadSegment(campaign: 1, base: 1024) }),
    ("a call's number", { $0.calls[5].number = 40 }),
    ("a call's campaign", { $0.calls[5].campaign = 1 }),
    ("a call's agent", { $0.calls[5].agent = 1 }),
    ("a call's status", { $0.calls[5].status = 5 }),
    ("a call's disposition", { $0.calls[5].disposition = 255 }),
    ("calls in a circle", { $0.calls[5].olderOfNumber = 5 }),
    ("a live call behind itself", { $0.calls[5].newerLive = 5 }),
    ("a live call without its lead", { $0.calls[5].lead = noRow }),
    ("a number's call", { $0.numbers[5].newestCall = 40 }),
    ("a number without digits", { $0.numbers[5].number = 0 }),
    ("a do-not-call list of no account", { $0.suppressions[7] = SuppressionList() }),
    ("a chunk that is cut", { $0.contacts.append(chunk: []) }),
  ]

  @Test func whatTheLibraryWritesIsTaken() throws {
    try Self.tables().check()
    try Tables().check()
  }

  @Test func whatLeadsOutOfTheTablesIsRefused() throws {
    let whole = try Self.tables()
    for (what, damage) in Self.damages {
      var tables = whole
      damage(&tables)
      var state = StoreState(seed: 402)
      let error = #expect(throws: StoreError.self, "\(what)") { try state.load(tables, at: Self.now) }
      #expect(error?.code == .damaged, "\(what)")
    }
  }

  @Test func changesThatDoNotFitAreRefused() throws {
    let whole = try Self.tables()
    var records = ClaimItems()
    records.add(call: RawID(high: 1, low: 1), of: 0)
    func claim(_ campaign: UInt32, _ items: ClaimItems) -> Change {
      .claimed(
        ClaimRecord(
          campaign: campaign, from: 0, placeBy: 0, expiresAt: 0, rule: nil, delayUntil: 0, rateUntil: 0, rates: [],
          items: items))
    }
    let changes: [Change] = [
      .listed(list: 0, contacts: [.max]), .listed(list: 1, contacts: []), .listDeleted(1),
      .assigned(call: 40, agent: 0), .assigned(call: 0, agent: 1), claim(1, ClaimItems()), claim(0, records),
      .leadEnded(5000, .cancel), .leadDeleted(.max), .contactDeleted(.max), .campaignDeleted(1), .agentDeleted(1),
      .agentStatus(1, .onBreak), .batchCompleted(0), .batchUndone(0), .batch(Samples.batch),
      .limits(system: -1, account: 1),
      .finished(40, CallEnding(.busy, next: .fail)), .annotated(40, notes: "n", metadata: nil),
      .leadRescheduled(5000, due: 0, isCallback: false), .transition(campaign: 1, trigger: .start, reason: nil),
      .leadsDeleted(campaign: 1), .news(40, .ringing(at: Self.now)),
    ]
    for change in changes {
      var state = StoreState(seed: 403)
      try state.load(whole, at: Self.now)
      let error = #expect(throws: StoreError.self, "\(change)") { try state.apply(change, at: Self.now) }
      #expect(error?.code == .damaged, "\(change)")
    }
  }
}
