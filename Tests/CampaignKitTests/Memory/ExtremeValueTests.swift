import CampaignTesting
import JSON
import Testing

@testable import CampaignKit

/// Values that somebody could send, at the ends of what their types can hold.
@Suite struct ExtremeValueTests {
  private static let now = Samples.moment

  @Test func limitsWithoutEndClaimAllThereIs() throws {
    var state = StoreState(seed: 1)
    let lease = try state.begin(leads: 20, at: Self.now)
    try state.setLimits(system: .max, account: .max, at: Self.now)
    var account = state.tables.accounts[0].account
    account.concurrencyLimit = .max
    _ = try state.update(account, at: Self.now)
    let claim = try state.claim(.max, lease, at: Self.now)
    #expect(claim.calls.count == 20)
  }

  @Test func agentsWithoutEndTakeCalls() throws {
    var state = StoreState(seed: 2)
    let lease = try state.begin(leads: 5, at: Self.now)
    var campaign = state.tables.campaigns[0].campaign
    campaign.agents.group = "g"
    _ = try state.update(campaign, at: Self.now)
    var agents: [Agent.ID] = []
    for low in 10...11 as ClosedRange<UInt32> {
      var agent = Agent(id: Samples.id(low), account: Samples.id(1), kind: .voice, name: "V", createdAt: Self.now)
      agent.group = "g"
      agent.status = .available
      agent.maximumConcurrentCalls = .max
      try state.insert(agent, at: Self.now)
      agents.append(agent.id)
    }
    let claim = try state.claim(
      ClaimRequest(
        lease: lease, count: 5, open: [OpenLocality(.unknown, until: .distantFuture)], agents: agents), at: Self.now)
    #expect(claim.calls.count == 3)
  }

  @Test func aDelayOfCenturiesPermitsOneCall() throws {
    var state = StoreState(seed: 3)
    let lease = try state.begin(leads: 5, at: Self.now)
    var campaign = state.tables.campaigns[0].campaign
    campaign.pacing.delayBetweenCalls = .milliseconds(Int64.max)
    _ = try state.update(campaign, at: Self.now)
    let first = try state.claim(5, lease, at: Self.now)
    #expect(first.calls.count == 1)
    let second = try state.claim(5, lease, at: Self.now + .seconds(3600))
    #expect(second.calls.isEmpty)
    guard case .rate(let until) = second.stop else {
      Issue.record("stopped by \(second.stop)")
      return
    }
    #expect(until > Self.now + .seconds(3600))
  }

  @Test func aSlowRateWithALargeBurstDoesNotTrap() throws {
    var state = StoreState(seed: 4)
    let lease = try state.begin(leads: 10, at: Self.now)
    let claim = try state.claim(
      ClaimRequest(
        lease: lease, count: 10, open: [OpenLocality(.unknown, until: .distantFuture)],
        rates: [RateLimit(name: "r", perSecond: 0.00001, burst: 100_000)]), at: Self.now)
    #expect(claim.calls.count == 5)
  }

  @Test func costsAndTalkTimesOfCarriersDoNotTrap() throws {
    var state = StoreState(seed: 5)
    let lease = try state.begin(leads: 4, at: Self.now)
    var agent = Samples.agent
    agent.account = Samples.id(1)
    agent.status = .available
    agent.isActive = true
    try state.insert(agent, at: Self.now)
    let claim = try state.claim(4, lease, at: Self.now)
    for call in claim.calls {
      _ = try state.assign(call.call, to: [agent.id], at: Self.now)
      _ = try state.record(.cost(micros: -1), of: call.call, at: Self.now)
      _ = try state.finish(
        call.call, CallEnding(.answered, next: .complete, duration: .seconds(Int64.max), talkTime: .seconds(Int64.max)),
        at: Self.now)
      let (known, _) = try state.record(.cost(micros: .max), of: call.call, at: Self.now)
      #expect(known.costMicros == .max)
    }
    #expect(state.activity(of: [agent.id])[agent.id]?.talkTime == .milliseconds(Int64.max))
  }

  @Test func aForgedCursorGivesAPage() throws {
    var state = StoreState(seed: 6)
    let lease = try state.begin(leads: 5, at: Self.now)
    for isDescending in [true, false] {
      for low in [0, 4, 5, .max - 1, .max] as [UInt32] {
        let request = PageRequest(limit: 10, start: .cursor(PageCursor(ListPlace(low: low))))
        let query = LeadQuery(.campaign(lease.campaign), isDescending: isDescending)
        let page = try state.tables.leads(query, in: state.pool(of: query.scope), page: request)
        let expected = isDescending ? min(Int(low), 5) : max(0, 4 - Int(low))
        #expect(page.elements.count == expected, "\(low)")
      }
    }
  }

  @Test func pagesWithoutEndGiveAllThereIs() throws {
    var state = StoreState(seed: 7)
    let lease = try state.begin(leads: 5, at: Self.now)
    for sort in LeadQuery.Sort.allCases {
      for (offset, limit, expected) in [(0, Int.max, 5), (.max, .max, 0), (2, .max, 3), (.min, 2, 2), (0, .min, 0)] {
        let query = LeadQuery(.campaign(lease.campaign), sort: sort)
        let page = try state.tables.leads(
          query, in: state.pool(of: query.scope), page: PageRequest(limit: limit, start: .offset(offset)))
        #expect(page.elements.count == expected, "\(sort), offset \(offset), limit \(limit)")
      }
    }
    let events = try state.events(of: Samples.id(1), after: 1, limit: .max)
    #expect(!events.isEmpty)
  }

