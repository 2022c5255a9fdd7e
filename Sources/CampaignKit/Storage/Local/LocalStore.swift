/// The store of one process: the state in memory, behind a log if it is to last.
///
/// Without a log it keeps nothing. With one, every change is appended to the log before the method that made it
/// returns; many changes that are made at the same time share one append. A file journal is the usual log:
///
/// ```swift
/// let store = try LocalStore.file(at: "campaign-data")
/// ```
///
/// Any other ``DurableLog`` does as well: `try LocalStore(log: myLog)`.
///
/// Reads see changes as soon as they are made, which may be one append before they are durable.
///
/// ## When the log fails
///
/// Changes that were on their way throw ``StoreError/Code/unavailable``, and so does every further one; reads go
/// on. The store tries to recover by itself: a full device is tried again with the same bytes, and after any
/// other failure the whole state is written to a fresh place. Once that has succeeded, changes that had failed
/// are durable all the same, and writes are taken again. ``condition`` tells how it stands.
public final class LocalStore: CampaignStorage {
  let core: LocalStoreCore

  /// When changes are durable.
  public struct Durability: Hashable, Sendable {
    enum Kind: Hashable {
      case everyCommit, interval(Duration), none
    }

    let kind: Kind

    /// Before the method that made them returns. A crash or the loss of power loses nothing that was acknowledged.
    public static let everyCommit = Durability(kind: .everyCommit)
    /// After a while at most. A crash of the process loses nothing; the loss of power may lose the last while.
    public static func interval(_ duration: Duration) -> Durability { Durability(kind: .interval(duration)) }
    /// Whenever the operating system likes. A crash of the process loses nothing.
    public static let none = Durability(kind: .none)
  }

  /// Who appends to the log.
  public struct Appending: Hashable, Sendable {
    enum Kind: Hashable {
      case thread, caller
    }

    let kind: Kind

    /// A thread of the store's own, so that no task is ever held up by the device.
    public static let thread = Appending(kind: .thread)
    /// The task that makes the change, which blocks its thread. Everything happens in one order; for simulations.
    public static let caller = Appending(kind: .caller)
  }

  /// How a store works.
  public struct Configuration: Sendable {
    /// The clock; the system's unless told otherwise.
    public var time: any TimeSource = .system
    /// The source of identifiers for leads, contacts, calls and reservations.
    public var identifiers = IdentifierGenerator()
    /// When changes are durable; ``Durability/everyCommit`` unless told otherwise.
    public var durability = Durability.everyCommit
    /// Who appends to the log; ``Appending/thread`` unless told otherwise.
    public var appending = Appending.thread
    /// How many bytes the log may gain before a snapshot takes their place; 256 MiB unless told otherwise.
    ///
    /// Less means that a store opens sooner, and writes more.
    public var snapshotEvery = 256 << 20
    /// How many bytes of changes are appended as one batch. A change that is larger is a batch of its own.
    package var largestBatch = 64 << 20

    /// Creates a configuration with the defaults.
    public init() {}
  }

  /// Creates a store that keeps nothing beyond its own life.
  public init(configuration: Configuration = Configuration()) {
    core = LocalStoreCore(configuration: configuration)
  }

  /// Opens the store that a log holds; an empty log is an empty store.
  ///
  /// - Throws: ``StoreError/Code/damaged`` when the log holds something else, or is of a newer version;
  ///   ``StoreError/Code/unavailable`` when it cannot be read, or somebody else has it open. The cause is the
  ///   ``LogError``.
  public init(log: some DurableLog, configuration: Configuration = Configuration()) throws(StoreError) {
    core = LocalStoreCore(configuration: configuration)
    try core.open(log)
  }

  /// Opens the store in a folder of files, which is made if it is not there.
  ///
  /// - Parameters:
  ///   - folder: The folder's path. The folder around it must be there.
  ///   - configuration: How the store works.
  /// - Returns: The store, which owns the folder until it is closed.
  /// - Throws: What ``init(log:configuration:)`` throws.
  public static func file(
    at folder: String, configuration: Configuration = Configuration()
  ) throws(StoreError) -> LocalStore {
    try LocalStore(log: JournalLog(folder: folder), configuration: configuration)
  }

  deinit {
    core.abandon()
  }

  /// How a store stands.
  public struct Condition: Sendable {
    /// Whether it takes writes.
    public var isWritable: Bool
    /// What keeps it from that.
    public var failure: StoreError?
    /// What was found cut off and removed when it was opened.
    public var repairs: [String]
    /// How many bytes the log has gained since the last snapshot.
    public var logBytes: Int
    /// What kept the last snapshot from being written, if anything did.
    public var snapshotFailure: String?
  }

  /// How the store stands now.
  public var condition: Condition { core.condition }

  /// Writes a snapshot now, so that the store opens soon. It does nothing without a log.
  public func snapshot() throws(StoreError) {
    try core.snapshotNow()
  }

  /// The time by the store's own clock.
  public func now() async throws(StoreError) -> Timestamp { core.time.now() }

  /// Makes everything durable and gives the log up.
  public func close() async throws(StoreError) {
    try await core.closeElsewhere()
  }
}

extension CampaignStorage where Self == LocalStore {
  /// A store that keeps nothing beyond its own life.
  public static var memory: LocalStore { LocalStore() }
}
