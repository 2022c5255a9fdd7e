/// What a carrier sent to a webhook, as it arrived.
public struct WebhookRequest: Sendable {
  /// The method, such as `POST`.
  public var method: String
  /// The address that the carrier was given: what the outside sees, not what a proxy made of it.
  public var url: String
  /// The fields, by their names in lower case; several of one name are joined with commas.
  public var fields: [String: String]
  /// The body.
  public var body: [UInt8]

  /// Creates a request.
  ///
  /// - Parameters:
  ///   - method: The method.
  ///   - publicURL: The server's address as the carrier reaches it, such as `https://calls.example.com`. The `Host` of
  ///     the request must not decide about it: whoever sends a request chooses that.
  ///   - target: Path and query, exactly as they arrived.
  ///   - fields: The fields, by their names in lower case.
  ///   - body: The body.
  public init(
    _ method: String = "POST", publicURL: String, target: String, fields: [String: String], body: [UInt8] = []
  ) {
    self.method = method
    url = CarrierText.withoutSlash(publicURL) + target
    self.fields = fields
    self.body = body
  }

  /// The form in the body; nil if it holds something else.
  public var form: WebhookForm? {
    guard !body.isEmpty else { return WebhookForm() }
    return isForm ? WebhookForm(body) : nil
  }

  /// The values behind the question mark; nil if they are not encoded correctly.
  public var query: WebhookForm? { WebhookForm(SignedAddress(url).query) }

  private static let formType = Array("application/x-www-form-urlencoded".utf8)

  private var isForm: Bool {
    guard var type = fields["content-type"] else { return false }
    return type.withUTF8 { type in
      let end = type.firstIndex { $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: " ") } ?? type.count
      return end == Self.formType.count
        && (0..<end).allSatisfy { index in
          let byte = type[index]
          return (0x41...0x5A).contains(byte) ? byte | 0x20 == Self.formType[index] : byte == Self.formType[index]
        }
    }
  }
}
