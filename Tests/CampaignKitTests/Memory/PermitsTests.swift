import Testing

@testable import CampaignKit

@Suite struct RateTests {
  /// Rates from one in eleven days to as fast as can be told.
  private static let rates: [Rate] = [
    Rate(perSecond: 1), Rate(perSecond: 1, burst: 5), Rate(perSecond: 3.7, burst: 10), Rate(perSecond: 1e-9),
    Rate(perSecond: 1e12, burst: 3), Rate(perSecond: 1000, burst: 1000), Rate(delay: .milliseconds(250)),
    Rate(perSecond: 0, burst: 2), Rate(perSecond: -1), Rate(delay: .seconds(86_400)),
  ]

  @Test(arguments: [141, 142] as [UInt64])
  func startsTogetherAreStartsOneByOne(seed: UInt64) {
    var dice = Dice(seed)
    for rate in Self.rates {
      var now = Rate.nanoseconds(Samples.moment)
      var until: Int64 = 0
      for _ in 0..<200 {
        now += Int64(dice(0...Int(2 * rate.interval)))
        let permitted = rate.permits(at: now, until: until)
        var single = until
        var started = 0
        while rate.permits(at: now, until: single) > 0, started <= 1000 {
          single = rate.until(after: 1, at: now, until: single)
          started += 1
        }
        #expect(started == permitted, "seed \(seed), \(rate)")
        let taken = dice(0...permitted)
        let next = rate.until(after: taken, at: now, until: until)
        if taken == permitted { #expect(next == single, "seed \(seed), \(rate)") }
        if taken == 0 { #expect(next == until) }
        until = next
        // The moment that is told is the first at which one may start.
        let moment = rate.nextStart(until: until)
        if rate.permits(at: now, until: until) == 0 {
          #expect(rate.permits(at: moment, until: until) == 1, "seed \(seed), \(rate)")
          #expect(rate.permits(at: moment - 1, until: until) == 0, "seed \(seed), \(rate)")
        } else {
          #expect(moment <= now)
        }
      }
    }
  }

  /// However starts are asked for, so many in a row never come closer than the rate allows.
  @Test(arguments: [143, 144] as [UInt64])
  func anyStretchKeepsTheRate(seed: UInt64) {
    var dice = Dice(seed)
    for rate in [Rate(perSecond: 10), Rate(perSecond: 10, burst: 4), Rate(delay: .milliseconds(30))] {
      var starts: [Int64] = []
      var now = Rate.nanoseconds(Samples.moment)
      var until: Int64 = 0
      while starts.count < 400 {
        now += Int64(dice(0...Int(3 * rate.interval)))
        let count = dice(0...rate.permits(at: now, until: until))
        starts += Array(repeating: now, count: count)
        until = rate.until(after: count, at: now, until: until)
      }
      for length in 2...20 where length > Int(rate.burst) {
        for (first, last) in zip(starts, starts.dropFirst(length - 1)) {
          #expect(last - first >= Int64(length - Int(rate.burst)) * rate.interval, "seed \(seed), \(rate)")
        }
      }
      // And it is not kept below the rate for no reason.
      let expected = Int64(starts.count) * rate.interval * 4
      #expect(starts[starts.count - 1] - starts[0] < expected)
    }
  }

  @Test func aClockThatGoesBackPermitsOneStartAndGoesOnAtTheRate() {
    let rate = Rate(perSecond: 1, burst: 2)
    let now = Rate.nanoseconds(Samples.moment)
    let until = rate.until(after: 2, at: now, until: 0)
    let back = now - 5_000_000_000
    #expect(rate.permits(at: back, until: until) == 1)
    let next = rate.until(after: 1, at: back, until: until)
    #expect(rate.permits(at: back, until: next) == 0)
    #expect(rate.permits(at: back + 1_000_000_000, until: next) == 1)
    #expect(rate.permits(at: now + 1_000_000_000, until: until) == 1)
    #expect(rate.permits(at: now + 100_000_000_000, until: until) == 2)
  }

  /// What a clock that was a year ahead has left behind does not hold anybody up for a year.
  @Test func aClockThatGoesBackIsForgiven() {
    let now = Rate.nanoseconds(Samples.moment)
    let ahead = now + 365 * 86_400 * 1_000_000_000
    let rate = Rate(delay: .seconds(1))
    let kept = rate.until(after: 1, at: ahead, until: 0)
    // At once, since nothing is kept of a claim that was not permitted a start.
    #expect(rate.permits(at: now, until: kept) == 1)
    let next = rate.until(after: 1, at: now, until: kept)
    #expect(next == now + 1_000_000_000)
    #expect(rate.permits(at: now, until: next) == 0)
    #expect(rate.permits(at: now + 1_000_000_000, until: next) == 1)
  }

  /// No configuration and no clock traps, and a delay that is too long to count is not taken for none.
  @Test func extremesNeitherTrapNorWrap() {
    var rates = Self.rates
    for delay in [Duration.milliseconds(Int64.max), .milliseconds(9_000_000_000_000), .milliseconds(9_300_000_000_000)]
    {
      let rate = Rate(delay: delay)
      #expect(rate.interval >= 9_000_000_000_000_000_000)
      rates.append(rate)
    }
    for perSecond in [0, -1, 1e-300, 1e-6, 1e-4, 1e300, .infinity, -.infinity, .nan] {
      for burst in [Int.min, 0, 1, 1_000_000, .max] { rates.append(Rate(perSecond: perSecond, burst: burst)) }
    }
    let moments: [Int64] = [.min, -1, 0, 1, Rate.nanoseconds(Samples.moment), .max - 1, .max]
    for rate in rates {
      #expect(rate.interval >= 1 && rate.burst >= 1)
      for now in moments {
        for until in moments {
          let permitted = rate.permits(at: now, until: until)
          #expect(permitted >= 0 && permitted <= Int(rate.burst), "\(rate) at \(now) until \(until)")
          for starts in [0, 1, permitted, 1_000_000] {
            let next = rate.until(after: starts, at: now, until: until)
            let most = rate.until(after: Int(rate.burst) - 1, at: now, until: now)
            #expect(next >= min(until, most), "\(rate) at \(now) until \(until)")
            #expect(rate.nextStart(until: next) <= next)
          }
        }
      }
    }
  }

  @Test func momentsThatNanosecondsCannotTellAreHeld() {
    #expect(Rate.nanoseconds(.distantFuture) == .max)
    #expect(Rate.nanoseconds(Timestamp(milliseconds: .max)) == .max)
    #expect(Rate.nanoseconds(Timestamp(milliseconds: .min)) == .min)
    #expect(Rate.nanoseconds(Timestamp(milliseconds: 5)) == 5_000_000)
  }
}

@Suite struct PermitsTests {
  @Test func theFirstLimitThatLeavesLessIsTold() {
    var permits = Permits(10)
    permits.lower(to: 10, .systemLimit)
    #expect(permits.count == 10)
    permits.lower(to: 4, .accountLimit)
    permits.lower(to: 4, .campaignLimit)
    permits.lower(to: 7, .agents)
    #expect(permits.count == 4)
    permits.lower(to: -3, .rate)
    #expect(permits.count == 0)
    permits.lower(to: .min, .systemLimit)
    #expect(permits.count == 0)
  }
}
