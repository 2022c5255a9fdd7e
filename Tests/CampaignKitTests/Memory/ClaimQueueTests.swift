import CampaignTesting
import Testing

@testable import CampaignKit

@Suite struct ClaimQueueTests {
  /// A store with a campaign, and room for a hundred calls.
  private static func store(_ time: ManualTime) async throws -> (LocalStore, Campaign) {
    var configuration = LocalStore.Configuration()
    configuration.time = time
    let store = LocalStore(configuration: configuration)
    let ids = IdentifierGenerator()
    var account = Account(id: ids.next(at: time.now()), name: "A", createdAt: time.now())
    account.concurrencyLimit = 100
    try await store.insert(account)
    try await store.setSystemLimit(100)
    let campaign = try await store.insert(
      Campaign(id: ids.next(at: time.now()), account: account.id, name: "C", createdAt: time.now()))
    return (store, campaign)
  }

  /// A lead that was put into its queue twice at the same place is called once.
  @Test func aLeadWithTwoEntriesIsClaimedOnce() async throws {
    let time = ManualTime()
    let (store, campaign) = try await Self.store(time)
    let numbers = try (0..<3 as Range<UInt64>).map { try #require(PhoneNumber(digits: 14_155_552_000 + $0)) }
    let added = try await store.insert(
      numbers.map { NewLead(number: $0) }, into: campaign.id, options: LeadInsertion())
    guard case .inserted(let lead, _) = added.outcomes[0] else {
      Issue.record("the first lead was not added")
      return
    }
    let due = time.now() + .seconds(10)
    for moment in [due, nil, due, nil, due] {
      _ = try await store.reschedule(lead, at: moment, isCallback: false)
    }
    for priority in [5, 0, 5, 0] as [Int32] {
      _ = try await store.update(lead, with: LeadChanges(priority: priority))
    }
    time.advance(by: .seconds(20))
    _ = try await store.transition(campaign.id, on: .start, reason: nil)
    let lease = try await store.acquire(campaign.id, by: "p", lasting: .seconds(60))
    let open = [OpenLocality(.unknown, until: .distantFuture)]
    let claim = try await store.claim(ClaimRequest(lease: lease, count: 10, open: open))
    #expect(claim.calls.count == 3)
    #expect(Set(claim.calls.map(\.lead)).count == 3)
    #expect(try await store.leadCounts(of: campaign.id)?.calling == 3)
  }

  /// A claim asks for what it names, however much that is like what the one before has named.
  @Test func eachClaimAsksForItsOwnLocalities() async throws {
    let time = ManualTime()
    let (store, campaign) = try await Self.store(time)
    let paris = Locality(timeZones: ["Europe/Paris"])
    let tokyo = Locality(timeZones: ["Asia/Tokyo"])
    var next: UInt64 = 14_155_552_000
    func add(_ count: Int, in locality: Locality) async throws {
      let leads = try (0..<UInt64(count)).map {
        NewLead(number: try #require(PhoneNumber(digits: next + $0)), locality: locality)
      }
      next += UInt64(count)
      _ = try await store.insert(leads, into: campaign.id, options: LeadInsertion())
    }
    try await add(10, in: paris)
    _ = try await store.transition(campaign.id, on: .start, reason: nil)
    let lease = try await store.acquire(campaign.id, by: "p", lasting: .seconds(600))
    func claim(_ count: Int, _ open: [OpenLocality]) async throws -> Int {
      try await store.claim(ClaimRequest(lease: lease, count: count, open: open)).calls.count
    }
    let both = [OpenLocality(paris, until: .distantFuture), OpenLocality(tokyo, until: .distantFuture)]
    #expect(try await claim(2, both) == 2)
    // The other one has leads only now.
    try await add(10, in: tokyo)
    #expect(try await claim(9, both) == 9)
    #expect(try await claim(2, [OpenLocality(paris, from: time.now() + .seconds(1), until: .distantFuture)]) == 0)
    // Of one locality there is one queue, which is asked once.
    #expect(try await claim(4, both.reversed() + both) == 4)
    #expect(try await claim(9, [OpenLocality(paris, until: time.now()), both[1]]) == 5)
    #expect(try await claim(9, both) == 0)
  }
}
