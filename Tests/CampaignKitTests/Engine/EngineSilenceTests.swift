import CampaignTesting
import Locks
import Testing

@testable import CampaignKit

/// A store that does not answer holds up nobody who need not wait for it.
@Suite struct EngineSilenceTests {
  @Test("News of a live call does not wait for what is told of calls that are over") func liveNews() async throws {
    let silence = Silence()
    let dialer = Holder()
    try await EngineBench.run(through: { SilentStore(inner: $0, silence: silence) }) { time in
      silence.time = time
      return dialer.make(time) { _, number in number == 0 ? .ends(.busy, after: .seconds(1)) : .init() }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 2)
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(5))
      let calls = dialer.dialer.placements.map(\.order.id)
      #expect(calls.count == 2)
      silence.extent = .reading
      for _ in 0..<20 { dialer.dialer.tell(CallEvent(.cost(micros: 7), of: .call(calls[0]))) }
      await bench.time.wait(for: .seconds(1))
      dialer.dialer.tell(CallEvent(.answered(.human), of: .call(calls[1])))
      await bench.time.wait(for: .seconds(1))
      #expect(try await bench.store.call(calls[1])?.answeredBy == .human)
      silence.extent = .nothing
      await bench.time.wait(for: .seconds(30))
      #expect(try await bench.store.call(calls[0])?.costMicros == 7)
    }
  }

  @Test("An engine that is to end does not wait for the answer to each event", arguments: [false, true])
  func stopping(isCancelled: Bool) async throws {
    try await EngineBench.run { time in
      ScriptedDialer(time) { _, _ in ScriptedDialer.Script() }
    } _: { bench in
      let silence = Silence()
      silence.time = bench.time
      let dialer = ScriptedDialer(bench.time) { _, _ in ScriptedDialer.Script() }
      var configuration = EngineConfiguration()
      configuration.clock = bench.time
      let engine = CampaignEngine(
        storage: SilentStore(inner: bench.store, silence: silence), dialer: dialer, configuration: configuration)
      let run = Task(executorPreference: bench.time) { try await engine.run() }
      await bench.time.wait(for: .seconds(1))
      silence.extent = .everything
      let stranger = bench.identifiers.next(at: bench.time.now(), for: Call.self)
      for _ in 0..<500 { dialer.tell(CallEvent(.ringing, of: .call(stranger))) }
      // The first of them has failed, and the rest is asked about.
      await bench.time.wait(for: .seconds(12))
      let begin = bench.time.elapsed
      if isCancelled { run.cancel() } else { engine.stop() }
      try await run.value
      // As long as it is patient, and as the last question takes.
      #expect(bench.time.elapsed - begin < .seconds(isCancelled ? 60 : 90))
    }
  }

  @Test("Whoever tells of something waits no longer than they will for a store that does not answer")
  func keepsItsLimit() async throws {
    let silence = Silence()
    let dialer = Holder()
    try await EngineBench.run(through: { SilentStore(inner: $0, silence: silence) }) { time in
      silence.time = time
      return dialer.make(time) { _, _ in .init() }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 1)
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(3))
      let call = try #require(dialer.dialer.placements.first?.order.id)
      let stranger = CallEvent(.ringing, of: .call(bench.identifiers.next(at: bench.time.now(), for: Call.self)))
      silence.extent = .everything
      let begin = bench.time.elapsed
      #expect(await bench.engine.keep(stranger, within: .seconds(3)) == .late)
      #expect(bench.time.elapsed - begin == .seconds(3))
      let telling = Task(executorPreference: bench.time) { [engine = bench.engine] in
        await engine.keep(stranger, within: .seconds(3600))
      }
      await bench.time.wait(for: .seconds(1))
      telling.cancel()
      #expect(await telling.value == .late)
      #expect(bench.time.elapsed - begin == .seconds(4))
      silence.extent = .nothing
      await bench.time.wait(for: .seconds(60))
      #expect(await bench.engine.keep(CallEvent(.ringing, of: .call(call))) == .kept)
      #expect(await bench.engine.keep(stranger) == .unknown)
    }
  }

  @Test("What was told of calls that are not followed is taken in as it came") func order() throws {
    let start = EngineBench.start
    func told(_ moments: Int...) -> [UntoldEvent] {
      moments.map {
        let call = Call.ID(high: 1, low: 1)
        return UntoldEvent(event: CallEvent(.ringing, of: .call(call), at: start + .seconds($0)), until: .zero)
      }
    }
    func moments(_ events: [UntoldEvent]?) -> [Int64]? {
      events?.map { (($0.event.at ?? start) - start).milliseconds / 1000 }
    }
    var untold = UntoldEvents()
    #expect(moments(untold.takeNew()) == nil)
    untold.add(told(1, 2))
    #expect(moments(untold.takeNew()) == [1, 2])
    untold.add(told(3))
    // One batch after the other.
    #expect(moments(untold.takeNew()) == nil)
    untold.takeBack(told(2), dueAt: start + .seconds(1))
    #expect(moments(untold.takeNew()) == [3])
    untold.add(told(4))
    #expect(moments(untold.takeDue(at: start + .seconds(1))) == nil)
    untold.takeBack(told(3), dueAt: start + .seconds(2))
    #expect(moments(untold.takeNew()) == [4])
    untold.takeBack([], dueAt: start + .seconds(3))
    #expect(untold.dueAt == start + .seconds(2))
    #expect(moments(untold.takeDue(at: start + .seconds(2))) == [2, 3])
    untold.takeBack([], dueAt: start + .seconds(4))
    #expect(untold.dueAt == .distantFuture)
  }

  @Test("Of more than can be kept, the newest is kept") func bound() throws {
    var untold = UntoldEvents()
    let call = Call.ID(high: 1, low: 1)
    let count = UntoldEvents.most * 2
    for micros in 0..<count {
      untold.add([UntoldEvent(event: CallEvent(.cost(micros: Int64(micros)), of: .call(call)), until: .zero)])
    }
    let taken = untold.takeNew()
    let kept = try #require(taken)
    #expect(kept.count >= UntoldEvents.most && kept.count < UntoldEvents.most * 5 / 4)
    #expect(kept.last?.event.kind == .cost(micros: Int64(count - 1)))
    #expect(kept.first?.event.kind == .cost(micros: Int64(count - kept.count)))
  }
}

/// When a ``SilentStore`` does not answer.
private final class Silence: Sendable {
  enum Extent { case nothing, reading, everything }

  private let state = Locked<(extent: Extent, time: VirtualTime?)>((.nothing, nil))

  var extent: Extent {
    get { state.withLock { $0.extent } }
    set { state.withLock { $0.extent = newValue } }
  }

  var time: VirtualTime? {
    get { state.withLock { $0.time } }
    set { state.withLock { $0.time = newValue } }
  }
}

/// A store that does not answer at times: it says so after ten seconds, and hears of no cancellation before.
private struct SilentStore: StorageWrapper {
  let inner: any CampaignStorage
  let silence: Silence

  func pass<Result: Sendable>(
    _ operation: StorageOperation, _ work: (any CampaignStorage) async throws(StoreError) -> Result
  ) async throws(StoreError) -> Result {
    let isSilent =
      switch silence.extent {
      case .nothing: false
      case .reading: !operation.isChange
      case .everything: true
      }
    guard isSilent, let time = silence.time else { return try await work(inner) }
    await Task(executorPreference: time) { await time.wait(for: .seconds(10)) }.value
    throw StoreError(.unavailable, "nobody answers")
  }
}
