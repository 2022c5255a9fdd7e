/// A 64-bit checksum that finds damage, computed with XXH64.
///
/// Equal bytes with an equal seed give equal sums on every platform, and always will: sums may be stored.
/// It guards against accidents, not against people: whoever chooses the bytes can also choose the sum.
///
/// ```swift
/// var checksum = Checksum64()
/// checksum.update(header)
/// checksum.update(body)
/// let sum = checksum.finish()
/// ```
public struct Checksum64: Sendable {
  /// Bytes that are taken in at once.
  private static let stripe = 32

  private var lanes: Lanes
  private let seed: UInt64
  /// Bytes given so far; wraps around, as the algorithm has it.
  private var length: UInt64 = 0
  /// Bytes that do not fill a stripe yet, `length % 32` of them.
  private var pending: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  /// Begins a checksum over bytes that come in pieces.
  ///
  /// - Parameter seed: Where the sum starts from; different seeds give unrelated sums.
  public init(seed: UInt64 = 0) {
    self.seed = seed
    lanes = Lanes(seed: seed)
  }

  /// Takes in the next bytes; how they are cut into pieces does not change the sum.
  ///
  /// - Parameter bytes: The bytes, in any alignment.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
    let filled = Int(truncatingIfNeeded: length % UInt64(Self.stripe))
    length &+= UInt64(bytes.count)
    var position = 0
    if filled > 0 {
      position = min(Self.stripe - filled, bytes.count)
      let isFull = filled + position == Self.stripe
      withUnsafeMutableBytes(of: &pending) { buffer in
        UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: bytes[..<position]))
      }
      guard isFull else { return }
      withUnsafeBytes(of: pending) { buffer in
        if let base = buffer.baseAddress { lanes.consume(base, stripes: 1) }
      }
    }
    let stripes = (bytes.count - position) / Self.stripe
    lanes.consume(base + position, stripes: stripes)
    position += stripes * Self.stripe
    if position < bytes.count {
      withUnsafeMutableBytes(of: &pending) { buffer in
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[position...]))
      }
    }
  }

  /// Takes in the next bytes.
  ///
  /// - Parameter bytes: The bytes.
  public mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  /// Gives the sum of all bytes so far; more may follow.
  ///
  /// - Returns: The checksum.
  public func finish() -> UInt64 {
    let start = length < UInt64(Self.stripe) ? seed &+ Prime.p5 : lanes.merged
    return withUnsafeBytes(of: pending) { buffer in
      guard let base = buffer.baseAddress else { return 0 }
      let rest = Int(truncatingIfNeeded: length % UInt64(Self.stripe))
      return Self.finish(start &+ length, base, count: rest)
    }
  }

  /// Computes the sum of bytes that are all there.
  ///
  /// - Parameters:
  ///   - bytes: The bytes, in any alignment.
  ///   - seed: Where the sum starts from; different seeds give unrelated sums.
  /// - Returns: The checksum, the same as in pieces.
  public static func of(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
    let count = bytes.count
    guard let base = bytes.baseAddress else { return avalanche(seed &+ Prime.p5) }
    guard count >= stripe else { return finish(seed &+ Prime.p5 &+ UInt64(count), base, count: count) }
    var lanes = Lanes(seed: seed)
    let stripes = count / stripe
    lanes.consume(base, stripes: stripes)
    let rest = count % stripe
    return finish(lanes.merged &+ UInt64(count), base + (count - rest), count: rest)
  }

  /// Computes the sum of an array.
  ///
  /// - Parameters:
  ///   - bytes: The bytes.
  ///   - seed: Where the sum starts from; different seeds give unrelated sums.
  /// - Returns: The checksum, the same as in pieces.
  public static func of(_ bytes: [UInt8], seed: UInt64 = 0) -> UInt64 {
    bytes.withUnsafeBytes { of($0, seed: seed) }
  }

  // MARK: The end

  /// Takes in fewer bytes than a stripe, and mixes.
  @inline(__always)
  private static func finish(_ start: UInt64, _ base: UnsafeRawPointer, count: Int) -> UInt64 {
    var sum = start
    var position = 0
    while position &+ 8 <= count {
      sum ^= Lanes.round(0, word(base, position))
      sum = rotate(sum, 27) &* Prime.p1 &+ Prime.p4
      position &+= 8
    }
    if position &+ 4 <= count {
      let half = UInt32(littleEndian: base.loadUnaligned(fromByteOffset: position, as: UInt32.self))
      sum ^= UInt64(half) &* Prime.p1
      sum = rotate(sum, 23) &* Prime.p2 &+ Prime.p3
      position &+= 4
    }
    while position < count {
      sum ^= UInt64(base.load(fromByteOffset: position, as: UInt8.self)) &* Prime.p5
      sum = rotate(sum, 11) &* Prime.p1
      position &+= 1
    }
    return avalanche(sum)
  }

  @inline(__always)
  private static func avalanche(_ value: UInt64) -> UInt64 {
    var sum = value
    sum = (sum ^ (sum >> 33)) &* Prime.p2
    sum = (sum ^ (sum >> 29)) &* Prime.p3
    return sum ^ (sum >> 32)
  }
}

/// The algorithm's constants.
private enum Prime {
  static let p1: UInt64 = 0x9E37_79B1_85EB_CA87
  static let p2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  static let p3: UInt64 = 0x1656_67B1_9E37_79F9
  static let p4: UInt64 = 0x85EB_CA77_C2B2_AE63
  static let p5: UInt64 = 0x27D4_EB2F_1656_67C5
}

@inline(__always)
private func rotate(_ value: UInt64, _ bits: UInt64) -> UInt64 { value &<< bits | value &>> (64 &- bits) }

/// Eight bytes as the little-endian integer that they are on every platform.
@inline(__always)
private func word(_ base: UnsafeRawPointer, _ offset: Int) -> UInt64 {
  UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
}

/// The four sums that run side by side over the stripes.
private struct Lanes: Sendable {
  private var a: UInt64
  private var b: UInt64
  private var c: UInt64
  private var d: UInt64

  @inline(__always)
  init(seed: UInt64) {
    a = seed &+ Prime.p1 &+ Prime.p2
    b = seed &+ Prime.p2
    c = seed
    d = seed &- Prime.p1
  }

  @inline(__always)
  static func round(_ sum: UInt64, _ input: UInt64) -> UInt64 {
    rotate(sum &+ input &* Prime.p2, 31) &* Prime.p1
  }

  @inline(__always)
  mutating func consume(_ base: UnsafeRawPointer, stripes: Int) {
    var (a, b, c, d) = (a, b, c, d)
    var offset = 0
    for _ in 0..<stripes {
      a = Self.round(a, word(base, offset))
      b = Self.round(b, word(base, offset &+ 8))
      c = Self.round(c, word(base, offset &+ 16))
      d = Self.round(d, word(base, offset &+ 24))
      offset &+= 32
    }
    (self.a, self.b, self.c, self.d) = (a, b, c, d)
  }

  var merged: UInt64 {
    var sum = rotate(a, 1) &+ rotate(b, 7) &+ rotate(c, 12) &+ rotate(d, 18)
    for lane in [a, b, c, d] {
      sum = (sum ^ Self.round(0, lane)) &* Prime.p1 &+ Prime.p4
    }
    return sum
  }
}
