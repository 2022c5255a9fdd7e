#if PostgreSQL
  import CampaignKit
  import CampaignPostgres
  import CampaignTesting
  import Foundation
  import Testing

  @Suite(.enabled(if: PostgresHarness.server != nil)) struct PostgresConformanceTests {
    @Test(arguments: StorageConformance.all + StorageConformance.clock + StorageConformance.durable)
    func keeps(_ promise: StorageConformance.Promise) async throws {
      try await promise.check(PostgresHarness())
    }
  }
#endif
