/// The events of an account, as they happen.
///
/// Each has the number that follows the one before it. After a lost connection a reader goes on where it was with
/// ``CampaignEngine/events(of:after:)``; if it was away for too long, the sequence ends with
/// ``StoreError/Code/gone``, and the reader starts again from what is stored.
public struct CampaignEvents: AsyncSequence, Sendable {
  let storage: any CampaignStorage
  let account: Account.ID
  let start: UInt64?

  /// Reads events.
  public struct AsyncIterator: AsyncIteratorProtocol {
    private let storage: any CampaignStorage
    private let account: Account.ID
    private var hints: AsyncStream<Account.ID>.Iterator
    private var last: UInt64?
    private var events: ArraySlice<CampaignEvent> = []

    init(_ sequence: CampaignEvents) {
      storage = sequence.storage
      account = sequence.account
      last = sequence.start
      // Hints are asked for before events are read, so that none falls between.
      hints = storage.hints().makeAsyncIterator()
    }

    /// The next event; it waits until there is one, and is nil once the task is cancelled or the store is closed.
    public mutating func next() async throws(StoreError) -> CampaignEvent? {
      while true {
        if let event = events.popFirst() {
          last = event.sequence
          return event
        }
        if last == nil { last = try await storage.lastEvent(of: account) }
        events = try await storage.events(of: account, after: last ?? 0, limit: 1000)[...]
        guard events.isEmpty else { continue }
        repeat {
          guard let hint = await hints.next() else { return nil }
          if hint == account { break }
        } while true
      }
    }
  }

  /// Starts to read.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }
}

extension CampaignEngine {
  /// The events of an account after a number; nil for those from now on.
  public func events(of account: Account.ID, after sequence: UInt64? = nil) -> CampaignEvents {
    CampaignEvents(storage: storage, account: account, start: sequence)
  }
}
