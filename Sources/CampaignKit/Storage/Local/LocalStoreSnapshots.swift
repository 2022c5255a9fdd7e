import Foundation
import Locks
import Synchronization

// How snapshots are written, and how the store ends.
extension LocalStoreCore {
  func beginSnapshot(of tables: Tables, before position: UInt64, covering bytes: Int) {
    guard configuration.appending == .thread else {
      return writeSnapshot(of: tables, before: position, covering: bytes)
    }
    let thread = Thread { [self] in writeSnapshot(of: tables, before: position, covering: bytes) }
    thread.name = "CampaignKit snapshot"
    thread.start()
  }

  private func writeSnapshot(of tables: Tables, before position: UInt64, covering bytes: Int) {
    guard let log = log.withLock({ $0 }) else { return }
    var failure: String?
    do {
      try log.replace(before: position) { try tables.write(to: $0) }
    } catch {
      failure = "\(error)"
    }
    guarded.withLock { guarded in
      guarded.isSnapshotting = false
      guarded.snapshotFailure = failure
      if failure == nil {
        guarded.logBytes = max(0, guarded.logBytes - bytes)
        guarded.snapshotAt = configuration.snapshotEvery
      } else {
        // Not again at once: a device without room for a snapshot should keep what it has for changes.
        guarded.snapshotAt = guarded.logBytes + configuration.snapshotEvery / 2 + 1
      }
    }
    snapshotDone.signal()
  }

  func snapshotNow() throws(StoreError) {
    guard log.withLock({ $0 != nil }) else { return }
    let taken: Appendage? = appending.withLock { _ in
      recoverIfFailed()
      guard let taken = takeGathered(withSnapshot: true), append(taken), taken.tables != nil else { return nil }
      return taken
    }
    guard let taken, let tables = taken.tables else {
      throw StoreError(.conflict, "a snapshot is being written already, or the store takes no writes")
    }
    writeSnapshot(of: tables, before: taken.end, covering: taken.covered)
    if let failure = guarded.withLock({ $0.snapshotFailure }) {
      throw StoreError(.unavailable, "the snapshot could not be written: \(failure); the store goes on without it")
    }
  }

  // MARK: Ending

  /// Closes without holding up a thread that tasks run on, unless tasks append as well.
  func closeElsewhere() async throws(StoreError) {
    guard configuration.appending == .thread else { return try close() }
    let result: Result<Void, StoreError> = await withUnsafeContinuation { continuation in
      let thread = Thread { [self] in continuation.resume(returning: Result { () throws(StoreError) in try close() }) }
      thread.name = "CampaignKit close"
      thread.start()
    }
    try result.get()
  }

  /// Closes the store, or waits until whoever came first has; both tell how it went.
  func close() throws(StoreError) {
    let (wasClosed, readers) = guarded.withLock { guarded in
      defer { guarded.isClosed = true }
      let readers = guarded.readers
      guarded.readers = HintReaders()
      return (guarded.isClosed, readers)
    }
    readers.finish()
    if wasClosed {
      ended.wait()
    } else {
      let ending = Result { () throws(StoreError) in try giveUpLog() }
      guarded.withLock { $0.ending = ending }
    }
    ended.signal()
    try guarded.withLock { $0.ending }?.get()
  }

  private func giveUpLog() throws(StoreError) {
    guard let log = log.withLock({ $0 }) else { return }
    if configuration.appending == .thread {
      arrivals.wrappingAdd(1, ordering: .relaxed)
      wake.signal()
      finished.wait()
    } else {
      appendAll()
    }
    while guarded.withLock({ $0.isSnapshotting }) { snapshotDone.wait() }
    let failed = guarded.withLock { $0.failed?.error }
    do {
      try log.close()
    } catch {
      throw StoreError(error)
    }
    if let failed { throw StoreError(failed) }
  }

  /// Gives the log up when nobody has closed the store.
  func abandon() {
    guard log.withLock({ $0 != nil }), !guarded.withLock({ $0.isClosed }) else { return }
    try? close()
  }
}
