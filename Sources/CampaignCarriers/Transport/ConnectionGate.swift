import Locks

/// Lets so many in at once; the others wait, and are let in in the order in which they came.
final class ConnectionGate: Sendable {
  private struct State {
    var free: Int
    /// Those who wait, by number.
    var waiting: [Int: CheckedContinuation<Bool, Never>] = [:]
    /// Numbers in the order in which they came. One that does not wait any more was cancelled.
    var order: [Int] = []
    var first = 0
    var lastNumber = 0

    /// Takes out who is next.
    mutating func next() -> CheckedContinuation<Bool, Never>? {
      while first < order.count {
        let number = order[first]
        first += 1
        if first > 64, first * 2 > order.count {
          order.removeFirst(first)
          first = 0
        }
        if let waiter = waiting.removeValue(forKey: number) { return waiter }
      }
      return nil
    }
  }

  private let state: Locked<State>

  init(_ places: Int) {
    state = Locked(State(free: max(1, places)))
  }

  /// Waits to be let in; false when the task was cancelled before.
  func enter() async -> Bool {
    let number = state.withLock { state -> Int? in
      guard state.free == 0 else {
        state.free -= 1
        return nil
      }
      state.lastNumber += 1
      return state.lastNumber
    }
    guard let number else { return true }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // A place that became free meanwhile is not missed, and neither is a cancellation.
        let entered = state.withLock { state -> Bool? in
          if Task.isCancelled { return false }
          if state.free > 0 {
            state.free -= 1
            return true
          }
          state.waiting[number] = continuation
          state.order.append(number)
          return nil
        }
        if let entered { continuation.resume(returning: entered) }
      }
    } onCancel: {
      state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(returning: false)
    }
  }

  /// Gives a place back, to whoever is next.
  func leave() {
    let next = state.withLock { state in
      let next = state.next()
      if next == nil { state.free += 1 }
      return next
    }
    next?.resume(returning: true)
  }
}
