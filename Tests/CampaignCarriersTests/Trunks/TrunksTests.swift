import CampaignKit
import CampaignTesting
import Testing

@testable import CampaignCarriers

@Suite struct TrunksTests {
  private static func lines(_ clock: any EngineClock) -> (Line, Line) {
    (Line("first", clock: clock), Line("second", clock: clock))
  }

  private static func trunks(_ first: Line, _ second: Line, _ clock: any EngineClock) -> Trunks {
    Trunks([Trunk(first), Trunk(second, priority: 1)], rest: .seconds(30), clock: clock)
  }

  @Test("The next carrier is asked where the first certainly has no call through its own fault, and not otherwise")
  func failsOver() async throws {
    let cases: [(DialerError.Code, Bool)] = [
      (.unavailable, true), (.throttled, true), (.outOfFunds, true), (.notPermitted, true), (.uncertain, false),
      (.invalidNumber, false), (.blocked, false), (.invalidOrder, false),
    ]
    for (code, goesOn) in cases {
      try await VirtualTime.run { time in
        let (first, second) = Self.lines(time)
        first.fail(DialerError(code, "no"))
        let order = try Dialing.order(at: time.now())
        let failure = await Dialing.failure(Self.trunks(first, second, time), order)
        #expect(failure?.code == (goesOn ? nil : code), "\(code)")
        #expect(second.orders == (goesOn ? 1 : 0), "\(code)")
      }
    }
  }

  @Test("When all fail, the error is that of the one that can be asked again first") func allFail() async throws {
    try await VirtualTime.run { time in
      let (first, second) = Self.lines(time)
      first.fail(DialerError(.throttled, "later", retryAfter: .seconds(60)))
      second.fail(DialerError(.outOfFunds, "empty", retryAfter: .seconds(5)))
      let trunks = Self.trunks(first, second, time)
      let order = try Dialing.order(at: time.now())
      #expect(await Dialing.failure(trunks, order)?.code == .outOfFunds)
      // There is certainly no call, so that the same order may come again.
      second.fail(nil)
      #expect(await Dialing.failure(trunks, order) == nil)
      #expect(await Dialing.failure(Trunks([], clock: time), order)?.code == .unavailable)
    }
  }

  @Test("An order whose answer was lost stays with the carrier that may have it") func doubt() async throws {
    try await VirtualTime.run { time in
      let (first, second) = Self.lines(time)
      first.loseAnswers(true)
      let trunks = Self.trunks(first, second, time)
      let order = try Dialing.order(at: time.now())
      #expect(await Dialing.failure(trunks, order)?.code == .uncertain)
      first.fail(DialerError(.unavailable, "closed"))
      #expect(await Dialing.failure(trunks, order)?.code == .unavailable)
      #expect(second.orders == 0)
      // The other one has nothing to say about it.
      second.find(.unknown)
      first.find(.absent)
      #expect(try await trunks.lookUp(Dialing.reference(order)) == .absent)
    }
  }

