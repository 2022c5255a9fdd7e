import CampaignKit
import CampaignTesting
import JSON
import Locks
import Testing

@testable import CampaignServer

/// What is answered to a carrier while the store is late.
@Suite struct LateReceiptTests {
  /// A store that writes nothing while it is stuck.
  private final class StuckStore: StorageWrapper {
    let inner: any CampaignStorage = .memory
    let isStuck = Locked(false)
    private let clock: any EngineClock

    init(clock: any EngineClock) { self.clock = clock }

    func pass<Result: Sendable>(
      _ operation: StorageOperation, _ work: (any CampaignStorage) async throws(StoreError) -> Result
    ) async throws(StoreError) -> Result {
      while operation.isChange, isStuck.withLock({ $0 }) { await clock.wait(for: .milliseconds(100)) }
      return try await work(inner)
    }
  }

  @Test("Who has answered is told what to do though the store is late; what only reports is refused then")
  func answersInTime() async throws {
    let clock = FastTime(speed: 20)
    let store = StuckStore(clock: clock)
    let bench = try await WebhookBench(storage: store, clock: clock)
    try await bench.withCall(["abandoned_message_url": "https://example.com/sorry.mp3"]) { call, name in
      store.isStuck.withLock { $0 = true }
      defer { store.isStuck.withLock { $0 = false } }
      let answer = try await bench.report("answer?callId=\(name)", WebhookTests.form)
      #expect(answer.status == 200)
      #expect(answer.document.contains(">call_\(name)</Conference>"), "\(answer.document)")
      let key = WebhookTests.form.merging(["Digits": "9"]) { $1 }
      for (target, form) in [("status", WebhookTests.form), ("abandoned", key)] {
        #expect(try await bench.report("\(target)?callId=\(name)", form).status == 503)
      }
      #expect(try await bench.report("abandoned?callId=\(name)", WebhookTests.form).status == 200)
      store.isStuck.withLock { $0 = false }
      // On a busy machine the ten seconds of this clock may be over once more.
      while try await bench.report("status?callId=\(name)", WebhookTests.form).status == 503 {}
      #expect(try await bench.bench.engine.storage.call(call.id)?.answeredAt != nil)
    }
  }
}
