import Testing

@testable import CampaignKit

@Suite struct PagePickerTests {
  private static func elements(_ dice: inout Dice, _ count: Int) -> [(place: ListPlace, row: UInt32)] {
    (0..<count).map { row in
      let place = ListPlace(
        key: Int64(dice(-3...3)), high: UInt64(dice(0...2)), low: UInt32(row))
      return (place, UInt32(row))
    }
  }

  private func pick(
    _ elements: [(place: ListPlace, row: UInt32)], _ request: PageRequest, isDescending: Bool
  ) throws -> (rows: [UInt32], next: PageCursor?) {
    var picker = try PagePicker<ListPlace>(request, isDescending: isDescending)
    for element in elements where picker.mayTake(key: element.place.key, inOrder: false) {
      picker.offer(element.place, element.row)
    }
    return picker.page()
  }

  @Test(arguments: [101, 102] as [UInt64], [true, false])
  func picksWhatSortingAndSlicingWould(seed: UInt64, isDescending: Bool) throws {
    var dice = Dice(seed)
    for _ in 0..<300 {
      let elements = Self.elements(&dice, dice(0...40))
      let sorted = elements.sorted { isDescending ? $1.place < $0.place : $0.place < $1.place }.map(\.row)
      let offset = dice.pick([0, 1, 7, 40, 41, -1, .min, .max, .max - 3], or: 0)
      let limit = dice.pick([0, 1, 5, 40, 100, -1, .min, .max], or: 1)
      let page = try pick(elements, PageRequest(limit: limit, start: .offset(offset)), isDescending: isDescending)
      let expected = Array(sorted.dropFirst(max(0, offset)).prefix(max(0, limit)))
      #expect(page.rows == expected, "seed \(seed), offset \(offset), limit \(limit)")
      let hasMore = !expected.isEmpty && max(0, offset) + expected.count < sorted.count
      #expect((page.next != nil) == hasMore, "seed \(seed), offset \(offset), limit \(limit)")
    }
  }

  /// Pages that lie deeper than the heap goes are cut out of all candidates.
  @Test(arguments: [107, 108] as [UInt64], [true, false])
  func deepPagesAreCutOut(seed: UInt64, isDescending: Bool) throws {
    var dice = Dice(seed)
    for _ in 0..<10 {
      let elements = Self.elements(&dice, dice(1500...4000))
      let sorted = elements.sorted { isDescending ? $1.place < $0.place : $0.place < $1.place }.map(\.row)
      for offset in [1000, 1023, 1024, 1400, elements.count - 3, elements.count, elements.count + 9] {
        let page = try pick(elements, PageRequest(limit: 20, start: .offset(offset)), isDescending: isDescending)
        #expect(page.rows == Array(sorted.dropFirst(offset).prefix(20)), "seed \(seed), offset \(offset)")
        #expect((page.next != nil) == (offset + 20 < sorted.count), "seed \(seed), offset \(offset)")
      }
    }
  }

  /// Elements that come in the order of the list may be judged by their key alone.
  @Test(arguments: [true, false]) func elementsInOrderAreJudgedByTheirKey(isDescending: Bool) throws {
    let places = (0..<500 as Range<UInt32>).map { ListPlace(key: Int64($0 % 5), low: $0) }
    let order = isDescending ? places.reversed() : places
    var picker = try PagePicker<ListPlace>(PageRequest(limit: 10), isDescending: isDescending)
    for place in order where picker.mayTake(key: place.key, inOrder: true) { picker.offer(place, place.low) }
    let sorted = places.sorted { isDescending ? $1 < $0 : $0 < $1 }.map(\.low)
    #expect(picker.page().rows == Array(sorted.prefix(10)))
  }

  @Test(arguments: [103, 104] as [UInt64], [true, false])
  func cursorsWalkOverAll(seed: UInt64, isDescending: Bool) throws {
    var dice = Dice(seed)
    let elements = Self.elements(&dice, 200)
    let sorted = elements.sorted { isDescending ? $1.place < $0.place : $0.place < $1.place }.map(\.row)
    for limit in [1, 7, 199, 200, 201, .max] {
      var walked: [UInt32] = []
      var request = PageRequest(limit: limit)
      while walked.count <= 200 {
        let page = try pick(elements.shuffled(using: &dice.generator), request, isDescending: isDescending)
        walked += page.rows
        guard let next = page.next else { break }
        request.start = .cursor(next)
      }
      #expect(walked == sorted, "seed \(seed), limit \(limit)")
    }
  }

