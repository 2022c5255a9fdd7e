import Dispatch
import Locks

/// Lets so many in at once; the others wait, and are let in in the order in which they came, those first whose matter is
/// urgent. Some places are kept for these.
final class ConnectionGate: Sendable {
  /// How an attempt to enter went.
  enum Entrance: Hashable, Sendable { case entered, cancelled, tooLate }

  /// Those who wait in one line.
  private struct Line {
    /// By number.
    var waiting: [Int: CheckedContinuation<Entrance, Never>] = [:]
    /// Numbers in the order in which they came. One that does not wait any more was cancelled.
    var order = Backlog<Int>()

    mutating func add(_ continuation: CheckedContinuation<Entrance, Never>, as number: Int) {
      waiting[number] = continuation
      order.append(number)
    }

    /// Takes out who is next.
    mutating func next() -> CheckedContinuation<Entrance, Never>? {
      while let number = order.takeFirst() {
        if let waiter = waiting.removeValue(forKey: number) { return waiter }
      }
      return nil
    }
  }

  private struct State {
    var free: Int
    /// How many of the places are for what is urgent.
    let kept: Int
    var urgent = Line()
    var ordinary = Line()
    var lastNumber = 0

    /// Takes a place, if there is one.
    mutating func take(isUrgent: Bool) -> Bool {
      guard free > (isUrgent ? 0 : kept) else { return false }
      free -= 1
      return true
    }

    mutating func wait(_ continuation: CheckedContinuation<Entrance, Never>, as number: Int, isUrgent: Bool) {
      if isUrgent { urgent.add(continuation, as: number) } else { ordinary.add(continuation, as: number) }
    }

    /// Takes out who waits no longer.
    mutating func giveUp(_ number: Int) -> CheckedContinuation<Entrance, Never>? {
      urgent.waiting.removeValue(forKey: number) ?? ordinary.waiting.removeValue(forKey: number)
    }

    /// Gives a place back, and takes it for who is next.
    mutating func giveBack() -> CheckedContinuation<Entrance, Never>? {
      free += 1
      guard let next = urgent.next() ?? (free > kept ? ordinary.next() : nil) else { return nil }
      free -= 1
      return next
    }
  }

  private let state: Locked<State>

  /// Creates a gate.
  ///
  /// - Parameters:
  ///   - places: How many are let in at once; at least one.
  ///   - kept: How many of these places are kept for what is urgent; one at least is for everybody.
  init(_ places: Int, kept: Int = 0) {
    let places = max(1, places)
    state = Locked(State(free: places, kept: min(max(0, kept), places - 1)))
  }

  /// Waits to be let in, so long and no longer; without a limit where none is given.
  func enter(isUrgent: Bool = false, within longest: Duration? = nil) async -> Entrance {
    let number = state.withLock { state -> Int? in
      if state.take(isUrgent: isUrgent) { return nil }
      state.lastNumber += 1
      return state.lastNumber
    }
    guard let number else { return .entered }
    if let longest, longest <= .zero { return .tooLate }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // A place that became free meanwhile is not missed, and neither is a cancellation.
        let entrance = state.withLock { state -> Entrance? in
          if Task.isCancelled { return .cancelled }
          if state.take(isUrgent: isUrgent) { return .entered }
          state.wait(continuation, as: number, isUrgent: isUrgent)
          return nil
        }
        if let entrance { return continuation.resume(returning: entrance) }
        guard let longest else { return }
        DispatchQueue.global().asyncAfter(deadline: .now() + longest / .seconds(1)) { [weak self] in
          self?.giveUp(number, .tooLate)
        }
      }
    } onCancel: {
      giveUp(number, .cancelled)
    }
  }

  private func giveUp(_ number: Int, _ entrance: Entrance) {
    state.withLock { $0.giveUp(number) }?.resume(returning: entrance)
  }

  /// Gives a place back, to whoever is next.
  func leave() { state.withLock { $0.giveBack() }?.resume(returning: .entered) }
}
