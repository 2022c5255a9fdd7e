public import JSON

/// A process's right to run a campaign, until a moment.
public struct CampaignLease: Hashable, Sendable, Codable {
  /// The campaign.
  public var campaign: Campaign.ID
  /// The process that holds it.
  public var owner: String
  /// A number that grows whenever the campaign changes hands; a write with an older one is refused.
  public var token: UInt64
  /// When it ends unless it is renewed, by the store's clock.
  public var expiresAt: Timestamp

  /// Creates a lease.
  public init(campaign: Campaign.ID, owner: String, token: UInt64, expiresAt: Timestamp) {
    self.campaign = campaign
    self.owner = owner
    self.token = token
    self.expiresAt = expiresAt
  }
}

/// The leads of a campaign that wait in one locality.
public struct LocalityQueue: Hashable, Sendable, Codable {
  /// The locality.
  public var locality: Locality
  /// How many leads wait.
  public var waiting: Int
  /// The moment at which the next of them is due; in the past if one is due now, nil if none waits.
  public var nextDueAt: Timestamp?

  /// Creates a description of a queue.
  public init(locality: Locality, waiting: Int, nextDueAt: Timestamp?) {
    self.locality = locality
    self.waiting = waiting
    self.nextDueAt = nextDueAt
  }
}

/// A locality in which leads may be called, and when.
public struct OpenLocality: Hashable, Sendable, Codable {
  /// The locality.
  public var locality: Locality
  /// The first moment at which its leads may be called.
  public var from: Timestamp
  /// The first moment at which they may no longer be called.
  public var until: Timestamp
  /// How often people there may be called, beside what the campaign itself states.
  public var limits: [RollingLimit]

  /// Creates an open locality.
  public init(
    _ locality: Locality, from: Timestamp = .distantPast, until: Timestamp, limits: [RollingLimit] = []
  ) {
    self.locality = locality
    self.from = from
    self.until = until
    self.limits = limits
  }
}

/// So many starts in a second, counted under one name over all processes.
public struct RateLimit: Hashable, Sendable, Codable {
  /// What is limited, such as the name of a carrier's account.
  public var name: String
  /// The starts in a second.
  public var perSecond: Double
  /// How many may come at once after a pause; at least 1.
  public var burst: Int

  /// Creates a limit.
  public init(name: String, perSecond: Double, burst: Int = 1) {
    self.name = name
    self.perSecond = perSecond
    self.burst = burst
  }
}

/// A wish for calls of one campaign.
public struct ClaimRequest: Hashable, Sendable {
  /// The lease under which they are claimed; it names the campaign.
  public var lease: CampaignLease
  /// The most calls wanted.
  public var count: Int
  /// The localities in which leads may be called now. A campaign's leads elsewhere are left alone, at no cost.
  public var open: [OpenLocality]
  /// The agents who may take a call of the campaign's group now. It matters only if the campaign has a group.
  public var agents: [Agent.ID]
  /// Rates that hold beside the campaign's own.
  public var rates: [RateLimit]
  /// The number to call from; nil, the default, for those of the campaign.
  public var from: PhoneNumber?
  /// The day on the campaign's clock, by which ``CallerChoice`` counts; nil for the day of UTC.
  public var day: Range<Timestamp>?
  /// How long a call may wait to be placed.
  public var placeWithin: Duration
  /// The rule under which the calls are made; it is kept with them.
  public var rule: String?

  /// Creates a request.
  public init(
    lease: CampaignLease, count: Int, open: [OpenLocality], agents: [Agent.ID] = [], rates: [RateLimit] = [],
    from: PhoneNumber? = nil, day: Range<Timestamp>? = nil, placeWithin: Duration = .seconds(30), rule: String? = nil
  ) {
    self.lease = lease
    self.count = count
    self.open = open
    self.agents = agents
    self.rates = rates
    self.from = from
    self.day = day
    self.placeWithin = placeWithin
    self.rule = rule
  }
}

/// What came of a claim.
public struct Claim: Hashable, Sendable {
  /// The calls to place, in the order in which they were claimed.
  public var calls: [ClaimedCall]
  /// The leads that were due and were held back, and why.
  public var heldBack: [HeldLead]
  /// Why there are not more calls.
  public var stop: ClaimStop
  /// When it was claimed, by the store's clock.
  public var at: Timestamp

  /// Creates a claim.
  public init(calls: [ClaimedCall] = [], heldBack: [HeldLead] = [], stop: ClaimStop, at: Timestamp) {
    self.calls = calls
    self.heldBack = heldBack
    self.stop = stop
    self.at = at
  }
}

/// A call that was claimed: enough to place it.
public struct ClaimedCall: Hashable, Sendable {
  /// The call; its intent is stored.
  public var call: Call.ID
  /// The lead.
  public var lead: Lead.ID
  /// The contact.
  public var contact: Contact.ID
  /// The number to call.
  public var number: PhoneNumber
  /// The number to call from; nil where the campaign has none.
  public var from: PhoneNumber?
  /// Which attempt it is, counted from 1.
  public var attempt: Int
  /// Until when it may be placed.
  public var placeBy: Timestamp

