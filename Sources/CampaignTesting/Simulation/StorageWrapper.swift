package import CampaignKit

/// A store in front of another one, which changes or watches some of what goes through.
///
/// Everything is passed on by default. Whoever wants to see all of it implements ``pass(_:_:)``; whoever wants to
/// change one operation implements that one.
package protocol StorageWrapper: CampaignStorage {
  /// The store behind it.
  var inner: any CampaignStorage { get }

  /// Passes an operation on.
  func pass<Result: Sendable>(
    _ operation: StorageOperation, _ work: (any CampaignStorage) async throws(StoreError) -> Result
  ) async throws(StoreError) -> Result
}

/// What is asked of a store.
package enum StorageOperation: Hashable, Sendable, CustomStringConvertible {
  /// Something that changes nothing.
  case look(String)
  /// Something that may change the store.
  case change(String)

  /// Its name.
  package var description: String {
    switch self {
    case .look(let name), .change(let name): name
    }
  }

  /// Whether it may change the store.
  package var isChange: Bool {
    if case .change = self { true } else { false }
  }
}

extension StorageWrapper {
  package func pass<Result: Sendable>(
    _ operation: StorageOperation, _ work: (any CampaignStorage) async throws(StoreError) -> Result
  ) async throws(StoreError) -> Result {
    try await work(inner)
  }

  package func hints() -> AsyncStream<Account.ID> { inner.hints() }
}
