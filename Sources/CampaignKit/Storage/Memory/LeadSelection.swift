/// Finds the leads at given places of a sorted list of one campaign, without sorting the others.
///
/// In a long list, a sample of the keys tells between which two the wanted places almost certainly lie. One reading of
/// the column of keys then counts what comes before, and collects the few hundredths between: see
/// ``LeadSelection/sampledLeads(at:of:zeroIsNone:)``. In a short one, and where the sample says too little, it counts
/// how many keys fall into each of a few thousand equal parts of their range, goes on with the parts in which the wanted
/// places lie, and sorts only what little is left, which reads the column three times in most cases.
struct LeadSelection<Key: FixedWidthInteger & SignedInteger & Sendable> {
  private let segments: [LeadSegment]
  let numbers: [UInt32]
  private let column: (LeadSegment) -> [Key]
  /// A byte of 1 at the place of each wanted status.
  private let wanted: UInt64

  /// A lead and its place; equal keys follow by ordinal.
  struct Found {
    var key: Int64
    var ordinal: UInt32
    var row: UInt32
  }

  private static var partBits: Int { 12 }
  /// So many are sorted rather than counted once more.
  private static var few: Int { 8192 }

  init(
    _ segments: [LeadSegment], _ numbers: [UInt32], statuses: Set<Lead.Status>, column: @escaping (LeadSegment) -> [Key]
  ) {
    self.segments = segments
    self.numbers = numbers
    self.column = column
    wanted = statuses.reduce(0) { $0 | 1 << UInt64(8 * $1.raw) }
  }

  /// Hands out the keys of the segments in which something is wanted, with the statuses beside them.
  @inline(__always)
  func scan(
    _ body: (_ number: UInt32, _ base: UInt32, UnsafeBufferPointer<Key>, UnsafeBufferPointer<UInt8>) -> Void
  ) {
    for number in numbers {
      let segment = segments[Int(number)]
      column(segment).withUnsafeBufferPointer { keys in
        segment.status.withUnsafeBufferPointer { statuses in
          body(number, segment.base, keys, statuses)
        }
      }
    }
  }

  /// 1 for a wanted status, otherwise 0.
  @inline(__always)
  func weight(_ status: UInt8) -> UInt32 {
    UInt32(truncatingIfNeeded: wanted &>> UInt64(8 &* (status & 7))) & 1
  }

  /// The leads at some places of the list, the least key first.
  ///
  /// - Parameters:
  ///   - places: Places in the list, counted from the least key; beyond the end there is nothing.
  ///   - total: How many leads the list has.
  ///   - zeroIsNone: Whether a key of 0 stands for none, and no key is less. It is then far from all others.
  /// - Returns: The leads in their order.
  func leads(at places: Range<Int>, of total: Int, zeroIsNone: Bool) -> [Found] {
    guard !places.isEmpty else { return [] }
    if let found = sampledLeads(at: places, of: total, zeroIsNone: zeroIsNone) { return found }
    // Keys of leads that are not wanted may widen the range; that does no harm.
    var least = Key.max
    var greatest = Key.min
    scan { _, _, keys, _ in
      for key in keys {
        least = min(least, zeroIsNone && key == 0 ? Key.max : key)
        greatest = max(greatest, key)
      }
    }
    guard least <= greatest else { return equal(0, at: places) }
    let parts = Parts(from: Int64(least), through: Int64(greatest))
    let (counts, outside) = self.counts(parts)
    // All others are in the range, so what is outside of it is 0.
    let zeros = zeroIsNone ? outside : 0
    var found: [Found] = []
    if zeros > places.lowerBound {
      found = equal(0, at: places.lowerBound..<min(places.upperBound, zeros))
    }
    if places.upperBound > zeros {
      found += leads(parts, counts, at: max(0, places.lowerBound - zeros)..<places.upperBound - zeros)
    }
    return found
  }

  /// A range of keys, and how it is divided.
  private struct Parts {
    let low: Int64
    let high: Int64
    let width: UInt64
    let shift: UInt64

