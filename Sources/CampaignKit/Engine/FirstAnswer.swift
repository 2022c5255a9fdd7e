import Locks

/// An answer that several may give, and one waits for. The first one counts.
final class FirstAnswer<Value: Sendable>: Sendable {
  private enum State: Sendable {
    case open
    case awaited(CheckedContinuation<Value, Never>)
    case given(Value)
  }

  private let state = Locked(State.open)

  /// Gives an answer; nothing happens where there is one already.
  func give(_ value: Value) {
    let waiter = state.withLock { state -> CheckedContinuation<Value, Never>? in
      switch state {
      case .given: return nil
      case .open:
        state = .given(value)
        return nil
      case .awaited(let waiter):
        state = .given(value)
        return waiter
      }
    }
    waiter?.resume(returning: value)
  }

  /// The answer, once there is one. One task asks for it.
  var value: Value {
    get async {
      await withCheckedContinuation { waiter in
        let value = state.withLock { state -> Value? in
          if case .given(let value) = state { return value }
          state = .awaited(waiter)
          return nil
        }
        if let value { waiter.resume(returning: value) }
      }
    }
  }
}
