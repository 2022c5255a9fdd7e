import CampaignKit
import JSON
import Testing

@Suite struct RetryDelayTests {
  @Test func aFixedDelayIsTheSameEachTime() {
    for attempt in [Int.min, 0, 1, 2, .max] {
      #expect(RetryDelay.fixed(.seconds(5)).delay(afterAttempt: attempt) == .seconds(5))
    }
  }

  @Test func aListRepeatsItsLast() {
    let delay = RetryDelay.list([.seconds(1), .seconds(2), .seconds(3)])
    let delays = [Int.min, 0, 1, 2, 3, 4, .max].map { delay.delay(afterAttempt: $0) }
    #expect(delays == [1, 1, 1, 2, 3, 3, 3].map { .seconds($0) })
    #expect(RetryDelay.list([]).delay(afterAttempt: 1) == .zero)
  }

  @Test func anExponentialDelayGrowsUpToItsMaximum() {
    let delay = RetryDelay.exponential(first: .milliseconds(100), factor: 3, maximum: .seconds(2))
    let delays = [Int.min, 0, 1, 2, 3, 4, 64, .max].map { delay.delay(afterAttempt: $0) }
    #expect(delays == [100, 100, 100, 300, 900, 2000, 2000, 2000].map { .milliseconds($0) })
  }

  @Test func aFactorBelowOneDoesNotShrinkIt() {
    let delay = RetryDelay.exponential(first: .seconds(4), factor: 0.5, maximum: .seconds(100))
    #expect(delay.delay(afterAttempt: 9) == .seconds(4))
  }

  @Test func theFirstIsHeldToTheMaximumToo() {
    let delay = RetryDelay.exponential(first: .seconds(9), factor: 2, maximum: .seconds(3))
    #expect(delay.delay(afterAttempt: 1) == .seconds(3))
  }

  @Test(arguments: [0, 1, .max, .min, -1] as [Int64], [0, 1, .max, .min] as [Int64])
  func noSettingTraps(_ first: Int64, _ maximum: Int64) {
    for factor in [0, 1, 2, -1, 1e308, .infinity, -.infinity, .nan, .greatestFiniteMagnitude] {
      let delay = RetryDelay.exponential(first: .milliseconds(first), factor: factor, maximum: .milliseconds(maximum))
      for attempt in [Int.min, 1, 2, 3, 64, 65, .max] {
        #expect(delay.delay(afterAttempt: attempt) <= .milliseconds(maximum), "factor \(factor), attempt \(attempt)")
      }
    }
  }

  @Test func theLongestDelayOfAllCanBeRead() throws {
    let text = #"{"first": 9223372036854775807, "factor": 2, "maximum": 9223372036854775807}"#
    let delay = try JSONValue(parsing: text).decode(RetryDelay.self)
    #expect(delay.delay(afterAttempt: 5) == .milliseconds(Int64.max))
  }
}
