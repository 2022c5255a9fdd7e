/// Why a store could not do what was asked.
public struct StoreError: Error, Sendable, CustomStringConvertible {
  /// The kinds of failure. More may be added.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    /// The code's name.
    public let description: String

    /// There is no such thing, or it belongs to another account.
    public static let notFound = Code(description: "notFound")
    /// A value that must be unique is there already.
    public static let duplicate = Code(description: "duplicate")
    /// The thing was changed since it was read. Read it again and repeat the change.
    public static let conflict = Code(description: "conflict")
    /// The status does not permit it; ``StoreError/transition`` names both ends where a status was to change.
    public static let notPermitted = Code(description: "notPermitted")
    /// A value is not acceptable; the message names it.
    public static let invalid = Code(description: "invalid")
    /// Another process owns the campaign, or the lease was lost. Nothing was written.
    public static let leaseLost = Code(description: "leaseLost")
    /// A limit leaves no room.
    public static let limited = Code(description: "limited")
    /// The events asked for are no longer kept; ``StoreError/oldest`` says which are.
    public static let gone = Code(description: "gone")
    /// The store takes no writes now. This write may or may not be there once it does again.
    public static let unavailable = Code(description: "unavailable")
    /// What is stored is not what was written.
    public static let damaged = Code(description: "damaged")
    /// The store was closed.
    public static let closed = Code(description: "closed")
  }

  /// The kind of failure.
  public var code: Code
  /// What happened, and what to do about it. It holds no phone number and no secret.
  public var message: String
  /// The change of status that was not permitted.
  public var transition: TransitionError?
  /// The oldest event that is still kept.
  public var oldest: UInt64?
  /// What lies behind it.
  public var cause: (any Error)?

  /// Creates an error.
  public init(
    _ code: Code, _ message: String, transition: TransitionError? = nil, oldest: UInt64? = nil,
    cause: (any Error)? = nil
  ) {
    self.code = code
    self.message = message
    self.transition = transition
    self.oldest = oldest
    self.cause = cause
  }

  /// Whether the same call may succeed later.
  public var isRetryable: Bool { code == .unavailable || code == .conflict || code == .limited }

  /// The code and the message, with what lies behind it; that alone where it says the same, which it does with a code
  /// and a place of its own.
  public var description: String {
    let text = "\(code): \(message)"
    guard let cause = cause.map({ "\($0)" }) else { return text }
    return cause.contains(message) ? cause : "\(text) (\(cause))"
  }
}
