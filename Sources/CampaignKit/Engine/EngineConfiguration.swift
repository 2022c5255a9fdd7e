/// How an engine works.
///
/// An engine takes what is below its least useful value for that value: a claim of one call, a second for
/// ``placeWithin`` and ``lease``, a millisecond for ``tick`` and ``retryAfterFailure``.
public struct EngineConfiguration: Sendable {
  /// The name of this process among those that share the store; random unless told otherwise, and never the same for
  /// two processes.
  public var owner = "engine-\(UInt64.random(in: .min ... .max))"
  /// The clock; the system's unless told otherwise.
  public var clock: any EngineClock = .system
  /// How calls are shared out; ``FairSharing`` unless told otherwise.
  public var policy: any ConcurrencyPolicy = .fair
  /// The legal hours; ``RulePack/standard`` unless told otherwise.
  public var rules = RulePack.standard
  /// Whether the legal hours are kept, whatever campaigns and single calls say, also those that were made before; nil,
  /// as it is unless told otherwise, where each of them says it for itself.
  public var keepsLegalHours: Bool?
  /// How often the engine looks by itself, in case that nothing told it of a change; 10 seconds unless told otherwise.
  ///
  /// It acts on what it hears at once; this bounds only how late it notices what another process did.
  public var tick = Duration.seconds(10)
  /// How long a campaign stays with a process that has died; 30 seconds unless told otherwise.
  public var lease = Duration.seconds(30)
  /// The most calls in one claim; 256 unless told otherwise.
  public var claimSize = 256
  /// How long a call may wait to be placed once it was claimed; 30 seconds unless told otherwise.
  public var placeWithin = Duration.seconds(30)
  /// How long the end of a call waits for news that should have come before it; 1 second unless told otherwise.
  public var settling = Duration.seconds(1)
  /// How long a person who answered waits for an agent before the call is abandoned; 2 seconds unless told otherwise.
  public var agentWait = Duration.seconds(2)
  /// How long a call that was answered, and that an agent is to take, waits to be told whether a machine answered, where
  /// the carrier listens for one; then it counts as not known. 10 seconds unless told otherwise.
  public var detectionWait = Duration.seconds(10)
  /// How long nothing may be heard of a call, beside its ring time, before the carrier is asked; 5 minutes unless told
  /// otherwise.
  public var silence = Duration.seconds(300)
  /// How long to wait after a failure of the store or the carrier before the next try; it doubles each time, up to a
  /// minute. 1 second unless told otherwise.
  public var retryAfterFailure = Duration.seconds(1)

  /// When a campaign may call in a locality, by the legal hours that this engine keeps.
  func hours(
    of campaign: Campaign, in account: Account, at locality: Locality
  ) throws(ScheduleProblem) -> CallingHours {
    var campaign = campaign
    if let keepsLegalHours { campaign.compliance.keepsLegalHours = keepsLegalHours }
    return try CallingHours(campaign, in: account, at: locality, rules: rules)
  }

  /// The same, with times and sizes with which an engine can work: at least a call in a claim, a second to place it and
  /// to hold a campaign, and a millisecond for what is waited for.
  var workable: EngineConfiguration {
    var workable = self
    workable.claimSize = max(1, claimSize)
    workable.placeWithin = max(.seconds(1), placeWithin)
    workable.lease = max(.seconds(1), lease)
    workable.tick = max(.milliseconds(1), tick)
    workable.retryAfterFailure = max(.milliseconds(1), retryAfterFailure)
    return workable
  }

  /// Creates a configuration with the defaults.
  public init() {}
}
