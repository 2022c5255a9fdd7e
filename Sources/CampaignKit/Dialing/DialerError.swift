/// Why a dialer could not do what was asked.
public struct DialerError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kinds of failure. More may be added.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    /// The code's name.
    public let description: String
    /// Whose fault it is, and with that what the engine does.
    let fault: Fault

    /// The number does not exist or cannot be reached.
    public static let invalidNumber = Code(description: "invalidNumber", fault: .number)
    /// The carrier does not call this number, or not for this account. The engine pauses a campaign of which five are
    /// refused so in a row.
    public static let blocked = Code(description: "blocked", fault: .number)
    /// The order itself is at fault, such as its caller number; the message says what. The engine takes one such order for
    /// a number that cannot be called, and pauses a campaign of which two numbers in a row are refused so.
    public static let invalidOrder = Code(description: "invalidOrder", fault: .order)
    /// The account may not place such calls.
    public static let notPermitted = Code(description: "notPermitted", fault: .carrier)
    /// The account has no money left.
    public static let outOfFunds = Code(description: "outOfFunds", fault: .carrier)
    /// Too many calls were placed too fast.
    public static let throttled = Code(description: "throttled", fault: .carrier)
    /// The carrier cannot be reached, or cannot place calls now.
    public static let unavailable = Code(description: "unavailable", fault: .carrier)
    /// Whether there is a call is not known.
    public static let uncertain = Code(description: "uncertain", fault: .unknown)
  }

  /// What is at fault.
  enum Fault: Hashable, Sendable {
    /// The number: no other attempt at it will do better.
    case number
    /// The order: it may be that all calls of the campaign are like it.
    case order
    /// The carrier: the lead has nothing to do with it, and all calls wait.
    case carrier
    /// Nobody knows.
    case unknown

    /// Whether the same will be refused again, however the carrier does.
    var isOfOrder: Bool { self == .number || self == .order }
  }

  /// The kind of failure.
  public var code: Code
  /// What happened, and what to do about it. It holds no phone number and no secret.
  public var message: String
  /// The carrier's own code.
  public var carrierCode: String?
  /// How long the carrier wants to be left alone. The engine leaves it alone for at least as long as after any failure,
  /// and for an hour at most.
  public var retryAfter: Duration?
  /// Whether the order was held back on our side, as its turn had not come or its time was over. That says nothing of
  /// how the carrier does.
  public var wasHeldBack: Bool

  /// Creates an error.
  public init(
    _ code: Code, _ message: String, carrierCode: String? = nil, retryAfter: Duration? = nil, wasHeldBack: Bool = false
  ) {
    self.code = code
    self.message = message
    self.carrierCode = carrierCode
    self.retryAfter = retryAfter
    self.wasHeldBack = wasHeldBack
  }

  /// Whether it is certain that no call was made, and none will be.
  public var isCertain: Bool { code != .uncertain }

  /// The code and the message.
  public var description: String {
    "\(code): \(message)" + (carrierCode.map { " (\($0))" } ?? "")
  }
}
