import CampaignKit
import JSON

extension Console {
  /// Seeing who signs in to the account, removing them, and giving them another password.
  static let users = [listUsers, deleteUser, setPassword]

  private static let user = Schema.object([
    .required("id", Tenant.id), .required("email", Tenant.text),
    .required("role", .choice(User.Role.allCases.map(\.rawValue))),
    .required("is_owner", .flag.described("Owners may do everything.")),
    .required("first_name", Tenant.text.nullable), .required("last_name", Tenant.text.nullable),
    .required("created_at", Tenant.moment),
  ])

  private static let listUsers = Operation(
    .get, "/console/users", "Lists who may sign in to the account, in the order in which they were made",
    tag: "console", access: .administering,
    success: Tenant.answer(.ok, .required("users", .list(of: user)), Tenant.counted)
  ) { inquiry in
    let rows = try await inquiry.storage.users(of: try inquiry.account).map { user -> JSONValue in
      [
        "id": Tenant.value(user.id), "email": .string(user.email), "role": .string(user.role.rawValue),
        "is_owner": .bool(user.isOwner), "first_name": Tenant.value(user.firstName),
        "last_name": Tenant.value(user.lastName), "created_at": Tenant.value(user.createdAt),
      ]
    }
    return Tenant.done(["users": .array(rows), "count": Tenant.value(rows.count)])
  }

  private static let deleteUser = Operation(
    .delete, "/console/users/{id}", "Removes a user, whose tokens open nothing from then on; keys stay",
    tag: "console", access: .administering, success: Tenant.answer(.ok, Tenant.message), refusals: [.state]
  ) { inquiry in
    let user = try await inquiry.service.user(try inquiry.identifier(of: "user"), of: try inquiry.account)
    // Somebody has to be left who may administer the account.
    guard !user.isOwner else {
      throw Refusal(.state, "the owner of the account cannot be removed; give them another password instead")
    }
    try await inquiry.storage.delete(user.id, of: user.account)
    return Tenant.done(["message": "User deleted successfully"])
  }

  private static let setPassword = Operation(
    .put, "/console/users/{id}/password", "Gives a user another password, which ends the tokens from before",
    tag: "console", access: .administering,
    body: .json(.object([.required("password", .text(Registration.passwordLengths).like("securePassword123"))])),
    success: Tenant.answer(.ok, Tenant.message), refusals: [.state]
  ) { inquiry in
    let user = try await inquiry.service.user(try inquiry.identifier(of: "user"), of: try inquiry.account)
    guard Registration.isEmail(user.email) else {
      throw Refusal(.state, "\(user.email) signs in with a token of the server's program, and never with a password")
    }
    let hash = try await inquiry.desk.stretched(inquiry.body["password"]?.string ?? "")
    _ = try await inquiry.service.change(user.id, of: user.account) { $0.passwordHash = hash }
    return Tenant.done(["message": "Password changed; tokens from before open nothing any more"])
  }
}
