/// Everything the engine and the server keep.
///
/// ## What an implementation promises
///
/// - **Atomic.** Each method happens whole or not at all, and at one instant: no caller ever sees half of it.
/// - **Durable.** When a method that writes has returned, its effect is as durable as the store is configured
///   to be. When it throws, nothing has changed, with one exception: after ``StoreError/Code/unavailable`` the
///   change is either there whole or not at all once the store takes writes again.
/// - **Separate.** A method that is given an account touches nothing of another. Identifiers of another account
///   are answered with ``StoreError/Code/notFound``, or nil, as if there were no such thing.
/// - **Named once.** Whoever makes an identifier never uses it again. A store refuses one that something has; it need
///   not remember those of things that were deleted.
/// - **One clock.** All moments that are written are those of the store's own clock, so that the clocks of
///   several processes need not agree.
/// - **Counted.** ``LeadCounts``, roll-ups, slots and activities change in the same step as what they count.
/// - **Told.** Every change of an account's campaigns, leads, calls, agents, suppressions and limits appends its
///   events in the same step.
/// - **Cancellation.** A method whose task is cancelled may finish all the same; it never stops half way.
///
/// `StorageConformance` in `CampaignTesting` checks all of this against any implementation.
public protocol CampaignStorage: AccountStore, CampaignStore, ContactStore, LeadStore, CallStore, AgentStore,
  SuppressionStore, ImportStore, EventStore, ReportStore, DialingStore
{
  /// The time by the store's own clock.
  func now() async throws(StoreError) -> Timestamp

  /// Makes everything durable and gives the store up. Later calls throw ``StoreError/Code/closed``.
  func close() async throws(StoreError)
}
