/// Knows who asks.
///
/// The server's own goes by tokens and keys; a program that embeds the service may know better.
public protocol Authenticating: Sendable {
  /// Whoever sent these fields of a request.
  ///
  /// - Parameters:
  ///   - bearer: The field `Authorization` as it came.
  ///   - apiKey: The field `x-api-key` as it came.
  /// - Returns: Whoever it is; nil when neither was sent.
  /// - Throws: Why it is nobody; a ``Refusal`` is told to the client as it is.
  func principal(bearer: String?, apiKey: String?) async throws -> Principal?
}

extension Authenticator: Authenticating {}
