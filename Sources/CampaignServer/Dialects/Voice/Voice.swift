import CampaignKit
import JSON
import WebServer

extension Dialect {
  /// Campaigns with schedules, callbacks and transfers at `/voice/api`, or at `/api` as their document has it.
  public static func voice(base: String = "/voice/api") -> Dialect {
    Dialect(
      name: "voice", title: "Voice campaigns", base: base, tail: "/api", style: Voice.style,
      operations: Voice.campaigns + Voice.actions + [Voice.statistics] + Voice.contacts)
  }
}

/// The dialect whose answers name what they hold: `{"success": true, "campaign": ...}`.
enum Voice {
  static let campaignID = IdentifierForm.prefixed("campaign-")

  static let style = Dialect.Style(
    schema: .object([
      .required("success", .flag), .required("message", .anyText.described("What is wrong, and what to do.")),
      .required("error", .anyText.described("What kind of mistake it is.")), .optional("fields", .problems),
    ])
  ) { refusal, _ in
    var body: JSONObject = [
      "success": false, "message": .string(refusal.message), "error": .string(refusal.kind.code),
    ]
    if !refusal.problems.isEmpty { body["fields"] = .array(refusal.problems.map(\.json)) }
    return body
  }

  // MARK: Answers

  static func answer(_ members: JSONObject, message: String? = nil, status: Status = .ok) -> Response {
    var body: JSONObject = ["success": true]
    if let message { body["message"] = .string(message) }
    for (name, value) in members { body[name] = value }
    return .json(.object(body), status: status)
  }

  /// A page of a list.
  static func answer(
    _ name: String, _ rows: [JSONValue], total: Int?, to inquiry: Inquiry, adding members: JSONObject = [:]
  ) -> Response {
    let total = total ?? rows.count
    var body = members
    body["count"] = JSONValue(rows.count)
    body["total"] = JSONValue(total)
    body["page"] = inquiry.query["page"] ?? 1
    body["pages"] = JSONValue(inquiry.pages(of: total, limit: pageLimit))
    body[name] = .array(rows)
    return answer(body)
  }

  static let pageLimit = 20

  static let paging: [Operation.Parameter] = [
    .optional("page", .page), .optional("limit", .limit(pageLimit, maximum: 1000)),
  ]

  static func success(
    _ properties: [Schema.Property], hasMessage: Bool = false, status: Status = .ok
  ) -> Operation.Success {
    let head: [Schema.Property] = [.required("success", .flag)]
    return Operation.Success(
      status, .object(head + (hasMessage ? [.required("message", .text())] : []) + properties))
  }

  static func list(_ name: String, of row: Schema, adding properties: [Schema.Property] = []) -> Operation.Success {
    success(
      properties + [
        .required("count", .count), .required("total", .count), .required("page", .integer(1...1_000_000_000)),
        .required("pages", .count), .required(name, .list(of: row)),
      ])
  }
}
