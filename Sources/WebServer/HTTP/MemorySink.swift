import Locks

/// Keeps what is written.
final class MemorySink: BodySink {
  private let written = Locked<[UInt8]>([])

  var bytes: [UInt8] { written.withLock { $0 } }

  func write(_ bytes: [UInt8]) async throws {
    try Task.checkCancellation()
    written.withLock { $0.append(contentsOf: bytes) }
  }
}
