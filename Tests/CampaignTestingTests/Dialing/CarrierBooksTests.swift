import CampaignKit
import CampaignTesting
import Testing

@Suite struct CarrierBooksTests {
  private static func line(_ index: UInt32, _ number: UInt64, _ start: Int64, _ end: Int64?) throws -> CarrierBooks.Line
  {
    CarrierBooks.Line(
      call: Call.ID(high: 0, low: index), account: Account.ID(high: 0, low: 0),
      lead: Lead.ID(high: 0, low: UInt32(number)), number: try #require(PhoneNumber(digits: 1000 + number)),
      startedAt: Timestamp(milliseconds: start), endedAt: end.map(Timestamp.init(milliseconds:)))
  }

  /// What the books say of random calls is what counting at every moment says.
  @Test(arguments: 1...30 as ClosedRange<UInt64>)
  func theyCountAsOneWouldByHand(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var books = CarrierBooks(now: Timestamp(milliseconds: 60))
    for index in 0..<12 as Range<UInt32> {
      let start = Int64.random(in: 0...50, using: &random)
      let end = Int.random(in: 0...9, using: &random) == 0 ? nil : start + Int64.random(in: 0...9, using: &random)
      books.lines.append(try Self.line(index, UInt64.random(in: 0...6, using: &random), start, end))
      let line = try #require(books.lines.last)
      books.placements.append(
        CarrierBooks.Placement(
          call: line.call, account: line.account, number: line.number, requestedAt: line.startedAt, answer: .accepted,
          isRepeated: index == 3))
    }
    let moments = (0...60).map { Timestamp(milliseconds: $0) }
    let most = moments.map { books.liveLines(at: $0).count }.max()
    #expect(books.mostAtOnce() == most, "seed \(seed)")
    let met = books.lines.contains { one in
      books.lines.contains { $0.call != one.call && $0.number == one.number && $0.overlaps(one) }
    }
    let overlaps = books.overlaps { $0.number }
    #expect(!overlaps.isEmpty == met, "seed \(seed)")
    #expect(overlaps.allSatisfy { $0.0.number == $0.1.number && $0.0.overlaps($0.1) }, "seed \(seed)")
    let busiest = moments.map { moment in
      books.placements.count { $0.requestedAt >= moment && $0.requestedAt < moment + .milliseconds(7) }
    }.max()
    #expect(books.mostPlacements(in: .milliseconds(7)) == busiest, "seed \(seed)")
    #expect(books.repeatedPlacements.map(\.call) == [Call.ID(high: 0, low: 3)])
  }
}
