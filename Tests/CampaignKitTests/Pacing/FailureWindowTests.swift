import Testing

@testable import CampaignKit

@Suite struct FailureWindowTests {
  private let start = Timestamp(milliseconds: 1_772_409_600_000)

  @Test func forgetsWhatIsOlderThanTheWindow() {
    var window = FailureWindow()
    for second in 0..<100 {
      window.count(isFailure: second % 4 == 0, at: start + .seconds(second), window: .seconds(60))
    }
    let now = window.total(at: start + .seconds(99), window: .seconds(60))
    #expect(now.calls == 60)
    #expect(now.failures == 15)
    #expect(window.total(at: start + .seconds(400), window: .seconds(60)) == (0, 0))
    #expect(FailureWindow().total(at: start, window: .seconds(60)) == (0, 0))
  }

  @Test func survivesAClockThatGoesBackAndWindowsOfNoLength() {
    var window = FailureWindow()
    window.count(isFailure: true, at: start, window: .zero)
    window.count(isFailure: true, at: start - .seconds(1000), window: .seconds(60))
    #expect(window.total(at: start - .seconds(1000), window: .seconds(60)).failures == 1)
  }

  @Test func tripsOnlyOnceThereAreEnoughCalls() {
    let breaker = Pacing.Breaker(failureShare: 0.5, minimumCalls: 10)
    #expect(!breaker.trips(calls: 9, failures: 9))
    #expect(!breaker.trips(calls: 10, failures: 5))
    #expect(breaker.trips(calls: 10, failures: 6))
    #expect(!Pacing.Breaker(failureShare: 1, minimumCalls: 0).trips(calls: 0, failures: 0))
  }
}
