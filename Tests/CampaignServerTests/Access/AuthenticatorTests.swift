import CampaignKit
import CampaignTesting
import Testing

@testable import CampaignServer

/// A store with an account, one user of each role, and everything to let them in.
struct AccessBench {
  let storage: any CampaignStorage
  let time = ManualTime()
  let identifiers = IdentifierGenerator()
  let secret: ServerSecret
  let authenticator: Authenticator
  let account: Account

  init() async throws {
    var configuration = LocalStore.Configuration()
    configuration.time = time
    storage = LocalStore(configuration: configuration)
    secret = try ServerSecret("a secret for tests only")
    authenticator = Authenticator(storage: storage, secret: secret, tokenLifetime: .seconds(3600), time: time)
    account = Account(id: identifiers.next(at: time.now()), name: "Acme", createdAt: time.now())
    try await storage.insert(account)
  }

  func user(_ email: String, _ role: User.Role = .agent, isOwner: Bool = false) async throws -> User {
    var user = User(
      id: identifiers.next(at: time.now()), account: account.id, email: email, role: role, createdAt: time.now())
    user.isOwner = isOwner
    try await storage.insert(user)
    return user
  }

  func key(_ role: User.Role = .manager, expiresAt: Timestamp? = nil) async throws -> (APIKeyText, APIKey) {
    let text = APIKeyText.make()
    let record = text.record(
      id: identifiers.next(at: time.now()), account: account.id, name: "test", role: role, at: time.now(),
      expiresAt: expiresAt)
    try await storage.insert(record)
    return (text, record)
  }

  /// Whoever is found, or why nobody was.
  func found(_ bearer: String?, _ apiKey: String? = nil) async -> Result<Principal?, Refused> {
    do throws(AccessError) {
      return .success(try await authenticator.principal(bearer: bearer, apiKey: apiKey))
    } catch {
      return .failure(Refused(code: error.code))
    }
  }
}

struct Refused: Error, Equatable {
  var code: AccessError.Code
}

@Suite struct AuthenticatorTests {
  @Test func nobodyIsNobody() async throws {
    let bench = try await AccessBench()
    #expect(await bench.found(nil) == .success(nil))
  }

  @Test func findsAUserByToken() async throws {
    let bench = try await AccessBench()
    let user = try await bench.user("a@example.com", .manager, isOwner: true)
    let token = bench.authenticator.token(for: user)
    let principal = Principal(
      identity: .user(user.id), account: bench.account.id, role: .manager, isOwner: true,
      endsAt: try JSONWebToken(verifying: token, with: bench.secret, at: bench.time.now()).expiresAt)
    for field in ["Bearer \(token)", "bearer \(token)", "BEARER   \(token)"] {
      #expect(await bench.found(field) == .success(principal))
    }
  }

  @Test func findsAProgramByKeyInEitherField() async throws {
    let bench = try await AccessBench()
    let (text, record) = try await bench.key(.agent)
    let principal = Principal(identity: .key(record.id), account: bench.account.id, role: .agent)
    #expect(await bench.found(nil, text.secret) == .success(principal))
    #expect(await bench.found("Bearer \(text.secret)") == .success(principal))
  }

