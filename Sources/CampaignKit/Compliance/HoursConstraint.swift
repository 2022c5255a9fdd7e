/// One of the rules that calling hours are the intersection of.
enum HoursConstraint: OpenTime, Hashable {
  /// Closed before a moment.
  case start(Timestamp)
  /// Closed from a moment on.
  case end(Timestamp)
  /// Closed from the moment on at which the copy of a do-not-call registry is too old.
  case list(registry: String, until: Timestamp, citation: String?)
  /// The hours of a campaign.
  case campaign(LocalHours, days: Set<Weekday>)
  /// Closed for ever, since a zone is not known.
  case unknownZone
  /// Hours that hold while a rule is in force; outside of that, it lets everything pass.
  case legal(LocalHours, inForce: Range<Timestamp>, rule: String, citation: String)

  func opening(from moment: Timestamp) -> Timestamp? {
    switch self {
    case .start(let start): return max(start, moment)
    case .end(let end), .list(_, let end, _): return moment < end ? moment : nil
    case .campaign(let hours, _): return hours.opening(from: moment)
    case .unknownZone: return nil
    case .legal(let hours, let inForce, _, _):
      guard inForce.contains(moment) else { return moment }
      let opening = min(hours.opening(from: moment) ?? .distantFuture, inForce.upperBound)
      return opening < .distantFuture ? opening : nil
    }
  }

  func closing(from moment: Timestamp) -> Timestamp? {
    switch self {
    case .start(let start): return moment < start ? moment : nil
    case .end(let end), .list(_, let end, _): return max(end, moment)
    case .campaign(let hours, _): return hours.closing(from: moment)
    case .unknownZone: return moment
    case .legal(let hours, let inForce, _, _):
      guard moment < inForce.upperBound, let closing = hours.closing(from: max(moment, inForce.lowerBound)) else {
        return nil
      }
      return closing < inForce.upperBound ? closing : nil
    }
  }

  /// What holds back at a moment at which it is closed.
  func rule(at moment: Timestamp) -> String {
    switch self {
    case .start: return DialingRule.campaignStart
    case .end: return DialingRule.campaignEnd
    case .list(let registry, _, _): return DialingRule.listAge(registry)
    case .campaign(let hours, let days):
      let date = hours.clock.date(at: moment)
      if hours.hours.exceptions[date] != nil { return DialingRule.excludedDate }
      return days.contains(date.weekday) ? DialingRule.campaignHours : DialingRule.campaignDays
    case .unknownZone: return DialingRule.unknownZone
    case .legal(_, _, let rule, _): return rule
    }
  }

  /// Where the rule is written.
  var citation: String? {
    switch self {
    case .legal(_, _, _, let citation): citation
    case .list(_, _, let citation): citation
    case .start, .end, .campaign, .unknownZone: nil
    }
  }

  /// The last moment that it names.
  var lastDate: Timestamp {
    switch self {
    case .start(let moment), .end(let moment), .list(_, let moment, _): return moment
    case .campaign(let hours, _): return hours.lastException
    case .unknownZone: return .distantPast
    case .legal(let hours, let inForce, _, _):
      let bounds = [inForce.lowerBound, inForce.upperBound].filter { $0 < .distantFuture }
      return max(hours.lastException, bounds.max() ?? .distantPast)
    }
  }
}

/// The legal hours that hold in a place, as constraints.
struct LegalHours {
  /// How often the law lets people be called, while a rule is in force.
  struct Limit: Hashable {
    var limit: RollingLimit
    var inForce: Range<Timestamp>
  }

  var constraints: [HoursConstraint] = []
  var limits: [Limit] = []
  /// The rules, in the order in which they are asked: those of no place, of the country, of the state; then by name.
  var ruleNames: [String] = []

  /// Finds the rules.
  ///
  /// A rule that names no place fills the times at which none that does is in force.
  init(_ pack: RulePack, for compliance: Compliance, in jurisdiction: String?, clocks: [ZoneClock?]) {
    guard compliance.keepsLegalHours else { return }
    for rule in pack.rules where rule.purposes.contains(compliance.purpose) && rule.covers(jurisdiction) {
      let inForce = rule.inForce(onAnyOf: clocks)
      limits += rule.limits.map { Limit(limit: $0, inForce: inForce) }
    }
    let rules = pack.rules.filter { $0.hours != nil && $0.purposes.contains(compliance.purpose) }
    let local = rules.filter { $0.covers(jurisdiction) }
      .sorted { ($0.jurisdiction?.count ?? 0, $0.id) < ($1.jurisdiction?.count ?? 0, $1.id) }
    let general = rules.filter { $0.jurisdiction == nil }
    guard !local.isEmpty || !general.isEmpty else { return }
    guard !clocks.contains(nil) else {
      constraints = [.unknownZone]
      return
    }
    for rule in general {
      for case let clock? in clocks {
        for gap in Self.gaps(between: local.map { $0.inForce(on: clock) }) {
          add(rule, clock, inForce: gap.clamped(to: rule.inForce(on: clock)))
        }
      }
    }
    for rule in local {
      for case let clock? in clocks { add(rule, clock, inForce: rule.inForce(on: clock)) }
    }
  }

  private mutating func add(_ rule: RulePack.Rule, _ clock: ZoneClock, inForce: Range<Timestamp>) {
    guard let hours = rule.hours, !inForce.isEmpty else { return }
    constraints.append(
      .legal(LocalHours(hours, clock: clock), inForce: inForce, rule: rule.id, citation: rule.citation))
    if !ruleNames.contains(rule.id) { ruleNames.append(rule.id) }
  }

  /// The times that none of these ranges covers.
  private static func gaps(between ranges: [Range<Timestamp>]) -> [Range<Timestamp>] {
    var gaps: [Range<Timestamp>] = []
    var start = Range<Timestamp>.allTime.lowerBound
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) where !range.isEmpty {
      if start < range.lowerBound { gaps.append(start..<range.lowerBound) }
      start = max(start, range.upperBound)
    }
    if start < Range<Timestamp>.allTime.upperBound { gaps.append(start..<Range<Timestamp>.allTime.upperBound) }
    return gaps
  }
}

extension RulePack.Rule {
  /// When it may be in force for somebody who sees one of these clocks; always if one of them is not known.
  fileprivate func inForce(onAnyOf clocks: [ZoneClock?]) -> Range<Timestamp> {
    guard !clocks.contains(nil) else { return .allTime }
    let ranges = clocks.compactMap { $0.map(inForce(on:)) }.filter { !$0.isEmpty }
    guard let from = ranges.map(\.lowerBound).min(), let until = ranges.map(\.upperBound).max() else {
      return .distantPast ..< .distantPast
    }
    return from..<until
  }

  /// When it is in force where a clock is on the wall; empty if it ends before it begins.
  fileprivate func inForce(on clock: ZoneClock) -> Range<Timestamp> {
    let from = effectiveFrom.map { clock.start(of: $0) } ?? Range<Timestamp>.allTime.lowerBound
    let until = effectiveUntil.map { clock.end(of: $0) } ?? Range<Timestamp>.allTime.upperBound
    return from..<max(from, until)
  }
}

extension Range<Timestamp> {
  /// Everything that can be told.
  fileprivate static let allTime = Timestamp(milliseconds: -62_167_219_200_000)..<Timestamp.distantFuture
}
