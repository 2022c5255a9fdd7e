/// A moment, to the millisecond, counted from 1970-01-01T00:00:00Z without leap seconds.
public struct Timestamp: Hashable, Comparable, Sendable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  public var milliseconds: Int64

  /// Creates a moment.
  public init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  /// The first moment of 1970, before anything that a store keeps.
  public static let distantPast = Timestamp(milliseconds: 0)
  /// A moment that never comes: the last one that has a four-digit year.
  public static let distantFuture = Timestamp(milliseconds: 253_402_300_799_999)

  /// The milliseconds that have a text: those of the years 0 to 9999.
  private static let tellable: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

  private init(heldFrom milliseconds: Int64) {
    self.milliseconds = min(max(milliseconds, Self.tellable.lowerBound), Self.tellable.upperBound)
  }

  /// Whether `left` comes first.
  public static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }

  /// The moment that lies `duration` after `moment`, to the millisecond, and never beyond what can be told.
  public static func + (moment: Self, duration: Duration) -> Self {
    let (sum, overflow) = moment.milliseconds.addingReportingOverflow(duration.milliseconds)
    return Timestamp(heldFrom: overflow ? (duration > .zero ? .max : .min) : sum)
  }

  /// The moment that lies `duration` before `moment`, to the millisecond, and never beyond what can be told.
  public static func - (moment: Self, duration: Duration) -> Self {
    let (sum, overflow) = moment.milliseconds.subtractingReportingOverflow(duration.milliseconds)
    return Timestamp(heldFrom: overflow ? (duration > .zero ? .min : .max) : sum)
  }

  /// How long after `earlier` the moment `later` comes.
  public static func - (later: Self, earlier: Self) -> Duration {
    .milliseconds(later.milliseconds) - .milliseconds(earlier.milliseconds)
  }
}

extension Duration {
  /// The duration in whole milliseconds, rounded towards zero, and held to what 64 bits can tell.
  public var milliseconds: Int64 {
    guard self < .milliseconds(Int64.max) else { return .max }
    guard self > .milliseconds(Int64.min) else { return .min }
    let (seconds, attoseconds) = components
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000
  }
}

extension Timestamp: LosslessStringConvertible {
  /// The moment in UTC as ISO 8601 has it, with milliseconds: `2025-10-07T20:00:00.000Z`.
  ///
  /// A moment outside of the years 0 to 9999 is told as the nearest one inside.
  public var description: String {
    var (days, rest) = Timestamp(heldFrom: milliseconds).milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
    if rest < 0 {
      days -= 1
      rest += 86_400_000
    }
    let date = CivilDate(daysSince1970: Int(days))
    var text: [UInt8] = []
    text.reserveCapacity(24)
    date.appendDigits(to: &text)
    text.append(UInt8(ascii: "T"))
    text.appendDecimal(Int(rest / 3_600_000), width: 2)
    text.append(UInt8(ascii: ":"))
    text.appendDecimal(Int(rest / 60_000 % 60), width: 2)
    text.append(UInt8(ascii: ":"))
    text.appendDecimal(Int(rest / 1000 % 60), width: 2)
    text.append(UInt8(ascii: "."))
    text.appendDecimal(Int(rest % 1000), width: 3)
    text.append(UInt8(ascii: "Z"))
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads a date and time with a zone, as ISO 8601 and RFC 3339 have it; nil for anything else.
  ///
  /// The seconds and their fraction may be missing, the zone may not. A date alone is midnight in UTC.
  public init?(_ description: String) {
    var text = Substring(description).utf8
    guard let date = CivilDate(String(text.prefix(10)) ?? "") else { return nil }
    text = text.dropFirst(10)
    let midnight = Int64(date.daysSince1970) * 86_400_000
    guard let separator = text.popFirst() else {
      self.init(milliseconds: midnight)
      return
    }
    guard separator == UInt8(ascii: "T") || separator == UInt8(ascii: "t") || separator == UInt8(ascii: " ") else {
      return nil
    }
    guard let hour = text.takeDecimal(digits: 2, upTo: 23), text.take(":"),
      let minute = text.takeDecimal(digits: 2, upTo: 59)
    else { return nil }
    var value = midnight + Int64(hour) * 3_600_000 + Int64(minute) * 60_000
    if text.take(":") {
      guard let second = text.takeDecimal(digits: 2, upTo: 60) else { return nil }
      value += Int64(second) * 1000
      if text.take(".") || text.take(",") {
        var scale: Int64 = 100
        var digits = 0
        while let digit = text.takeDecimal(digits: 1, upTo: 9) {
          value += Int64(digit) * scale
          scale /= 10
          digits += 1
        }
        guard digits > 0 else { return nil }
      }
    }
    if text.take("Z") || text.take("z") {
      guard text.isEmpty else { return nil }
    } else {
      let east = text.take("+")
      guard east || text.take("-"), let hours = text.takeDecimal(digits: 2, upTo: 23) else { return nil }
      _ = text.take(":")
      guard let minutes = text.takeDecimal(digits: 2, upTo: 59), text.isEmpty else { return nil }
      let offset = Int64(hours) * 3_600_000 + Int64(minutes) * 60_000
      value += east ? -offset : offset
    }
    guard Self.tellable.contains(value) else { return nil }
    self.init(milliseconds: value)
  }
}

extension Timestamp: Codable {
  /// Reads the ISO 8601 text.
  public init(from decoder: any Decoder) throws {
    self = try decoder.decodeText("a time reads like 2025-10-07T20:00:00.000Z")
  }

  /// Writes the ISO 8601 text.
  public func encode(to encoder: any Encoder) throws {
    try encoder.encodeText(self)
  }
}

/// A duration that is coded as a whole number of milliseconds.
@propertyWrapper
public struct Milliseconds: Hashable, Sendable, Codable {
  /// The duration.
  public var wrappedValue: Duration

  /// Wraps a duration.
  public init(wrappedValue: Duration) {
    self.wrappedValue = wrappedValue
  }

  /// Reads the number of milliseconds.
  public init(from decoder: any Decoder) throws {
    wrappedValue = .milliseconds(try decoder.singleValueContainer().decode(Int64.self))
  }

  /// Writes the number of milliseconds.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(wrappedValue.milliseconds)
  }
}
