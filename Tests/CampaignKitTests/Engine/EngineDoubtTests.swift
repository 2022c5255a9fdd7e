import CampaignKit
import CampaignTesting
import Locks
import Testing

/// What an engine does when it does not know what has become of a call.
@Suite struct EngineDoubtTests {
  @Test func anUncertainOrderIsNeverPlacedAgain() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in
        var script = ScriptedDialer.Script.refuses(.uncertain)
        script.findings = .unknown
        return script
      }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 1) {
        $0.longestCall = .seconds(600)
        $0.retries = RetryPolicy(maximumAttempts: 3, retried: [.noAnswer], delay: .fixed(.seconds(60)))
      }
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(630))
      // It keeps its slot and its lead until the longest possible call has passed.
      #expect(try await bench.store.slots(of: bench.account.id).systemActive == 1)
      #expect(try await bench.leads(of: campaign.id).map(\.status) == [.calling])
      try await bench.wait(for: campaign.id, toBe: .completed)
      #expect(dialer.dialer.placements.count == 1)
      let call = try #require(try await bench.calls(of: campaign.id).first)
      #expect(call.disposition == .unknown)
      #expect(call.isAttempt)
      let end = try #require(call.endedAt)
      #expect(end >= call.expiresAt && end < call.expiresAt + .seconds(61))
    }
  }

  @Test("A call in doubt that is taken over late is asked about as soon as the answer is certain") func takesOverLate()
    async throws
  {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in
        var script = ScriptedDialer.Script.refuses(.uncertain)
        script.findings = .unknown
        return script
      }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 1)
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(120))
      bench.engine.stop()
      await bench.time.wait(for: .seconds(60))
      let other = ScriptedDialer(bench.time) { _, _ in .ends(.busy) }
      try await bench.besides(other) { _ async throws in
        await bench.time.wait(for: other.capabilities.longestRequest - .seconds(2))
        #expect(other.placements.isEmpty)
        await bench.time.wait(for: .seconds(10))
        #expect(other.lookUps.count == 2)
        #expect(try await bench.calls(of: campaign.id).first?.disposition == .cancelled)
      }
    }
  }

  @Test func anUncertainOrderThatTheCarrierHasIsFollowed() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { order, _ in
        var script = ScriptedDialer.Script.refuses(.uncertain)
        script.findings = .found([
          CallEvent(.placed(reference: "found"), of: .call(order.id)), CallEvent(.ringing, of: .call(order.id)),
          CallEvent(.answered(nil), of: .call(order.id)),
          CallEvent(.ended(CallEnd(.completed)), of: .call(order.id)),
        ])
        return script
      }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 1)
      _ = try await bench.engine.start(campaign.id)
      try await bench.wait(for: campaign.id, toBe: .completed, atMost: .seconds(10))
      let call = try #require(try await bench.calls(of: campaign.id).first)
      #expect(call.disposition == .answered)
      #expect(call.carrierReference == "found")
    }
  }

  @Test func anUncertainOrderThatTheCarrierNeverHadIsFreeAgain() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, number in
        guard number == 0 else { return .answers() }
        var script = ScriptedDialer.Script.refuses(.uncertain)
        script.findings = .absent
        return script
      }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 1)
      _ = try await bench.engine.start(campaign.id)
      try await bench.wait(for: campaign.id, toBe: .completed)
      let calls = try await bench.calls(of: campaign.id)
      #expect(calls.map(\.isAttempt) == [false, true])
      // It is certain only when the last moment to place it, and the longest request, have passed.
      let placements = dialer.dialer.placements.map(\.at)
      #expect(placements[1] - placements[0] >= .seconds(60))
      #expect(try await bench.leads(of: campaign.id).map(\.attempts) == [1])
    }
  }

  @Test func aCallOfWhichNothingIsHeardIsAskedForAndExpires() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in ScriptedDialer.Script(findings: .unknown) }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 1) { $0.longestCall = .seconds(900) }
      _ = try await bench.engine.start(campaign.id)
      try await bench.wait(for: campaign.id, toBe: .completed)
      let call = try #require(try await bench.calls(of: campaign.id).first)
      #expect(call.disposition == .expired)
      #expect(dialer.dialer.lookUps.count >= 2)
      #expect(dialer.dialer.hungUp == [call.id])
      #expect(try await bench.store.slots(of: bench.account.id).systemActive == 0)
    }
  }

  @Test func aLostEndIsFoundByAsking() async throws {
    try await EngineBench.run { time in
      ScriptedDialer(time) { order, _ in
        ScriptedDialer.Script(
          events: [(.seconds(1), .ringing), (.seconds(2), .answered(nil))],
          findings: .found([CallEvent(.ended(CallEnd(.completed)), of: .call(order.id))]))
      }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 1)
      _ = try await bench.engine.start(campaign.id)
      try await bench.wait(for: campaign.id, toBe: .completed, atMost: .seconds(400))
      #expect(try await bench.calls(of: campaign.id).map(\.disposition) == [.answered])
    }
  }

  @Test(arguments: [false, true])
  func everyOrderOfTheEventsOfACallEndsTheSame(isDoubled: Bool) async throws {
    let events: [CallEvent.Kind] = [
      .ringing, .answered(nil), .detected(.machineEndBeep), .messageLeft,
      .ended(CallEnd(.completed, duration: .seconds(20))),
    ]
    let outcomes = Locked<Set<String>>([])
    for order in permutations(of: Array(events.indices)) {
      let dialer = Holder()
      let start = EngineBench.start
      try await EngineBench.run { time in
        dialer.make(time) { _, _ in ScriptedDialer.Script() }
      } _: { bench in
        let campaign = try await bench.campaign(leads: 1) {
          $0.machineDetection = MachineDetection(mode: .greetingEnd, messageURL: "https://example.com/message")
        }
        _ = try await bench.engine.start(campaign.id)
        await bench.time.wait(for: .seconds(10))
        let id = try #require(dialer.dialer.placements.first?.order.id)
        for index in isDoubled ? order + order : order {
          let moment = start + .seconds(index)
          await bench.engine.take(CallEvent(events[index], of: .call(id), at: moment))
          await bench.time.wait(for: .milliseconds(1))
        }
        try await bench.wait(for: campaign.id, toBe: .completed, atMost: .seconds(10))
        let call = try #require(try await bench.calls(of: campaign.id).first)
        let times = [call.ringingAt, call.answeredAt, call.endedAt].map { $0.map { "\($0 - start)" } ?? "-" }
        outcomes.withLock {
          _ = $0.insert("\(call.disposition!) \(call.answeredBy!) \(times) \(call.duration!) \(call.talkTime!)")
        }
      }
    }
    let ends = outcomes.withLock { $0 }
    #expect(ends.count == 1, "\(ends.sorted())")
  }

  private func permutations(of items: [Int]) -> [[Int]] {
    guard let first = items.first else { return [[]] }
    return permutations(of: Array(items.dropFirst())).flatMap { rest in
      (0...rest.count).map { place in
        var permutation = rest
        permutation.insert(first, at: place)
        return permutation
      }
    }
  }
}
