@testable import CampaignKit
import CampaignTesting
import Testing

/// What is told of a call around its end, or before it is known whose it is, is not lost and not counted twice.
@Suite struct EngineLateNewsTests {
  private static let callbackAt = EngineBench.start + .seconds(7200)

  private static func callsBack(_ campaign: inout Campaign) {
    campaign.callback = Callback(isEnabled: true, maximumAttempts: 2)
    campaign.retries.maximumAttempts = 5
  }

  private func lead(of bench: EngineBench, _ call: Call.ID) async throws -> Lead {
    let id = try #require(try await bench.store.call(call)?.lead)
    return try #require(try await bench.store.lead(id))
  }

  @Test("A call that is over before its order is answered still gets the carrier's name") func namesAfterTheEnd()
    async throws
  {
    let script = ScriptedDialer.Script(placing: .seconds(20), events: [(.seconds(1), .ended(CallEnd(.busy)))])
    try await EngineBench.runLazily(Storing(), script: script) { (bench, call) async throws in
      await bench.time.wait(for: .seconds(14))
      let ended = try #require(try await bench.store.call(call))
      #expect(ended.status == .ended && ended.carrierReference == nil)
      await bench.time.wait(for: .seconds(10))
      #expect(try await bench.store.call(call)?.carrierReference == "carrier-0")
      // What comes by that name has its call now.
      let cost = CallEvent(.cost(micros: 5), of: .carrier("scripted", reference: "carrier-0"))
      #expect(await bench.engine.keep(cost) == .kept)
      #expect(try await bench.store.call(call)?.costMicros == 5)
    }
  }

  @Test("A callback that is agreed while it is worked out what becomes of the lead is set") func agreesWhileConcluding()
    async throws
  {
    let storing = Storing()
    try await EngineBench.runLazily(storing, configure: Self.callsBack) { (bench, call) async throws in
      storing.mode = .prompt
      await bench.engine.take(CallEvent(.answered(.human), of: .call(call)))
      await bench.engine.take(CallEvent(.ended(CallEnd(.completed)), of: .call(call)))
      // What was agreed in a call is often told just after its end, so that is waited for; then the call is read.
      storing.mode = .lazyReading
      await bench.time.wait(for: .milliseconds(1500))
      #expect(await bench.engine.keep(CallEvent(.callbackAgreed(Self.callbackAt), of: .call(call))) == .kept)
      let lead = try await lead(of: bench, call)
      #expect(lead.status == .waiting)
      #expect(lead.isCallback)
      #expect(lead.nextAttemptAt == Self.callbackAt)
    }
  }

  @Test("A callback that is told twice after the end counts once") func countsACallbackOnce() async throws {
    try await EngineBench.runLazily(Storing(), configure: Self.callsBack) { (bench, call) async throws in
      #expect(await bench.engine.keep(CallEvent(.ended(CallEnd(.busy)), of: .call(call))) == .kept)
      for _ in 0..<3 {
        #expect(await bench.engine.keep(CallEvent(.callbackAgreed(Self.callbackAt), of: .call(call))) == .kept)
      }
      let lead = try await lead(of: bench, call)
      #expect(lead.isCallback)
      #expect(lead.callbacks == 1)
    }
  }

  @Test("News that the store never takes does not keep a call from ending") func endsWithoutWhatIsRefused() async throws
  {
    try await EngineBench.runLazily(Storing()) { (bench, call) async throws in
      let endless = Call.Recording(url: String(repeating: "x", count: 2 << 20))
      await bench.engine.take(CallEvent(.recording(endless), of: .call(call)))
      await bench.engine.take(CallEvent(.ended(CallEnd(.busy)), of: .call(call)))
      await bench.time.wait(for: .seconds(120))
      let stored = try #require(try await bench.store.call(call))
      #expect(stored.status == .ended)
      #expect(stored.recording == nil)
      #expect(stored.disposition == .busy)
    }
  }