  @Test func aStreamOfEventsCannotStartAtItsEnd() throws {
    var state = StoreState(seed: 8)
    let error = #expect(throws: StoreError.self) {
      try state.restore(.account(Samples.account, lastEvent: .max), at: Self.now)
    }
    #expect(error?.code == .invalid)
  }

  @Test func attemptsAreNotCountedBeyondTheirWidth() throws {
    var state = StoreState(seed: 9)
    let lease = try state.begin(leads: 1, at: Self.now)
    var campaign = state.tables.campaigns[0].campaign
    campaign.retries.maximumAttempts = .max
    _ = try state.update(campaign, at: Self.now)
    state.tables.segments[0].core[0].attempts = .max
    let claim = try state.claim(1, lease, at: Self.now)
    #expect(claim.calls.isEmpty)
    #expect(claim.heldBack.first?.decision.rule == "attempts")
  }

  @Test func anEntryThatEndedAtTheStartOfTimeHasEnded() throws {
    var state = StoreState(seed: 10)
    try state.insert(Samples.account, at: Self.now)
    for milliseconds in [-1, 0, 1] as [Int64] {
      let entry = Suppression(
        .number(samplePhone), account: nil, source: "s", addedAt: Self.now,
        expiresAt: Timestamp(milliseconds: milliseconds))
      _ = try state.suppress([entry], at: Self.now)
      let isSuppressed = state.isSuppressed(samplePhone.digits, for: 0, at: Self.now)
      #expect(!isSuppressed, "\(milliseconds)")
    }
  }

  @Test func theLastRevisionIsFollowedByAnother() throws {
    var state = StoreState(seed: 11)
    var account = Account(id: Samples.id(1), name: "A", createdAt: Self.now)
    account.revision = .max
    try state.insert(account, at: Self.now)
    let changed = try state.update(account, at: Self.now)
    #expect(changed.revision != account.revision)
  }

  @Test func rowsThatWereRefusedAreAddedUpToTheEnd() throws {
    var state = StoreState(seed: 12)
    let lease = try state.begin(leads: 0, at: Self.now)
    let batch = ImportBatch(
      id: Samples.id(20), account: Samples.id(1), campaign: lease.campaign, name: "i", digest: "d", createdAt: Self.now)
    try state.insert(batch, at: Self.now)
    for step in 0..<2 as Range<Int64> {
      let options = LeadInsertion(step: .init(batch: batch.id, from: step, to: step + 1, invalid: .max))
      _ = try state.insert([NewLead(number: samplePhone)], into: lease.campaign, options: options, at: Self.now)
    }
    #expect(state.tables.batches[0].tally.total == .max)
    #expect(state.tables.batches[0].tally.invalid == .max)
  }

  @Test func aCampaignThatHasUsedUpAllRowsTakesNoLead() throws {
    var state = StoreState(seed: 13)
    let campaign = Campaign(id: Samples.id(2), account: Samples.id(1), name: "C", createdAt: Self.now)
    let account = Account(id: Samples.id(1), name: "A", createdAt: Self.now)
    let last = LeadSegment.maximumCount * LeadSegment.size - 1
    try state.restore(
      [.account(account, lastEvent: 0), .campaign(campaign, nextOrdinal: last)], at: Self.now)
    let lead = NewLead(number: samplePhone)
    let error = #expect(throws: StoreError.self) {
      _ = try state.insert([lead, lead], into: campaign.id, options: LeadInsertion(), at: Self.now)
    }
    #expect(error?.code == .limited)
    _ = try state.insert([lead], into: campaign.id, options: LeadInsertion(), at: Self.now)
    #expect(state.leadRow(ordinal: UInt32(last), of: 0) != nil)
    #expect(throws: StoreError.self) {
      _ = try state.insert([lead], into: campaign.id, options: LeadInsertion(), at: Self.now)
    }
  }

  @Test func reservationsThatComeBackWithTheClockLeaveNothing() throws {
    var state = StoreState(seed: 14)
    let lease = try state.begin(leads: 3, at: Self.now)
    try state.setLimits(system: .max, account: .max, at: Self.now)
    var account = state.tables.accounts[0].account
    account.concurrencyLimit = .max
    _ = try state.update(account, at: Self.now)
    _ = try state.reserve(.max, of: account.id, for: .seconds(10), note: "", at: Self.now)
    #expect(try state.claim(2, lease, at: Self.now + .seconds(11)).calls.count == 2)
    try state.setLimits(system: 0, at: Self.now)
    #expect(try state.claim(2, lease, at: Self.now).calls.isEmpty)
    #expect(try state.slots(of: account.id, at: Self.now).systemAvailable == 0)
  }

  @Test func aLeadIsNotDueAnyMoreWhenTheClockWentBack() throws {
    var state = StoreState(seed: 15)
    let lease = try state.begin(leads: 3, at: Self.now)
    for ordinal in 0..<3 as Range<UInt32> {
      let found = state.leadRow(ordinal: ordinal, of: 0)
      let row = try #require(found)
      let id = state.tables.leadCore(row).id.of(Lead.self)
      _ = try state.reschedule(id, at: Self.now + .seconds(3600), isCallback: false, now: Self.now)
    }
    #expect(try state.claim(1, lease, at: Self.now + .seconds(3600)).calls.count == 1)
    let early = try state.claim(3, lease, at: Self.now + .seconds(10))
    #expect(early.calls.isEmpty)
    #expect(early.stop == .noneDue(next: Self.now + .seconds(3600)))
    #expect(try state.claim(3, lease, at: Self.now + .seconds(3600)).calls.count == 2)
  }
}
