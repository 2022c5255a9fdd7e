import Testing

@testable import CampaignKit

@Suite struct PercentageTests {
  @Test(
    arguments: [
      ([1, 1, 1], [33.34, 33.33, 33.33]), ([], []), ([0, 0], [0, 0]), ([5], [100]), ([2, 1], [66.67, 33.33]),
      ([1, 1, 1, 1, 1, 1], [16.67, 16.67, 16.67, 16.67, 16.66, 16.66]), ([-4, 3], [0, 100]),
      ([1, 9999, 10_000], [0.01, 49.99, 50]),
    ] as [([Int], [Double])])
  func sharesAreRoundedSoThatTheyAddUp(parts: [Int], shares: [Double]) {
    #expect(Percentage.shares(of: parts) == shares)
  }

  @Test(arguments: 0..<20) func sharesAlwaysAddUp(seed: Int) {
    var dice = Dice(UInt64(seed))
    let greatest = dice.pick([3, 1000, 1 << 56], or: 1)
    let parts = (0..<dice(1...12)).map { _ in dice(0...greatest) }
    let whole = parts.reduce(0, +)
    let shares = Percentage.shares(of: parts)
    #expect(shares.reduce(0) { $0 + Int(($1 * 100).rounded()) } == (whole == 0 ? 0 : 10_000), "seed \(seed)")
    for (part, share) in zip(parts, shares) where whole > 0 {
      #expect(abs(share - 100 * Double(part) / Double(whole)) < 0.01, "seed \(seed)")
    }
  }

  @Test func aShareOfNothingIsNothing() {
    #expect(Percentage.of(0, in: 0) == 0 && Percentage.of(3, in: 0) == 0)
    #expect(Percentage.of(80, in: 150) == 53.33 && Percentage.of(125, in: 250) == 50 && Percentage.of(3, in: 2) == 150)
  }

  /// Every disposition belongs to one outcome, and the five add up to the calls that ended.
  @Test func outcomesArePartsOfAWhole() {
    let rollup = Samples.rollup
    #expect(CallOutcome.allCases.reduce(0) { $0 + rollup.count(of: $1) } == rollup.endedCalls)
    #expect(rollup.outcomes.map(\.count) == [1, 2 + 3 + 4, 5, 6, 7 + 8 + 9 + 10 + 11 + 12])
    #expect(rollup.outcomes.map(\.percentage) == [1.28, 11.54, 6.41, 7.69, 73.08])
    #expect(rollup.reached == 1 + 3 && rollup.failed == 78 - 4 && rollup.reached + rollup.failed == rollup.endedCalls)
    #expect(rollup.failureReasons.map(\.outcome).first == .unknown)
    #expect(rollup.failureReasons.reduce(0) { $0 + $1.count } == rollup.failed)
    #expect(rollup.dispositions.reduce(0) { $0 + $1.count } == rollup.endedCalls)
    #expect(rollup.liveCalls == 100 - 78 && rollup.faults == 8 + 11 + 12)
    #expect(Rollup().outcomes.map(\.percentage) == [0, 0, 0, 0, 0] && Rollup().failureReasons.isEmpty)
  }
}
