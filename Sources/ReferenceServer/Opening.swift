import CampaignKit
import CampaignServer
import Foundation

#if PostgreSQL
  import CampaignPostgres
#endif

/// Opens what is kept, with one clear line for what is in the way.
enum Opening {
  /// The store that the settings ask for: the database, or else the data folder. Where it is only read, the database is
  /// left as it is, and must be there.
  static func storage(_ settings: Settings, isOnlyRead: Bool = false) async throws(UsageError) -> any PortableStorage {
    #if PostgreSQL
      guard let postgres = settings.postgres else { return try store(settings) }
      do {
        var configuration = PostgresStorage.Configuration(postgres)
        configuration.migrates = !isOnlyRead
        // The folder keeps the secret and uploads.
        if !isOnlyRead {
          try FileManager.default.createDirectory(atPath: settings.dataFolder, withIntermediateDirectories: true)
        }
        return try await PostgresStorage(configuration)
      } catch {
        throw UsageError("the database of --postgres cannot be opened: \(error)")
      }
    #else
      guard settings.postgres == nil else {
        throw UsageError("--postgres: this program was built without PostgreSQL; build it with --traits PostgreSQL")
      }
      return try store(settings)
    #endif
  }

  /// The store in the data folder, which is made if it is not there.
  static func store(_ settings: Settings) throws(UsageError) -> LocalStore {
    var configuration = LocalStore.Configuration()
    switch settings.durability {
    case .everyCommit: configuration.durability = .everyCommit
    case .interval: configuration.durability = .interval(.seconds(1))
    case .none: configuration.durability = .none
    }
    do {
      try FileManager.default.createDirectory(atPath: settings.dataFolder, withIntermediateDirectories: true)
      return try LocalStore.file(at: settings.dataFolder + "/store", configuration: configuration)
    } catch let error as StoreError {
      throw UsageError("the data folder \(settings.dataFolder) cannot be opened: \(error)")
    } catch {
      throw UsageError(
        "the data folder \(settings.dataFolder) cannot be made; choose another with --data: \(error.localizedDescription)"
      )
    }
  }

  /// Frees the campaigns that a process held which was killed, so that they go on at once. Only one process has the
  /// folder, so none of those that had it before is alive.
  static func freeCampaigns(in store: any CampaignStorage) async throws(StoreError) {
    for account in try await Page.everything(store.accounts) {
      try await Page.forEach { (page) throws(StoreError) in
        try await store.campaigns(CampaignQuery(account: account.id), page: page)
      } do: { (campaigns) throws(StoreError) in
        for campaign in campaigns {
          if let lease = try await store.lease(of: campaign.id) { try await store.release(lease) }
        }
      }
    }
  }

  /// What tokens are signed with; made if it is not there.
  static func secret(_ settings: Settings) throws(UsageError) -> ServerSecret {
    try reading { () throws(AccessError) in
      try ServerSecret.load(given: settings.tokenSecret, folder: settings.dataFolder)
    }
  }

  /// What is to be known of the secret before the server begins; nil where there is nothing.
  static func caution(_ settings: Settings) -> String? {
    guard settings.postgres != nil, (settings.tokenSecret ?? "").isEmpty else { return nil }
    return "careful: tokens are signed with the secret in \(settings.dataFolder), which this server has for itself; "
      + "several servers on one database need the same JWT_SECRET, or who signed in at one is a stranger to the others"
  }

  /// What tokens are signed with; nil where no server has made it in the folder.
  static func keptSecret(_ settings: Settings) throws(UsageError) -> ServerSecret? {
    try reading { () throws(AccessError) in
      try ServerSecret.kept(given: settings.tokenSecret, folder: settings.dataFolder)
    }
  }

  private static func reading<Secret>(_ read: () throws(AccessError) -> Secret) throws(UsageError) -> Secret {
    do throws(AccessError) { return try read() } catch { throw UsageError("JWT_SECRET: \(error.message)") }
  }
}
