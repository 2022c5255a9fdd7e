import Testing

@testable import CampaignKit

@Suite struct DueHeapTests {
  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func givesThingsWhenTheyAreDueAndThenInTurn(seed: UInt64) {
    var dice = Dice(seed)
    var heap = DueHeap()
    var model: [(due: Int64, key: Int)] = []
    for key in 0..<600 {
      if dice(0...2) > 0 {
        let due = Int64(dice(0...40))
        heap.add(key, due: due)
        let index = model.firstIndex { $0.due > due } ?? model.endIndex
        model.insert((due, key), at: index)
      } else {
        let taken = heap.removeFirst()
        #expect(taken?.key == model.first?.key, "seed \(seed)")
        if !model.isEmpty { model.removeFirst() }
      }
      if key % 100 == 99 {
        heap.keep { $0.key % 3 != 0 }
        model.removeAll { $0.key % 3 == 0 }
      }
      #expect(heap.count == model.count, "seed \(seed)")
      #expect(heap.first?.due == model.first?.due, "seed \(seed)")
    }
    while let entry = heap.removeFirst() {
      #expect(entry.key == model.removeFirst().key, "seed \(seed)")
    }
    #expect(model.isEmpty, "seed \(seed)")
  }
}
