/// The calls that were made from each number of each account, by quarters of an hour.
///
/// It follows from the calls and is not stored, so it is what a recount of them gives.
struct CallerIndex: Sendable {
  /// What was counted in a quarter of an hour.
  struct Cell: BitwiseCopyable {
    var quarter: Int32
    var calls: UInt32 = 0
    var ended: UInt32 = 0
    var answered: UInt32 = 0
  }

  struct Caller: Sendable {
    let number: UInt64
    let account: UInt32
    /// Ascending by quarter.
    fileprivate(set) var cells: [Cell] = []
  }

  private(set) var callers: [Caller] = []
  private var rows = RowIndex()
  /// The one that was counted last: most calls are from the same number as the one before.
  private var last = 0

  /// The place of a number; nil while there were no calls from it.
  func find(_ number: UInt64, of account: UInt32) -> Int? {
    rows.find(RowIndex.hash(number, UInt64(account))) {
      callers[Int($0)].number == number && callers[Int($0)].account == account
    }.map { Int($0) }
  }

  /// Counts calls that were created at a moment, or what became of them.
  ///
  /// - Returns: The place of the number, if these are the first calls from it.
  @inline(__always)
  mutating func count(
    _ number: UInt64, of account: UInt32, at milliseconds: Int64, _ change: (inout Cell) -> Void
  ) -> Int? {
    guard number != 0 else { return nil }
    var isNew = false
    if last >= callers.count || callers[last].number != number || callers[last].account != account {
      isNew = turn(to: number, of: account)
    }
    let place = place(of: RollupSeries.quarter(milliseconds))
    change(&callers[last].cells[place])
    return isNew ? last : nil
  }

  private mutating func turn(to number: UInt64, of account: UInt32) -> Bool {
    if let known = find(number, of: account) {
      last = known
      return false
    }
    last = callers.count
    callers.append(Caller(number: number, account: account))
    rows.insert(RowIndex.hash(number, UInt64(account)), UInt32(last))
    return true
  }

  /// The place of a quarter among those of the number that is counted.
  @inline(__always)
  private mutating func place(of quarter: Int32) -> Int {
    if callers[last].cells.last?.quarter == quarter { return callers[last].cells.count - 1 }
    let place = callers[last].lowerBound(quarter)
    if place == callers[last].cells.count || callers[last].cells[place].quarter != quarter {
      callers[last].cells.insert(Cell(quarter: quarter), at: place)
    }
    return place
  }
}

extension CallerIndex.Caller {
  fileprivate func lowerBound(_ quarter: Int32) -> Int {
    var low = 0
    var high = cells.count
    while low < high {
      let middle = (low + high) / 2
      if cells[middle].quarter < quarter { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// What was counted in the quarters that begin before `until`, from the one on in which `from` lies.
  func counts(from: Timestamp?, until: Timestamp?) -> CallerCounts {
    var counts = CallerCounts()
    let end = until?.milliseconds ?? .max
    var place = from.map { lowerBound(RollupSeries.quarter($0.milliseconds)) } ?? 0
    while place < cells.count, Int64(cells[place].quarter) * RollupSeries.length < end {
      counts.calls += Int(cells[place].calls)
      counts.ended += Int(cells[place].ended)
      counts.answered += Int(cells[place].answered)
      place += 1
    }
    return counts
  }
}

extension StoreState {
  /// Counts calls that were made from a number at a moment.
  @inline(__always)
  mutating func count(_ calls: Int, from number: UInt64, of account: UInt32, at milliseconds: Int64) {
    guard calls > 0 else { return }
    let calls = UInt32(truncatingIfNeeded: calls)
    note(indexes.callers.count(number, of: account, at: milliseconds) { $0.calls &+= calls }, of: account)
  }

  /// Counts a call with its number when it ends.
  @inline(__always)
  mutating func countEnd(ofCallerOf call: CallRow) {
    guard call.from != 0 else { return }
    let new = indexes.callers.count(call.from, of: call.account, at: call.createdAt) { cell in
      guard call.isAttempt else {
        cell.calls &-= 1
        return
      }
      cell.ended &+= 1
      if call.wasAnsweredByPerson { cell.answered &+= 1 }
    }
    note(new, of: call.account)
  }

  /// Counts a call that was not counted yet.
  mutating func count(callerOf call: CallRow) {
    count(1, from: call.from, of: call.account, at: call.createdAt)
    if !call.isLive { countEnd(ofCallerOf: call) }
  }

  @inline(__always)
  private mutating func note(_ new: Int?, of account: UInt32) {
    if let new { indexes.byAccount[Int(account)].callers.append(new) }
  }

  /// What was counted of the numbers of an account, in the order of the numbers; those without a call are absent.
  func callerNumbers(of id: Account.ID, from: Timestamp?, until: Timestamp?) -> [CallerNumberCounts] {
    guard let account = indexes.accounts[id] else { return [] }
    return indexes.byAccount[Int(account)].callers.compactMap { place in
      let caller = indexes.callers.callers[place]
      let counts = caller.counts(from: from, until: until)
      guard counts.calls > 0, let number = PhoneNumber(digits: caller.number) else { return nil }
      return CallerNumberCounts(number: number, counts: counts)
    }.sorted { $0.number < $1.number }
  }
}

extension CallRow {
  private static let human = AnsweredBy.human.stored

  /// What ``Call/wasAnsweredByPerson`` says of the call.
  fileprivate var wasAnsweredByPerson: Bool {
    answeredBy == Self.human || disposition == Disposition.answered.stored
      || disposition == Disposition.abandoned.stored
  }
}
