import CampaignTesting
import Locks
import Testing

@testable import CampaignCarriers

@Suite struct ConnectionGateTests {
  @Test("No more are let in at once than there are places, and all in the order in which they came")
  func order() async throws {
    let (most, entered) = try await VirtualTime.run { time in
      let gate = ConnectionGate(3)
      let seen = Locked((now: 0, most: 0, entered: [Int]()))
      await withTaskGroup(of: Void.self) { group in
        for index in 0..<50 {
          group.addTask {
            await time.wait(for: .milliseconds(index))
            guard await gate.enter() else { return }
            seen.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1), $0.entered + [index]) }
            await time.wait(for: .seconds(1))
            seen.withLock { $0.now -= 1 }
            gate.leave()
          }
        }
      }
      return seen.withLock { ($0.most, $0.entered) }
    }
    #expect(most == 3)
    #expect(entered == Array(0..<50))
  }

  @Test("Whoever is cancelled is not let in, and keeps nobody out")
  func cancelling() async throws {
    try await VirtualTime.run { time in
      let gate = ConnectionGate(1)
      #expect(await gate.enter())
      let cancelled = Task(executorPreference: time) { await gate.enter() }
      let next = Task(executorPreference: time) { await gate.enter() }
      await time.wait(for: .seconds(1))
      cancelled.cancel()
      #expect(await cancelled.value == false)
      gate.leave()
      #expect(await next.value)
      gate.leave()
      #expect(await gate.enter())
    }
  }
}
