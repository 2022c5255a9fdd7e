import Locks

/// How often a key may ask.
public struct RateLimit: Sendable {
  /// Most requests in any window.
  public var limit: Int
  /// The window.
  public var window: Duration
  /// Most keys that are remembered, 100,000 by default.
  public var maximumKeys = 100_000
  /// The policy's name in the `RateLimit` fields.
  public var name = "default"
  /// Whose request it is; nothing to let it pass uncounted. The client's address by default.
  public var key: @Sendable (Request) -> String? = { $0.clientAddress.host }
  /// The answer to a request too many; its fields are added. Nothing, the default, for an ``HTTPError`` with 429, which
  /// ``Middleware/errorAnswers(_:)`` can word.
  public var answer: (@Sendable (Request) -> Response)?

  /// Creates a limit by the client's address.
  ///
  /// - Parameters:
  ///   - limit: Most requests in any window.
  ///   - window: The window.
  public init(_ limit: Int, per window: Duration) {
    self.limit = limit
    self.window = window
  }
}

extension Middleware {
  /// Limits how often a key may ask: exactly, in a window that slides. Requests that are refused do not count.
  ///
  /// Answers carry `RateLimit-Policy` and `RateLimit`, and refusals `429` with `Retry-After`.
  ///
  /// - Parameter limit: How often.
  /// - Returns: The middleware.
  public static func rateLimit(_ limit: RateLimit) -> Middleware {
    rateLimit(limit) { Moment.current().nanoseconds }
  }

  /// The same with a clock of its own, for tests; it tells nanoseconds.
  package static func rateLimit(_ limit: RateLimit, clock: @escaping @Sendable () -> Int64) -> Middleware {
    let window = RateLimitWindow(limit)
    let seconds = max(1, (limit.window.nanoseconds + 999_999_999) / 1_000_000_000)
    return Middleware { handler in
      let ask: @Sendable (Request) -> SlidingWindow.Verdict? = { request in
        limit.key(request).map { window.ask($0, at: clock()) }
      }
      let mark: @Sendable (inout Response, SlidingWindow.Verdict) -> Void = { response, verdict in
        let reset = (verdict.reset + 999_999_999) / 1_000_000_000
        response.fields["RateLimit-Policy"] = "\"\(limit.name)\";q=\(limit.limit);w=\(seconds)"
        response.fields["RateLimit"] = "\"\(limit.name)\";r=\(verdict.remaining);t=\(reset)"
        if !verdict.isAllowed { response.fields["Retry-After"] = "\(max(1, reset))" }
      }
      let refuse: @Sendable (Request) throws -> Response = { request in
        if let answer = limit.answer { return answer(request) }
        throw HTTPError(.tooManyRequests, "Too many requests; see Retry-After.")
      }
      return handler.replacing { next in
        { request in
          guard let verdict = ask(request) else { return try next(request) }
          var response: Response
          do {
            response = verdict.isAllowed ? try next(request) : try refuse(request)
          } catch { response = try request.expectedResponse(to: error) }
          mark(&response, verdict)
          return response
        }
      } waiting: { next in
        { request in
          guard let verdict = ask(request) else { return try await next(request) }
          var response: Response
          do {
            response = verdict.isAllowed ? try await next(request) : try refuse(request)
          } catch { response = try request.expectedResponse(to: error) }
          mark(&response, verdict)
          return response
        }
      }
    }
  }
}

/// The window that all threads share.
private final class RateLimitWindow: Sendable {
  private let window: Locked<SlidingWindow>

  init(_ limit: RateLimit) {
    window = Locked(
      SlidingWindow(limit: limit.limit, window: limit.window.nanoseconds, maximumKeys: limit.maximumKeys))
  }

  func ask(_ key: String, at now: Int64) -> SlidingWindow.Verdict { window.withLock { $0.ask(key, at: now) } }
}
