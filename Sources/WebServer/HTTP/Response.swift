public import JSON

/// An answer.
///
/// The server adds `Date`, `Content-Length` or `Transfer-Encoding`, and `Connection`; fields of these names that a
/// handler sets are left out, but for `Connection: close`, which ends the connection.
public struct Response: Sendable {
  /// How the request ended.
  public var status: Status

  /// The kind of the content, for `Content-Type`.
  public var contentType: String?

  /// Further fields.
  public var fields: Fields

  /// The content.
  public var body: Body

  /// Set for an answer that goes on for as long as somebody listens.
  var live: LiveStream?

  /// The content of an answer.
  public enum Body: Sendable {
    /// Nothing.
    case empty
    /// All of it.
    case bytes([UInt8])
    /// What a function writes, as it writes it; with its length where that is known.
    case stream(length: Int?, @Sendable (ResponseWriter) async throws -> Void)
    /// A WebSocket, and what is done with it. See `Response/webSocket(for:configuration:_:)`.
    case webSocket(WebSocketUpgrade)
  }

  /// Creates an answer.
  ///
  /// - Parameters:
  ///   - status: How the request ended.
  ///   - contentType: The kind of the content.
  ///   - fields: Further fields.
  ///   - body: The content.
  public init(_ status: Status = .ok, contentType: String? = nil, fields: Fields = Fields(), body: Body = .empty) {
    self.status = status
    self.contentType = contentType
    self.fields = fields
    self.body = body
  }

  /// An answer of plain text.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - status: How the request ended.
  /// - Returns: The answer.
  public static func text(_ text: String, status: Status = .ok) -> Response {
    Response(status, contentType: "text/plain; charset=utf-8", body: .bytes(Array(text.utf8)))
  }

  /// An answer that is a page.
  ///
  /// - Parameters:
  ///   - text: The page.
  ///   - status: How the request ended.
  /// - Returns: The answer.
  public static func html(_ text: String, status: Status = .ok) -> Response {
    Response(status, contentType: "text/html; charset=utf-8", body: .bytes(Array(text.utf8)))
  }

  /// An answer of JSON that was written already, as with `JSONWriter`.
  ///
  /// - Parameters:
  ///   - bytes: The document.
  ///   - status: How the request ended.
  /// - Returns: The answer.
  public static func json(_ bytes: [UInt8], status: Status = .ok) -> Response {
    Response(status, contentType: "application/json", body: .bytes(bytes))
  }

  /// An answer of JSON.
  ///
  /// - Parameters:
  ///   - value: The document.
  ///   - status: How the request ended.
  /// - Returns: The answer.
  public static func json(_ value: JSONValue, status: Status = .ok) -> Response {
    json(Array(value.serialized().utf8), status: status)
  }

  /// An answer that sends the client elsewhere.
  ///
  /// - Parameters:
  ///   - location: Where to, encoded.
  ///   - status: For how long and with what method.
  /// - Returns: The answer.
  public static func redirect(to location: String, status: Status = .seeOther) -> Response {
    Response(status, fields: ["Location": location])
  }

  /// How many bytes the content has, if they are there.
  var byteCount: Int? {
    switch body {
    case .empty: 0
    case .bytes(let bytes): bytes.count
    case .stream, .webSocket: nil
    }
  }

  /// The bytes of the content, if they are there.
  public var bytes: [UInt8]? {
    switch body {
    case .empty: []
    case .bytes(let bytes): bytes
    case .stream, .webSocket: nil
    }
  }
}
