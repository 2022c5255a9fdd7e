import Testing

@testable import CampaignKit

/// How many segments of leads there can be.
@Suite struct LeadRoomTests {
  private static let campaigns = [Campaign.ID(high: 2, low: 1), Campaign.ID(high: 2, low: 2)]

  private func state(segments: Int) throws -> StoreState {
    var state = StoreState(identifiers: IdentifierGenerator(), keepsChanges: true)
    state.mostSegments = segments
    let account = Account(id: Account.ID(high: 1, low: 1), name: "A", createdAt: Samples.moment)
    try state.insert(account, at: Samples.moment)
    for id in Self.campaigns {
      _ = try state.insert(
        Campaign(id: id, account: account.id, name: "C", createdAt: Samples.moment), at: Samples.moment)
    }
    return state
  }

  private func leads(_ numbers: Range<Int>) throws -> [NewLead] {
    try numbers.map { NewLead(number: try #require(PhoneNumber(digits: 14_150_000_000 + UInt64($0)))) }
  }

  /// The last row of the last segment is not the number that stands for no row.
  @Test func noRowIsTakenForNone() {
    let last = UInt32(LeadSegment.maximumCount - 1) << LeadSegment.bits | UInt32(LeadSegment.size - 1)
    #expect(last < noRow)
    #expect(UInt64(LeadSegment.maximumCount) << UInt64(LeadSegment.bits) <= UInt64(noRow))
    #expect(StoreState.segment(last) == LeadSegment.maximumCount - 1)
  }

  @Test func leadsBeyondTheLastSegmentAreRefused() throws {
    var state = try state(segments: 2)
    func insert(_ numbers: Range<Int>, _ campaign: Int) throws -> Int {
      let result = try state.insert(
        leads(numbers), into: Self.campaigns[campaign], options: LeadInsertion(), at: Samples.moment)
      return result.inserted
    }
    #expect(try insert(0..<1000, 0) == 1000)
    let bytes = state.outbox.bytes.count
    let error = #expect(throws: StoreError.self) { try insert(1000..<2049, 0) }
    #expect(error?.code == .limited && error?.message.contains("2 segments") == true)
    #expect(state.outbox.bytes.count == bytes)
    #expect(state.tables.campaigns[0].counts.total == 1000)
    #expect(try insert(1000..<2048, 0) == 1048)
    // The other campaign would need a segment of its own.
    #expect(throws: StoreError.self) { try insert(0..<1, 1) }
    #expect(try insert(0..<0, 1) == 0)
    #expect(state.tables.segments.count == 2)
  }
}
