import Testing

@testable import CampaignKit

/// Long lists, which a sample helps with: places in them are those that sorting gives, whatever the keys.
@Suite struct LeadSelectionTests {
  enum Keys: CaseIterable {
    case random, priorities, mostlyNone, equal, rising, twoAlike, beforeAndBehindNone

    func key(_ index: Int, _ dice: inout Dice) -> Int64 {
      switch self {
      case .random: Int64(dice(1...1_000_000_000))
      case .priorities: Int64(dice(0...999))
      case .mostlyNone: dice(0...9) < 7 ? 0 : Int64(dice(1...1_000_000))
      case .equal: 7
      case .rising: Int64(index)
      case .twoAlike: dice.coin() ? 3 : 900_000_000_000
      case .beforeAndBehindNone: dice(0...2) == 0 ? 0 : Int64(dice(-1_000_000...1_000_000))
      }
    }
  }

  private static let count = 80_000

  private func segments(_ keys: Keys, _ dice: inout Dice) -> [LeadSegment] {
    var segments: [LeadSegment] = []
    for index in 0..<Self.count {
      if index % LeadSegment.size == 0 { segments.append(LeadSegment(campaign: 0, base: UInt32(index))) }
      let status: Lead.Status = dice(0...19) == 0 ? .completed : .waiting
      segments[segments.count - 1].status.append(status.raw)
      segments[segments.count - 1].next.append(keys.key(index, &dice))
    }
    return segments
  }

  @Test(arguments: Keys.allCases) func placesOfLongListsAreThoseOfASortedOne(_ keys: Keys) {
    var dice = Dice(121)
    let segments = segments(keys, &dice)
    var sorted: [(key: Int64, ordinal: UInt32)] = []
    for segment in segments {
      for place in segment.status.indices where segment.status[place] == Lead.Status.waiting.raw {
        sorted.append((segment.next[place], segment.base + UInt32(place)))
      }
    }
    sorted.sort { $0 < $1 }
    let selection = LeadSelection(segments, segments.indices.map { UInt32($0) }, statuses: [.waiting]) { $0.next }
    var sampled = 0
    for start in [0, 1, 900, sorted.count / 3, sorted.count / 2, sorted.count - 2000, sorted.count - 51] {
      let places = start..<start + 51
      let expected = sorted[places].map(\.ordinal)
      let zeroIsNone = keys != .beforeAndBehindNone
      if let found = selection.sampledLeads(at: places, of: sorted.count, zeroIsNone: zeroIsNone) {
        sampled += 1
        #expect(found.map(\.ordinal) == expected, "by a sample, from \(start)")
        #expect(found.map(\.row) == expected)
      }
      let found = selection.leads(at: places, of: sorted.count, zeroIsNone: zeroIsNone)
      #expect(found.map(\.ordinal) == expected, "from \(start)")
    }
    // Where most leads have one of two keys, a sample does not help; elsewhere nearly always.
    #expect(keys == .twoAlike || sampled >= 6)
  }

  /// A sample that is wrong about the places is found out by the count of what comes before.
  @Test func aSampleThatMisleadsIsNotFollowed() throws {
    let sample = try #require(KeySample([Int64](1...1000), of: 100_000))
    let keys = sample.keys(around: 50_000..<50_051)
    #expect(keys.contains(500))
    #expect(keys.lowerBound > 400)
    #expect(keys.upperBound < 600)
    #expect(sample.keys(around: 0..<1).lowerBound == .min)
    #expect(sample.keys(around: 99_999..<100_000).upperBound == .max)
    #expect(KeySample([Int64](1...20), of: 100_000) == nil)
  }
}
