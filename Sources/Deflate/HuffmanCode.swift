/// A prefix code of DEFLATE: for each symbol the length of its word, and the word itself, first bit lowest.
struct HuffmanCode {
  private(set) var lengths: [UInt8]
  private(set) var words: [UInt16]

  /// Gives the words that follow from the lengths.
  init(lengths: [UInt8]) {
    self.lengths = lengths
    words = [UInt16](repeating: 0, count: lengths.count)
    var counts = [UInt16](repeating: 0, count: 17)
    for length in lengths where length > 0 { counts[Int(length)] += 1 }
    var next = [UInt16](repeating: 0, count: 17)
    for length in 1..<16 { next[length + 1] = (next[length] + counts[length]) << 1 }
    for (symbol, length) in lengths.enumerated() where length > 0 {
      let word = next[Int(length)]
      next[Int(length)] += 1
      var (reversed, rest): (UInt16, UInt16) = (0, word)
      for _ in 0..<length {
        reversed = reversed << 1 | rest & 1
        rest >>= 1
      }
      words[symbol] = reversed
    }
  }

  /// The best code for frequencies whose words are no longer than a limit, or nearly the best where the limit bites.
  init(frequencies: [Int], limit: Int) {
    let used = frequencies.indices.filter { frequencies[$0] > 0 }.sorted {
      (frequencies[$0], $0) < (frequencies[$1], $1)
    }
    var lengths = [UInt8](repeating: 0, count: frequencies.count)
    if used.count == 1 {
      lengths[used[0]] = 1
    } else if used.count > 1 {
      var counts = Self.countsOfLengths(used.map { frequencies[$0] }, limit: limit)
      // The rarest symbols have the longest words.
      var length = limit
      for symbol in used {
        while counts[length] == 0 { length -= 1 }
        counts[length] -= 1
        lengths[symbol] = UInt8(length)
      }
    }
    self.init(lengths: lengths)
  }

  /// How many words have each length, for at least two frequencies in growing order.
  private static func countsOfLengths(_ frequencies: [Int], limit: Int) -> [Int] {
    let count = frequencies.count
    // Leaves come first, then inner nodes in the order they are made, which is that of their weight.
    var weights = frequencies
    weights.reserveCapacity(2 * count)
    var parents = [Int](repeating: 0, count: 2 * count - 1)
    var (leaf, inner) = (0, count)
    while weights.count < 2 * count - 1 {
      var weight = 0
      for _ in 0..<2 {
        let takesLeaf = leaf < count && (inner >= weights.count || weights[leaf] <= weights[inner])
        let node = takesLeaf ? leaf : inner
        if takesLeaf { leaf += 1 } else { inner += 1 }
        weight += weights[node]
        parents[node] = weights.count
      }
      weights.append(weight)
    }
    var depths = [Int](repeating: 0, count: 2 * count - 1)
    var counts = [Int](repeating: 0, count: limit + 1)
    for node in stride(from: 2 * count - 3, through: 0, by: -1) {
      depths[node] = depths[parents[node]] + 1
      if node < count { counts[min(limit, depths[node])] += 1 }
    }
    // Words that were cut to the limit are too many; longer ones elsewhere make room.
    var sum = (1...limit).reduce(0) { $0 + counts[$1] << (limit - $1) }
    while sum > 1 << limit {
      counts[limit] -= 1
      if let length = (1..<limit).last(where: { counts[$0] > 0 }) {
        counts[length] -= 1
        counts[length + 1] += 2
      }
      sum -= 1
    }
    return counts
  }
}
