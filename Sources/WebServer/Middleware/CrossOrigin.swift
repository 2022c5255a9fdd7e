/// Which pages of other origins may read answers.
public struct CrossOriginPolicy: Sendable, Hashable {
  /// Origins as browsers send them, such as `https://example.org`; `*` for any, which excludes credentials.
  public var origins: Set<String>
  /// Methods that pages may use.
  public var methods: [Method] = [.get, .head, .put, .patch, .post, .delete]
  /// Fields that pages may send; nothing allows those that the browser asks for.
  public var requestFields: [String]?
  /// Fields of an answer that pages may read, beside the few that they always may.
  public var responseFields: [String] = []
  /// Whether cookies and the like may be sent along.
  public var allowsCredentials = false
  /// Seconds for which a browser may keep what it was told.
  public var maximumAge: Int? = 600

  /// Creates a policy.
  ///
  /// - Parameter origins: Origins as browsers send them; `*` for any.
  public init(origins: Set<String>) { self.origins = origins }

  /// What is said to a page of an origin; nothing when it may not read.
  func allowedOrigin(_ origin: String) -> String? {
    if origins.contains(origin) { return origin }
    return origins.contains("*") && !allowsCredentials ? "*" : nil
  }
}

extension Middleware {
  /// Lets pages of other origins read answers, and answers the questions that browsers ask before.
  ///
  /// Put it in front of the whole router, since a browser asks with `OPTIONS` where a route may know `POST` only.
  ///
  /// - Parameter policy: Which pages.
  /// - Returns: The middleware.
  public static func crossOrigin(_ policy: CrossOriginPolicy) -> Middleware {
    let answer = after { request, response in
      // An answer that differs by origin must not be kept for another one.
      if policy.origins != ["*"] || policy.allowsCredentials { response.fields.addMember("Origin", to: "Vary") }
      guard let allowed = request["Origin"].flatMap(policy.allowedOrigin) else { return }
      response.fields["Access-Control-Allow-Origin"] = allowed
      if policy.allowsCredentials { response.fields["Access-Control-Allow-Credentials"] = "true" }
      if isPreflight(request) {
        permit(request, policy, &response)
      } else if !policy.responseFields.isEmpty {
        response.fields["Access-Control-Expose-Headers"] = policy.responseFields.joined(separator: ", ")
      }
    }
    let preflight = before { request in isPreflight(request) ? Response(.noContent) : nil }
    return Middleware { handler in handler.wrapped(in: [answer, preflight]) }
  }

  private static func isPreflight(_ request: Request) -> Bool {
    request.method == .options && request["Origin"] != nil && request["Access-Control-Request-Method"] != nil
  }

  private static func permit(_ request: Request, _ policy: CrossOriginPolicy, _ response: inout Response) {
    response.fields["Access-Control-Allow-Methods"] = policy.methods.map(\.name).joined(separator: ", ")
    let fields = policy.requestFields?.joined(separator: ", ") ?? request["Access-Control-Request-Headers"]
    if let fields, !fields.isEmpty { response.fields["Access-Control-Allow-Headers"] = fields }
    if policy.requestFields == nil { response.fields.addMember("Access-Control-Request-Headers", to: "Vary") }
    if let age = policy.maximumAge { response.fields["Access-Control-Max-Age"] = "\(age)" }
  }
}
