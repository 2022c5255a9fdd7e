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
            guard await gate.enter() == .entered else { return }
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

  @Test("What is urgent waits behind nothing else, and has places of its own")
  func urgency() async throws {
    let entered = try await VirtualTime.run { time in
      let gate = ConnectionGate(4, kept: 1)
      let seen = Seen()
      await withTaskGroup(of: Void.self) { group in
        for index in 0..<10 {
          group.addTask {
            // The last two are urgent: one comes while all but its place is taken, one while its place is, too.
            await time.wait(for: .milliseconds(index))
            guard await gate.enter(isUrgent: index >= 8) == .entered else { return }
            seen.enter(index)
            await time.wait(for: .seconds(1))
            seen.leave()
            gate.leave()
          }
        }
      }
      return seen.all.entered
    }
    #expect(entered == [0, 1, 2, 8, 9, 3, 4, 5, 6, 7])
  }

  @Test("Nobody waits longer than was said, and who gave up keeps nobody out")
  func patience() async {
    let gate = ConnectionGate(1)
    #expect(await gate.enter(within: .seconds(1)) == .entered)
    #expect(await gate.enter(within: .milliseconds(20)) == .tooLate)
    #expect(await gate.enter(isUrgent: true, within: .zero) == .tooLate)
    async let next = gate.enter(within: .seconds(3600))
    gate.leave()
    #expect(await next == .entered)
    let cancelled = Task { await gate.enter(within: .seconds(3600)) }
    cancelled.cancel()
    #expect(await cancelled.value == .cancelled)
    gate.leave()
    #expect(await gate.enter(within: .zero) == .entered)
  }

  @Test("Whoever is cancelled is not let in, and keeps nobody out")
  func cancelling() async throws {
    try await VirtualTime.run { time in
      let gate = ConnectionGate(1)
      #expect(await gate.enter() == .entered)
      let cancelled = Task(executorPreference: time) { @Sendable in await gate.enter() }
      let next = Task(executorPreference: time) { @Sendable in await gate.enter() }
      await time.wait(for: .seconds(1))
      cancelled.cancel()
      #expect(await cancelled.value == .cancelled)
      gate.leave()
      #expect(await next.value == .entered)
      gate.leave()
      #expect(await gate.enter() == .entered)
    }
  }
}
