public import CampaignKit

/// What goes wrong at a ``FaultyCarrier``, and how often. A share is a probability from 0 to 1.
public struct CarrierFaults: Hashable, Sendable {
  // MARK: Orders

  /// Orders that are refused as too fast.
  public var throttled = 0.0
  /// Orders that are refused because the carrier cannot place calls now.
  public var unavailable = 0.0
  /// Numbers that are refused, always, as not existing or blocked.
  public var badNumbers = 0.0
  /// Orders whose connection breaks before the carrier has them: it is uncertain, and there is no call.
  public var resetBefore = 0.0
  /// Orders whose connection breaks after the carrier took them: it is uncertain, and there is a call.
  public var resetAfter = 0.0
  /// Orders that take as long as ``hang`` says. The carrier takes them at the beginning or only at the end, or not
  /// at all, and its answer arrives or is lost.
  public var hanging = 0.0
  /// How long a request hangs; at most as long as the dialer says that requests take.
  public var hang = CarrierMix.Spread.between(.seconds(5), .seconds(30))
  /// Calls that take ``slowness`` until they ring.
  public var slowRinging = 0.0
  /// How long a slow call takes until it rings.
  public var slowness = CarrierMix.Spread.between(.seconds(10), .seconds(60))

  // MARK: Events

  /// Events that are never told.
  public var lostEvents = 0.0
  /// Ends that are never told, beside those among the lost events.
  public var lostEnds = 0.0
  /// Events that are told twice or three times.
  public var duplicated = 0.0
  /// Events that come by ``delay`` later.
  public var delayed = 0.0
  /// By how much an event is delayed.
  public var delay = CarrierMix.Spread.between(.seconds(1), .seconds(300))
  /// Events that come up to five seconds later, and so after others that happened after them.
  public var reordered = 0.0
  /// Events that name the call by the carrier's name for it.
  public var byReference = 0.0
  /// Calls of which it is told that they were placed, their cost once they are over, and their recording.
  public var talkative = 0.0
  /// Calls that are told to be a machine's, and up to ten seconds later to be the person's that they are.
  public var mistaken = 0.0
  /// How long an event that nobody takes is kept; nil for ever.
  public var patience: Duration?

  // MARK: Other requests

  /// Look-ups that fail.
  public var failingLookUps = 0.0
  /// Look-ups of which the carrier says that it cannot tell.
  public var unknownLookUps = 0.0
  /// Look-ups that take as long as ``hang`` says, and tell what was true when they began.
  public var lateLookUps = 0.0
  /// Whether calls can be looked up at all; if not, the carrier can never tell.
  public var canLookUp = true
  /// Requests to hang up that fail; half of them end the call all the same.
  public var failingHangUps = 0.0
  /// Requests to connect an agent that fail.
  public var failingConnections = 0.0
  /// Calls whose agents do not come to the telephone, which is told after ``absence``.
  public var absentAgents = 0.0
  /// How long an agent is rung who does not come.
  public var absence = CarrierMix.Spread.between(.seconds(1), .seconds(30))

  /// Creates faults; nothing goes wrong until it is set.
  public init() {}

  /// Nothing goes wrong.
  public static let none = CarrierFaults()

  /// Everything goes wrong now and then.
  public static let all = {
    var faults = CarrierFaults()
    (faults.throttled, faults.unavailable, faults.badNumbers) = (0.03, 0.02, 0.02)
    (faults.resetBefore, faults.resetAfter, faults.hanging, faults.slowRinging) = (0.03, 0.03, 0.03, 0.05)
    (faults.lostEvents, faults.lostEnds, faults.duplicated) = (0.03, 0.02, 0.1)
    (faults.delayed, faults.reordered, faults.byReference, faults.talkative) = (0.05, 0.1, 0.2, 0.2)
    (faults.mistaken, faults.patience) = (0.05, .seconds(60))
    (faults.failingLookUps, faults.unknownLookUps, faults.lateLookUps) = (0.1, 0.05, 0.1)
    (faults.failingHangUps, faults.failingConnections, faults.absentAgents) = (0.1, 0.05, 0.1)
    return faults
  }()
}
