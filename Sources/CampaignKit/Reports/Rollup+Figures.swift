// What follows from what was counted. No figure is made up: where nothing was counted, it is zero.
extension Rollup {
  /// How many calls ended so.
  public func count(of outcome: CallOutcome) -> Int {
    var count = 0
    for disposition in Disposition.allCases where disposition.outcome == outcome { count += self[disposition] }
    return count
  }

  /// Calls that are not over.
  public var liveCalls: Int { max(0, created - endedCalls) }

  /// Ended calls whose person, or the machine that takes their messages, heard what was to be said.
  ///
  /// It is the same distinction by which a lead completes; see ``Disposition/reachesPerson``.
  public var reached: Int {
    var count = 0
    for disposition in Disposition.allCases where disposition.reachesPerson { count += self[disposition] }
    return count
  }

  /// Ended calls that reached nobody; with ``reached`` they are all that ended.
  public var failed: Int { endedCalls - reached }

  /// Ended calls that a person answered and was talked to in.
  public var answeredByPerson: Int { self[.answered] }

  /// Ended calls of which the carrier, or its silence, is at fault: `failed`, `expired` and `unknown`.
  public var faults: Int { self[.failed] + self[.expired] + self[.unknown] }

  /// The share of ended calls that reached somebody, in per cent.
  public var successRate: Double { Percentage.of(reached, in: endedCalls) }

  /// The share of ended calls that a person answered, in per cent.
  public var conversionRate: Double { Percentage.of(answeredByPerson, in: endedCalls) }

  /// The share of ended calls that reached nobody, in per cent.
  public var failureRate: Double { Percentage.of(failed, in: endedCalls) }

  /// The share of ended calls of which the carrier is at fault, in per cent.
  public var errorRate: Double { Percentage.of(faults, in: endedCalls) }

  /// How long a call lasted on average, over those of which the carrier said it.
  public var averageDuration: Duration { withDuration > 0 ? duration / withDuration : .zero }

  /// How long was talked on average, over the calls that anybody or anything answered.
  public var averageTalkTime: Duration { answeredAtAll > 0 ? talkTime / answeredAtAll : .zero }

  /// How long it took on average from placing to answer, over the calls that anybody or anything answered. It is not
  /// below zero, though a carrier may tell of an answer that is older than its own answer to the order.
  public var averageWaitTime: Duration { answeredAtAll > 0 ? max(.zero, waitTime / answeredAtAll) : .zero }

  /// What the ended calls cost, in the carrier's currency.
  public var cost: Double { Double(costMicros) / 1_000_000 }

  /// The five outcomes with their shares, in the order of ``CallOutcome``.
  public var outcomes: [OutcomeShare<CallOutcome>] {
    OutcomeShare.shares(of: CallOutcome.allCases.map { ($0, count(of: $0)) })
  }

  /// The dispositions that occurred with their shares, the most frequent first.
  public var dispositions: [OutcomeShare<Disposition>] { shares { _ in true } }

  /// Why calls reached nobody: the dispositions that occurred with their shares, the most frequent first.
  public var failureReasons: [OutcomeShare<Disposition>] { shares { !$0.reachesPerson } }

  private func shares(where isWanted: (Disposition) -> Bool) -> [OutcomeShare<Disposition>] {
    let counts = Disposition.allCases.filter { isWanted($0) && self[$0] > 0 }.map { ($0, self[$0]) }
    return OutcomeShare.shares(of: counts.sorted { ($1.1, $0.0.index) < ($0.1, $1.0.index) })
  }

  /// The sum of several.
  static func sum(_ rollups: some Sequence<Rollup>) -> Rollup {
    var sum = Rollup()
    for rollup in rollups { sum.add(rollup) }
    return sum
  }
}
