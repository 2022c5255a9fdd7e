public import JSON

/// Somebody or something that talks to the people who are called.
public struct Agent: Hashable, Sendable, Codable, Identifiable {
  /// The name of an agent.
  public typealias ID = Identifier<Agent>

  /// What an agent is.
  public enum Kind: String, Hashable, Sendable, Codable {
    /// A person, with a phone.
    case person
    /// A program, with a voice.
    case voice
  }

  /// What an agent does now.
  public enum Status: String, Hashable, Sendable, Codable, CaseIterable {
    /// Ready for a call.
    case available
    /// Not ready, at work.
    case busy
    /// Not there.
    case offline
    /// Pausing.
    case onBreak = "break"

    /// What an available agent becomes who does not come to the telephone: they would be rung at once for the next
    /// person.
    public static let afterAbsence = Self.offline
  }

  /// How a program speaks.
  public struct Voice: Hashable, Sendable, Codable {
    /// The name of the voice.
    public var id: String?
    /// How it behaves.
    public var personality: String?
    /// What it is told before a call.
    public var prompt: String?
    /// Where the media are streamed to.
    public var streamURL: String?

    /// Creates a voice.
    public init(
      id: String? = nil, personality: String? = nil, prompt: String? = nil, streamURL: String? = nil
    ) {
      self.id = id
      self.personality = personality
      self.prompt = prompt
      self.streamURL = streamURL
    }
  }

  /// The name of this agent.
  public var id: ID
  /// The account.
  public var account: Account.ID
  /// What it is.
  public var kind: Kind
  /// What people call it.
  public var name: String
  /// What it is for.
  public var description: String?
  /// The user who signs in as this agent.
  public var user: User.ID?
  /// The number to reach a person on.
  public var phone: PhoneNumber?
  /// The e-mail address.
  public var email: String?
  /// The group it takes calls for.
  public var group: String?
  /// How a program speaks.
  public var voice: Voice
  /// What it does now. ``AgentStore/setStatus(_:of:in:)`` changes it, and ``CallNews/agentAbsent(_:at:)``.
  public var status: Status
  /// Since when it has that status.
  public var statusSince: Timestamp
  /// The most calls it takes at once.
  public var maximumConcurrentCalls: Int
  /// The hours in which it works; a day that is missing is free, an empty table means always.
  public var workingHours: [String: DailyHours]
  /// The time zone of the working hours, as an IANA name; nil for the account's.
  public var timeZone: String?
  /// Whether it takes part at all.
  public var isActive: Bool
  /// Whatever its owner wants to keep with it.
  public var metadata: JSONObject
  /// When it was created.
  public var createdAt: Timestamp
  /// When it was last changed.
  public var updatedAt: Timestamp
  /// How often it was changed; an update states the revision it was made from.
  public var revision: Int

  /// Creates an agent that is offline.
  public init(id: ID, account: Account.ID, kind: Kind, name: String, createdAt: Timestamp) {
    self.id = id
    self.account = account
    self.kind = kind
    self.name = name
    voice = Voice()
    status = .offline
    statusSince = createdAt
    maximumConcurrentCalls = 1
    workingHours = [:]
    isActive = true
    metadata = [:]
    self.createdAt = createdAt
    updatedAt = createdAt
    revision = 0
  }
}

/// What an agent has to do with calls, now and in all.
public struct AgentActivity: Hashable, Sendable, Codable {
  /// The calls it has now; one that a machine has answered is none of them any more.
  public var currentCalls: Int
  /// The calls that were given to it and are over.
  public var calls: Int
  /// How long it talked in all.
  @Milliseconds public var talkTime: Duration
  /// When its last call ended, or started if it is still on.
  public var lastActiveAt: Timestamp?

  /// Creates an activity; without arguments, of an agent that never had a call.
  public init(
    currentCalls: Int = 0, calls: Int = 0, talkTime: Duration = .zero, lastActiveAt: Timestamp? = nil
  ) {
    self.currentCalls = currentCalls
    self.calls = calls
    self.talkTime = talkTime
    self.lastActiveAt = lastActiveAt
  }
}
