import JSON
public import WebServer

/// One thing that a client can ask for: the single place in which its path, its parameters, its body, its answers and
/// who may ask are declared.
///
/// The same declaration checks requests, words what is wrong with them, and describes itself in OpenAPI.
public struct Operation: Sendable {
  /// Who may ask.
  public enum Access: Hashable, Sendable {
    /// Everybody.
    case everybody
    /// Everybody who is signed in.
    case reading
    /// Those who may set the status of agents: everybody who is signed in.
    case agentStatus
    /// Those who may change campaigns and what belongs to them.
    case changing
    /// Those who may change users, keys and the account.
    case administering
    /// A carrier, which signs what it sends.
    case carrier
  }

  /// What kind of body a request has.
  public enum Body: Sendable {
    /// None is looked at.
    case none
    /// JSON that fits a schema; without one, or with an empty one where that is permitted, an empty object.
    case json(Schema, mayBeEmpty: Bool = false)
    /// JSON that fits a schema, or a form that the answering function reads itself.
    case jsonOrForm(Schema, form: Schema)
    /// Something that the answering function reads itself, described by its media type and a schema.
    case raw(String, Schema)
  }

  /// A value in the path or behind the question mark.
  public struct Parameter: Sendable {
    /// Its name.
    public var name: String
    /// What it has to be.
    public var schema: Schema
    /// Whether it must be there.
    public var isRequired: Bool

    /// A parameter behind the question mark.
    public static func optional(_ name: String, _ schema: Schema) -> Parameter {
      Parameter(name: name, schema: schema, isRequired: false)
    }

    /// A parameter behind the question mark that must be there.
    public static func required(_ name: String, _ schema: Schema) -> Parameter {
      Parameter(name: name, schema: schema, isRequired: true)
    }
  }

  /// What the answer to a request that was done looks like.
  public struct Success: Sendable {
    /// The status.
    public var status: Status
    /// What is in it.
    public var schema: Schema
    /// The kind of the content.
    public var mediaType: String

    /// Creates an answer of JSON.
    public init(_ status: Status = .ok, _ schema: Schema, mediaType: String = "application/json") {
      self.status = status
      self.schema = schema
      self.mediaType = mediaType
    }
  }

  /// The method.
  public var method: Method
  /// The path below the dialect's base, with `{name}` for what varies.
  public var path: String
  /// Whether the path hangs beside the base, as `/health` does beside `/api/v1`.
  public var isBeside = false
  /// What it does, in a few words.
  public var summary: String
  /// The group it is shown in.
  public var tag: String
  /// Who may ask.
  public var access: Access
  /// What identifiers in the path look like, for the description.
  public var pathParameters: [String: Schema] = [:]
  /// What may stand behind the question mark.
  public var query: [Parameter]
  /// The body.
  public var body: Body
  /// The answers to what was done.
  public var successes: [Success]
  /// Kinds of refusals that only this operation has, beside those that follow from the rest.
  public var refusals: Set<Refusal.Kind>
  /// Whether requests count towards the limit of requests.
  public var isRateLimited = true
  /// Most bytes of a body that the answering function reads itself; the service's bound for uploads where nil.
  public var bodyLimit: Int?
  /// Does it.
  public var answer: @Sendable (Inquiry) async throws -> Response

  /// Declares an operation.
  ///
  /// - Parameters:
  ///   - method: The method.
  ///   - path: The path below the dialect's base, with `{name}` for what varies.
  ///   - summary: What it does, in a few words.
  ///   - tag: The group it is shown in.
  ///   - access: Who may ask.
  ///   - query: What may stand behind the question mark.
  ///   - body: The body.
  ///   - success: The answer to what was done.
  ///   - refusals: Kinds of refusals beside those that follow from the rest.
  ///   - answer: Does it.
  public init(
    _ method: Method, _ path: String, _ summary: String, tag: String, access: Access, query: [Parameter] = [],
    body: Body = .none, success: Success, refusals: Set<Refusal.Kind> = [],
    answer: @escaping @Sendable (Inquiry) async throws -> Response
  ) {
    self.method = method
    self.path = path
    self.summary = summary
    self.tag = tag
    self.access = access
    self.query = query
    self.body = body
    successes = [success]
    self.refusals = refusals
    self.answer = answer
  }

  /// The same, beside the dialect's base.
  public var beside: Operation {
    var operation = self
    operation.isBeside = true
    return operation
  }

  /// The same, not counted towards the limit of requests, and never refused for it: what watches, what would come again
  /// all the same, and what stops calls.
  public var unlimited: Operation {
    var operation = self
    operation.isRateLimited = false
    return operation
  }

  /// The names that vary in the path, in order.
  var pathNames: [String] {
    path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
  }

  /// Every kind of refusal that may come.
  var allRefusals: Set<Refusal.Kind> {
    var kinds = refusals.union([.invalid, .methodNotAllowed, .unavailable, .failed])
    if isRateLimited { kinds.insert(.limited) }
    if !pathNames.isEmpty { kinds.insert(.notFound) }
    switch access {
    case .everybody: break
    case .reading, .agentStatus: kinds.insert(.unauthorized)
    case .changing, .administering: kinds.formUnion([.unauthorized, .forbidden])
    case .carrier: kinds.insert(.forbidden)
    }
    if case .none = body {} else { kinds.formUnion([.tooLarge, .unsupportedMedia]) }
    return kinds
  }
}
