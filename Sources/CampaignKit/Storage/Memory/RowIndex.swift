/// Finds rows of a table by a hash of their key.
///
/// It holds five bytes a place: seven bits of the hash to pass over most others without looking at their rows,
/// and the row's number. The key itself stays in the table. It is split into parts that grow one at a time, so
/// that growing never holds up a writer for long.
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
    parts[Int(hash >> UInt64(64 - Self.partBits))].find(hash, where: matches)
  }

  /// Adds a row. The caller knows that its key is not there.
  @inline(__always)
  mutating func insert(_ hash: UInt64, _ row: UInt32, rehash: (UInt32) -> UInt64) {
    parts[Int(hash >> UInt64(64 - Self.partBits))].insert(hash, row, rehash: rehash)
  }

  /// Removes a row; it does nothing when the row is not there.
  mutating func remove(_ hash: UInt64, _ row: UInt32) {
    parts[Int(hash >> UInt64(64 - Self.partBits))].remove(hash, row)
  }

  /// One part: groups of eight places, tried one after the other until one has an empty place.
  private struct Part: Sendable {
    private var tags: [UInt8] = []
    private var rows: [UInt32] = []
    private var used = 0
    private var removed = 0

    private static let empty: UInt8 = 0
    private static let gone: UInt8 = 1
    private static let lows: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    @inline(__always)
    private static func tag(_ hash: UInt64) -> UInt8 { 0x80 | UInt8(truncatingIfNeeded: hash & 0x7F) }

    /// The places of a group that hold `tag`, as the upper bits of its bytes. Above a true one there may be a
    /// false one, so each is looked at.
    @inline(__always)
    private static func places(of tag: UInt8, in group: UInt64) -> UInt64 {
      let different = group ^ (lows &* UInt64(tag))
      return (different &- lows) & ~different & highs
    }

    @inline(__always)
    func find(_ hash: UInt64, where matches: (UInt32) -> Bool) -> UInt32? {
      guard !tags.isEmpty else { return nil }
      let tag = Self.tag(hash)
      return tags.withUnsafeBytes { tags in
        let mask = tags.count / 8 - 1
        var group = Int(truncatingIfNeeded: hash >> 7) & mask
        for _ in 0...mask {
          let word = UInt64(littleEndian: tags.loadUnaligned(fromByteOffset: group * 8, as: UInt64.self))
          var found = Self.places(of: tag, in: word)
          while found != 0 {
            let row = rows[group * 8 + found.trailingZeroBitCount / 8]
            if matches(row) { return row }
            found &= found - 1
          }
          if Self.places(of: Self.empty, in: word) != 0 { return nil }
          group = (group + 1) & mask
        }
        return nil
      }
    }

    @inline(__always)
    mutating func insert(_ hash: UInt64, _ row: UInt32, rehash: (UInt32) -> UInt64) {
      if (used + removed + 1) * 8 > tags.count * 7 { grow(rehash) }
      place(hash, row)
    }

    @inline(__always)
    private mutating func place(_ hash: UInt64, _ row: UInt32) {
      let mask = tags.count / 8 - 1
      var group = Int(truncatingIfNeeded: hash >> 7) & mask
      while true {
        let word = tags.withUnsafeBytes {
          UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: group * 8, as: UInt64.self))
        }
        let free = Self.places(of: Self.empty, in: word)
        if free != 0 {
          let place = group * 8 + free.trailingZeroBitCount / 8
          tags[place] = Self.tag(hash)
          rows[place] = row
          used += 1
          return
        }
        group = (group + 1) & mask
      }
    }

    mutating func remove(_ hash: UInt64, _ row: UInt32) {
      guard !tags.isEmpty else { return }
      let tag = Self.tag(hash)
      let mask = tags.count / 8 - 1
      var group = Int(truncatingIfNeeded: hash >> 7) & mask
      for _ in 0...mask {
        for place in group * 8..<group * 8 + 8 {
          if tags[place] == tag, rows[place] == row {
            tags[place] = Self.gone
            used -= 1
            removed += 1
            return
          }
          if tags[place] == Self.empty { return }
        }
        group = (group + 1) & mask
      }
    }

    mutating func reserve(_ count: Int) {
      var capacity = 8
      while count * 8 > capacity * 7 { capacity *= 2 }
      tags = Array(repeating: Self.empty, count: capacity)
      rows = Array(repeating: 0, count: capacity)
    }

    private mutating func grow(_ rehash: (UInt32) -> UInt64) {
      let old = zip(tags, rows).filter { $0.0 & 0x80 != 0 }.map(\.1)
      var capacity = 8
      while (old.count + 1) * 8 > capacity * 5 { capacity *= 2 }
      tags = Array(repeating: Self.empty, count: capacity)
      rows = Array(repeating: 0, count: capacity)
      used = 0
      removed = 0
      for row in old { place(rehash(row), row) }
    }
  }
}
