/// Whether leads of one campaign in one locality may be called at a moment, as far as time alone decides.
public enum CallingStanding: Hashable, Sendable {
  /// They may, until this moment; ``Timestamp/distantFuture`` where nothing closes it.
  case open(until: Timestamp)
  /// They may not: the first rule that holds them back, where it is written, and the next moment at which every rule
  /// lets them pass; nil if there is none.
  case closed(rule: String, citation: String?, opensAt: Timestamp?)
}

/// When leads of one campaign in one locality may be called.
///
/// It is the intersection of the campaign's start, end, days, hours and excluded dates, in the campaign's zone, with the
/// time for which the do-not-call lists that it requires are recent enough, and with the legal hours of every rule that covers the locality, in every zone in which the person could be. It is made once for a
/// campaign and a locality, and made again when one of them changes.
public struct CallingHours: OpenTime, Hashable {
  private let constraints: [HoursConstraint]
  private let legalLimits: [LegalHours.Limit]
  /// The last moment that any of them names.
  private let lastDate: Timestamp
  /// The names of the legal rules that it keeps, in the order in which they are asked.
  public let legalRules: [String]
  /// The name of a decision to dial: the legal rules with the edition of their pack, such as
  /// `us.hours+us.fl@2026-11-21`; `campaign.hours` where none applies.
  public let passingRule: String

  /// Works out when a campaign may call in a locality.
  ///
  /// - Parameters:
  ///   - campaign: The campaign.
  ///   - account: Its account, for what the campaign leaves open.
  ///   - locality: Where the people are.
  ///   - rules: The legal hours. They are not kept if the campaign's ``Compliance/keepsLegalHours`` is false.
  /// - Throws: ``ScheduleProblem/unknownZone(_:field:)`` if campaign or account name a zone that does not exist. A zone
  ///   of the locality that does not exist is one that is not known.
  public init(
    _ campaign: Campaign, in account: Account, at locality: Locality, rules: RulePack = .standard
  ) throws(ScheduleProblem) {
    let hours = try campaign.hours(in: account)
    var constraints: [HoursConstraint] = []
    if let start = campaign.schedule.start?.start(on: hours.clock) { constraints.append(.start(start)) }
    if let end = campaign.schedule.end?.end(on: hours.clock) { constraints.append(.end(end)) }
    for list in campaign.compliance.requiredLists {
      let until = account.copiedLists[list.registry].map { $0 + list.maximumAge } ?? .distantPast
      constraints.append(.list(registry: list.registry, until: until, citation: list.citation))
    }
    constraints.append(.campaign(hours, days: campaign.schedule.days))
    let substitute = campaign.compliance.unknownZone == .useCampaignZone ? hours.clock : nil
    let legal = LegalHours(
      rules, for: campaign.compliance, in: locality.jurisdiction, clocks: Self.clocks(of: locality, or: substitute))
    self.init(constraints, legal, rules)
  }

  /// Works out when the law lets people in a locality be called, for calls that belong to no campaign.
  ///
  /// A zone that is not known is never open, where there are rules.
  ///
  /// - Parameters:
  ///   - purpose: What the calls are for.
  ///   - locality: Where the people are.
  ///   - rules: The legal hours.
  public init(for purpose: Compliance.Purpose, at locality: Locality, rules: RulePack = .standard) {
    let legal = LegalHours(
      rules, for: Compliance(purpose: purpose), in: locality.jurisdiction, clocks: Self.clocks(of: locality, or: nil))
    self.init([], legal, rules)
  }

  private init(_ own: [HoursConstraint], _ legal: LegalHours, _ rules: RulePack) {
    legalRules = legal.ruleNames
    passingRule =
      legal.ruleNames.isEmpty
      ? DialingRule.campaignHours : "\(legal.ruleNames.joined(separator: "+"))@\(rules.version)"
    constraints = own + legal.constraints
    legalLimits = legal.limits
    lastDate = constraints.map(\.lastDate).max() ?? .distantPast
  }

  /// The clocks that a person could see, with a substitute for those that are not known; nil among them if there is
  /// none.
  private static func clocks(of locality: Locality, or substitute: ZoneClock?) -> [ZoneClock?] {
    var clocks: [ZoneClock?] = []
    for name in locality.timeZones.isEmpty ? [nil] : locality.timeZones.map(Optional.some) {
      let clock = name.flatMap { ZoneClock($0) } ?? substitute
      if !clocks.contains(clock) { clocks.append(clock) }
    }
    return clocks
  }

  /// Where the last of the legal rules is written, which is the one of the narrowest place.
  public var citation: String? { constraints.last?.citation }

  /// How often the law lets people in the locality be called at a moment, beside what the campaign states.
  public func limits(at moment: Timestamp) -> [RollingLimit] {
    legalLimits.filter { $0.inForce.contains(moment) }.map(\.limit)
  }

  /// Whether leads may be called at a moment, and until when, or why not and when again.
  public func standing(at moment: Timestamp) -> CallingStanding {
    guard let first = constraints.first(where: { !$0.isOpen(at: moment) }) else {
      return .open(until: closing(from: moment) ?? .distantFuture)
    }
    return .closed(rule: first.rule(at: moment), citation: first.citation, opensAt: opening(from: moment))
  }

  /// The first moment, not before this one, at which leads may be called; nil when there is none.
  ///
  /// Rules that never agree are given up on two years after the last date that any of them names.
  public func opening(from moment: Timestamp) -> Timestamp? {
    var candidate = moment
    let horizon = max(moment, lastDate) + .seconds(800 * 86_400)
    while candidate <= horizon {
      let before = candidate
      for constraint in constraints {
        guard let opening = constraint.opening(from: candidate) else { return nil }
        candidate = opening
      }
      if candidate == before { return candidate }
    }
    return nil
  }

  /// The first moment, not before this one, at which leads may not be called; nil when there is none.
  public func closing(from moment: Timestamp) -> Timestamp? {
    constraints.lazy.compactMap { $0.closing(from: moment) }.min()
  }
}
