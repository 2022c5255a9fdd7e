import CampaignTesting
import Locks
import Testing

@testable import CampaignCarriers

@Suite struct ConnectionGateTests {
  /// Who is in, and who was.
  private final class Seen: Sendable {
    private struct State {
      var now = 0
      var most = 0
      var entered: [Int] = []
    }

    private let state = Locked(State())

    var all: (most: Int, entered: [Int]) { state.withLock { ($0.most, $0.entered) } }

    func enter(_ index: Int) {
      state.withLock { state in
        state.now += 1
        state.most = max(state.most, state.now)
        state.entered.append(index)
      }
    }

    func leave() { state.withLock { $0.now -= 1 } }
  }

  @Test("No more are let in at once than there are places, and all in the order in which they came")
  func order() async throws {
    let (most, entered) = try await VirtualTime.run { time in
      let gate = ConnectionGate(3)
      let seen = Seen()
      await withTaskGroup(of: Void.self) { group in
        for index in 0..<50 {
          group.addTask {
            await time.wait(for: .milliseconds(index))
            guard await gate.enter() else { return }
            seen.enter(index)
            await time.wait(for: .seconds(1))
            seen.leave()
            gate.leave()
          }
        }
      }
      return seen.all
    }
    #expect(most == 3)
    #expect(entered == Array(0..<50))
  }

  @Test("Whoever is cancelled is not let in, and keeps nobody out")
  func cancelling() async throws {
    try await VirtualTime.run { time in
      let gate = ConnectionGate(1)
      #expect(await gate.enter())
      let cancelled = Task(executorPreference: time) { @Sendable in await gate.enter() }
      let next = Task(executorPreference: time) { @Sendable in await gate.enter() }
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
