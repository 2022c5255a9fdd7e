import Testing

@testable import CampaignKit

@Suite struct CallIndexTests {
  private struct Indexed {
    var index = CallIndex()
    var calls = Rows<CallRow>()

    mutating func add(_ id: RawID) {
      let row = calls.append(
        CallRow(to: 1, createdAt: 0, placeBy: 0, expiresAt: 0, id: id, account: 0, number: 0, attempt: 1))
      index.append(id, row)
    }

    /// Whether each call is found at its own row, and nothing between them is.
    var isRight: Bool {
      (0..<UInt32(calls.count)).allSatisfy { index.find(calls[$0].id, in: calls) == $0 }
        && (0..<UInt32(calls.count)).allSatisfy {
          index.find(RawID(high: calls[$0].id.high, low: calls[$0].id.low + 1), in: calls) == nil
        }
    }
  }

  @Test(arguments: [0, 1, 2, 3, 31, 32, 33, 1024, 1500])
  func callsInOrderAreFound(count: UInt32) {
    var indexed = Indexed()
    for number in 0..<count { indexed.add(RawID(high: UInt64(number / 10), low: number % 10 * 2)) }
    #expect(indexed.isRight)
    #expect(indexed.index.find(RawID(high: 0, low: 1), in: indexed.calls) == nil)
    #expect(indexed.index.find(RawID(high: .max, low: .max), in: indexed.calls) == nil)
  }

  /// As when a clock goes back between two lives of a process: the new calls lie among the old ones.
  @Test(arguments: [1, 2, CallIndex.mostRuns, CallIndex.mostRuns + 1, 100])
  func callsOutOfOrderAreFound(runs: Int) {
    var indexed = Indexed()
    for run in 0..<runs {
      for number in 0..<20 { indexed.add(RawID(high: UInt64(number), low: UInt32(2 * (runs - run)))) }
    }
    #expect(indexed.isRight)
  }

  @Test(arguments: [81, 82, 83] as [UInt64])
  func callsInNoOrderAreFound(seed: UInt64) {
    var dice = Dice(seed)
    var indexed = Indexed()
    for id in Set((0..<2000).map { _ in dice.word() >> 1 }) { indexed.add(RawID(high: id, low: 0)) }
    #expect(indexed.isRight, "seed \(seed)")
  }
}
