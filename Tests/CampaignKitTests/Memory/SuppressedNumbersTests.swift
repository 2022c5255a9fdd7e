import Testing

@testable import CampaignKit

@Suite struct SuppressedNumbersTests {
  private func terms(_ number: Int) -> SuppressionTerms {
    SuppressionTerms(addedAt: Int64(number), expiresAt: .max, source: UInt32(number % 7), reason: 0)
  }

  @Test func keysSortAsTextDoes() {
    var dice = Dice(301)
    var all: [UInt64] = [1, 9, 10, 99, 100, 101, 999, 1000, 999_999_999_999_999, 100_000_000_000_000]
    for length in 1...15 {
      for _ in 0..<50 {
        all.append(UInt64(String((0..<length).map { _ in Character("\(dice(1...9))") })) ?? 1)
      }
    }
    for digits in all {
      #expect(SuppressedNumbers.digits(SuppressedNumbers.key(digits)) == digits)
      #expect(SuppressedNumbers.key(digits) < SuppressedNumbers.keyEnd)
    }
    let byKey = Set(all).sorted { SuppressedNumbers.key($0) < SuppressedNumbers.key($1) }
    #expect(byKey == Set(all).sorted { "\($0)" < "\($1)" })
  }

  /// Against a dictionary, with few terms and with one for each number, in order, backwards and at random.
  @Test(arguments: [311, 312, 313, 314] as [UInt64])
  func entriesAreKept(seed: UInt64) {
    var dice = Dice(seed)
    var numbers = SuppressedNumbers()
    var plain: [UInt64: SuppressionTerms] = [:]
    let range = [3000, 20_000][Int(seed % 2)]
    for turn in 0..<30_000 {
      let step = seed < 313 ? dice(0...range) : turn % 2 == 0 ? turn : range - turn % range
      let key = SuppressedNumbers.key(14_155_000_000 + UInt64(step))
      // It grows, and then shrinks to next to nothing.
      if dice(0...9) < (turn < 15_000 ? 2 : 8) {
        #expect(numbers.remove(key) == (plain.removeValue(forKey: key) != nil), "seed \(seed)")
      } else {
        let terms = terms(turn % 3 == 0 ? turn : 1)
        numbers.set(key, terms)
        plain[key] = terms
      }
      if turn % 1500 == 0 || turn == 29_999 {
        let entries = numbers.chunks.flatMap(\.entries)
        #expect(entries.map(\.key) == plain.keys.sorted(), "seed \(seed), turn \(turn)")
        #expect(entries.allSatisfy { plain[$0.key] == $0.terms && numbers.terms(of: $0.key) == $0.terms })
        #expect(numbers.count == plain.count)
        #expect(numbers.chunks.allSatisfy { $0.count > 0 && $0.terms.count <= 4096 })
      }
    }
    #expect(numbers.terms(of: SuppressedNumbers.key(15_000_000_000)) == nil)
  }

  /// Numbers that come in no order leave chunks partly empty, and still a number takes at most 12 bytes.
  @Test func aNumberTakesTwelveBytesAtMost() {
    var dice = Dice(321)
    for isSorted in [true, false] {
      var numbers = SuppressedNumbers()
      for index in 0..<200_000 as Range<UInt64> {
        let digits = isSorted ? index : dice.word() % 99_999_999_999
        numbers.set(SuppressedNumbers.key(100_000_000_000 + digits), terms(Int(index / 50_000)))
      }
      let bytes = numbers.chunks.reduce(0) {
        $0 + 8 * SuppressedChunk.size + 64 + 24 * $1.terms.capacity + 24
      }
      #expect(Double(bytes) / Double(numbers.count) < (isSorted ? 8.6 : 12))
    }
  }

  @Test func whatIsNoChunkIsRefused() {
    let key = SuppressedNumbers.key(14_155_552_671) << 12
    let one = [terms(1)]
    #expect(SuppressedChunk(words: [key], terms: one, behind: nil) != nil)
    #expect(SuppressedChunk(words: [], terms: [], behind: nil) == nil)
    #expect(SuppressedChunk(words: [key], terms: [], behind: nil) == nil)
    #expect(SuppressedChunk(words: [key | 1], terms: one, behind: nil) == nil)
    #expect(SuppressedChunk(words: [key, key], terms: one, behind: nil) == nil)
    #expect(SuppressedChunk(words: [key], terms: one, behind: key >> 12) == nil)
    #expect(SuppressedChunk(words: [.max], terms: Array(repeating: terms(1), count: 4096), behind: nil) == nil)
    #expect(SuppressedChunk(words: [0], terms: one, behind: nil) == nil)
    let many = (1...1025).map { SuppressedNumbers.key(14_155_550_000 + $0) << 12 }
    #expect(SuppressedChunk(words: many, terms: one, behind: nil) == nil)
    #expect(SuppressedChunk(words: many.dropLast(), terms: one, behind: nil) != nil)
  }
}
