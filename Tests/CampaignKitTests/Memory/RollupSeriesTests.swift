import Testing

@testable import CampaignKit

@Suite struct RollupSeriesTests {
  private static let quarter: Int64 = 900_000

  @Test(arguments: [131, 132] as [UInt64])
  func quartersMayComeInAnyOrder(seed: UInt64) {
    var dice = Dice(seed)
    var series = RollupSeries()
    var model: [Int64: Int] = [:]
    for _ in 0..<3000 {
      let quarter = Int64(dice(-20...20))
      series.count(at: quarter * Self.quarter + Int64(dice(0...899_999))) { $0.created += 1 }
      model[quarter, default: 0] += 1
    }
    #expect(series.quarters.map(Int64.init) == model.keys.sorted())
    #expect(series.total.created == 3000)
    for _ in 0..<300 {
      let from = Int64(dice(-25...25)) * Self.quarter + Int64(dice(-1...1))
      let until = Int64(dice(-25...25)) * Self.quarter + Int64(dice(-1...1))
      let told = series.quarters(from: Timestamp(milliseconds: from), until: Timestamp(milliseconds: until))
      // A quarter is told if any moment of it lies between.
      let expected = model.keys.sorted().filter {
        ($0 + 1) * Self.quarter > from && $0 * Self.quarter < until && from < until
      }
      if from < until {
        #expect(
          told.map(\.start.milliseconds) == expected.map { $0 * Self.quarter }, "seed \(seed), \(from) to \(until)")
        #expect(told.map(\.rollup.created) == expected.map { model[$0] }, "seed \(seed)")
      }
    }
    #expect(series.quarters(from: nil, until: nil).count == model.count)
  }

  @Test(arguments: [Int64.min, .min + 1, -1, 0, .max - 1, .max])
  func noMomentTraps(_ milliseconds: Int64) {
    var series = RollupSeries()
    series.count(at: milliseconds) { $0.created += 1 }
    series.count(at: 0) { $0.created += 1 }
    let moment = Timestamp(milliseconds: milliseconds)
    let before = series.quarters(from: nil, until: moment).count
    let after = series.quarters(from: moment, until: nil).count
    #expect(after >= 1 && before <= 2)
    #expect(series.quarters(from: Timestamp(milliseconds: .min), until: Timestamp(milliseconds: .max)).count >= 1)
  }

  @Test func quartersBefore1970AreRoundedDown() {
    #expect(RollupSeries.quarter(-1) == -1)
    #expect(RollupSeries.quarter(-900_000) == -1)
    #expect(RollupSeries.quarter(-900_001) == -2)
    #expect(RollupSeries.quarter(0) == 0 && RollupSeries.quarter(899_999) == 0 && RollupSeries.quarter(900_000) == 1)
  }

  @Test(arguments: Call.FollowUp.allCases)
  func whatBecameOfALeadIsReadBack(_ followUp: Call.FollowUp) {
    #expect(Call.FollowUp(stored: followUp.stored) == followUp && followUp.stored > 0)
    #expect(Call.FollowUp(stored: 0) == nil && Call.FollowUp(stored: 200) == nil)
  }

  @Test func aQuarterWhoseCallsWereWithdrawnIsNotTold() {
    var series = RollupSeries()
    series.count(at: 0) { $0.created += 1 }
    series.count(at: 0) { $0.created -= 1 }
    #expect(series.quarters(from: nil, until: nil).isEmpty)
  }

  /// What the store counts as calls come in is what a recount of the calls gives.
  @Test(arguments: [133, 134, 135] as [UInt64])
  func countingRowsIsCountingCalls(seed: UInt64) throws {
    var dice = Dice(seed)
    var state = StoreState(seed: seed)
    try state.insert(Samples.account, at: Samples.moment)
    for _ in 0..<400 {
      let created = Samples.moment + .seconds(dice(0...20_000))
      var call = Call(
        id: dice.id(), account: Samples.account.id, attempt: 1, to: dice.number(), createdAt: created,
        placeBy: created, expiresAt: created)
      if dice.coin() { call.placedAt = created + .milliseconds(dice(0...900)) }
      if dice.coin() { call.answeredAt = created + .milliseconds(dice(900...9000)) }
      if dice.coin() { call.duration = .milliseconds(dice(0...99_999)) }
      if dice.coin() { call.talkTime = .milliseconds(dice(0...99_999)) }
      if dice.coin() { call.costMicros = Int64(dice(-9999...9999)) }
      if dice.coin() { call.answeredBy = AnsweredBy.allCases.randomElement(using: &dice.generator) }
      if dice(0...9) > 0 {
        call.status = .ended
        call.disposition = Disposition.allCases.randomElement(using: &dice.generator)
        call.endedAt = created + .seconds(99)
      }
      if dice.coin() { call.followUp = Call.FollowUp.allCases.randomElement(using: &dice.generator) }
      call.isAttempt = dice(0...9) > 0
      try state.restore(.call(call, awaitsAgent: false), at: Samples.moment)
    }
    var recount = Rollup()
    for row in 0..<UInt32(state.tables.calls.count) {
      let call = try state.tables.call(at: row)
      guard call.isAttempt else { continue }
      recount.countCreated(call)
      recount.countEnded(call)
    }
    let series = state.tables.accounts[0].rollups
    #expect(series.total.rollup == recount, "seed \(seed)")
    var sum = Rollup()
    for quarter in series.quarters(from: nil, until: nil) { sum.add(quarter.rollup) }
    #expect(sum == recount, "seed \(seed)")
    #expect(series.quarters == series.quarters.sorted() && series.quarters.count > 3)
  }
}
