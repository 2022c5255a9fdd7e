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

/// A WebSocket on which somebody tells what happens. One task reads.
public protocol EventSocket: Sendable {
  /// The next text; nil when the connection is over, or the task is cancelled.
  func next() async -> String?

  /// Asks the other side whether it is there.
  func ping()

  /// How many frames have arrived, answers to pings among them.
  var arrivals: Int { get }

  /// Ends the connection.
  func close()
}
