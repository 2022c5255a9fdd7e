import Testing

@testable import CampaignKit

@Suite struct RecommendationTests {
  private func calls(_ counts: [Disposition: Int], hour: String = "10") throws -> CallSeries {
    var rollup = Rollup()
    for (disposition, count) in counts {
      rollup[disposition] = count
      rollup.created += count
    }
    return try CallSeriesTests.series([
      QuarterRollup(start: try #require(Timestamp("2026-06-01T\(hour):00:00Z")), rollup: rollup)
    ])
  }

  private func advice(_ counts: [Disposition: Int], _ previous: Rollup?) throws -> [Recommendation] {
    Recommendation.of(try calls(counts), previous: previous)
  }

  /// Each rule speaks from its threshold on, names the figure, and is silent just below.
  @Test(
    arguments: [
      (.failed, .carrierFailures, 100, 99), (.expired, .lostOutcomes, 20, 19), (.unknown, .lostOutcomes, 20, 19),
      (.rejected, .rejections, 150, 149), (.noAnswer, .noAnswers, 400, 399), (.busy, .busyLines, 150, 149),
      (.machine, .machines, 400, 399), (.screened, .machines, 400, 399),
    ] as [(Disposition, Recommendation.Rule, Int, Int)])
  func aRuleSpeaksFromItsThresholdOn(disposition: Disposition, rule: Recommendation.Rule, at: Int, below: Int) throws {
    let spoken = Recommendation.of(try calls([disposition: at, .answered: 1000 - at]), previous: nil)
    #expect(spoken.map(\.rule) == [rule] && spoken.map(\.figure) == [rule.threshold])
    #expect(try advice([disposition: below, .answered: 1000 - below], nil).isEmpty)
  }

  @Test func abandonedCallsAreMeasuredByPeopleWhoAnswered() throws {
    let spoken = Recommendation.of(try calls([.abandoned: 3, .answered: 97, .voicemail: 900]), previous: nil)
    #expect(spoken.map(\.rule) == [.abandonedCalls] && spoken[0].figure == 3 && spoken[0].priority == .high)
    #expect(try advice([.abandoned: 2, .answered: 98], nil).isEmpty)
  }

  @Test func fewCallsProveNothing() throws {
    #expect(try advice([.failed: 19], nil).isEmpty)
    #expect(try advice([.failed: 20], nil).map(\.rule) == [.carrierFailures])
    #expect(try advice([:], nil).isEmpty)
  }

  @Test func aRiseIsMeasuredInPoints() throws {
    let before = try calls([.cancelled: 10, .answered: 90]).total
    let now = try calls([.cancelled: 20, .answered: 80])
    let spoken = Recommendation.of(now, previous: before)
    #expect(spoken.map(\.rule) == [.risingFailures] && spoken.map(\.figure) == [10])
    #expect(try advice([.cancelled: 199, .answered: 801], before).isEmpty)
    let few = try calls([.answered: 19]).total
    #expect(Recommendation.of(now, previous: few).isEmpty)
    let report = FailureReport(now, previous: before)
    #expect(report.change == 10 && report.rateChange == 10 && report.recommendations == spoken)
    #expect(FailureReport(now).change == nil && FailureReport(now).rateChange == nil)
  }

  @Test func theBestHourIsNamed() throws {
    var quarters = try calls([.noAnswer: 90, .answered: 10]).quarters
    quarters += try calls([.noAnswer: 10, .answered: 10], hour: "18").quarters
    quarters += try calls([.answered: 19], hour: "20").quarters
    let spoken = Recommendation.of(try CallSeriesTests.series(quarters), previous: nil)
    #expect(spoken.map(\.rule) == [.noAnswers])
    #expect(spoken[0].advice.contains("18:00 to 19:00") && spoken[0].advice.contains("50.0 %"))
  }

  @Test(
    arguments: [(69, .healthy), (70, .warning), (89, .warning), (90, .critical), (100, .critical), (130, .critical)]
      as [(Int, LoadLevel)])
  func levelsHaveTheirBorders(active: Int, level: LoadLevel) {
    #expect(Utilization(active: active, limit: 100).level == level)
    #expect(LoadLevel(percentage: Double(active), storeTakesWrites: false) == .critical)
    let slots = SlotUsage(
      systemLimit: 100, systemActive: active, accountLimit: 200, accountActive: 10, defaultAccountLimit: 2)
    #expect(Recommendation.of(slots).map(\.rule) == (level == .healthy ? [] : [.systemLimit]))
    let own = SlotUsage(
      systemLimit: 1000, systemActive: active, accountLimit: 100, accountActive: active, defaultAccountLimit: 2)
    #expect(Recommendation.of(own).map(\.rule) == (level == .healthy ? [] : [.accountLimit]))
    let report = UtilizationReport(slots: own, campaigns: [:], recentCalls: 12)
    #expect(own.level() == level && report.callsPerMinute == 2.4)
  }

  @Test func limitsOfZeroAndLoweredOnes() {
    #expect(Utilization(active: 0, limit: 0).percentage == 0 && Utilization(active: 1, limit: 0).percentage == 100)
    #expect(Utilization(active: 3, limit: 2).percentage == 150 && Utilization(active: 3, limit: 2).available == 0)
  }

  @Test func theScoreIsAHundredLessWhatIsWrong() throws {
    let idle = Utilization(active: 0, limit: 10)
    let well = HealthReport(system: idle, campaignsWithoutOwner: 0, recent: Rollup())
    #expect(well.score == 100 && well.level == .healthy && well.deductions.isEmpty)
    let bad = try calls([.failed: 2, .answered: 18]).total
    let report = HealthReport(system: Utilization(active: 7, limit: 10), campaignsWithoutOwner: 2, recent: bad)
    #expect(report.deductions.map(\.fault) == [.loadWarning, .campaignsWithoutOwner, .carrierErrors])
    #expect(report.deductions.map(\.points) == [10, 20, 20] && report.deductions.map(\.figure) == [70, 2, 10])
    #expect(report.score == 50 && report.level == .warning)
    let worst = HealthReport(
      system: Utilization(active: 9, limit: 10), campaignsWithoutOwner: 9, recent: bad, storeTakesWrites: false)
    #expect(worst.deductions.map(\.points) == [60, 30, 30, 20] && worst.score == 0 && worst.level == .critical)
    let few = try calls([.failed: 19]).total
    #expect(HealthReport(system: idle, campaignsWithoutOwner: 0, recent: few).score == 100)
  }
}
