public import CampaignKit
public import JSON
public import WebServer

/// One way to speak to the service: a table of operations below a base path, and the shapes that they share.
public struct Dialect: Sendable {
  /// The shape of refusals.
  public struct Style: Sendable {
    /// The statuses that differ from the usual ones.
    public var statuses: [Refusal.Kind: Status]
    /// What a refusal looks like.
    public var body: @Sendable (Refusal, Timestamp) -> JSONObject
    /// The schema of that.
    public var schema: Schema

    /// Creates a style.
    public init(
      statuses: [Refusal.Kind: Status] = [:], schema: Schema,
      body: @escaping @Sendable (Refusal, Timestamp) -> JSONObject
    ) {
      self.statuses = statuses
      self.schema = schema
      self.body = body
    }

    /// The status of a kind of refusal.
    public func status(of kind: Refusal.Kind) -> Status { statuses[kind] ?? kind.status }

    /// The answer that tells of a refusal.
    ///
    /// - Parameters:
    ///   - refusal: What is told.
    ///   - now: The time, for the styles that tell it.
    ///   - status: The status, where it is settled already.
    /// - Returns: The answer.
    public func response(to refusal: Refusal, at now: Timestamp, status: Status? = nil) -> Response {
      var response = Response.json(.object(body(refusal, now)), status: status ?? self.status(of: refusal.kind))
      if let wait = refusal.retryAfter {
        response.fields["Retry-After"] = "\(max(1, wait.components.seconds))"
      }
      if refusal.kind == .unauthorized { response.fields["WWW-Authenticate"] = "Bearer" }
      return response
    }
  }

  /// The name by which it is mounted.
  public var name: String
  /// What it is, in a few words.
  public var title: String
  /// The path that all operations are below of, such as `/api/v1`; without a slash at its end.
  public var base: String
  /// The end of the base in its document; what hangs beside the base hangs where this begins.
  public var tail: String
  /// The shape of refusals.
  public var style: Style
  /// Whether it answers without a token to those on this machine, for the account that the server was set up with.
  public var isOpenToThisMachine = false
  /// What can be asked.
  public var operations: [Operation]

  /// Creates a dialect at the base that its document has.
  public init(name: String, title: String, base: String, tail: String? = nil, style: Style, operations: [Operation]) {
    self.name = name
    self.title = title
    self.base = base
    self.tail = tail ?? base
    self.style = style
    self.operations = operations
  }

  /// The path that what hangs beside the base is below of.
  public var root: String { base.hasSuffix(tail) ? String(base.dropLast(tail.count)) : "" }

  /// The full path of an operation.
  public func path(of operation: Operation) -> String { (operation.isBeside ? root : base) + operation.path }
}

extension Dialect.Style {
  /// A refusal as `{"success": false, "error": "..."}`, with the fields that are wrong where that is it.
  public static let plain = Dialect.Style(schema: plainSchema) { refusal, _ in
    var body: JSONObject = ["success": false, "error": .string(refusal.message)]
    if !refusal.problems.isEmpty { body["fields"] = .array(refusal.problems.map(\.json)) }
    return body
  }

  private static let plainSchema = Schema.object(
    [
      .required("success", .flag), .required("error", .text().described("What is wrong, and what to do.")),
      .optional("fields", .problems),
    ])
}

extension Problem {
  /// The problem as an object.
  var json: JSONValue { ["field": .string(field), "message": .string(message)] }
}

extension Schema {
  /// What is wrong with single values.
  static var problems: Schema {
    list(of: .object([.required("field", .text()), .required("message", .text())]))
      .described("What is wrong with single values.")
  }
}
