/// Takes the body of an answer as it comes to be.
public struct ResponseWriter: Sendable {
  let sink: any BodySink

  /// Writes bytes, and waits while the client is slower than the writer.
  ///
  /// - Parameter bytes: Any number of bytes.
  /// - Throws: A ``ConnectionClosed`` when nobody reads any more, and `CancellationError`.
  public func write(_ bytes: [UInt8]) async throws {
    guard !bytes.isEmpty else { return }
    try await sink.write(bytes)
  }

  /// Writes text.
  ///
  /// - Parameter text: The text.
  /// - Throws: As ``write(_:)-([UInt8])`` does.
  public func write(_ text: String) async throws { try await write(Array(text.utf8)) }
}

/// Where the body of an answer goes.
protocol BodySink: Sendable {
  func write(_ bytes: [UInt8]) async throws
}

/// The connection has ended, and nobody will read what is written.
public struct ConnectionClosed: Error, Hashable, Sendable, CustomStringConvertible {
  /// What has happened.
  public var description: String { "The connection is closed." }

  init() {}
}

/// What a handler that waits throws in order to cut its connection, as a server that breaks down does: no answer comes.
package struct ConnectionCut: Error {
  package init() {}
}
