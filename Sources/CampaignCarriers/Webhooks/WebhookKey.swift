import Digests

/// A secret that a carrier signs with, ready for many messages.
struct WebhookKey: Sendable {
  private let sha1: HMAC<SHA1>
  private let sha256: HMAC<SHA256>

  init(_ secret: String) {
    sha1 = HMAC(key: Array(secret.utf8))
    sha256 = HMAC(key: Array(secret.utf8))
  }

  /// The digests that carriers sign with.
  enum Algorithm: Sendable {
    case sha1
    case sha256
  }

  /// The code of a message.
  func code(_ message: [UInt8], _ algorithm: Algorithm) -> [UInt8] {
    switch algorithm {
    case .sha1:
      var code = sha1
      code.update(message)
      return code.finish()
    case .sha256:
      var code = sha256
      code.update(message)
      return code.finish()
    }
  }

  /// Whether a text is the code of a message in 64 characters, in a time that tells nothing of the code.
  func signed(_ message: [UInt8], as signature: some StringProtocol, _ algorithm: Algorithm) -> Bool {
    equalInConstantTime(Array(Base64.standard.encode(code(message, algorithm)).utf8), Array(signature.utf8))
  }

  /// Whether a text is the code of a message in hexadecimal digits, in a time that tells nothing of the code.
  func signedInHexadecimal(_ message: [UInt8], as signature: some StringProtocol, _ algorithm: Algorithm) -> Bool {
    equalInConstantTime(Array(Hexadecimal.encode(code(message, algorithm)).utf8), Array(signature.utf8))
  }
}
