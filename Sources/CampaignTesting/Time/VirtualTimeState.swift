import CampaignKit

/// What a ``VirtualTime`` keeps behind its lock: what is ready, what waits, and what time it is.
struct VirtualTimeState: Sendable {
  typealias Waiter = CheckedContinuation<Void, Never>

  /// What is to be done next.
  enum Next {
    case run(UnownedJob)
    case wake(Waiter)
    case done
    case stuck
    case tooManySteps
  }

  let start: Timestamp
  /// By how much the clock on the wall was set forwards.
  var offset: Duration = .zero
  /// Nanoseconds since the start.
  var elapsed: Int64 = 0
  var steps = 0
  var ready: ReadyJobs
  /// Whether the body has returned.
  var isDone = false
  /// Whether the thread sleeps and must be woken.
  var isIdle = false
  /// Whether waits that end at this moment are being ended: they become ready together, before any of them goes on.
  private var isWaking = false
  private var waits = DueHeap()
  private var waiters: [Int: Waiter] = [:]
  private var lastWait = 0

  init(start: Timestamp, order: VirtualTime.Order) {
    self.start = start
    ready = ReadyJobs(order)
  }

  mutating func next(limit: Int) -> Next {
    if ready.isEmpty && isDone { return .done }
    if ready.isEmpty || isWaking {
      if let waiter = takeFirstWait() { return .wake(waiter) }
      isWaking = false
    }
    guard !ready.isEmpty else { return .stuck }
    guard steps < limit, let job = ready.removeNext() else { return .tooManySteps }
    steps += 1
    return .run(job)
  }

  mutating func nextWait() -> Int {
    lastWait += 1
    return lastWait
  }

  mutating func put(_ waiter: Waiter, _ number: Int, for duration: Duration) {
    let (due, overflow) = elapsed.addingReportingOverflow(max(0, duration.wholeNanoseconds))
    waiters[number] = waiter
    waits.add(number, due: overflow ? .max : due)
  }

  /// Takes out a wait before it has ended.
  mutating func takeWait(_ number: Int) -> Waiter? {
    guard let waiter = waiters.removeValue(forKey: number) else { return nil }
    if waits.count > 64, waits.count > 2 * waiters.count {
      let waiters = waiters
      waits.keep { waiters[$0.key] != nil }
    }
    return waiter
  }

  /// Moves time to the end of the first wait; while waking, takes only those that end at the same moment.
  private mutating func takeFirstWait() -> Waiter? {
    while let entry = waits.first {
      if isWaking, entry.due > elapsed { return nil }
      waits.removeFirst()
      guard let waiter = waiters.removeValue(forKey: entry.key) else { continue }
      elapsed = entry.due
      isWaking = true
      return waiter
    }
    return nil
  }
}

/// The steps that can be taken, in the order in which they are.
struct ReadyJobs: Sendable {
  private var jobs: [UnownedJob] = []
  /// How many of them have been taken already.
  private var taken = 0
  private var random: SeededGenerator?

  init(_ order: VirtualTime.Order) {
    if case .shuffled(let seed) = order { random = SeededGenerator(seed: seed) }
  }

  var isEmpty: Bool { taken == jobs.count }

  mutating func append(_ job: UnownedJob) { jobs.append(job) }

  mutating func removeNext() -> UnownedJob? {
    guard !isEmpty else { return nil }
    if var random {
      let index = Int.random(in: jobs.indices, using: &random)
      self.random = random
      jobs.swapAt(index, jobs.count - 1)
      return jobs.popLast()
    }
    let job = jobs[taken]
    taken += 1
    if taken == jobs.count {
      jobs.removeAll(keepingCapacity: true)
      taken = 0
    } else if taken >= 4096, taken * 2 >= jobs.count {
      jobs.removeFirst(taken)
      taken = 0
    }
    return job
  }
}

extension Duration {
  /// The duration in whole nanoseconds, rounded up, and held to what 64 bits can tell.
  var wholeNanoseconds: Int64 {
    guard self < .nanoseconds(Int64.max) else { return .max }
    guard self > .nanoseconds(Int64.min) else { return .min }
    let (seconds, attoseconds) = components
    let nanoseconds = attoseconds / 1_000_000_000
    return seconds * 1_000_000_000 + nanoseconds + (attoseconds > nanoseconds * 1_000_000_000 ? 1 : 0)
  }
}
