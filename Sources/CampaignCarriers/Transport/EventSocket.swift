/// Opens WebSockets on which somebody tells what happens.
///
/// ## What an implementation promises
///
/// - **Nowhere else.** It follows no redirect, so that what proves who asks goes to the host in the address alone.
/// - **Bounded.** Messages, and what waits to be read, have limits.
public protocol EventSocketTransport: Sendable {
  /// Opens a WebSocket.
  ///
  /// - Parameters:
  ///   - url: The address, which begins with `http` or `https`.
  ///   - fields: Further fields of the request.
  /// - Returns: The open socket.
  /// - Throws: Why it is not open.
  func open(_ url: String, fields: [String: String]) async throws(HTTPTransportError) -> any EventSocket
}

/// What comes over an ``EventSocket``.
public enum EventSocketMessage: Hashable, Sendable {
  /// A text.
  case text(String)
  /// The answer to a ``EventSocket/ping(_:)`` of this number. It comes behind the texts that were sent before it.
  case pong(UInt64)
}

/// A WebSocket on which somebody tells what happens. One task reads.
public protocol EventSocket: Sendable {
  /// The next message; nil when the connection is over, or the task is cancelled.
  func next() async -> EventSocketMessage?

  /// Asks the other side whether it is there; the answer has the same number.
  func ping(_ number: UInt64)

  /// How many frames have arrived, of whatever kind.
  var arrivals: Int { get }

  /// Ends the connection.
  func close()
}
