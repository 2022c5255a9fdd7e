import Testing

@testable import CampaignKit

@Suite struct CampaignProgressTests {
  let start = Samples.moment.startOfQuarter

  private func campaign(_ status: Campaign.Status = .active) -> Campaign {
    var campaign = Campaign(id: Samples.id(1), account: Samples.id(2), name: "C", createdAt: start)
    campaign.status = status
    campaign.startedAt = start
    return campaign
  }

  private func done(_ leads: Int) -> Rollup {
    var rollup = Rollup()
    rollup.leadsDone = leads
    return rollup
  }

  @Test func theRateIsThatOfTheLastHour() {
    let now = start + .seconds(10 * 3600 + 600)
    let leads = LeadCounts(waiting: 150, calling: 5, completed: 30, failed: 10, cancelled: 5)
    let progress = CampaignProgress(campaign(), leads: leads, calls: Rollup(), recent: done(35), at: now)
    // The window begins with the quarter in which the last hour does: 10 minutes past nine is in the first of nine.
    #expect(CampaignProgress.period(of: campaign(), at: now).from == start + .seconds(9 * 3600))
    #expect(abs((progress.leadsPerHour ?? 0) - 30) < 1e-9)
    let end = progress.estimatedEnd ?? now
    #expect(abs((end - now).milliseconds - 18_600_000) <= 1)
    #expect(
      progress.processed == 45 && progress.remaining == 155 && progress.share == 0.225 && progress.percentage == 22.5)
  }

  @Test func theRateBeginsWithTheCampaign() {
    let now = start + .seconds(360)
    let progress = CampaignProgress(
      campaign(), leads: LeadCounts(waiting: 6), calls: Rollup(), recent: done(3), at: now)
    #expect(progress.leadsPerHour == 30 && progress.estimatedEnd == now + .seconds(720))
  }

  @Test func theRateBeginsWhenItWasResumed() {
    var campaign = campaign()
    campaign.resumedAt = start + .seconds(8 * 3600)
    let now = start + .seconds(8 * 3600 + 1800)
    #expect(CampaignProgress.period(of: campaign, at: now).from == campaign.resumedAt)
    let progress = CampaignProgress(
      campaign, leads: LeadCounts(waiting: 10), calls: Rollup(), recent: done(10), at: now)
    #expect(progress.leadsPerHour == 20 && progress.estimatedEnd == now + .seconds(1800))
  }

  @Test func nothingIsDoneBeforeTheNextLeadIsDue() {
    let now = start + .seconds(360)
    func end(_ due: Timestamp?) -> Timestamp? {
      CampaignProgress(
        campaign(), leads: LeadCounts(waiting: 6), calls: Rollup(), recent: done(3), nextDueAt: due, at: now
      ).estimatedEnd
    }
    for due in [nil, .distantPast, now - .seconds(1), now] { #expect(end(due) == now + .seconds(720)) }
    let soon = now + .seconds(1800)
    #expect(end(soon) == soon + .seconds(720))
    #expect(end(now + CampaignProgress.window) != nil)
    // How it will go tomorrow is not told by how it went in the last hour.
    #expect(end(now + CampaignProgress.window + .milliseconds(1)) == nil)
  }

  @Test func whatCannotBeToldIsNil() {
    let now = start + .seconds(7200)
    let waiting = LeadCounts(waiting: 5, completed: 1)
    for status in Campaign.Status.allCases where status != .active {
      let progress = CampaignProgress(campaign(status), leads: waiting, calls: Rollup(), recent: done(9), at: now)
      #expect(progress.leadsPerHour == nil && progress.estimatedEnd == nil)
    }
    let idle = CampaignProgress(campaign(), leads: waiting, calls: done(9), recent: done(0), at: now)
    #expect(idle.leadsPerHour == nil && idle.estimatedEnd == nil)
    let slow = CampaignProgress(
      campaign(), leads: LeadCounts(waiting: 2_000_000), calls: Rollup(), recent: done(1), at: now)
    #expect(slow.leadsPerHour == 1 && slow.estimatedEnd == nil)
    let over = CampaignProgress(campaign(), leads: LeadCounts(completed: 3), calls: Rollup(), recent: done(3), at: now)
    #expect(over.estimatedEnd == nil && over.percentage == 100 && over.share == 1)
    let empty = CampaignProgress(campaign(), leads: LeadCounts(), calls: Rollup(), recent: Rollup(), at: now)
    #expect(empty.percentage == 0 && empty.share == 1 && empty.remaining == 0)
  }

  /// A hundred per cent means that nothing is left.
  @Test func almostAllIsNotAll() {
    let leads = LeadCounts(waiting: 1, completed: 999_999)
    let progress = CampaignProgress(campaign(), leads: leads, calls: Rollup(), recent: Rollup(), at: start)
    #expect(progress.percentage == 99.99)
  }

  // MARK: Days

  private func span(_ edit: (inout Campaign) -> Void, at now: String, zone: String = "UTC") throws -> [Int] {
    var campaign = campaign()
    campaign.startedAt = nil
    edit(&campaign)
    let series = try CallSeriesTests.series([], zone)
    let moment = try #require(Timestamp(now))
    let span = CampaignReport(campaign, leads: LeadCounts(), calls: series, at: moment).span
    #expect(span.total == span.elapsed + span.remaining)
    return [span.total, span.elapsed, span.remaining]
  }

  @Test func daysAddUp() throws {
    let first = try #require(CivilDate("2023-07-01"))
    let last = try #require(CivilDate("2023-07-31"))
    let planned: (inout Campaign) -> Void = {
      $0.schedule.start = .day(first)
      $0.schedule.end = .day(last)
    }
    #expect(try span(planned, at: "2023-07-16T12:00:00Z") == [30, 15, 15])
    #expect(try span(planned, at: "2023-06-16T12:00:00Z") == [30, 0, 30])
    #expect(try span(planned, at: "2024-06-16T12:00:00Z") == [30, 30, 0])
    let ended = try #require(Timestamp("2023-07-11T23:00:00Z"))
    #expect(
      try span(
        {
          planned(&$0); $0.endedAt = ended
        }, at: "2023-07-20T12:00:00Z") == [10, 10, 0])
    #expect(
      try span(
        {
          planned(&$0); $0.endedAt = ended
        }, at: "2023-07-20T12:00:00Z", zone: "Asia/Tokyo") == [11, 11, 0])
    #expect(try span({ $0.startedAt = ended }, at: "2023-07-20T12:00:00Z") == [9, 9, 0])
    #expect(
      try span(
        {
          $0.startedAt = ended; $0.schedule.end = .moment(ended + .seconds(86_400))
        }, at: "2023-07-11T23:30:00Z") == [1, 0, 1])
    #expect(try span({ _ in }, at: "2023-07-20T12:00:00Z") == [0, 0, 0])
  }
}
