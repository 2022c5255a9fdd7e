import Digests

/// What this server signs its tokens with.
///
/// Neither a description nor a dump of it shows the secret.
public struct ServerSecret: Sendable {
  /// The fewest bytes that a secret may have.
  public static let minimumLength = 16

  private let keyed: HMAC<SHA256>

  /// Takes a secret that was given, such as in `JWT_SECRET`; its key are the bytes of the text.
  ///
  /// - Throws: ``AccessError/Code/invalid`` when it is shorter than 16 bytes.
  public init(_ text: String) throws(AccessError) {
    guard text.utf8.count >= Self.minimumLength else {
      throw AccessError(
        .invalid,
        "the secret for tokens (JWT_SECRET) has \(text.utf8.count) bytes; give one of at least \(Self.minimumLength), "
          + "such as 32 random bytes in base64, or leave it out to have one made")
    }
    keyed = HMAC(key: Array(text.utf8))
  }

  /// The text of a new secret: 32 bytes of the system's random generator in base64url.
  static func newText() -> String {
    var generator = SystemRandomNumberGenerator()
    return Base64.url.encode(generator.bytes(32))
  }

  /// The code of a message, which only who has the secret can make.
  func code(_ message: some StringProtocol) -> [UInt8] {
    var code = keyed
    code.update(message.utf8)
    return code.finish()
  }
}

extension ServerSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Not the secret.
  public var description: String { "ServerSecret(hidden)" }
  /// Not the secret.
  public var debugDescription: String { description }
  /// Nothing.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

extension RandomNumberGenerator {
  /// Random bytes.
  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &self) }
  }
}
