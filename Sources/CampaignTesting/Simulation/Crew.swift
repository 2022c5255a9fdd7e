import Locks

/// Tasks of a simulation that nobody waits for, until all of them are sent home.
final class Crew: Sendable {
  private struct State: Sendable {
    var next = 0
    var tasks: [Int: Task<Void, Never>] = [:]
    var isDismissed = false
  }

  private let time: VirtualTime
  private let state = Locked(State())

  init(_ time: VirtualTime) {
    self.time = time
  }

  /// Begins a task in virtual time; none begins after ``dismiss()``.
  func begin(_ work: @escaping @Sendable () async -> Void) {
    state.withLock { state in
      guard !state.isDismissed else { return }
      let number = state.next
      state.next += 1
      state.tasks[number] = Task(executorPreference: time) {
        await work()
        self.state.withLock { $0.tasks[number] = nil }
      }
    }
  }

  /// Cancels all tasks, and returns when they have ended.
  func dismiss() async {
    let tasks = state.withLock { state in
      state.isDismissed = true
      return state.tasks.sorted { $0.key < $1.key }.map(\.value)
    }
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
  }
}
