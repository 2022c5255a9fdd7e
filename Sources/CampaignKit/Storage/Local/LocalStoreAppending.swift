import Foundation
import Locks
import Synchronization

// How changes get into the log, and how the store recovers when they do not.
extension LocalStoreCore {
  /// Appends all that has gathered, until nothing is left.
  func appendAll() {
    appending.withLock { _ in
      recoverIfFailed()
      while appendOnce() {}
    }
  }

  /// What is appended as one, and who waits for it.
  struct Batch {
    var bytes: [UInt8] = []
    var waiters: [Waiter] = []
    var position: UInt64
    /// The state with this batch, if a snapshot of it is to be written.
    var tables: Tables?
    /// How many bytes of the log that snapshot makes needless.
    var covered = 0
    /// The position behind it.
    var end: UInt64 { bytes.isEmpty ? position : position + 1 }
  }

  /// Takes what has gathered, and the state with it when a snapshot is due or wanted; nil when there is nothing to do.
  func takeBatch(withSnapshot isWanted: Bool = false) -> Batch? {
    guarded.withLock { guarded in
      guard guarded.failed == nil else { return nil }
      var batch = Batch(position: guarded.position)
      swap(&batch.bytes, &guarded.state.outbox.bytes)
      swap(&batch.waiters, &guarded.waiters)
      if !batch.bytes.isEmpty {
        guarded.position += 1
        guarded.logBytes += batch.bytes.count
        if guarded.synchronizeBy == nil, case .interval(let duration) = configuration.durability.kind {
          guarded.synchronizeBy = .now() + .milliseconds(Int(clamping: duration.milliseconds))
        }
      }
      if isWanted || guarded.logBytes >= guarded.snapshotAt, !guarded.isSnapshotting {
        guarded.isSnapshotting = true
        batch.tables = guarded.state.tables
        batch.covered = guarded.logBytes
      }
      return batch.bytes.isEmpty && batch.tables == nil ? nil : batch
    }
  }

  /// Appends a batch; false when that failed.
  func append(_ batch: Batch) -> Bool {
    guard let log = log.withLock({ $0 }), !batch.bytes.isEmpty else { return true }
    do throws(LogError) {
      try log.append(batch.bytes, at: batch.position, durably: configuration.durability == .everyCommit)
      for waiter in batch.waiters { waiter.resume(returning: nil) }
      return true
    } catch {
      fail(batch, error)
      return false
    }
  }

  /// Appends what has gathered as one batch; false when there was nothing.
  private func appendOnce() -> Bool {
    guard let batch = takeBatch(), append(batch) else { return false }
    if let tables = batch.tables { beginSnapshot(of: tables, before: batch.end, covering: batch.covered) }
    return true
  }

  /// Keeps what could not be appended, and tells all who wait.
  private func fail(_ batch: Batch, _ error: LogError) {
    let others = guarded.withLock { guarded in
      guarded.failed = Failed(
        bytes: batch.bytes + guarded.state.outbox.bytes, error: error, needsReplacement: error.code != .full)
      guarded.state.outbox.bytes = []
      guarded.position -= 1
      guarded.logBytes -= batch.bytes.count
      // Another snapshot may be on its way, which a close has to wait for.
      if batch.tables != nil { guarded.isSnapshotting = false }
      var others: [Waiter] = []
      swap(&others, &guarded.waiters)
      return others
    }
    for waiter in batch.waiters + others { waiter.resume(returning: StoreError(error)) }
  }

  /// Tries to make durable what could not be appended.
  func recoverIfFailed() {
    guard let log = log.withLock({ $0 }) else { return }
    let taken: (failed: Failed, position: UInt64, tables: Tables)? = guarded.withLock { guarded in
      // A snapshot that is being written has the place of another; its end is not far.
      guard !guarded.isSnapshotting else { return nil }
      return guarded.failed.map { ($0, guarded.position, guarded.state.tables) }
    }
    guard let (failed, position, tables) = taken else { return }
    do {
      if failed.needsReplacement {
        try log.replace(before: position + 1) { try tables.write(to: $0) }
      } else {
        try log.append(failed.bytes, at: position, durably: true)
      }
      guarded.withLock { guarded in
        guarded.failed = nil
        guarded.position += 1
        guarded.logBytes = failed.needsReplacement ? 0 : guarded.logBytes + failed.bytes.count
      }
    } catch {
      let error = error as? LogError ?? LogError(.failed, "the state could not be written anew: \(error)")
      guarded.withLock {
        // A device without room for the snapshot is no reason to append to what cannot be relied on.
        $0.failed = Failed(
          bytes: failed.bytes, error: error, needsReplacement: failed.needsReplacement || error.code != .full)
      }
    }
  }

  // MARK: The thread

  func runThread() {
    while true {
      let seen = arrivals.load(ordering: .relaxed)
      appendAll()
      synchronizeIfDue()
      if arrivals.load(ordering: .relaxed) != seen || awaitArrival(after: seen) { continue }
      let next: DispatchTime? = guarded.withLock { guarded in
        guard guarded.state.outbox.bytes.isEmpty || guarded.failed != nil else { return .now() }
        if guarded.isClosed { return nil }
        guarded.isIdle = true
        if guarded.failed != nil { return .now() + .seconds(1) }
        return guarded.synchronizeBy ?? .distantFuture
      }
      guard let next else { break }
      _ = wake.wait(timeout: next)
    }
    finished.signal()
  }

  /// Waits a few microseconds for the next change: one writer who goes on at once need not wake a thread.
  private func awaitArrival(after seen: Int) -> Bool {
    let end = DispatchTime.now().uptimeNanoseconds + 20_000
    while DispatchTime.now().uptimeNanoseconds < end {
      if arrivals.load(ordering: .relaxed) != seen { return true }
    }
    return false
  }

  func synchronizeIfDue() {
    guard let log = log.withLock({ $0 }) else { return }
    appending.withLock { _ in
      let isDue = guarded.withLock { guarded in
        guard let moment = guarded.synchronizeBy, moment <= .now(), guarded.failed == nil else { return false }
        guarded.synchronizeBy = nil
        return true
      }
      guard isDue else { return }
      do throws(LogError) {
        try log.synchronize()
      } catch {
        // What was appended since the last time is in doubt; the state still has it. It also has what has come
        // meanwhile: the snapshot will contain that, so it must not be appended behind it once more.
        let waiters = guarded.withLock { guarded in
          guarded.failed = Failed(bytes: guarded.state.outbox.bytes, error: error, needsReplacement: true)
          guarded.state.outbox.bytes = []
          var waiters: [Waiter] = []
          swap(&waiters, &guarded.waiters)
          return waiters
        }
        for waiter in waiters { waiter.resume(returning: StoreError(error)) }
      }
    }
  }
}
