import CampaignKit
import CampaignTesting
import Foundation
import Testing

/// Runs that do not end by themselves, and what comes from outside of one.
@Suite struct VirtualTimeLimitTests {
  @Test func aRunThatIsStuckSaysSo() async throws {
    let failure = await #expect(throws: VirtualTime.Failure.self) {
      try await VirtualTime.run { time in
        let (stream, continuation) = AsyncStream.makeStream(of: Int.self)
        await time.wait(for: .seconds(5))
        for await _ in stream {}
        continuation.finish()
      }
    }
    #expect(failure?.kind == .stuck)
    #expect(failure?.elapsed == .seconds(5))
    #expect(failure?.description.contains("stuck after 5.0 seconds") == true)
  }

  @Test func aRunThatIsStuckForGoodIsLeftStanding() async throws {
    let failure = await #expect(throws: VirtualTime.Failure.self) {
      try await VirtualTime.run { time in
        await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
      }
    }
    #expect(failure?.kind == .stuck)
    #expect(failure?.elapsed == .zero)
  }

  @Test func aRunThatGoesRoundInCirclesIsEnded() async throws {
    let failure = await #expect(throws: VirtualTime.Failure.self) {
      try await VirtualTime.run(maximumSteps: 1000) { time in
        while !Task.isCancelled { await Task.yield() }
      }
    }
    #expect(failure?.kind == .tooManySteps)
    #expect(failure?.steps == 1000)
  }

  @Test func aRunThatDoesNotHeedItsCancellationIsEndedToo() async throws {
    let failure = await #expect(throws: VirtualTime.Failure.self) {
      try await VirtualTime.run(maximumSteps: 1000) { time in
        while true { await time.wait(for: .seconds(1)) }
      }
    }
    #expect(failure?.kind == .tooManySteps)
    #expect(failure.map { $0.elapsed > .seconds(400) } == true)
  }

  @Test func whatIsLeftWhenTheBodyReturnsDoesNotHoldTheRun() async throws {
    let trace = Trace()
    try await VirtualTime.run { time in
      _ = Task(executorPreference: time) {
        trace.add("begun")
        await time.wait(for: .seconds(10))
        trace.add("ended")
      }
    }
    #expect(trace.lines == ["begun"])
  }

  @Test func aPatientRunWaitsForWhatComesFromOutside() async throws {
    let sum = try await VirtualTime.run(patience: .seconds(60)) { time in
      var sum = 0
      for number in 1...20 {
        sum += await withCheckedContinuation { continuation in
          Thread.detachNewThread { continuation.resume(returning: number) }
        }
        await time.wait(for: .seconds(1))
      }
      #expect(time.elapsed == .seconds(20))
      return sum
    }
    #expect(sum == 210)
  }

  @Test func aPatientRunIsGivenUpInTheEnd() async throws {
    let failure = await #expect(throws: VirtualTime.Failure.self) {
      try await VirtualTime.run(patience: .milliseconds(1)) { time in
        await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
      }
    }
    #expect(failure?.kind == .stuck)
  }
}
