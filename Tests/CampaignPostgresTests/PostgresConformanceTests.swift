#if PostgreSQL
  import CampaignKit
  import CampaignPostgres
  import CampaignTesting
  import Foundation
  import Testing

  // One after the other: each has connections of its own, and a server has so many.
  @Suite(.serialized, .enabled(if: PostgresHarness.server != nil)) struct PostgresConformanceTests {
    @Test(arguments: StorageConformance.all + StorageConformance.clock + StorageConformance.durable)
    func keeps(_ promise: StorageConformance.Promise) async throws {
      try await promise.check(PostgresHarness())
    }
  }
#endif