  @Test("T-14: other schemes and garbage are refused") func refusesOtherFields() async throws {
    let bench = try await AccessBench()
    let user = try await bench.user("a@example.com")
    let token = bench.authenticator.token(for: user)
    let (key, _) = try await bench.key()
    let cases: [(String?, String?, AccessError.Code)] = [
      ("", nil, .malformed), ("Bearer", nil, .malformed), ("Bearer ", nil, .malformed), (token, nil, .malformed),
      ("Basic \(token)", nil, .malformed), ("Token \(token)", nil, .malformed), ("Bearer\t\(token)", nil, .malformed),
      ("Bearer \(token) ", nil, .malformed), ("Bearer garbage", nil, .malformed),
      ("Bearer \(token), Bearer \(token)", nil, .malformed), (nil, "", .malformed), (nil, "short", .malformed),
      (nil, token, .unknown), (nil, APIKeyText.make().secret, .unknown),
      ("Bearer \(APIKeyText.make().secret)", nil, .unknown), (nil, String(key.secret.dropLast()), .unknown),
      (nil, key.secret.lowercased(), .unknown), ("Bearer \(token)", key.secret, .malformed),
      ("Bearer garbage", key.secret, .malformed),
    ]
    for (bearer, apiKey, code) in cases {
      #expect(
        await bench.found(bearer, apiKey) == .failure(Refused(code: code)), "\(bearer ?? "-") \(apiKey ?? "-")")
    }
  }

  @Test("T-14: tokens of other servers are forged") func tokensOfOtherServersAreForged() async throws {
    let bench = try await AccessBench()
    let user = try await bench.user("a@example.com")
    let other = Authenticator(
      storage: bench.storage, secret: try ServerSecret("a secret for tests onlz"), time: bench.time)
    #expect(await bench.found("Bearer \(other.token(for: user))") == .failure(Refused(code: .forged)))
  }

  @Test("T-14: everything that expires does so to the second") func everythingThatExpiresDoesSoToTheSecond()
    async throws
  {
    let bench = try await AccessBench()
    let user = try await bench.user("a@example.com")
    let token = "Bearer " + bench.authenticator.token(for: user)
    let (key, _) = try await bench.key(expiresAt: bench.time.now() + .seconds(3600))
    bench.time.advance(by: .seconds(3599))
    #expect(try await bench.found(token).get() != nil)
    #expect(try await bench.found(nil, key.secret).get() != nil)
    bench.time.advance(by: .seconds(1))
    #expect(await bench.found(token) == .failure(Refused(code: .expired)))
    #expect(await bench.found(nil, key.secret) == .failure(Refused(code: .expired)))
  }

  @Test func whoIsDeletedIsRefusedAtOnce() async throws {
    let bench = try await AccessBench()
    let user = try await bench.user("a@example.com")
    let token = "Bearer " + bench.authenticator.token(for: user)
    let (key, record) = try await bench.key()
    #expect(try await bench.found(token).get() != nil)
    #expect(try await bench.found(nil, key.secret).get() != nil)
    try await bench.storage.delete(user.id, of: bench.account.id)
    try await bench.storage.delete(record.id, of: bench.account.id)
    #expect(await bench.found(token) == .failure(Refused(code: .unknown)))
    #expect(await bench.found(nil, key.secret) == .failure(Refused(code: .unknown)))
  }

  @Test func theStoredRoleCountsAndNotThatOfTheToken() async throws {
    let bench = try await AccessBench()
    var user = try await bench.user("a@example.com", .admin)
    let token = "Bearer " + bench.authenticator.token(for: user)
    user.role = .agent
    _ = try await bench.storage.update(user)
    #expect(try await bench.found(token).get()?.role == .agent)
  }

  @Test func aChangedPasswordEndsTheTokensFromBefore() async throws {
    let bench = try await AccessBench()
    var user = try await bench.user("a@example.com", .admin)
    user.passwordHash = "one"
    user = try await bench.storage.update(user)
    let before = "Bearer " + bench.authenticator.token(for: user)
    #expect(try await bench.found(before).get()?.role == .admin)
    user.passwordHash = "another"
    user = try await bench.storage.update(user)
    #expect(await bench.found(before) == .failure(Refused(code: .expired)))
    #expect(try await bench.found("Bearer " + bench.authenticator.token(for: user)).get()?.role == .admin)
    user.passwordHash = nil
    user = try await bench.storage.update(user)
    #expect(await bench.found(before) == .failure(Refused(code: .expired)))
  }

  @Test("A token that knows of no password is over with the next change of its user as well")
  func aTokenWithoutAMarkEndsToo() async throws {
    let bench = try await AccessBench()
    var user = try await bench.user("a@example.com", .admin)
    /// As somebody makes it who shares the secret.
    func token() -> String {
      let now = bench.time.now()
      let token = JSONWebToken(
        user: user.id, account: bench.account.id, role: .admin, issuedAt: now, expiresAt: now + .seconds(3600))
      return "Bearer " + token.signed(with: bench.secret)
    }
    user.passwordHash = "one"
    user = try await bench.storage.update(user)
    let before = token()
    bench.time.advance(by: .milliseconds(1500))
    #expect(try await bench.found(before).get()?.role == .admin)
    user.passwordHash = "another"
    user = try await bench.storage.update(user)
    #expect(await bench.found(before) == .failure(Refused(code: .expired)))
    #expect(try await bench.found(token()).get()?.role == .admin)
  }

  /// Signed with the right secret, as by somebody who moves users between accounts by hand.
  @Test func aTokenForAnotherAccountIsRefused() async throws {
    let bench = try await AccessBench()
    let user = try await bench.user("a@example.com", .admin)
    let other = Account(id: bench.identifiers.next(at: bench.time.now()), name: "Other", createdAt: bench.time.now())
    try await bench.storage.insert(other)
    let token = JSONWebToken(
      user: user.id, account: other.id, role: .admin, issuedAt: bench.time.now(),
      expiresAt: bench.time.now() + .seconds(60))
    #expect(await bench.found("Bearer \(token.signed(with: bench.secret))") == .failure(Refused(code: .unknown)))
  }

  @Test func aStoreThatIsClosedRefusesNobodyForGood() async throws {
    let bench = try await AccessBench()
    let user = try await bench.user("a@example.com")
    try await bench.storage.close()
    #expect(
      await bench.found("Bearer \(bench.authenticator.token(for: user))") == .failure(Refused(code: .unavailable)))
    #expect(!AccessError(.unavailable, "").isUnauthenticated)
  }

  @Test func rolesPermitWhatTheySay() {
    let permitted: [User.Role: Set<Permission>] = [
      .admin: [.read, .setAgentStatus, .change, .administer], .manager: [.read, .setAgentStatus, .change],
      .agent: [.read, .setAgentStatus],
    ]
    for role in User.Role.allCases {
      for permission in Permission.allCases {
        let principal = Principal(identity: .thisMachine, account: .init(high: 1, low: 1), role: role)
        #expect(principal.has(permission) == permitted[role]?.contains(permission))
        let owner = Principal(identity: .thisMachine, account: .init(high: 1, low: 1), role: role, isOwner: true)
        #expect(owner.has(permission))
      }
    }
  }
}
