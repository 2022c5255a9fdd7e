/// What answers a request.
///
/// There are two kinds. A handler that waits for something is an `async` function. One that has its answer at hand is
/// a plain function, made with ``inline(_:)``: it runs on the loop's thread without a task, once the whole body is
/// there, and must not block.
public struct Handler: Sendable {
  enum Kind: Sendable {
    case inline(@Sendable (Request) throws -> Response)
    case waiting(@Sendable (Request) async throws -> Response)
  }

  let kind: Kind

  /// Whether the body matters; one that does not is not waited for.
  var readsBody = true

  /// Most bytes of the body; the server's own bound where there is none.
  public var bodyLimit: Int?

  /// What words the answers to errors; they speak for themselves where there is none.
  var errorAnswers: ErrorAnswers?

  init(_ kind: Kind) { self.kind = kind }

  /// Creates a handler that may wait.
  ///
  /// - Parameter body: Answers a request.
  public init(_ body: @escaping @Sendable (Request) async throws -> Response) { kind = .waiting(body) }

  /// A handler that waits for nothing.
  ///
  /// - Parameter body: Answers a request; it must not block.
  /// - Returns: The handler.
  public static func inline(_ body: @escaping @Sendable (Request) throws -> Response) -> Handler {
    Handler(.inline(body))
  }

  /// A handler that gives the same answer always, and does not care for the body.
  ///
  /// - Parameter response: The answer.
  /// - Returns: The handler.
  public static func constant(_ response: Response) -> Handler {
    var handler = inline { _ in response }
    handler.readsBody = false
    return handler
  }

  /// A handler that throws the same error always, and does not care for the body.
  static func failing(_ error: HTTPError) -> Handler {
    var handler = inline { _ in throw error }
    handler.readsBody = false
    return handler
  }

  /// Answers a request without a server, as tests do; an error becomes the answer that it stands for.
  ///
  /// - Parameter request: The request.
  /// - Returns: The answer.
  public func respond(to request: Request) async -> Response {
    var request = request
    request.errorAnswers = errorAnswers
    do {
      switch kind {
      case .inline(let body): return try body(request)
      case .waiting(let body): return try await body(request)
      }
    } catch {
      return request.response(to: error)
    }
  }
}

extension Response {
  /// The answer to an error: what an ``HTTPError`` says, and 500 without a word for any other.
  ///
  /// - Parameter error: What a handler has thrown.
  public init(for error: any Error) {
    self = (error as? HTTPError)?.response ?? .text("Internal Server Error", status: .internalServerError)
  }

  /// All of the content, as a client would get it; runs the function that writes it.
  ///
  /// - Returns: The bytes; none for a WebSocket.
  /// - Throws: What the function that writes the content throws.
  public func collect() async throws -> [UInt8] {
    guard case .stream(_, let write) = body else { return bytes ?? [] }
    let sink = MemorySink()
    try await write(ResponseWriter(sink: sink))
    return sink.bytes
  }
}
