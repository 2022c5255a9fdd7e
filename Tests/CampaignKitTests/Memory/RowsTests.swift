import Testing

@testable import CampaignKit

@Suite struct RowsTests {
  @Test func rowsKeepTheirNumbersOverChunks() {
    var rows = Rows<UInt64>()
    for value in 0..<2500 as Range<UInt64> { #expect(rows.append(value * 3) == UInt32(value)) }
    #expect(rows.count == 2500 && rows.chunks.map(\.count) == [1024, 1024, 452])
    for value in 0..<2500 as Range<UInt32> { #expect(rows[value] == UInt64(value) * 3) }
    #expect(rows.contains(2499) && !rows.contains(2500) && !rows.contains(noRow))
    var copy = Rows<UInt64>()
    for chunk in rows.chunks { copy.append(chunk: chunk) }
    #expect(copy.append(7) == 2500)
    #expect(copy[2500] == 7)
  }

  @Test func aCopyNeverChanges() {
    var dice = Dice(81)
    var rows = Rows<UInt64>()
    var model: [UInt64] = []
    var copies: [(rows: Rows<UInt64>, model: [UInt64])] = []
    for step in 0..<6000 {
      if model.isEmpty || dice.coin() {
        model.append(dice.word())
        _ = rows.append(model[model.count - 1])
      } else {
        let place = dice(0...model.count - 1)
        model[place] = dice.word()
        rows[UInt32(place)] = model[place]
      }
      if step % 500 == 0 { copies.append((rows, model)) }
    }
    for copy in copies + [(rows, model)] {
      #expect(Array(copy.rows.chunks.joined()) == copy.model)
    }
  }
}

@Suite struct PayloadTests {
  @Test(arguments: [82, 83] as [UInt64])
  func partsReadBackWhateverHappensToOthers(seed: UInt64) throws {
    var dice = Dice(seed)
    var payload = Payload()
    var model: [[UInt8]] = []
    var references: [PayloadRef] = []
    var copies: [(payload: Payload, references: [PayloadRef], model: [[UInt8]])] = []
    for step in 0..<4000 {
      switch model.isEmpty ? 0 : dice(0...6) {
      case 0, 1:
        model.append(dice.bytes(dice(0...60)))
        references.append(model[model.count - 1].withUnsafeBytes { payload.add($0) })
      case 2, 3, 4:
        let place = dice(0...model.count - 1)
        model[place] = dice.bytes(dice(0...60))
        references[place] = payload.replace(references[place], with: model[place])
      case 5:
        let place = dice(0...model.count - 1)
        payload.drop(references[place])
        references[place] = PayloadRef()
        model[place] = []
      default:
        if payload.isWasteful || dice(0...20) == 0 {
          payload.compact(&references)
          #expect(payload.garbage == 0 && payload.bytes.count == model.reduce(0) { $0 + $1.count })
        }
      }
      #expect(payload.bytes.count - payload.garbage == model.reduce(0) { $0 + $1.count }, "seed \(seed), step \(step)")
      if step % 800 == 0 { copies.append((payload, references, model)) }
    }
    for (payload, references, model) in copies + [(payload, references, model)] {
      for (reference, bytes) in zip(references, model) {
        let read = try payload.withBytes(reference) { Array($0) }
        #expect(read == bytes, "seed \(seed)")
      }
    }
  }

  @Test func aReferenceBeyondTheEndIsDamage() {
    let payload = Payload(bytes: [1, 2, 3], garbage: 0)
    for reference in [
      PayloadRef(offset: 0, length: 4), PayloadRef(offset: 3, length: 1), PayloadRef(offset: .max, length: .max),
    ] {
      let error = #expect(throws: StoreError.self) { try payload.withBytes(reference) { $0.count } }
      #expect(error?.code == .damaged)
    }
  }

  @Test func aPayloadWithMoreGarbageThanBytesIsDamage() {
    for garbage in [4, .max, -1] {
      let bytes = writing { Payload(bytes: [1, 2, 3], garbage: garbage).write(to: &$0) }
      #expect(throws: StoreError.self) { try reading(bytes) { (r) throws(StoreError) in _ = try Payload(from: &r) } }
    }
    let bytes = writing { Payload(bytes: [1, 2, 3], garbage: 3).write(to: &$0) }
    #expect(throws: Never.self) { try reading(bytes) { (r) throws(StoreError) in _ = try Payload(from: &r) } }
  }
}
