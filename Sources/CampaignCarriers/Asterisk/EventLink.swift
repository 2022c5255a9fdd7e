import CampaignKit
import Locks

/// Whether the events of a PBX are heard now, and those who wait for that.
final class EventLink: Sendable {
  private struct State {
    var isOpen = false
    var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    var lastNumber = 0
  }

  private let state = Locked(State())

  var isOpen: Bool { state.withLock { $0.isOpen } }

  func open() {
    let waiters = state.withLock { state in
      state.isOpen = true
      defer { state.waiters = [:] }
      return Array(state.waiters.values)
    }
    for waiter in waiters { waiter.resume() }
  }

  func close() { state.withLock { $0.isOpen = false } }

  /// Waits until events are heard, so long at most; returns whether they are.
  func waits(for longest: Duration, by clock: any EngineClock) async -> Bool {
    if isOpen { return true }
    guard longest > .zero else { return false }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.opening() }
      group.addTask { await clock.wait(for: longest) }
      await group.next()
      group.cancelAll()
    }
    return isOpen
  }

  private func opening() async {
    let number = state.withLock { state in
      state.lastNumber += 1
      return state.lastNumber
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let mustWait = state.withLock { state in
          guard !state.isOpen, !Task.isCancelled else { return false }
          state.waiters[number] = continuation
          return true
        }
        if !mustWait { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
    }
  }
}
