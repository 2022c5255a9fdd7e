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

  func add(_ job: Job) {
    let reader = state.withLock { state in
      state.jobs.append(job)
      return state.reader.take()
    }
    reader?.resume()
  }

  /// Ends it, once what is in it has been taken.
  func finish() {
    let reader = state.withLock { state in
      state.isFinished = true
      return state.reader.take()
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
