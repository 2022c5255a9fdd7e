import CampaignTesting
import Testing

@testable import CampaignKit

@Suite struct SimulatedCarrierTests {
  /// The word of each event of each number, after so many calls placed in some order.
  private static func outcomes(
    seed: UInt64, of numbers: [UInt64], gap: Duration = .milliseconds(10), _ order: VirtualTime.Order = .inTurn
  ) async throws -> [UInt64: [String]] {
    try await VirtualTime.run(order: order) { time in
      let carrier = SimulatedCarrier(seed: seed, clock: time)
      var orders = Orders()
      var numberOf: [Call.ID: UInt64] = [:]
      let events = try await carrier.hear(for: .seconds(8 * 3600), time) {
        for number in numbers {
          let order = try orders.order(number, at: time.now())
          numberOf[order.id] = number
          _ = try await carrier.place(order)
          await time.wait(for: gap)
        }
      }
      var words: [UInt64: [String]] = [:]
      for event in events {
        guard case .call(let id) = event.subject, let number = numberOf[id] else { continue }
        words[number, default: []].append(event.word)
      }
      return words
    }
  }

  @Test func aNumberComesOutTheSameWhateverElseIsCalled() async throws {
    let numbers = (0..<200).map { 14_155_550_100 + $0 as UInt64 }
    let alone = try await Self.outcomes(seed: 4, of: numbers)
    let backwards = try await Self.outcomes(seed: 4, of: numbers.reversed() + (0..<50).map { 14_155_551_000 + $0 })
    let slowly = try await Self.outcomes(seed: 4, of: numbers.shuffled(), gap: .seconds(7), .shuffled(seed: 5))
    let otherwise = try await Self.outcomes(seed: 5, of: numbers)
    for number in numbers {
      #expect(alone[number] == backwards[number])
      #expect(alone[number] == slowly[number])
    }
    #expect(alone != otherwise)
    #expect(Set(alone.values).count >= 4)
  }

  @Test func theNextCallToANumberIsDrawnAnew() async throws {
    let words = try await VirtualTime.run { time in
      var orders = Orders()
      let carrier = SimulatedCarrier(seed: 4, clock: time)
      return try await carrier.hear(for: .seconds(80_000), time) {
        for _ in 0..<40 {
          _ = try await carrier.place(try orders.order(14_155_559_999))
          await time.wait(for: .seconds(1000))
        }
      }.map(\.word)
    }
    #expect(Set(words.filter { $0.hasPrefix("ended") }).count >= 3)
  }

  @Test func aLifelikeMixLooksLikeLife() async throws {
    let numbers = (0..<4000).map { 14_155_600_100 + $0 * 10_000 as UInt64 }
    let words = try await Self.outcomes(seed: 9, of: numbers, gap: .milliseconds(1))
    func share(_ word: String) -> Double {
      Double(words.values.count { $0.contains(word) }) / Double(numbers.count)
    }
    #expect(words.count == numbers.count)
    #expect(words.values.allSatisfy { $0.last?.hasPrefix("ended") == true })
    #expect(abs(share("answered") - 0.55) < 0.03)
    #expect(abs(share("ended busy") - 0.1) < 0.02)
    #expect(abs(share("ended noAnswer") - 0.3) < 0.03)
    #expect(abs(share("ended failed") - 0.03) < 0.01)
    #expect(share("opt-out") > 0)
    #expect(share("detected human") == 0, "no campaign asked for it")
  }

  @Test func fastCallsTakeATenthOfASecondToASecond() async throws {
    try await VirtualTime.run { time in
      let carrier = SimulatedCarrier(mix: .fast, clock: time)
      var orders = Orders()
      for number in 0..<300 as Range<UInt64> {
        let order = try orders.order(14_155_550_100 + number) { $0.machineDetection.mode = .greetingEnd }
        let start = time.now()
        let events = try await carrier.hear(for: .seconds(2), time) { _ = try await carrier.place(order) }
        let end = try #require(events.last?.at)
        #expect(events.last?.word.hasPrefix("ended") == true)
        #expect((.milliseconds(150) ... .seconds(1)).contains(end - start))
      }
    }
  }

