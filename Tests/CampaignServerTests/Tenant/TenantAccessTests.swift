import CampaignKit
import CampaignTesting
import JSON
import Testing
import WebServer

@testable import CampaignServer

@Suite struct TenantAccessTests {
  /// Every operation that needs to know who asks, with the path filled in.
  static let protected: [CampaignServer.Operation] = Dialect.tenant().operations.filter { $0.access != .everybody }

  static func path(_ operation: CampaignServer.Operation) -> String {
    "/api" + operation.path.split(separator: "/").map { "/" + ($0.hasPrefix("{") ? Substring(unknownID) : $0) }.joined()
  }

  @Test("T-13, Q-65, T-102: no token, or one that is not valid") func needsAToken() async throws {
    let bench = try await ServiceBench.tenant()
    #expect(Self.protected.count == 47)
    for operation in Self.protected {
      for token in [nil, "forged"] {
        let answer = try await bench.ask(operation.method, Self.path(operation), as: token)
        #expect(answer.status == 401, "\(operation.method) \(operation.path)")
        #expect(answer.body["success"] == false)
        #expect(answer.body["error"]?.string?.isEmpty == false)
      }
    }
  }

  @Test("T-15, T-16, A-13: what the role agent may do") func separatesRoles() async throws {
    let bench = try await ServiceBench.tenant()
    for operation in Self.protected {
      let status = try await bench.ask(operation.method, Self.path(operation), as: "one-agent").status
      switch operation.access {
      case .changing, .administering: #expect(status == 403, "\(operation.method) \(operation.path)")
      default: #expect(status != 403 && status != 401, "\(operation.method) \(operation.path)")
      }
      let isWriting = operation.method != .get && operation.path != "/agents/{id}/status"
      #expect(isWriting == (operation.access == .changing || operation.access == .administering && isWriting))
    }
  }

