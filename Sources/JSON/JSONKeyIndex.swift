/// Positions of members by their keys, for objects with many of them.
///
/// Does what a dictionary from keys to positions would do, without a copy of the keys, and with a hash that takes a
/// fraction of the time for the short keys of ASCII that nearly all are. It is seeded anew in every process, so a
/// document cannot be made for keys to collide.
struct JSONKeyIndex: Sendable {
  /// A free slot is 0; others have the hash in the upper half and the position plus 1 in the lower one.
  private var slots: [UInt64]
  private var count = 0

  /// Creates an index that has room for a number of keys.
  init(capacity: Int) { slots = Self.emptySlots(for: capacity) }

  private static func emptySlots(for capacity: Int) -> [UInt64] {
    var size = 64
    while size < capacity &* 2 { size &*= 2 }
    return [UInt64](repeating: 0, count: size)
  }

  mutating func reserveCapacity(_ capacity: Int) {
    guard slots.count < capacity &* 2 else { return }
    let old = slots
    slots = Self.emptySlots(for: capacity)
    for slot in old where slot != 0 { place(slot) }
  }

  /// Adds a key that is not there yet.
  mutating func insert(_ hash: UInt32, position: Int) {
    count += 1
    if count &* 2 > slots.count { reserveCapacity(count &* 2) }
    place(UInt64(hash) << 32 | UInt64(UInt32(position + 1)))
  }

  private mutating func place(_ slot: UInt64) {
    let mask = slots.count &- 1
    var index = Int(slot >> 32) & mask
    while slots[index] != 0 { index = (index &+ 1) & mask }
    slots[index] = slot
  }

  /// Finds the position of a key, given its hash and a way to compare it with the key at a position.
  @inline(__always)
  func position(_ hash: UInt32, where isEqual: (Int) -> Bool) -> Int? {
    let mask = slots.count &- 1
    var index = Int(hash) & mask
    while true {
      let slot = slots[index]
      guard slot != 0 else { return nil }
      if UInt32(truncatingIfNeeded: slot >> 32) == hash {
        let position = Int(UInt32(truncatingIfNeeded: slot)) &- 1
        if isEqual(position) { return position }
      }
      index = (index &+ 1) & mask
    }
  }

  // MARK: Hash

  private static let seeds: (UInt64, UInt64) = (.random(in: 0 ... .max), .random(in: 0 ... .max) | 1)

  /// The hash of a key; keys that are equal as Swift strings have the same.
  static func hash(_ key: String) -> UInt32 {
    if let hash = key.utf8.withContiguousStorageIfAvailable({ asciiHash(UnsafeRawBufferPointer($0)) }) ?? nil {
      return hash
    }
    // Few other scalars are canonically equivalent to ASCII, so a key with them may equal one of ASCII.
    var plain = String.UnicodeScalarView()
    for scalar in key.unicodeScalars {
      switch scalar {
      case "\u{37E}": plain.append(";")
      case "\u{1FEF}": plain.append("`")
      case "\u{212A}": plain.append("K")
      default: plain.append(scalar)
      }
    }
    let text = String(plain)
    if let hash = text.utf8.withContiguousStorageIfAvailable({ asciiHash(UnsafeRawBufferPointer($0)) }) ?? nil {
      return hash
    }
    var hasher = Hasher()
    hasher.combine(text)
    return UInt32(truncatingIfNeeded: hasher.finalize())
  }

  /// The hash of text when all of it is ASCII.
  @inline(__always)
  private static func asciiHash(_ text: UnsafeRawBufferPointer) -> UInt32? {
    let (seed, factor) = seeds
    var state = seed ^ UInt64(truncatingIfNeeded: text.count)
    var union: UInt64 = 0
    var position = 0
    while position &+ 8 <= text.count {
      let word = text.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      union |= word
      state = mix(state ^ word, factor)
      position &+= 8
    }
    var rest: UInt64 = 0
    while position < text.count {
      rest = rest << 8 | UInt64(text[position])
      position &+= 1
    }
    guard (union | rest) & 0x8080_8080_8080_8080 == 0 else { return nil }
    return UInt32(truncatingIfNeeded: mix(mix(state ^ rest, factor), seed | 1))
  }

  @inline(__always)
  private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }
}
