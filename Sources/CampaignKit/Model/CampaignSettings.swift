public import JSON

/// How many calls a campaign has at once, and how fast it starts them.
public struct Pacing: Hashable, Sendable, Codable {
  /// The most calls at once; nil for no limit of its own.
  public var maximumConcurrentCalls: Int?
  /// The least time between the starts of two calls; zero by default.
  @Milliseconds public var delayBetweenCalls: Duration
  /// The most calls started in a second; nil for no limit of its own.
  public var callsPerSecond: Double?
  /// Its share when campaigns of an account compete for calls, relative to the others; 1 by default.
  public var weight: Int
  /// How many of the account's slots are kept for this campaign.
  public var reservedSlots: Int
  /// How long it takes to go from one call at once to the limit; zero to start at the limit.
  @Milliseconds public var rampUp: Duration
  /// When to stop because the carrier fails; nil for never.
  public var breaker: Breaker?

  /// The share of failures at which a campaign pauses itself.
  public struct Breaker: Hashable, Sendable, Codable {
    /// The share of calls that may fail, 0 to 1.
    public var failureShare: Double
    /// How many calls there must be in the window before the share means anything.
    public var minimumCalls: Int
    /// The window.
    @Milliseconds public var window: Duration

    /// Creates a breaker.
    public init(failureShare: Double = 0.5, minimumCalls: Int = 20, window: Duration = .seconds(300)) {
      self.failureShare = failureShare
      self.minimumCalls = minimumCalls
      self.window = window
    }
  }

  /// Creates a pacing; without arguments, one that only the limits of account and system hold.
  public init(
    maximumConcurrentCalls: Int? = nil, delayBetweenCalls: Duration = .zero, callsPerSecond: Double? = nil,
    weight: Int = 1, reservedSlots: Int = 0, rampUp: Duration = .zero, breaker: Breaker? = nil
  ) {
    self.maximumConcurrentCalls = maximumConcurrentCalls
    self.delayBetweenCalls = delayBetweenCalls
    self.callsPerSecond = callsPerSecond
    self.weight = weight
    self.reservedSlots = reservedSlots
    self.rampUp = rampUp
    self.breaker = breaker
  }
}

/// What to do about answering machines.
public struct MachineDetection: Hashable, Sendable, Codable {
  /// Whether and how to listen for a machine.
  public enum Mode: String, Hashable, Sendable, Codable {
    /// Not at all.
    case off
    /// Decide as soon as possible.
    case fast
    /// Wait for the end of the greeting, so that a message can be left.
    case greetingEnd
  }

  /// Whether and how to listen.
  public var mode: Mode
  /// A recording to play to a machine; nil to hang up on it.
  public var messageURL: String?

  /// Creates a setting; without arguments, machines are not looked for.
  public init(mode: Mode = .off, messageURL: String? = nil) {
    self.mode = mode
    self.messageURL = messageURL
  }
}

/// Whether a person may be called back at a time agreed in a call.
public struct Callback: Hashable, Sendable, Codable {
  /// Whether callbacks are taken.
  public var isEnabled: Bool
  /// How many callbacks a lead may have.
  public var maximumAttempts: Int
  /// The wait when no time was agreed.
  @Milliseconds public var delay: Duration

  /// Creates a setting; without arguments, no callbacks.
  public init(isEnabled: Bool = false, maximumAttempts: Int = 1, delay: Duration = .seconds(1800)) {
    self.isEnabled = isEnabled
    self.maximumAttempts = maximumAttempts
    self.delay = delay
  }
}

/// Whether and where a call may be handed on.
public struct Transfer: Hashable, Sendable, Codable {
  /// A place to hand a call on to.
  public struct Target: Hashable, Sendable, Codable {
    /// How it is reached.
    public enum Kind: String, Hashable, Sendable, Codable {
      /// By a phone number.
      case phone
      /// By a SIP address.
      case sip
    }

    /// What people call it.
    public var name: String
    /// How it is reached.
    public var kind: Kind
    /// The phone number or SIP address.
    public var address: String

    /// Creates a target.
    public init(name: String, kind: Kind, address: String) {
      self.name = name
      self.kind = kind
      self.address = address
    }
  }

  /// Whether calls may be handed on.
  public var isEnabled: Bool
  /// The places, in order of preference.
  public var targets: [Target]

  /// Creates a setting; without arguments, no transfers.
  public init(isEnabled: Bool = false, targets: [Target] = []) {
    self.isEnabled = isEnabled
    self.targets = targets
  }
}

