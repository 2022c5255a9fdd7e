/// Keys of some leads of a long list, in order, and what they tell of the places of all.
struct KeySample<Key: FixedWidthInteger & SignedInteger & Sendable> {
  /// So many of the leads of the segments are looked at, wanted or not.
  static var size: Int { 4096 }
  /// What so few say is not worth a reading of the column.
  private static var fewest: Int { 256 }

  private let keys: [Key]
  private let total: Int

  /// - Parameters:
  ///   - keys: The keys of the wanted leads among those that were looked at.
  ///   - total: How many leads are wanted in all.
  init?(_ keys: [Key], of total: Int) {
    guard keys.count >= Self.fewest else { return nil }
    self.keys = keys.sorted()
    self.total = total
  }

  /// The keys between which some places of the list lie, but for one time in some hundreds.
  func keys(around places: Range<Int>) -> ClosedRange<Key> {
    let count = Double(keys.count)
    // How many of the sample lie before a place is a matter of chance; its standard deviation is known.
    func rank(_ place: Int, _ direction: Double) -> Int {
      let share = Double(place) / Double(total)
      return Int((count * share + direction * (3 * (count * share * (1 - share)).squareRoot() + 3)).rounded(.down))
    }
    let first = rank(places.lowerBound, -1)
    let last = rank(places.upperBound - 1, 1)
    return (first < 0 ? .min : keys[first])...(last < keys.count ? keys[last] : .max)
  }
}

extension LeadSelection {
  /// In shorter lists three readings take less time than a sample.
  private static var fewestSampled: Int { 1 << 16 }
  /// More than so many are not collected.
  private static var mostCollected: Int { 1 << 17 }

  /// The leads at some places of a long list, found by a sample; nil when the list is short or the sample is no help.
  func sampledLeads(at places: Range<Int>, of total: Int, zeroIsNone: Bool) -> [Found]? {
    guard total >= Self.fewestSampled, places.upperBound <= total, let sample = KeySample(someKeys(), of: total) else {
      return nil
    }
    var keys = sample.keys(around: places)
    // Nothing lies before it, and a range of it alone takes no collecting.
    if zeroIsNone { keys = max(0, keys.lowerBound)...max(0, keys.upperBound) }
    if keys.lowerBound == keys.upperBound {
      let before = count(below: keys.lowerBound)
      let found = equal(Int64(keys.lowerBound), at: places.lowerBound - before..<places.upperBound - before)
      return before <= places.lowerBound && found.count == places.count ? found : nil
    }
    guard let (before, found) = collect(keys), before <= places.lowerBound,
      places.upperBound <= before + found.count
    else { return nil }
    return Self.sorted(found, at: places.lowerBound - before..<places.upperBound - before)
  }

  /// The keys of wanted leads at places that follow no pattern.
  private func someKeys() -> [Key] {
    let gap = UInt64(max(1, numbers.count * LeadSegment.size / KeySample<Key>.size))
    var keys: [Key] = []
    keys.reserveCapacity(2 * KeySample<Key>.size)
    var random: UInt64 = 0x9E37_79B9_7F4A_7C15
    var next = 0
    scan { _, _, column, statuses in
      while next < column.count {
        if weight(statuses[next]) == 1 { keys.append(column[next]) }
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        next += 1 + Int(((random >> 32) * (2 * gap)) >> 32)
      }
      next -= column.count
    }
    return keys
  }

  /// How many wanted leads have a key below this one.
  private func count(below key: Key) -> Int {
    var count = 0
    scan { _, _, keys, statuses in
      var here: UInt32 = 0
      for index in 0..<min(keys.count, statuses.count) { here &+= keys[index] < key ? weight(statuses[index]) : 0 }
      count += Int(here)
    }
    return count
  }

  /// The wanted leads with a key in a range, and how many come before them; nil when there are too many.
  private func collect(_ range: ClosedRange<Key>) -> (before: Int, found: [Found])? {
    let low = Int64(range.lowerBound)
    let width = UInt64(bitPattern: Int64(range.upperBound) &- low)
    var before = 0
    var found: [Found] = []
    var hits = [UInt16](repeating: 0, count: LeadSegment.size + 1)
    hits.withUnsafeMutableBufferPointer { hits in
      scan { number, base, keys, statuses in
        guard found.count <= Self.mostCollected else { return }
        var below: UInt32 = 0
        var count = 0
        // Every index is written down, and stays only if it is wanted: nobody can foretell that branch.
        for index in 0..<min(keys.count, statuses.count, LeadSegment.size) {
          let key = Int64(keys[index])
          let weight = weight(statuses[index])
          below &+= (key < low ? 1 : 0) & weight
          hits[count] = UInt16(truncatingIfNeeded: index)
          count &+= Int((UInt64(bitPattern: key &- low) <= width ? 1 : 0) & weight)
        }
        before += Int(below)
        for hit in 0..<count {
          let place = UInt32(hits[hit])
          found.append(
            Found(key: Int64(keys[Int(place)]), ordinal: base &+ place, row: number << LeadSegment.bits | place))
        }
      }
    }
    return found.count <= Self.mostCollected ? (before, found) : nil
  }

  /// Some places of what was collected, which is in the order of ordinals.
  private static func sorted(_ found: [Found], at places: Range<Int>) -> [Found] {
    guard let first = found.first else { return [] }
    var (low, high) = (first.key, first.key)
    for lead in found {
      low = min(low, lead.key)
      high = max(high, lead.key)
    }
    let shift = UInt64(max(0, 64 - UInt64(bitPattern: high &- low).leadingZeroBitCount - 12))
    func part(_ key: Int64) -> Int { Int(UInt64(bitPattern: key &- low) >> shift) }
    var counts = [Int](repeating: 0, count: part(high) + 1)
    for lead in found { counts[part(lead.key)] += 1 }
    var before = 0
    var start = 0
    while before + counts[start] <= places.lowerBound {
      before += counts[start]
      start += 1
    }
    var through = before
    var end = start
    while through < places.upperBound {
      through += counts[end]
      end += 1
    }
    let near = found.filter { (start..<end).contains(part($0.key)) }
      .sorted { ($0.key, $0.ordinal) < ($1.key, $1.ordinal) }
    return Array(near[places.lowerBound - before..<places.upperBound - before])
  }
}
