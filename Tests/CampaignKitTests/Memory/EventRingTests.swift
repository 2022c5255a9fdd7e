import Testing

@testable import CampaignKit

@Suite struct EventRingTests {
  private static func ring(_ count: Int) -> EventRing {
    var ring = EventRing()
    for number in 0..<count { ring.append(EventRow(at: Int64(number + 1), kind: 0)) }
    return ring
  }

  @Test(arguments: [0, 1, 4095, 4096, 4097, 5000, 8192, 8193, 12_345])
  func keepsTheLastEvents(_ count: Int) {
    let ring = Self.ring(count)
    let kept = min(count, EventRing.capacity)
    #expect(ring.last == UInt64(count) && ring.count == kept)
    #expect(ring.oldest == UInt64(count - kept + 1))
    #expect(ring.all.map(\.at) == (0..<kept).map { Int64(count - kept + 1 + $0) })
    for after in [0, 1, count - kept - 1, count - kept, count - kept + 1, count - 2, count - 1, count, count + 1]
    where after >= 0 {
      for limit in [Int.min, -1, 0, 1, 7, 5000, .max] {
        let told = ring.rows(after: UInt64(after), limit: limit)
        let expected =
          after + 1 < count - kept + 1 || limit <= 0 ? [] : Array((after + 1..<max(after + 1, count + 1)).prefix(limit))
        #expect(told.map(\.sequence) == expected.map(UInt64.init), "after \(after), limit \(limit)")
        #expect(told.map(\.row.at) == expected.map(Int64.init), "after \(after), limit \(limit)")
      }
    }
    #expect(ring.rows(after: .max, limit: .max).isEmpty)
  }

  @Test(arguments: [0, 1, 4096, 5000])
  func goesOnWhereItStoodAfterItWasRead(_ count: Int) {
    var ring = Self.ring(count)
    var read = EventRing(last: ring.last, rows: ring.all)
    for number in count..<count + 5000 {
      ring.append(EventRow(at: Int64(number + 1), kind: 0))
      read.append(EventRow(at: Int64(number + 1), kind: 0))
    }
    #expect(read.all.map(\.at) == ring.all.map(\.at))
    #expect(read.last == ring.last && read.oldest == ring.oldest)
  }

  @Test func aStreamThatWasRestoredHasANumberButNoEvents() {
    let ring = EventRing(last: 77, rows: [])
    #expect(ring.oldest == 78 && ring.rows(after: 76, limit: 5).isEmpty && ring.rows(after: 77, limit: 5).isEmpty)
  }
}
