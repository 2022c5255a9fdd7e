import CampaignKit
import CampaignTesting
import Testing

@Suite struct LocalStoreEndingTests {
  @Test(.timeLimit(.minutes(1))) func closingEndsTheHints() async throws {
    let store = LocalStore.memory
    let hints = store.hints()
    try await store.close()
    var heard = 0
    for await _ in hints { heard += 1 }
    #expect(heard == 0)
  }
}
