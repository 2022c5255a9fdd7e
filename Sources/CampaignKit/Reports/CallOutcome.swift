/// How calls ended, told in five words instead of twelve. Each disposition belongs to exactly one.
public enum CallOutcome: String, Hashable, Sendable, Codable, CaseIterable {
  /// A person answered and was talked to.
  case answered
  /// A machine answered: `machine`, `voicemail` and `screened`.
  case voicemail
  /// Nobody answered.
  case noAnswer
  /// The line was busy.
  case busy
  /// Anything else: `rejected`, `failed`, `cancelled`, `abandoned`, `expired` and `unknown`.
  case failed
}

extension Disposition {
  /// The outcome that it is told as.
  public var outcome: CallOutcome {
    switch self {
    case .answered: .answered
    case .machine, .voicemail, .screened: .voicemail
    case .noAnswer: .noAnswer
    case .busy: .busy
    case .rejected, .failed, .cancelled, .abandoned, .expired, .unknown: .failed
    }
  }
}

/// How many calls ended in one way, and what share of all that is.
public struct OutcomeShare<Outcome: Hashable & Sendable>: Hashable, Sendable {
  /// The way.
  public var outcome: Outcome
  /// How many calls ended so.
  public var count: Int
  /// Their share in per cent; see ``Percentage/shares(of:)``.
  public var percentage: Double

  /// The shares of several ways, in the order given.
  static func shares(of counts: [(Outcome, Int)]) -> [OutcomeShare] {
    zip(counts, Percentage.shares(of: counts.map(\.1))).map { pair, percentage in
      OutcomeShare(outcome: pair.0, count: pair.1, percentage: percentage)
    }
  }
}
