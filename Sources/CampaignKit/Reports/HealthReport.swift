/// How well a system that makes calls is, as a score of 100 less what is wrong.
public struct HealthReport: Hashable, Sendable {
  /// What may be wrong.
  public enum Fault: String, Hashable, Sendable, Codable, CaseIterable {
    /// The store takes no writes, so no call is placed.
    case storeRefusesWrites
    /// The system's limit is used to 90 per cent or more.
    case loadCritical
    /// The system's limit is used to 70 per cent or more.
    case loadWarning
    /// Campaigns should run, and no process has them.
    case campaignsWithoutOwner
    /// Of the calls of the last hour, 10 per cent or more ended by a fault of the carrier.
    case carrierErrors
  }

  /// Something that is wrong, and what it takes from the score.
  public struct Deduction: Hashable, Sendable {
    /// What is wrong.
    public var fault: Fault
    /// How many points it takes.
    public var points: Int
    /// The figure that shows it; what it is of stands with the fault.
    public var figure: Double
    /// What to do.
    public var advice: String
  }

  /// The calls of all in flight, and their limit.
  public var system: Utilization
  /// Campaigns that should run and that no process has; see ``DialingStore/unownedCampaigns(limit:)``.
  public var campaignsWithoutOwner: Int
  /// What is wrong, in the order of ``Fault``.
  public var deductions: [Deduction]

  /// From which share of faults on the carrier is said to be at fault, in per cent.
  public static let errorThreshold = 10.0

  /// Finds what is wrong.
  ///
  /// - Parameters:
  ///   - system: The calls of all in flight, and their limit.
  ///   - campaignsWithoutOwner: How many campaigns should run and do not.
  ///   - recent: The calls of the last hour.
  ///   - storeTakesWrites: Whether the last write was taken.
  public init(
    system: Utilization, campaignsWithoutOwner: Int, recent: Rollup, storeTakesWrites: Bool = true
  ) {
    self.system = system
    self.campaignsWithoutOwner = campaignsWithoutOwner
    deductions = []
    func deduct(_ fault: Fault, _ points: Int, _ figure: Double, _ advice: String) {
      deductions.append(Deduction(fault: fault, points: points, figure: figure, advice: advice))
    }
    if !storeTakesWrites {
      deduct(.storeRefusesWrites, 60, 1, "Look at the disk: the store takes no writes, and no call is placed.")
    }
    switch system.level {
    case .critical:
      deduct(
        .loadCritical, 30, system.percentage, "Raise the system's limit on concurrent calls, or run fewer campaigns.")
    case .warning:
      deduct(.loadWarning, 10, system.percentage, "Watch the system's limit on concurrent calls.")
    case .healthy: break
    }
    if campaignsWithoutOwner > 0 {
      deduct(
        .campaignsWithoutOwner, min(30, 10 * campaignsWithoutOwner), Double(campaignsWithoutOwner),
        "Look for a process that has stopped: campaigns should run, and nobody runs them.")
    }
    if recent.endedCalls >= Recommendation.leastCalls, recent.errorRate >= Self.errorThreshold {
      deduct(.carrierErrors, 20, recent.errorRate, "Look at the messages of the carrier: calls fail.")
    }
  }

  /// The score: 100 less the points of what is wrong, and never below zero.
  public var score: Int { max(0, 100 - deductions.reduce(0) { $0 + $1.points }) }

  /// Critical where the store takes no writes or the load is critical, a warning where anything is wrong at all.
  public var level: LoadLevel {
    if deductions.contains(where: { $0.fault == .storeRefusesWrites || $0.fault == .loadCritical }) { return .critical }
    return deductions.isEmpty ? .healthy : .warning
  }
}
