public import CampaignKit
import Digests
import JSON

/// Says who somebody is, until when, and that this server has said so: a token of RFC 7519 with HS256.
///
/// The role is there for clients to read. What its bearer may do is looked up each time, so a token gives nobody more
/// than the store does at that moment.
public struct JSONWebToken: Hashable, Sendable {
  /// The user.
  public var user: User.ID
  /// The account of the user.
  public var account: Account.ID
  /// The role when the token was made.
  public var role: User.Role
  /// When it was made, to the second.
  public var issuedAt: Timestamp
  /// When it stops working, to the second.
  public var expiresAt: Timestamp
  /// What tells whether the user has another password since; nil where the token was made without one.
  public var passwordMark: String?

  /// Creates a token.
  public init(
    user: User.ID, account: Account.ID, role: User.Role, issuedAt: Timestamp, expiresAt: Timestamp,
    passwordMark: String? = nil
  ) {
    self.passwordMark = passwordMark
    self.user = user
    self.account = account
    self.role = role
    self.issuedAt = issuedAt
    self.expiresAt = expiresAt
  }

  /// The longest text that is looked at.
  static let maximumLength = 4096
  /// How far ahead the clock may be that made a token.
  static let clockSkew: Duration = .seconds(60)

  private static let header = Base64.url.encode(#"{"alg":"HS256","typ":"JWT"}"#.utf8)
  private static let limits = JSONLimits(
    maximumBytes: maximumLength, maximumDepth: 4, maximumValues: 64, maximumStringBytes: 1024)

  /// The text to send, signed.
  public func signed(with secret: ServerSecret) -> String {
    var claims: JSONObject = [
      "sub": .string(user.description), "account": .string(account.description), "role": .string(role.rawValue),
      "iat": JSONValue(issuedAt.seconds), "exp": JSONValue(expiresAt.seconds),
    ]
    if let passwordMark { claims["pwd"] = .string(passwordMark) }
    let text = Self.header + "." + Base64.url.encode(JSONValue.object(claims).serializedBytes())
    return text + "." + Base64.url.encode(secret.code(text))
  }

  /// Reads a token, and checks that this server has signed it and that it works now.
  ///
  /// The claims are not looked at before the signature is right.
  ///
  /// - Parameters:
  ///   - text: The text that was sent.
  ///   - secret: The secret of this server.
  ///   - now: The time.
  /// - Throws: ``AccessError/Code/malformed``, ``AccessError/Code/algorithm``, ``AccessError/Code/forged``,
  ///   ``AccessError/Code/expired`` or ``AccessError/Code/notYetValid``.
  public init(verifying text: String, with secret: ServerSecret, at now: Timestamp) throws(AccessError) {
    guard text.utf8.count <= Self.maximumLength else {
      throw AccessError(.malformed, "the token is longer than \(Self.maximumLength) bytes")
    }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3 else { throw AccessError(.malformed, "a token has three parts with dots between them") }
    try Self.checkHeader(parts[0])
    guard let signature = Base64.url.decode(parts[2]) else {
      throw AccessError(.malformed, "the signature of the token is not in base64url")
    }
    guard equalInConstantTime(signature, secret.code(parts[0] + "." + parts[1])) else {
      throw AccessError(.forged, "the token was not signed by this server, or was changed since; sign in again")
    }
    try self.init(claims: try Self.object(parts[1], "claims"), at: now)
  }

  private static func checkHeader(_ part: Substring) throws(AccessError) {
    let header = try object(part, "header")
    guard header["alg"]?.string == "HS256" else {
      throw AccessError(.algorithm, "the token is not signed with HS256; sign in to get one that is")
    }
    if let type = header["typ"], type.string?.uppercased() != "JWT" {
      throw AccessError(.malformed, "the token is of another type than JWT")
    }
    // Who does not know an extension that must be known has to refuse the token (RFC 7515, section 4.1.11).
    guard header["crit"] == nil, header["b64"] == nil else {
      throw AccessError(.malformed, "the token uses extensions that are not known here")
    }
  }

  private init(claims: JSONObject, at now: Timestamp) throws(AccessError) {
    guard let user = claims["sub"]?.string.flatMap({ User.ID($0) }) else { throw Self.missing("sub") }
    guard let account = claims["account"]?.string.flatMap({ Account.ID($0) }) else { throw Self.missing("account") }
    guard let role = claims["role"]?.string.flatMap({ User.Role(rawValue: $0) }) else { throw Self.missing("role") }
    guard let issuedAt = try Self.moment("iat", in: claims) else { throw Self.missing("iat") }
    guard let expiresAt = try Self.moment("exp", in: claims) else { throw Self.missing("exp") }
    let notBefore = try Self.moment("nbf", in: claims) ?? issuedAt
    self.init(user: user, account: account, role: role, issuedAt: issuedAt, expiresAt: expiresAt)
    if let mark = claims["pwd"] {
      guard let text = mark.string else { throw Self.missing("pwd") }
      passwordMark = text
    }
    guard now < expiresAt else { throw AccessError(.expired, "the token has expired; sign in again") }
    guard max(issuedAt, notBefore) <= now + Self.clockSkew else {
      throw AccessError(.notYetValid, "the token is not valid yet; look at the clocks of both machines")
    }
  }

  private static func object(_ part: Substring, _ name: String) throws(AccessError) -> JSONObject {
    guard let bytes = Base64.url.decode(part) else {
      throw AccessError(.malformed, "the \(name) of the token is not in base64url")
    }
    guard let value = try? JSONValue(parsing: bytes, limits: limits), let object = value.object else {
      throw AccessError(.malformed, "the \(name) of the token is no object of JSON")
    }
    return object
  }

  /// A claim that is a moment: whole seconds that have a date; nil where there is none.
  private static func moment(_ name: String, in claims: JSONObject) throws(AccessError) -> Timestamp? {
    guard let value = claims[name] else { return nil }
    guard let seconds = value.int, let moment = Timestamp(seconds: seconds) else { throw missing(name) }
    return moment
  }

  private static func missing(_ claim: String) -> AccessError {
    AccessError(.malformed, "the token's claim '\(claim)' is missing or not of its type")
  }
}

extension Timestamp {
  /// Whole seconds since 1970.
  fileprivate var seconds: Int64 { milliseconds / 1000 }

  /// The moment that many seconds after 1970; nil before that, and where the year would have five digits.
  fileprivate init?(seconds: Int) {
    guard seconds >= 0, Int64(seconds) <= Self.distantFuture.milliseconds / 1000 else { return nil }
    self.init(milliseconds: Int64(seconds) * 1000)
  }
}
