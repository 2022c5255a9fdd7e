/// Words the answers to errors, for the routes of one part of a server.
///
/// An object, so that every request can carry it at the cost of a pointer.
final class ErrorAnswers: Sendable {
  private let answer: @Sendable (any Error, Request) -> Response?

  init(_ answer: @escaping @Sendable (any Error, Request) -> Response?) { self.answer = answer }

  /// The answer, with the fields that the error brings along.
  func response(to error: any Error, _ request: Request) -> Response? {
    guard var response = answer(error, request) else { return nil }
    let ownFields = (error as? HTTPError)?.fields ?? [:]
    for field in ownFields where response.fields[field.name] == nil { response.fields.add(field.name, field.value) }
    return response
  }
}

extension Request {
  /// The answer to an error, as the part of the server that the request is for words it.
  ///
  /// - Parameter error: What was thrown.
  /// - Returns: What ``Middleware/errorAnswers(_:)`` makes of it, or else what the error says itself; 500 without a
  ///   word for one that says nothing.
  public func response(to error: any Error) -> Response {
    errorAnswers?.response(to: error, self) ?? Response(for: error)
  }

  /// The answer to an error that is one of a normal day; any other is thrown on, so that it is reported.
  func expectedResponse(to error: any Error) throws -> Response {
    if error is HTTPError { return response(to: error) }
    guard let response = errorAnswers?.response(to: error, self), response.status.code < 500 else { throw error }
    return response
  }
}

extension Middleware {
  /// Gives every error of some routes the shape that their clients know.
  ///
  /// ```swift ignore
  /// api.use(
  ///   .errorAnswers { error, _ in
  ///     guard let error = error as? HTTPError else { return nil }
  ///     return .json(["error": .string(error.message)], status: error.status)
  ///   })
  /// ```
  ///
  /// It is asked for whatever a handler or a middleware throws, wherever it stands among them; for bodies that are too
  /// long, too slow or malformed; for handlers that take too long; and, in front of a whole router, for paths and
  /// methods that have no route. The error's ``HTTPError/fields`` are added to its answer. Where two stand in front of
  /// a route, the inner one is asked. A request that cannot be understood at all has no route, and gets plain text.
  ///
  /// - Parameter answer: Gives the answer, or nothing to leave it as it is. The request may be without its body,
  ///   parameters and notes.
  /// - Returns: The middleware.
  public static func errorAnswers(_ answer: @escaping @Sendable (any Error, Request) -> Response?) -> Middleware {
    let answers = ErrorAnswers(answer)
    return Middleware { handler in
      var handler = handler
      handler.errorAnswers = handler.errorAnswers ?? answers
      return handler
    }
  }
}
