/// The body of one answer on its way from the handler to the connection.
///
/// `@unchecked`: all state is touched on the loop's thread; `write` goes there first.
final class AnswerStream: BodySink, @unchecked Sendable {
  private let loop: EventLoop
  private let connection: Connection
  private let exchange: Int
  private let isChunked: Bool
  /// Bytes that were promised and have not come; nothing when no number was promised.
  private(set) var missing: Int?

  init(connection: Connection, exchange: Int, length: Int?, isChunked: Bool) {
    loop = connection.loop
    self.connection = connection
    self.exchange = exchange
    self.isChunked = isChunked
    missing = length
  }

  func write(_ bytes: [UInt8]) async throws {
    guard loop.isCurrent else { return try await loop.run { try await self.write(bytes) } }
    try Task.checkCancellation()
    guard connection.isAnswering(exchange) else { throw ConnectionClosed() }
    if let missing {
      guard bytes.count <= missing else {
        throw HTTPError(.internalServerError, "A body is longer than its stated length.")
      }
      self.missing = missing - bytes.count
    }
    connection.writeBody(bytes, isChunked: isChunked)
    guard await connection.hasRoom(for: exchange) else {
      try Task.checkCancellation()
      throw ConnectionClosed()
    }
  }
}
