import CampaignKit
import CampaignTesting
import Locks
import Testing

/// What a carrier is told that it was taken is in the store.
@Suite struct EngineKeepingTests {
  /// Runs an engine over a store that takes seconds to write calls, or refuses to, until its only call is placed.
  private func run(
    _ storing: Storing, _ body: @escaping @Sendable (EngineBench, Call.ID) async throws -> Void
  ) async throws {
    let dialer = Holder()
    try await EngineBench.run(through: { LazyStore(inner: $0, storing: storing) }) { time in
      storing.time = time
      return dialer.make(time) { _, _ in ScriptedDialer.Script() }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 1)
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(3))
      storing.mode = .lazy
      try await body(bench, try #require(dialer.dialer.placements.first?.order.id))
    }
  }

  @Test("An event is acknowledged when it is stored, and no sooner") func waitsForTheStore() async throws {
    try await run(Storing()) { (bench, call) async throws in
      #expect(await bench.engine.keep(CallEvent(.ringing, of: .call(call))))
      #expect(try await bench.store.call(call)?.status == .ringing)
      #expect(await bench.engine.keep(CallEvent(.answered(.human), of: .call(call))))
      #expect(try await bench.store.call(call)?.answeredBy == .human)
      #expect(await bench.engine.keep(CallEvent(.ended(CallEnd(.completed)), of: .call(call))))
      #expect(try await bench.store.call(call)?.disposition == .answered)
      // It is there already, and so it is when it comes once more.
      #expect(await bench.engine.keep(CallEvent(.ringing, of: .call(call))))
    }
  }

  @Test("The end that comes before the answer is acknowledged when it is stored")
  func waitsForWhatIsMissing() async throws {
    try await run(Storing()) { (bench, call) async throws in
      #expect(await bench.engine.keep(CallEvent(.ended(CallEnd(.completed)), of: .call(call))))
      #expect(try await bench.store.call(call)?.status == .ended)
    }
  }

  @Test("An event that the store does not take is not acknowledged") func doesNotWaitForEver() async throws {
    let storing = Storing()
    try await run(storing) { (bench, call) async throws in
      storing.mode = .refusing
      let begin = bench.time.elapsed
      #expect(await bench.engine.keep(CallEvent(.ringing, of: .call(call)), within: .seconds(4)) == false)
      #expect(bench.time.elapsed - begin == .seconds(4))
      storing.mode = .lazy
      #expect(await bench.engine.keep(CallEvent(.ringing, of: .call(call)), within: .seconds(100)))
      #expect(try await bench.store.call(call)?.status == .ringing)
    }
  }

  @Test("An event of a call that the store cannot look up is not acknowledged") func waitsForTheName() async throws {
    let storing = Storing()
    try await run(storing) { (bench, call) async throws in
      let stored = try #require(try await bench.store.call(call))
      let reference = try #require(stored.carrierReference)
      let name = CallEvent.Subject.carrier(try #require(stored.carrier), reference: reference)
      storing.mode = .refusing
      #expect(await bench.engine.keep(CallEvent(.ringing, of: name)) == false)
      storing.mode = .lazy
      #expect(await bench.engine.keep(CallEvent(.ringing, of: name)))
      #expect(try await bench.store.call(call)?.status == .ringing)
    }
  }

  @Test("An event by a name that is not written yet reaches its call") func knowsTheNameFirst() async throws {
    let storing = Storing()
    let dialer = Holder()
    try await EngineBench.run(through: { LazyStore(inner: $0, storing: storing) }) { time in
      storing.time = time
      return dialer.make(time) { _, _ in ScriptedDialer.Script(placing: .seconds(3)) }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 1)
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(2))
      let order = try #require(dialer.dialer.placements.first?.order)
      let name = CallEvent.Subject.carrier(dialer.dialer.name, reference: "carrier-0")
      // The carrier has the call, and has not answered the order: whose the name is cannot be said yet.
      #expect(await bench.engine.keep(CallEvent(.ringing, of: name)) == false)
      storing.mode = .lazy
      await bench.time.wait(for: .milliseconds(1500))
      #expect(try await bench.store.call(order.id)?.carrierReference == nil)
      #expect(await bench.engine.keep(CallEvent(.ringing, of: name)))
      #expect(try await bench.store.call(order.id)?.status == .ringing)
    }
  }

  @Test("What comes after the end is acknowledged when it is stored") func waitsAfterTheEnd() async throws {
    let storing = Storing()
    try await run(storing) { (bench, call) async throws in
      let cost = CallEvent(.cost(micros: 12), of: .call(call))
      #expect(await bench.engine.keep(CallEvent(.ended(CallEnd(.busy)), of: .call(call))))
      storing.mode = .refusing
      #expect(await bench.engine.keep(cost) == false)
      storing.mode = .lazy
      #expect(await bench.engine.keep(cost))
      #expect(try await bench.store.call(call)?.costMicros == 12)
    }
  }

  @Test("What comes while the end is being written is acknowledged when it is stored") func waitsBesideTheEnd()
    async throws
  {
    let storing = Storing()
    try await run(storing) { (bench, call) async throws in
      async let end = bench.engine.keep(CallEvent(.ended(CallEnd(.busy)), of: .call(call)))
      await bench.time.wait(for: .seconds(1))
      #expect(try await bench.store.call(call)?.status != .ended)
      let recording = Call.Recording(url: "https://example.com/1", reference: "RE1")
      async let heard = bench.engine.keep(CallEvent(.recording(recording), of: .call(call)))
      async let charged = bench.engine.keep(CallEvent(.cost(micros: 7), of: .call(call)))
      #expect(await [end, heard, charged] == [true, true, true])
      let stored = try await bench.store.call(call)
      #expect(stored?.status == .ended)
      #expect(stored?.recording == recording)
      #expect(stored?.costMicros == 7)
    }
  }

  @Test("What comes while the end is being written waits for a store that refuses it") func insistsBesideTheEnd()
    async throws
  {
    let storing = Storing()
    try await run(storing) { (bench, call) async throws in
      async let end = bench.engine.keep(CallEvent(.ended(CallEnd(.busy)), of: .call(call)))
      await bench.time.wait(for: .seconds(1))
      async let charged = bench.engine.keep(CallEvent(.cost(micros: 7), of: .call(call)), within: .seconds(5))
      // The end is on its way already; what is written after it is refused.
      await bench.time.wait(for: .milliseconds(500))
      storing.mode = .refusing
      #expect(await charged == false)
      storing.mode = .lazy
      _ = await end
      await bench.time.wait(for: .seconds(60))
      #expect(try await bench.store.call(call)?.costMicros == 7)
    }
  }

  @Test("A name is not acknowledged while there is a call in doubt that may have it") func doubtsNames() async throws {
    let storing = Storing()
    let dialer = Holder()
    try await EngineBench.run(through: { LazyStore(inner: $0, storing: storing) }) { time in
      storing.time = time
      return dialer.make(time) { _, _ in ScriptedDialer.Script(refusal: DialerError(.uncertain, "scripted")) }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 1)
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(2))
      #expect(dialer.dialer.placements.count == 1)
      let name = CallEvent.Subject.carrier(dialer.dialer.name, reference: "another")
      #expect(await bench.engine.keep(CallEvent(.ended(CallEnd(.busy)), of: name)) == false)
    }
  }

  @Test("A wish not to be called is acknowledged when the number is on the list") func waitsForTheList() async throws {
    let storing = Storing()
    try await run(storing) { (bench, call) async throws in
      let wish = CallEvent(.optedOut, of: .call(call))
      let number = try #require(try await bench.store.call(call)).to
      storing.mode = .refusing
      #expect(await bench.engine.keep(wish) == false)
      storing.mode = .lazy
      #expect(await bench.engine.keep(wish))
      #expect(try await bench.store.suppression(of: number, for: bench.account.id) != nil)
    }
  }

  @Test("Nobody waits for a call that there is not") func knowsStrangers() async throws {
    try await run(Storing()) { (bench, _) async throws in
      let begin = bench.time.elapsed
      let stranger = bench.identifiers.next(at: bench.time.now(), for: Call.self)
      #expect(await bench.engine.keep(CallEvent(.ringing, of: .call(stranger))))
      #expect(await bench.engine.keep(CallEvent(.ringing, of: .carrier("none", reference: "x"))))
      #expect(bench.time.elapsed == begin)
    }
  }
}

