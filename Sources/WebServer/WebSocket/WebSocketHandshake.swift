import Digests
import WebSocketFrames

/// Which pages may open a WebSocket.
///
/// A browser lets any page connect to any server and sends the user's cookies along; only the `Origin` tells.
public enum WebSocketOrigins: Sendable, Hashable {
  /// Pages of the host that the request names, and clients that are no browsers; the default.
  case sameHost
  /// Pages of these origins, each as a browser sends it, such as `https://example.org`; and no browsers.
  case listed(Set<String>)
  /// Any.
  case any
}

/// What becomes of a connection that was turned into a WebSocket.
public struct WebSocketUpgrade: Sendable {
  let configuration: WebSocketConfiguration
  let handler: @Sendable (WebSocket) async throws -> Void
}

extension Response {
  /// The answer that turns the connection into a WebSocket.
  ///
  /// ```swift ignore
  /// router.get("/echo") { request in
  ///   try .webSocket(for: request) { socket in
  ///     for try await message in socket { try await socket.send(message) }
  ///   }
  /// }
  /// ```
  ///
  /// Extensions that the client offers are not taken. When the handler returns, the socket is closed with 1000; when it
  /// throws, with 1011.
  ///
  /// - Parameters:
  ///   - request: The request, which must ask for a WebSocket.
  ///   - configuration: Bounds and times.
  ///   - protocols: What this side can speak; the first of the client's choices that is among them is taken.
  ///   - origins: Which pages may connect.
  ///   - handler: Has the conversation.
  /// - Returns: The answer.
  /// - Throws: An ``HTTPError``: 426 for what asks for none or for another version, 400 for a malformed handshake, and
  ///   403 for a page of another origin.
  public static func webSocket(
    for request: Request, configuration: WebSocketConfiguration = WebSocketConfiguration(),
    protocols: [String] = [], origins: WebSocketOrigins = .sameHost,
    _ handler: @escaping @Sendable (WebSocket) async throws -> Void
  ) throws(HTTPError) -> Response {
    try WebSocketHandshake.check(request)
    guard WebSocketHandshake.isAllowed(request, origins) else {
      throw HTTPError(.forbidden, "Pages of this origin may not connect.")
    }
    let keys = request.values(of: "Sec-WebSocket-Key")
    guard keys.count == 1, let key = keys.first, WebSocketHandshake.isKey(key) else {
      throw HTTPError(.badRequest, "Sec-WebSocket-Key is not the Base64 of 16 bytes.")
    }
    var response = Response(Status(101))
    response.fields.add("Upgrade", "websocket")
    response.fields.add("Sec-WebSocket-Accept", WebSocketHandshake.accept(key))
    let offered = request.values(of: "Sec-WebSocket-Protocol").flatMap { value in
      FieldList(ArraySlice(value.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }
    if let chosen = offered.first(where: protocols.contains) {
      response.fields.add("Sec-WebSocket-Protocol", chosen)
    }
    response.body = .webSocket(WebSocketUpgrade(configuration: configuration, handler: handler))
    return response
  }
}

enum WebSocketHandshake {
  /// Refuses a request that asks for no WebSocket, or for another version.
  static func check(_ request: Request) throws(HTTPError) {
    let asks =
      request.head.facts.wantsUpgrade
      && request.values(of: "Upgrade").contains { value in
        FieldList(ArraySlice(value.utf8)).contains { $0.isCaseInsensitively("websocket") }
      }
    guard asks, request.values(of: "Sec-WebSocket-Version") == ["13"] else {
      throw HTTPError(
        .upgradeRequired, "This is a WebSocket of version 13.",
        fields: ["Upgrade": "websocket", "Sec-WebSocket-Version": "13"])
    }
    guard request.method == .get, request.head.facts.framing == .none else {
      throw HTTPError(.badRequest, "A WebSocket begins with GET, without a body.")
    }
  }

  static func isAllowed(_ request: Request, _ origins: WebSocketOrigins) -> Bool {
    guard let origin = request["Origin"] else { return true }
    switch origins {
    case .any: return true
    case .listed(let listed): return listed.contains(origin)
    case .sameHost:
      guard let host = request.publicHost else { return false }
      return ["http://", "https://"].contains { Fields.areSame(origin, $0 + host) }
    }
  }

  /// Whether a text is 16 bytes in Base64.
  static func isKey(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 24, bytes[22] == 0x3D, bytes[23] == 0x3D else { return false }
    // The last character carries two bits; the other four are none.
    return bytes[..<22].allSatisfy { alphabet.contains($0) } && [0x41, 0x51, 0x67, 0x77].contains(bytes[21])
  }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// What proves to the client that the server has read its key.
  static func accept(_ key: String) -> String {
    base64(SHA1.digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
  }

  static func base64(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for index in 0..<4 {
        text.append(index <= group.count ? alphabet[bits >> (18 - 6 * index) & 63] : 0x3D)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