  /// Creates a claimed call.
  public init(
    call: Call.ID, lead: Lead.ID, contact: Contact.ID, number: PhoneNumber, from: PhoneNumber? = nil, attempt: Int,
    placeBy: Timestamp
  ) {
    self.call = call
    self.lead = lead
    self.contact = contact
    self.number = number
    self.from = from
    self.attempt = attempt
    self.placeBy = placeBy
  }
}

/// A lead that was due and was held back.
public struct HeldLead: Hashable, Sendable {
  /// The lead.
  public var lead: Lead.ID
  /// Why, and when it may pass.
  public var decision: DecisionRecord

  /// Creates a held lead.
  public init(lead: Lead.ID, decision: DecisionRecord) {
    self.lead = lead
    self.decision = decision
  }
}

/// Why a claim gave no more calls than it did.
public enum ClaimStop: Hashable, Sendable {
  /// All that were wanted were given.
  case satisfied
  /// The campaign is not active.
  case notActive(Campaign.Status)
  /// The limit of the whole system is reached.
  case systemLimit
  /// The limit of the account is reached.
  case accountLimit
  /// The limit of the campaign is reached.
  case campaignLimit
  /// No agent is free.
  case agents
  /// Every caller number has made its calls of the day; the next may start at this moment.
  case callerNumbers(until: Timestamp)
  /// A rate, or the delay between calls, permits the next one at this moment.
  case rate(until: Timestamp)
  /// No further lead is due in an open locality; the next is at this moment, if any.
  case noneDue(next: Timestamp?)
  /// So many leads were held back that the claim stopped to let others in; there may be more.
  case examinedEnough
}

/// A call to a number outside a campaign.
public struct SingleCall: Hashable, Sendable {
  /// The account.
  public var account: Account.ID
  /// The number to call.
  public var to: PhoneNumber
  /// The number to call from.
  public var from: PhoneNumber?
  /// How long it may wait to be placed.
  public var placeWithin: Duration
  /// The longest that it can last, ringing included.
  public var longestCall: Duration
  /// Rates that hold.
  public var rates: [RateLimit]
  /// What the call is for; marketing by default, the strictest.
  public var purpose = Compliance.Purpose.marketing
  /// Whether the engine keeps the legal hours of the person called; true by default.
  public var keepsLegalHours = true
  /// Where the person is; what the number tells if nil.
  public var locality: Locality?
  /// Whatever its owner wants to keep with it; 1 MiB at most.
  public var metadata: JSONObject

  /// Creates an order.
  public init(
    account: Account.ID, to: PhoneNumber, from: PhoneNumber? = nil, placeWithin: Duration = .seconds(30),
    longestCall: Duration = .seconds(4 * 3600), rates: [RateLimit] = [], metadata: JSONObject = [:]
  ) {
    self.account = account
    self.to = to
    self.from = from
    self.placeWithin = placeWithin
    self.longestCall = longestCall
    self.rates = rates
    self.metadata = metadata
  }
}

/// The limits on calls at once, and how much of them is used.
public struct SlotUsage: Hashable, Sendable, Codable {
  /// The most calls of the whole system.
  public var systemLimit: Int
  /// The calls, and the slots reserved, of the whole system.
  public var systemActive: Int
  /// The most calls of the account.
  public var accountLimit: Int
  /// The calls, and the slots reserved, of the account.
  public var accountActive: Int
  /// The most calls of an account that states no limit of its own.
  public var defaultAccountLimit: Int

  /// Creates a description.
  public init(systemLimit: Int, systemActive: Int, accountLimit: Int, accountActive: Int, defaultAccountLimit: Int) {
    self.systemLimit = systemLimit
    self.systemActive = systemActive
    self.accountLimit = accountLimit
    self.accountActive = accountActive
    self.defaultAccountLimit = defaultAccountLimit
  }

  /// How many calls the system's limit leaves; never below zero.
  public var systemAvailable: Int { max(0, systemLimit - systemActive) }
  /// How many calls the account's limit leaves; never below zero.
  public var accountAvailable: Int { max(0, accountLimit - accountActive) }
}

/// Slots that are taken for something other than a call.
public struct SlotReservation: Hashable, Sendable, Codable, Identifiable {
  /// The name of a reservation.
  public typealias ID = Identifier<SlotReservation>

  /// The name of this reservation.
  public var id: ID
  /// The account.
  public var account: Account.ID
  /// How many slots.
  public var count: Int
  /// What they are for.
  public var note: String
  /// When they were reserved.
  public var reservedAt: Timestamp
  /// When they are given back by themselves.
  public var expiresAt: Timestamp

  /// Creates a reservation.
  public init(
    id: ID, account: Account.ID, count: Int, note: String, reservedAt: Timestamp, expiresAt: Timestamp
  ) {
    self.id = id
    self.account = account
    self.count = count
    self.note = note
    self.reservedAt = reservedAt
    self.expiresAt = expiresAt
  }

  /// Whether the slots are still held.
  public func isHeld(at now: Timestamp) -> Bool { Term(from: reservedAt, until: expiresAt).goesOn(at: now) }
}
