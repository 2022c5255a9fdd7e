/// A call to be placed.
public struct CallOrder: Hashable, Sendable {
  /// The name of the call: what the carrier is told, or can be asked for. Nothing else is ever placed under it.
  public var id: Call.ID
  /// The account.
  public var account: Account.ID
  /// The campaign, with all that it says about its calls; nil for a single call.
  public var campaign: Campaign? { settings?.value }
  let settings: Shared<Campaign>?
  /// The lead; nil for a single call.
  public var lead: Lead.ID?
  /// The number to call.
  public var to: PhoneNumber
  /// The number to call from; nil leaves it to the carrier.
  public var from: PhoneNumber?
  /// When it was decided to place it.
  public var createdAt: Timestamp
  /// Until when it may be placed; nothing is sent to the carrier after that.
  public var placeBy: Timestamp
  /// How long to let it ring.
  public var ringTime: Duration
  /// The longest that it may last once it was answered.
  public var longestCall: Duration

  /// Creates an order.
  public init(
    id: Call.ID, account: Account.ID, campaign: Campaign? = nil, lead: Lead.ID? = nil, to: PhoneNumber,
    from: PhoneNumber? = nil, createdAt: Timestamp, placeBy: Timestamp, ringTime: Duration = .seconds(30),
    longestCall: Duration = .seconds(4 * 3600)
  ) {
    self.id = id
    self.account = account
    settings = campaign.map { Shared($0) }
    self.lead = lead
    self.to = to
    self.from = from
    self.createdAt = createdAt
    self.placeBy = placeBy
    self.ringTime = ringTime
    self.longestCall = longestCall
  }

  /// Creates the order of a call that was claimed.
  init(_ call: FollowedCall, settings: Shared<Campaign>, placeBy: Timestamp) {
    id = call.id
    account = call.account
    self.settings = settings
    lead = call.lead
    to = call.to
    from = call.from
    createdAt = call.createdAt
    self.placeBy = placeBy
    ringTime = settings.value.ringTime
    longestCall = settings.value.longestCall
  }
}
