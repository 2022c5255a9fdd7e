/// An error that says how to answer.
///
/// A handler throws it, or returns a ``Response`` of its own. Any other error is answered with 500 and no word of what
/// it was.
public struct HTTPError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The status of the answer.
  public var status: Status

  /// What was wrong and what to do, for the client.
  public var message: String

  /// Fields that the answer has whatever its content is, such as `Retry-After` and `WWW-Authenticate`.
  public var fields: Fields

  /// Whether nothing after this can be understood, so that the connection must end.
  var isFatal = false

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - status: The status of the answer.
  ///   - message: What was wrong and what to do, for the client to read.
  ///   - fields: Fields of the answer.
  public init(_ status: Status, _ message: String = "", fields: Fields = [:]) {
    self.status = status
    self.message = message
    self.fields = fields
  }

  static func fatal(_ status: Status, _ message: String) -> HTTPError {
    var error = HTTPError(status, message)
    error.isFatal = true
    return error
  }

  /// The status and the message.
  public var description: String { message.isEmpty ? "\(status)" : "\(status): \(message)" }

  /// A plain answer that says the message.
  public var response: Response {
    var response = Response.text(message.isEmpty ? status.description : message, status: status)
    response.fields = fields
    return response
  }
}
