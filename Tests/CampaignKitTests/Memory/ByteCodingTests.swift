import Testing

@testable import CampaignKit

@Suite struct ByteCodingTests {
  private static let signed: [Int64] = [
    .min, .min + 1, -129, -128, -65, -64, -1, 0, 1, 63, 64, 127, 128, .max - 1, .max,
  ]

  @Test func numbersReadBack() throws {
    var dice = Dice(51)
    for value in Self.signed + (0..<2000).map({ _ in Int64(bitPattern: dice.word() >> UInt64(dice(0...63))) }) {
      #expect(try reading(writing { $0.signed(value) }) { (r) throws(StoreError) in try r.signed() } == value)
      #expect(try reading(writing { $0.count(Int(value)) }) { (r) throws(StoreError) in try r.count() } == Int(value))
      let moment = Timestamp(milliseconds: value)
      #expect(try reading(writing { $0.moment(moment) }) { (r) throws(StoreError) in try r.moment() } == moment)
      let word = UInt64(bitPattern: value)
      #expect(try reading(writing { $0.fixed64(word) }) { (r) throws(StoreError) in try r.fixed64() } == word)
      let half = UInt32(truncatingIfNeeded: value)
      #expect(try reading(writing { $0.fixed32(half) }) { (r) throws(StoreError) in try r.fixed32() } == half)
      let quarter = UInt16(truncatingIfNeeded: value)
      #expect(try reading(writing { $0.fixed16(quarter) }) { (r) throws(StoreError) in try r.fixed16() } == quarter)
    }
    for flag in [true, false] {
      #expect(try reading(writing { $0.flag(flag) }) { (r) throws(StoreError) in try r.flag() } == flag)
    }
  }

  @Test func smallNumbersAreShort() {
    #expect(writing { $0.count(127) }.count == 1)
    #expect(writing { $0.count(128) }.count == 2)
    #expect(writing { $0.signed(-64) }.count == 1)
    #expect(writing { $0.count(-1) }.count == 10)
  }

