/// Something that stands in front of handlers: a function from a handler to a handler.
///
/// A middleware that only looks at the request, or only at the answer, leaves a handler that waits for nothing one
/// that waits for nothing.
public struct Middleware: Sendable {
  let wrap: @Sendable (Handler) -> Handler

  /// Creates a middleware from the function itself.
  ///
  /// - Parameter wrap: Gives the handler that stands in front of another.
  public init(_ wrap: @escaping @Sendable (Handler) -> Handler) { self.wrap = wrap }

  /// A middleware that sees the request first, may note something on it, and may answer instead of the handler.
  ///
  /// - Parameter check: Gives an answer, or nothing to go on; what it throws is answered as an error.
  /// - Returns: The middleware.
  public static func before(_ check: @escaping @Sendable (inout Request) throws -> Response?) -> Middleware {
    Middleware { handler in
      handler.replacing { next in
        { request in
          var request = request
          return try check(&request) ?? next(request)
        }
      } waiting: { next in
        { request in
          var request = request
          if let response = try check(&request) { return response }
          return try await next(request)
        }
      }
    }
  }

  /// A middleware that sees every answer, those to errors too, and may change it.
  ///
  /// - Parameter change: Changes the answer.
  /// - Returns: The middleware.
  public static func after(_ change: @escaping @Sendable (Request, inout Response) -> Void) -> Middleware {
    Middleware { handler in
      handler.replacing { next in
        { request in
          var response: Response
          do { response = try next(request) } catch { response = try request.expectedResponse(to: error) }
          change(request, &response)
          return response
        }
      } waiting: { next in
        { request in
          var response: Response
          do { response = try await next(request) } catch { response = try request.expectedResponse(to: error) }
          change(request, &response)
          return response
        }
      }
    }
  }

  /// A middleware that does something before and after, and may wait.
  ///
  /// - Parameter body: Is given the request and the handler behind it.
  /// - Returns: The middleware.
  public static func around(
    _ body: @escaping @Sendable (Request, @Sendable (Request) async throws -> Response) async throws -> Response
  ) -> Middleware {
    Middleware { handler in
      switch handler.kind {
      case .inline(let next): Handler { try await body($0) { try next($0) } }
      case .waiting(let next): Handler { try await body($0, next) }
      }
    }
  }

  /// A middleware that gathers the body, so that all behind it may read it, as often as they like.
  ///
  /// It is for signatures over the exact bytes, which are checked before a handler reads the same bytes as a form.
  ///
  /// - Parameter limit: Most bytes; the server's own bound holds as well.
  /// - Returns: The middleware.
  public static func wholeBody(upTo limit: Int = .max) -> Middleware {
    Middleware { handler in
      handler.replacing {
        $0
      } waiting: { next in
        { request in
          var request = request
          request.body = .bytes(try await request.body.collect(upTo: limit))
          return try await next(request)
        }
      }
    }
  }

  /// A middleware that sets how many bytes a body may have.
  ///
  /// - Parameter bytes: Most bytes, in the place of the configuration's bound.
  /// - Returns: The middleware.
  public static func bodyLimit(_ bytes: Int) -> Middleware {
    Middleware { handler in
      var handler = handler
      handler.bodyLimit = handler.bodyLimit ?? bytes
      return handler
    }
  }
}

extension Handler {
  /// The handler with other functions, of the same kind.
  func replacing(
    inline: (@escaping @Sendable (Request) throws -> Response) -> @Sendable (Request) throws -> Response,
    waiting: (@escaping @Sendable (Request) async throws -> Response) -> @Sendable (Request) async throws -> Response
  ) -> Handler {
    var result: Handler
    switch kind {
    case .inline(let next): result = Handler(.inline(inline(next)))
    case .waiting(let next): result = Handler(.waiting(waiting(next)))
    }
    result.readsBody = readsBody
    return result
  }

  /// The handler behind middleware, the first of which is the outermost.
  func wrapped(in middleware: [Middleware]) -> Handler {
    middleware.reversed().reduce(self) { inner, middleware in
      var outer = middleware.wrap(inner)
      outer.bodyLimit = outer.bodyLimit ?? inner.bodyLimit
      outer.errorAnswers = outer.errorAnswers ?? inner.errorAnswers
      return outer
    }
  }
}
