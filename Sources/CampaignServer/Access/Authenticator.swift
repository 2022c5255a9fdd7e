public import CampaignKit
import Digests

/// Finds out who asks, from what they send.
///
/// Users and keys are looked up in the store each time. Who was deleted there is refused at once, and a role that was
/// changed holds at once.
public struct Authenticator: Sendable {
  private let storage: any CampaignStorage
  private let secret: ServerSecret
  private let time: any TimeSource
  private let tokenLifetime: Duration

  /// Creates an authenticator.
  ///
  /// - Parameters:
  ///   - storage: Has the users and keys.
  ///   - secret: What tokens are signed with.
  ///   - tokenLifetime: How long a token works, a day by default.
  ///   - time: The clock that tokens and keys expire by.
  public init(
    storage: any CampaignStorage, secret: ServerSecret, tokenLifetime: Duration = .seconds(86_400),
    time: any TimeSource = .system
  ) {
    self.storage = storage
    self.secret = secret
    self.tokenLifetime = tokenLifetime
    self.time = time
  }

  /// Makes a token for a user. It works until its end, or until the user has another password or is removed.
  public func token(for user: User) -> String {
    let now = time.now()
    let token = JSONWebToken(
      user: user.id, account: user.account, role: user.role, issuedAt: now, expiresAt: now + tokenLifetime,
      passwordMark: passwordMark(of: user))
    return token.signed(with: secret)
  }

  /// Whoever sends these header fields; nil when they send neither.
  ///
  /// - Parameters:
  ///   - bearer: The value of `Authorization`: `Bearer` and a token or a key.
  ///   - apiKey: The value of `x-api-key`.
  /// - Returns: A user or a key, with the account and what they may do there.
  /// - Throws: An ``AccessError`` for which ``AccessError/isUnauthenticated`` holds, or
  ///   ``AccessError/Code/unavailable`` when the store cannot be asked.
  public func principal(bearer: String?, apiKey: String?) async throws(AccessError) -> Principal? {
    switch (bearer, apiKey) {
    case (nil, nil): return nil
    case (let bearer?, nil):
      let parts = bearer.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, parts[0].lowercased() == "bearer" else {
        throw AccessError(.malformed, "the field Authorization must be 'Bearer' and a token")
      }
      let text = String(parts[1].drop { $0 == " " })
      return text.hasPrefix(APIKeyText.prefix) ? try await principal(key: text) : try await principal(token: text)
    case (nil, let key?): return try await principal(key: key)
    case (_?, _?):
      // Two names for one request: whichever counted, somebody would have meant the other.
      throw AccessError(.malformed, "send a token or a key, not both")
    }
  }

  /// Whoever has that token.
  ///
  /// - Throws: As ``principal(bearer:apiKey:)``.
  public func principal(token text: String) async throws(AccessError) -> Principal {
    let token = try JSONWebToken(verifying: text, with: secret, at: time.now())
    let found = try await asking { () async throws(StoreError) in try await storage.user(token.user) }
    guard let user = found, user.account == token.account else {
      throw AccessError(.unknown, "the user of the token is no longer there; sign in again")
    }
    guard isCurrent(token, of: user) else {
      throw AccessError(.expired, "the password was changed since the token was made; sign in again")
    }
    return Principal(
      identity: .user(user.id), account: user.account, role: user.role, isOwner: user.isOwner, endsAt: token.expiresAt)
  }

  /// Whether a token is not from before another password. Of a token without a mark, as other programs make them, all
  /// that is known is its second: it has to be that of the last change of the user, or a later one.
  private func isCurrent(_ token: JSONWebToken, of user: User) -> Bool {
    if let mark = token.passwordMark { return mark == passwordMark(of: user) }
    return user.revision == 0 || token.issuedAt + .seconds(1) > user.updatedAt
  }

  /// What is the same as long as a user has the same password, and tells nothing of it.
  private func passwordMark(of user: User) -> String? {
    user.passwordHash.map { Base64.url.encode(secret.code("password \($0)").prefix(12)) }
  }

  /// Whoever has that key.
  ///
  /// - Throws: As ``principal(bearer:apiKey:)``.
  public func principal(key text: String) async throws(AccessError) -> Principal {
    guard let text = APIKeyText(text) else { throw AccessError(.malformed, "that is not the form of a key") }
    let found = try await asking { () async throws(StoreError) in try await storage.key(digest: text.digest) }
    guard let key = found else { throw AccessError(.unknown, "there is no such key, or it was removed") }
    if let end = key.expiresAt, end <= time.now() {
      throw AccessError(.expired, "the key has expired; ask an admin of the account for another")
    }
    return Principal(identity: .key(key.id), account: key.account, role: key.role, endsAt: key.expiresAt)
  }
}

/// Asks the store, and tells of its errors as of refusals.
func asking<Value>(
  _ work: () async throws(StoreError) -> Value
) async throws(AccessError) -> Value {
  do throws(StoreError) {
    return try await work()
  } catch {
    throw AccessError(
      .unavailable, "the store cannot be asked now; try again later", retryAfter: .seconds(1), cause: error)
  }
}
