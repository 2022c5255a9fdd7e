public import CampaignKit

/// What is the same for all dialers over HTTP.
public struct CarrierSettings: Sendable {
  /// The number that is called from where an order names none; nil, and such orders are refused.
  public var defaultFrom: PhoneNumber?
  /// The most calls that may be started in a second, if that is known; nil to start as fast as the carrier takes them.
  ///
  /// Whatever is set, the dialer slows down when the carrier says that calls come too fast, or lets them wait.
  public var callsPerSecond: Double?
  /// How many calls may be started at once after a pause; 1 unless told otherwise.
  public var burst = 1
  /// The longest that the transport takes for one request; 20 seconds unless told otherwise.
  public var requestTimeout = Duration.seconds(20)

  /// Creates settings with the defaults.
  public init() {}

  /// For how long requests are tried again, and orders wait for their turn.
  static let patience = Duration.seconds(10)
  /// How long an agent's telephone rings.
  static let agentRingTime = Duration.seconds(30)

  var longestRequest: Duration { requestTimeout + Self.patience }
}
