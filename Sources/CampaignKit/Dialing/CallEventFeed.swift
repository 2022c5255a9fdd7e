import Locks

/// Where the events of a ``CallEventFeed`` come from.
package protocol CallEventSource: Sendable {
  /// Takes the next event that is due, if there is one.
  mutating func takeEvent(at now: Timestamp) -> CallEvent?

  /// When the next event is due; nil while none is planned.
  var nextDue: Timestamp? { get }
}

/// Hands out events when they are due, to those who ask for them.
///
/// No task runs in between: a reader takes what is due, and otherwise waits until something is. Every reader gets
/// every event from the moment it started on. What falls due while there is no reader waits for the next one.
package final class CallEventFeed<Source: CallEventSource>: Sendable {
  fileprivate typealias Waiter = CheckedContinuation<Void, Never>

  fileprivate struct State {
    var source: Source
    /// Events that some readers have had and others have not.
    var log: ArraySlice<CallEvent> = []
    /// The number in the log of the event that each reader gets next.
    var readers: [Int: Int] = [:]
    var waiters: [Int: (until: Timestamp?, waiter: Waiter)] = [:]
    /// Rises with every change that a reader could be waiting for.
    var changes = 0
    var lastNumber = 0
    /// The clock's last time, and what is added to it, so that it never goes back.
    var lastTime = Timestamp.distantPast
    var correction = Duration.zero

    /// The carrier's time: when the clock is set back, it goes on from where it was.
    mutating func time(_ clock: Timestamp) -> Timestamp {
      var now = clock + correction
      if now < lastTime {
        correction += lastTime - now
        now = lastTime
      }
      lastTime = now
      return now
    }

    mutating func newNumber() -> Int {
      lastNumber += 1
      return lastNumber
    }

    mutating func takeWaiters(_ isWoken: (Timestamp?) -> Bool) -> [Waiter] {
      guard !waiters.isEmpty else { return [] }
      let woken = waiters.filter { isWoken($0.value.until) }.sorted { $0.key < $1.key }
      for (number, _) in woken { waiters[number] = nil }
      return woken.map(\.value.waiter)
    }
  }

  fileprivate enum Taken {
    case events([CallEvent], woken: [Waiter])
    case nothing(until: Timestamp?, now: Timestamp, changes: Int)
  }

  /// A reader that is forgotten when nobody has it any more.
  private final class Reader: Sendable {
    let number: Int
    let forget: @Sendable (Int) -> Void

    init(_ number: Int, forget: @escaping @Sendable (Int) -> Void) {
      self.number = number
      self.forget = forget
    }

    deinit { forget(number) }
  }

  /// The most events that are kept for a reader that is slower than others; it misses older ones.
  fileprivate static var longestLog: Int { 65_536 }

  private let state: Locked<State>
  private let clock: any EngineClock
  private let clockTime: @Sendable () -> Timestamp

  /// Creates a feed.
  ///
  /// - Parameters:
  ///   - source: Where events come from.
  ///   - clock: Lets time pass.
  ///   - time: What the time is for the source; what the clock says if nil.
  package init(_ source: Source, clock: any EngineClock, time: (@Sendable () -> Timestamp)? = nil) {
    state = Locked(State(source: source))
    self.clock = clock
    clockTime = time ?? { clock.now() }
  }

  /// Looks at or changes the source, and wakes whoever waits for what is due sooner now.
  package func withSource<Result: Sendable>(_ body: (inout Source, Timestamp) -> Result) -> Result {
    let (result, woken) = state.withLock { state in
      let result = body(&state.source, state.time(clockTime()))
      state.changes += 1
      let due = state.source.nextDue ?? .distantFuture
      return (result, state.takeWaiters { due < $0 ?? .distantFuture })
    }
    for waiter in woken { waiter.resume() }
    return result
  }

  /// A new reader.
  package func events() -> CallEvents {
    let number = state.withLock { state in
      let number = state.newNumber()
      state.readers[number] = state.log.endIndex
      return number
    }
    let reader = Reader(number) { [weak self] in self?.forget($0) }
    return CallEvents(batches: { await self.next($0, for: reader) })
  }

  private func forget(_ reader: Int) {
    state.withLock { state in
      state.readers[reader] = nil
      state.trimLog()
    }
  }

  private func next(_ most: Int, for reader: Reader) async -> [CallEvent] {
    while !Task.isCancelled {
      switch state.withLock({ $0.take(most, for: reader.number, clockTime) }) {
      case .events(let events, let woken):
        for waiter in woken { waiter.resume() }
        return events
      case .nothing(let due, let now, let changes):
        guard let due else {
          await change(after: changes, until: nil)
          continue
        }
        await withTaskGroup { group in
          group.addTask { await self.clock.wait(for: due - now) }
          group.addTask { await self.change(after: changes, until: due) }
          await group.next()
          group.cancelAll()
        }
      }
    }
    return []
  }

  /// Waits until the source has something sooner than `due`, or the task is cancelled.
  private func change(after changes: Int, until due: Timestamp?) async {
    let number = state.withLock { $0.newNumber() }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let mustWait = state.withLock { state in
          guard state.changes == changes, !Task.isCancelled else { return false }
          state.waiters[number] = (due, continuation)
          return true
        }
        if !mustWait { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: number)?.waiter }?.resume()
    }
  }
}

extension CallEventFeed.State {
  fileprivate mutating func take(
    _ most: Int, for reader: Int, _ clock: () -> Timestamp
  ) -> CallEventFeed.Taken {
    if let position = readers[reader], position < log.endIndex {
      let events = Array(log[max(position, log.startIndex)...].prefix(most))
      readers[reader] = max(position, log.startIndex) + events.count
      trimLog()
      return .events(events, woken: [])
    }
    let now = time(clock())
    var events: [CallEvent] = []
    while events.count < most, let event = source.takeEvent(at: now) { events.append(event) }
    guard !events.isEmpty else { return .nothing(until: source.nextDue, now: now, changes: changes) }
    guard readers.count > 1 else { return .events(events, woken: []) }
    log.append(contentsOf: events)
    readers[reader] = log.endIndex
    trimLog()
    changes += 1
    return .events(events, woken: takeWaiters { _ in true })
  }

  /// Throws away what every reader has had.
  fileprivate mutating func trimLog() {
    guard !log.isEmpty else { return }
    let first = max(readers.values.min() ?? log.endIndex, log.endIndex - CallEventFeed.longestLog)
    if first > log.startIndex { log.removeFirst(first - log.startIndex) }
  }
}
