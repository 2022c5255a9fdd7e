import CampaignKit
import CampaignServer

/// The account that the server comes with, and its owner: those of whoever runs it.
///
/// Their identifiers are fixed, so that a token can be made from the secret alone while the server runs.
enum LocalAccount {
  static let account = Account.ID(high: 0, low: 1)
  static let owner = User.ID(high: 0, low: 2)

  /// Makes account and owner, as far as they are not there.
  static func prepare(in storage: any CampaignStorage) async throws {
    let now = try await storage.now()
    if try await storage.account(account) == nil {
      try await storage.insert(Account(id: account, name: "Default", createdAt: now))
    }
    if try await storage.user(owner) == nil {
      var user = User(id: owner, account: account, email: "owner@localhost", role: .admin, createdAt: now)
      user.isOwner = true
      try await storage.insert(user)
    }
  }

  /// Makes the keys of the configuration, as far as they are not there, and removes those that are no longer in it.
  ///
  /// Where other servers share the store, one without any keys leaves them theirs.
  static func configure(keys: [String], in storage: any CampaignStorage, isShared: Bool) async throws {
    var texts: [APIKeyText] = []
    for (index, text) in keys.enumerated() {
      guard let key = APIKeyText(text) else {
        throw UsageError(
          "API_KEYS: key \(index + 1) must have 16 to 256 visible characters; '\(Command.key.rawValue)' makes good ones"
        )
      }
      texts.append(key)
    }
    let digests = Set(texts.map(\.digest))
    if !isShared || !keys.isEmpty {
      for key in try await storage.keys(of: account) where isConfigured(key) && !digests.contains(key.digest) {
        try await storage.delete(key.id, of: account)
      }
    }
    let now = try await storage.now()
    let identifiers = IdentifierGenerator()
    for (index, key) in texts.enumerated() where try await storage.key(digest: key.digest) == nil {
      let record = key.record(
        id: identifiers.next(at: configured), account: account, name: "configuration \(index + 1)", role: .admin,
        at: now)
      try await storage.insert(record)
    }
  }

  /// The moment that the identifiers of configured keys have in them. Every other key has that of its making, so that
  /// none can be taken for configured, whatever its name is.
  private static let configured = Timestamp(milliseconds: 0)

  private static func isConfigured(_ key: APIKey) -> Bool { key.id.createdAt == configured }
}
