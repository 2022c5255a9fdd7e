/// A telephone number in international form, E.164: a plus sign and up to 15 digits.
///
/// Equality is equality of the number itself; how it was written is not kept. The value takes eight bytes.
public struct PhoneNumber: Hashable, Comparable, Sendable {
  /// The digits after the plus sign, read as one number. A country code never starts with 0, so none are lost.
  public let digits: UInt64

  /// Creates a number from its digits; nil unless there are 3 to 15.
  public init?(digits: UInt64) {
    guard (100..<1_000_000_000_000_000).contains(digits) else { return nil }
    self.digits = digits
  }

  /// Reads a number that is already in international form: `+` and digits, with spaces, dots, hyphens and
  /// parentheses among them ignored. Nil for anything else.
  public init?(e164 text: some StringProtocol) {
    var value: UInt64 = 0
    var sawPlus = false
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "+"):
        guard !sawPlus, value == 0 else { return nil }
        sawPlus = true
      case 48...57:
        guard sawPlus, value < 100_000_000_000_000, value > 0 || byte != 48 else { return nil }
        value = value * 10 + UInt64(byte - 48)
      case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "("), UInt8(ascii: ")"): continue
      default: return nil
      }
    }
    self.init(digits: value)
  }

  /// Whether `left` is the smaller of two numbers; the order has no other meaning.
  public static func < (left: Self, right: Self) -> Bool { left.digits < right.digits }

  /// Whether the number starts with these digits, the country code included.
  public func hasPrefix(_ prefix: PhonePrefix) -> Bool {
    var value = digits
    while value >= prefix.end { value /= 10 }
    return value >= prefix.start && value < prefix.end
  }

  /// The number with all but its first two and last two digits hidden, for logs.
  public var masked: String {
    let text = String(digits)
    guard text.count > 4 else { return "+" + String(repeating: "*", count: text.count) }
    return "+\(text.prefix(2))\(String(repeating: "*", count: text.count - 4))\(text.suffix(2))"
  }
}

extension PhoneNumber: LosslessStringConvertible, Codable {
  /// The number as `+14155552671`.
  public var description: String {
    var rest = digits
    var count = 1
    while rest > 0 {
      rest /= 10
      count += 1
    }
    return String(unsafeUninitializedCapacity: count) { bytes in
      rest = digits
      for index in bytes.indices.prefix(count).dropFirst().reversed() {
        bytes[index] = UInt8(48 + rest % 10)
        rest /= 10
      }
      bytes[0] = UInt8(ascii: "+")
      return count
    }
  }

  /// Reads what ``init(e164:)`` reads.
  public init?(_ description: String) {
    self.init(e164: description)
  }

  /// Reads the text form.
  public init(from decoder: any Decoder) throws {
    self = try decoder.decodeText("a phone number reads like +14155552671, with its country code")
  }

  /// Writes the text form.
  public func encode(to encoder: any Encoder) throws {
    try encoder.encodeText(self)
  }
}

/// The first digits of phone numbers, country code first, such as `+1900`.
public struct PhonePrefix: Hashable, Comparable, Sendable {
  /// The digits, read as one number.
  public let start: UInt64
  var end: UInt64 { start + 1 }

  /// Creates a prefix; nil unless it has 1 to 15 digits.
  public init?(digits: UInt64) {
    guard (1..<1_000_000_000_000_000).contains(digits) else { return nil }
    start = digits
  }

  /// Whether `left` is the smaller of two prefixes; the order has no other meaning.
  public static func < (left: Self, right: Self) -> Bool { left.start < right.start }
}

extension PhonePrefix: LosslessStringConvertible, Codable {
  /// The prefix as `+1900`.
  public var description: String { "+\(start)" }

  /// Reads a plus sign and 1 to 15 digits, the first of which is not 0; nil for anything else.
  public init?(_ description: String) {
    let digits = description.utf8.dropFirst()
    guard description.utf8.first == UInt8(ascii: "+"), digits.first != UInt8(ascii: "0"),
      digits.allSatisfy({ (48...57).contains($0) }), let value = UInt64(description.dropFirst())
    else { return nil }
    self.init(digits: value)
  }

  /// Reads the text form.
  public init(from decoder: any Decoder) throws {
    self = try decoder.decodeText("a prefix reads like +1900, with its country code")
  }

  /// Writes the text form.
  public func encode(to encoder: any Encoder) throws {
    try encoder.encodeText(self)
  }
}
