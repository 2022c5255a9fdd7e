public import CampaignKit

/// What a carrier wrote down about the orders it was given and the calls it made, by its own clock.
///
/// The clock of a ``FaultyCarrier`` starts with the clock on the wall and never jumps.
public struct CarrierBooks: Sendable {
  /// An order, as often as it came.
  public struct Placement: Hashable, Sendable {
    /// What the carrier answered.
    public enum Answer: Hashable, Sendable {
      /// It has the call.
      case accepted
      /// There is no call, for this reason.
      case refused(DialerError.Code)
      /// Nothing that could be relied on.
      case uncertain
    }

    /// The name of the call.
    public var call: Call.ID
    /// The account.
    public var account: Account.ID
    /// The campaign.
    public var campaign: Campaign.ID?
    /// The lead.
    public var lead: Lead.ID?
    /// The number.
    public var number: PhoneNumber
    /// When the order came.
    public var requestedAt: Timestamp
    /// When the carrier takes or took it; nil if it never does.
    public var acceptedAt: Timestamp?
    /// What the carrier answers.
    public var answer: Answer
    /// Whether the carrier had an order of this name before.
    public var isRepeated: Bool

    /// Creates an entry.
    public init(
      call: Call.ID, account: Account.ID, campaign: Campaign.ID? = nil, lead: Lead.ID? = nil, number: PhoneNumber,
      requestedAt: Timestamp, acceptedAt: Timestamp? = nil, answer: Answer, isRepeated: Bool = false
    ) {
      self.call = call
      self.account = account
      self.campaign = campaign
      self.lead = lead
      self.number = number
      self.requestedAt = requestedAt
      self.acceptedAt = acceptedAt
      self.answer = answer
      self.isRepeated = isRepeated
    }
  }

  /// A call that the carrier made.
  public struct Line: Hashable, Sendable {
    /// The name of the call.
    public var call: Call.ID
    /// The account.
    public var account: Account.ID
    /// The campaign.
    public var campaign: Campaign.ID?
    /// The lead.
    public var lead: Lead.ID?
    /// The number.
    public var number: PhoneNumber
    /// When the carrier took it.
    public var startedAt: Timestamp
    /// When somebody or something answered, or will.
    public var answeredAt: Timestamp?
    /// When it was over, or will be as things stand; nil if nothing ends it.
    public var endedAt: Timestamp?

    /// Creates an entry.
    public init(
      call: Call.ID, account: Account.ID, campaign: Campaign.ID? = nil, lead: Lead.ID? = nil, number: PhoneNumber,
      startedAt: Timestamp, answeredAt: Timestamp? = nil, endedAt: Timestamp? = nil
    ) {
      self.call = call
      self.account = account
      self.campaign = campaign
      self.lead = lead
      self.number = number
      self.startedAt = startedAt
      self.answeredAt = answeredAt
      self.endedAt = endedAt
    }

    /// Whether it holds a line at a moment.
    public func isLive(at moment: Timestamp) -> Bool {
      startedAt <= moment && moment < endedAt ?? .distantFuture
    }

    /// Whether there is a moment at which both hold a line.
    public func overlaps(_ other: Line) -> Bool {
      max(startedAt, other.startedAt) < min(endedAt ?? .distantFuture, other.endedAt ?? .distantFuture)
    }
  }

  /// Every order, as they came.
  public var placements: [Placement] = []
  /// Every call, as they were ordered.
  public var lines: [Line] = []
  /// What time it is at the carrier.
  public var now: Timestamp

  /// Creates empty books.
  public init(now: Timestamp) {
    self.now = now
  }

  /// Orders that came although the carrier had one of this name before.
  public var repeatedPlacements: [Placement] { placements.filter(\.isRepeated) }

  /// The calls that hold a line at a moment.
  public func liveLines(at moment: Timestamp) -> [Line] { lines.filter { $0.isLive(at: moment) } }

  /// Pairs of calls that hold a line at the same moment and have the same key, such as the number.
  ///
  /// - Parameter key: What must not be the same; calls without one are left out.
  /// - Returns: For each call, the first other one that it meets.
  public func overlaps<Key: Hashable>(of key: (Line) -> Key?) -> [(Line, Line)] {
    var latest: [Key: Line] = [:]
    var pairs: [(Line, Line)] = []
    for line in lines.sorted(by: { $0.startedAt < $1.startedAt }) {
      guard let key = key(line) else { continue }
      guard let before = latest[key] else {
        latest[key] = line
        continue
      }
      if before.overlaps(line) { pairs.append((before, line)) }
      if line.endedAt ?? .distantFuture > before.endedAt ?? .distantFuture { latest[key] = line }
    }
    return pairs
  }

  /// The most calls that held a line at the same moment, up to now.
  ///
  /// - Parameter isCounted: Which calls count.
  /// - Returns: How many there were.
  public func mostAtOnce(where isCounted: (Line) -> Bool = { _ in true }) -> Int {
    var changes: [(at: Timestamp, by: Int)] = []
    for line in lines where isCounted(line) && line.startedAt <= now {
      changes.append((line.startedAt, 1))
      if let end = line.endedAt, end <= now { changes.append((end, -1)) }
    }
    // Who leaves at a moment leaves before others come.
    changes.sort { ($0.at, $0.by) < ($1.at, $1.by) }
    var count = 0
    return changes.reduce(0) { most, change in
      count += change.by
      return max(most, count)
    }
  }

  /// The most orders that came in any window of this length, up to now; its end does not belong to it.
  ///
  /// - Parameters:
  ///   - window: How long the window is.
  ///   - isCounted: Which orders count.
  /// - Returns: How many there were.
  public func mostPlacements(in window: Duration, where isCounted: (Placement) -> Bool = { _ in true }) -> Int {
    let moments = placements.filter(isCounted).map(\.requestedAt).sorted()
    var first = 0
    return moments.indices.reduce(0) { most, last in
      while moments[last] - moments[first] >= window { first += 1 }
      return max(most, last - first + 1)
    }
  }
}
