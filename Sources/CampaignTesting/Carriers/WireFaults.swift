/// What goes wrong between a client and a ``ScriptedCarrier``, and how often. A share is a probability from 0 to 1.
public struct WireFaults: Hashable, Sendable {
  // MARK: Requests

  /// Orders at which a burst of 429 begins, which is certain to make no call.
  public var throttled = 0.0
  /// Requests at which a burst of 5xx begins; half of the orders in it are taken all the same.
  public var failing = 0.0
  /// How many requests in a row belong to a burst.
  public var burst = 5
  /// Requests whose connection is reset before the carrier has taken them in.
  public var resetBefore = 0.0
  /// Requests whose connection is reset after the carrier has done what they ask for.
  public var resetAfter = 0.0
  /// Requests that are answered ``slowness`` late; half are done at once, and half at the end.
  public var slow = 0.0
  /// How late a slow answer is.
  public var slowness = Duration.seconds(30)

  // MARK: Callbacks

  /// Callbacks that never come.
  public var dropped = 0.0
  /// Callbacks that come twice.
  public var doubled = 0.0
  /// Callbacks that come up to five seconds later, and so after others that happened after them.
  public var reordered = 0.0
  /// Callbacks that come by ``delay`` later.
  public var delayed = 0.0
  /// By how much a callback is delayed at most.
  public var delay = Duration.seconds(60)

  // MARK: Records

  /// How long it takes at most until a call that is over has a record, where the carrier keeps records of their own.
  public var recordDelay = Duration.zero

  /// Creates faults; nothing goes wrong until it is set.
  public init() {}

  /// Nothing goes wrong.
  public static let none = WireFaults()

  /// Everything goes wrong now and then.
  public static let all = {
    var faults = WireFaults()
    (faults.throttled, faults.failing) = (0.002, 0.005)
    (faults.resetBefore, faults.resetAfter, faults.slow) = (0.03, 0.03, 0.03)
    (faults.dropped, faults.doubled, faults.reordered, faults.delayed) = (0.05, 0.1, 0.1, 0.05)
    faults.recordDelay = .seconds(60)
    return faults
  }()
}
