public import CampaignKit
import Dispatch
import Foundation
import Locks

/// Time that passes only when there is nothing else to do, and the executor that knows when that is.
///
/// ```swift
/// let sum = try await VirtualTime.run { time in
///   await withTaskGroup(of: Int.self) { group in
///     for day in 1...30 {
///       group.addTask {
///         await time.wait(for: .seconds(86_400 * day))
///         return day
///       }
///     }
///     return await group.reduce(0, +)
///   }
/// }
/// ```
///
/// The body of a run and all tasks that belong to it are run in turn on one thread: task groups, `async let`, actors
/// without an executor of their own, streams and continuations. When none of them can go on, time moves to the moment
/// at which the first wait ends. So a month takes as long as what happens in it, and the same program gives the same
/// order of steps, every time.
///
/// What leaves the run leaves its order too. `Task { }` and `Task.detached { }` do not inherit an executor; give them
/// this one with `Task(executorPreference:)`. `Task.sleep`, the main actor and other threads know only real time: a
/// run that waits for nothing else waits for them in real time, for as long as its patience says.
public final class VirtualTime: EngineClock, TaskExecutor {
  /// Which of the steps that are ready is taken first.
  public enum Order: Hashable, Sendable {
    /// The one that has been ready for longest.
    case inTurn
    /// Any of them, drawn by a seed. Each seed gives another order, and always the same one.
    case shuffled(seed: UInt64)
  }

  /// Why a run was given up.
  public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failure.
    public enum Kind: Hashable, Sendable {
      /// The body is not done, nothing is ready, and nothing waits for time to pass.
      case stuck
      /// It took more steps than it may.
      case tooManySteps
    }

    /// What happened.
    public var kind: Kind
    /// How much time had passed.
    public var elapsed: Duration
    /// How many steps had been taken.
    public var steps: Int

    /// What happened, when, and where to look for the cause.
    public var description: String {
      switch kind {
      case .stuck:
        "stuck after \(elapsed) and \(steps) steps: the body is not done, nothing is ready and nothing waits for time "
          + "to pass; something waits for what will not come, or outside of virtual time (Task.sleep, Task { })"
      case .tooManySteps:
        "not done after \(steps) steps, at \(elapsed): something goes round in circles, or the limit is too low"
      }
    }
  }

  let state: Locked<VirtualTimeState>
  private let arrival = DispatchSemaphore(value: 0)

  private init(start: Timestamp, order: Order) {
    state = Locked(VirtualTimeState(start: start, order: order))
  }

  /// Runs a function in a time of its own.
  ///
  /// When a run is given up, its tasks are cancelled and given some steps to end; those that do not are left standing
  /// for ever. A cancelled caller cancels the run.
  ///
  /// - Parameters:
  ///   - start: The time at the beginning; the start of 2025 by default.
  ///   - order: Which of the steps that are ready is taken first.
  ///   - maximumSteps: How many steps it may take.
  ///   - patience: How long, in real time, to wait for something that comes from outside.
  ///   - body: What to run.
  /// - Returns: What the body returns.
  /// - Throws: What the body throws, or a ``Failure``.
  public static func run<Result: Sendable>(
    start: Timestamp = Timestamp(milliseconds: 1_735_689_600_000), order: Order = .inTurn,
    maximumSteps: Int = 100_000_000, patience: Duration = .zero,
    _ body: @escaping @Sendable (VirtualTime) async throws -> Result
  ) async throws -> Result {
    let time = VirtualTime(start: start, order: order)
    let task = Task(executorPreference: time) {
      defer { time.state.withLock { $0.isDone = true } }
      return try await body(time)
    }
    let failure = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let thread = Thread {
          continuation.resume(returning: time.work(for: task.cancel, maximumSteps: maximumSteps, patience: patience))
        }
        thread.name = "virtual time"
        thread.stackSize = 8 << 20
        thread.start()
      }
    } onCancel: {
      task.cancel()
    }
    if let failure { throw failure }
    return try await task.value
  }

  /// The time on the wall. It moves with the time that passes, and by what ``jump(by:)`` says.
  public func now() -> Timestamp {
    state.withLock { $0.start + .nanoseconds($0.elapsed) + $0.offset }
  }

  /// How much time has passed since the beginning, whatever the clock on the wall was set to.
  public var elapsed: Duration { state.withLock { .nanoseconds($0.elapsed) } }

  /// How many steps were taken so far.
  public var steps: Int { state.withLock { $0.steps } }

  /// Sets the clock on the wall forwards, or with a negative duration back. No wait ends sooner or later for it.
  public func jump(by duration: Duration) {
    state.withLock { $0.offset += duration }
  }

  /// Returns when the duration has passed, or as soon as the task is cancelled.
  ///
  /// Even a wait for no time at all lets everything go first that is ready.
  public func wait(for duration: Duration) async {
    let number = state.withLock { $0.nextWait() }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // A cancellation after this look at it comes to the handler below when the wait has been put down. One that
        // was cancelled before still takes a step, so that a loop of such waits does not go on unnoticed.
        state.withLock { $0.put(continuation, number, for: Task.isCancelled ? .zero : duration) }
      }
    } onCancel: {
      state.withLock { $0.takeWait(number) }?.resume()
    }
  }

  /// Takes a step that has become ready.
  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let mustWake = state.withLock { state in
      state.ready.append(job)
      defer { state.isIdle = false }
      return state.isIdle
    }
    if mustWake { arrival.signal() }
  }

  // MARK: The thread

  /// Takes steps until the body is done and nothing is ready any more, or there is no way on.
  private func work(for cancel: () -> Void, maximumSteps: Int, patience: Duration) -> Failure? {
    var failure: Failure?
    var limit = maximumSteps
    while true {
      let kind: Failure.Kind
      switch state.withLock({ $0.next(limit: limit) }) {
      case .run(let job):
        job.runSynchronously(on: asUnownedTaskExecutor())
        continue
      case .wake(let continuation):
        continuation.resume()
        continue
      case .done: return failure
      case .stuck:
        if failure == nil, patience > .zero, isSomethingComing(within: patience) { continue }
        kind = .stuck
      case .tooManySteps: kind = .tooManySteps
      }
      if let failure { return failure }
      let reason = state.withLock { Failure(kind: kind, elapsed: .nanoseconds($0.elapsed), steps: $0.steps) }
      failure = reason
      limit = reason.steps + Self.stepsToEnd
      cancel()
    }
  }

  /// How many steps the tasks of a run that is given up may take to end.
  private static let stepsToEnd = 100_000

  private func isSomethingComing(within patience: Duration) -> Bool {
    let mustWait = state.withLock { state in
      state.isIdle = state.ready.isEmpty
      return state.isIdle
    }
    guard mustWait else { return true }
    let nanoseconds = Int(clamping: min(patience.milliseconds, 3_600_000) * 1_000_000)
    if arrival.wait(timeout: .now() + .nanoseconds(nanoseconds)) == .success { return true }
    // Something may have come between the end of the wait and now; its signal is taken with it.
    let came = state.withLock { state in
      defer { state.isIdle = false }
      return !state.isIdle
    }
    if came { arrival.wait() }
    return came
  }
}
