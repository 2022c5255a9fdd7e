/// Why a WebSocket ends.
public struct WebSocketCloseCode: Hashable, Sendable, CustomStringConvertible {
  /// The number.
  public let code: UInt16

  /// Creates a code.
  ///
  /// - Parameter code: The number; 3000 to 4999 are for applications.
  public init(_ code: UInt16) { self.code = code }

  /// Everything is said.
  public static let normal = WebSocketCloseCode(1000)
  /// The server stops, or the page is left.
  public static let goingAway = WebSocketCloseCode(1001)
  /// The other side does not keep to the protocol.
  public static let protocolError = WebSocketCloseCode(1002)
  /// Messages of this kind are not taken.
  public static let unsupportedData = WebSocketCloseCode(1003)
  /// A text was not UTF-8, or otherwise not what its kind demands.
  public static let invalidData = WebSocketCloseCode(1007)
  /// The other side does what is not allowed, or is too slow.
  public static let policyViolation = WebSocketCloseCode(1008)
  /// A message was longer than is taken.
  public static let messageTooBig = WebSocketCloseCode(1009)
  /// Something went wrong on this side.
  public static let internalError = WebSocketCloseCode(1011)

  /// Whether the code may stand in a close frame.
  public var maySend: Bool {
    switch code {
    case 1000...1003, 1007...1014, 3000...4999: true
    default: false
    }
  }

  /// The number.
  public var description: String { "\(code)" }
}

/// What a peer has done wrong, and the code to close with.
public struct WebSocketError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The code to close with.
  public let code: WebSocketCloseCode

  /// What was wrong.
  public let description: String

  init(_ code: WebSocketCloseCode, _ description: String) {
    self.code = code
    self.description = description
  }
}
