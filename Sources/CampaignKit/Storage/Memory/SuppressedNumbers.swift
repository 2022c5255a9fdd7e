/// What is known of a do-not-call entry beside its number: the same for all that were added together.
struct SuppressionTerms: BitwiseCopyable, Hashable, Sendable {
  var addedAt: Int64
  /// `Int64.max` for never.
  var expiresAt: Int64
  /// Numbers of the text table; 0 for none.
  var source: UInt32
  var reason: UInt32
}

/// The numbers that are not to be called for one account or for all, in the order of their digits.
///
/// An entry is one word of 64 bits: the number in the upper 52, and in the lower 12 which of its chunk's terms are its
/// own. A chunk has room for 1,024 entries, and hardly ever more than a few terms, since lists come by the thousand.
/// Being in order, a page of the list is found where it begins, and a copy that is written out shares all chunks that
/// do not change meanwhile.
struct SuppressedNumbers: Sendable {
  private(set) var chunks: [SuppressedChunk] = []
  /// The first key of each chunk, by which a number's chunk is found without looking into others.
  private var firsts: [UInt64] = []
  private(set) var count = 0

  init() {}

  /// The terms of a number.
  func terms(of key: UInt64) -> SuppressionTerms? {
    guard !chunks.isEmpty else { return nil }
    return chunks[chunk(for: key)].terms(of: key)
  }

  /// Puts a number in, in the place of an older entry for it.
  mutating func set(_ key: UInt64, _ terms: SuppressionTerms) {
    guard !chunks.isEmpty else {
      append(SuppressedChunk([SuppressedEntry(key: key, terms: terms)]))
      return
    }
    var number = chunk(for: key)
    if chunks[number].isFull, chunks[number].terms(of: key) == nil {
      if number == chunks.count - 1, chunks[number].last < key {
        append(SuppressedChunk([SuppressedEntry(key: key, terms: terms)]))
        return
      }
      makeRoom(in: number)
      number = chunk(for: key)
    }
    if chunks[number].set(key, terms) { count += 1 }
    firsts[number] = chunks[number].first
  }

  /// Takes a number out; false when it is not there.
  mutating func remove(_ key: UInt64) -> Bool {
    guard !chunks.isEmpty else { return false }
    let number = chunk(for: key)
    guard chunks[number].remove(key) else { return false }
    count -= 1
    if chunks[number].count == 0 {
      chunks.remove(at: number)
      firsts.remove(at: number)
      return true
    }
    firsts[number] = chunks[number].first
    if number + 1 < chunks.count, chunks[number].count + chunks[number + 1].count <= SuppressedChunk.size / 2 {
      replace(number...number + 1, with: [chunks[number].entries + chunks[number + 1].entries])
    }
    return true
  }

  /// Adds a chunk whose numbers lie behind all others.
  mutating func append(_ chunk: SuppressedChunk) {
    chunks.append(chunk)
    firsts.append(chunk.first)
    count += chunk.count
  }

  /// The last chunk whose first number is not behind this one; the first chunk if there is none.
  func chunk(for key: UInt64) -> Int {
    var low = 0
    var high = firsts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if firsts[middle] <= key { low = middle } else { high = middle }
    }
    return low
  }

  /// Shares the numbers of a full chunk with the next, or splits it.
  private mutating func makeRoom(in number: Int) {
    let entries = chunks[number].entries
    if number + 1 < chunks.count, chunks[number + 1].count <= SuppressedChunk.size * 3 / 4 {
      let all = entries + chunks[number + 1].entries
      replace(number...number + 1, with: [Array(all[..<(all.count / 2)]), Array(all[(all.count / 2)...])])
    } else {
      replace(
        number...number, with: [Array(entries[..<(entries.count / 2)]), Array(entries[(entries.count / 2)...])])
    }
  }

  private mutating func replace(_ range: ClosedRange<Int>, with parts: [[SuppressedEntry]]) {
    let new = parts.map { SuppressedChunk($0) }
    chunks.replaceSubrange(range, with: new)
    firsts.replaceSubrange(range, with: new.map(\.first))
  }

  // MARK: Keys

  /// The digits of a number as a key that sorts as their text does: 15 digits of base 11, 0 where there is none.
  static func key(_ digits: UInt64) -> UInt64 {
    var weight: UInt64 = 4_177_248_169_415_651
    var rest = digits
    repeat {
      weight /= 11
      rest /= 10
    } while rest > 0
    var key: UInt64 = 0
    rest = digits
    repeat {
      key += (rest % 10 + 1) * weight
      weight *= 11
      rest /= 10
    } while rest > 0
    return key
  }

  static func digits(_ key: UInt64) -> UInt64 {
    var weight: UInt64 = 379_749_833_583_241
    var rest = key
    var digits: UInt64 = 0
    while weight > 0, rest / weight > 0 {
      digits = digits * 10 + (rest / weight - 1)
      rest %= weight
      weight /= 11
    }
    return digits
  }

  /// Behind every key.
  static let keyEnd: UInt64 = 4_177_248_169_415_651
}

