import CampaignKit
import JSON
import Testing
import WebServer

@testable import CampaignServer

/// What the console lets admins do: the limit of the account, and its users.
@Suite struct ConsoleAdministrationTests {
  // MARK: The limit

  @Test("the account's limit is set up to the system's, and taken back to the default") func setsTheLimit() async throws
  {
    let bench = try await ServiceBench([.server(), .tenant()])
    let engine = bench.engine
    try await engine.setSystemLimit(40)
    try await engine.setDefaultAccountLimit(3)
    let path = "/console/limit"
    func shows(_ limit: JSONValue, _ answer: (status: Int, body: JSONValue)) {
      #expect(answer.status == 200)
      #expect(answer.body == ["success": true, "limit": limit, "default": 3, "system": 40])
    }
    shows(.null, try await bench.ask(.get, path))
    for limit in [1, 25, 40] as [JSONValue] {
      shows(limit, try await bench.ask(.put, path, ["limit": limit]))
      shows(limit, try await bench.ask(.get, path))
      let settings = try await bench.done(.get, "/settings/concurrency")["settings"]
      #expect(settings?["user_concurrent_calls_limit"] == limit)
    }
    for limit in [0, 41, -1, "3", 2.5] as [JSONValue] {
      let refused = try await bench.ask(.put, path, ["limit": limit])
      #expect(refused.status == 400)
      #expect(refused.body["fields"]?.array?.first?["field"] == "limit")
    }
    #expect(try await bench.ask(.put, path, ["limit": 41]).body["error"]?.string?.contains("1 to 40") == true)
    #expect(try await bench.ask(.put, path, [:]).status == 400)
    shows(40, try await bench.ask(.get, path))
    shows(.null, try await bench.ask(.get, path, as: "two"))
    shows(.null, try await bench.ask(.put, path, ["limit": .null]))
    let settings = try await bench.done(.get, "/settings/concurrency")["settings"]
    #expect(settings?["user_concurrent_calls_limit"] == 3)
  }

  @Test("only admins set it") func keepsTheLimit() async throws {
    let bench = try await ServiceBench([.server(), .tenant()])
    #expect(try await bench.ask(.put, "/console/limit", ["limit": 1], as: "one-agent").status == 403)
    #expect(try await bench.ask(.put, "/console/limit", ["limit": 1], as: nil).status == 401)
    #expect(try await bench.ask(.get, "/console/limit", as: "one-agent").body["limit"] == .null)
  }

  // MARK: The time zone

  @Test("the account's time zone holds for campaigns without one of their own") func setsTheTimeZone() async throws {
    let bench = try await ServiceBench([.server(), .tenant()])
    let path = "/console/timezone"
    #expect(try await bench.ask(.get, path).body == ["success": true, "timezone": "UTC"])
    let own = try await bench.makeCampaign(["timezone": "America/Chicago", "start_date": "2030-01-01"])
    let other = try await bench.makeCampaign(["start_date": "2030-01-01"])
    let kept = try await bench.ask(.put, path, ["timezone": "Asia/Kathmandu"])
    #expect(kept.status == 200 && kept.body["timezone"] == "Asia/Kathmandu")
    #expect(try await bench.ask(.get, path, as: "one-agent").body["timezone"] == "Asia/Kathmandu")
    let zones = [
      (own.id, "America/Chicago", "2030-01-01T06:00:00.000Z"), (other.id, "Asia/Kathmandu", "2029-12-31T18:15:00.000Z"),
    ]
    for (id, zone, start) in zones {
      let campaign = try await bench.done(.get, "/campaigns/\(id)")["campaign"]
      #expect(campaign?["timezone"] == .string(zone) && campaign?["schedule_start"] == .string(start))
    }
    #expect(try await bench.ask(.get, path, as: "two").body["timezone"] == "UTC")
    for wrong in ["Mars/Olympus", "", "GMT+5", .null, 5] as [JSONValue] {
      let refused = try await bench.ask(.put, path, ["timezone": wrong])
      #expect(refused.status == 400 && refused.body["fields"]?.array?.first?["field"] == "timezone", "\(wrong)")
    }
    #expect(try await bench.ask(.put, path, ["timezone": "UTC"], as: "one-agent").status == 403)
    #expect(try await bench.ask(.put, path, ["timezone": "UTC"], as: nil).status == 401)
    #expect(try await bench.ask(.get, path).body["timezone"] == "Asia/Kathmandu")
  }

  // MARK: Users

  private static let password = "securePassword123"

  /// A bench at whose desk an owner has registered an admin and an agent.
  private struct Scene {
    let bench: ServiceBench
    let owner: String
    let admin: String
    let agent: String

    init() async throws {
      let storage: any CampaignStorage = .memory
      let authenticator = Authenticator(storage: storage, secret: try ServerSecret("a secret for tests only"))
      let signIn = SignIn(
        storage: storage, authenticator: authenticator, stretcher: PasswordStretcher(rounds: 1),
        identifiers: IdentifierGenerator())
      bench = try await ServiceBench(
        [.server(), .tenant()], storage: storage, authenticator: authenticator, signIn: signIn)
      let tenant = "5f0c2c3e-8f5e-4d5c-9a3c-0d9f6b1e2a77"
      var tokens: [String] = []
      for (name, role) in [("owner", "agent"), ("admin", "admin"), ("agent", "agent")] {
        let made = try await bench.ask(
          .post, "/api/auth/register",
          [
            "email": .string("\(name)@example.com"), "password": .string(ConsoleAdministrationTests.password),
            "role": .string(role), "tenant_id": .string(tenant),
          ], as: tokens.first)
        tokens.append(try #require(made.body["token"]?.string))
      }
      (owner, admin, agent) = (tokens[0], tokens[1], tokens[2])
    }

    func users() async throws -> [JSONValue] {
      try #require(try await bench.ask(.get, "/console/users", as: owner).body["users"]?.array)
    }

    func path(of name: String) async throws -> String {
      let user = try await users().first { $0["email"]?.string == "\(name)@example.com" }
      return "/console/users/\(try #require(user?["id"]?.string))"
    }

    func signIn(_ name: String, _ password: String = ConsoleAdministrationTests.password) async throws -> Int {
      let body: JSONValue = ["email": .string("\(name)@example.com"), "password": .string(password)]
      return try await bench.ask(.post, "/api/auth/login", body, as: nil).status
    }

    func opens(_ token: String) async throws -> Bool {
      try await bench.ask(.get, "/api/campaigns", as: token).status == 200
    }
  }