  @Test func instantEventsAreThereWhenTheCallIs() async throws {
    try await VirtualTime.run { time in
      var mix = CarrierMix.instant
      mix.shares = CarrierMix.Shares(human: 1)
      mix.optOuts = 0
      let carrier = SimulatedCarrier(mix: mix, clock: time)
      var orders = Orders()
      let events = carrier.events()
      var reader = events.makeAsyncIterator()
      for number in 0..<100 as Range<UInt64> {
        _ = try await carrier.place(try orders.order(14_155_550_100 + number))
        for word in ["ringing", "answered", "ended completed"] {
          #expect(await reader.next()?.word == word)
        }
      }
      #expect(time.elapsed == .zero)
    }
  }

  @Test func ringTimeAndLongestCallAreKept() async throws {
    try await VirtualTime.run { time in
      var mix = CarrierMix.lifelike
      mix.shares = CarrierMix.Shares(human: 1)
      mix.answer = .exactly(.seconds(20))
      mix.talk = .exactly(.seconds(600))
      mix.setup = .exactly(.seconds(1))
      let carrier = SimulatedCarrier(mix: mix, clock: time)
      var orders = Orders()
      let impatient = try orders.order(14_155_550_100) { $0.ringTime = .seconds(15) }
      let short = try orders.order(14_155_550_101) { $0.longestCall = .seconds(60) }
      let start = time.now()
      let events = try await carrier.hear(for: .seconds(1000), time) {
        _ = try await carrier.place(impatient)
        _ = try await carrier.place(short)
      }
      let ofImpatient = events.filter { $0.subject == .call(impatient.id) }
      #expect(ofImpatient.map(\.word) == ["ringing", "ended noAnswer"])
      #expect(ofImpatient.last?.at == start + .seconds(16))
      let ofShort = events.filter { $0.subject == .call(short.id) }
      guard case .ended(let end) = ofShort.last?.kind else {
        Issue.record("it did not end")
        return
      }
      #expect(end.duration == .seconds(60))
      #expect(end.costMicros == mix.minuteMicros)
    }
  }

