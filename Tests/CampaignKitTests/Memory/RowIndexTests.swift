import Testing

@testable import CampaignKit

@Suite struct RowIndexTests {
  /// How keys are hashed: well, into few places, and all into one.
  enum Hashing: CaseIterable {
    case good, fewTags, onePart, constant, allOnes

    func callAsFunction(_ key: UInt64) -> UInt64 {
      switch self {
      case .good: RowIndex.hash(key, 7)
      case .fewTags: RowIndex.hash(key, 7) & ~0x7F | key & 1
      case .onePart: RowIndex.hash(key, 7) >> 8
      case .constant: 0x1234_5678_9ABC_DEF0
      case .allOnes: .max
      }
    }
  }

  @Test(arguments: Hashing.allCases, [71, 72] as [UInt64])
  func behavesAsADictionary(_ hashing: Hashing, seed: UInt64) {
    var dice = Dice(seed)
    var index = RowIndex()
    // The key of a row, as a table has it; rows are never used again.
    var keys: [UInt64] = []
    var model: [UInt64: UInt32] = [:]
    let isBad = hashing == .constant || hashing == .allOnes
    let space = UInt64(isBad ? 60 : 4000)
    for step in 0..<(isBad ? 3000 : 20_000) {
      let key = dice.word() % space
      let found = index.find(hashing(key)) { keys[Int($0)] == key }
      guard found == model[key] else {
        Issue.record("\(hashing), seed \(seed), step \(step): found \(String(describing: found))")
        return
      }
      if let found {
        guard dice(0...2) > 0 else { continue }
        index.remove(hashing(key), found)
        model[key] = nil
      } else {
        keys.append(key)
        index.insert(hashing(key), UInt32(keys.count - 1))
        model[key] = UInt32(keys.count - 1)
      }
    }
    for key in 0..<space {
      #expect(index.find(hashing(key)) { keys[Int($0)] == key } == model[key], "\(hashing), seed \(seed)")
    }
  }

  @Test func removingWhatIsNotThereDoesNothing() {
    var index = RowIndex()
    index.remove(5, 5)
    index.insert(5, 1)
    index.remove(5, 2)
    index.remove(6, 1)
    #expect(index.find(5) { $0 == 1 } == 1)
    index.remove(5, 1)
    index.remove(5, 1)
    #expect(index.find(5) { _ in true } == nil)
  }

  @Test func rowsOfOneHashAreAllOffered() {
    var index = RowIndex()
    for row in 0..<200 as Range<UInt32> { index.insert(42, row) }
    for row in 0..<200 as Range<UInt32> { #expect(index.find(42) { $0 == row } == row) }
    var offered: Set<UInt32> = []
    #expect(
      index.find(42) {
        offered.insert($0)
        return false
      } == nil)
    #expect(offered == Set(0..<200))
  }

  @Test func anIndexWithRoomGrowsNothing() {
    var index = RowIndex()
    index.reserve(10_000)
    for row in 0..<10_000 as Range<UInt32> {
      index.insert(RowIndex.hash(UInt64(row), 1), row)
    }
    for row in 0..<10_000 as Range<UInt32> {
      #expect(index.find(RowIndex.hash(UInt64(row), 1)) { $0 == row } == row)
    }
  }

  /// Rows that come and go leave nothing behind that a search would have to look at.
  @Test func removedPlacesAreUsedAgain() {
    var index = RowIndex()
    for row in 0..<20_000 as Range<UInt32> {
      index.insert(UInt64(row) << 7, row)
      index.remove(UInt64(row) << 7, row)
    }
    var looked = 0
    _ = index.find(3 << 7) { _ in
      looked += 1
      return false
    }
    #expect(looked == 0)
  }

  @Test func sortedRowsAreRemovedByValue() {
    var rows: [UInt32] = [1, 3, 5, 7]
    for row in [0, 4, 8] as [UInt32] { rows.removeSorted(row) }
    #expect(rows == [1, 3, 5, 7])
    rows.removeSorted(1)
    rows.removeSorted(7)
    #expect(rows == [3, 5])
    rows.removeSorted(5)
    rows.removeSorted(3)
    rows.removeSorted(3)
    #expect(rows.isEmpty)
  }
}
