/// An event without its texts.
struct EventRow: BitwiseCopyable, Sendable {
  var at: Int64
  var campaign: UInt32 = noRow
  var call: UInt32 = noRow
  var agent: UInt32 = noRow
  /// The lead's identifier, which outlives the lead.
  var lead = RawID.none
  var count: Int32 = -1
  var kind: UInt8
  /// One more than the place of the status in its list; 0 for none.
  var status: UInt8 = 0
}

/// The last events of an account.
struct EventRing: Sendable {
  /// How many are kept.
  static let capacity = 4096
  /// The greatest number from which a stream may go on; nobody comes to it by counting.
  static let greatestNumber = UInt64(Int64.max)

  /// The sequence number of the last event.
  private(set) var last: UInt64 = 0
  private var rows: [EventRow] = []
  private var start = 0

  init() {}

  init(last: UInt64, rows: [EventRow]) {
    self.last = last
    self.rows = rows
  }

  var count: Int { rows.count }
  /// The sequence number of the oldest event that is kept.
  var oldest: UInt64 { last + 1 - UInt64(rows.count) }

  mutating func append(_ row: EventRow) {
    last += 1
    if rows.count < Self.capacity {
      rows.append(row)
    } else {
      rows[start] = row
      start = start + 1 == rows.count ? 0 : start + 1
    }
  }

  /// All that are kept, oldest first.
  var all: [EventRow] { Array(rows[start...] + rows[..<start]) }

  /// The events above `sequence`, oldest first.
  func rows(after sequence: UInt64, limit: Int) -> [(sequence: UInt64, row: EventRow)] {
    guard sequence < last, limit > 0, sequence + 1 >= oldest else { return [] }
    let skipped = Int(sequence + 1 - oldest)
    return (skipped..<skipped + min(limit, rows.count - skipped)).map { index in
      (oldest + UInt64(index), rows[(start + index) % rows.count])
    }
  }
}
