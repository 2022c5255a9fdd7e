import Digests

/// A stretched password, from which nobody gets the password back but by guessing.
///
/// As text it names its algorithm, its rounds and its salt, so that passwords that were stretched with fewer rounds
/// still work: `$pbkdf2-sha256$i=600000$<salt>$<bytes>`.
public struct PasswordHash: Hashable, Sendable, LosslessStringConvertible {
  /// The rounds of new passwords.
  public static let standardRounds = 600_000
  /// The rounds that are followed; a text with more would stop everybody else from signing in.
  public static let permittedRounds = 1_000...10_000_000
  /// Bytes of salt.
  static let saltLength = 16
  private static let length = 32
  private static let prefix = "$pbkdf2-sha256$i="

  /// The rounds with which it was stretched.
  public let rounds: Int
  private let salt: [UInt8]
  private let bytes: [UInt8]

  /// Stretches a password with a salt of its own. It takes a quarter of a second; ``PasswordStretcher`` does it where
  /// nobody waits.
  init(stretching password: String, rounds: Int) {
    var generator = SystemRandomNumberGenerator()
    self.init(stretching: password, salt: generator.bytes(Self.saltLength), rounds: rounds)
  }

  init(stretching password: String, salt: [UInt8], rounds: Int) {
    self.rounds = rounds
    self.salt = salt
    bytes = PBKDF2.derive(password: Array(password.utf8), salt: salt, rounds: rounds, count: Self.length)
  }

  /// A hash that takes as long to compare as any other, and that no password is known to match.
  init(unmatchableWithRounds rounds: Int) {
    var generator = SystemRandomNumberGenerator()
    self.rounds = rounds
    salt = generator.bytes(Self.saltLength)
    bytes = generator.bytes(Self.length)
  }

  /// Reads the text form; nil for anything else.
  public init?(_ description: String) {
    guard description.utf8.count <= 256, description.hasPrefix(Self.prefix) else { return nil }
    let parts = description.dropFirst(Self.prefix.count).split(separator: "$", omittingEmptySubsequences: false)
    // Only digits without zeros in front, so that a hash has one text.
    guard parts.count == 3, let rounds = Int(parts[0]), String(rounds) == parts[0],
      Self.permittedRounds.contains(rounds), let salt = Base64.url.decode(parts[1]),
      salt.count >= Self.saltLength, let bytes = Base64.url.decode(parts[2]), bytes.count == Self.length
    else { return nil }
    self.rounds = rounds
    self.salt = salt
    self.bytes = bytes
  }

  /// The text form.
  public var description: String {
    "\(Self.prefix)\(rounds)$\(Base64.url.encode(salt))$\(Base64.url.encode(bytes))"
  }

  /// Whether it was stretched from that password; takes as long as stretching it.
  func matches(_ password: String) -> Bool {
    equalInConstantTime(PasswordHash(stretching: password, salt: salt, rounds: rounds).bytes, bytes)
  }

  /// Whether it should be stretched anew when its password is known, because new ones take more rounds.
  func needsRehash(rounds: Int) -> Bool { self.rounds < rounds }
}
