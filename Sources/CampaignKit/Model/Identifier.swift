import Digests

/// A name of 96 bits for one value of type `Entity`, never used twice, that sorts by creation.
///
/// The first 48 bits are the millisecond of creation, the rest is random, and rises within a millisecond. An
/// `Identifier<Campaign>` cannot be passed where an `Identifier<Lead>` is asked for.
public struct Identifier<Entity>: Hashable, Comparable, Sendable {
  /// The first 64 bits: the millisecond of creation in the upper 48, the start of the random part below.
  public let high: UInt64
  /// The last 32 bits.
  public let low: UInt32

  /// Creates an identifier from its bits.
  public init(high: UInt64, low: UInt32) {
    self.high = high
    self.low = low
  }

  /// When the identifier was made, to the millisecond, by the clock of its maker.
  public var createdAt: Timestamp { Timestamp(milliseconds: Int64(high >> 16)) }

  /// Whether `left` was made before `right`.
  public static func < (left: Self, right: Self) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }
}

extension Identifier: LosslessStringConvertible {
  /// 24 hexadecimal digits, lower case.
  public var description: String {
    String(unsafeUninitializedCapacity: 24) { digits in
      for index in 0..<24 {
        let nibble =
          index < 16
          ? UInt8(truncatingIfNeeded: high >> UInt64(60 - 4 * index)) & 15
          : UInt8(truncatingIfNeeded: low >> UInt32(28 - 4 * (index - 16))) & 15
        digits[index] = Hexadecimal.digit(nibble)
      }
      return 24
    }
  }

  /// Reads 24 hexadecimal digits of either case; nil for anything else.
  public init?(_ description: String) {
    let digits = description.utf8
    guard digits.count == 24 else { return nil }
    var high: UInt64 = 0
    var low: UInt32 = 0
    for (index, digit) in digits.enumerated() {
      guard let nibble = Hexadecimal.value(digit) else { return nil }
      if index < 16 { high = high << 4 | UInt64(nibble) } else { low = low << 4 | UInt32(nibble) }
    }
    self.init(high: high, low: low)
  }
}

extension Identifier: Codable {
  /// Reads the 24 hexadecimal digits.
  public init(from decoder: any Decoder) throws {
    self = try decoder.decodeText("an identifier has 24 hexadecimal digits")
  }

  /// Writes the 24 hexadecimal digits.
  public func encode(to encoder: any Encoder) throws {
    try encoder.encodeText(self)
  }
}
