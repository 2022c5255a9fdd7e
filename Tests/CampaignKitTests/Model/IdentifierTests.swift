import CampaignTesting
import Locks
import Testing

@testable import CampaignKit

@Suite struct IdentifierTests {
  private typealias ID = Identifier<Campaign>

  @Test func theTextFormHas24Digits() {
    #expect(ID(high: 0, low: 0).description == "000000000000000000000000")
    #expect(ID(high: .max, low: .max).description == "ffffffffffffffffffffffff")
    #expect(ID(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98).description == "0123456789abcdeffedcba98")
  }

  @Test func theTextFormReadsBackAndSortsAlike() {
    var dice = Dice(11)
    var ids = (0..<2000).map { _ in dice.id(Campaign.self) }
    ids += ids.prefix(200).map { ID(high: $0.high, low: $0.low &+ 1) }
    for id in ids {
      #expect(ID(id.description) == id)
      #expect(ID(id.description.uppercased()) == id)
    }
    #expect(ids.sorted().map(\.description) == ids.map(\.description).sorted())
  }

  @Test(arguments: [
    "", "0", "0123456789abcdeffedcba9", "0123456789abcdeffedcba980", "0123456789abcdeffedcba9g",
    "0123456789abcdef-edcba98", " 123456789abcdeffedcba98", "0123456789abcdeffedcba9\u{0}",
    "0123456789abcdeffedcba9\n", "０１２３４５６７", "0123456789abcdeffedcbé8", "+123456789abcdeffedcba98",
    "0x23456789abcdeffedcba98",
  ])
  func malformedTextIsRefused(_ text: String) {
    #expect(ID(text) == nil)
  }

  @Test func everyOtherByteIsRefusedAtEveryPlace() {
    let good = Array("0123456789abcdeffedcba98".utf8)
    for byte in UInt8.min...127 where !Character(UnicodeScalar(byte)).isHexDigit {
      for place in good.indices {
        var bytes = good
        bytes[place] = byte
        #expect(ID(String(decoding: bytes, as: UTF8.self)) == nil, "byte \(byte) at \(place)")
      }
    }
  }

  @Test func createdAtIsTheMillisecondOfItsMaker() {
    let generator = IdentifierGenerator(random: SeededGenerator(seed: 1))
    #expect(generator.next(at: Samples.moment, for: Lead.self).createdAt == Samples.moment)
    #expect(ID(high: .max, low: 0).createdAt.milliseconds == 0xFFFF_FFFF_FFFF)
  }
}

@Suite struct IdentifierGeneratorTests {
  @Test(arguments: [1, 2, 3] as [UInt64])
  func identifiersRiseWhateverTheClockDoes(seed: UInt64) {
    var dice = Dice(seed)
    let generator = IdentifierGenerator(random: SeededGenerator(seed: seed))
    var last = generator.next(at: Timestamp(milliseconds: 1_000_000), for: Lead.self)
    var clock: Int64 = 1_000_000
    for step in 0..<20_000 {
      switch dice(0...3) {
      case 0: clock += Int64(dice(0...5))
      case 1: clock -= Int64(dice(0...5))
      default: break
      }
      let next = generator.next(at: Timestamp(milliseconds: clock), for: Lead.self)
      #expect(last < next, "seed \(seed), step \(step)")
      last = next
    }
  }

  @Test(arguments: [Int64.min, -1, 0, 1, 253_402_300_799_999, .max])
  func noClockTrapsOrStopsTheRise(_ milliseconds: Int64) {
    let generator = IdentifierGenerator(random: SeededGenerator(seed: 4))
    let first = generator.next(at: Timestamp(milliseconds: milliseconds), for: Lead.self)
    let second = generator.next(at: Timestamp(milliseconds: milliseconds), for: Lead.self)
    let third = generator.next(at: .distantPast, for: Lead.self)
    #expect(first < second && second < third)
  }

  /// Two processes whose clocks were never set must not make the same names.
  @Test(arguments: [Int64.min, -1, 0, 1])
  func generatorsDifferAtEveryClock(_ milliseconds: Int64) {
    let first = IdentifierGenerator(random: SeededGenerator(seed: 1))
    let second = IdentifierGenerator(random: SeededGenerator(seed: 2))
    let now = Timestamp(milliseconds: milliseconds)
    #expect(first.next(at: now, for: Lead.self) != second.next(at: now, for: Lead.self))
  }

  @Test func aSeedMakesTheSameIdentifiersAgain() {
    func make() -> [Lead.ID] {
      let generator = IdentifierGenerator(random: SeededGenerator(seed: 5))
      return (0..<100).map { generator.next(at: Timestamp(milliseconds: Int64($0 / 7))) }
    }
    #expect(make() == make())
  }

  @Test func aFullMillisecondEndsEarly() {
    var state = IdentifierGenerator.State(
      random: SeededGenerator(seed: 7), millisecond: 1000, tail: 0xFFFF_FFFF_FFFE)
    state.advance(to: 1000)
    #expect(state.millisecond == 1000 && state.tail == 0xFFFF_FFFF_FFFF)
    state.advance(to: 999)
    #expect(state.millisecond == 1001 && state.tail <= 0x7FFF_FFFF_FFFF)
    let tail = state.tail
    state.advance(to: 1000)
    #expect(state.millisecond == 1001 && state.tail == tail + 1)
  }

  @Test func manyTasksGetDifferentRisingIdentifiers() async {
    let generator = IdentifierGenerator(random: SeededGenerator(seed: 6))
    let all = await withTaskGroup(of: [Lead.ID].self) { group in
      for task in 0..<16 {
        group.addTask {
          (0..<2000).map { generator.next(at: Timestamp(milliseconds: 1000 + Int64(($0 ^ task) & 15))) }
        }
      }
      var all: [Lead.ID] = []
      for await ids in group {
        #expect(zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 })
        all += ids
      }
      return all
    }
    #expect(all.count == 32_000)
    #expect(Set(all).count == all.count)
  }
}
