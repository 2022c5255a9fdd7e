import CampaignKit
import Testing

@Suite struct RollupFiguresTests {
  @Test("An answer that is older than the order's own makes no time below zero") func waitTime() {
    var rollup = Rollup()
    rollup.answeredAtAll = 2
    rollup.waitTime = .milliseconds(-1)
    #expect(rollup.averageWaitTime == .zero)
    rollup.waitTime = .milliseconds(9000)
    #expect(rollup.averageWaitTime == .milliseconds(4500))
  }
}
