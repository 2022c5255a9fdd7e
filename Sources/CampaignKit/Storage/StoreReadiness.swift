/// A store that knows whether it takes writes at the moment, without trying.
///
/// Whoever tells how a server does asks it; a store that does not say is taken to be well.
public protocol StoreReadiness: Sendable {
  /// Whether writes are taken, as far as the last of them shows.
  var isWritable: Bool { get }
}

extension LocalStore: StoreReadiness {
  /// Whether writes are taken: no file has failed, and the store was not closed.
  public var isWritable: Bool { condition.isWritable }
}
