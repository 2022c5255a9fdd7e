/// The body of one request on its way from the connection to the handler.
///
/// `@unchecked`: all state is touched on the loop's thread; `next()` goes there first.
final class BodyStream: @unchecked Sendable {
  private let loop: EventLoop
  /// Nothing once the request is over; a handler that kept the body must not read the next one's.
  private weak var connection: Connection?
  private var pending: [UInt8] = []
  private var isDone = false
  private var failure: (any Error)?
  private var waiter: UnsafeContinuation<Void, Never>?

  init(loop: EventLoop, connection: Connection, begun: [UInt8]) {
    self.loop = loop
    self.connection = connection
    pending = begun
  }

  /// The next piece, or nothing at the end.
  func next() async throws -> [UInt8]? {
    guard loop.isCurrent else { return try await loop.run { try await self.next() } }
    while true {
      if !pending.isEmpty {
        let piece = pending
        pending = []
        return piece
      }
      if let failure { throw failure }
      if isDone { return nil }
      guard waiter == nil else { throw HTTPError(.internalServerError, "Two tasks read one body.") }
      connection?.bodyIsWanted()
      guard pending.isEmpty, failure == nil, !isDone else { continue }
      await withTaskCancellationHandler {
        await withUnsafeContinuation { waiter = $0 }
      } onCancel: {
        loop.execute { self.wake() }
      }
      try Task.checkCancellation()
    }
  }

  // MARK: On the loop

  /// How many bytes may be added.
  func room(of limit: Int) -> Int { isDone || failure != nil ? 0 : max(0, limit - pending.count) }

  /// Lets a receiver add bytes.
  func fill(_ change: (inout [UInt8]) throws(HTTPError) -> Void) throws(HTTPError) {
    let before = pending.count
    try change(&pending)
    if pending.count > before { wake() }
  }

  func finish() {
    isDone = true
    wake()
  }

  func fail(_ error: any Error) {
    if !isDone, failure == nil { failure = error }
    wake()
  }

  /// The request is over.
  func detach() {
    connection = nil
    fail(ConnectionClosed())
  }

  private func wake() {
    let waiting = waiter
    waiter = nil
    waiting?.resume()
  }
}
