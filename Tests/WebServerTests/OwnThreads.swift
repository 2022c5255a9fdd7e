import Dispatch
import Testing

/// Runs a test on threads of its own: peers block while they wait, and must not hold the threads that all other tests
/// and the server's own tasks share.
struct OwnThreads: TestTrait, SuiteTrait, TestScoping {
  let isRecursive = true

  private final class Executor: TaskExecutor {
    private let queue = DispatchQueue(label: "tests that block", attributes: .concurrent)

    func enqueue(_ job: consuming ExecutorJob) {
      let job = UnownedJob(job)
      queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
  }

  private static let executor = Executor()

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    guard testCase != nil else { return try await function() }
    try await withTaskExecutorPreference(Self.executor) { try await function() }
  }
}

extension Trait where Self == OwnThreads {
  /// Runs a test on threads of its own.
  static var ownThreads: OwnThreads { OwnThreads() }
}
