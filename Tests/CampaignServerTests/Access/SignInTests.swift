import CampaignKit
import Locks
import Testing

@testable import CampaignServer

@Suite struct SignInTests {
  private static let password = "securePassword123"
  private static let tenant = "5f0c2c3e-8f5e-4d5c-9a3c-0d9f6b1e2a77"

  /// A desk with few rounds, limits of three, and a clock for them.
  private final class Desk: Sendable {
    let bench: AccessBench
    let signIn: SignIn
    let clock: Clock

    init(rounds: Int = 1000, configure: (inout LoginLimits) -> Void = { _ in }) async throws {
      bench = try await AccessBench()
      var limits = LoginLimits()
      limits.failuresPerAddress = 5
      limits.failuresPerEmail = 3
      limits.window = .seconds(60)
      configure(&limits)
      let clock = Clock()
      signIn = SignIn(
        storage: bench.storage, authenticator: bench.authenticator,
        stretcher: PasswordStretcher(rounds: rounds, capacity: 1000), limits: limits, identifiers: bench.identifiers,
        time: bench.time
      ) { clock.now }
      self.clock = clock
    }

    func register(
      _ email: String, tenant: String? = nil, role: User.Role = .agent, by principal: Principal? = nil
    ) async -> Result<SignIn.Session, Refused> {
      var registration = Registration(email: email, password: SignInTests.password)
      registration.tenant = tenant
      registration.role = role
      return await register(registration, by: principal)
    }

    func register(_ registration: Registration, by principal: Principal?) async -> Result<SignIn.Session, Refused> {
      do throws(AccessError) {
        return .success(try await signIn.register(registration, by: principal))
      } catch {
        return .failure(Refused(code: error.code))
      }
    }

    /// Nil when somebody is signed in, else why nobody is.
    func refusal(
      _ email: String, _ password: String = SignInTests.password, from address: String = "192.0.2.1"
    ) async -> AccessError? {
      do throws(AccessError) {
        _ = try await signIn.signIn(email: email, password: password, from: address)
        return nil
      } catch {
        return error
      }
    }

    func principal(of session: SignIn.Session) async throws -> Principal? {
      try await bench.authenticator.principal(bearer: "Bearer " + session.token, apiKey: nil)
    }
  }

  private final class Clock: Sendable {
    private let value = Locked<Int64>(0)
    var now: Int64 { value.withLock { $0 } }
    func advance(_ milliseconds: Int64) { value.withLock { $0 += milliseconds } }
  }

  // MARK: Registering

