import Digests

/// The place of an element in a sorted list, as a cursor keeps it.
protocol PlaceInList: Comparable {
  init(from reader: inout ByteReader) throws(StoreError)
  func write(to writer: inout ByteWriter)
}

/// A place by a number; equal ones follow by creation.
struct ListPlace: PlaceInList {
  var key: Int64 = 0
  var high: UInt64 = 0
  var low: UInt32 = 0

  init(key: Int64 = 0, high: UInt64 = 0, low: UInt32 = 0) {
    self.key = key
    self.high = high
    self.low = low
  }

  @inline(__always)
  static func < (left: Self, right: Self) -> Bool {
    if left.key != right.key { return left.key < right.key }
    if left.high != right.high { return left.high < right.high }
    return left.low < right.low
  }

  init(from reader: inout ByteReader) throws(StoreError) {
    key = try reader.signed()
    high = try reader.fixed64()
    low = try reader.fixed32()
  }

  func write(to writer: inout ByteWriter) {
    writer.signed(key)
    writer.fixed64(high)
    writer.fixed32(low)
  }
}

/// A place by a text; equal ones follow by a number and by creation.
struct TextPlace: PlaceInList {
  var text: String
  var rest: ListPlace

  init(text: String = "", rest: ListPlace = ListPlace()) {
    self.text = text
    self.rest = rest
  }

  static func < (left: Self, right: Self) -> Bool {
    left.text != right.text ? left.text < right.text : left.rest < right.rest
  }

  init(from reader: inout ByteReader) throws(StoreError) {
    text = try reader.text()
    rest = try ListPlace(from: &reader)
  }

  func write(to writer: inout ByteWriter) {
    writer.text(text)
    rest.write(to: &writer)
  }
}

extension PageCursor {
  /// A cursor behind a place. The text is in hexadecimal, so that it can stand in a URL.
  init(_ place: some PlaceInList) {
    var writer = ByteWriter()
    place.write(to: &writer)
    self.init(text: Hexadecimal.encode(writer.bytes))
  }

  func place<Place: PlaceInList>(_ type: Place.Type = Place.self) throws(StoreError) -> Place {
    let unreadable = StoreError(.invalid, "the cursor is not one that this store gave")
    guard let bytes = Hexadecimal.decode(text) else { throw unreadable }
    let read = bytes.withUnsafeBytes { bytes in
      Result { () throws(StoreError) in
        var reader = ByteReader(bytes)
        let place = try Place(from: &reader)
        guard reader.isAtEnd else { throw unreadable }
        return place
      }
    }
    guard case .success(let place) = read else { throw unreadable }
    return place
  }
}

/// Picks the elements of one page out of many that come in any order, without sorting those it does not need.
struct PagePicker<Place: PlaceInList> {
  typealias Candidate = (place: Place, row: UInt32)

  private let request: PageRequest
  let isDescending: Bool
  private let after: Place?
  /// How many from the start decide the page: those before it, its own, and one to know whether there are more.
  private let wanted: Int
  /// The best so far; once there are ``wanted``, a heap with the worst of them on top. A page that lies deep has all
  /// candidates here, and is found among them at the end.
  private(set) var best: [Candidate] = []

  private static var mostInHeap: Int { 1024 }

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
    let (sum, overflow) = skipped.addingReportingOverflow(max(0, request.limit))
    wanted = overflow || sum == .max ? .max : sum + 1
  }

  @inline(__always)
  private func comes(_ left: Place, before right: Place) -> Bool {
    isDescending ? right < left : left < right
  }

  var hasHeap: Bool { wanted <= Self.mostInHeap && best.count == wanted }

  mutating func offer(_ place: Place, _ row: UInt32) {
    if let after, !comes(after, before: place) { return }
    guard hasHeap else {
      best.append((place, row))
      if hasHeap { for parent in stride(from: best.count / 2 - 1, through: 0, by: -1) { sink(parent) } }
      return
    }
    if comes(place, before: best[0].place) {
      best[0] = (place, row)
      sink(0)
    }
  }

  private mutating func sink(_ start: Int) {
    var parent = start
    while true {
      var child = 2 * parent + 1
      guard child < best.count else { return }
      if child + 1 < best.count, comes(best[child].place, before: best[child + 1].place) { child += 1 }
      guard comes(best[parent].place, before: best[child].place) else { return }
      best.swapAt(parent, child)
      parent = child
    }
  }

  /// The rows of the page, in order, and the cursor behind them if there are more.
  mutating func page() -> (rows: [UInt32], next: PageCursor?) {
    var skipped = 0
    if case .offset(let offset) = request.start { skipped = min(max(0, offset), best.count) }
    let end = min(wanted, best.count)
    if !hasHeap, skipped < end, best.count > Self.mostInHeap {
      // The places before the page and behind it are told apart from its own, and left as they are.
      bringForward(skipped, in: 0..<best.count)
      if end < best.count { bringForward(end, in: skipped..<best.count) }
    } else {
      let isDescending = isDescending
      best.sort { isDescending ? $1.place < $0.place : $0.place < $1.place }
    }
    let sorted = best[skipped..<max(end, skipped)].sorted { comes($0.place, before: $1.place) }
    let page = sorted.prefix(max(0, request.limit))
    guard sorted.count > page.count, let last = page.last else { return (page.map(\.row), nil) }
    return (page.map(\.row), PageCursor(last.place))
  }

  /// Brings to the place `index` what would stand there in order, with all that comes before it in front.
  private mutating func bringForward(_ index: Int, in range: Range<Int>) {
    var low = range.lowerBound
    var high = range.upperBound - 1
    while low < high {
      let middle = low + (high - low) / 2
      if comes(best[middle].place, before: best[low].place) { best.swapAt(low, middle) }
      if comes(best[high].place, before: best[low].place) { best.swapAt(low, high) }
      if comes(best[high].place, before: best[middle].place) { best.swapAt(middle, high) }
      let pivot = best[middle].place
      var left = low
      var right = high
      while left <= right {
        while comes(best[left].place, before: pivot) { left += 1 }
        while comes(pivot, before: best[right].place) { right -= 1 }
        if left <= right {
          best.swapAt(left, right)
          left += 1
          right -= 1
        }
      }
      if index <= right { high = right } else if index >= left { low = left } else { return }
    }
  }
}

extension PagePicker where Place == ListPlace {
  /// Whether an element with that key could be on the page. When elements of equal keys are offered in the order of
  /// the list, one that comes later can no longer win against one that is there.
  @inline(__always)
  func mayTake(key: Int64, inOrder: Bool) -> Bool {
    guard hasHeap, let worst = best.first?.place.key else { return true }
    if key == worst { return !inOrder }
    return isDescending ? key > worst : key < worst
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
  case .cursor(let cursor): after = try cursor.place(ListPlace.self).low
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
