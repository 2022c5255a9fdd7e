/// A place where batches of bytes can be appended and are found again after a crash.
///
/// This is all that a store needs to be durable. ``LocalStore`` keeps the state in memory, turns every
/// change into bytes and appends them here; when it starts, it reads them back. The file journal of this
/// library, ``JournalLog``, is one such log; a table with two columns in any database is another.
///
/// Batches are numbered from 0 without a gap. A snapshot stands for all batches before its position.
///
/// ## What an implementation promises
///
/// - **Whole or not at all.** After a crash at any instant a batch is there with every byte, or it is not
///   there; and if it is there, so is every batch before it.
/// - **Durable on return.** When ``append(_:at:durably:)`` was called with `durably: true` and returned, the
///   batch and all before it survive the loss of power.
/// - **Damage is an error.** Bytes that are not the ones that were written are never handed out.
///   ``LogError/Code/damaged`` says where they are and what to do.
/// - **One owner.** While the log is open, a second ``open()`` on the same place fails with
///   ``LogError/Code/locked``, from this process or another.
///
/// Before ``open()`` and after ``close()`` every other method throws ``LogError/Code/closed``. The store closes a log once,
/// when no ``replace(before:with:)`` is under way.
///
/// The store calls every method but ``replace(before:with:)`` from one thread at a time, and that thread may be
/// blocked for as long as the device needs. ``replace(before:with:)`` runs at the same time as appends.
public protocol DurableLog: Sendable {
  /// Takes the log for this process and finds out what it holds.
  ///
  /// A batch that was cut off by a crash while it was written is removed, and
  /// ``LogContents/repairs`` says so.
  func open() throws(LogError) -> LogContents

  /// Hands out the bytes of the snapshot, in order, in pieces of any size.
  ///
  /// Called at most once after ``open()`` and before the first append, when there is a snapshot; without one it
  /// throws ``LogError/Code/misused``. What `body` throws ends the reading and is passed on.
  func readSnapshot(_ body: (UnsafeRawBufferPointer) throws -> Void) throws

  /// Hands out every batch from `position` on, in order.
  ///
  /// Called after ``open()`` and ``readSnapshot(_:)``, before the first append. The bytes are valid only during the
  /// call of `body`.
  ///
  /// - Parameters:
  ///   - position: The first batch to hand out: that of the snapshot, or later.
  ///   - body: Takes a batch and its number.
  /// - Throws: What `body` throws, which ends the reading; ``LogError/Code/misused`` for a position before the
  ///   snapshot's.
  func read(from position: UInt64, _ body: (_ position: UInt64, _ batch: UnsafeRawBufferPointer) throws -> Void) throws

  /// Appends a batch as number `position`, which is one more than the last, or the position of the snapshot.
  ///
  /// When this throws ``LogError/Code/full``, nothing of the batch remains and the same call may be made
  /// again later. After ``LogError/Code/misused`` nothing has changed. After any other error the log takes no append
  /// until ``replace(before:with:)`` has succeeded with a snapshot that covers the failed batch.
  ///
  /// A log may have a bound on the size of a batch, and refuse a larger one with ``LogError/Code/misused``. It is
  /// above 1,000,000,000 bytes; what a store appends stays well below that.
  ///
  /// - Parameters:
  ///   - batch: The bytes; never empty.
  ///   - position: The number of the batch.
  ///   - durably: Whether to return only when the batch survives the loss of power.
  /// - Throws: A ``LogError``; see above for what each code leaves behind.
  func append(_ batch: [UInt8], at position: UInt64, durably: Bool) throws(LogError)

  /// Makes every batch that was appended survive the loss of power.
  func synchronize() throws(LogError)

  /// Puts a snapshot in the place of all batches before `position`.
  ///
  /// The old snapshot and batches stay until the new snapshot is durable: after a crash during this call
  /// either is found, whole. Batches from `position` on are kept. Appends may go on meanwhile.
  ///
  /// The snapshot may also **stand in** for the batch that would be next: a store whose batch was refused, for whatever
  /// reason, or whose last batches may not have been synchronized, writes its whole state with a `position` that is
  /// one beyond the end. Nothing needs to have failed before as far as the log knows. When this returns, `position`
  /// is the number of the next batch. The store appends nothing meanwhile.
  ///
  /// - Parameters:
  ///   - position: The first batch that the snapshot does not contain: at least that of the snapshot there is, at
  ///     most one beyond the end.
  ///   - write: Writes the snapshot's bytes to the sink it is given. When it throws, nothing has changed.
  /// - Throws: What `write` throws, or a ``LogError``. The old snapshot and all batches are still there.
  func replace(before position: UInt64, with write: (any SnapshotSink) throws -> Void) throws

  /// Gives the log up. Everything that was appended is durable when this returns.
  func close() throws(LogError)
}

/// Takes the bytes of a snapshot.
public protocol SnapshotSink {
  /// Writes the next bytes of the snapshot.
  func write(_ bytes: UnsafeRawBufferPointer) throws(LogError)
}

/// What a log holds when it is opened.
public struct LogContents: Sendable, Hashable {
  /// The position of the snapshot, that is, the number of the first batch it does not contain; nil without one.
  public var snapshot: UInt64?
  /// The number that the next batch will have.
  public var end: UInt64
  /// What was found cut off and removed, one sentence each. Empty after an orderly close.
  public var repairs: [String]

  /// Creates a description of a log's contents.
  public init(snapshot: UInt64? = nil, end: UInt64 = 0, repairs: [String] = []) {
    self.snapshot = snapshot
    self.end = end
    self.repairs = repairs
  }
}
