/// A piece of advice that follows from a figure by a rule.
public struct Recommendation: Hashable, Sendable {
  /// How soon to act.
  public enum Priority: String, Hashable, Sendable, Codable, CaseIterable {
    /// Calls are lost, or a law may be broken.
    case high
    /// Something can be done better.
    case medium
    /// Good to know.
    case low
  }

  /// The rules, each with the figure it looks at and the threshold from which on it speaks. All are in per cent.
  public enum Rule: String, Hashable, Sendable, Codable, CaseIterable {
    /// The share of `failed` among ended calls.
    case carrierFailures
    /// The share of `expired` and `unknown` among ended calls.
    case lostOutcomes
    /// The share of `abandoned` among the calls that a person answered.
    case abandonedCalls
    /// The share of `rejected` among ended calls.
    case rejections
    /// By how many points the share of calls that reached nobody is above that of the period before.
    case risingFailures
    /// The share of `noAnswer` among ended calls.
    case noAnswers
    /// The share of `busy` among ended calls.
    case busyLines
    /// The share of calls among the ended that a machine took without a message.
    case machines
    /// The utilisation of the account's limit.
    case accountLimit
    /// The utilisation of the system's limit.
    case systemLimit

    /// From which figure on the rule speaks.
    public var threshold: Double {
      switch self {
      case .carrierFailures, .risingFailures: 10
      case .lostOutcomes: 2
      case .abandonedCalls: 3
      case .rejections, .busyLines: 15
      case .noAnswers, .machines: 40
      case .accountLimit, .systemLimit: LoadLevel.warningThreshold
      }
    }
  }

  /// The rule that speaks.
  public var rule: Rule
  /// The figure that made it speak.
  public var figure: Double
  /// How soon to act.
  public var priority: Priority
  /// What to do.
  public var advice: String

  /// From how many ended calls on something is concluded from their outcomes.
  public static let leastCalls = 20

  private init?(_ rule: Rule, _ figure: Double, _ priority: Priority, _ advice: @autoclosure () -> String) {
    guard figure >= rule.threshold else { return nil }
    self.rule = rule
    self.figure = figure
    self.priority = priority
    self.advice = advice()
  }

  /// What follows from the outcomes of calls, in the order of the rules.
  ///
  /// - Parameters:
  ///   - calls: The calls.
  ///   - previous: Those of the period before.
  /// - Returns: What the rules say; nothing where there are too few calls.
  public static func of(_ calls: CallSeries, previous: Rollup?) -> [Recommendation] {
    let total = calls.total
    guard total.endedCalls >= leastCalls else { return [] }
    func share(_ counts: Int...) -> Double { Percentage.of(counts.reduce(0, +), in: total.endedCalls) }
    let abandoned = total[.abandoned]
    var found = [
      Recommendation(
        .carrierFailures, share(total[.failed]), .high,
        "Check the numbers of the leads and the messages of the carrier: calls could not be made."),
      Recommendation(
        .lostOutcomes, share(total[.expired], total[.unknown]), .high,
        "Check that the carrier's events arrive: of some calls the end was never heard."),
      Recommendation(
        .abandonedCalls, Percentage.of(abandoned, in: abandoned + total.answeredByPerson), .high,
        "Have more agents ready or call slower: people answered, and nobody was there to talk to them."),
      Recommendation(
        .rejections, share(total[.rejected]), .high,
        "Check how the caller number is shown to people, and use another: calls are declined."),
    ]
    if let previous, previous.endedCalls >= leastCalls {
      let rise = ((total.failureRate - previous.failureRate) * 100).rounded() / 100
      found.append(
        Recommendation(.risingFailures, rise, .medium, "Look for what has changed: more calls fail than before."))
    }
    found += [
      Recommendation(.noAnswers, share(total[.noAnswer]), .medium, Self.adviceOnHours(calls)),
      Recommendation(
        .busyLines, share(total[.busy]), .low, "Wait longer before the next attempt: lines are busy."),
      Recommendation(
        .machines, share(total[.machine], total[.screened]), .low,
        "Leave a message, or call at other hours: machines answer."),
    ]
    return found.compactMap(\.self)
  }

  private static func adviceOnHours(_ calls: CallSeries) -> String {
    let rates = calls.hours.enumerated().filter { $0.element.endedCalls >= leastCalls }
    guard let best = rates.max(by: { ($0.element.successRate, $1.offset) < ($1.element.successRate, $0.offset) }),
      best.element.successRate > calls.total.successRate
    else { return "Call at other hours: nobody answers." }
    return "Call at other hours: of the calls from \(best.offset):00 to \(best.offset + 1):00, "
      + "\(best.element.successRate) % reached somebody."
  }

  /// What follows from how much of the limits is used.
  public static func of(_ slots: SlotUsage) -> [Recommendation] {
    func priority(_ utilization: Utilization) -> Priority { utilization.level == .critical ? .high : .medium }
    return [
      Recommendation(
        .accountLimit, slots.account.percentage, priority(slots.account),
        "Raise the account's limit on concurrent calls, or run fewer campaigns at once."),
      Recommendation(
        .systemLimit, slots.system.percentage, priority(slots.system),
        "Raise the system's limit on concurrent calls: accounts wait for each other."),
    ].compactMap(\.self)
  }
}
