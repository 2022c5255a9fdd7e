/// Finds rows of a table by a hash of their key.
///
/// A place takes nine bytes: seven bits of the hash, by which most others are passed over eight at a time, and the
/// row's number with the rest of the hash, so that growing need not look at the rows. The key itself stays in the
/// table. The index is split into parts that grow one at a time, so that growing never holds up a writer for long.
struct RowIndex: Sendable {
  private var parts: [Part]

  private static let partBits = 8

  init() {
    parts = Array(repeating: Part(), count: 1 << Self.partBits)
  }

  /// Makes room for so many rows of an index that is empty, so that filling it grows nothing.
  mutating func reserve(_ count: Int) {
    let each = count >> Self.partBits
    for part in parts.indices { parts[part].reserve(each + each / 8 + 8) }
  }

  /// Mixes two words into a hash.
  @inline(__always)
  static func hash(_ first: UInt64, _ second: UInt64) -> UInt64 {
    var value = (first ^ seed) &* 0x9E37_79B9_7F4A_7C15 ^ second
    value = (value ^ value >> 32) &* 0xD6E8_FEB8_6659_FD93
    value = (value ^ value >> 29) &* 0xC2B2_AE3D_27D4_EB4F
    return value ^ value >> 32
  }

  /// Differs from process to process, so that nobody can choose keys that collide.
  private static let seed = UInt64.random(in: .min ... .max)

  /// The row among those with this hash for which `matches` holds.
  @inline(__always)
  func find(_ hash: UInt64, where matches: (UInt32) -> Bool) -> UInt32? {
    parts[Int(hash >> UInt64(64 - Self.partBits))].find(UInt32(truncatingIfNeeded: hash), where: matches)
  }

  /// Reads where the search for a hash begins, so that the processor has it at hand when it is searched for.
  @inline(__always)
  func lookAhead(_ hash: UInt64) {
    parts[Int(hash >> UInt64(64 - Self.partBits))].lookAhead(UInt32(truncatingIfNeeded: hash))
  }

  /// Adds a row. The caller knows that its key is not there.
  @inline(__always)
  mutating func insert(_ hash: UInt64, _ row: UInt32) {
    parts[Int(hash >> UInt64(64 - Self.partBits))].insert(UInt32(truncatingIfNeeded: hash), row)
  }

  /// Removes a row; it does nothing when the row is not there.
  mutating func remove(_ hash: UInt64, _ row: UInt32) {
    parts[Int(hash >> UInt64(64 - Self.partBits))].remove(UInt32(truncatingIfNeeded: hash), row)
  }

  /// One part: groups of eight places, tried one after the other until one has an empty place.
  ///
  /// There is always an empty place, since a part grows before it is full.
  private struct Part: Sendable {
    /// Nine words a group: the tags of its places, then the places, each with the row in the lower half and the hash in
    /// the upper. They stand together, so that a search waits for memory once.
    private var words: [UInt64] = []
    private var groups = 0
    private var used = 0
    private var removed = 0

    private static let empty: UInt8 = 0
    private static let gone: UInt8 = 1
    private static let lows: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    @inline(__always)
    private static func tag(_ hash: UInt32) -> UInt8 { 0x80 | UInt8(truncatingIfNeeded: hash & 0x7F) }

    /// The places of a group that hold `tag`, as the upper bits of its bytes. Above a true one there may be a
    /// false one, so each is looked at.
    @inline(__always)
    private static func places(of tag: UInt8, in tags: UInt64) -> UInt64 {
      let different = tags ^ (lows &* UInt64(tag))
      return (different &- lows) & ~different & highs
    }

    /// The group in which the search for a hash starts, by its first word.
    @inline(__always)
    private func start(_ hash: UInt32) -> Int { Int((UInt64(hash) &* UInt64(groups)) >> 32) * 9 }

    @inline(__always)
    private func next(_ group: Int) -> Int { group + 9 == words.count ? 0 : group + 9 }

    @inline(__always)
    func find(_ hash: UInt32, where matches: (UInt32) -> Bool) -> UInt32? {
      var group = start(hash)
      for _ in 0..<groups {
        let tags = words[group]
        var found = Self.places(of: Self.tag(hash), in: tags)
        while found != 0 {
          let place = words[group + 1 + found.trailingZeroBitCount / 8]
          if place >> 32 == UInt64(hash), matches(UInt32(truncatingIfNeeded: place)) {
            return UInt32(truncatingIfNeeded: place)
          }
          found &= found - 1
        }
        if Self.places(of: Self.empty, in: tags) != 0 { return nil }
        group = next(group)
      }
      return nil
    }

    @inline(__always)
    func lookAhead(_ hash: UInt32) {
      guard groups > 0 else { return }
      withExtendedLifetime(words[start(hash)]) {}
    }

    @inline(__always)
    mutating func insert(_ hash: UInt32, _ row: UInt32) {
      if used + removed + 1 > groups * 7 { grow() }
      place(hash, row)
    }

    @inline(__always)
    private mutating func place(_ hash: UInt32, _ row: UInt32) {
      var group = start(hash)
      while true {
        let free = Self.places(of: Self.empty, in: words[group])
        if free != 0 {
          let place = free.trailingZeroBitCount / 8
          setTag(Self.tag(hash), group, place)
          words[group + 1 + place] = UInt64(hash) << 32 | UInt64(row)
          used += 1
          return
        }
        group = next(group)
      }
    }

    @inline(__always)
    private mutating func setTag(_ tag: UInt8, _ group: Int, _ place: Int) {
      words[group] = words[group] & ~(0xFF << UInt64(place * 8)) | UInt64(tag) << UInt64(place * 8)
    }

    mutating func remove(_ hash: UInt32, _ row: UInt32) {
      let wanted = UInt64(hash) << 32 | UInt64(row)
      var group = start(hash)
      for _ in 0..<groups {
        let tags = words[group]
        var found = Self.places(of: Self.tag(hash), in: tags)
        while found != 0 {
          let place = found.trailingZeroBitCount / 8
          if words[group + 1 + place] == wanted {
            setTag(Self.gone, group, place)
            used -= 1
            removed += 1
            return
          }
          found &= found - 1
        }
        if Self.places(of: Self.empty, in: tags) != 0 { return }
        group = next(group)
      }
    }

    mutating func reserve(_ count: Int) {
      makeRoom(for: count)
    }

    private mutating func makeRoom(for count: Int) {
      groups = (count * 8 / 7 + 15) / 8
      words = Array(repeating: 0, count: groups * 9)
    }

    /// Makes room for half as many again at least; places of rows that were removed are won back.
    private mutating func grow() {
      let old = words
      let kept = used
      used = 0
      removed = 0
      makeRoom(for: kept + kept / 2)
      for group in stride(from: 0, to: old.count, by: 9) {
        var taken = old[group] & Self.highs
        while taken != 0 {
          let place = old[group + 1 + taken.trailingZeroBitCount / 8]
          self.place(UInt32(truncatingIfNeeded: place >> 32), UInt32(truncatingIfNeeded: place))
          taken &= taken - 1
        }
      }
    }
  }
}
