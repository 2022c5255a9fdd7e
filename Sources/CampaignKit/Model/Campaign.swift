public import JSON

/// A list of people, a telephone line, and the rules about who may be called, when and how often.
public struct Campaign: Hashable, Sendable, Codable, Identifiable {
  /// The name of a campaign.
  public typealias ID = Identifier<Campaign>

  /// The name of this campaign.
  public var id: ID
  /// The account that owns it.
  public var account: Account.ID
  /// What people call it.
  public var name: String
  /// What it is about.
  public var description: String?
  /// Where it is in its life. Only ``CampaignStore/transition(_:on:reason:)`` changes it.
  public var status: Status
  /// The numbers it calls from, ``CallerChoice/mostNumbers`` at most; the first is the main one.
  public var callerNumbers: [PhoneNumber]
  /// From which of them each call is made, and how many a day.
  public var callerChoice: CallerChoice
  /// The name of the caller number in another system.
  public var externalNumberID: String?
  /// Who speaks when somebody answers.
  public var agents: AgentAssignment
  /// What is said, or the name of it.
  public var script: String?
  /// What is to be done with a person who was reached.
  public var nextAction: String?
  /// When it may call, in its own time zone.
  public var schedule: Schedule
  /// Whether, when and how often a lead is tried again.
  public var retries: RetryPolicy
  /// How many calls it has at once, and how fast it starts them.
  public var pacing: Pacing
  /// How long to let it ring.
  @Milliseconds public var ringTime: Duration
  /// The longest that a call can last. A call whose end is never heard of counts as over after this time.
  @Milliseconds public var longestCall: Duration
  /// What to do about answering machines.
  public var machineDetection: MachineDetection
  /// Whether calls are recorded.
  public var recordsCalls: Bool
  /// Whether a person may be called back at an agreed time.
  public var callback: Callback
  /// Whether and where a call may be handed on.
  public var transfer: Transfer
  /// What the law wants to know, and the limits it adds.
  public var compliance: Compliance
  /// Labels.
  public var tags: [String]
  /// Whatever its owner wants to keep with it.
  public var metadata: JSONObject
  /// When it was created.
  public var createdAt: Timestamp
  /// When it was last changed.
  public var updatedAt: Timestamp
  /// When it became active for the first time.
  public var startedAt: Timestamp?
  /// When it was last paused.
  public var pausedAt: Timestamp?
  /// When it was last resumed.
  public var resumedAt: Timestamp?
  /// When it was completed, cancelled or failed.
  public var endedAt: Timestamp?
  /// Why it has the status it has, where somebody said so.
  public var statusReason: String?
  /// How often its settings were changed; an update states the revision it was made from.
  public var revision: Int

  /// Creates a draft.
  public init(id: ID, account: Account.ID, name: String, createdAt: Timestamp) {
    self.id = id
    self.account = account
    self.name = name
    status = .draft
    callerNumbers = []
    callerChoice = CallerChoice()
    agents = AgentAssignment()
    schedule = Schedule()
    retries = RetryPolicy()
    pacing = Pacing()
    ringTime = .seconds(30)
    longestCall = .seconds(4 * 3600)
    machineDetection = MachineDetection()
    recordsCalls = false
    callback = Callback()
    transfer = Transfer()
    compliance = Compliance()
    tags = []
    metadata = [:]
    self.createdAt = createdAt
    updatedAt = createdAt
    revision = 0
  }
}

extension Campaign {
  /// Where a campaign is in its life.
  public enum Status: String, Hashable, Sendable, Codable, CaseIterable {
    /// It is being prepared; nothing is called.
    case draft
    /// It waits for its start date.
    case scheduled
    /// It calls.
    case active
    /// It starts no call, and can be resumed.
    case paused
    /// All its leads are done, or it was ended.
    case completed
    /// It was cancelled.
    case cancelled
    /// It cannot go on.
    case failed
  }

  /// What changes the status of a campaign.
  public enum Trigger: String, Hashable, Sendable, Codable, CaseIterable {
    /// It is to wait for its start date.
    case schedule
    /// It is to call.
    case start
    /// It is to stop calling for a while.
    case pause
    /// It is to go on.
    case resume
    /// It is over before its leads are done.
    case end
    /// It is given up.
    case cancel
    /// It cannot go on.
    case fail
    /// Its last lead is done.
    case complete
  }

  /// Which status follows which.
  public static let statuses = StatusMachine<Status, Trigger>([
    (from: [.draft], trigger: .schedule, to: .scheduled),
    (from: [.draft, .scheduled], trigger: .start, to: .active),
    (from: [.active, .scheduled], trigger: .pause, to: .paused),
    (from: [.paused], trigger: .resume, to: .active),
    (from: [.scheduled, .active, .paused], trigger: .end, to: .completed),
    (from: [.draft, .scheduled, .active, .paused], trigger: .cancel, to: .cancelled),
    (from: [.scheduled, .active, .paused], trigger: .fail, to: .failed),
    (from: [.active, .paused], trigger: .complete, to: .completed),
  ])
}
