public import CampaignKit
import Digests

/// A key as programs send it. It is shown once and kept nowhere: the store has only its digest.
///
/// Keys are random, so a plain digest keeps them; stretching is for passwords. A description shows the hint only.
public struct APIKeyText: Sendable {
  /// What the keys that are made here begin with.
  public static let prefix = "ck_"
  /// How long a key may be that was not made here.
  public static let lengths = 16...256

  /// The key itself. Show it once to whoever asked for it.
  public let secret: String

  /// Makes a new key of 24 bytes of the system's random generator.
  public static func make() -> APIKeyText {
    var generator = SystemRandomNumberGenerator()
    return APIKeyText(unchecked: prefix + Base64.url.encode(generator.bytes(24)))
  }

  /// Takes a key that was sent or configured: 16 to 256 visible ASCII characters; nil for anything else.
  public init?(_ text: String) {
    guard Self.lengths.contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      return nil
    }
    self.init(unchecked: text)
  }

  private init(unchecked text: String) { secret = text }

  /// What the store keeps: SHA-256 in hexadecimal.
  public var digest: String { Hexadecimal.encode(SHA256.digest(secret.utf8)) }

  /// By what its owner knows it: the first characters, far fewer than would help to guess the rest.
  public var hint: String { String(secret.prefix(secret.hasPrefix(Self.prefix) ? 7 : 4)) }

  /// The record of this key for the store.
  public func record(
    id: APIKey.ID, account: Account.ID, name: String, role: User.Role, at now: Timestamp, expiresAt: Timestamp? = nil
  ) -> APIKey {
    APIKey(
      id: id, account: account, name: name, digest: digest, hint: hint, role: role, createdAt: now,
      expiresAt: expiresAt)
  }
}

extension APIKeyText: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The hint.
  public var description: String { hint + "..." }
  /// The hint.
  public var debugDescription: String { description }
  /// Nothing.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
