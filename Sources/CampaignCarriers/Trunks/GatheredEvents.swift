import CampaignKit
import Locks

/// What several dialers tell, as it comes, for one reader, and for as long as somebody has it.
final class GatheredEvents: Sendable {
  /// What one dialer tells, and how that is told on.
  typealias Source = (events: CallEvents, told: @Sendable (CallEvent) -> CallEvent)

  private let pile: Pile
  private let listening: Task<Void, Never>

  init(_ sources: [Source], capacity: Int = 65_536) {
    let pile = Pile(of: sources.count, capacity: capacity)
    self.pile = pile
    listening = Task {
      await withDiscardingTaskGroup { group in
        for source in sources { group.addTask { await pile.gather(source) } }
      }
    }
  }

  deinit { listening.cancel() }

  /// What waits to be told, once something does; nothing when nobody has more to tell, or the task is cancelled.
  func next(_ most: Int) async -> [CallEvent] { await pile.next(most) }

  private final class Pile: Sendable {
    private struct State {
      var untold: UntoldEvents
      /// How many still tell something.
      var tellers: Int
      var waiter: CheckedContinuation<Void, Never>?

      mutating func takeWaiter() -> CheckedContinuation<Void, Never>? {
        defer { waiter = nil }
        return waiter
      }
    }

    private let state: Locked<State>

    init(of tellers: Int, capacity: Int) {
      state = Locked(State(untold: UntoldEvents(capacity: capacity), tellers: tellers))
    }

    func gather(_ source: Source) async {
      var iterator = source.events.makeAsyncIterator()
      while let batch = await iterator.nextBatch(atMost: 1024) {
        let waiter = state.withLock { state in
          for event in batch { state.untold.append(source.told(event)) }
          return state.takeWaiter()
        }
        waiter?.resume()
      }
      let waiter = state.withLock { state in
        state.tellers -= 1
        return state.takeWaiter()
      }
      waiter?.resume()
    }

    func next(_ most: Int) async -> [CallEvent] {
      while !Task.isCancelled {
        let (events, isOver) = state.withLock { ($0.untold.take(atMost: most), $0.tellers == 0) }
        if !events.isEmpty || isOver { return events }
        await change()
      }
      return []
    }

    /// Waits until there is something to tell, or never will be, or the task is cancelled.
    private func change() async {
      await withTaskCancellationHandler {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
          let waiter: CheckedContinuation<Void, Never>? = state.withLock { state in
            guard state.untold.isEmpty, state.tellers > 0, !Task.isCancelled else { return continuation }
            // One task reads; of two, the one that came first looks again.
            defer { state.waiter = continuation }
            return state.waiter
          }
          waiter?.resume()
        }
      } onCancel: {
        state.withLock { $0.takeWaiter() }?.resume()
      }
    }
  }
}
