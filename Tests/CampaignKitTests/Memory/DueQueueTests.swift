import Testing

@testable import CampaignKit

@Suite struct DueQueueTests {
  /// A queue that sorts everything anew whenever it is asked.
  private struct Model {
    var due: [DueEntry] = []
    var later: [DueEntry] = []

    mutating func add(_ entry: DueEntry, now: Int64) {
      if entry.due > now { later.append(entry) } else { due.append(entry) }
    }

    mutating func promote(now: Int64, atMost limit: Int) {
      later.sort { $0.isDue(before: $1) }
      let moved = later.prefix { $0.due <= now }.prefix(limit)
      due += moved
      later.removeFirst(moved.count)
    }

    mutating func first(isValid: (DueEntry) -> Bool) -> DueEntry? {
      due.removeAll { !isValid($0) }
      due.sort { $0.isCalled(before: $1) }
      return due.first
    }
  }

  @Test(arguments: [91, 92, 93, 94] as [UInt64], [1, 3, 1000])
  func behavesAsASortedList(seed: UInt64, priorities: Int) {
    var dice = Dice(seed)
    var queue = DueQueue()
    var model = Model()
    var now: Int64 = 1000
    var stale: Set<UInt32> = []
    for step in 0..<6000 {
      switch dice(0...9) {
      case 0...4:
        let entry = DueEntry(
          priority: dice(0...9) == 0 ? .min : Int32(dice(0...priorities - 1)), ordinal: UInt32(step),
          due: dice.coin() ? 0 : now + Int64(dice(-50...200)))
        queue.add(entry, now: now)
        model.add(entry, now: now)
        // The same lead once more, as after a change that came to nothing.
        if dice(0...9) == 0 {
          queue.add(entry, now: now)
          model.add(entry, now: now)
        }
      case 5: now += Int64(dice(0...100))
      case 6: stale.insert(UInt32(dice(0...step)))
      default:
        let limit = dice.pick([1, 5, 4096], or: 1)
        let isValid: (DueEntry) -> Bool = { !stale.contains($0.ordinal) }
        // Stale entries take up places of a promotion, so the model has them as well.
        queue.promote(now: now, atMost: limit, isValid: isValid)
        model.promote(now: now, atMost: limit)
        let first = queue.first(isValid: isValid)
        let expected = model.first(isValid: isValid)
        guard first?.ordinal == expected?.ordinal, first?.due == expected?.due, first?.priority == expected?.priority
        else {
          Issue.record(
            "seed \(seed), step \(step): \(String(describing: first)) instead of \(String(describing: expected))")
          return
        }
        if expected != nil, dice.coin() {
          queue.removeFirst()
          model.due.removeFirst()
        }
        model.later.removeAll { !isValid($0) && $0.due <= now }
        let next = queue.nextDue(isValid: isValid)
        let expectedNext = model.later.filter(isValid).map(\.due).min()
        #expect(next == expectedNext, "seed \(seed), step \(step)")
        model.later.removeAll { entry in !isValid(entry) && entry.due <= expectedNext ?? .max }
      }
    }
  }

  @Test func theEarliestIsTheOneThatIsCalledNextOrFallsDueFirst() {
    var queue = DueQueue()
    #expect(queue.earliest { _ in true } == nil)
    queue.add(DueEntry(priority: 0, ordinal: 1, due: 500), now: 100)
    #expect(queue.earliest { _ in true } == 500)
    queue.add(DueEntry(priority: 0, ordinal: 2, due: 50), now: 100)
    #expect(queue.earliest { _ in true } == 50)
    #expect(queue.earliest { $0.ordinal == 1 } == 500)
    #expect(queue.earliest { _ in false } == nil)
  }

  /// Enough entries in order that the front of the run is given back, more than once.
  @Test func aLongRunComesOutInOrder() {
    var queue = DueQueue()
    let count: UInt32 = 300_000
    for ordinal in 0..<count { queue.add(DueEntry(priority: 0, ordinal: ordinal, due: 0), now: 1) }
    for ordinal in 0..<count {
      // One out of order now and then, which belongs before or behind the rest.
      if ordinal % 50_000 == 0 { queue.add(DueEntry(priority: -1, ordinal: count + ordinal, due: 0), now: 1) }
      if ordinal % 50_000 == 0 {
        #expect(queue.first { _ in true }?.ordinal == count + ordinal)
        queue.removeFirst()
      }
      guard queue.first(isValid: { _ in true })?.ordinal == ordinal else {
        Issue.record("at \(ordinal)")
        return
      }
      queue.removeFirst()
    }
    #expect(queue.first { _ in true } == nil)
    queue.removeFirst()
    queue.add(DueEntry(priority: 3, ordinal: 5, due: 0), now: 1)
    #expect(queue.first { _ in true }?.ordinal == 5)
  }
}
