/// Why there is no document for a script.
public struct CallScriptError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kinds of reasons.
  public enum Code: Hashable, Sendable {
    /// The carrier has no words for it.
    case notExpressible
    /// An address is not of the kind that is needed.
    case invalidAddress
    /// A value is outside what the carrier takes.
    case invalidValue
  }

  /// The kind.
  public let code: Code
  /// What is wrong and what to do.
  public let message: String

  /// Creates an error.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message.
  public var description: String { message }
}
