package import CampaignKit
import Dispatch
import Locks

/// A store that answers from other threads, such as one over a socket, in step with a simulation.
///
/// Whoever asks it holds the thread of the simulation until the answer is there. So virtual time knows nothing of the
/// wait: to it an operation takes no time, and the order of the steps is the same every time.
package struct InStepStore: StorageWrapper {
  package let inner: any CampaignStorage

  package init(_ inner: any CampaignStorage) {
    self.inner = inner
  }

  package func pass<Result: Sendable>(
    _ operation: StorageOperation, _ work: (any CampaignStorage) async throws(StoreError) -> Result
  ) async throws(StoreError) -> Result {
    try withoutActuallyEscaping(work) { (work) throws(StoreError) in try hold(Lent(work)) }
  }

  private typealias Work<Result> = (any CampaignStorage) async throws(StoreError) -> Result

  /// What is done elsewhere while the caller waits. Whoever does it takes it out, so that nothing of it is left when the
  /// caller goes on.
  ///
  /// The `@unchecked` is safe because one thread after the other has it: whoever makes it hands it to one task, and waits.
  /// What the task did comes before the signal that ends the wait, and after the signal the task touches it no more.
  private final class Lent<Result: Sendable>: @unchecked Sendable {
    private var work: Work<Result>?

    init(_ work: @escaping Work<Result>) {
      self.work = work
    }

    func perform(on store: any CampaignStorage) async -> Swift.Result<Result, StoreError> {
      guard let work else { return .failure(StoreError(.unavailable, "the work was done before")) }
      self.work = nil
      do throws(StoreError) {
        return .success(try await work(store))
      } catch {
        return .failure(error)
      }
    }
  }

  private func hold<Result: Sendable>(_ lent: Lent<Result>) throws(StoreError) -> Result {
    let answer = Answer<Result>()
    let inner = inner
    Task.detached { answer.give(await lent.perform(on: inner)) }
    guard let result = answer.wait() else { throw StoreError(.unavailable, "the store gave no answer") }
    return try result.get()
  }

  private final class Answer<Value: Sendable>: Sendable {
    private let result = Locked<Result<Value, StoreError>?>(nil)
    private let arrival = DispatchSemaphore(value: 0)

    func give(_ value: Result<Value, StoreError>) {
      result.withLock { $0 = value }
      arrival.signal()
    }

    func wait() -> Result<Value, StoreError>? {
      arrival.wait()
      return result.withLock { $0 }
    }
  }
}
