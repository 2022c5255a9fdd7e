import Digests

/// Tells whether a request to a webhook was sent by a carrier: whether it is signed with a secret of the account.
///
/// ```swift
/// let verifier = WebhookVerifier.twilio(authToken: "12345")
/// let request = WebhookRequest(
///   publicURL: "https://calls.example.com", target: "/webhooks/twilio/status",
///   fields: ["x-twilio-signature": "0Zqe2tiYEwTWLfGLjhXZ4gVmL2Q="])
/// verifier.accepts(request)  // false: it is not what this token signs
/// ```
public struct WebhookVerifier: Sendable {
  private enum Scheme: Sendable {
    case twilio(WebhookKey, sharedKeys: [String: WebhookKey])
    case plivo(WebhookKey, takesV2: Bool)
    case signalWire(WebhookKey)
  }

  private let scheme: Scheme

  /// The carrier whose requests are verified.
  public var carrier: WebCarrier {
    switch scheme {
    case .twilio: .twilio
    case .plivo: .plivo
    case .signalWire: .signalWire
    }
  }

  /// Verifies what Twilio signs.
  ///
  /// - Parameters:
  ///   - authToken: The token of the account, with which requests are signed.
  ///   - sharedKeys: Secrets of the account's shared keys by their names, for requests that say with which they are
  ///     signed.
  /// - Returns: The verifier.
  public static func twilio(authToken: String, sharedKeys: [String: String] = [:]) -> WebhookVerifier {
    WebhookVerifier(scheme: .twilio(WebhookKey(authToken), sharedKeys: sharedKeys.mapValues(WebhookKey.init)))
  }

  /// Verifies what Plivo signs.
  ///
  /// - Parameters:
  ///   - authToken: The token of the account.
  ///   - takesV2: Whether requests that have the second kind of signature alone are accepted. It covers neither the
  ///     query nor the values: whoever has seen one such request can send any other to the same path.
  /// - Returns: The verifier.
  public static func plivo(authToken: String, takesV2: Bool = false) -> WebhookVerifier {
    WebhookVerifier(scheme: .plivo(WebhookKey(authToken), takesV2: takesV2))
  }

  /// Verifies what SignalWire signs.
  ///
  /// - Parameter signingKey: The signing key of the project.
  /// - Returns: The verifier.
  public static func signalWire(signingKey: String) -> WebhookVerifier {
    WebhookVerifier(scheme: .signalWire(WebhookKey(signingKey)))
  }

  /// Whether the carrier has signed a request.
  public func accepts(_ request: WebhookRequest) -> Bool {
    switch scheme {
    case .twilio(let key, let sharedKeys): Self.twilioAccepts(request, key, sharedKeys)
    case .plivo(let key, let takesV2): Self.plivoAccepts(request, key, takesV2: takesV2)
    case .signalWire(let key): Self.signalWireAccepts(request, key)
    }
  }
}

// MARK: Twilio

extension WebhookVerifier {
  private static func twilioAccepts(
    _ request: WebhookRequest, _ key: WebhookKey, _ sharedKeys: [String: WebhookKey]
  ) -> Bool {
    guard let signature = request.fields["x-twilio-signature"] else { return false }
    var (key, algorithm) = (key, WebhookKey.Algorithm.sha1)
    for part in request.fields["x-twilio-webhooks-signature-settings"]?.split(separator: ",") ?? [] {
      let sides = part.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != " " } }
      guard sides.count == 2 else { continue }
      switch sides[0] {
      case "key":
        guard let shared = sharedKeys[sides[1]] else { return false }
        key = shared
      case "algorithm":
        switch sides[1].uppercased() {
        case "HMAC_SHA1": algorithm = .sha1
        case "HMAC_SHA256": algorithm = .sha256
        default: return false
        }
      default: continue
      }
    }
    return isSigned(request, signature, key, algorithm)
  }

  /// Whether Twilio's signature of a request is a given one.
  ///
  /// The address is signed, and behind it each different pair of name and value, sorted. Carriers sign with or without
  /// the port, whether it was in the address or not. A body that is no form is signed by its digest in the query.
  private static func isSigned(
    _ request: WebhookRequest, _ signature: String, _ key: WebhookKey, _ algorithm: WebhookKey.Algorithm
  ) -> Bool {
    let address = SignedAddress(request.url)
    var message = address.whole
    if let form = request.form {
      form.append(to: &message, repeats: false)
    } else {
      guard let digest = WebhookForm(address.query)?["bodySHA256"],
        equalInConstantTime(Array(Hexadecimal.encode(SHA256.digest(request.body)).utf8), Array(digest.utf8))
      else { return false }
    }
    return key.signed(message, as: signature, algorithm)
      || key.signed(address.withPortChanged + message[address.whole.count...], as: signature, algorithm)
  }
}

// MARK: SignalWire

extension WebhookVerifier {
  /// SignalWire signs forms as Twilio does, and otherwise the address with the whole body behind it.
  private static func signalWireAccepts(_ request: WebhookRequest, _ key: WebhookKey) -> Bool {
    guard let signature = request.fields["x-signalwire-signature"] else { return false }
    if isSigned(request, signature, key, .sha1) { return true }
    let address = SignedAddress(request.url)
    return key.signedInHexadecimal(address.whole + request.body, as: signature, .sha1)
      || key.signedInHexadecimal(address.withPortChanged + request.body, as: signature, .sha1)
  }
}

// MARK: Plivo

extension WebhookVerifier {
  private static func plivoAccepts(_ request: WebhookRequest, _ key: WebhookKey, takesV2: Bool) -> Bool {
    let address = SignedAddress(request.url)
    if let signatures = request.fields["x-plivo-signature-v3"] {
      guard let nonce = request.fields["x-plivo-signature-v3-nonce"], let form = request.form,
        let query = WebhookForm(address.query)
      else { return false }
      var message = Array(address.beforeQuery)
      let values = request.method.uppercased() == "GET" ? WebhookForm() : form
      // A body that is not signed is none of the carrier's.
      guard values.isEmpty == form.isEmpty else { return false }
      if !query.isEmpty || !values.isEmpty { message.append(UInt8(ascii: "?")) }
      query.append(to: &message, between: (Array("=".utf8), Array("&".utf8)), repeats: true)
      if !query.isEmpty, !values.isEmpty { message.append(UInt8(ascii: ".")) }
      values.append(to: &message, repeats: true)
      message.append(UInt8(ascii: "."))
      message.append(contentsOf: nonce.utf8)
      return signatures.split(separator: ",").contains { key.signed(message, as: trimmed($0), .sha256) }
    }
    guard takesV2, let signature = request.fields["x-plivo-signature-v2"],
      let nonce = request.fields["x-plivo-signature-v2-nonce"]
    else { return false }
    return key.signed(address.beforeQuery + Array(nonce.utf8), as: signature, .sha256)
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop { $0 == " " }
    while text.last == " " { text.removeLast() }
    return text
  }
}
