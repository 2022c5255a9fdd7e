import CampaignKit
import JSON
import WebServer

extension Dialect {
  /// Campaigns, leads and agents at `/api/v1`, open to this machine.
  public static func v1(base: String = "/api/v1") -> Dialect {
    var dialect = Dialect(
      name: "v1", title: "Campaign calling", base: base, tail: "/api/v1", style: V1.style,
      operations: [V1.health] + V1.campaigns + V1.actions + V1.assignments + V1.leads + V1.agents)
    dialect.isOpenToThisMachine = true
    return dialect
  }
}

/// The dialect with `{"success": true, "data": ...}`.
enum V1 {
  static let campaignID = IdentifierForm.cuid
  static let leadID = IdentifierForm.prefixed("lead_")
  static let agentID = IdentifierForm.prefixed("agent_")
  static let callID = IdentifierForm.prefixed("call_")

  /// The document knows 400 and no 409.
  static let style = Dialect.Style(
    statuses: [.state: .badRequest, .duplicate: .badRequest, .gone: .notFound],
    schema: .object([
      .required("success", .flag), .required("error", .anyText.described("What kind of mistake it is.")),
      .required("details", .anyText.described("What is wrong, and what to do.")), .optional("fields", .problems),
    ])
  ) { refusal, _ in
    var body: JSONObject = [
      "success": false, "error": .string(refusal.kind.heading), "details": .string(refusal.message),
    ]
    if !refusal.problems.isEmpty { body["fields"] = .array(refusal.problems.map(\.json)) }
    return body
  }

  static let health = Operation(
    .get, "/health", "Tells that the server runs", tag: "health", access: .everybody,
    success: Operation.Success(
      .ok,
      .object([
        .required("success", .flag), .required("message", .text()), .required("timestamp", .text(.moment)),
      ]))
  ) { inquiry in
    .json([
      "success": true, "message": "Campaign Calling API is running", "timestamp": .moment(await inquiry.service.now()),
    ])
  }
  .unlimited

  // MARK: Answers

  static func answer(_ data: JSONValue, status: Status = .ok) -> Response {
    .json(["success": true, "data": data], status: status)
  }

  static func answer(_ message: String) -> Response { .json(["success": true, "message": .string(message)]) }

  /// A page of a list.
  static func answer(_ data: [JSONValue], total: Int?, limit: Int, to inquiry: Inquiry) -> Response {
    let total = total ?? data.count
    return .json([
      "success": true, "data": .array(data),
      "pagination": [
        "total": JSONValue(total), "page": inquiry.query["page"] ?? 1, "limit": inquiry.query["limit"] ?? .whole(limit),
        "pages": JSONValue(inquiry.pages(of: total, limit: limit)),
      ],
    ])
  }

  // MARK: Schemas of answers

  static func success(_ data: Schema, status: Status = .ok) -> Operation.Success {
    Operation.Success(status, .object([.required("success", .flag), .required("data", data)]))
  }

  static let message = Operation.Success(
    .ok, .object([.required("success", .flag), .required("message", .text())]))

  static func list(of element: Schema) -> Operation.Success {
    let pagination = Schema.object([
      .required("total", .count), .required("page", .integer(1...1_000_000_000)), .required("limit", .count),
      .required("pages", .count),
    ])
    return Operation.Success(
      .ok,
      .object([
        .required("success", .flag), .required("data", .list(of: element)), .required("pagination", pagination),
      ]))
  }

  static func paging(_ limit: Int) -> [Operation.Parameter] {
    [.optional("page", .page), .optional("limit", .limit(limit, maximum: 1000))]
  }
}

extension Refusal.Kind {
  /// What kind of mistake it is, in a few words.
  fileprivate var heading: String {
    switch self {
    case .invalid: "The request is not valid"
    case .unauthorized: "Authentication is required"
    case .forbidden: "This is not permitted"
    case .notFound: "Not found"
    case .methodNotAllowed: "The method is not allowed"
    case .state: "This is not possible now"
    case .duplicate: "It is there already"
    case .gone: "No longer there"
    case .tooLarge: "The request is too large"
    case .unsupportedMedia: "The content type is not supported"
    case .limited: "Too many requests"
    case .unavailable: "The service is not available"
    case .failed: "Internal server error"
    }
  }
}