  @Test func theFirstUserOwnsANewAccountWhateverTheRole() async throws {
    let desk = try await Desk()
    var registration = Registration(email: "John@Example.com", password: Self.password)
    registration.firstName = "John"
    registration.lastName = "Doe"
    registration.phone = "+14155551234"
    registration.tenant = Self.tenant.uppercased()
    let session = try await desk.register(registration, by: nil).get()
    #expect(session.user.email == "john@example.com")
    #expect(session.user.firstName == "John" && session.user.lastName == "Doe" && session.user.phone == "+14155551234")
    #expect(session.user.role == .agent && session.user.isOwner)
    #expect(session.account.externalID == Self.tenant)
    #expect(session.user.account == session.account.id)
    #expect(try await desk.bench.storage.user(email: "john@example.com") == session.user)
    let principal = try #require(await desk.principal(of: session))
    #expect(
      principal
        == Principal(
          identity: .user(session.user.id), account: session.account.id, role: .agent, isOwner: true,
          endsAt: principal.endsAt))
    #expect(principal.endsAt != nil)
    #expect(principal.has(.administer))
    let hash = try #require(session.user.passwordHash.flatMap { PasswordHash($0) })
    #expect(hash.matches(Self.password))
  }

  @Test func withoutATenantEverybodyHasAnAccountOfTheirOwn() async throws {
    let desk = try await Desk()
    let one = try await desk.register("one@example.com").get()
    let two = try await desk.register("two@example.com", by: desk.principal(of: one)).get()
    #expect(one.account.id != two.account.id)
    #expect(one.user.isOwner && two.user.isOwner)
    #expect(one.account.externalID == nil)
  }

  @Test func nobodyJoinsAnAccountWithoutItsOwnerOrAnAdmin() async throws {
    let desk = try await Desk()
    let owner = try await desk.register("owner@example.com", tenant: Self.tenant).get()
    let stranger = try await desk.register("stranger@example.com").get()
    let byOwner = try await desk.principal(of: owner)
    let admin = try await desk.register("admin@example.com", tenant: Self.tenant, role: .admin, by: byOwner).get()
    let manager = try await desk.register("manager@example.com", tenant: Self.tenant, role: .manager, by: byOwner).get()
    let agent = try await desk.register("agent@example.com", tenant: Self.tenant, by: byOwner).get()
    for session in [admin, manager, agent] {
      #expect(session.account.id == owner.account.id)
      #expect(!session.user.isOwner)
    }
    #expect(admin.user.role == .admin && manager.user.role == .manager && agent.user.role == .agent)

    for principal in [
      nil, try await desk.principal(of: stranger), try await desk.principal(of: manager),
      try await desk.principal(of: agent),
    ] {
      for role in User.Role.allCases {
        let result = await desk.register("new@example.com", tenant: Self.tenant, role: role, by: principal)
        #expect(throws: Refused(code: .forbidden)) { try result.get() }
      }
    }
    #expect(try await desk.bench.storage.user(email: "new@example.com") == nil)
    let joined = try await desk.register("new@example.com", tenant: Self.tenant, by: desk.principal(of: admin)).get()
    #expect(joined.account.id == owner.account.id)
  }

  @Test func theAccountsOwnIdentifierIsATenantToo() async throws {
    let desk = try await Desk()
    let owner = try await desk.register("owner@example.com").get()
    var registration = Registration(email: "new@example.com", password: Self.password)
    registration.tenant = Self.tenant
    registration.tenantAsAccount = owner.account.id
    let refused = await desk.register(registration, by: nil)
    #expect(throws: Refused(code: .forbidden)) { try refused.get() }
    let joined = try await desk.register(registration, by: desk.principal(of: owner)).get()
    #expect(joined.account.id == owner.account.id)
  }

  @Test func anAddressIsTakenOnceWhateverItsCase() async throws {
    let desk = try await Desk()
    _ = try await desk.register("a@example.com").get()
    let again = await desk.register("A@EXAMPLE.COM", tenant: Self.tenant)
    #expect(throws: Refused(code: .taken)) { try again.get() }
    #expect(try await desk.bench.storage.account(externalID: Self.tenant) == nil, "no account was left behind")
  }

  @Test func aRaceForAnAddressHasOneWinner() async throws {
    let desk = try await Desk()
    let sessions = await withTaskGroup(of: SignIn.Session?.self) { group in
      for number in 0..<8 {
        let tenant = String(Self.tenant.dropLast()) + "\(number)"
        group.addTask { try? await desk.register("a@example.com", tenant: tenant).get() }
      }
      var sessions: [SignIn.Session] = []
      for await case let session? in group { sessions.append(session) }
      return sessions
    }
    #expect(sessions.count == 1)
    for number in 0..<8 {
      let tenant = String(Self.tenant.dropLast()) + "\(number)"
      let account = try await desk.bench.storage.account(externalID: tenant)
      #expect(account == nil || account?.id == sessions.first?.account.id, "the names of the others are free again")
    }
  }

  @Test func aRaceForATenantHasOneOwner() async throws {
    let desk = try await Desk()
    let sessions = await withTaskGroup(of: SignIn.Session?.self) { group in
      for number in 0..<8 {
        group.addTask { try? await desk.register("a\(number)@example.com", tenant: Self.tenant).get() }
      }
      var sessions: [SignIn.Session] = []
      for await case let session? in group { sessions.append(session) }
      return sessions
    }
    #expect(sessions.count == 1)
    let account = try #require(await desk.bench.storage.account(externalID: Self.tenant))
    #expect(try await desk.bench.storage.users(of: account.id).map(\.id) == sessions.map(\.user.id))
  }

  @Test(
    arguments: [
      ("", "securePassword123", nil, ["email"]), ("a", "securePassword123", nil, ["email"]),
      ("a@b", "securePassword123", nil, ["email"]), ("@example.com", "securePassword123", nil, ["email"]),
      ("a@b@example.com", "securePassword123", nil, ["email"]),
      ("a b@example.com", "securePassword123", nil, ["email"]),
      ("a@example..com", "securePassword123", nil, ["email"]), ("a@example.com\n", "securePassword123", nil, ["email"]),
      ("a@example.com", "", nil, ["password"]), ("a@example.com", "1234567", nil, ["password"]),
      ("a@example.com", String(repeating: "x", count: 257), nil, ["password"]),
      ("a@example.com", "securePassword123", "uuid", ["tenant_id"]),
      ("a@example.com", "securePassword123", "5f0c2c3e8f5e4d5c9a3c0d9f6b1e2a77", ["tenant_id"]),
      ("a@example.com", "securePassword123", "5f0c2c3e-8f5e-4d5c-9a3c-0d9f6b1e2a7g", ["tenant_id"]),
      ("nobody", "short", "", ["email", "password", "tenant_id"]),
    ] as [(String, String, String?, [String])])
  func tellsOfEverythingThatIsWrong(
    _ email: String, _ password: String, _ tenant: String?, _ fields: [String]
  ) async throws {
    let desk = try await Desk()
    var registration = Registration(email: email, password: password)
    registration.tenant = tenant
    #expect(registration.problems.map(\.field) == fields)
    let refused = await desk.register(registration, by: nil)
    #expect(throws: Refused(code: .invalid)) { try refused.get() }
  }

  // MARK: Signing in

  @Test func signsInWithThePasswordOnly() async throws {
    let desk = try await Desk()
    let registered = try await desk.register("a@example.com").get()
    let session = try await desk.signIn.signIn(email: "A@Example.com", password: Self.password, from: "192.0.2.1")
    #expect(session.user == registered.user && session.account == registered.account)
    #expect(try await desk.principal(of: session)?.identity == .user(registered.user.id))
    for password in ["", "securepassword123", Self.password + " ", String(repeating: "x", count: 100_000)] {
      let other = try await Desk()
      _ = try await other.register("a@example.com").get()
      #expect(await other.refusal("a@example.com", password)?.code == .unknown)
    }
  }

  @Test func nobodyLearnsWhoIsThere() async throws {
    let desk = try await Desk()
    _ = try await desk.register("a@example.com").get()
    let wrong = try #require(await desk.refusal("a@example.com", "wrong password"))
    let unknown = try #require(await desk.refusal("b@example.com", "wrong password"))
    #expect(wrong.description == unknown.description)
    #expect(wrong.isUnauthenticated)
    // A user without a password, as the operator makes one, cannot sign in with any.
    _ = try await desk.bench.user("c@example.com")
    #expect(await desk.refusal("c@example.com", "")?.description == wrong.description)
  }

  /// With rounds that take a while, a login for nobody must take as long as one for somebody: both stretch once. Time on
  /// this machine says little, so the queue is held up instead, and both must wait in it.
  @Test func aLoginForNobodyStretchesToo() async throws {
    let bench = try await AccessBench()
    let stretcher = PasswordStretcher(rounds: 1000, capacity: 0)
    let signIn = SignIn(
      storage: bench.storage, authenticator: bench.authenticator, stretcher: stretcher, limits: LoginLimits(),
      identifiers: bench.identifiers, time: bench.time
    ) { 0 }
    var user = try await bench.user("a@example.com")
    user.passwordHash = try await stretcher.hash(Self.password).description
    _ = try await bench.storage.update(user)
    let (held, hasBegun) = AsyncStream.makeStream(of: Void.self)
    let gate = Locked(true)
    let work = Task {
      try await stretcher.perform {
        hasBegun.finish()
        while gate.withLock({ $0 }) {}
      }
    }
    for await _ in held {}
    for email in ["a@example.com", "b@example.com"] {
      let refusal = await #expect(throws: AccessError.self) {
        try await signIn.signIn(email: email, password: Self.password, from: "192.0.2.1")
      }
      #expect(refusal?.code == .busy, "\(email)")
    }
    gate.withLock { $0 = false }
    try await work.value
  }

  @Test func failuresForAnAddressAreLimited() async throws {
    let desk = try await Desk()
    _ = try await desk.register("a@example.com").get()
    for number in 0..<3 {
      #expect(await desk.refusal("a@example.com", "wrong password", from: "192.0.2.\(number)")?.code == .unknown)
    }
    let refusal = try #require(await desk.refusal("a@example.com", from: "198.51.100.7"))
    #expect(refusal.code == .busy)
    #expect(refusal.retryAfter == .seconds(60))
    #expect(!refusal.isUnauthenticated)
    desk.clock.advance(59_999)
    #expect(await desk.refusal("a@example.com", from: "198.51.100.7")?.code == .busy)
    desk.clock.advance(1)
    #expect(await desk.refusal("a@example.com", from: "198.51.100.7") == nil)
  }

  @Test func failuresFromANetworkAreLimited() async throws {
    let desk = try await Desk()
    _ = try await desk.register("a@example.com").get()
    for number in 0..<5 {
      #expect(
        await desk.refusal("b\(number)@example.com", "wrong password", from: "2001:db8::\(number)")?.code == .unknown)
    }
    #expect(await desk.refusal("a@example.com", from: "2001:db8:0:0:ffff::1")?.code == .busy)
    #expect(await desk.refusal("a@example.com", from: "2001:db8:0:1::1") == nil)
  }

  @Test func successesDoNotCount() async throws {
    let desk = try await Desk()
    _ = try await desk.register("a@example.com").get()
    for _ in 0..<2 { #expect(await desk.refusal("a@example.com", "wrong password")?.code == .unknown) }
    for _ in 0..<10 { #expect(await desk.refusal("a@example.com") == nil) }
    #expect(await desk.refusal("a@example.com", "wrong password")?.code == .unknown)
    #expect(await desk.refusal("a@example.com")?.code == .busy)
  }

  @Test func passwordsOfFewerRoundsAreStretchedAnew() async throws {
    let desk = try await Desk(rounds: 1500)
    var user = try await desk.bench.user("a@example.com")
    user.passwordHash = PasswordHash(stretching: Self.password, rounds: 1000).description
    _ = try await desk.bench.storage.update(user)
    #expect(await desk.refusal("a@example.com") == nil)
    let hash = try await desk.bench.storage.user(user.id)?.passwordHash.flatMap { PasswordHash($0) }
    #expect(hash?.rounds == 1500)
    #expect(hash?.matches(Self.password) == true)
    #expect(await desk.refusal("a@example.com") == nil)
  }

  @Test(
    arguments: [
      ("192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2"), ("2001:DB8::1", "2001:db8:0:0"),
      ("::1", "0:0:0:0"), ("1:2:3:4:5::", "1:2:3:4"), ("1::2:3:4:5:6:7", "1:0:2:3"), ("::", "0:0:0:0"),
      ("::ffff:192.0.2.1", "192.0.2.1"), ("localhost", "localhost"), ("", ""),
    ])
  func knowsTheNetworkOfAnAddress(_ address: String, _ network: String) {
    #expect(LoginAttempts.network(of: address) == network)
  }
}
