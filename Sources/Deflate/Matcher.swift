/// Finds what has stood before: turns bytes into literals and references to earlier bytes.
struct Matcher {
  /// A literal, or a match: its length above the 16 lowest bits, which are its distance.
  struct Token {
    let bits: UInt32

    init(literal: UInt8) { bits = UInt32(literal) }
    init(length: Int, distance: Int) { bits = 1 << 31 | UInt32(length) << 16 | UInt32(distance) }

    var isMatch: Bool { bits >> 31 == 1 }
    var length: Int { Int(bits >> 16 & 0x1FF) }
    var distance: Int { Int(bits & 0xFFFF) }
  }

  private static let window = 32_768
  private static let longest = 258
  /// How many earlier places are tried, and from which length on a match is good enough.
  private static let tries = 24
  private static let goodEnough = 64

  private let bytes: [UInt8]
  private var heads = [Int32](repeating: -1, count: 1 << 15)
  private var previous = [Int32](repeating: -1, count: window)

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  @inline(__always)
  private func hash(_ place: Int) -> Int {
    let value = UInt32(bytes[place]) | UInt32(bytes[place + 1]) << 8 | UInt32(bytes[place + 2]) << 16
    return Int((value &* 0x9E37_79B1) >> 17)
  }

  /// Notes a place, and gives the last one that began alike.
  @inline(__always)
  private mutating func note(_ place: Int) -> Int {
    guard place + 3 <= bytes.count else { return -1 }
    let hash = hash(place)
    let earlier = heads[hash]
    heads[hash] = Int32(truncatingIfNeeded: place)
    previous[place & (Self.window - 1)] = earlier
    return Int(earlier)
  }

  /// The longest match that is longer than another.
  private func match(at place: Int, from candidate: Int, longerThan least: Int) -> (length: Int, distance: Int)? {
    let limit = min(Self.longest, bytes.count - place)
    guard limit > least else { return nil }
    var best: (length: Int, distance: Int)?
    var length = least
    var candidate = candidate
    for _ in 0..<Self.tries {
      guard candidate >= 0, place - candidate < Self.window else { break }
      if bytes[candidate + length] == bytes[place + length] {
        var count = 0
        while count < limit, bytes[candidate + count] == bytes[place + count] { count += 1 }
        if count > length {
          length = count
          best = (count, place - candidate)
          if count >= Self.goodEnough || count == limit { break }
        }
      }
      let next = Int(previous[candidate & (Self.window - 1)])
      // A place that was overwritten since belongs to later bytes.
      guard next < candidate else { break }
      candidate = next
    }
    return best
  }

  /// Gives all tokens. A match waits for the next place, which may have a longer one.
  mutating func tokens(_ take: (Token) -> Void) {
    var place = 0
    var waiting: (length: Int, distance: Int)?
    while place < bytes.count {
      let candidate = note(place)
      let found = match(at: place, from: candidate, longerThan: max(2, waiting?.length ?? 0))
      if let kept = waiting, found == nil {
        take(Token(length: kept.length, distance: kept.distance))
        // The match began one place earlier.
        let end = place - 1 + kept.length
        place += 1
        while place < end {
          _ = note(place)
          place += 1
        }
        waiting = nil
        continue
      }
      if waiting != nil { take(Token(literal: bytes[place - 1])) }
      if let found, found.length < Self.goodEnough {
        waiting = found
        place += 1
      } else if let found {
        take(Token(length: found.length, distance: found.distance))
        for skipped in place + 1..<place + found.length { _ = note(skipped) }
        place += found.length
        waiting = nil
      } else {
        take(Token(literal: bytes[place]))
        place += 1
      }
    }
  }
}
