import CampaignKit
import CampaignTesting
import Foundation
import Locks
import Testing

@Suite struct VirtualTimeTests {
  @Test func timePassesOnlyWhenNothingIsReady() async throws {
    let trace = Trace()
    try await VirtualTime.run { time in
      #expect(time.now() == Timestamp(milliseconds: 1_735_689_600_000))
      await withTaskGroup { group in
        for day in [3, 1, 2] {
          group.addTask {
            await time.wait(for: .seconds(86_400 * day))
            trace.add("day \(day) at \(time.now())")
          }
        }
        group.addTask {
          for step in 1...3 {
            trace.add("step \(step) at \(time.now())")
            await Task.yield()
          }
        }
      }
      #expect(time.elapsed == .seconds(3 * 86_400))
    }
    #expect(
      trace.lines == [
        "step 1 at 2025-01-01T00:00:00.000Z", "step 2 at 2025-01-01T00:00:00.000Z",
        "step 3 at 2025-01-01T00:00:00.000Z", "day 1 at 2025-01-02T00:00:00.000Z", "day 2 at 2025-01-03T00:00:00.000Z",
        "day 3 at 2025-01-04T00:00:00.000Z",
      ])
  }

  @Test func waitsThatEndTogetherEndInTurn() async throws {
    let trace = Trace()
    try await VirtualTime.run { time in
      await withTaskGroup { group in
        for number in 0..<20 {
          group.addTask {
            await time.wait(for: .milliseconds(number % 2 == 0 ? 5 : 7))
            if number % 2 == 0 { await time.wait(for: .milliseconds(2)) }
            trace.add("\(number)")
          }
        }
      }
    }
    #expect(
      trace.lines == (stride(from: 1, to: 20, by: 2).map { "\($0)" } + stride(from: 0, to: 20, by: 2).map { "\($0)" }))
  }

  @Test func aWaitForNoTimeLetsOthersGoFirst() async throws {
    let trace = Trace()
    try await VirtualTime.run { time in
      await withTaskGroup { group in
        group.addTask {
          await time.wait(for: .zero)
          trace.add("waited at \(time.elapsed)")
        }
        group.addTask {
          for _ in 0..<10 { await Task.yield() }
          trace.add("yielded")
        }
        group.addTask {
          await time.wait(for: .seconds(-5))
          trace.add("waited at \(time.elapsed)")
        }
      }
    }
    #expect(trace.lines == ["yielded", "waited at 0.0 seconds", "waited at 0.0 seconds"])
  }

  @Test func aWaitEndsWhenItsTaskIsCancelled() async throws {
    let elapsed = try await VirtualTime.run { time in
      await withTaskGroup { group in
        group.addTask { await time.wait(for: .seconds(1_000_000)) }
        await time.wait(for: .seconds(3))
        group.cancelAll()
      }
      await withTaskGroup(of: Void.self) { group in
        group.cancelAll()
        group.addTask { await time.wait(for: .seconds(1_000_000)) }
      }
      return time.elapsed
    }
    #expect(elapsed == .seconds(3))
  }

  @Test func manyCancelledWaitsLeaveTheOthersInOrder() async throws {
    let trace = Trace()
    try await VirtualTime.run { time in
      await withTaskGroup { group in
        for number in 0..<50 {
          group.addTask {
            await time.wait(for: .seconds(50 - number))
            trace.add("\(number)")
          }
        }
        await withTaskGroup { cancelled in
          for number in 0..<500 { cancelled.addTask { await time.wait(for: .seconds(number % 60)) } }
          await Task.yield()
          cancelled.cancelAll()
        }
        #expect(time.elapsed == .zero)
      }
    }
    #expect(trace.lines == (0..<50).reversed().map { "\($0)" })
  }

  @Test func theClockOnTheWallJumpsAndWaitsDoNotCare() async throws {
    try await VirtualTime.run(start: Timestamp(milliseconds: 1_000_000)) { time in
      await withTaskGroup { group in
        group.addTask {
          await time.wait(for: .seconds(10))
          #expect(time.elapsed == .seconds(10))
          #expect(time.now() == Timestamp(milliseconds: 1_000_000 + 10_000 - 3_600_000 + 1))
        }
        await time.wait(for: .seconds(2))
        time.jump(by: .seconds(-3600))
        #expect(time.now() == Timestamp(milliseconds: 1_000_000 + 2000 - 3_600_000))
        await time.wait(for: .seconds(2))
        time.jump(by: .milliseconds(1))
        #expect(time.elapsed == .seconds(4))
      }
    }
  }

  @Test func aWaitForLongerThanCanBeToldEndsLast() async throws {
    let trace = Trace()
    try await VirtualTime.run { time in
      await withTaskGroup { group in
        group.addTask {
          await time.wait(for: .seconds(Int64.max))
          trace.add("for ever")
        }
        group.addTask {
          await time.wait(for: .seconds(100 * 365 * 86_400))
          trace.add("a century")
        }
      }
    }
    #expect(trace.lines == ["a century", "for ever"])
  }

  @Test func whatTheBodyThrowsComesOut() async throws {
    struct Broken: Error {}
    await #expect(throws: Broken.self) {
      try await VirtualTime.run { time in
        await time.wait(for: .seconds(1))
        throw Broken()
      }
    }
  }

  @Test func aCancelledCallerCancelsTheRun() async throws {
    let wasCancelled = await withTaskGroup(of: Bool?.self) { group in
      group.addTask {
        try? await VirtualTime.run { time in
          while !Task.isCancelled { await time.wait(for: .seconds(1)) }
          return Task.isCancelled
        }
      }
      group.cancelAll()
      return await group.next() ?? nil
    }
    #expect(wasCancelled == true)
  }

  @Test func manyWaitsTakeLittleTime() async throws {
    let steps = try await VirtualTime.run { time in
      await withTaskGroup { group in
        for number in 1...100 {
          group.addTask {
            for _ in 0..<2000 { await time.wait(for: .milliseconds(number)) }
          }
        }
      }
      return time.steps
    }
    #expect(steps > 200_000)
  }
}

/// Lines that several tasks write.
final class Trace: Sendable {
  private let written = Locked<[String]>([])

  var lines: [String] { written.withLock { $0 } }
  var text: String { lines.joined(separator: "\n") }

  func add(_ line: String) {
    written.withLock { $0.append(line) }
  }
}
