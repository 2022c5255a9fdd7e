import Locks

/// Answers that come while they are waited for together.
final class PromptAnswers: Sendable {
  private struct State: Sendable {
    var answers: [EngineInput] = []
    var isOpen = true
  }

  private let state = Locked(State())

  /// Takes an answer; false once nobody waits any more.
  func take(_ answer: EngineInput) -> Bool {
    state.withLock { state in
      if state.isOpen { state.answers.append(answer) }
      return state.isOpen
    }
  }

  /// Takes no further answer, and returns those that came.
  func close() -> [EngineInput] {
    state.withLock { state in
      state.isOpen = false
      defer { state.answers = [] }
      return state.answers
    }
  }
}

extension DiscardingTaskGroup {
  /// Adds a task that begins at once, in place of its parent, and goes on by itself when it first has to wait.
  mutating func begin(_ work: sending @escaping @isolated(any) () async -> Void) {
    if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) {
      addImmediateTask(operation: work)
    } else {
      addTask(operation: work)
    }
  }
}
