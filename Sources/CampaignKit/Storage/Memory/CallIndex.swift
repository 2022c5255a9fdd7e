/// Finds calls by their identifiers.
///
/// Calls are named in the order in which they are made, so the table itself is in order, and a search in it takes the
/// place of an index that every call would have to be put into. It begins at the end, where the calls are that anybody
/// asks for. Where the order is broken, since a clock went back between two lives of a process or since calls came
/// from somewhere else, another run begins; what does not fit into a few runs is found by a hash.
struct CallIndex: Sendable {
  /// Rows behind one another whose identifiers rise.
  private struct Run {
    let first: RawID
    var last: RawID
    var rows: Range<UInt32>
  }

  private var runs: [Run] = []
  private var others = RowIndex()

  static let mostRuns = 16

  /// Adds the row of a call; the caller knows that it is not there.
  @inline(__always)
  mutating func append(_ id: RawID, _ row: UInt32) {
    let latest = runs.count - 1
    if latest >= 0, runs[latest].rows.upperBound == row, runs[latest].last < id {
      runs[latest].last = id
      runs[latest].rows = runs[latest].rows.lowerBound..<row + 1
    } else {
      begin(id, row)
    }
  }

  private mutating func begin(_ id: RawID, _ row: UInt32) {
    if runs.count < Self.mostRuns {
      runs.append(Run(first: id, last: id, rows: row..<row + 1))
    } else {
      others.insert(StoreState.hash(id), row)
    }
  }

  func find(_ id: RawID, in calls: borrowing Rows<CallRow>) -> UInt32? {
    for run in runs.reversed() where run.first <= id && id <= run.last {
      if let row = Self.search(run.rows, for: id, in: calls) { return row }
    }
    return others.find(StoreState.hash(id)) { calls[$0].id == id }
  }

  private static func search(_ rows: Range<UInt32>, for id: RawID, in calls: borrowing Rows<CallRow>) -> UInt32? {
    // The identifier at `low` is not above the one that is sought, the one at `high` is.
    var low = rows.lowerBound
    var high = rows.upperBound
    var step: UInt32 = 1
    while high - low > step, id < calls[high - step].id {
      high -= step
      step *= 2
    }
    if high - low > step { low = high - step }
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if id < calls[middle].id { high = middle } else { low = middle }
    }
    return calls[low].id == id ? low : nil
  }
}