/// How a store writes calls.
private final class Storing: Sendable {
  enum Mode { case prompt, lazy, refusing }

  private let state = Locked<(mode: Mode, time: VirtualTime?)>((.prompt, nil))

  var mode: Mode {
    get { state.withLock { $0.mode } }
    set { state.withLock { $0.mode = newValue } }
  }

  var time: VirtualTime? {
    get { state.withLock { $0.time } }
    set { state.withLock { $0.time = newValue } }
  }
}

private struct LazyStore: StorageWrapper {
  let inner: any CampaignStorage
  let storing: Storing

  /// Takes its time, or refuses.
  private func hesitate() async throws(StoreError) {
    switch storing.mode {
    case .prompt: break
    case .lazy: await storing.time?.wait(for: .seconds(2))
    case .refusing: throw StoreError(.unavailable, "the disk is full")
    }
  }

  func update(_ updates: [CallUpdate]) async throws(StoreError) -> [Result<Call.Status, StoreError>] {
    try await hesitate()
    return try await inner.update(updates)
  }

  func record(_ news: CallNews, of call: Call.ID) async throws(StoreError) -> (call: Call, isNew: Bool) {
    try await hesitate()
    return try await inner.record(news, of: call)
  }

  func call(carrier: String, reference: String) async throws(StoreError) -> Call? {
    if storing.mode == .refusing { throw StoreError(.unavailable, "the disk is full") }
    return try await inner.call(carrier: carrier, reference: reference)
  }

  func suppress(_ entries: [Suppression]) async throws(StoreError) -> [Call.ID] {
    try await hesitate()
    return try await inner.suppress(entries)
  }
}
