/// A store whose whole contents can be taken out, and put into another store of whatever kind.
///
/// ``exportLines(to:)`` and ``importLines(_:)`` do both with lines of JSON, for backups, for moving from one kind
/// of store to another, and from one version of this library to the next.
///
/// Everything is kept that a store keeps, field by field, with these exceptions:
///
/// - **Events.** Only the number of an account's last one is kept. Who follows the events is told
///   ``StoreError/Code/gone`` once, reads the state anew, and goes on with the next number.
/// - **Leases.** A process that ran a campaign acquires it again.
/// - **Reservations of slots**, and the moments at which rates and delays permit the next call. They last for
///   seconds or minutes; wait that long before the first call is placed from the new store.
///
/// Stop the processes that write to the old store before its export, and never let both stores make calls.
public protocol PortableStorage: CampaignStorage {
  /// Hands out everything that is kept, as it is at one moment, while changes go on.
  ///
  /// The limits come first, then all accounts, users, keys, agents, do-not-call entries, contacts, lists,
  /// campaigns, imports, leads by campaign and ordinal, and calls by creation. The same contents give the same
  /// records in the same order.
  ///
  /// - Parameter body: Takes one record after the other. What it throws ends the export.
  /// - Throws: What `body` throws, or a ``StoreError``.
  nonisolated(nonsending) func export(_ body: (StoreRecord) async throws -> Void) async throws

  /// Takes in records in the order in which a store has given them out, some with every call.
  ///
  /// No events are told. The store must be empty at the first call, which may be one without records, only to ask; at any
  /// other change it stops being open for records. When a record is refused, those before it stay: throw the store away and begin with an empty one.
  /// The same holds when the process ends in between. The records of a lead in a call and of that call must both come:
  /// a lead whose call never follows stays in it. ``importLines(_:)`` and ``StoreLineReader`` refuse such an export.
  ///
  /// - Throws: ``StoreError/Code/notPermitted`` when the store was not empty, ``StoreError/Code/duplicate`` or
  ///   ``StoreError/Code/invalid`` for a record that does not fit those before it, with a ``RefusedRecord`` as
  ///   the cause.
  func restore(_ records: [StoreRecord]) async throws(StoreError)
}

/// Names the record that a store did not take in.
public struct RefusedRecord: Error, Hashable, Sendable {
  /// Its place among the records that were given, from 0.
  public var index: Int

  /// Creates the name of a record.
  public init(index: Int) {
    self.index = index
  }
}
