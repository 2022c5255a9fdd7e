import Testing

@testable import CampaignKit

/// What an engine makes of the answers about its leases, and of numbers that are free again.
@Suite struct EngineRenewalTests {
  private static let start = EngineBench.start
  private static let account = Account.ID(high: 1, low: 1)

  /// An engine that holds leases of 30 seconds since the start, with calls that the carrier has.
  private func engine(campaigns: Int, callsOfEach: Int = 0) throws -> (EngineState, [CampaignLease]) {
    var state = EngineState(EngineConfiguration(), carrier: "scripted", capabilities: DialerCapabilities())
    let number = try #require(PhoneNumber(digits: 15_550_000_000))
    var leases: [CampaignLease] = []
    for place in 0..<UInt64(campaigns) {
      let campaign = Campaign(
        id: Campaign.ID(high: 2, low: UInt32(place)), account: Self.account, name: "\(place)", createdAt: Self.start)
      let lease = CampaignLease(
        campaign: campaign.id, owner: "test", token: 1, expiresAt: Self.start + .seconds(30))
      let run = CampaignRun(lease, heldUntil: Self.start + .seconds(15), campaign: campaign, at: Self.start)
      leases.append(lease)
      state.runs[campaign.id] = run
      for call in 0..<callsOfEach {
        let claimed = ClaimedCall(
          call: Call.ID(high: 3 + place, low: UInt32(call)), lead: Lead.ID(high: 3, low: 3),
          contact: Contact.ID(high: 3, low: 3), number: number, attempt: 1, placeBy: Self.start + .seconds(30))
        var followed = FollowedCall(claimed, of: run, at: Self.start, elapsed: .zero)
        (followed.phase, followed.isOrdering) = (.following, false)
        state.follow(followed)
      }
    }
    return (state, leases)
  }

  private func hear(_ input: EngineInput, after time: Duration, _ state: inout EngineState) {
    var actions: [EngineAction] = []
    state.handle(input, at: Self.start + time, &actions)
  }

  @Test("An answer that comes after that to a later question does not shorten a lease") func lateAnswer() throws {
    let (made, leases) = try engine(campaigns: 1)
    var state = made
    let id = leases[0].campaign
    for asked in [11, 1] {
      let held = CampaignLease(
        campaign: id, owner: "test", token: 1, expiresAt: Self.start + .seconds(asked + 30))
      hear(
        .renewed(asked: leases, held: [held], since: Self.start + .seconds(asked)), after: .seconds(12), &state)
      #expect(state.runs[id]?.heldUntil == Self.start + .seconds(26))
      #expect(state.runs[id]?.lease.expiresAt == Self.start + .seconds(41))
    }
  }

  @Test("A clock that goes back while a lease is renewed makes it no longer") func clockGoesBack() throws {
    let (made, leases) = try engine(campaigns: 1)
    var state = made
    hear(.notRenewed, after: .zero, &state)
    hear(.renewed(asked: leases, held: leases, since: Self.start), after: .seconds(-600), &state)
    #expect(state.runs[leases[0].campaign]?.heldUntil == Self.start - .seconds(585))
  }

  /// With one look at all calls for each lease it would take many minutes.
  @Test("Many leases that lapse together are sorted out at once", .timeLimit(.minutes(1))) func manyLeases() throws {
    let (made, leases) = try engine(campaigns: 4000, callsOfEach: 10)
    var state = made
    let kept = leases.prefix(2000)
    hear(
      .renewed(asked: leases, held: Array(kept), since: Self.start + .seconds(20)), after: .seconds(20), &state)
    #expect(state.runs.count == 2000)
    #expect(state.calls.values.count { $0.isGuest } == 20_000)
    // What was left undecided is looked at now.
    #expect(state.calls.values.count { $0.deadline == Self.start + .seconds(20) } == 20_000)
  }

  @Test("A number that is free again is told to those who are out of numbers, or may be just now") func freedNumber()
    throws
  {
    let (made, leases) = try engine(campaigns: 3)
    var state = made
    let ids = leases.map(\.campaign)
    for id in ids {
      let settings = try #require(active(state.runs[id]))
      state.runs[id]?.settings = settings
    }
    state.runs[ids[0]]?.hold = .callerNumbers(5, until: Self.start + .seconds(3600))
    state.runs[ids[1]]?.isClaiming = true
    var actions: [EngineAction] = []
    state.freeNumber(of: Self.account, at: Self.start, &actions)
    #expect(state.ready.ids == [ids[0]])
    #expect(ids.map { state.runs[$0]?.isNumberFreed } == [true, true, false])
  }

  private func active(_ run: CampaignRun?) -> Shared<Campaign>? {
    guard var campaign = run?.campaign else { return nil }
    campaign.status = .active
    return Shared(campaign)
  }
}
