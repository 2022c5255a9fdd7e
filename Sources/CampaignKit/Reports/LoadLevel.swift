/// How well a limit on calls holds what is asked of it.
public enum LoadLevel: String, Hashable, Comparable, Sendable, Codable, CaseIterable {
  /// Less than 70 per cent are used.
  case healthy
  /// From 70 per cent on.
  case warning
  /// From 90 per cent on, or the store takes no writes.
  case critical

  /// From how many per cent on there is a warning.
  public static let warningThreshold = 70.0
  /// From how many per cent on it is critical.
  public static let criticalThreshold = 90.0

  /// The level of a utilisation, in per cent.
  public init(percentage: Double, storeTakesWrites: Bool = true) {
    if !storeTakesWrites || percentage >= Self.criticalThreshold {
      self = .critical
    } else {
      self = percentage >= Self.warningThreshold ? .warning : .healthy
    }
  }

  /// Whether `left` is better.
  public static func < (left: LoadLevel, right: LoadLevel) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .healthy: 0
    case .warning: 1
    case .critical: 2
    }
  }
}

/// How much of a limit on calls is used.
public struct Utilization: Hashable, Sendable {
  /// Calls, and slots reserved.
  public var active: Int
  /// The limit.
  public var limit: Int

  /// Creates a description.
  public init(active: Int, limit: Int) {
    self.active = active
    self.limit = limit
  }

  /// How many calls the limit leaves; never below zero.
  public var available: Int { max(0, limit - active) }

  /// How much of the limit is used, in per cent. After a limit was lowered it may be above 100 until calls have ended;
  /// with a limit of zero it is 100 as long as there is a call, and 0 otherwise.
  public var percentage: Double {
    limit > 0 ? Percentage.of(active, in: limit) : active > 0 ? 100 : 0
  }

  /// How well the limit holds.
  public var level: LoadLevel { LoadLevel(percentage: percentage) }
}

extension SlotUsage {
  /// How much of the system's limit is used.
  public var system: Utilization { Utilization(active: systemActive, limit: systemLimit) }
  /// How much of the account's limit is used.
  public var account: Utilization { Utilization(active: accountActive, limit: accountLimit) }

  /// How well the limits hold: the worse of the account's and the system's.
  public func level(storeTakesWrites: Bool = true) -> LoadLevel {
    LoadLevel(percentage: max(account.percentage, system.percentage), storeTakesWrites: storeTakesWrites)
  }
}
