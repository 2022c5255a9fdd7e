/// Who waits for a password to be stretched: one at a time is worked on, and a few wait.
struct StretchQueue {
  typealias Ticket = UInt64

  /// What becomes of somebody who comes.
  enum Place: Equatable {
    /// It is their turn.
    case now
    /// They wait.
    case waiting
    /// Too many wait; the number of those who are before them.
    case refused(ahead: Int)
  }

  private let capacity: Int
  private var waiting: [Ticket] = []
  private var isWorking = false

  init(capacity: Int) { self.capacity = max(0, capacity) }

  var waitingCount: Int { waiting.count }

  /// Somebody comes.
  mutating func come(_ ticket: Ticket) -> Place {
    guard isWorking else {
      isWorking = true
      return .now
    }
    guard waiting.count < capacity else { return .refused(ahead: waiting.count + 1) }
    waiting.append(ticket)
    return .waiting
  }

  /// The work on one is over; whose turn it is, if anybody's.
  mutating func finish() -> Ticket? {
    guard !waiting.isEmpty else {
      isWorking = false
      return nil
    }
    return waiting.removeFirst()
  }

  /// Somebody gives up. Whether they were waiting; somebody whose turn it is cannot give up.
  mutating func leave(_ ticket: Ticket) -> Bool {
    guard let place = waiting.firstIndex(of: ticket) else { return false }
    waiting.remove(at: place)
    return true
  }
}
