/// What is wrong with one value of a request, and what to do about it.
public struct Problem: Hashable, Sendable, CustomStringConvertible {
  /// Where the value stands, such as `leads[3].phoneNumber`; empty for the body as a whole.
  public var field: String
  /// What is wrong, as the second half of a sentence that begins with the field.
  public var message: String

  /// Creates a problem.
  public init(_ field: String, _ message: String) {
    self.field = field
    self.message = message
  }

  /// The field and what is wrong with it, as a sentence without its full stop.
  public var description: String { field.isEmpty ? message : "\(field) \(message)" }
}
