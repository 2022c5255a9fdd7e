import CampaignKit
import JSON

extension Tenant {
  /// The keys that programs send instead of signing in.
  static let keys = [createKey, listKeys, deleteKey]

  private static let key = Schema.object([
    .required("id", id), .required("name", text), .required("hint", text.described("The first characters of the key.")),
    .required("role", .choice(User.Role.allCases.map(\.rawValue))), .required("created_at", moment),
    .required("expires_at", moment.nullable),
  ])

  private static func row(_ key: APIKey) -> JSONValue {
    [
      "id": value(key.id), "name": .string(key.name), "hint": .string(key.hint), "role": .string(key.role.rawValue),
      "created_at": value(key.createdAt), "expires_at": value(key.expiresAt),
    ]
  }

  private static let createKey = Operation(
    .post, "/keys", "Makes a key, which is shown this once", tag: "keys", access: .administering,
    body: .json(
      .object([
        .required("name", .name(200).like("Billing")),
        .optional("role", .choice(User.Role.allCases.map(\.rawValue)).defaulting(to: "manager")),
        .optional("expires_at", .text(.moment).nullable),
      ])),
    success: answer(
      .created, message, .required("key", key),
      .required("api_key", .text(1...256).described("The key itself; send it as x-api-key.")))
  ) { inquiry in
    let text = APIKeyText.make()
    let now = await inquiry.service.now()
    let expiresAt = inquiry.body["expires_at"]?.string.flatMap { Timestamp($0) }
    if let expiresAt, expiresAt <= now { throw Refusal.invalid("expires_at", "has passed") }
    let record = text.record(
      id: inquiry.service.identifiers.next(at: now), account: try inquiry.account,
      name: inquiry.body["name"]?.string ?? "",
      role: inquiry.body["role"]?.string.flatMap { User.Role(rawValue: $0) } ?? .manager, at: now,
      expiresAt: expiresAt)
    try await inquiry.storage.insert(record)
    return done(
      [
        "message": "Key created; it is not shown again", "key": row(record), "api_key": .string(text.secret),
      ], .created)
  }

  private static let listKeys = Operation(
    .get, "/keys", "Lists the keys of the account", tag: "keys", access: .administering,
    success: answer(.ok, .required("keys", .list(of: key)), counted)
  ) { inquiry in
    let rows = try await inquiry.storage.keys(of: try inquiry.account).map { row($0) }
    return done(["keys": .array(rows), "count": value(rows.count)])
  }

  private static let deleteKey = Operation(
    .delete, "/keys/{id}", "Removes a key, which opens nothing from then on", tag: "keys", access: .administering,
    success: answer(.ok, message)
  ) { inquiry in
    try await inquiry.storage.delete(try inquiry.identifier(of: "key", as: APIKey.self), of: try inquiry.account)
    return done(["message": "Key deleted successfully"])
  }
}
