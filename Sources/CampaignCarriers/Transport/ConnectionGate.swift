import Locks

/// Lets so many in at once; the others wait, and are let in in the order in which they came, those first whose matter is
/// urgent. Some places are kept for these.
final class ConnectionGate: Sendable {
  /// How an attempt to enter went.
  enum Entrance: Hashable, Sendable { case entered, cancelled, tooLate }

  /// Those who wait in one line.
  private struct Line {
    /// By number.
    var waiting: [Int: CheckedContinuation<Bool, Never>] = [:]
    /// Numbers in the order in which they came. One that does not wait any more was cancelled.
    var order = Backlog<Int>()

    mutating func add(_ continuation: CheckedContinuation<Bool, Never>, as number: Int) {
      waiting[number] = continuation
      order.append(number)
    }

    /// Takes out who is next.
    mutating func next() -> CheckedContinuation<Bool, Never>? {
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

    mutating func wait(_ continuation: CheckedContinuation<Bool, Never>, as number: Int, isUrgent: Bool) {
      if isUrgent { urgent.add(continuation, as: number) } else { ordinary.add(continuation, as: number) }
    }

    /// Takes out who waits no longer.
    mutating func giveUp(_ number: Int) -> CheckedContinuation<Bool, Never>? {
      urgent.waiting.removeValue(forKey: number) ?? ordinary.waiting.removeValue(forKey: number)
    }

    /// Gives a place back, and takes it for who is next.
    mutating func giveBack() -> CheckedContinuation<Bool, Never>? {
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

  /// Waits to be let in, so long and no longer.
  func enter(isUrgent: Bool = false, within longest: Duration) async -> Entrance {
    if state.withLock({ $0.take(isUrgent: isUrgent) }) { return .entered }
    guard longest > .zero else { return .tooLate }
    return await withTaskGroup(of: Entrance.self) { group in
      group.addTask { await self.enter(isUrgent: isUrgent) ? .entered : .cancelled }
      group.addTask {
        do { try await Task.sleep(for: longest, clock: .continuous) } catch { return .cancelled }
        return .tooLate
      }
      let first = await group.next() ?? .cancelled
      group.cancelAll()
      // Whoever was let in just then has the place.
      let second = await group.next()
      return second == .entered ? .entered : first
    }
  }

  /// Waits to be let in; false when the task was cancelled before.
  func enter(isUrgent: Bool = false) async -> Bool {
    let number = state.withLock { state -> Int? in
      if state.take(isUrgent: isUrgent) { return nil }
      state.lastNumber += 1
      return state.lastNumber
    }
    guard let number else { return true }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // A place that became free meanwhile is not missed, and neither is a cancellation.
        let entered = state.withLock { state -> Bool? in
          if Task.isCancelled { return false }
          if state.take(isUrgent: isUrgent) { return true }
          state.wait(continuation, as: number, isUrgent: isUrgent)
          return nil
        }
        if let entered { continuation.resume(returning: entered) }
      }
    } onCancel: {
      state.withLock { $0.giveUp(number) }?.resume(returning: false)
    }
  }

  /// Gives a place back, to whoever is next.
  func leave() { state.withLock { $0.giveBack() }?.resume(returning: true) }
}