  @Test func anAgentIsConnectedOrThePersonHangsUp() async throws {
    try await VirtualTime.run { time in
      var mix = CarrierMix.lifelike
      mix.patience = .exactly(.seconds(5))
      mix.talk = .exactly(.seconds(100))
      mix.optOuts = 0
      let carrier = SimulatedCarrier(mix: mix, clock: time)
      var orders = Orders()
      var dice = Dice(3)
      let agent = Agent(id: dice.id(), account: dice.id(), kind: .person, name: "Ada", createdAt: time.now())
      let lonely = try orders.order(14_155_550_001) { $0.agents.group = "sales" }
      let happy = try orders.order(14_155_560_001) { $0.agents.group = "sales" }
      let error = await #expect(throws: DialerError.self) {
        try await carrier.connect(CallReference(happy), to: agent)
      }
      #expect(error?.code == .invalidOrder)
      _ = try await carrier.place(lonely)
      _ = try await carrier.place(happy)
      var connected: Timestamp?
      var ends: [Call.ID: (CallEnd, Timestamp?)] = [:]
      for await event in carrier.events() {
        if event.subject == .call(happy.id), case .answered = event.kind {
          await time.wait(for: .seconds(3))
          try await carrier.connect(CallReference(happy), to: agent)
          connected = time.now()
        }
        if case .ended(let end) = event.kind, case .call(let id) = event.subject { ends[id] = (end, event.at) }
        if ends.count == 2 { break }
      }
      #expect(ends[lonely.id]?.0.duration == .seconds(5))
      #expect(ends[happy.id]?.1 == connected.map { $0 + .seconds(100) })
      #expect(ends[happy.id]?.0.duration == .seconds(103))
      await #expect(throws: DialerError.self) { try await carrier.connect(CallReference(happy), to: agent) }
    }
  }

  @Test func aPersonHearsAMessageToItsEndOrHangsUp() async throws {
    try await VirtualTime.run { time in
      var mix = CarrierMix.lifelike
      mix.patience = .exactly(.seconds(9))
      mix.message = .exactly(.seconds(5))
      let carrier = SimulatedCarrier(mix: mix, clock: time)
      var orders = Orders()
      let patient = try orders.order(14_155_550_001) { $0.agents.group = "sales" }
      let impatient = try orders.order(14_155_560_001) { $0.agents.group = "sales" }
      let ringing = try orders.order(14_155_570_003)
      for order in [patient, impatient, ringing] { _ = try await carrier.place(order) }
      var ends: [Call.ID: CallEnd] = [:]
      for await event in carrier.events() {
        guard case .call(let id) = event.subject else { continue }
        switch event.kind {
        case .ringing where id == ringing.id: try await carrier.hangUp(CallReference(ringing), after: "message")
        case .answered:
          await time.wait(for: .seconds(id == patient.id ? 1 : 6))
          try await carrier.hangUp(CallReference(id == patient.id ? patient : impatient), after: "message")
        case .ended(let end): ends[id] = end
        default: break
        }
        if ends.count == 3 { break }
      }
      #expect(ends[patient.id]?.outcome == .completed && ends[impatient.id]?.outcome == .completed)
      #expect(try #require(ends[patient.id]?.duration) >= .seconds(6))
      #expect(try #require(ends[patient.id]?.duration) < .seconds(9))
      #expect(ends[impatient.id]?.duration == .seconds(9))
      #expect(ends[ringing.id]?.outcome == .cancelled)
    }
  }

  @Test func callsThatComeTooFastAreRefused() async throws {
    try await VirtualTime.run { time in
      var configuration = SimulatedCarrier.Configuration(mix: .instant, callsPerSecond: 4)
      configuration.burst = 2
      let carrier = SimulatedCarrier(configuration, clock: time)
      #expect(carrier.capabilities.callsPerSecond == 4)
      #expect(carrier.capabilities.burst == 2)
      var orders = Orders()
      var placed = 0
      var waited: [Duration] = []
      for number in 0..<10 as Range<UInt64> {
        let order = try orders.order(14_155_550_100 + number)
        do throws(DialerError) {
          _ = try await carrier.place(order)
          placed += 1
        } catch {
          #expect(error.code == .throttled)
          #expect(try await carrier.lookUp(CallReference(order)) == .absent)
          let pause = try #require(error.retryAfter)
          waited.append(pause)
          await time.wait(for: pause)
          _ = try await carrier.place(order)
          placed += 1
        }
      }
      #expect(placed == 10)
      #expect(waited == Array(repeating: .milliseconds(250), count: 8))
    }
  }

  @Test func whatIsForgottenIsNotDenied() async throws {
    try await VirtualTime.run { time in
      var configuration = SimulatedCarrier.Configuration(mix: .instant)
      configuration.remembered = 10
      configuration.mix.shares = CarrierMix.Shares(busy: 1)
      let carrier = SimulatedCarrier(configuration, clock: time)
      var orders = Orders()
      var placed: [CallOrder] = []
      var reader = carrier.events().makeAsyncIterator()
      for number in 0..<30 as Range<UInt64> {
        let order = try orders.order(14_155_550_100 + number, at: time.now())
        _ = try await carrier.place(order)
        _ = await reader.next()
        placed.append(order)
        await time.wait(for: .seconds(1))
      }
      var answers: [String] = []
      for order in placed {
        switch try await carrier.lookUp(CallReference(order)) {
        case .found: answers.append("found")
        case .unknown: answers.append("unknown")
        case .absent: answers.append("absent")
        }
      }
      #expect(answers == Array(repeating: "unknown", count: 20) + Array(repeating: "found", count: 10))
      let never = try orders.order(at: time.now())
      #expect(try await carrier.lookUp(CallReference(never)) == .absent)
    }
  }
}
