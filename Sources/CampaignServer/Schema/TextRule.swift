import CampaignKit
import Foundation

/// What a text has to be.
public struct TextRule: Sendable {
  /// How many characters, counted as Unicode scalars, it has.
  public var length: ClosedRange<Int>
  /// Whether it must have a character that is not blank.
  public var refusesBlank = false
  /// What it has to look like.
  public var format: TextFormat?
  /// The only texts that are taken; nil for any.
  public var choices: [String]?

  /// Creates a rule.
  public init(
    length: ClosedRange<Int>, refusesBlank: Bool = false, format: TextFormat? = nil, choices: [String]? = nil
  ) {
    self.length = length
    self.refusesBlank = refusesBlank
    self.format = format
    self.choices = choices
  }

  /// What is wrong with a text; nil if nothing is.
  func objection(to text: String) -> String? {
    if let choices, !choices.contains(text) { return "must be one of \(choices.joined(separator: ", "))" }
    if text.unicodeScalars.contains("\0") { return "must not have a NUL character" }
    if refusesBlank, !text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) {
      return "must not be empty"
    }
    // A text has at most as many scalars as bytes, so that most need not be counted.
    if text.utf8.count < length.lowerBound || text.utf8.count > length.upperBound {
      let count = text.unicodeScalars.count
      if count < length.lowerBound { return "must have at least \(length.lowerBound) characters" }
      if count > length.upperBound { return "must have at most \(length.upperBound) characters" }
    }
    if let format, !format.accepts(text) { return "must be \(format.phrase)" }
    return nil
  }
}

/// A form in which texts of one kind are written.
public struct TextFormat: Sendable {
  /// The name in OpenAPI.
  public var name: String
  /// What it is, as the end of the sentence 'it must be ...'.
  public var phrase: String
  /// A regular expression that every such text matches, for the description; nil where none is short.
  public var pattern: String?
  /// A text of the form.
  public var example: String
  let accepts: @Sendable (String) -> Bool

  /// Creates a format.
  public init(
    _ name: String, _ phrase: String, pattern: String? = nil, example: String,
    accepts: @escaping @Sendable (String) -> Bool
  ) {
    self.name = name
    self.phrase = phrase
    self.pattern = pattern
    self.example = example
    self.accepts = accepts
  }

  /// An e-mail address: something, an at sign, and a name with a dot.
  public static let email = TextFormat(
    "email", "an e-mail address such as user@example.com", example: "user@example.com"
  ) { text in
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, text.utf8.count <= 254 else { return false }
    let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
    return labels.count > 1 && labels.allSatisfy { !$0.isEmpty }
      && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F && !$0.properties.isWhitespace }
  }

  /// A UUID, of whatever version and case.
  public static let uuid = TextFormat(
    "uuid", "a UUID", pattern: "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
    example: "0190a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b"
  ) { UUID(uuidString: $0) != nil && $0.utf8.count == 36 }

  /// 24 hexadecimal digits.
  public static let objectID = TextFormat(
    "objectid", "24 hexadecimal digits", pattern: "^[0-9A-Fa-f]{24}$", example: "65a1b2c3d4e5f60718293a4b"
  ) { Identifier<Campaign>($0) != nil }

  /// A moment with its zone, as ISO 8601 has it.
  public static let moment = TextFormat(
    "date-time", "a time with its zone such as 2025-10-07T20:00:00Z", example: "2025-10-07T20:00:00Z"
  ) { Timestamp($0) != nil }

  /// A day, or a moment with its zone.
  public static let dateOrMoment = TextFormat(
    "date-or-time", "a date such as 2025-10-07 or a time with its zone such as 2025-10-07T20:00:00Z",
    example: "2025-10-07"
  ) { CivilDate($0) != nil || Timestamp($0) != nil }

  /// A day.
  public static let date = TextFormat("date", "a date such as 2025-10-07", example: "2025-10-07") {
    CivilDate($0) != nil
  }

  /// A time of day, with or without seconds.
  public static let timeOfDay = TextFormat(
    "time-of-day", "a time of day such as 09:00",
    pattern: "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$|^24:00(:00)?$",
    example: "09:00"
  ) { TimeOfDay($0) != nil }

  /// The name of a time zone.
  public static let timeZone = TextFormat(
    "time-zone", "the name of a time zone such as America/Chicago", example: "America/Chicago"
  ) { $0.utf8.count <= 64 && (TimeZone(identifier: $0) != nil) }

  /// A number in international form.
  public static let phone = TextFormat(
    "phone", "a telephone number in international form such as +14155551234", example: "+14155551234"
  ) { PhoneNumber(e164: $0) != nil }

  /// An address of a stream, `ws://` or `wss://`.
  public static let streamAddress = TextFormat(
    "uri", "an address that begins with ws:// or wss://", pattern: "^wss?://", example: "wss://example.com/stream"
  ) { hasScheme($0, ["ws", "wss"]) }

  /// An address on the web, `http://` or `https://`.
  public static let webAddress = TextFormat(
    "uri", "an address that begins with http:// or https://", pattern: "^https?://",
    example: "https://example.com/message.mp3"
  ) { hasScheme($0, ["http", "https"]) }

  private static func hasScheme(_ text: String, _ schemes: Set<String>) -> Bool {
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), let parts = URLComponents(string: text),
      let scheme = parts.scheme, let host = parts.host
    else { return false }
    return schemes.contains(scheme) && !host.isEmpty
  }
}
