import CampaignKit
import Locks

/// The slow and obvious store, with which other stores are compared.
///
/// Every method is written as its description reads, without an index or a counter, so that a reader can check it
/// by eye. It works on a copy, so that what throws has changed nothing.
package final class PlainStore: Sendable {
  private let state: Locked<PlainState>
  private let time: any TimeSource
  private let listeners = Locked<[AsyncStream<Account.ID>.Continuation]>([])

  /// Creates an empty store.
  package init(time: any TimeSource, systemLimit: Int = 10_000, defaultAccountLimit: Int = 1_000) {
    self.time = time
    state = Locked(
      PlainState(
        now: time.now(), identifiers: IdentifierGenerator(), systemLimit: systemLimit,
        defaultAccountLimit: defaultAccountLimit))
  }

  /// Does something at one instant, whole or not at all.
  func run<Result: Sendable>(
    _ body: (inout PlainState) throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    let now = time.now()
    let (result, told) = try state.withLock { (state) throws(StoreError) -> (Result, [Account.ID]) in
      guard !state.isClosed else { throw StoreError(.closed, "the store was closed") }
      var next = state
      next.now = now
      let result = try body(&next)
      let told = next.events.keys.filter { next.events[$0]?.count != state.events[$0]?.count }
      state = next
      return (result, Array(told))
    }
    if !told.isEmpty {
      listeners.withLock { for listener in $0 { for account in told { listener.yield(account) } } }
    }
    return result
  }

  /// Hints to whoever listens.
  package func hints() -> AsyncStream<Account.ID> {
    let (stream, continuation) = AsyncStream.makeStream(of: Account.ID.self, bufferingPolicy: .bufferingNewest(64))
    listeners.withLock { $0.append(continuation) }
    return stream
  }

  package func now() async throws(StoreError) -> Timestamp {
    try run { (state) throws(StoreError) in state.now }
  }

  package func close() async throws(StoreError) {
    try run { (state) throws(StoreError) in state.isClosed = true }
    listeners.withLock { for listener in $0 { listener.finish() } }
  }
}
