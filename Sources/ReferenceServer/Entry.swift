import CampaignKit
import CampaignServer

/// Ways in for whoever runs the server.
enum Entry {
  /// A token for the account that the server comes with. The server may be running, and must have been: a secret that
  /// was made now would open nothing.
  static func token(_ settings: Settings) throws(UsageError) -> String {
    guard let secret = try Opening.keptSecret(settings) else {
      throw UsageError(
        "there is no server's folder at \(settings.dataFolder); name it with --data, or give the server's JWT_SECRET")
    }
    let now = SystemTime().now()
    var owner = User(
      id: LocalAccount.owner, account: LocalAccount.account, email: "owner@localhost", role: .admin, createdAt: now)
    owner.isOwner = true
    return Authenticator(storage: .memory, secret: secret).token(for: owner)
  }

  /// Makes a key for programs. The server must not be running.
  static func key(_ settings: Settings, named name: String) async throws -> String {
    let store = try await Opening.storage(settings)
    try await LocalAccount.prepare(in: store)
    let now = try await store.now()
    let key = APIKeyText.make()
    let record = key.record(
      id: IdentifierGenerator().next(at: now), account: LocalAccount.account, name: name.isEmpty ? "key" : name,
      role: .admin, at: now)
    try await store.insert(record)
    try await store.close()
    return key.secret
  }
}