struct SuppressedEntry: Sendable {
  var key: UInt64
  var terms: SuppressionTerms
}

/// Up to 1,024 numbers in order.
struct SuppressedChunk: Sendable {
  private(set) var words: [UInt64] = []
  private(set) var terms: [SuppressionTerms] = []

  static let size = 1024
  private static let termBits: UInt64 = 12
  private static let mostTerms = 1 << 12

  /// Entries in order, at least one and not more than there is room for.
  init(_ entries: [SuppressedEntry]) {
    words.reserveCapacity(Self.size)
    for entry in entries { words.append(entry.key << Self.termBits | slot(of: entry.terms)) }
  }

  /// Takes what was written; nil unless it is a chunk whose numbers come behind `last`.
  init?(words: [UInt64], terms: [SuppressionTerms], behind last: UInt64?) {
    guard (1...Self.size).contains(words.count), terms.count <= Self.mostTerms else { return nil }
    var last = last
    for word in words {
      let key = word >> Self.termBits
      guard last.map({ $0 < key }) ?? true, key < SuppressedNumbers.keyEnd, Int(word & 0xFFF) < terms.count,
        PhoneNumber(digits: SuppressedNumbers.digits(key)) != nil
      else { return nil }
      last = key
    }
    self.words.reserveCapacity(Self.size)
    self.words += words
    self.terms = terms
  }

  var count: Int { words.count }
  var isFull: Bool { words.count == Self.size }
  var first: UInt64 { words[0] >> Self.termBits }
  var last: UInt64 { words[words.count - 1] >> Self.termBits }
  var entries: [SuppressedEntry] { words.indices.map { self[$0] } }

  subscript(place: Int) -> SuppressedEntry {
    SuppressedEntry(key: words[place] >> Self.termBits, terms: terms[Int(words[place] & 0xFFF)])
  }

  /// The first place whose number is not before this one.
  func place(of key: UInt64) -> Int {
    var low = 0
    var high = words.count
    while low < high {
      let middle = (low + high) / 2
      if words[middle] >> Self.termBits < key { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func holds(_ key: UInt64, at place: Int) -> Bool {
    place < words.count && words[place] >> Self.termBits == key
  }

  func terms(of key: UInt64) -> SuppressionTerms? {
    let place = place(of: key)
    return holds(key, at: place) ? terms[Int(words[place] & 0xFFF)] : nil
  }

  /// Puts a number in; false when it takes the place of an older entry.
  mutating func set(_ key: UInt64, _ terms: SuppressionTerms) -> Bool {
    if self.terms.count >= 2 * words.count + 64 { dropOldTerms() }
    let word = key << Self.termBits | slot(of: terms)
    let place = place(of: key)
    if holds(key, at: place) {
      words[place] = word
      return false
    }
    words.insert(word, at: place)
    return true
  }

  mutating func remove(_ key: UInt64) -> Bool {
    let place = place(of: key)
    guard holds(key, at: place) else { return false }
    words.remove(at: place)
    return true
  }

  /// The place of terms among those of the chunk, the last ones first, since entries come together.
  private mutating func slot(of terms: SuppressionTerms) -> UInt64 {
    if let place = self.terms.lastIndex(of: terms) { return UInt64(place) }
    self.terms.append(terms)
    return UInt64(self.terms.count - 1)
  }

  /// Keeps only the terms that an entry has, of which there are not more than entries.
  private mutating func dropOldTerms() { self = SuppressedChunk(entries) }
}