  @Test("A wish that a damaged store has lost is not acknowledged, and taken when it comes again")
  func wishesAgain() async throws {
    let storing = Storing()
    try await EngineBench.runLazily(storing) { (bench, call) async throws in
      let wish = CallEvent(.optedOut, of: .call(call))
      let number = try #require(try await bench.store.call(call)).to
      storing.mode = .damaged
      let begin = bench.time.elapsed
      #expect(await bench.engine.keep(wish) == .late)
      // Nobody waits for what is given up.
      #expect(bench.time.elapsed == begin)
      storing.mode = .prompt
      #expect(await bench.engine.keep(wish) == .kept)
      #expect(try await bench.store.suppression(of: number, for: bench.account.id) != nil)
    }
  }

  @Test("What a carrier tells by a name before it has answered the order reaches the call") func waitsForTheName()
    async throws
  {
    let dialer = Holder()
    let script = ScriptedDialer.Script(placing: .seconds(10))
    try await EngineBench.runLazily(Storing(), dialer: dialer, script: script) { (bench, call) async throws in
      let recording = Call.Recording(url: "https://example.com/1", reference: "RE1")
      dialer.dialer.tell(CallEvent(.recording(recording), of: .carrier("scripted", reference: "carrier-0")))
      await bench.time.wait(for: .seconds(5))
      #expect(try await bench.store.call(call)?.recording == nil)
      await bench.time.wait(for: .seconds(20))
      #expect(try await bench.store.call(call)?.recording == recording)
    }
  }

  @Test("What a carrier tells by a name before the end counts, also if the name comes last") func keepsTheOrder()
    async throws
  {
    let dialer = Holder()
    let storing = Storing()
    let script = ScriptedDialer.Script(placing: .seconds(10))
    try await EngineBench.runLazily(storing, dialer: dialer, script: script) { (bench, call) async throws in
      storing.mode = .prompt
      let name = CallEvent.Subject.carrier("scripted", reference: "carrier-0")
      // A stranger's event before it holds nothing up.
      dialer.dialer.tell(CallEvent(.ringing, of: .carrier("scripted", reference: "stranger")))
      dialer.dialer.tell(CallEvent(.answered(.machineStart), of: name))
      await bench.time.wait(for: .milliseconds(7200))
      #expect(try await bench.store.call(call)?.carrierReference == "carrier-0")
      dialer.dialer.tell(CallEvent(.ended(CallEnd(.completed)), of: name))
      await bench.time.wait(for: .seconds(10))
      #expect(try await bench.store.call(call)?.disposition == .machine)
    }
  }

  @Test("A call that an event has made known again after its end is not counted a second time") func countsAnEndOnce()
    async throws
  {
    let failed = CallEvent.Kind.ended(CallEnd(.failed))
    try await EngineBench.runLazily(
      Storing(), leads: 2,
      configure: {
        $0.pacing.maximumConcurrentCalls = 1
        $0.pacing.breaker = Pacing.Breaker(failureShare: 0.5, minimumCalls: 2)
      }
    ) { (bench, call) async throws in
      let live = try #require(try await bench.store.call(call))
      #expect(await bench.engine.keep(CallEvent(failed, of: .call(call))) == .kept)
      // It was read while it was live, and is taken in only now.
      bench.engine.feed([.adopted(live, isOwn: false), .heard(failed, call, at: nil)])
      await bench.time.wait(for: .seconds(30))
      #expect(try await bench.store.campaign(try #require(live.campaign))?.status == .active)
    }
  }

  @Test("A run that is stopped by the handler of its cancellation comes to its end") func stopsInAHandler() async throws
  {
    for _ in 0..<50 {
      let engine = CampaignEngine(storage: .memory, dialer: SimulatedCarrier())
      let running = Task {
        await withTaskCancellationHandler {
          try? await engine.run()
        } onCancel: {
          engine.stop()
        }
      }
      let feeding = Task.detached { for _ in 0..<20 { engine.feed(.tick) } }
      running.cancel()
      await running.value
      await feeding.value
      #expect(engine.isStopping)
    }
  }
}
