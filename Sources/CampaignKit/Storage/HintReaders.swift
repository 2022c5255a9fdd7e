import Synchronization

/// Those who want to know of which accounts there is something new, as a store keeps them behind its lock.
package struct HintReaders: Sendable {
  private struct Reader: Sendable {
    let continuation: AsyncStream<Account.ID>.Continuation
    let departure: Departure
  }

  /// Whether a reader has left. A handler that struck it off would wait for the store's lock inside of a cancellation, for
  /// which whoever tells the same reader waits with the lock.
  private final class Departure: Sendable {
    let isOver = Atomic(false)
  }

  private var readers: [Reader] = []
  /// How many there are when those who have left are struck off, who would pile up while there is nothing to tell.
  private var crowd = Self.smallestCrowd
  private static let smallestCrowd = 64

  package init() {}

  package var count: Int { readers.count }

  /// Takes a reader, and returns what it reads.
  package mutating func add() -> AsyncStream<Account.ID> {
    if readers.count >= crowd {
      readers.removeAll { $0.departure.isOver.load(ordering: .relaxed) }
      crowd = max(Self.smallestCrowd, 2 * readers.count)
    }
    let (stream, continuation) = AsyncStream.makeStream(of: Account.ID.self, bufferingPolicy: .bufferingNewest(1024))
    let departure = Departure()
    continuation.onTermination = { _ in departure.isOver.store(true, ordering: .relaxed) }
    readers.append(Reader(continuation: continuation, departure: departure))
    return stream
  }

  /// Tells all readers of an account, and strikes off those who have left.
  package mutating func tell(_ account: Account.ID) {
    readers.removeAll { if case .terminated = $0.continuation.yield(account) { true } else { false } }
  }

  /// Ends what they read. It is done without the store's lock.
  package func finish() {
    for reader in readers { reader.continuation.finish() }
  }
}