  @Test("users are listed without what they sign in with") func listsUsers() async throws {
    let scene = try await Scene()
    let users = try await scene.users()
    #expect(users.map { $0["email"] } == ["owner@example.com", "admin@example.com", "agent@example.com"])
    #expect(users.map { $0["role"] } == ["agent", "admin", "agent"])
    #expect(users.map { $0["is_owner"] } == [true, false, false])
    #expect(users.allSatisfy { $0.object?.keys.contains { $0.contains("password") } == false })
    #expect(users.allSatisfy { $0["created_at"]?.string.flatMap { Timestamp($0) } != nil })
    #expect(try await scene.bench.ask(.get, "/console/users", as: scene.agent).status == 403)
  }

  @Test("a user who was removed opens nothing, and can be made again") func removesUsers() async throws {
    let scene = try await Scene()
    let bench = scene.bench
    let path = try await scene.path(of: "agent")
    #expect(try await scene.opens(scene.agent))
    #expect(try await bench.ask(.delete, path, as: scene.agent).status == 403)
    #expect(try await bench.ask(.delete, path, as: "two").status == 401)
    #expect(try await bench.ask(.delete, path, as: scene.admin).status == 200)
    #expect(try await !scene.opens(scene.agent))
    #expect(try await scene.signIn("agent") == 401)
    #expect(try await bench.ask(.delete, path, as: scene.admin).status == 404)
    #expect(try await scene.users().count == 2)
    let owner = try await scene.path(of: "owner")
    #expect(try await bench.ask(.delete, owner, as: scene.admin).status == 409)
    #expect(try await scene.opens(scene.owner))
    let again: JSONValue = [
      "email": "agent@example.com", "password": .string(Self.password),
      "tenant_id": "5f0c2c3e-8f5e-4d5c-9a3c-0d9f6b1e2a77",
    ]
    #expect(try await bench.ask(.post, "/api/auth/register", again, as: scene.owner).status == 201)
    #expect(try await !scene.opens(scene.agent), "the token of the first one of that address")
  }

  @Test("another password ends the tokens from before, and the old one opens nothing") func setsPasswords() async throws
  {
    let scene = try await Scene()
    let bench = scene.bench
    let path = try await scene.path(of: "agent") + "/password"
    let body: JSONValue = ["password": "another password"]
    #expect(try await bench.ask(.put, path, body, as: scene.agent).status == 403)
    for wrong in ["short", "", .null, 7] as [JSONValue] {
      #expect(try await bench.ask(.put, path, ["password": wrong], as: scene.admin).status == 400)
    }
    #expect(try await scene.opens(scene.agent))
    #expect(try await bench.ask(.put, path, body, as: scene.admin).status == 200)
    #expect(try await !scene.opens(scene.agent))
    #expect(try await scene.signIn("agent") == 401)
    #expect(try await scene.signIn("agent", "another password") == 200)
    #expect(try await scene.opens(scene.owner))
    let none = "/console/users/\(unknownID)/password"
    #expect(try await bench.ask(.put, none, body, as: scene.admin).status == 404)
  }

  @Test("what belongs to another account is not there") func keepsAccountsApart() async throws {
    let scene = try await Scene()
    let bench = scene.bench
    let other: JSONValue = ["email": "other@example.com", "password": .string(Self.password)]
    let made = try await bench.ask(.post, "/api/auth/register", other, as: nil)
    let token = try #require(made.body["token"]?.string)
    let path = try await scene.path(of: "agent")
    #expect(try await bench.ask(.get, "/console/users", as: token).body["count"] == 1)
    #expect(try await bench.ask(.delete, path, as: token).status == 404)
    #expect(try await bench.ask(.put, path + "/password", ["password": "another password"], as: token).status == 404)
    #expect(try await scene.opens(scene.agent))
  }

  @Test("the server's own owner has no password to be changed") func leavesTheLocalOwner() async throws {
    let scene = try await Scene()
    let storage = scene.bench.engine.storage
    let now = try await storage.now()
    let identifiers = IdentifierGenerator()
    let users = try await scene.users()
    let id = try #require(users.first?["id"]?.string.flatMap { IdentifierForm.read($0, as: User.self) })
    let account = try #require(try await storage.user(id)).account
    let local = User(
      id: identifiers.next(at: now), account: account, email: "owner@localhost", role: .admin, createdAt: now)
    try await storage.insert(local)
    let path = "/console/users/\(IdentifierForm.uuid.text(local.id))/password"
    let refused = try await scene.bench.ask(.put, path, ["password": "another password"], as: scene.admin)
    #expect(refused.status == 409)
    #expect(try await storage.user(local.id)?.passwordHash == nil)
  }
}
