/// Numbers that are not to be called.
public struct Suppression: Hashable, Sendable, Codable {
  /// Which numbers.
  public enum Pattern: Hashable, Sendable {
    /// One number.
    case number(PhoneNumber)
    /// All numbers that start so.
    case prefix(PhonePrefix)
  }

  /// Which numbers.
  public var pattern: Pattern
  /// For whom; nil for every account.
  public var account: Account.ID?
  /// Where the entry comes from, such as the name of a list.
  public var source: String
  /// Why it is there.
  public var reason: String?
  /// When it was added.
  public var addedAt: Timestamp
  /// When it ends, if ever.
  public var expiresAt: Timestamp?

  /// Creates an entry.
  public init(
    _ pattern: Pattern, account: Account.ID?, source: String, reason: String? = nil, addedAt: Timestamp,
    expiresAt: Timestamp? = nil
  ) {
    self.pattern = pattern
    self.account = account
    self.source = source
    self.reason = reason
    self.addedAt = addedAt
    self.expiresAt = expiresAt
  }

  /// Whether it holds at a moment.
  public func holds(at moment: Timestamp) -> Bool {
    expiresAt.map { moment < $0 } ?? true
  }
}

extension Suppression.Pattern: Codable, LosslessStringConvertible {
  /// The number, or the prefix with a star behind it.
  public var description: String {
    switch self {
    case .number(let number): number.description
    case .prefix(let prefix): "\(prefix)*"
    }
  }

  /// Reads `+14155552671` as a number and `+1900*` as a prefix; nil for anything else.
  public init?(_ description: String) {
    if description.hasSuffix("*") {
      guard let prefix = PhonePrefix(String(description.dropLast())) else { return nil }
      self = .prefix(prefix)
    } else {
      guard let number = PhoneNumber(e164: description) else { return nil }
      self = .number(number)
    }
  }

  /// Reads the text form.
  public init(from decoder: any Decoder) throws {
    self = try decoder.decodeText("a do-not-call entry reads like +14155552671 or +1900*")
  }

  /// Writes the text form.
  public func encode(to encoder: any Encoder) throws {
    try encoder.encodeText(self)
  }
}
