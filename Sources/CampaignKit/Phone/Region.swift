/// A region with a numbering plan of its own, by its two letters of ISO 3166, such as `DE`.
///
/// ``world`` stands for numbers that belong to no region, such as international toll-free ones.
public struct Region: Hashable, Comparable, Sendable {
  /// The letters as a number: 26 times the first plus the second, `A` being 0.
  let number: UInt16

  init(number: UInt16) { self.number = number }

  /// The region of numbers that belong to no country, written `001`.
  public static let world = Region(number: 676)

  /// Whether there is a numbering plan, so that the region can be the default when numbers are read.
  public var isKnown: Bool { RegionFacts(self) != nil }

  /// The digits that calls from abroad begin with; nil if the region is not known.
  public var callingCode: Int? { RegionFacts(self)?.country.callingCode }

  /// Every region with a numbering plan, ``world`` not among them, in the order of the letters.
  public static var all: [Region] {
    (0..<676).map { Region(number: $0) }.filter(\.isKnown)
  }

  /// Whether `left` comes before `right` in the order of the letters; ``world`` is last.
  public static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

extension Region: LosslessStringConvertible, Codable {
  /// The two letters, or `001`.
  public var description: String {
    guard number < 676 else { return "001" }
    return String(decoding: [UInt8(65 + number / 26), UInt8(65 + number % 26)], as: UTF8.self)
  }

  /// Reads two letters from A to Z, upper or lower case, or `001`; nil for anything else.
  public init?(_ description: String) {
    guard description != "001" else {
      self = .world
      return
    }
    var value: UInt16 = 0
    var count = 0
    for byte in description.utf8 {
      let letter = byte & 0xdf
      guard count < 2, letter >= 65, letter <= 90, byte >= 65 else { return nil }
      value = value * 26 + UInt16(letter - 65)
      count += 1
    }
    guard count == 2 else { return nil }
    number = value
  }

  /// Reads the text form.
  public init(from decoder: any Decoder) throws {
    self = try decoder.decodeText("a region has two letters, such as DE")
  }

  /// Writes the text form.
  public func encode(to encoder: any Encoder) throws {
    try encoder.encodeText(self)
  }
}
