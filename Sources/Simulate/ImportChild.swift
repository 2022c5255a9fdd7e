import CampaignKit
import Foundation

/// The process that is killed while it imports. It tells on its standard output how many rows it has taken in.
struct ImportChild {
  let folder: String
  let file: String
  let campaign: String

  func run() async throws {
    guard let campaign = Campaign.ID(campaign) else {
      throw ImportSoak.Failure(description: "no campaign: \(campaign)")
    }
    var configuration = LocalStore.Configuration()
    // Small enough that many a kill meets a snapshot.
    configuration.snapshotEvery = 4 << 20
    let store = try LocalStore.file(at: folder, configuration: configuration)
    let progress = ImportProgress()
    async let result = LeadImporter(store).run(.file(file), into: campaign, reporting: progress)
    for await step in progress { try FileHandle.standardOutput.write(contentsOf: Data("\(step.rows)\n".utf8)) }
    _ = try await result
    try await store.close()
  }
}
