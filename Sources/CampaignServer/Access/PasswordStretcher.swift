import Dispatch
import Locks

/// Stretches passwords one at a time on a thread of its own, so that a flood of logins delays nothing else.
///
/// A few may wait; the next one is refused with ``AccessError/Code/busy``, which says how long those before it will
/// take. Whoever is cancelled while waiting leaves the queue at once; what has begun is finished, and its result lost.
public final class PasswordStretcher: Sendable {
  private struct State {
    var queue: StretchQueue
    var jobs: [StretchQueue.Ticket: Job] = [:]
    var lastTicket: StretchQueue.Ticket = 0
    /// How long the last one took.
    var lastDuration: Duration = .milliseconds(300)
  }

  private struct Job {
    /// Does it, and gives what is left to do once the place is free: telling whoever waits.
    var work: @Sendable () -> @Sendable () -> Void
    var giveUp: @Sendable () -> Void
  }

  /// The rounds of new passwords.
  public let rounds: Int
  private let state: Locked<State>
  private let thread = DispatchQueue(label: "campaignkit.passwords")

  /// Creates a stretcher.
  ///
  /// - Parameters:
  ///   - rounds: The rounds of new passwords, held to ``PasswordHash/permittedRounds``. Fewer than the standard are for
  ///     tests only.
  ///   - capacity: How many may wait.
  public init(rounds: Int = PasswordHash.standardRounds, capacity: Int = 16) {
    let permitted = PasswordHash.permittedRounds
    self.rounds = min(max(rounds, permitted.lowerBound), permitted.upperBound)
    state = Locked(State(queue: StretchQueue(capacity: capacity)))
  }

  /// Stretches a new password.
  ///
  /// - Throws: ``AccessError/Code/busy`` or ``AccessError/Code/cancelled``.
  public func hash(_ password: String) async throws(AccessError) -> PasswordHash {
    let rounds = rounds
    return try await perform { PasswordHash(stretching: password, rounds: rounds) }
  }

  /// Whether a password is the one that was stretched.
  ///
  /// - Throws: ``AccessError/Code/busy`` or ``AccessError/Code/cancelled``.
  public func matches(_ password: String, _ hash: PasswordHash) async throws(AccessError) -> Bool {
    try await perform { hash.matches(password) }
  }

  /// How many wait.
  var waitingCount: Int { state.withLock { $0.queue.waitingCount } }

  /// Runs work in turn.
  func perform<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async throws(AccessError) -> Value {
    let ticket = state.withLock { state in
      state.lastTicket &+= 1
      return state.lastTicket
    }
    let result: Result<Value, AccessError> = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        enqueue(
          ticket,
          Job {
            let value = work()
            return { continuation.resume(returning: .success(value)) }
          } giveUp: {
            continuation.resume(returning: .failure(AccessError(.cancelled, "nobody waits for it any more")))
          }
        ) { refusal in continuation.resume(returning: .failure(refusal)) }
      }
    } onCancel: {
      leave(ticket)
    }
    return try result.get()
  }

  private func enqueue(_ ticket: StretchQueue.Ticket, _ job: Job, refuse: (AccessError) -> Void) {
    // Whoever was cancelled before has called `leave` already, in vain.
    guard !Task.isCancelled else { return job.giveUp() }
    let (place, lastDuration) = state.withLock { state in
      let place = state.queue.come(ticket)
      if case .waiting = place { state.jobs[ticket] = job }
      return (place, state.lastDuration)
    }
    switch place {
    case .now: thread.async { self.run(job) }
    case .waiting:
      // The task may have been cancelled after the look above, and before there was anything to leave.
      if Task.isCancelled { leave(ticket) }
    case .refused(let ahead):
      refuse(
        AccessError(
          .busy, "too many passwords are being checked; try again later",
          retryAfter: max(.seconds(1), lastDuration * ahead)))
    }
  }

  private func leave(_ ticket: StretchQueue.Ticket) {
    let job = state.withLock { state in state.queue.leave(ticket) ? state.jobs.removeValue(forKey: ticket) : nil }
    job?.giveUp()
  }

  /// Does a job, and lets the next one follow. Each is a block of its own, so that the thread goes when nobody waits.
  private func run(_ job: Job) {
    let start = ContinuousClock.now
    let tell = job.work()
    let duration = ContinuousClock.now - start
    let next = state.withLock { state in
      state.lastDuration = duration
      return state.queue.finish().flatMap { state.jobs.removeValue(forKey: $0) }
    }
    tell()
    if let next { thread.async { self.run(next) } }
  }
}
