import CampaignKit
import CampaignTesting
import Foundation
import Locks
import Testing

/// Everything that a program is made of runs in the order that a run has.
@Suite struct VirtualTimeOrderTests {
  private actor Account {
    var balance = 0

    func add(_ amount: Int, _ time: VirtualTime) async -> Int {
      let before = balance
      await time.wait(for: .milliseconds(amount % 3))
      balance = before &* 31 &+ amount
      return balance
    }
  }

  /// The threads that were seen.
  private final class Threads: Sendable {
    private let seen = Locked<Set<ObjectIdentifier>>([])

    var count: Int { seen.withLock { $0.count } }

    func note() {
      seen.withLock { _ = $0.insert(ObjectIdentifier(Thread.current)) }
    }
  }

  /// Those who wait to be given a number.
  private final class Queue: Sendable {
    private let waiting = Locked<[CheckedContinuation<Int, Never>]>([])

    func wait() async -> Int {
      await withCheckedContinuation { continuation in waiting.withLock { $0.append(continuation) } }
    }

    func takeAll() -> [CheckedContinuation<Int, Never>] {
      waiting.withLock { waiting in
        defer { waiting = [] }
        return waiting
      }
    }
  }

  /// Uses groups, actors, streams, continuations, locks, async let and yields; every line depends on the order.
  private static func program(_ order: VirtualTime.Order) async throws -> String {
    let trace = Trace()
    let threads = Threads()
    try await VirtualTime.run(order: order) { time in
      let account = Account()
      let (stream, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .unbounded)
      let queue = Queue()
      @Sendable func note(_ line: String) {
        trace.add("\(time.elapsed): \(line)")
        threads.note()
      }
      await withTaskGroup { group in
        for worker in 0..<8 {
          group.addTask {
            for round in 0..<5 {
              let balance = await account.add(worker * 7 + round, time)
              note("worker \(worker) has \(balance)")
              continuation.yield("\(worker).\(round)")
              if (worker + round) % 4 == 0 {
                note("worker \(worker) was given \(await queue.wait())")
              } else {
                await Task.yield()
              }
              async let left = account.add(round, time)
              async let right = account.add(-round, time)
              note("worker \(worker): \(await left) \(await right)")
            }
          }
        }
        group.addTask {
          var given = 0
          for await line in stream {
            note("heard \(line)")
            for continuation in queue.takeAll() {
              continuation.resume(returning: given)
              given += 1
            }
            if given == 10, line.hasSuffix("4") { await time.wait(for: .milliseconds(1)) }
          }
        }
        group.addTask {
          for _ in 0..<200 {
            await time.wait(for: .milliseconds(1))
            continuation.yield("tick")
          }
          continuation.finish()
        }
      }
    }
    #expect(threads.count == 1, "all of it on one thread")
    return trace.text
  }

  @Test func theSameProgramHasTheSameTrace() async throws {
    let first = try await Self.program(.inTurn)
    #expect(first.utf8.count > 5000)
    for _ in 0..<5 {
      let again = try await Self.program(.inTurn)
      #expect(again == first)
    }
  }

  @Test func theSameTraceWhateverElseRuns() async throws {
    let first = try await Self.program(.shuffled(seed: 7))
    let traces = try await withThrowingTaskGroup { group in
      for _ in 0..<8 { group.addTask { try await Self.program(.shuffled(seed: 7)) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(traces.allSatisfy { $0 == first })
  }

  @Test func eachSeedHasATraceOfItsOwn() async throws {
    var traces: Set<String> = []
    for seed in 0..<10 as Range<UInt64> {
      let trace = try await Self.program(.shuffled(seed: seed))
      let again = try await Self.program(.shuffled(seed: seed))
      #expect(trace == again, "seed \(seed)")
      traces.insert(trace)
    }
    #expect(traces.count == 10)
  }

  @Test func aSeedShufflesWaitsThatEndTogether() async throws {
    var orders: Set<[String]> = []
    for seed in 0..<30 as Range<UInt64> {
      let trace = Trace()
      try await VirtualTime.run(order: .shuffled(seed: seed)) { time in
        await withTaskGroup { group in
          for number in 0..<3 {
            group.addTask {
              await time.wait(for: .milliseconds(10 - number))
              await time.wait(for: .milliseconds(5 + number))
              trace.add("\(number)")
            }
          }
        }
      }
      orders.insert(trace.lines)
    }
    #expect(orders.count == 6, "30 seeds give each of the orders of three")
  }
}
