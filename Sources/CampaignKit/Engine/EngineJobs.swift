import Locks

/// What a run has to do, in the order in which it came to be.
///
/// It ends when it is told to, whatever becomes of the task that reads it: what was decided is still done.
final class EngineJobs: Sendable {
  /// Something to be done.
  enum Job: Sendable {
    case act(EngineAction)
    /// Write the updates of calls that wait for it.
    case write
  }

  private struct State: Sendable {
    var jobs: [Job] = []
    var isFinished = false
    var reader: CheckedContinuation<Void, Never>?
  }

  private let state = Locked(State())

  /// Adds something to be done; the reader hears of it with ``wake()``.
  func add(_ job: Job) {
    state.withLock { $0.jobs.append(job) }
  }

  /// Ends it, once what is in it has been taken; the reader hears of it with ``wake()``.
  func finish() {
    state.withLock { $0.isFinished = true }
  }

  /// Wakes the reader if there is something for it.
  func wake() {
    let reader = state.withLock { state in
      state.jobs.isEmpty && !state.isFinished ? nil : state.reader.take()
    }
    reader?.resume()
  }

  /// Takes all that is there, and waits until there is something; nil at the end.
  func next() async -> [Job]? {
    while true {
      let (jobs, isFinished) = state.withLock { state in
        defer { state.jobs = [] }
        return (state.jobs, state.isFinished)
      }
      if !jobs.isEmpty { return jobs }
      if isFinished { return nil }
      await withCheckedContinuation { reader in
        let mustWait = state.withLock { state in
          guard state.jobs.isEmpty, !state.isFinished else { return false }
          state.reader = reader
          return true
        }
        if !mustWait { reader.resume() }
      }
    }
  }
}
