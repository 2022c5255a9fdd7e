public import CampaignKit

/// Makes the stores that are to be checked.
///
/// ```swift
/// struct MyHarness: StorageHarness {
///   func makeStore() async throws -> StoreUnderTest {
///     let time = ManualTime()
///     return StoreUnderTest(try await MyStore(time: time), time: time)
///   }
/// }
/// ```
public protocol StorageHarness: Sendable {
  /// Makes a store with nothing in it, which shares nothing with any other.
  func makeStore() async throws -> StoreUnderTest
}

/// A store that is to be checked, and what the checks need to do with it from outside.
public struct StoreUnderTest: Sendable {
  /// The store.
  public var store: any CampaignStorage
  /// Moves the store's own clock on. Beside that the clock should stand still.
  public var advance: @Sendable (Duration) async throws -> Void
  /// Moves the store's own clock back; nil when that is not possible.
  public var setBack: (@Sendable (Duration) async throws -> Void)?
  /// Closes the store and opens what it kept; nil for a store that keeps nothing.
  public var reopen: (@Sendable () async throws -> any CampaignStorage)?

  /// Describes a store with a clock of its own.
  public init(
    _ store: any CampaignStorage, advance: @escaping @Sendable (Duration) async throws -> Void,
    setBack: (@Sendable (Duration) async throws -> Void)? = nil,
    reopen: (@Sendable () async throws -> any CampaignStorage)? = nil
  ) {
    self.store = store
    self.advance = advance
    self.setBack = setBack
    self.reopen = reopen
  }

  /// Describes a store that takes its time from a source.
  public init(
    _ store: any CampaignStorage, time: ManualTime, reopen: (@Sendable () async throws -> any CampaignStorage)? = nil
  ) {
    self.init(
      store, advance: { time.advance(by: $0) }, setBack: { time.set(time.now() - $0) }, reopen: reopen)
  }
}
