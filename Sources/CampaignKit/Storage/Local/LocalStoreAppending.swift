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

  /// What is to be appended, batch by batch.
  struct Appendage {
    var batches: [Gathering]
    /// The number of the first batch.
    var position: UInt64
    /// The state with all of them, if a snapshot of it is to be written.
    var tables: Tables?
    /// How many bytes of the log that snapshot makes needless.
    var covered = 0
    /// The position behind the last.
    var end: UInt64 { position + UInt64(batches.count) }
  }

  /// Takes all that has gathered, and the state with it when a snapshot is due or wanted; nil when there is nothing to
  /// do.
  func takeGathered(withSnapshot isWanted: Bool = false) -> Appendage? {
    guarded.withLock { guarded in
      guard guarded.failed == nil else { return nil }
      var taken = Appendage(batches: guarded.takeGathered(), position: guarded.position)
      if !taken.batches.isEmpty {
        guarded.isAppending = true
        guarded.position = taken.end
        guarded.logBytes += taken.batches.reduce(0) { $0 + $1.bytes.count }
        if guarded.synchronizeBy == nil, case .interval(let duration) = configuration.durability.kind {
          guarded.synchronizeBy = .now() + .milliseconds(Int(clamping: duration.milliseconds))
        }
      }
      if isWanted || guarded.logBytes >= guarded.snapshotAt, !guarded.isSnapshotting {
        guarded.isSnapshotting = true
        taken.tables = guarded.state.tables
        taken.covered = guarded.logBytes
      }
      return taken.batches.isEmpty && taken.tables == nil ? nil : taken
    }
  }

  /// Appends the batches one after the other; false when that failed.
  func append(_ taken: Appendage) -> Bool {
    guard let log = log.withLock({ $0 }) else { return true }
    var position = taken.position
    do throws(LogError) {
      for batch in taken.batches {
        try log.append(batch.bytes, at: position, durably: configuration.durability == .everyCommit)
        position += 1
        for waiter in batch.waiters { waiter.resume(returning: nil) }
      }
      for waiter in guarded.withLock({ $0.endAppending() }) { waiter.resume(returning: nil) }
      return true
    } catch {
      fail(taken, from: position, error)
      return false
    }
  }

  /// Appends what has gathered; false when there was nothing.
  private func appendOnce() -> Bool {
    guard let taken = takeGathered(), append(taken) else { return false }
    if let tables = taken.tables { beginSnapshot(of: tables, before: taken.end, covering: taken.covered) }
    return true
  }

  /// Keeps what could not be appended, which is all from a batch on, and tells all who wait.
  private func fail(_ taken: Appendage, from position: UInt64, _ error: LogError) {
    let rest = taken.batches.suffix(Int(taken.end - position))
    let (refused, bystanders) = guarded.withLock { guarded in
      let refused = rest + guarded.takeGathered()
      guarded.failed = Failed(batches: refused.map(\.bytes), error: error, needsReplacement: error.code != .full)
      guarded.position = position
      guarded.logBytes -= rest.reduce(0) { $0 + $1.bytes.count }
      // Another snapshot may be on its way, which a close has to wait for.
      if taken.tables != nil { guarded.isSnapshotting = false }
      return (Array(refused), guarded.endAppending())
    }
    tell(refused, error)
    for waiter in bystanders { waiter.resume(returning: StoreError(error)) }
  }

  private func tell(_ refused: [Gathering], _ error: LogError) {
    for changes in refused {
      for waiter in changes.waiters { waiter.resume(returning: StoreError(error)) }
    }
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
        // The state stands in for the batch that was refused, and has all that came after it.
        try log.replace(before: position + 1) { try tables.write(to: $0) }
        guarded.withLock { guarded in
          guarded.position += 1
          guarded.logBytes = 0
        }
      } else {
        for batch in failed.batches { try appendLate(batch, to: log) }
      }
      guarded.withLock { $0.failed = nil }
    } catch {
      let error = error as? LogError ?? LogError(.failed, "the state could not be written anew: \(error)")
      guarded.withLock { guarded in
        guarded.failed?.error = error
        // A device without room for the snapshot is no reason to append to what cannot be relied on.
        if error.code != .full { guarded.failed?.needsReplacement = true }
      }
    }
  }

  /// Appends a batch that was refused before, and strikes it off.
  private func appendLate(_ batch: [UInt8], to log: any DurableLog) throws(LogError) {
    try log.append(batch, at: guarded.withLock { $0.position }, durably: true)
    guarded.withLock { guarded in
      guarded.position += 1
      guarded.logBytes += batch.count
      _ = guarded.failed?.batches.removeFirst()
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
        guard !guarded.hasGathered || guarded.failed != nil else { return .now() }
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
        let refused = guarded.withLock { guarded in
          let refused = guarded.takeGathered()
          guarded.failed = Failed(batches: refused.map(\.bytes), error: error, needsReplacement: true)
          return refused
        }
        tell(refused, error)
      }
    }
  }
}
