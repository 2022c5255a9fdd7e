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
    private var tags: [UInt8] = []
    /// The row in the lower half, the hash in the upper.
    private var places: [UInt64] = []
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
    private static func places(of tag: UInt8, in group: UInt64) -> UInt64 {
      let different = group ^ (lows &* UInt64(tag))
      return (different &- lows) & ~different & highs
    }

    /// Where the search for a hash starts.
    @inline(__always)
    private func start(_ hash: UInt32) -> Int { Int((UInt64(hash) &* UInt64(tags.count / 8)) >> 32) }

    @inline(__always)
    private func next(_ number: Int) -> Int { (number + 1) * 8 == tags.count ? 0 : number + 1 }

    @inline(__always)
    private func group(_ number: Int) -> UInt64 {
      tags.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: number * 8, as: UInt64.self)) }
    }

    @inline(__always)
    func find(_ hash: UInt32, where matches: (UInt32) -> Bool) -> UInt32? {
      guard !tags.isEmpty else { return nil }
      var number = start(hash)
      for _ in 0..<tags.count / 8 {
        let group = group(number)
        var found = Self.places(of: Self.tag(hash), in: group)
        while found != 0 {
          let place = places[number * 8 + found.trailingZeroBitCount / 8]
          if place >> 32 == UInt64(hash), matches(UInt32(truncatingIfNeeded: place)) {
            return UInt32(truncatingIfNeeded: place)
          }
          found &= found - 1
        }
        if Self.places(of: Self.empty, in: group) != 0 { return nil }
        number = next(number)
      }
      return nil
    }

    @inline(__always)
    mutating func insert(_ hash: UInt32, _ row: UInt32) {
      if (used + removed + 1) * 8 > tags.count * 7 { grow() }
      place(hash, row)
    }

    @inline(__always)
    private mutating func place(_ hash: UInt32, _ row: UInt32) {
      var number = start(hash)
      while true {
        let free = Self.places(of: Self.empty, in: group(number))
        if free != 0 {
          let place = number * 8 + free.trailingZeroBitCount / 8
          tags[place] = Self.tag(hash)
          places[place] = UInt64(hash) << 32 | UInt64(row)
          used += 1
          return
        }
        number = next(number)
      }
    }

    mutating func remove(_ hash: UInt32, _ row: UInt32) {
      guard !tags.isEmpty else { return }
      let wanted = UInt64(hash) << 32 | UInt64(row)
      var number = start(hash)
      for _ in 0..<tags.count / 8 {
        for place in number * 8..<number * 8 + 8 {
          if tags[place] & 0x80 != 0, places[place] == wanted {
            tags[place] = Self.gone
            used -= 1
            removed += 1
            return
          }
        }
        if Self.places(of: Self.empty, in: group(number)) != 0 { return }
        number = next(number)
      }
    }

    mutating func reserve(_ count: Int) {
      makeRoom(for: count)
    }

    private mutating func makeRoom(for count: Int) {
      let capacity = (count * 8 / 7 + 15) & ~7
      tags = Array(repeating: Self.empty, count: capacity)
      places = Array(repeating: 0, count: capacity)
    }

    /// Makes room for half as many again at least; places of rows that were removed are won back.
    private mutating func grow() {
      let old = (tags: tags, places: places)
      let kept = used
      used = 0
      removed = 0
      makeRoom(for: kept + kept / 2)
      for index in old.tags.indices where old.tags[index] & 0x80 != 0 {
        place(UInt32(truncatingIfNeeded: old.places[index] >> 32), UInt32(truncatingIfNeeded: old.places[index]))
      }
    }
  }
}
