import CampaignTesting
import Locks
import Testing

@testable import CampaignKit

/// From which numbers an engine calls.
@Suite struct EngineCallerNumberTests {
  /// Notes the claims that go through.
  private struct CountingStore: StorageWrapper {
    let inner: any CampaignStorage
    let claims: Counter
    /// How long an answer is on its way.
    var answering = Duration.zero

    func claim(_ request: ClaimRequest) async throws(StoreError) -> Claim {
      claims.count.withLock { $0 += 1 }
      claims.days.withLock { $0.append(request.day) }
      let claim = try await inner.claim(request)
      if answering > .zero { await claims.time.withLock { $0 }?.wait(for: answering) }
      return claim
    }
  }

  private final class Counter: Sendable {
    let count = Locked(0)
    let days = Locked<[Range<Timestamp>?]>([])
    let time = Locked<VirtualTime?>(nil)
  }

  private static let numbers = [12_125_550_100, 13_055_550_100].compactMap { PhoneNumber(digits: $0) }

  @Test func goesOnWhenTheDayOfTheCampaignBegins() async throws {
    let dialer = Holder()
    let claims = Counter()
    try await EngineBench.run(through: { CountingStore(inner: $0, claims: claims) }) { time in
      dialer.make(time) { _, _ in .ends(.noAnswer) }
    } _: { bench in
      // It is 10:00 in UTC and 05:00 in New York.
      let campaign = try await bench.campaign(leads: 10) {
        $0.schedule.timeZone = "America/New_York"
        $0.callerNumbers = Self.numbers
        $0.callerChoice.maximumPerDay = 3
        $0.retries.maximumAttempts = 1
      }
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(600))
      let explanation = try await bench.engine.explain(campaign.id)
      #expect(explanation.rule == "callerNumbers")
      #expect(explanation.text.contains("every caller number has made its 3 calls today"))
      let tomorrow = try #require(Timestamp("2026-03-05T05:00:00Z"))
      #expect(explanation.until == tomorrow)
      #expect(!explanation.isDialing)
      let asked = claims.count.withLock { $0 }
      await bench.time.wait(for: tomorrow - bench.time.now() - .seconds(1))
      // It knows when to ask again, and does not try meanwhile.
      #expect(claims.count.withLock { $0 } == asked)
      #expect(dialer.dialer.placements.count == 6)
      try await bench.wait(for: campaign.id, toBe: .completed, atMost: .seconds(600))
      let placements = dialer.dialer.placements
      #expect(placements.count == 10)
      for number in Self.numbers {
        let own = placements.filter { $0.order.from == number }
        #expect(own.count { $0.at < tomorrow } == 3)
        #expect(own.count { $0.at >= tomorrow } == 2)
      }
      let calls = try await bench.calls(of: campaign.id)
      #expect(calls.allSatisfy { call in placements.contains { $0.order.id == call.id && $0.order.from == call.from } })
    }
  }

  @Test func goesOnWhenMoreCallsArePermitted() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in .ends(.noAnswer) }
    } _: { bench in
      var campaign = try await bench.campaign(leads: 9) {
        $0.callerChoice.maximumPerDay = 1
        $0.retries.maximumAttempts = 1
      }
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(60))
      #expect(dialer.dialer.placements.count == 1)
      #expect(try await bench.engine.explain(campaign.id).text.contains("its 1 call today"))
      campaign = try #require(try await bench.store.campaign(campaign.id))
      campaign.callerChoice.maximumPerDay = 4
      _ = try await bench.engine.update(campaign)
      await bench.time.wait(for: .seconds(60))
      #expect(dialer.dialer.placements.count == 4)
      campaign = try #require(try await bench.store.campaign(campaign.id))
      campaign.callerNumbers = Self.numbers
      _ = try await bench.engine.update(campaign)
      try await bench.wait(for: campaign.id, toBe: .completed)
      #expect(dialer.dialer.placements.count == 9)
    }
  }

  /// The store may have a limit of which the engine does not know yet.
  @Test func aLimitThatIsNotKnownIsNotToldAsZero() {
    let explanation = CampaignExplanation(.callerNumbers(nil, until: .distantFuture))
    #expect(explanation.text.hasPrefix("every caller number has made its calls today;"))
  }

  /// What the carrier does not take has not been made from the number.
  @Test func aCallThatWasNeverPlacedLeavesItsNumberFree() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, count in count < 2 ? .refuses(.throttled) : .ends(.noAnswer) }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 5) {
        $0.callerChoice.maximumPerDay = 5
        $0.retries.maximumAttempts = 1
        $0.pacing.maximumConcurrentCalls = 1
      }
      _ = try await bench.engine.start(campaign.id)
      try await bench.wait(for: campaign.id, toBe: .completed, atMost: .seconds(3600))
      #expect(dialer.dialer.placements.count == 7)
      let counted = try await bench.store.callerNumbers(of: bench.account.id, from: nil, until: nil)
      #expect(counted.map(\.counts.calls) == [5])
    }
  }

  /// It need not be the same campaign that goes on, and it may hear only later that there was no room.
  @Test(arguments: [0, 15])
  func goesOnWhenACallOfAnotherCampaignWasNeverPlaced(answering: Int) async throws {
    let dialer = Holder()
    let claims = Counter()
    try await EngineBench.run(
      through: { CountingStore(inner: $0, claims: claims, answering: .seconds(answering)) }
    ) { time in
      claims.time.withLock { $0 = time }
      return dialer.make(time) { _, count in
        count > 0
          ? .ends(.noAnswer)
          : ScriptedDialer.Script(
            placing: .seconds(20), refusal: DialerError(.unavailable, "the carrier is down"))
      }
    } _: { bench in
      func start(_ name: String, firstNumber: UInt64) async throws -> Campaign.ID {
        let campaign = try await bench.campaign(leads: 1, named: name, firstNumber: firstNumber) {
          $0.callerChoice.maximumPerDay = 1
          $0.retries.maximumAttempts = 1
        }
        _ = try await bench.engine.start(campaign.id)
        return campaign.id
      }
      let first = try await start("first", firstNumber: 15_550_000_000)
      // The order is refused after 20 seconds, and after those in which it was claimed.
      await bench.time.wait(for: .seconds(answering > 0 ? 25 : 1))
      _ = try await bench.engine.pause(first)
      let second = try await start("second", firstNumber: 15_550_000_100)
      if answering == 0 {
        await bench.time.wait(for: .seconds(10))
        #expect(try await bench.engine.explain(second).rule == "callerNumbers")
      }
      try await bench.wait(for: second, toBe: .completed, atMost: .seconds(120))
      #expect(try await bench.store.campaign(first)?.status == .paused)
      #expect(dialer.dialer.placements.map(\.order.campaign?.id) == [first, second])
    }
  }

  /// The store counts by the settings that it has; those of the engine may be older.
  @Test func everyClaimTellsTheDayOfTheCampaign() async throws {
    let dialer = Holder()
    let claims = Counter()
    try await EngineBench.run(through: { CountingStore(inner: $0, claims: claims) }) { time in
      dialer.make(time) { _, _ in .ends(.noAnswer) }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 1) {
        $0.schedule.timeZone = "America/New_York"
        $0.retries.maximumAttempts = 1
      }
      _ = try await bench.engine.start(campaign.id)
      try await bench.wait(for: campaign.id, toBe: .completed)
      let days = claims.days.withLock { $0 }
      let day = try #require(Timestamp("2026-03-04T05:00:00Z"))..<(try #require(Timestamp("2026-03-05T05:00:00Z")))
      #expect(!days.isEmpty && days.allSatisfy { $0 == day })
    }
  }

  @Test func aCallIsMadeFromTheNearestNumber() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, _ in .ends(.noAnswer) }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 6, firstNumber: 13_055_550_200) {
        $0.callerNumbers = Self.numbers
        $0.retries.maximumAttempts = 1
      }
      _ = try await bench.engine.start(campaign.id)
      try await bench.wait(for: campaign.id, toBe: .completed)
      #expect(dialer.dialer.placements.map(\.order.from) == Array(repeating: Self.numbers[1], count: 6))
    }
  }
}
