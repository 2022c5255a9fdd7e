public import CampaignKit

/// What somebody tells who wants to be a user.
public struct Registration: Sendable {
  /// The address to sign in with.
  public var email: String
  /// The password.
  public var password: String
  /// The first name.
  public var firstName: String?
  /// The last name.
  public var lastName: String?
  /// A phone number, as it was written.
  public var phone: String?
  /// The role that is asked for.
  public var role: User.Role = .agent
  /// The name that the account has in another system, a UUID; nil for a new account without one.
  public var tenant: String?
  /// The account that ``tenant`` would be if it was an identifier of our own.
  public var tenantAsAccount: Account.ID?

  /// How many characters a password may have.
  public static let passwordLengths = 8...256
  /// How many bytes an e-mail address may have.
  static let maximumEmailLength = 254
  /// How many bytes names and phone numbers may have.
  static let maximumNameLength = 200

  /// Creates a registration.
  public init(email: String, password: String) {
    self.email = email
    self.password = password
  }

  /// Everything that is wrong with the values.
  public var problems: [Problem] {
    var problems: [Problem] = []
    if !Self.isEmail(email) { problems.append(Problem("email", "is no e-mail address")) }
    if let problem = Self.problem(ofPassword: password) { problems.append(problem) }
    for (field, value) in [("first_name", firstName), ("last_name", lastName), ("phone", phone)] {
      if let value, value.utf8.count > Self.maximumNameLength {
        problems.append(Problem(field, "is longer than \(Self.maximumNameLength) bytes"))
      }
    }
    if let tenant, !Self.isUUID(tenant) { problems.append(Problem("tenant_id", "is no UUID")) }
    return problems
  }

  /// What is wrong with a password; nil where nothing is.
  static func problem(ofPassword password: String) -> Problem? {
    guard !passwordLengths.contains(password.count) || password.utf8.count > 4 * passwordLengths.upperBound else {
      return nil
    }
    return Problem("password", "must have \(passwordLengths.lowerBound) to \(passwordLengths.upperBound) characters")
  }

  /// Whether a text can be an e-mail address: something, an at sign, and a name with dots. What is there is found out
  /// only by writing to it.
  static func isEmail(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    guard text.utf8.count <= maximumEmailLength, parts.count == 2, (1...64).contains(parts[0].count) else {
      return false
    }
    guard text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F && !$0.properties.isWhitespace }) else {
      return false
    }
    let labels = parts[1].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return labels.allSatisfy { !$0.isEmpty && $0.count <= 63 } && labels.count > 1
  }

  static func isUUID(_ text: String) -> Bool {
    let groups = text.split(separator: "-", omittingEmptySubsequences: false)
    return groups.map(\.utf8.count) == [8, 4, 4, 4, 12]
      && groups.allSatisfy { $0.allSatisfy { $0.isASCII && $0.isHexDigit } }
  }
}