/// Who speaks when somebody answers.
public struct AgentAssignment: Hashable, Sendable, Codable {
  /// The agents of this library's own that were assigned, in order.
  public var agents: [Agent.ID]
  /// The group of people that take the calls; it dials only for those who are free.
  public var group: String?
  /// The name of an agent in another system.
  public var externalAgentID: String?
  /// What that system needs to know, as it was given.
  public var configuration: JSONObject?
  /// Where the media of a call are streamed to, `ws://` or `wss://`.
  public var mediaStreamURL: String?
  /// A recording that is played to a person who has answered and whom nobody of the group takes in time, before the call
  /// is hung up; nil to hang up at once. Rules ask that it names the seller and a number (16 CFR 310.4(b)(4)(iii)).
  public var abandonedMessageURL: String?

  /// Creates an assignment; without arguments, of nobody.
  public init(
    agents: [Agent.ID] = [], group: String? = nil, externalAgentID: String? = nil,
    configuration: JSONObject? = nil, mediaStreamURL: String? = nil, abandonedMessageURL: String? = nil
  ) {
    self.agents = agents
    self.group = group
    self.externalAgentID = externalAgentID
    self.configuration = configuration
    self.mediaStreamURL = mediaStreamURL
    self.abandonedMessageURL = abandonedMessageURL
  }
}

/// What the law wants to know of a campaign, and the limits it adds.
public struct Compliance: Hashable, Sendable, Codable {
  /// What the calls are for.
  public enum Purpose: String, Hashable, Sendable, Codable {
    /// The purposes that rules tell apart.
    case marketing, informational, debtCollection, research, emergency
  }

  /// What to do about a number whose time zone is not known.
  public enum UnknownZone: String, Hashable, Sendable, Codable {
    /// Do not call it.
    case hold
    /// Take the campaign's time zone.
    case useCampaignZone
  }

  /// What the calls are for; marketing by default, the strictest.
  public var purpose: Purpose
  /// Whether the legal hours of the person called are kept; true by default.
  public var keepsLegalHours: Bool
  /// What to do about a number whose time zone is not known; hold by default.
  public var unknownZone: UnknownZone
  /// Limits that hold over all campaigns of the account.
  public var rollingLimits: [RollingLimit]
  /// The do-not-call registries of which the account must have a copy that is not too old. Where it has none, no lead
  /// is called.
  public var requiredLists: [RequiredList]

  /// A do-not-call registry of which there must be a copy.
  public struct RequiredList: Hashable, Sendable, Codable {
    /// Its name, as in ``Account/copiedLists``.
    public var registry: String
    /// How old the copy may be.
    @Milliseconds public var maximumAge: Duration
    /// The rule behind it.
    public var citation: String?

    /// Creates a requirement; 31 days unless told otherwise, as in the United States and Canada.
    public init(_ registry: String, maximumAge: Duration = .seconds(31 * 86_400), citation: String? = nil) {
      self.registry = registry
      self.maximumAge = maximumAge
      self.citation = citation
    }
  }

  /// Creates a setting; without arguments, the strict one.
  public init(
    purpose: Purpose = .marketing, keepsLegalHours: Bool = true, unknownZone: UnknownZone = .hold,
    rollingLimits: [RollingLimit] = [], requiredLists: [RequiredList] = []
  ) {
    self.purpose = purpose
    self.keepsLegalHours = keepsLegalHours
    self.unknownZone = unknownZone
    self.rollingLimits = rollingLimits
    self.requiredLists = requiredLists
  }

  /// Reads a setting; `requiredLists` may be missing.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      purpose: try container.decode(Purpose.self, forKey: .purpose),
      keepsLegalHours: try container.decode(Bool.self, forKey: .keepsLegalHours),
      unknownZone: try container.decode(UnknownZone.self, forKey: .unknownZone),
      rollingLimits: try container.decode([RollingLimit].self, forKey: .rollingLimits),
      requiredLists: try container.decodeIfPresent([RequiredList].self, forKey: .requiredLists) ?? [])
  }
}

/// At most so many calls in any window of time, counted over all campaigns of an account.
///
/// A lock after an event is such a limit too: at most one call that ended `abandoned` in 72 hours means no call
/// for 72 hours after one.
public struct RollingLimit: Hashable, Sendable, Codable {
  /// Whose calls are counted together.
  public enum Key: String, Hashable, Sendable, Codable {
    /// Calls to the same number.
    case number
    /// Calls to the same contact, on any number.
    case person
    /// Calls to the same contact about the same subject, as the lead has it.
    case subject
  }

  /// What it is called in a decision record.
  public var name: String
  /// Whose calls are counted together.
  public var key: Key
  /// The most calls in the window; the next is held back until the oldest has left it.
  public var maximum: Int
  /// The window; at most 400 days.
  @Milliseconds public var window: Duration
  /// The outcomes that count; empty for all, live calls included.
  public var counting: Set<Disposition>
  /// The rule behind it.
  public var citation: String?

  /// Creates a limit.
  public init(
    name: String, key: Key, maximum: Int, window: Duration, counting: Set<Disposition> = [], citation: String? = nil
  ) {
    self.name = name
    self.key = key
    self.maximum = maximum
    self.window = window
    self.counting = counting
    self.citation = citation
  }
}
