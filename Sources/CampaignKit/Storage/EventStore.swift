/// Keeps what happened, so that clients can follow it and go on after a lost connection.
public protocol EventStore: Sendable {
  /// The events of an account with a sequence number above `sequence`, in order.
  ///
  /// A store keeps at least the last 1,000 events of an account.
  ///
  /// - Throws: ``StoreError/Code/gone`` when the event after `sequence` is no longer kept,
  ///   with the oldest that is; ``StoreError/Code/notFound`` for an unknown account.
  func events(
    of account: Account.ID, after sequence: UInt64, limit: Int
  ) async throws(StoreError) -> [CampaignEvent]

  /// The number of an account's last event; 0 when nothing has happened.
  func lastEvent(of account: Account.ID) async throws(StoreError) -> UInt64

  /// Tells that there is something new: events of an account.
  ///
  /// Hints only: one may stand for many, one may come for nothing, and one may be lost when the reader is slow.
  func hints() -> AsyncStream<Account.ID>
}
