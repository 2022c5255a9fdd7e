import CampaignKit
import CampaignServer

/// The account that the server comes with, and its owner: those of whoever runs it.
///
/// Their identifiers are fixed, so that a token can be made from the secret alone while the server runs.
enum LocalAccount {
  static let account = Account.ID(high: 0, low: 1)
  static let owner = User.ID(high: 0, low: 2)

  /// Makes account, owner and the keys of the configuration, as far as they are not there.
  static func prepare(in storage: any CampaignStorage, keys: [String]) async throws {
    let now = try await storage.now()
    if try await storage.account(account) == nil {
      try await storage.insert(Account(id: account, name: "Default", createdAt: now))
    }
    if try await storage.user(owner) == nil {
      var user = User(id: owner, account: account, email: "owner@localhost", role: .admin, createdAt: now)
      user.isOwner = true
      try await storage.insert(user)
    }
    let identifiers = IdentifierGenerator()
    for (index, text) in keys.enumerated() {
      guard let key = APIKeyText(text) else {
        throw UsageError(
          "API_KEYS: key \(index + 1) must have 16 to 256 visible characters; '\(Command.key.rawValue)' makes good ones"
        )
      }
      guard try await storage.key(digest: key.digest) == nil else { continue }
      let record = key.record(
        id: identifiers.next(at: now), account: account, name: "configuration \(index + 1)", role: .admin, at: now)
      try await storage.insert(record)
    }
  }
}
