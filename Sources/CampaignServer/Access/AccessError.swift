/// Why somebody is not let in, or an account or a user is not made.
public struct AccessError: Error, Sendable, CustomStringConvertible {
  /// The kinds of refusals. More may be added.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    /// The code's name.
    public let description: String

    /// A token or a key does not have the form of one.
    public static let malformed = Code(description: "malformed")
    /// A token is signed in a way that is not taken, or not at all.
    public static let algorithm = Code(description: "algorithm")
    /// A token was not signed by this server.
    public static let forged = Code(description: "forged")
    /// A token or a key has stopped working.
    public static let expired = Code(description: "expired")
    /// A token does not work yet.
    public static let notYetValid = Code(description: "notYetValid")
    /// There is no such user or key, or the password is another.
    public static let unknown = Code(description: "unknown")
    /// Whoever asks may not do this.
    public static let forbidden = Code(description: "forbidden")
    /// Values are not acceptable; ``AccessError/problems`` names them.
    public static let invalid = Code(description: "invalid")
    /// Somebody has that address already.
    public static let taken = Code(description: "taken")
    /// There were too many attempts, or too many wait; ``AccessError/retryAfter`` says how long to wait.
    public static let busy = Code(description: "busy")
    /// Whoever waited for it has given up.
    public static let cancelled = Code(description: "cancelled")
    /// The store could not be asked; ``AccessError/cause`` says why.
    public static let unavailable = Code(description: "unavailable")
  }

  /// The kind.
  public var code: Code
  /// What is wrong and what to do, as a sentence without its full stop. It holds no secret.
  public var message: String
  /// What is wrong with single values.
  public var problems: [Problem] = []
  /// How long to wait before it is asked again.
  public var retryAfter: Duration?
  /// What lies behind it.
  public var cause: (any Error)?

  /// Creates an error.
  public init(_ code: Code, _ message: String, retryAfter: Duration? = nil, cause: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.retryAfter = retryAfter
    self.cause = cause
  }

  init(_ problems: [Problem]) {
    self.init(.invalid, problems.map(\.description).joined(separator: "; "))
    self.problems = problems
  }

  /// Whether it is not known who asks, so that the answer is 401.
  public var isUnauthenticated: Bool {
    [.malformed, .algorithm, .forged, .expired, .notYetValid, .unknown].contains(code)
  }

  /// The code and the message.
  public var description: String { "\(code): \(message)" }
}
