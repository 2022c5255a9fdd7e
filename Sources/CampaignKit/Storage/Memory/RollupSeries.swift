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
      waitTime &+= call.answeredAt - (call.placedAt == 0 ? call.createdAt : call.placedAt)
    }
    if call.costMicros != .min { costMicros &+= call.costMicros }
  }

  var isEmpty: Bool { created == 0 && ended == SIMD16() }

  var rollup: Rollup {
    var rollup = Rollup()
    for disposition in Disposition.allCases { rollup[disposition] = Int(ended[disposition.index]) }
    rollup.created = Int(created)
    rollup.answeredByHuman = Int(answeredByHuman)
    rollup.answeredByMachine = Int(answeredByMachine)
    rollup.duration = .milliseconds(duration)
    rollup.withDuration = Int(withDuration)
    rollup.talkTime = .milliseconds(talkTime)
    rollup.waitTime = .milliseconds(waitTime)
    rollup.answeredAtAll = Int(answeredAtAll)
    rollup.costMicros = costMicros
    return rollup
  }
}

/// The roll-ups of one scope: all together, and hour by hour.
struct RollupSeries: Sendable {
  private(set) var total = RollupCell()
  /// Hours since 1970, ascending.
  private(set) var hours: [Int32] = []
  private(set) var cells: [RollupCell] = []

  init() {}

  init(total: RollupCell, hours: [Int32], cells: [RollupCell]) {
    self.total = total
    self.hours = hours
    self.cells = cells
  }

  /// The number of the hour that contains a moment.
  static func hour(_ milliseconds: Int64) -> Int32 {
    Int32(clamping: milliseconds >= 0 ? milliseconds / 3_600_000 : (milliseconds - 3_599_999) / 3_600_000)
  }

  /// Changes the counts of the hour that contains a moment, and of all together.
  @inline(__always)
  mutating func count(at milliseconds: Int64, _ change: (inout RollupCell) -> Void) {
    change(&total)
    change(&cells[place(of: Self.hour(milliseconds))])
  }

  func hours(from: Timestamp?, until: Timestamp?) -> [HourlyRollup] {
    let first = from.map { lowerBound(Self.hour($0.milliseconds)) } ?? 0
    let last = until.map { lowerBound(Self.hour($0.milliseconds - 1) + 1) } ?? hours.count
    guard first < last else { return [] }
    return (first..<last).compactMap { index in
      cells[index].isEmpty
        ? nil
        : HourlyRollup(
          hour: Timestamp(milliseconds: Int64(hours[index]) * 3_600_000), rollup: cells[index].rollup)
    }
  }

  private mutating func place(of hour: Int32) -> Int {
    if hours.last == hour { return hours.count - 1 }
    let place = lowerBound(hour)
    if place == hours.count || hours[place] != hour {
      hours.insert(hour, at: place)
      cells.insert(RollupCell(), at: place)
    }
    return place
  }

  private func lowerBound(_ hour: Int32) -> Int {
    var low = 0
    var high = hours.count
    while low < high {
      let middle = (low + high) / 2
      if hours[middle] < hour { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
