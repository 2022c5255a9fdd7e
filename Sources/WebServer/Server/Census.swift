import Locks

/// Counts the connections of all loops, and tells when the last one has gone.
final class Census: Sendable {
  private struct State {
    var open = 0
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Locked(State())
  private let maximum: Int
  /// Connections beyond the maximum that only exist to be told so.
  private let refusals = 128

  init(maximum: Int) { self.maximum = maximum }

  /// What is to become of a client.
  enum Entry { case welcome, refused, dropped }

  /// Counts a client that has just been accepted.
  func enter() -> Entry {
    state.withLock { state in
      guard state.open < maximum + refusals else { return .dropped }
      state.open += 1
      return state.open <= maximum ? .welcome : .refused
    }
  }

  func leave() {
    let waiters = state.withLock { state in
      state.open -= 1
      guard state.open == 0 else { return [CheckedContinuation<Void, Never>]() }
      let waiters = state.waiters
      state.waiters = []
      return waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  var open: Int { state.withLock { $0.open } }

  /// Waits until there is no connection.
  func isEmpty() async {
    await withCheckedContinuation { continuation in
      let isEmpty = state.withLock { state in
        if state.open == 0 { return true }
        state.waiters.append(continuation)
        return false
      }
      if isEmpty { continuation.resume() }
    }
  }
}
