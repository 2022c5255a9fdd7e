/// The place of an element in a sorted list; equal keys follow by creation.
struct ListPlace: Comparable {
  var key: Int64 = 0
  var text = ""
  var high: UInt64 = 0
  var low: UInt32 = 0

  @inline(__always)
  static func < (left: Self, right: Self) -> Bool {
    if left.key != right.key { return left.key < right.key }
    if left.text != right.text { return left.text < right.text }
    if left.high != right.high { return left.high < right.high }
    return left.low < right.low
  }
}

extension PageCursor {
  /// A cursor behind a place. The text is in hexadecimal, so that it can stand in a URL.
  init(_ place: ListPlace) {
    var writer = ByteWriter()
    writer.signed(place.key)
    writer.text(place.text)
    writer.fixed64(place.high)
    writer.fixed32(place.low)
    self.init(text: writer.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
  }

  func place() throws(StoreError) -> ListPlace {
    let unreadable = StoreError(.invalid, "the cursor is not one that this store gave")
    let digits = Array(text.utf8)
    guard digits.count % 2 == 0 else { throw unreadable }
    var bytes: [UInt8] = []
    for pair in stride(from: 0, to: digits.count, by: 2) {
      guard let upper = Character(UnicodeScalar(digits[pair])).hexDigitValue,
        let lower = Character(UnicodeScalar(digits[pair + 1])).hexDigitValue
      else { throw unreadable }
      bytes.append(UInt8(upper << 4 | lower))
    }
    let read = bytes.withUnsafeBytes { bytes in
      Result { () throws(StoreError) in
        var reader = ByteReader(bytes)
        return ListPlace(
          key: try reader.signed(), text: try reader.text(), high: try reader.fixed64(), low: try reader.fixed32())
      }
    }
    guard case .success(let place) = read else { throw unreadable }
    return place
  }
}

/// Picks the elements of one page out of many that come in any order, without sorting those it does not need.
struct PagePicker {
  private let request: PageRequest
  private let isDescending: Bool
  private let after: ListPlace?
  private let wanted: Int
  /// The best so far, as a heap with the worst of them on top.
  private var best: [(place: ListPlace, row: UInt32)] = []

  init(_ request: PageRequest, isDescending: Bool) throws(StoreError) {
    self.request = request
    self.isDescending = isDescending
    var skipped = 0
    switch request.start {
    case .offset(let offset):
      after = nil
      skipped = max(0, offset)
    case .cursor(let cursor): after = try cursor.place()
    }
    // One more than the page has, to know whether there is a next one.
    let (sum, overflow) = skipped.addingReportingOverflow(max(0, request.limit))
    wanted = overflow || sum == .max ? .max : sum + 1
  }

  @inline(__always)
  private func comes(_ left: ListPlace, before right: ListPlace) -> Bool {
    isDescending ? right < left : left < right
  }

  /// Whether an element with that key could still be on the page, whatever else it has.
  @inline(__always)
  func mayTake(key: Int64) -> Bool {
    guard best.count == wanted, let worst = best.first else { return true }
    return isDescending ? key >= worst.place.key : key <= worst.place.key
  }

  mutating func offer(_ place: ListPlace, _ row: UInt32) {
    if let after, !comes(after, before: place) { return }
    if best.count < wanted {
      best.append((place, row))
      var child = best.count - 1
      while child > 0 {
        let parent = (child - 1) / 2
        guard comes(best[parent].place, before: best[child].place) else { break }
        best.swapAt(parent, child)
        child = parent
      }
    } else if let worst = best.first, comes(place, before: worst.place) {
      best[0] = (place, row)
      var parent = 0
      while true {
        var child = 2 * parent + 1
        guard child < best.count else { break }
        if child + 1 < best.count, comes(best[child].place, before: best[child + 1].place) { child += 1 }
        guard comes(best[parent].place, before: best[child].place) else { break }
        best.swapAt(parent, child)
        parent = child
      }
    }
  }

  /// The rows of the page, in order, and the cursor behind them if there are more.
  func page() -> (rows: [UInt32], next: PageCursor?) {
    var sorted = best.sorted { comes($0.place, before: $1.place) }[...]
    if case .offset(let offset) = request.start { sorted = sorted.dropFirst(max(0, offset)) }
    let page = sorted.prefix(max(0, request.limit))
    guard sorted.count > page.count, let last = page.last else { return (page.map(\.row), nil) }
    return (page.map(\.row), PageCursor(last.place))
  }
}

/// Walks over rows that are in order already, and picks a page.
func page(
  of rows: some RandomAccessCollection<UInt32>, _ request: PageRequest, isDescending: Bool = false,
  where matches: (UInt32) throws(StoreError) -> Bool
) throws(StoreError) -> (rows: [UInt32], total: Int?, next: PageCursor?) {
  var picked: [UInt32] = []
  var total = 0
  var skip = 0
  var hasMore = false
  var after: UInt32?
  switch request.start {
  case .offset(let offset): skip = max(0, offset)
  case .cursor(let cursor): after = try cursor.place().low
  }
  let count = rows.count
  for step in 0..<count {
    let row = rows[rows.index(rows.startIndex, offsetBy: isDescending ? count - 1 - step : step)]
    let isBehind = after.map { isDescending ? row < $0 : row > $0 } ?? true
    guard isBehind || request.countsTotal, try matches(row) else { continue }
    total += 1
    guard isBehind else { continue }
    if skip > 0 {
      skip -= 1
    } else if picked.count < request.limit {
      picked.append(row)
    } else {
      hasMore = true
      if !request.countsTotal { break }
    }
  }
  let next = hasMore ? picked.last.map { PageCursor(ListPlace(low: $0)) } : nil
  return (picked, request.countsTotal ? total : nil, next)
}
