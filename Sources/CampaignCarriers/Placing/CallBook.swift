package import CampaignKit

/// What is noted of calls, of so many and no more: of the oldest, nothing is known any longer.
package struct CallBook<Note: Sendable>: Sendable {
  private var notes: [Call.ID: (number: Int, note: Note)] = [:]
  /// The calls in the order in which they were noted first. One whose number is another's by now was struck out, and may
  /// have been noted again.
  private var order = Backlog<(number: Int, call: Call.ID)>()
  private var lastNumber = 0
  private let capacity: Int

  package init(capacity: Int = 65_536) { self.capacity = max(1, capacity) }

  package subscript(call: Call.ID) -> Note? { notes[call]?.note }

  var count: Int { notes.count }

  /// Notes something of a call; returns what was noted of the call that is forgotten for it, if one is.
  @discardableResult
  package mutating func note(_ note: Note, of call: Call.ID) -> (call: Call.ID, note: Note)? {
    if let number = notes[call]?.number {
      notes[call] = (number, note)
      return nil
    }
    lastNumber += 1
    notes[call] = (lastNumber, note)
    order.append((lastNumber, call))
    return notes.count > capacity ? forgetOldest() : nil
  }

  /// Strikes out what is noted of a call.
  @discardableResult
  package mutating func strike(_ call: Call.ID) -> Note? {
    defer {
      if order.count > 2 * notes.count + 4096 { order.keep { notes[$0.call]?.number == $0.number } }
    }
    return notes.removeValue(forKey: call)?.note
  }

  private mutating func forgetOldest() -> (call: Call.ID, note: Note)? {
    while let (number, call) = order.takeFirst() {
      guard let (noted, note) = notes[call], noted == number else { continue }
      notes[call] = nil
      return (call, note)
    }
    return nil
  }
}
