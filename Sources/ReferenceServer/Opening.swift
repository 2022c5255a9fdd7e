import CampaignKit
import CampaignServer
import Foundation

/// Opens what is kept on disk, with one clear line for what is in the way.
enum Opening {
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

  /// What tokens are signed with.
  static func secret(_ settings: Settings) throws(UsageError) -> ServerSecret {
    do throws(AccessError) {
      return try ServerSecret.load(given: settings.tokenSecret, folder: settings.dataFolder)
    } catch {
      throw UsageError("JWT_SECRET: \(error.message)")
    }
  }
}
