import Testing

@testable import CampaignKit

@Suite struct ClaimItemsTests {
  private func read(_ bytes: [UInt8]) throws(StoreError) -> [ClaimItems.Item] {
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(StoreError) in
        var reader = ClaimItemReader(bytes)
        var items: [ClaimItems.Item] = []
        while let item = try reader.next() { items.append(item) }
        return items
      }
    }
    return try result.get()
  }

  @Test(arguments: [71, 72, 73] as [UInt64])
  func itemsReadBack(seed: UInt64) throws {
    var dice = Dice(seed)
    var items: [ClaimItems.Item] = []
    var id = RawID(high: 5, low: .max - 3)
    for _ in 0..<500 {
      let lead = dice.coin() ? UInt32(items.count) : UInt32(truncatingIfNeeded: dice.word())
      if dice(0...3) == 0 {
        items.append(.from(14_155_550_000 + dice.word() % 5))
      }
      if dice(0...3) == 0 {
        items.append(.held(lead: lead, rule: "é", status: dice.pick([.waiting, .failed], or: .waiting), until: .min))
      } else {
        id =
          dice.coin()
          ? RawID(high: dice.word(), low: .max) : RawID(high: id.low == .max ? id.high &+ 1 : id.high, low: id.low &+ 1)
        items.append(.call(lead: lead, id: id))
      }
    }
    #expect(try read(ClaimItems(items).writer.bytes) == items, "seed \(seed)")
  }

  @Test func aCallBehindAnotherTakesAByte() {
    let leads = 100..<200 as Range<UInt32>
    let items = ClaimItems(leads.map { .call(lead: $0, id: RawID(high: 1, low: $0)) })
    #expect(items.writer.bytes.count == 2 + 12 + 99)
  }

  @Test func aNumberIsWrittenOnceAndThenNamed() {
    let items = ClaimItems([.from(14_155_550_000), .from(15), .from(14_155_550_000), .from(15)])
    #expect(items.writer.bytes.count == 4 * 2 + 2 * 8)
  }

  @Test func whatCannotBeIsDamage() {
    let impossible: [[UInt8]] = [
      // A number to call from that is missing, unknown or cut off, a row below the first, one above the last, an identifier and a status cut off.
      [3], [3, 1], [3, 0, 1], [4], writing { $0.count(1 << 35) }, [1], [2, 0],
      // A lead that is held back is not in a call.
      [2, 0, Lead.Status.calling.raw, 0],
      // A number of more than 64 bits.
      Array(repeating: 255, count: 11),
    ]
    for bytes in impossible {
      let error = #expect(throws: StoreError.self, "\(bytes)") { try read(bytes) }
      #expect(error?.code == .damaged)
    }
  }
}

extension ClaimItems {
  init(_ items: [Item]) {
    self.init()
    for item in items {
      switch item {
      case .call(let lead, let id): add(call: id, of: lead)
      case .from(let number): add(from: number)
      case .held(let lead, let rule, let status, let until):
        add(heldLead: lead, rule: rule, status: status, until: until)
      }
    }
  }
}
