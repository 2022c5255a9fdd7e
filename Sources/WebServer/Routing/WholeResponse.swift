public import JSON

/// An answer as a client has it when everything has arrived.
public struct WholeResponse: Sendable, Hashable {
  /// How the request ended.
  public var status: Status

  /// All fields but `Date` and `Connection`.
  public var fields: Fields

  /// The content; none for `HEAD`.
  public var bytes: [UInt8]

  /// The content as text; bytes that are not UTF-8 are replaced.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Reads the content as JSON.
  ///
  /// - Returns: The document.
  /// - Throws: A `JSONError` for what is none.
  public func json() throws(JSONError) -> JSONValue { try JSONValue(parsing: bytes) }
}

extension Router {
  /// Sends a request straight into the router, and gives the whole answer, as tests want it.
  ///
  /// ```swift
  /// import WebServer
  ///
  /// var router = Router()
  /// router.get("/health") { _ in .text("ok") }
  /// let answer = try await router.send(.get, "/health")
  /// assert(answer.status == .ok && answer.text == "ok" && answer.fields["Content-Length"] == "2")
  /// ```
  ///
  /// Bounds of bodies hold as in a server. An answer that has no end is for `Response/withPieces(_:)` instead.
  ///
  /// - Parameters:
  ///   - method: What is to be done.
  ///   - target: Path and query, encoded.
  ///   - fields: Fields; a `Host` is added where there is none.
  ///   - body: The body.
  ///   - peer: Where the client connects from.
  /// - Returns: The answer.
  /// - Throws: An ``HTTPError`` for what is no request, and what the function throws that writes the content.
  public func send(
    _ method: Method, _ target: String, fields: Fields = [:], body: [UInt8] = [],
    peer: SocketAddress = .loopback(port: 0)
  ) async throws -> WholeResponse {
    var request = try Request(method, target, fields: fields, body: body, peer: peer)
    var handler = compiled().handler(for: &request)
    let limit = handler.bodyLimit ?? Configuration().maximumBodyBytes
    if body.count > limit {
      let answers = handler.errorAnswers
      handler = .failing(BodyReceiver.tooLong(limit))
      handler.errorAnswers = answers
    }
    let response = await handler.respond(to: request)
    return try await WholeResponse(collecting: response, for: method)
  }
}

extension WholeResponse {
  /// Gathers an answer, and gives it the fields that it has on its way.
  init(collecting response: Response, for method: Method) async throws {
    var ignored: [UInt8] = []
    guard
      ResponseEncoder.append(
        response, framing: .none, keepsAlive: true, saysKeepAlive: false, date: [], to: &ignored)
    else {
      self = try await WholeResponse(collecting: HTTPError(.internalServerError).response, for: method)
      return
    }
    status = response.status
    fields = [:]
    let hasContentType = response.contentType != nil
    if let contentType = response.contentType { fields.add("Content-Type", contentType) }
    for field in response.fields where !ResponseEncoder.isOurs(field.name, hasContentType: hasContentType) {
      fields.add(field.name, field.value)
    }
    bytes = []
    guard !response.status.forbidsBody else { return }
    if let whole = response.bytes {
      fields.add("Content-Length", "\(whole.count)")
    } else if case .stream(.some(let length), _) = response.body {
      fields.add("Content-Length", "\(length)")
    } else {
      fields.add("Transfer-Encoding", "chunked")
    }
    if method != .head { bytes = try await response.collect() }
  }
}
