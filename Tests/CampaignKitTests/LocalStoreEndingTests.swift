import CampaignKit
import CampaignTesting
import Locks
import Testing

@Suite struct LocalStoreEndingTests {
  @Test(.timeLimit(.minutes(5))) func closingEndsTheHints() async throws {
    let store = LocalStore.memory
    let hints = store.hints()
    try await store.close()
    var heard = 0
    for await _ in hints { heard += 1 }
    #expect(heard == 0)
  }

  /// Whoever closes a store finds it closed when that returns, also if somebody else was first.
  @Test(.timeLimit(.minutes(5))) func everyCloseWaitsForTheEnd() async throws {
    let log = GatedLog(LossyFileSystem())
    let store = try LocalStore(log: log)
    log.shut()
    let closers = (0..<4).map { _ in
      Task {
        try await store.close()
        return log.seen.isClosed
      }
    }
    while !log.seen.isWaiting { await Task.yield() }
    for _ in 0..<2000 { await Task.yield() }
    log.open(gate: true)
    for closer in closers { #expect(try await closer.value) }
    try await store.close()
  }

  /// All who close a store are told what was lost.
  @Test(.timeLimit(.minutes(5))) func everyCloseTellsHowItWent() async throws {
    let disk = FaultyFileSystem(LossyFileSystem())
    let store = try LocalStore(log: StoreSupport.log(disk))
    try await store.setSystemLimit(4)
    disk.failNext(at: .closeMark)
    for _ in 0..<2 {
      let error = await #expect(throws: StoreError.self) { try await store.close() }
      #expect(error?.code == .unavailable)
    }
  }
}
