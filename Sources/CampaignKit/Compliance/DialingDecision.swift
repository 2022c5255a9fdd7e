/// What a store knows about a lead that decides whether it may be called.
public struct DialingFacts: Hashable, Sendable {
  /// The do-not-call entry that holds for its number now.
  public var suppression: Suppression?
  /// Whether there is a call to its number now.
  public var isNumberBusy: Bool
  /// The rolling limits that hold it back now, in the campaign's order.
  public var limits: [HeldLimit]

  /// A rolling limit that holds a lead back.
  public struct HeldLimit: Hashable, Sendable {
    /// The limit.
    public var limit: RollingLimit
    /// When it lets the lead pass.
    public var until: Timestamp

    /// Creates a description.
    public init(_ limit: RollingLimit, until: Timestamp) {
      self.limit = limit
      self.until = until
    }
  }

  /// Creates facts; without arguments, of a lead that nothing holds back.
  public init(suppression: Suppression? = nil, isNumberBusy: Bool = false, limits: [HeldLimit] = []) {
    self.suppression = suppression
    self.isNumberBusy = isNumberBusy
    self.limits = limits
  }
}

extension DecisionRecord {
  /// Decides whether a lead may be called now.
  ///
  /// The first of these that holds it back is told: the lead does not wait, the number is on a do-not-call list, the
  /// attempts are used up, the campaign is not active, the next attempt or the callback is not due, the campaign's
  /// start and end, the age of the do-not-call lists that it requires, its dates, days and hours, a zone that is not known, the legal hours, a call to the number that is on now,
  /// the rolling limits in their order. What is final comes first, so that nobody waits for it.
  ///
  /// The moment at which it could pass is one at which everything that is known now lets it pass; nil where that never
  /// comes by itself, as with a campaign that is paused.
  ///
  /// - Parameters:
  ///   - lead: The lead.
  ///   - campaign: Its campaign.
  ///   - facts: What the store knows.
  ///   - hours: The calling hours of the campaign in the lead's locality.
  ///   - now: The time.
  /// - Returns: That it is dialled, or the first rule that holds it back.
  public static func decide(
    _ lead: Lead, of campaign: Campaign, facts: DialingFacts, hours: CallingHours, at now: Timestamp
  ) -> DecisionRecord {
    func never(_ rule: String, _ citation: String? = nil) -> DecisionRecord {
      DecisionRecord(isDialled: false, rule: rule, citation: citation, decidedAt: now)
    }
    guard lead.status == .waiting else { return never(DialingRule.lead(lead.status)) }
    if let suppression = facts.suppression { return never(DialingRule.doNotCall, suppression.source) }
    guard lead.attempts < campaign.retries.maximumAttempts else { return never(DialingRule.attempts) }
    guard campaign.status == .active else { return never(DialingRule.campaign(campaign.status)) }

    let due = max(lead.nextAttemptAt ?? now, now)
    let isBusyUntil = facts.isNumberBusy ? now + numberBusyDelay : now
    let passes = hours.opening(from: max(due, isBusyUntil, facts.limits.map(\.until).max() ?? now))
    func held(_ rule: String, _ citation: String? = nil) -> DecisionRecord {
      DecisionRecord(isDialled: false, rule: rule, citation: citation, decidedAt: now, retryAt: passes)
    }
    if due > now { return held(lead.isCallback ? DialingRule.callback : DialingRule.retryDelay) }
    if case .closed(let rule, let citation, _) = hours.standing(at: now) { return held(rule, citation) }
    if facts.isNumberBusy { return held(DialingRule.numberBusy) }
    if let held = facts.limits.first(where: { $0.until > now }) {
      return DecisionRecord(
        isDialled: false, rule: held.limit.name, citation: held.limit.citation, decidedAt: now, retryAt: passes)
    }
    return DecisionRecord(
      isDialled: true, rule: hours.passingRule, citation: hours.citation, decidedAt: now)
  }

  /// When a lead whose number has a call is looked at again.
  static let numberBusyDelay = Duration.seconds(60)
}
