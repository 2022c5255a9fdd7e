import CampaignKit
import CampaignTesting
import Foundation
import Locks

/// A journal in memory that can be held up, and that takes no batch above a size.
final class GatedLog: DurableLog {
  private let inner: JournalLog
  private let gate = NSCondition()
  private let state = Locked(State())
  private let largest: Int

  struct State: Sendable {
    var isShut = false
    /// Whether somebody waits at the gate.
    var isWaiting = false
    var isClosed = false
    /// The sizes of the batches that were appended.
    var sizes: [Int] = []
  }

  init(_ disk: LossyFileSystem, largest: Int = .max) {
    inner = StoreSupport.log(disk)
    self.largest = largest
  }

  var seen: State { state.withLock { $0 } }

  func shut() { state.withLock { $0.isShut = true } }

  func open(gate isOpen: Bool) {
    gate.lock()
    state.withLock { $0.isShut = !isOpen }
    gate.broadcast()
    gate.unlock()
  }

  private func pass() {
    gate.lock()
    while state.withLock({ state in
      state.isWaiting = state.isShut
      return state.isShut
    }) { gate.wait() }
    gate.unlock()
  }

  func open() throws(LogError) -> LogContents { try inner.open() }

  func readSnapshot(_ body: (UnsafeRawBufferPointer) throws -> Void) throws { try inner.readSnapshot(body) }

  func read(from position: UInt64, _ body: (UInt64, UnsafeRawBufferPointer) throws -> Void) throws {
    try inner.read(from: position, body)
  }

  func append(_ batch: [UInt8], at position: UInt64, durably: Bool) throws(LogError) {
    pass()
    guard batch.count <= largest else { throw LogError(.misused, "The batch is too large.") }
    try inner.append(batch, at: position, durably: durably)
    state.withLock { $0.sizes.append(batch.count) }
  }

  func synchronize() throws(LogError) { try inner.synchronize() }

  func replace(before position: UInt64, with write: (any SnapshotSink) throws -> Void) throws {
    try inner.replace(before: position, with: write)
  }

  func close() throws(LogError) {
    pass()
    try inner.close()
    state.withLock { $0.isClosed = true }
  }
}