  @Test("After a restart all are asked, and the one that has the call is remembered") func restart() async throws {
    try await VirtualTime.run { time in
      let (first, second) = Self.lines(time)
      first.fail(DialerError(.unavailable, "closed"))
      let order = try Dialing.order(to: 12_000_000_012, at: time.now())
      let reference = Dialing.reference(order, try await Self.trunks(first, second, time).place(order))
      let later = Self.trunks(first, second, time)
      let agent = Agent(
        id: Agent.ID(high: 3, low: 3), account: Dialing.account, kind: .person, name: "Ada", createdAt: .distantPast)
      try await later.connect(reference, to: agent)
      #expect(first.connected == [] && second.connected == [order.id])
      guard case .found = try await later.lookUp(reference) else { return #expect(Bool(false), "it is not found") }
      try await Self.trunks(first, second, time).hangUp(reference)
      guard case .found(let events) = try await second.lookUp(reference) else {
        return #expect(Bool(false), "it is not found")
      }
      #expect(events.contains { if case .ended = $0.kind { true } else { false } })
    }
  }

  @Test("A call is absent when it is absent everywhere, and unknown as long as one carrier cannot tell")
  func absent() async throws {
    try await VirtualTime.run { time in
      let (first, second) = Self.lines(time)
      let trunks = Self.trunks(first, second, time)
      let reference = Dialing.reference(try Dialing.order(at: time.now()))
      first.find(.absent)
      second.find(.unknown)
      #expect(try await trunks.lookUp(reference) == .unknown)
      second.find(.absent)
      #expect(try await trunks.lookUp(reference) == .absent)
      let agent = Agent(
        id: Agent.ID(high: 3, low: 3), account: Dialing.account, kind: .person, name: "Ada", createdAt: .distantPast)
      await #expect(throws: DialerError.self) { try await trunks.connect(reference, to: agent) }
    }
  }

  @Test("A carrier that failed is tried last for a while, or for as long as it asks") func rests() async throws {
    try await VirtualTime.run { time in
      let (first, second) = Self.lines(time)
      let trunks = Self.trunks(first, second, time)
      var index: UInt32 = 0
      func place() async throws {
        index += 1
        _ = try await trunks.place(Dialing.order(index, at: time.now()))
      }
      first.fail(DialerError(.unavailable, "closed"))
      try await place()
      first.fail(nil)
      try await place()
      #expect(first.orders == 1 && second.orders == 2)
      await time.wait(for: .seconds(31))
      try await place()
      #expect(first.orders == 2 && second.orders == 2)
      first.fail(DialerError(.throttled, "later", retryAfter: .seconds(120)))
      try await place()
      first.fail(nil)
      await time.wait(for: .seconds(60))
      try await place()
      #expect(first.orders == 3 && second.orders == 4)
    }
  }

  @Test("A carrier that does not say whether it has a call rests, and that call stays where it is") func restsInDoubt()
    async throws
  {
    try await VirtualTime.run { time in
      let (first, second) = Self.lines(time)
      let trunks = Self.trunks(first, second, time)
      first.fail(DialerError(.uncertain, "no answer"))
      let doubtful = try Dialing.order(1, at: time.now())
      #expect(await Dialing.failure(trunks, doubtful)?.code == .uncertain)
      #expect(trunks.conditions[0].failure == .uncertain && trunks.conditions[0].rest > .zero)
      // Whoever asks for it again asks the same carrier, and other calls go to the other one.
      #expect(await Dialing.failure(trunks, doubtful)?.code == .uncertain)
      #expect(second.orders == 0)
      let other = try Dialing.order(2, at: time.now())
      #expect(await Dialing.failure(trunks, other) == nil)
      #expect(first.arrivals(other.id).isEmpty && second.orders == 1)
    }
  }

  @Test("What was held back on our side rests no carrier, and another one gets it") func heldBack() async throws {
    try await VirtualTime.run { time in
      let (first, second) = Self.lines(time)
      let trunks = Self.trunks(first, second, time)
      first.fail(DialerError(.throttled, "our own pace", retryAfter: .seconds(5), wasHeldBack: true))
      let orders = try [Dialing.order(1, at: time.now()), Dialing.order(2, at: time.now())]
      #expect(await Dialing.failure(trunks, orders[0]) == nil)
      #expect(trunks.conditions[0].failure == nil && trunks.conditions[0].rest == .zero)
      first.fail(nil)
      #expect(await Dialing.failure(trunks, orders[1]) == nil)
      #expect(first.orders == 2 && second.orders == 1)
    }
  }

  @Test("A dialer's own pace is told from the carrier's") func ownPace() async throws {
    try await VirtualTime.run(start: Dialing.start) { time in
      let transport = ScriptedTransport(.json(201, ["sid": "CA1", "queue_time": "0"]))
      let dialer = try Dialing.twilio(transport, clock: time) { $0.callsPerSecond = 0.05 }
      let began = await Dialing.failure(dialer, try Dialing.order(1, at: time.now()))
      let failure = await Dialing.failure(dialer, try Dialing.order(2, at: time.now()))
      #expect(began == nil && failure?.code == .throttled && failure?.wasHeldBack == true)
      let refusing = ScriptedTransport(.json(429, ["code": 20429, "message": "Too many requests"]))
      let refused = await Dialing.failure(
        try Dialing.twilio(refusing, clock: time), try Dialing.order(3, at: time.now()))
      #expect(refused?.code == .throttled && refused?.wasHeldBack == false)
    }
  }

  @Test("A carrier that took all the time of an order rests, and one that had next to none does not") func outOfTime()
    async throws
  {
    try await VirtualTime.run { time in
      let (first, second) = Self.lines(time)
      let trunks = Self.trunks(first, second, time)
      for (line, delay) in [(first, Duration.seconds(29)), (second, .seconds(3))] {
        line.fail(DialerError(.unavailable, "closed"))
        line.take(delay)
      }
      _ = await Dialing.failure(trunks, try Dialing.order(1, at: time.now()))
      #expect(trunks.conditions.map(\.failure) == [.unavailable, nil])
      await time.wait(for: .seconds(60))
      first.take(.seconds(31))
      _ = await Dialing.failure(trunks, try Dialing.order(2, at: time.now()))
      #expect(trunks.conditions.map { $0.rest > .zero } == [true, false])
    }
  }

  @Test("A carrier that failed once is not thought ill of for ever") func forgets() async throws {
    try await VirtualTime.run { time in
      let (first, second) = Self.lines(time)
      let trunks = Self.trunks(first, second, time)
      for line in [first, second] { line.fail(DialerError(.outOfFunds, "empty")) }
      second.fail(DialerError(.outOfFunds, "empty", retryAfter: .seconds(900)))
      _ = await Dialing.failure(trunks, try Dialing.order(1, at: time.now()))
      await time.wait(for: .seconds(599))
      #expect(trunks.conditions.map(\.failure) == [.outOfFunds, .outOfFunds])
      await time.wait(for: .seconds(1))
      #expect(trunks.conditions.map(\.failure) == [nil, .outOfFunds])
      await time.wait(for: .seconds(300))
      #expect(trunks.conditions.map(\.failure) == [nil, nil])
    }
  }

  @Test("Calls are shared out by weight, among those with the same priority, and alike for the same call")
  func order() {
    let trunks = [(priority: 1, weight: 1.0), (0, 3.0), (0, 1.0), (0, 0.0)]
    var firsts = [0, 0, 0, 0]
    for number in 0..<10_000 as Range<UInt32> {
      let call = Call.ID(high: 1, low: number)
      let order = TrunkOrder.order(trunks, of: call)
      #expect(order.sorted() == [0, 1, 2, 3] && order[2] == 3 && order[3] == 0)
      #expect(order == TrunkOrder.order(trunks, of: call))
      firsts[order[0]] += 1
    }
    #expect((7200...7800).contains(firsts[1]) && firsts[1] + firsts[2] == 10_000)
    #expect(TrunkOrder.order(trunks, of: Call.ID(high: 1, low: 1)) { $0 != 0 }.first == 0)
  }

  @Test("What each of them tells is told, under the name of the whole") func events() async throws {
    let told = [Self.event("first", "1"), Self.event("second", "2")]
    let trunks = Trunks(told.map { Trunk(Telling($0.0, $0.1)) })
    var heard: Set<CallEvent.Subject> = []
    for await event in trunks.events() { heard.insert(event.subject) }
    #expect(heard == [.carrier("trunks", reference: "1"), .carrier("trunks", reference: "2")])
  }

  private static func event(_ name: String, _ reference: String) -> (String, CallEvent) {
    (name, CallEvent(.ringing, of: .carrier(name, reference: reference)))
  }

  /// Tells one thing, and then no more.
  private struct Telling: Dialer {
    let name: String
    let event: CallEvent
    let capabilities = DialerCapabilities(callsPerSecond: 2, burst: 3, longestRequest: .seconds(5))

    init(_ name: String, _ event: CallEvent) {
      (self.name, self.event) = (name, event)
    }

    func place(_ order: CallOrder) async throws(DialerError) -> String { name }
    func hangUp(_ call: CallReference) async throws(DialerError) {}
    func lookUp(_ call: CallReference) async throws(DialerError) -> CallFindings { .unknown }
    func connect(_ call: CallReference, to agent: Agent) async throws(DialerError) {}

    func events() -> CallEvents {
      let (events, told) = AsyncStream.makeStream(of: CallEvent.self)
      told.yield(event)
      told.finish()
      return CallEvents {
        for await event in events { return event }
        return nil
      }
    }
  }

  @Test("Together they start as many calls as each, and take as long as one after the other") func capabilities() {
    let (name, event) = Self.event("first", "1")
    let together = Trunks([Trunk(Telling(name, event)), Trunk(Telling(name, event))]).capabilities
    #expect(together == DialerCapabilities(callsPerSecond: 4, burst: 6, longestRequest: .seconds(10)))
    #expect(Trunks([]).capabilities.callsPerSecond == nil)
  }
}
