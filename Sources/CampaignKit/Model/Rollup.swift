/// What happened in a quarter of an hour, or in any longer time, to the calls of a campaign, an account or an agent.
///
/// A call belongs to the quarter in which it was created, whenever it ends.
public struct Rollup: Hashable, Sendable, Codable {
  /// How many calls ended each way.
  private var ended = DispositionCounts()
  /// Calls that were created.
  public var created: Int
  /// Ended calls that a person answered, whatever became of them then.
  public var answeredByHuman: Int
  /// Ended calls that a machine answered.
  public var answeredByMachine: Int
  /// How long the ended calls lasted.
  @Milliseconds public var duration: Duration
  /// How many of them said how long they lasted.
  public var withDuration: Int
  /// How long was talked in the ended calls.
  @Milliseconds public var talkTime: Duration
  /// How long the answered calls took from placing to answer.
  @Milliseconds public var waitTime: Duration
  /// How many ended calls were answered by anybody or anything.
  public var answeredAtAll: Int
  /// What the ended calls cost, in millionths of the currency.
  public var costMicros: Int64
  /// Ended calls with which their lead was done.
  public var leadsDone: Int
  /// Ended calls in which a callback was agreed.
  public var callbacks: Int

  /// Creates an empty roll-up.
  public init() {
    created = 0
    answeredByHuman = 0
    answeredByMachine = 0
    duration = .zero
    withDuration = 0
    talkTime = .zero
    waitTime = .zero
    answeredAtAll = 0
    costMicros = 0
    leadsDone = 0
    callbacks = 0
  }

  /// How many calls ended so.
  public subscript(_ disposition: Disposition) -> Int {
    get { Int(ended.counts[disposition.index]) }
    set { ended.counts[disposition.index] = Int64(newValue) }
  }

  mutating func setEnded(_ counts: SIMD16<UInt32>) {
    ended.counts = SIMD16<Int64>(truncatingIfNeeded: counts)
  }

  /// Calls that ended.
  public var endedCalls: Int { Int(ended.counts.wrappedSum()) }

  /// Adds another roll-up to this one.
  public mutating func add(_ other: Rollup) {
    ended.counts &+= other.ended.counts
    created += other.created
    answeredByHuman += other.answeredByHuman
    answeredByMachine += other.answeredByMachine
    duration += other.duration
    withDuration += other.withDuration
    talkTime += other.talkTime
    waitTime += other.waitTime
    answeredAtAll += other.answeredAtAll
    costMicros &+= other.costMicros
    leadsDone += other.leadsDone
    callbacks += other.callbacks
  }

  /// Counts a call that was created.
  public mutating func countCreated(_ call: Call) { created += 1 }

  /// Counts a call that ended.
  public mutating func countEnded(_ call: Call) {
    guard let disposition = call.disposition else { return }
    self[disposition] += 1
    if call.answeredBy == .human { answeredByHuman += 1 }
    if call.answeredBy?.isMachine == true { answeredByMachine += 1 }
    if let length = call.duration {
      duration += length
      withDuration += 1
    }
    talkTime += call.talkTime ?? .zero
    if let answeredAt = call.answeredAt {
      answeredAtAll += 1
      waitTime += answeredAt - (call.placedAt ?? call.createdAt)
    }
    costMicros &+= call.costMicros ?? 0
    if call.followUp?.endsLead == true { leadsDone += 1 }
    if call.followUp == .callback { callbacks += 1 }
  }
}

/// One count for each disposition, in place, so that a month of quarters is read without an allocation for each.
struct DispositionCounts: Hashable, Sendable, Codable {
  var counts = SIMD16<Int64>()

  init() {}

  /// Reads the counts in the order of `Disposition.allCases`; those that are missing are zero.
  init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    for index in counts.indices where !container.isAtEnd { counts[index] = try container.decode(Int64.self) }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    for disposition in Disposition.allCases { try container.encode(counts[disposition.index]) }
  }
}

extension Disposition {
  /// The place in `Disposition.allCases`.
  var index: Int {
    switch self {
    case .answered: 0
    case .machine: 1
    case .voicemail: 2
    case .screened: 3
    case .noAnswer: 4
    case .busy: 5
    case .rejected: 6
    case .failed: 7
    case .cancelled: 8
    case .abandoned: 9
    case .expired: 10
    case .unknown: 11
    }
  }
}

/// A roll-up and the quarter of an hour it is of.
///
/// Quarters and not hours, since there are time zones whose days begin at a half or a quarter past an hour of UTC.
public struct QuarterRollup: Hashable, Sendable, Codable {
  /// How long a quarter is.
  public static let length = Duration.seconds(900)

  /// The start of the quarter: in UTC, a whole multiple of 15 minutes.
  public var start: Timestamp
  /// What happened in it.
  public var rollup: Rollup

  /// Creates a roll-up of a quarter of an hour.
  public init(start: Timestamp, rollup: Rollup) {
    self.start = start
    self.rollup = rollup
  }
}

/// How many leads of a campaign there are in each status.
public struct LeadCounts: Hashable, Sendable, Codable {
  /// Leads that wait for an attempt.
  public var waiting: Int
  /// Leads that have a call.
  public var calling: Int
  /// Leads that were reached.
  public var completed: Int
  /// Leads that were not reached.
  public var failed: Int
  /// Leads that are not to be called.
  public var suppressed: Int
  /// Leads that were taken out.
  public var cancelled: Int
  /// Leads, of whatever status, that were tried at least once.
  public var attempted: Int

  /// Creates counts; without arguments, of nothing.
  public init(
    waiting: Int = 0, calling: Int = 0, completed: Int = 0, failed: Int = 0, suppressed: Int = 0, cancelled: Int = 0,
    attempted: Int = 0
  ) {
    self.waiting = waiting
    self.calling = calling
    self.completed = completed
    self.failed = failed
    self.suppressed = suppressed
    self.cancelled = cancelled
    self.attempted = attempted
  }

  /// All leads.
  public var total: Int { waiting + calling + completed + failed + suppressed + cancelled }
  /// Leads that are not done.
  public var open: Int { waiting + calling }

  /// How many leads have a status.
  public subscript(_ status: Lead.Status) -> Int {
    get {
      switch status {
      case .waiting: waiting
      case .calling: calling
      case .completed: completed
      case .failed: failed
      case .suppressed: suppressed
      case .cancelled: cancelled
      }
    }
    set {
      switch status {
      case .waiting: waiting = newValue
      case .calling: calling = newValue
      case .completed: completed = newValue
      case .failed: failed = newValue
      case .suppressed: suppressed = newValue
      case .cancelled: cancelled = newValue
      }
    }
  }
}
