import Synchronization

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
    let identifiers = RequestIdentifiers()
    return Middleware { handler in
      let identify: @Sendable (inout Request) -> String = { request in
        let given =
          trustsClients ? request["X-Request-Id"].flatMap { RequestIdentifier.isAcceptable($0) ? $0 : nil } : nil
        let identifier = given ?? identifiers.next()
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

}

/// Identifiers that differ: a count that begins at random, with its bits spread over all 16 digits. Asking the kernel for
/// random bits each time would be a call of the system for each request.
private final class RequestIdentifiers: Sendable {
  private let count = Atomic<UInt64>(.random(in: .min ... .max))

  func next() -> String {
    // A product with an odd number, and a shift that is mixed in, lose nothing: each count has an identifier of its own.
    var bits = count.wrappingAdd(1, ordering: .relaxed).newValue &* 0x9E37_79B9_7F4A_7C15
    bits ^= bits >> 32
    return String(unsafeUninitializedCapacity: 16) { buffer in
      for place in 0..<16 {
        let digit = UInt8(bits >> UInt64(60 - place * 4) & 0xF)
        buffer[place] = digit < 10 ? 0x30 + digit : 0x57 + digit
      }
      return 16
    }
  }
}