  @Test("T-17, Q-64: another account finds and touches nothing, through any route") func separatesAccounts()
    async throws
  {
    let bench = try await ServiceBench.tenant()
    let campaign = try await bench.makeCampaign(leads: [number(0)])
    let other = try await bench.makeCampaign(leads: [number(1)])
    try await bench.complete([other])
    try await bench.done(.post, "/agents", ["name": "A", "phone": .string(number(2))])
    try await bench.done(.post, "/keys", ["name": "K"])
    try await bench.done(.post, "/dnc", ["phone_numbers": [.string(number(3))]])
    let ids: [String: String] = [
      "campaigns": campaign.id,
      "leads": try #require(
        try await bench.column("id", of: "leads", "/leads?campaign_id=\(campaign.id)").first?.string),
      "calls": try #require(try await bench.column("id", of: "calls", "/calls").first?.string),
      "agents": try #require(try await bench.column("id", of: "agents", "/agents").first?.string),
      "contacts": try #require(try await bench.column("id", of: "contacts", "/contacts").first?.string),
      "keys": try #require(try await bench.column("id", of: "keys", "/keys").first?.string),
    ]
    let lists = [
      "/campaigns", "/campaigns/\(campaign.id)", "/leads?campaign_id=\(campaign.id)", "/calls", "/agents", "/queue",
      "/contacts", "/keys", "/dnc", "/settings/concurrency", "/calls/stats/summary",
    ]
    var before: [JSONValue] = []
    for list in lists { before.append(try await bench.done(.get, list)) }
    for operation in Self.protected where !operation.path.contains("/queue/{") && !operation.pathNames.isEmpty {
      let kind = operation.path.hasPrefix("/queue") ? "campaigns" : String(operation.path.split(separator: "/")[0])
      let path = operation.path.replacing("{id}", with: ids[kind] ?? "").replacing(
        "{campaignId}", with: ids[kind] ?? "")
      let body: JSONValue? = operation.method == .put ? ["status": "busy"] : nil
      try await bench.refused(404, operation.method, path, body, as: "two")
    }
    for method in ["GET", "DELETE"] {
      try await bench.refused(404, .init(method), "/queue/\(ids["leads"] ?? "")", as: "two")
    }
    for list in lists where list.contains("?") == false && !list.contains(campaign.id) {
      let text = try await bench.done(.get, list, as: "two").serialized()
      for id in ids.values { #expect(!text.contains(id), "\(list)") }
    }
    for (list, value) in zip(lists, before) { #expect(try await bench.done(.get, list) == value, "\(list)") }
  }

  /// A bench with the server's own desk and tokens.
  static func desk(
    secret: String = "a secret for tests only", configure: (inout ServiceConfiguration) -> Void = { _ in }
  ) async throws -> ServiceBench {
    let storage: any CampaignStorage = .memory
    let identifiers = IdentifierGenerator()
    let authenticator = Authenticator(storage: storage, secret: try ServerSecret(secret))
    let desk = SignIn(
      storage: storage, authenticator: authenticator, stretcher: PasswordStretcher(rounds: 1), identifiers: identifiers)
    return try await ServiceBench(
      [.tenant()], storage: storage, authenticator: authenticator, signIn: desk, configure: configure)
  }

  static let john: JSONObject = [
    "email": "user@example.com", "password": "securePassword123", "first_name": "John", "last_name": "Doe",
    "phone": "+14155551234", "role": "agent", "tenant_id": "0190a2b4-5c6d-4e8f-9a0b-1c2d3e4f5a6b",
  ]

  @Test("Where registration is closed, only an admin of the server's own account opens another")
  func closesRegistration() async throws {
    let bench = try await Self.desk { $0.isRegistrationOpen = false }
    let account = try #require(bench.accounts["one"])
    func key(role: User.Role, of account: Account.ID) async throws -> String {
      let text = APIKeyText.make()
      let identifiers = IdentifierGenerator()
      let now = try await bench.engine.storage.now()
      let record = text.record(id: identifiers.next(at: now), account: account, name: "K", role: role, at: now)
      try await bench.engine.storage.insert(record)
      return text.secret
    }
    func register(_ name: String, as token: String?, in tenant: JSONValue = .null) async throws -> (Int, JSONValue) {
      var body = Self.john
      body["email"] = .string("\(name)@example.com")
      body["tenant_id"] = tenant
      return try await bench.ask(.post, "/api/auth/register", .object(body), as: token)
    }
    let admin = try await key(role: .admin, of: account.id)
    let stranger = try #require(bench.accounts["two"]).id
    for token in [nil, try await key(role: .manager, of: account.id), try await key(role: .admin, of: stranger)] {
      let refused = try await register("ann", as: token)
      #expect(refused.0 == 403, "\(refused.1)")
    }
    let tenant = try #require(Self.john["tenant_id"])
    #expect(try await register("ann", as: nil, in: tenant).0 == 403)
    // An admin opens an account, whose owner lets others into it.
    let opened = try await register("ann", as: admin, in: tenant)
    #expect(opened.0 == 201 && opened.1["user"]?["is_owner"] == true)
    let owner = try #require(opened.1["token"]?.string)
    #expect(try await register("bob", as: owner, in: tenant).0 == 201)
    #expect(try await register("cy", as: owner).0 == 403)
    #expect(try await register("cy", as: nil, in: tenant).0 == 403)
  }

  @Test("T-14: tokens that were changed, forged or sent in another way open nothing") func refusesForgedTokens()
    async throws
  {
    let bench = try await Self.desk()
    let answer = try await bench.done(.post, "/auth/register", .object(Self.john), as: nil)
    let token = try #require(answer["token"]?.string)
    let parts = token.split(separator: ".").map(String.init)
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0"  // {"alg":"none","typ":"JWT"}
    let foreign = try await Self.desk(secret: "another secret for tests only")
    let stranger = try await foreign.done(.post, "/auth/register", .object(Self.john), as: nil)
    let forged = [
      "garbage", "Bearer", "Bearer garbage", "Basic \(token)", token, "Bearer \(parts[0]).\(parts[1])",
      "Bearer \(parts[0]).\(parts[1]).", "Bearer \(none).\(parts[1]).", "Bearer \(none).\(parts[1]).\(parts[2])",
      "Bearer \(parts[0]).\(parts[1].dropLast())A.\(parts[2])", "Bearer \(token)x",
      "Bearer \(try #require(stranger["token"]?.string))",
    ]
    for field in forged {
      let response = try await bench.send(.get, "/api/campaigns", as: nil, fields: ["Authorization": field])
      #expect(response.status == .unauthorized, "\(field)")
    }
    let response = try await bench.send(.get, "/api/campaigns", as: nil, fields: ["Authorization": "Bearer \(token)"])
    #expect(response.status == .ok)
  }

  @Test("T-01, T-02, T-03, T-08, T-11: registering and signing in") func letsIn() async throws {
    let bench = try await Self.desk()
    let answer = try await bench.ask(.post, "/api/auth/register", .object(Self.john), as: nil)
    #expect(answer.status == 201)
    #expect(answer.body["message"] == "User registered successfully")
    for field in ["email", "first_name", "last_name", "phone", "role", "tenant_id"] {
      #expect(answer.body["user"]?[field] == Self.john[field], "\(field)")
    }
    let login = try await bench.ask(
      .post, "/api/auth/login", ["email": "User@Example.com", "password": "securePassword123"], as: nil)
    #expect(login.status == 200)
    #expect(login.body["user"] == answer.body["user"])
    for body in [answer.body, login.body] {
      #expect(!body.serialized().contains("securePassword123") && !body.serialized().contains("pbkdf2"))
      let token = try #require(body["token"]?.string)
      #expect(token.split(separator: ".").count == 3)
      // The first user owns the account whatever the role.
      let campaign = try await bench.done(.post, "/campaigns", ["name": "A"], as: token)["campaign"]
      #expect(campaign?["tenant_id"] == Self.john["tenant_id"])
    }
  }

  @Test(
    "T-04, T-05, T-10: fields that are missing or bad",
    arguments: [
      (["password": "securePassword123"], "email"), (["email": "user@example.com"], "password"),
      (["email": "user", "password": "securePassword123"], "email"),
      (["email": "user@example.com", "password": "short"], "password"),
      (["email": "user@example.com", "password": "securePassword123", "role": "king"], "role"),
      (["email": "user@example.com", "password": "securePassword123", "tenant_id": "t"], "tenant_id"),
    ] as [(JSONValue, String)]) func refusesFields(body: JSONValue, field: String) async throws
  {
    let bench = try await Self.desk()
    #expect(try await bench.refused(400, .post, "/auth/register", body, as: nil) == [field])
    #expect(try await bench.refused(400, .post, "/auth/login", [:], as: nil) == ["email", "password"])
  }

  @Test("T-06, T-07, T-09: taken addresses and wrong passwords") func refusesTheWrong() async throws {
    let bench = try await Self.desk()
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for index in 0..<6 {
        let email = index.isMultiple(of: 2) ? "a@example.com" : "A@Example.com"
        group.addTask {
          try await bench.ask(
            .post, "/api/auth/register", ["email": .string(email), "password": "securePassword123"], as: nil
          ).status
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses.sorted() == [201, 409, 409, 409, 409, 409])
    var texts: Set<String> = []
    for email in ["a@example.com", "b@example.com"] {
      let answer = try await bench.ask(
        .post, "/api/auth/login", ["email": .string(email), "password": "wrongPassword"], as: nil)
      #expect(answer.status == 401)
      texts.insert(answer.body["error"]?.string ?? "")
    }
    #expect(texts.count == 1)
  }

  @Test("T-12, A-13: nobody joins an account but by its admin") func guardsAccounts() async throws {
    let bench = try await Self.desk()
    let owner = try #require(
      try await bench.done(.post, "/auth/register", .object(Self.john), as: nil)["token"]?.string)
    var second = Self.john
    second["email"] = "second@example.com"
    second["role"] = "admin"
    try await bench.refused(403, .post, "/auth/register", .object(second), as: nil)
    let stranger = try #require(
      try await bench.done(
        .post, "/auth/register", ["email": "x@example.com", "password": "securePassword123"], as: nil)["token"]?.string)
    try await bench.refused(403, .post, "/auth/register", .object(second), as: stranger)
    second["role"] = "agent"
    let joined = try await bench.done(.post, "/auth/register", .object(second), as: owner)
    #expect(joined["user"]?["is_owner"] == false)
    let token = try #require(joined["token"]?.string)
    try await bench.refused(403, .post, "/campaigns", ["name": "A"], as: token)
    #expect(try await bench.done(.get, "/campaigns", as: token)["total"] == 0)
    second["email"] = "third@example.com"
    try await bench.refused(403, .post, "/auth/register", .object(second), as: token)
  }
}
