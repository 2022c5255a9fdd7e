import CampaignTesting
import Testing

@testable import CampaignKit

/// Reading the events of a simulated carrier: how many read, when they come and go, and what the clock does.
@Suite struct CallEventFeedTests {
  private static func people(_ mix: CarrierMix = .lifelike) -> CarrierMix {
    var mix = mix
    mix.shares = CarrierMix.Shares(human: 1)
    mix.optOuts = 0
    return mix
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func everyReaderHearsEverything(seed: UInt64) async throws {
    try await VirtualTime.run(order: .shuffled(seed: seed)) { time in
      let carrier = SimulatedCarrier(mix: Self.people(.fast), clock: time)
      let readers = (0..<5).map { _ in carrier.events() }
      try await withThrowingTaskGroup(of: [CallEvent].self) { group in
        for (index, reader) in readers.enumerated() {
          group.addTask {
            var heard: [CallEvent] = []
            for await event in reader {
              heard.append(event)
              if index == 3, heard.count == 10 { break }
              if index == 4 { await time.wait(for: .milliseconds(37)) }
              if heard.count == 60 { break }
            }
            return heard
          }
        }
        group.addTask {
          var orders = Orders()
          for number in 0..<20 as Range<UInt64> {
            _ = try await carrier.place(try orders.order(14_155_550_100 + number))
            await time.wait(for: .milliseconds(29))
          }
          return []
        }
        let heard = try await group.reduce(into: []) { $0.append($1) }.filter { !$0.isEmpty }
        #expect(heard.map(\.count).sorted() == [10, 60, 60, 60, 60], "seed \(seed)")
        let longest = try #require(heard.first { $0.count == 60 })
        #expect(Set(longest).count == 60)
        #expect(heard.allSatisfy { longest.starts(with: $0) }, "seed \(seed)")
      }
    }
  }

  @Test func whatIsDueTogetherComesTogether() async throws {
    try await VirtualTime.run { time in
      let carrier = SimulatedCarrier(mix: Self.people(.instant), clock: time)
      let readers = (0..<2).map { _ in carrier.events() }
      var orders = Orders()
      for number in 0..<20 as Range<UInt64> {
        _ = try await carrier.place(try orders.order(14_155_550_100 + number))
      }
      for reader in readers {
        var iterator = reader.makeAsyncIterator()
        let first = try #require(await iterator.nextBatch(atMost: 25))
        let second = try #require(await iterator.nextBatch(atMost: 100))
        #expect([first.count, second.count] == [25, 35])
        #expect(Set(first + second).count == 60)
      }
    }
  }

  @Test func whoTakesOneEventLeavesTheOthersForTheNextReader() async throws {
    try await VirtualTime.run { time in
      let carrier = SimulatedCarrier(mix: Self.people(.instant), clock: time)
      var orders = Orders()
      _ = try await carrier.place(try orders.order(14_155_550_100))
      for await event in carrier.events() {
        #expect(event.kind == .ringing)
        break
      }
      var iterator = carrier.events().makeAsyncIterator()
      #expect(await iterator.nextBatch(atMost: 10)?.count == 2)
    }
  }

  @Test func severalTasksMayShareOneReader() async throws {
    try await VirtualTime.run { time in
      let carrier = SimulatedCarrier(mix: Self.people(.fast), clock: time)
      let events = carrier.events()
      let heard = try await withThrowingTaskGroup(of: [CallEvent].self) { group in
        for _ in 0..<4 {
          group.addTask {
            var heard: [CallEvent] = []
            for await event in events { heard.append(event) }
            return heard
          }
        }
        var orders = Orders()
        for number in 0..<50 as Range<UInt64> {
          _ = try await carrier.place(try orders.order(14_155_550_100 + number))
        }
        await time.wait(for: .seconds(5))
        group.cancelAll()
        return try await group.reduce(into: []) { $0 += $1 }
      }
      #expect(heard.count == 150)
      #expect(Set(heard).count == 150)
    }
  }

  @Test func aSoonerEventWakesAReaderThatWaitsForALaterOne() async throws {
    try await VirtualTime.run { time in
      var mix = Self.people()
      mix.setup = .exactly(.seconds(100))
      let carrier = SimulatedCarrier(mix: mix, clock: time)
      var orders = Orders()
      let late = try orders.order(14_155_550_100)
      let forced = try orders.order(14_155_550_011)
      let events = try await carrier.hear(for: .seconds(120), time) {
        _ = try await carrier.place(late)
        _ = try await carrier.place(forced)
        await time.wait(for: .seconds(10))
        try await carrier.hangUp(CallReference(forced))
        await time.wait(for: .seconds(1))
        try await carrier.hangUp(CallReference(late))
      }
      #expect(events.map(\.word) == ["ended cancelled", "ended cancelled"])
      #expect(time.elapsed == .seconds(120))
    }
  }

  @Test func aCancelledReaderTakesNothingWithIt() async throws {
    try await VirtualTime.run { time in
      let carrier = SimulatedCarrier(mix: Self.people(.fast), clock: time)
      var orders = Orders()
      var heard: [CallEvent] = []
      let events = carrier.events()
      for number in 0..<30 as Range<UInt64> {
        _ = try await carrier.place(try orders.order(14_155_550_100 + number))
        heard += await withTaskGroup(of: [CallEvent].self) { group in
          group.addTask {
            var heard: [CallEvent] = []
            for await event in events { heard.append(event) }
            return heard
          }
          await time.wait(for: .milliseconds(Int(number) * 7 % 50))
          group.cancelAll()
          return await group.reduce(into: []) { $0 += $1 }
        }
      }
      await time.wait(for: .seconds(2))
      var reader = events.makeAsyncIterator()
      while heard.count < 90, let event = await reader.next() { heard.append(event) }
      #expect(Set(heard).count == 90)
    }
  }

  @Test func whatNobodyHeardIsToldToTheNextReader() async throws {
    try await VirtualTime.run { time in
      let carrier = SimulatedCarrier(mix: Self.people(.fast), clock: time)
      var orders = Orders()
      _ = try await carrier.place(try orders.order(14_155_550_100))
      await time.wait(for: .seconds(100))
      var reader = carrier.events().makeAsyncIterator()
      #expect(await reader.next()?.word == "ringing")
      #expect(await reader.next()?.word == "answered")
      #expect(await reader.next()?.word == "ended completed")
      #expect(time.elapsed == .seconds(100))
    }
  }

  @Test func aClockThatIsSetBackDoesNotHoldCallsUp() async throws {
    try await VirtualTime.run { time in
      let carrier = SimulatedCarrier(mix: Self.people(.fast), clock: time)
      var orders = Orders()
      let order = try orders.order(14_155_550_100)
      let events = try await carrier.hear(for: .seconds(3), time) {
        _ = try await carrier.place(order)
        await time.wait(for: .milliseconds(60))
        time.jump(by: .seconds(-3600))
      }
      #expect(events.map(\.word) == ["ringing", "answered", "ended completed"])
    }
  }

  @Test func manyLiveCallsCostNoTasks() async throws {
    try await VirtualTime.run { time in
      let carrier = SimulatedCarrier(mix: Self.people(), clock: time)
      var orders = Orders()
      let events = carrier.events()
      for number in 0..<10_000 as Range<UInt64> {
        let order = try orders.order(24_150_000_100 + number * 10_000, at: time.now())
        _ = try await carrier.place(order)
      }
      #expect(carrier.liveCalls > 500)
      let before = time.steps
      await time.wait(for: .seconds(3600))
      #expect(time.steps - before < 10)
      var ends = 0
      for await event in events {
        if case .ended = event.kind { ends += 1 }
        if ends == 10_000 { break }
      }
      #expect(ends == 10_000)
    }
  }
}
