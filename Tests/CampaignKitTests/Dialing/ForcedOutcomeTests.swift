import CampaignTesting
import Testing

@testable import CampaignKit

/// What a number asks for by its last four digits.
@Suite struct ForcedOutcomeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var digits: UInt64
    var mode = MachineDetection.Mode.off
    var message = false
    var words: [String]

    var testDescription: String { "\(digits) \(mode)\(message ? " with a message" : "")" }
  }

  static let cases: [Case] = [
    Case(digits: 1, words: ["ringing", "answered", "ended completed"]),
    Case(digits: 1, mode: .fast, words: ["ringing", "answered", "detected human", "ended completed"]),
    Case(digits: 2, words: ["ended busy"]),
    Case(digits: 3, words: ["ringing", "ended noAnswer"]),
    Case(digits: 4, words: ["ended failed"]),
    Case(digits: 5, words: ["ringing", "answered", "ended completed"]),
    Case(digits: 5, mode: .fast, words: ["ringing", "answered", "detected machineStart", "ended completed"]),
    Case(
      digits: 5, mode: .fast, message: true,
      words: ["ringing", "answered", "detected machineStart", "message", "ended completed"]),
    Case(
      digits: 5, mode: .greetingEnd, words: ["ringing", "answered", "detected machineEndSilence", "ended completed"]),
    Case(
      digits: 6, mode: .greetingEnd, message: true,
      words: ["ringing", "answered", "detected machineEndBeep", "message", "ended completed"]),
    Case(digits: 11, words: ["ringing"]),
    Case(digits: 12, words: ["ringing", "answered", "ended completed"]),
    Case(
      digits: 20,
      words: ["ringing", "ringing", "answered", "answered", "ended completed", "ended completed"]),
    Case(digits: 21, words: ["ended completed", "answered", "ringing"]),
    Case(digits: 23, words: []),
    Case(digits: 24, words: ["ringing", "answered"]),
    Case(digits: 40, words: ["ringing", "answered", "ended completed"]),
    Case(digits: 45, words: ["ringing", "answered", "ended completed"]),
  ]

  @Test(arguments: cases, [1, 10, 1000] as [Double])
  func aNumberGetsWhatItAsksFor(_ test: Case, speed: Double) async throws {
    var mix = CarrierMix.lifelike
    (mix.optOuts, mix.callbacks) = (0, 0)
    let placed = mix
    try await VirtualTime.run { time in
      let carrier = SimulatedCarrier(mix: placed, seed: 3, speed: speed, clock: time)
      var orders = Orders()
      let order = try orders.order(14_155_550_000 + test.digits) {
        $0.machineDetection = MachineDetection(mode: test.mode, messageURL: test.message ? "message.wav" : nil)
        $0.longestCall = .seconds(1800)
      }
      var errors: [DialerError.Code] = []
      let events = await carrier.hear(for: .seconds(3600), time) {
        for _ in 0..<2 {
          do throws(DialerError) {
            #expect(try await carrier.place(order) == "SIM\(order.id)")
          } catch {
            errors.append(error.code)
          }
        }
      }
      #expect(events.map(\.word) == test.words)
      #expect(events.allSatisfy { $0.subject == .call(order.id) })
      #expect(errors == (test.digits == 40 ? [.throttled] : test.digits == 45 ? [.uncertain] : []))

      let found = try await carrier.lookUp(CallReference(order))
      guard case .found(let truth) = found else {
        Issue.record("\(found)")
        return
      }
      #expect(truth.first?.kind == .placed(reference: "SIM\(order.id)"))
      let words = truth.dropFirst().map(\.word)
      switch test.digits {
      case 20, 21, 23, 24: #expect(words == ["ringing", "answered", "ended completed"], "a look-up tells the truth")
      default: #expect(words == test.words)
      }
      let moments = truth.compactMap(\.at)
      #expect(moments == moments.sorted())
      #expect(moments.count == truth.count)
    }
  }

  @Test func aLongCallLastsAsLongAsItMayAndEndlessRingingIsHungUp() async throws {
    try await VirtualTime.run { time in
      let carrier = SimulatedCarrier(clock: time)
      var orders = Orders()
      let long = try orders.order(14_155_550_012) { $0.longestCall = .seconds(7000) }
      let endless = try orders.order(14_155_550_011)
      let events = try await carrier.hear(for: .seconds(20_000), time) {
        _ = try await carrier.place(long)
        _ = try await carrier.place(endless)
        await time.wait(for: .seconds(19_000))
        #expect(carrier.liveCalls == 1)
        try await carrier.hangUp(CallReference(endless))
        #expect(carrier.liveCalls == 0)
        try await carrier.hangUp(CallReference(endless))
        try await carrier.hangUp(CallReference(try orders.order()))
      }
      let ends = events.compactMap { event -> CallEnd? in
        if case .ended(let end) = event.kind { end } else { nil }
      }
      #expect(ends.map(\.outcome) == [.completed, .cancelled])
      #expect(ends.map(\.duration) == [.seconds(7000), .zero])
      #expect(ends.map(\.costMicros) == [117 * 14_000, 0])
    }
  }

  @Test func noNumberIsForcedWhenThatIsOff() async throws {
    try await VirtualTime.run { time in
      var configuration = SimulatedCarrier.Configuration()
      configuration.forcesOutcomes = false
      configuration.mix.shares = CarrierMix.Shares(busy: 1)
      let carrier = SimulatedCarrier(configuration, clock: time)
      var orders = Orders()
      for digits in [1, 5, 11, 23, 40, 45] as [UInt64] {
        let order = try orders.order(14_155_550_000 + digits)
        let events = try await carrier.hear(for: .seconds(60), time) { _ = try await carrier.place(order) }
        #expect(events.map(\.word) == ["ended busy"])
      }
    }
  }
}
