@_exported import struct WebSocketFrames.WebSocketCloseCode

/// Bounds and times of a WebSocket.
public struct WebSocketConfiguration: Sendable, Hashable {
  /// What happens to a client that does not take what ``WebSocket/offer(_:)`` has for it.
  public enum SlowReader: Sendable, Hashable {
    /// What does not fit is left out, and `offer` says so; the default.
    case misses
    /// The connection is closed with 1008.
    case isClosed
  }

  /// Most bytes of one message that arrives, 1 MiB by default; beyond it the socket is closed with 1009.
  public var maximumMessageBytes = 1 << 20

  /// Bytes that arrive ahead of the handler before the client has to wait, 256 KiB by default.
  public var receivedBytes = 256 << 10

  /// Bytes that wait to be sent before a client is too slow, 1 MiB by default.
  public var queuedBytes = 1 << 20

  /// What happens to a client that is too slow.
  public var slowReader = SlowReader.misses

  /// How long a client may be silent before it is asked whether it is there, 30 seconds by default.
  public var pingInterval = Duration.seconds(30)

  /// How long a client may be silent before it is given up, 75 seconds by default.
  public var idleTimeout = Duration.seconds(75)

  /// How long a client may take to answer that the socket is closed, 5 seconds by default.
  public var closeTimeout = Duration.seconds(5)

  /// Creates the default configuration.
  public init() {}
}

/// A message of a WebSocket.
public enum WebSocketMessage: Sendable, Hashable {
  /// A text.
  case text(String)
  /// Bytes.
  case binary([UInt8])

  /// Its bytes when it is a text, its own otherwise.
  var byteCount: Int {
    switch self {
    case .text(let text): text.utf8.count
    case .binary(let bytes): bytes.count
    }
  }
}

/// A WebSocket, and the messages that arrive on it.
///
/// Fragments, pings and the closing are the socket's own business. Whoever does not read makes the client wait; so
/// does a client to a handler that uses `send(_:)`. Messages may be sent from any number of tasks; one reads.
public struct WebSocket: Sendable, AsyncSequence {
  /// What arrives.
  public typealias Element = WebSocketMessage

  let driver: WebSocketDriver

  /// Sends a message, and waits while the client is behind.
  ///
  /// - Parameter message: The message.
  /// - Throws: A ``ConnectionClosed`` when the socket is closed, and `CancellationError`.
  public func send(_ message: WebSocketMessage) async throws { try await driver.send(message) }

  /// Sends a text, and waits while the client is behind.
  ///
  /// - Parameter text: The text.
  /// - Throws: As ``send(_:)-(WebSocketMessage)`` does.
  public func send(_ text: String) async throws { try await driver.send(.text(text)) }

  /// Sends a message if there is room for it, without waiting: for telling many clients the same.
  ///
  /// - Parameter message: The message.
  /// - Returns: False when the client is too far behind, or gone.
  @discardableResult
  public func offer(_ message: WebSocketMessage) -> Bool { driver.offer(message) }

  /// Begins to close the socket; what was sent before still arrives.
  ///
  /// - Parameters:
  ///   - code: Why.
  ///   - reason: The same in words.
  public func close(_ code: WebSocketCloseCode = .normal, reason: String = "") {
    driver.closeFromOutside(code, reason: reason)
  }

  /// Gives the messages as they arrive.
  public struct Iterator: AsyncIteratorProtocol {
    let driver: WebSocketDriver

    /// The next message, or nothing when the socket is closed.
    ///
    /// - Returns: The message.
    /// - Throws: `CancellationError`.
    public func next() async throws -> WebSocketMessage? { try await driver.next() }
  }

  /// Begins to read.
  ///
  /// - Returns: An iterator over the messages.
  public func makeAsyncIterator() -> Iterator { Iterator(driver: driver) }
}