  @Test func cursorsReadBack() throws {
    var dice = Dice(105)
    for _ in 0..<500 {
      let number = ListPlace(
        key: Int64(bitPattern: dice.word()), high: dice.word(), low: UInt32(truncatingIfNeeded: dice.word()))
      #expect(try PageCursor(number).place() == number)
      let place = TextPlace(text: dice.text(), rest: number)
      #expect(try PageCursor(place).place() == place)
      #expect(PageCursor(place).text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) })
    }
  }

  @Test(arguments: ["", "0", "zz", "00", "é0", "0123456789abcdef", "ffffffffffffffffffffffff", "00\u{0}0"])
  func foreignCursorsAreRefused(_ text: String) {
    let error = #expect(throws: StoreError.self) { try PageCursor(text: text).place(TextPlace.self) }
    #expect(error?.code == .invalid)
  }

  @Test func randomCursorsNeverTrap() {
    var dice = Dice(106)
    for _ in 0..<5000 {
      let text = dice.bytes(dice(0...30)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      if let place = try? PageCursor(text: text).place(TextPlace.self) {
        #expect(throws: Never.self) { try PageCursor(place).place(TextPlace.self) }
      }
    }
  }
}

@Suite struct PageOfRowsTests {
  private func take(
    _ rows: [UInt32], _ request: PageRequest, isDescending: Bool, where matches: (UInt32) -> Bool = { _ in true }
  ) throws -> (rows: [UInt32], total: Int?, next: PageCursor?) {
    try page(of: rows, request, isDescending: isDescending) { (row) throws(StoreError) in matches(row) }
  }

  @Test(arguments: [111, 112] as [UInt64], [true, false])
  func takesWhatSlicingWould(seed: UInt64, isDescending: Bool) throws {
    var dice = Dice(seed)
    for _ in 0..<300 {
      let rows = (0..<UInt32(dice(0...50))).filter { _ in dice.coin() }
      let matching = rows.filter { $0 % 3 != 0 }
      let sorted = isDescending ? matching.reversed() : matching
      let offset = dice.pick([0, 1, 9, -1, .min, .max], or: 0)
      let limit = dice.pick([0, 1, 6, 100, -1, .min, .max], or: 1)
      let page = try take(
        rows, PageRequest(limit: limit, start: .offset(offset), countsTotal: true), isDescending: isDescending
      ) { $0 % 3 != 0 }
      let expected = Array(sorted.dropFirst(max(0, offset)).prefix(max(0, limit)))
      #expect(page.rows == expected, "seed \(seed)")
      #expect(page.total == matching.count, "seed \(seed)")
      #expect(
        (page.next != nil) == (!expected.isEmpty && max(0, offset) + expected.count < sorted.count), "seed \(seed)")
    }
  }

  /// What is there all the time is told exactly once, whatever comes and goes meanwhile.
  @Test(arguments: [113, 114] as [UInt64], [true, false])
  func rowsThatComeAndGoHideNoOthers(seed: UInt64, isDescending: Bool) throws {
    var dice = Dice(seed)
    for _ in 0..<100 {
      var rows = Array(0..<UInt32(60))
      var nextRow: UInt32 = 60
      let lasting = Set(rows.filter { _ in dice.coin() })
      var told: [UInt32] = []
      var request = PageRequest(limit: dice(1...9))
      for _ in 0..<200 {
        let page = try take(rows, request, isDescending: isDescending)
        told += page.rows
        guard let next = page.next else { break }
        request.start = .cursor(next)
        let gone = dice.pick(rows, or: 0)
        if !lasting.contains(gone) { rows.removeAll { $0 == gone } }
        // Only so many, since an ascending walk would never come to their end.
        if nextRow < 90 {
          rows.append(nextRow)
          nextRow += 1
        }
      }
      #expect(Set(told).count == told.count, "seed \(seed)")
      #expect(lasting.isSubset(of: told), "seed \(seed)")
      #expect(told == (isDescending ? told.sorted(by: >) : told.sorted()), "seed \(seed)")
    }
  }
}
