public import CampaignKit

/// Why a call is over, as telephone networks say it: a cause of Q.850, which is what Asterisk gives.
public struct HangupCause: Hashable, Sendable {
  /// The number of the cause.
  public let code: Int

  /// Creates a cause; 0 stands for none that is known.
  public init(_ code: Int) { self.code = code }

  /// The cause in words; nil for a number that means nothing.
  public var name: String? { Self.causes[code]?.name }

  /// How a call ended that nobody answered.
  public var outcomeWithoutAnswer: CallEnd.Outcome { Self.causes[code]?.outcome ?? .failed }

  /// A call that is given up on our side has one of these, if nothing else ended it just then.
  var isPlain: Bool { [0, 16, 19, 31, 127].contains(code) }

  private typealias Meaning = (name: String, outcome: CallEnd.Outcome)

  private static let causes: [Int: Meaning] = [
    0: ("Unknown", .failed),
    1: ("Unallocated (unassigned) number", .failed),
    2: ("No route to specified transit network", .failed),
    3: ("No route to destination", .failed),
    5: ("Misdialled trunk prefix", .failed),
    6: ("Channel unacceptable", .failed),
    7: ("Call awarded and being delivered in an established channel", .failed),
    8: ("Preemption", .failed),
    14: ("Query on release: number ported", .failed),
    16: ("Normal clearing", .cancelled),
    17: ("User busy", .busy),
    18: ("No user responding", .noAnswer),
    19: ("User alerting, no answer", .noAnswer),
    20: ("Subscriber absent", .noAnswer),
    21: ("Call rejected", .rejected),
    22: ("Number changed", .failed),
    23: ("Redirected to new destination", .failed),
    26: ("Answered elsewhere", .cancelled),
    27: ("Destination out of order", .failed),
    28: ("Invalid number format", .failed),
    29: ("Facility rejected", .failed),
    30: ("Response to status enquiry", .failed),
    31: ("Normal, unspecified", .failed),
    34: ("Circuit/channel congestion", .failed),
    38: ("Network out of order", .failed),
    41: ("Temporary failure", .failed),
    42: ("Switching equipment congestion", .failed),
    43: ("Access information discarded", .failed),
    44: ("Requested channel not available", .failed),
    45: ("Preempted", .failed),
    47: ("Resource unavailable, unspecified", .failed),
    50: ("Facility not subscribed", .failed),
    52: ("Outgoing call barred", .failed),
    54: ("Incoming call barred", .failed),
    57: ("Bearer capability not authorized", .failed),
    58: ("Bearer capability not available", .failed),
    65: ("Bearer capability not implemented", .failed),
    66: ("Channel not implemented", .failed),
    69: ("Facility not implemented", .failed),
    79: ("Service or option not implemented", .failed),
    81: ("Invalid call reference value", .failed),
    88: ("Incompatible destination", .failed),
    95: ("Invalid message, unspecified", .failed),
    96: ("Mandatory information element is missing", .failed),
    97: ("Message type nonexistent", .failed),
    98: ("Wrong message", .failed),
    99: ("Information element nonexistent", .failed),
    100: ("Invalid information element contents", .failed),
    101: ("Wrong call state", .failed),
    102: ("Recovery on timer expiry", .noAnswer),
    103: ("Mandatory information element length error", .failed),
    111: ("Protocol error, unspecified", .failed),
    127: ("Interworking, unspecified", .failed),
  ]
}
