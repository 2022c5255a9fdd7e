import CampaignKit

/// What is known from the carrier's side and from what was ordered by people; nothing of it comes from the store.
struct Books: Sendable {
  /// Something that people change.
  enum Setting: Hashable, Sendable {
    case systemLimit
    case accountLimit(Int)
    case campaignLimit(Int)
    /// 1 while the campaign may call.
    case mayCall(Int)
    /// 1 while the number is not to be called, by an account or by all.
    case suppressed(account: Int?, UInt64)
    /// 1 while the agent is there.
    case isAvailable(Agent.ID)
  }

  /// A person in a campaign.
  struct LeadKey: Hashable, Sendable {
    var campaign: Int
    var person: Int
  }

  /// An order that was handed to the carrier.
  struct Ordered: Sendable {
    /// What has become of it in truth.
    enum Fate: Hashable, Sendable {
      /// It is on its way, or there is a call.
      case live
      /// There was a call.
      case over(at: Duration)
      /// There was none, and there will be none.
      case void
    }

    var order: CallOrder
    var lead: LeadKey?
    var account: Int
    var attempt: Int?
    var at: Duration
    var wall: Timestamp
    var fate = Fate.live
    var agent: Agent.ID?
    /// Whether a process was told that a machine answered, and so wants no agent for it.
    var isMachine = false
    /// When a callback was agreed, if there was one.
    var callback: Timestamp??
    /// When it counts as over if its end is never heard of.
    var expiresAt: Timestamp
  }

  /// A person who asked a process not to be called again.
  struct OptOut: Hashable, Sendable {
    var account: Int
    var number: UInt64
    var process: Int
    var at: Duration
  }

  let plan: SimulationPlan
  var settings: [Setting: Timeline] = [:]
  var orders: [Call.ID: Ordered] = [:]
  /// The orders in turn.
  var sequence: [Call.ID] = []
  var leads: Set<LeadKey> = []
  /// The calls of whose end a process was told that the store has it.
  var acknowledged: Set<Call.ID> = []
  /// When somebody last asked for a lead to be called at another time.
  var rescheduled: [LeadKey: Duration] = [:]
  var optOuts: Set<OptOut> = []
  /// Who holds which campaign, as far as they were told.
  var leases: [Campaign.ID: (process: Int, since: Timestamp, until: Timestamp)] = [:]
  /// By how much the clock on the wall was ahead, since when.
  var offsets: [(since: Duration, offset: Duration)] = [(.zero, .zero)]
  var hours = OwnHours()
  var failure: SimulationFailure?
  private(set) var campaigns: [Campaign.ID: Int] = [:]
  private(set) var accounts: [Account.ID: Int] = [:]

  static let defaultAccountLimit = 3
  static let longestSingleCall = Duration.seconds(600)

  init(_ plan: SimulationPlan) {
    self.plan = plan
    settings[.systemLimit] = Timeline(plan.systemLimit)
    for (index, entry) in plan.accounts.enumerated() {
      accounts[entry.account.id] = index
      settings[.accountLimit(index)] = Timeline(entry.account.concurrencyLimit ?? Self.defaultAccountLimit)
      for agent in entry.agents { settings[.isAvailable(agent.id)] = Timeline(agent.status == .available ? 1 : 0) }
    }
    for (index, entry) in plan.campaigns.enumerated() {
      campaigns[entry.campaign.id] = index
      settings[.campaignLimit(index)] = Timeline(entry.campaign.pacing.maximumConcurrentCalls ?? .max)
      settings[.mayCall(index)] = Timeline(0)
      for lead in entry.leads { leads.insert(LeadKey(campaign: index, person: lead.person)) }
    }
  }

  // MARK: Settings

  /// For how long what was looked at may be old when an order is handed over.
  var slack: Duration { plan.slowestOperation * 3 + .milliseconds(2) }

  /// The same for what is looked at once more just before.
  var lastSlack: Duration { plan.slowestOperation + .milliseconds(2) }

  func possible(_ setting: Setting, at moment: Duration) -> [Int] {
    settings[setting, default: Timeline(0)].possible(from: moment - slack, until: moment)
  }

  /// The times that the clock on the wall, or that of a process, showed within the slack.
  func walls(at moment: Duration) -> [Timestamp] {
    let shown = offsets.indices.filter { index in
      let end = index + 1 < offsets.count ? offsets[index + 1].since : moment
      return offsets[index].since <= moment && end >= moment - slack
    }.map { plan.start + moment + offsets[$0].offset }
    return Set([.zero] + plan.clocks).sorted().flatMap { ahead in shown.map { $0 + ahead } }
  }

  /// The earliest time that the clock on the wall showed between two moments.
  func earliestWall(from: Duration, until: Duration) -> Timestamp {
    var earliest = Timestamp.distantFuture
    for (index, entry) in offsets.enumerated() {
      let end = index + 1 < offsets.count ? offsets[index + 1].since : until
      guard entry.since <= until, end >= from else { continue }
      earliest = min(earliest, plan.start + max(entry.since, from) + entry.offset)
    }
    return earliest
  }

  /// How often the clock jumped since a moment.
  func jumps(since moment: Duration) -> Int { offsets.dropFirst().count { $0.since >= moment } }

  // MARK: Judging

  mutating func fail(_ promise: String, _ message: String, at moment: Duration) {
    if failure == nil { failure = SimulationFailure(promise: promise, message: message, seed: plan.seed, at: moment) }
  }

  /// Whether an order still counts as a call: until the longest possible call has passed.
  func isLive(_ ordered: Ordered, at wall: Timestamp) -> Bool { ordered.fate == .live && wall < ordered.expiresAt }
}
