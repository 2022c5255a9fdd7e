import CampaignTesting
import Testing

@testable import CampaignKit

@Suite struct FairSharingTests {
  private let accounts = (0..<3).map { Account.ID(high: UInt64($0), low: 0) }

  private func candidate(
    _ number: UInt64, of account: Int = 0, served: Double = 0, live: Int = 0, pacing: Pacing = Pacing()
  ) -> PacingSituation.Candidate {
    PacingSituation.Candidate(
      campaign: Campaign.ID(high: number, low: 0), account: accounts[account], pacing: pacing, live: live,
      activeFor: .seconds(3600), served: served)
  }

  private func shares(
    _ free: Int, _ rooms: [PacingSituation.Room], _ candidates: [PacingSituation.Candidate]
  ) -> [Int] {
    let rooms = Dictionary(uniqueKeysWithValues: zip(accounts, rooms))
    return FairSharing().shares(in: PacingSituation(systemFree: free, accounts: rooms, candidates: candidates))
  }

  @Test func sharesEquallyAndGivesTheRestToTheOneThatHadLeast() {
    let room = PacingSituation.Room(free: 100)
    #expect(
      shares(7, [room], [candidate(1, served: 2), candidate(2, served: 0), candidate(3, served: 1)]) == [2, 3, 2])
    #expect(shares(0, [room], [candidate(1), candidate(2)]) == [0, 0])
    #expect(shares(-3, [room], [candidate(1)]) == [0])
    #expect(shares(5, [], [candidate(1), candidate(2)]) == [0, 0])
  }

  @Test func keepsToEveryLimit() {
    let rooms = [PacingSituation.Room(free: 3), PacingSituation.Room(free: 50)]
    let limited = candidate(3, of: 1, live: 4, pacing: Pacing(maximumConcurrentCalls: 6))
    #expect(shares(100, rooms, [candidate(1), candidate(2), limited]) == [2, 1, 2])
    #expect(shares(100, rooms, [candidate(3, of: 1, live: 9, pacing: Pacing(maximumConcurrentCalls: 6))]) == [0])
  }

  @Test func weighsAccountsBeforeCampaigns() {
    let rooms = [PacingSituation.Room(free: 100), PacingSituation.Room(free: 100, weight: 3)]
    let three = (1...3).map { candidate($0) }
    #expect(shares(40, rooms, three + [candidate(9, of: 1)]) == [4, 3, 3, 30])
  }

  @Test func keepsReservedSlotsForTheirCampaign() {
    let room = PacingSituation.Room(free: 10, reserved: 4)
    #expect(shares(100, [room], [candidate(1)]) == [6])
    #expect(shares(100, [room], [candidate(1), candidate(2, pacing: Pacing(reservedSlots: 4))]).reduce(0, +) == 10)
    let reserved = candidate(2, served: 1000, pacing: Pacing(maximumConcurrentCalls: 4, reservedSlots: 4))
    #expect(shares(100, [room], [candidate(1), reserved]) == [6, 4])
  }

  /// Over any stretch of calls, none is ahead of another by more than one call for each unit of weight.
  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func noneStarves(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var candidates = (0..<8).map { number in
      candidate(UInt64(number), pacing: Pacing(weight: Int.random(in: 1...5, using: &random)))
    }
    for _ in 0..<300 {
      let free = Int.random(in: 0...6, using: &random)
      let shares = shares(free, [PacingSituation.Room(free: 1000)], candidates)
      #expect(shares.reduce(0, +) == free, "seed \(seed)")
      for (place, share) in shares.enumerated() {
        candidates[place].served += Double(share) / Double(candidates[place].pacing.weight)
      }
      let served = candidates.map(\.served)
      #expect((served.max() ?? 0) - (served.min() ?? 0) <= 1.000001, "seed \(seed)")
    }
  }

  @Test func risesDuringARampUp() {
    let pacing = Pacing(maximumConcurrentCalls: 11, rampUp: .seconds(100))
    let limits = [0, 10, 50, 99, 100, 1000].map { pacing.limit(after: .seconds($0), outOf: 500) }
    #expect(limits == [1, 2, 6, 10, 11, 11])
    #expect(pacing.limit(after: .seconds(-5), outOf: 500) == 1)
    #expect(pacing.limit(after: .seconds(50), outOf: 0) == 0)
  }
}
