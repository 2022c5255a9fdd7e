/// The calls that are live now, and how much of the limits they use.
public struct ActiveCallsReport: Sendable {
  /// The limits, and how much of them is used.
  public var slots: SlotUsage
  /// Live calls of the account, the newest first; as many as were asked for at most.
  public var calls: [Call]
  /// When this was so.
  public var at: Timestamp

  /// Creates a report.
  public init(slots: SlotUsage, calls: [Call], at now: Timestamp) {
    self.slots = slots
    self.calls = calls
    at = now
  }

  /// For how long a call has been going on since it was created; never below zero.
  public func duration(of call: Call) -> Duration { max((call.endedAt ?? at) - call.createdAt, .zero) }
}

/// How much of the limits is used, and how fast calls are made.
public struct UtilizationReport: Sendable {
  /// How far back the rate of calls looks.
  public static let window = Duration.seconds(300)

  /// The limits, and how much of them is used.
  public var slots: SlotUsage
  /// How many campaigns the account has in each status; a status without one is absent.
  public var campaigns: [Campaign.Status: Int]
  /// How many of the account's calls were created in the last ``window``.
  public var recentCalls: Int

  /// Creates a report.
  public init(slots: SlotUsage, campaigns: [Campaign.Status: Int], recentCalls: Int) {
    self.slots = slots
    self.campaigns = campaigns
    self.recentCalls = recentCalls
  }

  /// How many calls were created by the minute of the last ``window``.
  public var callsPerMinute: Double { Double(recentCalls) / (Self.window / .seconds(60)) }

  /// What follows from how much of the limits is used.
  public var recommendations: [Recommendation] { Recommendation.of(slots) }
}