  @Test func textsReadBack() throws {
    var dice = Dice(52)
    for text in ["", "\u{0}", "a\u{0}b", String(repeating: "x", count: 300)] + (0..<500).map({ _ in dice.text() }) {
      let bytes = writing { $0.text(text) }
      // By bytes, since equal texts may be written in two ways.
      #expect(try Array(reading(bytes) { (r) throws(StoreError) in try r.text() }.utf8) == Array(text.utf8))
      let optional = writing { $0.optional(text) { $0.text($1) } }
      #expect(
        try reading(optional) { (r) throws(StoreError) in try r.optional { (r) throws(StoreError) in try r.text() } }
          == text)
    }
    let none = writing { $0.optional(String?.none) { $0.text($1) } }
    #expect(
      try reading(none) { (r) throws(StoreError) in try r.optional { (r) throws(StoreError) in try r.text() } } == nil)
  }

  @Test func identifiersAndNestedBytesReadBack() throws {
    var dice = Dice(53)
    for _ in 0..<200 {
      let id = dice.id(Lead.self)
      #expect(
        try reading(writing { $0.identifier(id) }) { (r) throws(StoreError) in try r.identifier(Lead.self) } == id)
      let content = dice.bytes(dice(0...300))
      let nested = writing { $0.nested { $0.bytes += content } }
      #expect(try reading(nested) { (r) throws(StoreError) in Array(try r.nested()) } == content)
      let blob = writing { $0.blob(content) }
      #expect(try reading(blob) { (r) throws(StoreError) in Array(try r.blob()) } == content)
    }
  }

  /// What can be written, with a value and how it is read.
  enum Kind: CaseIterable {
    case byte, fixed16, fixed32, fixed64, count, signed, text, blob, nested, raw, object, value, rates, rows, locality

    var bytes: [UInt8] {
      writing { writer in
        switch self {
        case .byte: writer.byte(7)
        case .fixed16: writer.fixed16(1)
        case .fixed32: writer.fixed32(1)
        case .fixed64: writer.fixed64(1)
        case .count: writer.count(.max)
        case .signed: writer.signed(.min)
        case .text: writer.text("Łukasz")
        case .blob: writer.blob([1, 2, 3])
        case .nested: writer.nested { $0.text("x") }
        case .raw: writer.identifier(Samples.lead.id)
        case .object: writer.object(Samples.json)
        case .value: writer.value(Samples.call)
        case .rates: writer.rates([("a", 1), ("b", -1)])
        case .rows:
          writer.count(2)
          writer.rows([1, 2] as [UInt32])
        case .locality: Samples.locality.write(to: &writer)
        }
      }
    }

    func read(_ reader: inout ByteReader) throws(StoreError) {
      switch self {
      case .byte: _ = try reader.byte()
      case .fixed16: _ = try reader.fixed16()
      case .fixed32: _ = try reader.fixed32()
      case .fixed64: _ = try reader.fixed64()
      case .count: _ = try reader.count()
      case .signed: _ = try reader.signed()
      case .text: _ = try reader.text()
      case .blob: _ = try reader.blob()
      case .nested: _ = try reader.nested()
      case .raw: _ = try reader.raw()
      case .object: _ = try reader.object()
      case .value: _ = try reader.value(Call.self)
      case .rates: _ = try reader.rates()
      case .rows:
        let rows: [UInt32] = try reader.rows(count: try reader.count())
        _ = rows
      case .locality: _ = try Locality(from: &reader)
      }
    }
  }

  @Test(arguments: Kind.allCases)
  func everyTruncationIsDamage(_ kind: Kind) throws {
    let bytes = kind.bytes
    try reading(bytes) { (r) throws(StoreError) in try kind.read(&r) }
    for length in 0..<bytes.count {
      let error = #expect(throws: StoreError.self) {
        try reading(Array(bytes[..<length])) { (r) throws(StoreError) in try kind.read(&r) }
      }
      #expect(error?.code == .damaged)
    }
  }

  /// Lengths and counts that no memory could hold, and such that are below zero.
  @Test(arguments: [-1, .min, .max, .max / 2, 1 << 40], [Kind.text, .blob, .rates, .rows, .locality, .object, .value])
  func absurdCountsAreDamage(_ count: Int, _ kind: Kind) {
    let bytes = writing { writer in
      if kind == .locality { writer.flag(false) }
      writer.count(count)
      writer.count(0)
    }
    let error = #expect(throws: StoreError.self) {
      try reading(bytes) { (r) throws(StoreError) in try kind.read(&r) }
    }
    #expect(error?.code == .damaged)
  }

  @Test func aCountOfMoreThan64BitsIsDamage() {
    let error = #expect(throws: StoreError.self) {
      try reading(Array(repeating: 0xFF, count: 11)) { (r) throws(StoreError) in _ = try r.count() }
    }
    #expect(error?.code == .damaged)
  }

  @Test(arguments: [54, 55] as [UInt64])
  func randomBytesNeverTrap(seed: UInt64) {
    var dice = Dice(seed)
    var refused = 0
    for _ in 0..<20_000 {
      let bytes = dice.bytes(dice(0...40))
      do {
        try reading(bytes) { (r) throws(StoreError) in
          switch bytes.first ?? 0 & 7 {
          case 0: _ = try CallPayload(from: &r)
          case 1: _ = try ContactPayload(from: &r)
          case 2: _ = try LeadPayload(from: &r)
          case 3: _ = try LeadChanges(from: &r)
          case 4: _ = try Suppression(from: &r)
          case 5: _ = try CallEnding(reading: &r)
          default: _ = try Change.read(&r)
          }
        }
      } catch {
        refused += 1
      }
    }
    #expect(refused > 15_000, "seed \(seed)")
  }
}
