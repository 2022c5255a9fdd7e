public import CampaignKit
import Locks

/// Lets people register and sign in.
public final class SignIn: Sendable {
  /// A user who has signed in.
  public struct Session: Sendable {
    /// The user. The stretched password is in it, so no answer shows it whole.
    public var user: User
    /// The account of the user.
    public var account: Account
    /// The token to send from now on.
    public var token: String
  }

  private let storage: any CampaignStorage
  private let authenticator: Authenticator
  private let stretcher: PasswordStretcher
  private let attempts: LoginAttempts
  private let identifiers: IdentifierGenerator
  private let time: any TimeSource
  private let clock: @Sendable () -> Int64
  /// What a password is compared with that belongs to nobody. No password matches it that somebody knows.
  private let nobody: PasswordHash

  /// Creates the desk.
  ///
  /// - Parameters:
  ///   - storage: Has the accounts and users.
  ///   - authenticator: Makes the tokens.
  ///   - stretcher: Stretches the passwords; one for the whole process.
  ///   - limits: How often somebody may try passwords.
  ///   - identifiers: Makes identifiers.
  ///   - time: The clock that the moments of creation come from.
  public convenience init(
    storage: any CampaignStorage, authenticator: Authenticator, stretcher: PasswordStretcher,
    limits: LoginLimits = LoginLimits(), identifiers: IdentifierGenerator, time: any TimeSource = .system
  ) {
    let start = ContinuousClock.now
    self.init(
      storage: storage, authenticator: authenticator, stretcher: stretcher, limits: limits, identifiers: identifiers,
      time: time
    ) { (ContinuousClock.now - start).milliseconds }
  }

  /// The same with a clock for the limits of its own, in milliseconds, for tests.
  init(
    storage: any CampaignStorage, authenticator: Authenticator, stretcher: PasswordStretcher, limits: LoginLimits,
    identifiers: IdentifierGenerator, time: any TimeSource, clock: @escaping @Sendable () -> Int64
  ) {
    self.storage = storage
    self.authenticator = authenticator
    self.stretcher = stretcher
    attempts = LoginAttempts(limits)
    self.identifiers = identifiers
    self.time = time
    self.clock = clock
    nobody = PasswordHash(unmatchableWithRounds: stretcher.rounds)
  }

  // MARK: Signing in

  /// Signs somebody in.
  ///
  /// It takes the same time and gives the same error whether somebody has that address or not.
  ///
  /// - Parameters:
  ///   - email: The address, in any case.
  ///   - password: The password.
  ///   - address: The network address that the attempt comes from.
  /// - Returns: The user, their account and a token.
  /// - Throws: ``AccessError/Code/unknown``, ``AccessError/Code/busy``, ``AccessError/Code/cancelled`` or
  ///   ``AccessError/Code/unavailable``.
  public func signIn(
    email: String, password: String, from address: String
  ) async throws(AccessError) -> Session {
    let wrong = AccessError(.unknown, "the e-mail address or the password is wrong")
    // Nobody can have such ones, so nothing is given away by refusing them quickly.
    guard Registration.isEmail(email), password.utf8.count <= 4 * Registration.passwordLengths.upperBound else {
      throw wrong
    }
    let email = email.lowercased()
    try attempts.begin(address: address, email: email, at: clock())
    do throws(AccessError) {
      let user = try await asking { () async throws(StoreError) in try await storage.user(email: email) }
      let hash = user?.passwordHash.flatMap { PasswordHash($0) }
      let matches = try await stretcher.matches(password, hash ?? nobody)
      guard matches, let user, let hash else { throw wrong }
      let session = try await session(of: await rehash(user, hash, password))
      attempts.takeBack(address: address, email: email)
      return session
    } catch {
      // An attempt that was never compared with anything was none.
      if error.code != .unknown { attempts.takeBack(address: address, email: email) }
      throw error
    }
  }

  /// Stretches a password anew that was stretched with fewer rounds. If that fails, the next time will do.
  private func rehash(_ user: User, _ hash: PasswordHash, _ password: String) async -> User {
    guard hash.needsRehash(rounds: stretcher.rounds), let better = try? await stretcher.hash(password) else {
      return user
    }
    var changed = user
    changed.passwordHash = better.description
    return (try? await storage.update(changed)) ?? user
  }

  /// A token for a user who is known without a password.
  func token(for user: User) -> String { authenticator.token(for: user) }

