import Testing

@testable import CampaignCarriers

@Suite struct PlacementPaceTests {
  /// A turn that is taken and one that should be.
  private func expect(_ turn: PlacementPace.Turn, _ expected: PlacementPace.Turn) { #expect(turn == expected) }

  @Test("Without a limit every call starts at once")
  func unlimited() {
    var pace = PlacementPace(perSecond: nil, burst: 1)
    for _ in 0..<1000 { expect(pace.take(at: .seconds(5), within: .zero), .after(.zero)) }
    #expect(pace.perSecond == nil)
  }

  @Test("Calls start at even distances, with so many at once after a pause")
  func distances() {
    var pace = PlacementPace(perSecond: 2, burst: 3)
    let waits = (0..<5).map { _ in pace.take(at: .seconds(10), within: .seconds(60)) }
    #expect(
      waits == [
        .after(.zero), .after(.zero), .after(.zero), .after(.milliseconds(500)), .after(.milliseconds(1000)),
      ])
  }

  @Test("A start that is too far off is not taken")
  func tooFarOff() {
    var pace = PlacementPace(perSecond: 1, burst: 1)
    expect(pace.take(at: .zero, within: .zero), .after(.zero))
    for _ in 0..<3 { expect(pace.take(at: .zero, within: .milliseconds(500)), .notWithin(.seconds(1))) }
    expect(pace.take(at: .zero, within: .seconds(1)), .after(.seconds(1)))
  }

  @Test("What does not wait for its turn starts at once, and others make room for it")
  func atOnce() {
    var pace = PlacementPace(perSecond: 2, burst: 1)
    pace.takeAtOnce(at: .zero)
    pace.takeAtOnce(at: .zero)
    expect(pace.take(at: .zero, within: .seconds(60)), .after(.seconds(1)))
    expect(pace.take(at: .seconds(60), within: .zero), .after(.zero))
  }

  @Test("A complaint lowers the rate below what was started of late, once for a crowd, and never to nothing")
  func complaints() throws {
    var pace = PlacementPace(perSecond: nil, burst: 1)
    for index in 0..<400 { _ = pace.take(at: .milliseconds(50 * index), within: .zero) }
    for _ in 0..<50 { pace.slowDown(at: .seconds(20), resting: nil) }
    let rate = try #require(pace.perSecond)
    #expect((10...20).contains(rate), "20 in a second were too many: \(rate)")
    for second in 22..<80 { pace.slowDown(at: .seconds(second), resting: nil) }
    #expect(pace.perSecond == 0.2)
  }

  @Test("A complaint that comes at once lowers the rate by as much as a later one")
  func complaintAtOnce() throws {
    var pace = PlacementPace(perSecond: nil, burst: 1)
    // Long ago there was another call.
    _ = pace.take(at: .zero, within: .zero)
    for index in 0..<20 { _ = pace.take(at: .seconds(60) + .milliseconds(10 * index), within: .zero) }
    pace.slowDown(at: .milliseconds(60_200), resting: nil)
    let rate = try #require(pace.perSecond)
    #expect((60...80).contains(rate), "100 in a second were too many: \(rate)")
  }

  @Test("A complaint before any call leaves a call in a second") func complaintBeforeAnyCall() {
    var pace = PlacementPace(perSecond: nil, burst: 1)
    pace.slowDown(at: .seconds(1), resting: nil)
    #expect(pace.perSecond == 1)
    // One call in ten seconds says as little.
    var lone = PlacementPace(perSecond: nil, burst: 1)
    for index in 0..<5 { _ = lone.take(at: .seconds(10 * index), within: .zero) }
    lone.slowDown(at: .seconds(41), resting: nil)
    #expect(lone.perSecond == 1)
  }

  @Test("What was sent before the rate was lowered does not lower it again")
  func sentBefore() {
    var pace = PlacementPace(perSecond: 10, burst: 1)
    for index in 0..<100 { _ = pace.take(at: .milliseconds(100 * index), within: .seconds(10)) }
    pace.slowDown(at: .seconds(10), sentAt: .seconds(9), resting: nil)
    let lowered = pace.perSecond
    pace.slowDown(at: .seconds(15), sentAt: .milliseconds(9500), resting: nil)
    #expect(pace.perSecond == lowered)
    pace.slowDown(at: .seconds(16), sentAt: .milliseconds(10_500), resting: nil)
    #expect(pace.perSecond != lowered)
  }

  @Test("While the carrier wants to be left alone nothing starts")
  func resting() {
    var pace = PlacementPace(perSecond: 100, burst: 10)
    pace.slowDown(at: .zero, resting: .seconds(5))
    expect(pace.take(at: .seconds(1), within: .seconds(3)), .notWithin(.seconds(4)))
    expect(pace.take(at: .seconds(5), within: .zero), .after(.zero))
  }

  @Test("A rate that was lowered rises again slowly, up to what was set")
  func recovery() throws {
    var pace = PlacementPace(perSecond: 10, burst: 1)
    pace.goOn(at: .seconds(1))
    #expect(pace.perSecond == 10)
    for index in 0..<100 { _ = pace.take(at: .milliseconds(100 * index), within: .seconds(10)) }
    pace.slowDown(at: .seconds(10), resting: nil)
    let lowered = try #require(pace.perSecond)
    pace.goOn(at: .seconds(39))
    #expect(pace.perSecond == lowered)
    pace.goOn(at: .seconds(40))
    #expect(try #require(pace.perSecond) > lowered)
    for step in 2..<40 { pace.goOn(at: .seconds(10 + 30 * step)) }
    #expect(pace.perSecond == 10)
  }
}