    init(from low: Int64, through high: Int64) {
      self.low = low
      self.high = high
      width = UInt64(bitPattern: high &- low)
      shift = UInt64(max(0, 64 - width.leadingZeroBitCount - LeadSelection.partBits))
    }

    func start(_ part: Int) -> Int64 { low &+ Int64(bitPattern: UInt64(part) << shift) }

    func end(_ part: Int) -> Int64 {
      part == Int(width >> shift) ? high : start(part) &+ Int64(bitPattern: (1 << shift) &- 1)
    }
  }

  @inline(__always)
  private static func count(
    of key: Key, _ keys: UnsafeBufferPointer<Key>, _ statuses: UnsafeBufferPointer<UInt8>, _ wanted: UInt64
  ) -> UInt32 {
    var count: UInt32 = 0
    for index in 0..<min(keys.count, statuses.count) {
      let weight = UInt32(truncatingIfNeeded: wanted &>> UInt64(8 &* (statuses[index] & 7))) & 1
      count &+= keys[index] == key ? weight : 0
    }
    return count
  }

  /// How many wanted leads come before a place, or at it as well.
  func count(before place: ListPlace, orAt isIncluded: Bool) -> Int {
    var count = 0
    scan { _, base, keys, statuses in
      for index in keys.indices {
        let key = Int64(keys[index])
        guard key <= place.key else { continue }
        if key == place.key {
          let ordinal = base &+ UInt32(truncatingIfNeeded: index)
          guard isIncluded ? ordinal <= place.low : ordinal < place.low else { continue }
        }
        count &+= Int(weight(statuses[index]))
      }
    }
    return count
  }

  /// The leads at some places among those of a range of keys.
  private func leads(from low: Int64, through high: Int64, at places: Range<Int>) -> [Found] {
    guard low < high else { return equal(low, at: places) }
    let parts = Parts(from: low, through: high)
    return leads(parts, counts(parts).inside, at: places)
  }

  private func leads(_ parts: Parts, _ counts: [UInt32], at places: Range<Int>) -> [Found] {
    guard parts.low < parts.high else { return equal(parts.low, at: places) }
    var before = 0
    var part = 0
    while part < counts.count, before + Int(counts[part]) <= places.lowerBound {
      before += Int(counts[part])
      part += 1
    }
    guard part < counts.count else { return [] }
    let first = part
    var through = before
    while part < counts.count, through < places.upperBound {
      through += Int(counts[part])
      part += 1
    }
    let last = part - 1
    let wanted = places.lowerBound - before..<min(places.upperBound, through) - before
    if through - before <= Self.few {
      return Array(all(from: parts.start(first), through: parts.end(last))[wanted])
    }
    if first == last { return leads(from: parts.start(first), through: parts.end(first), at: wanted) }
    // The parts between the first and the last are wanted whole.
    let inFirst = Int(counts[first])
    let inLast = Int(counts[last])
    let inBetween = through - before - inFirst - inLast
    var found = leads(from: parts.start(first), through: parts.end(first), at: wanted.lowerBound..<inFirst)
    if inBetween > 0 { found += all(from: parts.start(first + 1), through: parts.end(last - 1)) }
    found += leads(from: parts.start(last), through: parts.end(last), at: 0..<wanted.upperBound - inFirst - inBetween)
    return found
  }

  /// How many wanted leads each part of a range has, and how many are outside of it.
  private func counts(_ range: Parts) -> (inside: [UInt32], outside: Int) {
    let (low, width, shift) = (range.low, range.width, range.shift)
    let parts = Int(width >> shift) + 1
    // Keys outside of the range are counted behind the parts: a branch that nobody can foretell costs more. There
    // are a few such places, so that one addition need not wait for the one before.
    var counts = [UInt32](repeating: 0, count: parts + 4)
    counts.withUnsafeMutableBufferPointer { counts in
      scan { _, _, keys, statuses in
        for index in 0..<min(keys.count, statuses.count) {
          let distance = UInt64(bitPattern: Int64(keys[index]) &- low)
          let part = Int(truncatingIfNeeded: distance &>> shift)
          counts[distance <= width ? part : parts &+ (index & 3)] &+= weight(statuses[index])
        }
      }
    }
    let outside = counts[parts...].reduce(0) { $0 + Int($1) }
    counts.removeLast(4)
    return (counts, outside)
  }

