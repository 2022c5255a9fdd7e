import CampaignKit
import JSON
import WebServer

extension Tenant {
  /// Registering and signing in.
  static let access = [register, login]

  /// A user in an answer. The stretched password is never in it.
  private static let user = Schema.object([
    .required("id", id), .required("email", text), .required("role", .choice(User.Role.allCases.map(\.rawValue))),
    .required("tenant_id", text), .required("first_name", text.nullable), .required("last_name", text.nullable),
    .required("phone", text.nullable), .required("is_owner", .flag.described("Owners may do everything.")),
  ])

  private static let session: [Schema.Property] = [
    message, .required("token", .text(1...4096).described("Send it as 'Authorization: Bearer ...'.")),
    .required("user", user),
  ]

  private static let register = Operation(
    .post, "/auth/register", "Makes a user, and an account where no tenant is named that there is", tag: "auth",
    access: .everybody,
    body: .json(
      .object([
        .required("email", .text(.email)),
        .required("password", .text(Registration.passwordLengths).like("securePassword123")),
        .optional("first_name", .text(0...200).nullable), .optional("last_name", .text(0...200).nullable),
        .optional("phone", .text(0...200).nullable),
        .optional("role", .choice(User.Role.allCases.map(\.rawValue)).defaulting(to: "agent")),
        .optional("tenant_id", .text(.uuid).nullable.described("An account that is there already needs its admin.")),
      ])), success: Operation.Success(.created, .object([.required("success", .flag)] + session)),
    refusals: [.duplicate, .forbidden, .limited]
  ) { inquiry in
    let body = inquiry.body
    var registration = Registration(email: body["email"]?.string ?? "", password: body["password"]?.string ?? "")
    registration.firstName = body["first_name"]?.string
    registration.lastName = body["last_name"]?.string
    registration.phone = body["phone"]?.string
    registration.role = body["role"]?.string.flatMap { User.Role(rawValue: $0) } ?? .agent
    registration.tenant = body["tenant_id"]?.string
    registration.tenantAsAccount = registration.tenant.flatMap { IdentifierForm.read($0) }
    let session = try await inquiry.desk.register(
      registration, by: inquiry.caller, mayOpenAccount: inquiry.service.mayOpenAccount(inquiry.caller))
    return signedIn(session, "User registered successfully", .created)
  }

  private static let login = Operation(
    .post, "/auth/login", "Signs a user in", tag: "auth", access: .everybody,
    body: .json(.object([.required("email", .text(1...254)), .required("password", .text(1...1024))])),
    success: Operation.Success(.ok, .object([.required("success", .flag)] + session)),
    refusals: [.unauthorized, .limited]
  ) { inquiry in
    let session = try await inquiry.desk.signIn(
      email: inquiry.body["email"]?.string ?? "", password: inquiry.body["password"]?.string ?? "",
      from: inquiry.request.clientAddress.host)
    return signedIn(session, "Login successful", .ok)
  }

  private static func signedIn(_ session: SignIn.Session, _ message: String, _ status: Status) -> Response {
    let user = session.user
    return done(
      [
        "message": .string(message), "token": .string(session.token),
        "user": [
          "id": value(user.id), "email": .string(user.email), "role": .string(user.role.rawValue),
          "tenant_id": TenantView(session.account).tenant, "first_name": value(user.firstName),
          "last_name": value(user.lastName), "phone": value(user.phone), "is_owner": .bool(user.isOwner),
        ],
      ], status)
  }
}

extension CampaignService {
  /// Whether somebody may open an account of their own by registering.
  fileprivate func mayOpenAccount(_ caller: Principal?) -> Bool {
    guard !configuration.isRegistrationOpen else { return true }
    guard let caller, let local = configuration.localAccount else { return false }
    return caller.account == local && caller.has(.administer)
  }
}

extension Inquiry {
  /// The desk at which people register and sign in.
  var desk: SignIn {
    get throws(Refusal) {
      guard let desk = service.signIn else { throw Refusal(.unavailable, "nobody registers or signs in here") }
      return desk
    }
  }
}
