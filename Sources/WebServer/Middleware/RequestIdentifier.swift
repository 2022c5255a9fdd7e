/// The identifier of a request, for the logs of everybody who has to do with it.
public enum RequestIdentifier: RequestContextKey {
  /// Visible characters of ASCII, 128 at most.
  public typealias Value = String

  /// Whether a text from outside may be used as it is.
  static func isAcceptable(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 128
      && text.utf8.allSatisfy { Characters.isToken($0) || $0 == 0x2F || $0 == 0x3D || $0 == 0x3A }
  }
}

extension Middleware {
  /// Gives each request an identifier: the client's own from `X-Request-Id` if it is harmless, or a random one.
  ///
  /// It stands in the answer's `X-Request-Id`, and in the request under ``RequestIdentifier``.
  ///
  /// - Parameter trustsClients: Whether the client's own is taken.
  /// - Returns: The middleware.
  public static func requestIdentifier(trustsClients: Bool = true) -> Middleware {
    Middleware { handler in
      let identify: @Sendable (inout Request) -> String = { request in
        let given =
          trustsClients ? request["X-Request-Id"].flatMap { RequestIdentifier.isAcceptable($0) ? $0 : nil } : nil
        let identifier = given ?? random()
        request[RequestIdentifier.self] = identifier
        return identifier
      }
      return handler.replacing { next in
        { request in
          var request = request
          let identifier = identify(&request)
          var response: Response
          do { response = try next(request) } catch { response = try request.expectedResponse(to: error) }
          response.fields["X-Request-Id"] = identifier
          return response
        }
      } waiting: { next in
        { request in
          var request = request
          let identifier = identify(&request)
          var response: Response
          do { response = try await next(request) } catch { response = try request.expectedResponse(to: error) }
          response.fields["X-Request-Id"] = identifier
          return response
        }
      }
    }
  }

  private static func random() -> String {
    let text = String(UInt64.random(in: .min ... .max), radix: 16)
    return String(repeating: "0", count: 16 - text.utf8.count) + text
  }
}