  /// All wanted leads of a range of keys, in order.
  private func all(from low: Int64, through high: Int64) -> [Found] {
    let width = UInt64(bitPattern: high &- low)
    var found: [Found] = []
    scan { number, base, keys, statuses in
      for index in keys.indices {
        let key = Int64(keys[index])
        guard UInt64(bitPattern: key &- low) <= width, weight(statuses[index]) == 1 else { continue }
        let place = UInt32(truncatingIfNeeded: index)
        found.append(Found(key: key, ordinal: base &+ place, row: number << LeadSegment.bits | place))
      }
    }
    return found.sorted { ($0.key, $0.ordinal) < ($1.key, $1.ordinal) }
  }

  /// The wanted leads of one key at some of their places; they lie in order already.
  func equal(_ key: Int64, at places: Range<Int>) -> [Found] {
    guard let key = Key(exactly: key) else { return [] }
    var found: [Found] = []
    var before = 0
    scan { number, base, keys, statuses in
      guard before < places.upperBound else { return }
      let here = Int(Self.count(of: key, keys, statuses, wanted))
      defer { before += here }
      guard before + here > places.lowerBound else { return }
      var place = before
      for index in keys.indices where keys[index] == key && weight(statuses[index]) == 1 {
        if places.contains(place) {
          let index = UInt32(truncatingIfNeeded: index)
          found.append(Found(key: Int64(key), ordinal: base + index, row: number << LeadSegment.bits | index))
        }
        place += 1
      }
    }
    return found
  }
}

extension Tables {
  /// A page of the leads of one campaign, sorted by something other than their creation.
  func leads(
    of campaign: UInt32, statuses: Set<Lead.Status>, sort: LeadQuery.Sort, isDescending: Bool, _ request: PageRequest
  ) throws(StoreError) -> Page<Lead> {
    let record = campaigns[Int(campaign)]
    let found: [(ListPlace, UInt32)]
    switch sort {
    case .priority:
      let selection = LeadSelection(segments, record.segments, statuses: statuses) { $0.priority }
      found = try page(selection, record, statuses, zeroIsNone: false, isDescending, request)
    case .lastAttemptAt:
      let selection = LeadSelection(segments, record.segments, statuses: statuses) { $0.last }
      found = try page(selection, record, statuses, zeroIsNone: true, isDescending, request)
    case .nextAttemptAt, .createdAt:
      let selection = LeadSelection(segments, record.segments, statuses: statuses) { $0.next }
      found = try page(selection, record, statuses, zeroIsNone: true, isDescending, request)
    }
    let rows = found.prefix(max(0, request.limit))
    let next = found.count > rows.count ? rows.last.map { PageCursor($0.0) } : nil
    return Page(
      elements: try values(rows.map(\.1)) { (row) throws(StoreError) in try lead(at: row) },
      total: request.countsTotal ? statuses.reduce(0) { $0 + record.counts[$1] } : nil, next: next)
  }

  /// The leads of a page and one more, if there is one.
  private func page<Key>(
    _ selection: LeadSelection<Key>, _ record: CampaignRecord, _ statuses: Set<Lead.Status>, zeroIsNone: Bool,
    _ isDescending: Bool, _ request: PageRequest
  ) throws(StoreError) -> [(ListPlace, UInt32)] {
    let total = statuses.reduce(0) { $0 + record.counts[$1] }
    let passed: Int
    switch request.start {
    case .offset(let offset): passed = min(total, max(0, offset))
    case .cursor(let cursor):
      let place = try cursor.place(ListPlace.self)
      let before = selection.count(before: place, orAt: !isDescending)
      passed = isDescending ? total - before : before
    }
    let wanted = min(total - passed, max(0, min(request.limit, total)) + 1)
    let places = isDescending ? total - passed - wanted..<total - passed : passed..<passed + wanted
    let found = selection.leads(at: places, of: total, zeroIsNone: zeroIsNone).map { found in
      (ListPlace(key: found.key, low: found.ordinal), found.row)
    }
    return isDescending ? found.reversed() : found
  }
}