  private func session(of user: User) async throws(AccessError) -> Session {
    let account = try await asking { () async throws(StoreError) in try await storage.account(user.account) }
    guard let account else { throw AccessError(.unknown, "the account of this user is no longer there") }
    return Session(user: user, account: account, token: authenticator.token(for: user))
  }

  // MARK: Registering

  /// Makes a user.
  ///
  /// Without a tenant, or with one that is unknown, the user owns a new account. Into an account that is there, only its
  /// owner or an admin lets somebody.
  ///
  /// - Parameters:
  ///   - registration: What was told.
  ///   - principal: Whoever asks, if that is known.
  ///   - mayOpenAccount: Whether an account is made where none is named that is there; true by default.
  /// - Returns: The new user, their account and a token.
  /// - Throws: ``AccessError/Code/invalid``, ``AccessError/Code/taken``, ``AccessError/Code/forbidden``,
  ///   ``AccessError/Code/busy``, ``AccessError/Code/cancelled`` or ``AccessError/Code/unavailable``.
  public func register(
    _ registration: Registration, by principal: Principal?, mayOpenAccount: Bool = true
  ) async throws(AccessError) -> Session {
    let problems = registration.problems
    guard problems.isEmpty else { throw AccessError(problems) }
    let existing = try await account(of: registration)
    if let existing { try Self.check(principal, mayAddTo: existing) }
    guard existing != nil || mayOpenAccount else {
      throw AccessError(.forbidden, "only an admin of the account that this server comes with opens new accounts here")
    }
    let email = registration.email.lowercased()
    let holder = try await asking { () async throws(StoreError) in try await storage.user(email: email) }
    guard holder == nil else { throw Self.taken }

    let hash = try await stretcher.hash(registration.password)
    let account = if let existing { existing } else { try await makeAccount(for: registration) }
    var user = User(
      id: identifiers.next(at: time.now()), account: account.id, email: email, role: registration.role,
      createdAt: time.now())
    user.passwordHash = hash.description
    user.firstName = registration.firstName
    user.lastName = registration.lastName
    user.phone = registration.phone
    user.isOwner = existing == nil
    do throws(StoreError) {
      try await storage.insert(user)
    } catch {
      if existing == nil { await giveUp(account) }
      throw error.code == .duplicate ? Self.taken : Self.unavailable(error)
    }
    return Session(user: user, account: account, token: authenticator.token(for: user))
  }

  /// A new password as it is kept.
  ///
  /// - Throws: ``AccessError/Code/invalid``, ``AccessError/Code/busy`` or ``AccessError/Code/cancelled``.
  func stretched(_ password: String) async throws(AccessError) -> String {
    if let problem = Registration.problem(ofPassword: password) { throw AccessError([problem]) }
    return try await stretcher.hash(password).description
  }

  private static let taken = AccessError(.taken, "somebody has registered with that e-mail address already")

  /// The account that a tenant names, by its name elsewhere or by our own.
  private func account(of registration: Registration) async throws(AccessError) -> Account? {
    guard let tenant = registration.tenant?.lowercased() else { return nil }
    return try await asking { () async throws(StoreError) in
      if let account = try await storage.account(externalID: tenant) { return account }
      guard let id = registration.tenantAsAccount else { return nil }
      return try await storage.account(id)
    }
  }

  private static func check(_ principal: Principal?, mayAddTo account: Account) throws(AccessError) {
    guard let principal, principal.account == account.id, principal.has(.administer) else {
      throw AccessError(.forbidden, "that tenant is there already; its owner or an admin has to register its users")
    }
  }

  private func makeAccount(for registration: Registration) async throws(AccessError) -> Account {
    let now = time.now()
    var account = Account(id: identifiers.next(at: now), name: registration.email.lowercased(), createdAt: now)
    account.externalID = registration.tenant?.lowercased()
    do throws(StoreError) {
      try await storage.insert(account)
    } catch {
      guard error.code == .duplicate else { throw Self.unavailable(error) }
      // Somebody else has made it since we looked, and owns it.
      throw AccessError(.forbidden, "that tenant is there already; its owner or an admin has to register its users")
    }
    return account
  }

  /// Takes the name from an account whose first user could not be made, so that it can be registered again.
  private func giveUp(_ account: Account) async {
    guard account.externalID != nil else { return }
    var account = account
    account.externalID = nil
    _ = try? await storage.update(account)
  }

  private static func unavailable(_ error: StoreError) -> AccessError {
    AccessError(
      .unavailable, "the store takes no users now; try again later", retryAfter: .seconds(1), cause: error)
  }
}
