/// A roll-up in which nothing is allocated, so that counting a call costs a few additions.
struct RollupCell: BitwiseCopyable, Sendable {
  var ended = SIMD16<UInt32>()
  var created: UInt32 = 0
  var answeredByHuman: UInt32 = 0
  var answeredByMachine: UInt32 = 0
  var withDuration: UInt32 = 0
  var answeredAtAll: UInt32 = 0
  var duration: Int64 = 0
  var talkTime: Int64 = 0
  var waitTime: Int64 = 0
  var costMicros: Int64 = 0
  var leadsDone: UInt32 = 0
  var callbacks: UInt32 = 0

  /// Counts a call that ended.
  mutating func countEnded(_ call: CallRow) {
    guard call.disposition > 0 else { return }
    ended[Int(call.disposition) - 1] &+= 1
    if let answeredBy = AnsweredBy(stored: call.answeredBy) {
      if answeredBy == .human { answeredByHuman &+= 1 }
      if answeredBy.isMachine { answeredByMachine &+= 1 }
    }
    if call.duration >= 0 {
      duration &+= call.duration
      withDuration &+= 1
    }
    if call.talkTime > 0 { talkTime &+= call.talkTime }
    if call.answeredAt != 0 {
      answeredAtAll &+= 1
      waitTime &+= call.answeredAt &- (call.placedAt == 0 ? call.createdAt : call.placedAt)
    }
    if call.costMicros != .min { costMicros &+= call.costMicros }
    if let followUp = Call.FollowUp(stored: call.followUp) {
      if followUp.endsLead { leadsDone &+= 1 }
      if followUp == .callback { callbacks &+= 1 }
    }
  }

  var isEmpty: Bool { created == 0 && ended == SIMD16() }

  var rollup: Rollup {
    var rollup = Rollup()
    rollup.setEnded(ended)
    rollup.created = Int(created)
    rollup.answeredByHuman = Int(answeredByHuman)
    rollup.answeredByMachine = Int(answeredByMachine)
    rollup.duration = .milliseconds(duration)
    rollup.withDuration = Int(withDuration)
    rollup.talkTime = .milliseconds(talkTime)
    rollup.waitTime = .milliseconds(waitTime)
    rollup.answeredAtAll = Int(answeredAtAll)
    rollup.costMicros = costMicros
    rollup.leadsDone = Int(leadsDone)
    rollup.callbacks = Int(callbacks)
    return rollup
  }
}

/// The roll-ups of one scope: all together, and quarter by quarter.
struct RollupSeries: Sendable {
  private(set) var total = RollupCell()
  /// Quarters of an hour since 1970, ascending.
  private(set) var quarters: [Int32] = []
  private(set) var cells: [RollupCell] = []

  init() {}

  init(total: RollupCell, quarters: [Int32], cells: [RollupCell]) {
    self.total = total
    self.quarters = quarters
    self.cells = cells
  }

  /// How long a quarter of an hour is, in milliseconds.
  static let length: Int64 = 900_000

  /// The number of the quarter that contains a moment.
  static func quarter(_ milliseconds: Int64) -> Int32 {
    Int32(clamping: milliseconds >= 0 ? milliseconds / length : (milliseconds + 1) / length - 1)
  }

  /// Changes the counts of the quarter that contains a moment, and of all together.
  @inline(__always)
  mutating func count(at milliseconds: Int64, _ change: (inout RollupCell) -> Void) {
    change(&total)
    change(&cells[place(of: Self.quarter(milliseconds))])
  }

  func quarters(from: Timestamp?, until: Timestamp?) -> [QuarterRollup] {
    let first = from.map { lowerBound(Self.quarter($0.milliseconds)) } ?? 0
    let last = until.map { upperBound(beginningBefore: $0.milliseconds) } ?? quarters.count
    guard first < last else { return [] }
    return (first..<last).compactMap { index in
      cells[index].isEmpty
        ? nil
        : QuarterRollup(
          start: Timestamp(milliseconds: Int64(quarters[index]) * Self.length), rollup: cells[index].rollup)
    }
  }

  private mutating func place(of quarter: Int32) -> Int {
    if quarters.last == quarter { return quarters.count - 1 }
    let place = lowerBound(quarter)
    if place == quarters.count || quarters[place] != quarter {
      quarters.insert(quarter, at: place)
      cells.insert(RollupCell(), at: place)
    }
    return place
  }

  /// The place behind the quarters that begin before a moment.
  private func upperBound(beginningBefore milliseconds: Int64) -> Int {
    let quarter = Self.quarter(milliseconds)
    let place = lowerBound(quarter)
    return place < quarters.count && quarters[place] == quarter && Int64(quarter) * Self.length < milliseconds
      ? place + 1 : place
  }

  private func lowerBound(_ quarter: Int32) -> Int {
    var low = 0
    var high = quarters.count
    while low < high {
      let middle = (low + high) / 2
      if quarters[middle] < quarter { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
