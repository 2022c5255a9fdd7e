/// How the numbers do that an account calls from.
///
/// A number that people see often, or that is marked as unwanted by telephones and networks, is answered less and less.
/// So each is compared with the others of the same country.
public struct CallerNumberReport: Hashable, Sendable {
  /// How a number does.
  public struct Line: Hashable, Sendable {
    /// The number.
    public var number: PhoneNumber
    /// What was counted today.
    public var today: CallerCounts
    /// What was counted in the whole period, today included.
    public var counts: CallerCounts
    /// Whether people answer it far less often than the other numbers of its country, see ``CallerNumberReport``.
    public var isRarelyAnswered: Bool

    /// What to do about it; nil where nothing stands out.
    public var advice: String? {
      guard isRarelyAnswered else { return nil }
      return "People answer this number far less often than the others of its country. Look up how it is shown to "
        + "them, and let it rest or replace it."
    }
  }

  /// How many days the period has, today included.
  public var days: Int
  /// The quarters of an hour that are covered.
  public var period: ReportPeriod
  /// A line for each number that was called from in the period, in the order of the numbers.
  public var lines: [Line]

  /// From how many ended calls on a number is compared with others; they must have as many.
  public static let leastCalls = 50

  init(days: Int, period: ReportPeriod, counts: [CallerNumberCounts], today: [CallerNumberCounts]) {
    self.days = days
    self.period = period
    let today = Dictionary(today.map { ($0.number, $0.counts) }) { first, _ in first }
    var countries: [Int?: CallerCounts] = [:]
    for one in counts { countries[one.number.callingCode, default: CallerCounts()].add(one.counts) }
    lines = counts.map { one in
      let all = countries[one.number.callingCode] ?? one.counts
      let others = CallerCounts(
        calls: all.calls - one.counts.calls, ended: all.ended - one.counts.ended,
        answered: all.answered - one.counts.answered)
      return Line(
        number: one.number, today: today[one.number] ?? CallerCounts(), counts: one.counts,
        isRarelyAnswered: one.counts.isAnsweredFarLess(than: others))
    }
  }
}

extension CallerCounts {
  /// The share of ended calls that a person answered, in per cent.
  public var answerRate: Double { Percentage.of(answered, in: ended) }

  /// Whether the share that was answered is less than half of another, by more than chance gives: by three standard
  /// errors of the difference of two shares.
  fileprivate func isAnsweredFarLess(than other: CallerCounts) -> Bool {
    guard min(ended, other.ended) >= CallerNumberReport.leastCalls else { return false }
    let own = Double(answered) / Double(ended)
    let theirs = Double(other.answered) / Double(other.ended)
    let both = Double(answered + other.answered) / Double(ended + other.ended)
    let variance = both * (1 - both) * (1 / Double(ended) + 1 / Double(other.ended))
    return own < theirs / 2 && (theirs - own) * (theirs - own) > 9 * variance
  }
}
