import CampaignKit
import CampaignTesting
import Testing

/// What a carrier is told that it was taken is in the store.
@Suite struct EngineKeepingTests {
  @Test("An event is acknowledged when it is stored, and no sooner") func waitsForTheStore() async throws {
    try await EngineBench.runLazily(Storing()) { (bench, call) async throws in
      #expect(await bench.engine.keep(CallEvent(.ringing, of: .call(call))) == .kept)
      #expect(try await bench.store.call(call)?.status == .ringing)
      #expect(await bench.engine.keep(CallEvent(.answered(.human), of: .call(call))) == .kept)
      #expect(try await bench.store.call(call)?.answeredBy == .human)
      #expect(await bench.engine.keep(CallEvent(.ended(CallEnd(.completed)), of: .call(call))) == .kept)
      #expect(try await bench.store.call(call)?.disposition == .answered)
      // It is there already, and so it is when it comes once more.
      #expect(await bench.engine.keep(CallEvent(.ringing, of: .call(call))) == .kept)
    }
  }

  @Test("The end that comes before the answer is acknowledged when it is stored")
  func waitsForWhatIsMissing() async throws {
    try await EngineBench.runLazily(Storing()) { (bench, call) async throws in
      #expect(await bench.engine.keep(CallEvent(.ended(CallEnd(.completed)), of: .call(call))) == .kept)
      #expect(try await bench.store.call(call)?.status == .ended)
    }
  }

  @Test("An event that the store does not take is not acknowledged") func doesNotWaitForEver() async throws {
    let storing = Storing()
    try await EngineBench.runLazily(storing) { (bench, call) async throws in
      storing.mode = .refusing
      let begin = bench.time.elapsed
      #expect(await bench.engine.keep(CallEvent(.ringing, of: .call(call)), within: .seconds(4)) == .late)
      #expect(bench.time.elapsed - begin == .seconds(4))
      storing.mode = .lazy
      #expect(await bench.engine.keep(CallEvent(.ringing, of: .call(call)), within: .seconds(100)) == .kept)
      #expect(try await bench.store.call(call)?.status == .ringing)
    }
  }

  @Test("An event of a call that the store cannot look up is not acknowledged") func waitsForTheName() async throws {
    let storing = Storing()
    try await EngineBench.runLazily(storing) { (bench, call) async throws in
      let stored = try #require(try await bench.store.call(call))
      let reference = try #require(stored.carrierReference)
      let name = CallEvent.Subject.carrier(try #require(stored.carrier), reference: reference)
      storing.mode = .refusing
      #expect(await bench.engine.keep(CallEvent(.ringing, of: name)) == .late)
      storing.mode = .lazy
      #expect(await bench.engine.keep(CallEvent(.ringing, of: name)) == .kept)
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
      #expect(await bench.engine.keep(CallEvent(.ringing, of: name)) == .unknown)
      storing.mode = .lazy
      await bench.time.wait(for: .milliseconds(1500))
      #expect(try await bench.store.call(order.id)?.carrierReference == nil)
      #expect(await bench.engine.keep(CallEvent(.ringing, of: name)) == .kept)
      #expect(try await bench.store.call(order.id)?.status == .ringing)
    }
  }

  @Test("What comes after the end is acknowledged when it is stored") func waitsAfterTheEnd() async throws {
    let storing = Storing()
    try await EngineBench.runLazily(storing) { (bench, call) async throws in
      let cost = CallEvent(.cost(micros: 12), of: .call(call))
      #expect(await bench.engine.keep(CallEvent(.ended(CallEnd(.busy)), of: .call(call))) == .kept)
      storing.mode = .refusing
      #expect(await bench.engine.keep(cost) == .late)
      storing.mode = .lazy
      #expect(await bench.engine.keep(cost) == .kept)
      #expect(try await bench.store.call(call)?.costMicros == 12)
    }
  }

  @Test("What comes while the end is being written is acknowledged when it is stored") func waitsBesideTheEnd()
    async throws
  {
    let storing = Storing()
    try await EngineBench.runLazily(storing) { (bench, call) async throws in
      async let end = bench.engine.keep(CallEvent(.ended(CallEnd(.busy)), of: .call(call)))
      await bench.time.wait(for: .seconds(1))
      #expect(try await bench.store.call(call)?.status != .ended)
      let recording = Call.Recording(url: "https://example.com/1", reference: "RE1")
      async let heard = bench.engine.keep(CallEvent(.recording(recording), of: .call(call)))
      async let charged = bench.engine.keep(CallEvent(.cost(micros: 7), of: .call(call)))
      #expect(await [end, heard, charged] == [.kept, .kept, .kept])
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
    try await EngineBench.runLazily(storing) { (bench, call) async throws in
      async let end = bench.engine.keep(CallEvent(.ended(CallEnd(.busy)), of: .call(call)))
      await bench.time.wait(for: .seconds(1))
      async let charged = bench.engine.keep(CallEvent(.cost(micros: 7), of: .call(call)), within: .seconds(5))
      // The end is on its way already; what is written after it is refused.
      await bench.time.wait(for: .milliseconds(500))
      storing.mode = .refusing
      #expect(await charged == .late)
      storing.mode = .lazy
      _ = await end
      await bench.time.wait(for: .seconds(60))
      #expect(try await bench.store.call(call)?.costMicros == 7)
    }
  }

  @Test("A wish not to be called is acknowledged when the number is on the list") func waitsForTheList() async throws {
    let storing = Storing()
    try await EngineBench.runLazily(storing) { (bench, call) async throws in
      let wish = CallEvent(.optedOut, of: .call(call))
      let number = try #require(try await bench.store.call(call)).to
      storing.mode = .refusing
      #expect(await bench.engine.keep(wish) == .late)
      storing.mode = .lazy
      #expect(await bench.engine.keep(wish) == .kept)
      #expect(try await bench.store.suppression(of: number, for: bench.account.id) != nil)
    }
  }

  @Test("Nobody waits for a call that there is not, and a name that no call has is not acknowledged")
  func knowsStrangers() async throws {
    try await EngineBench.runLazily(Storing()) { (bench, _) async throws in
      let begin = bench.time.elapsed
      let stranger = bench.identifiers.next(at: bench.time.now(), for: Call.self)
      #expect(await bench.engine.keep(CallEvent(.ringing, of: .call(stranger))) == .unknown)
      #expect(await bench.engine.keep(CallEvent(.ringing, of: .carrier("none", reference: "x"))) == .unknown)
      #expect(bench.time.elapsed == begin)
    }
  }
}
