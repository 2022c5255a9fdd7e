import CampaignTesting
import Foundation
import Testing

@testable import CampaignKit

/// Every report equals a slow recount of the records.
@Suite struct ReportRecountTests {
  /// Seeds, with zones on the hour, on the half and on the quarter.
  static let cases: [(UInt64, String)] = [
    (501, "UTC"), (502, "Asia/Kolkata"), (503, "America/New_York"), (504, "Asia/Kathmandu"),
    (505, "Australia/Lord_Howe"),
  ]

  @Test(arguments: cases) func campaigns(seed: UInt64, zone: String) async throws {
    let history = try await ReportHistory(seed: seed, timeZone: "UTC", campaignZone: zone)
    #expect(history.calls.count > 300)
    for id in history.campaigns {
      let report = try await history.reports.report(on: id, in: history.account.id)
      let calls = history.attempts(campaign: id)
      ReportHistory.compare(report.calls.total, calls, "campaign")
      let leads = try await history.store.leads(LeadQuery(.campaign(id)), page: PageRequest(limit: 500)).elements
      #expect(leads.count == 90)
      for status in Lead.Status.allCases { #expect(report.leads[status] == leads.count { $0.status == status }) }
      #expect(report.contacted == leads.count { $0.attempts > 0 })
      #expect(report.contacted + report.untouched == leads.count)
      #expect(report.contactedPercentage == (Double(report.contacted) * 10_000 / 90).rounded() / 100)
      try compareViews(report.calls, calls, zone)
      let progress = try await history.reports.progress(of: id, in: history.account.id)
      #expect(progress.calls == report.calls.total && progress.leads == report.leads)
      #expect(progress.processed + progress.remaining == leads.count)
      #expect(progress.remaining == leads.count { $0.status == .waiting || $0.status == .calling })
    }
  }

  private func compareViews(_ series: CallSeries, _ calls: [Call], _ zone: String) throws {
    let places = try calls.map { ($0, try ReportHistory.local($0.createdAt, in: zone)) }
    let days = Dictionary(grouping: places) { $0.1.date }
    #expect(series.days.map(\.date.description) == days.keys.sorted())
    for day in series.days {
      ReportHistory.compare(day.calls, (days[day.date.description] ?? []).map(\.0), "\(day.date) in \(zone)")
    }
    for (hour, rollup) in series.hours.enumerated() {
      ReportHistory.compare(rollup, places.filter { $0.1.hour == hour }.map(\.0), "hour \(hour) in \(zone)")
    }
    for (weekday, rollup) in series.weekdays.enumerated() {
      ReportHistory.compare(rollup, places.filter { $0.1.weekday == weekday }.map(\.0), "day \(weekday) in \(zone)")
    }
    let parts: [(CallSeries.DayPart, Range<Int>)] = [(.morning, 0..<12), (.afternoon, 12..<17), (.evening, 17..<24)]
    for (part, hours) in parts {
      ReportHistory.compare(series[part], places.filter { hours.contains($0.1.hour) }.map(\.0), "\(part) in \(zone)")
    }
    let ended = series.total.endedCalls
    #expect(series.days.reduce(0) { $0 + $1.calls.endedCalls } == ended)
    #expect(series.hours.reduce(0) { $0 + $1.endedCalls } == ended)
    #expect(parts.reduce(0) { $0 + series[$1.0].endedCalls } == ended)
    #expect(series.peakHours.reduce(0) { $0 + $1.calls } == ended)
    let peaks = series.peakHours
    for (first, second) in zip(peaks, peaks.dropFirst()) {
      #expect(first.calls > second.calls || first.calls == second.calls && first.hour < second.hour)
    }
  }

  @Test(arguments: cases) func failures(seed: UInt64, zone: String) async throws {
    let history = try await ReportHistory(seed: seed, timeZone: zone)
    let now = history.time.now()
    for days in [1, 7, 400] {
      let report = try await history.reports.failures(of: history.account.id, days: days, newest: 10)
      let today = try day(of: now, in: zone)
      let dates = try history.attempts().filter { try today - day(of: $0.createdAt, in: zone) < days }
      ReportHistory.compare(report.calls.total, dates, "\(days) days in \(zone)")
      let failed = dates.filter(Self.hasFailed)
      #expect(report.failed == failed.count)
      #expect(report.reasons.reduce(0) { $0 + $1.count } == failed.count)
      for reason in report.reasons { #expect(reason.count == failed.count { $0.disposition == reason.outcome }) }
      #expect(report.reasons.map(\.count) == report.reasons.map(\.count).sorted(by: >))
      let hundredths = report.reasons.reduce(0) { $0 + Int(($1.percentage * 100).rounded()) }
      #expect(hundredths == (failed.isEmpty ? 0 : 10_000))
      #expect(report.campaigns.reduce(0) { $0 + $1.failed } == failed.count)
      for share in report.campaigns { #expect(share.failed == failed.count { $0.campaign == share.campaign }) }
      #expect(report.days.reduce(0) { $0 + $1.failed } == failed.count)
      #expect(report.hours.reduce(0, +) == failed.count)
      let newest = failed.sorted { ($1.createdAt, $1.id) < ($0.createdAt, $0.id) }.prefix(10)
      #expect(Set(report.newest.map(\.id)) == Set(newest.map(\.id)))
    }
    let first = history.campaigns[0]
    let own = try await history.reports.failures(of: history.account.id, campaign: first, days: 400)
    #expect(own.failed == history.attempts(campaign: first).count(where: Self.hasFailed))
    #expect(own.campaigns.map(\.campaign) == [first] && own.campaigns.map(\.percentage) == [100])
  }

  private static func hasFailed(_ call: Call) -> Bool {
    call.status == .ended && call.disposition != .answered && call.disposition != .voicemail
  }

  private func day(of moment: Timestamp, in zone: String) throws -> Int {
    let text = try ReportHistory.local(moment, in: zone).date
    return try #require(CivilDate(text)).daysSince1970
  }

  @Test(arguments: cases) func accounts(seed: UInt64, zone: String) async throws {
    let history = try await ReportHistory(seed: seed, timeZone: zone)
    let now = history.time.now()
    var calendar = Calendar(identifier: .iso8601)
    calendar.timeZone = try #require(TimeZone(identifier: zone))
    let date = Date(timeIntervalSince1970: Double(now.milliseconds) / 1000)
    func start(_ component: Calendar.Component) throws -> Timestamp {
      let start = try #require(calendar.dateInterval(of: component, for: date)).start
      return Timestamp(milliseconds: Int64(start.timeIntervalSince1970 * 1000))
    }
    let dashboard = try await history.reports.dashboard(of: history.account.id)
    let midnight = try start(.day)
    let today = history.attempts(from: midnight)
    ReportHistory.compare(dashboard.today, today, "today in \(zone)")
    ReportHistory.compare(dashboard.week, history.attempts(from: try start(.weekOfYear)), "this week in \(zone)")
    ReportHistory.compare(dashboard.month, history.attempts(from: try start(.month)), "this month in \(zone)")
    let minutes = max(Double((now - midnight).milliseconds) / 60_000, 1)
    #expect(abs(dashboard.callsPerMinute - Double(today.count) / minutes) < 0.006)
    let live = history.calls.filter { $0.status.isLive }
    #expect(dashboard.slots.accountActive == live.count && dashboard.slots.accountLimit == 30)
    #expect(dashboard.slots.account.percentage == (Double(live.count) * 10_000 / 30).rounded() / 100)
    for span in AnalyticsSpan.allCases {
      let analytics = try await history.reports.analytics(of: history.account.id, last: span)
      let from = try #require(analytics.calls.period.from)
      #expect(from <= now - span.length && now - span.length - from < .seconds(900))
      ReportHistory.compare(analytics.calls.total, history.attempts(from: from), "\(span) in \(zone)")
      #expect(analytics.calls.total.outcomes.reduce(0) { $0 + $1.count } == analytics.calls.total.endedCalls)
    }
    let active = try await history.reports.activeCalls(of: history.account.id, limit: 100)
    #expect(Set(active.calls.map(\.id)) == Set(live.map(\.id)))
    for call in active.calls { #expect(active.duration(of: call) == now - call.createdAt) }
    let utilization = try await history.reports.utilization(of: history.account.id)
    #expect(utilization.recentCalls == history.calls.count { $0.createdAt >= now - .seconds(300) })
  }

  @Test(arguments: cases) func agents(seed: UInt64, zone: String) async throws {
    let history = try await ReportHistory(seed: seed, timeZone: zone)
    let id = history.agents[0]
    let report = try await history.reports.report(on: id, in: history.account.id)
    let calls = history.attempts(agent: id)
    #expect(calls.count > 20)
    ReportHistory.compare(report.calls, calls, "agent")
    let talked = calls.compactMap(\.talkTime).reduce(Duration.zero, +)
    #expect(report.activity.talkTime == talked && report.calls.talkTime == talked)
    let ended = calls.count { !$0.status.isLive }
    #expect(report.averageTalkTime == talked / ended)
    let middle = try #require(ReportPeriod.last(.seconds(9 * 86_400), before: history.time.now()).from)
    for period in [ReportPeriod(from: middle, until: nil), ReportPeriod(from: nil, until: middle)] {
      let part = try await history.reports.report(on: id, in: history.account.id, period: period)
      ReportHistory.compare(part.calls, history.attempts(agent: id, from: period.from, until: period.until), "part")
    }
    let counts = try await history.reports.agentCounts(of: history.account.id)
    #expect(counts == [.available: 1, .onBreak: 1, .busy: 0, .offline: 0])
  }

  @Test func whatBelongsToOthersIsNotFound() async throws {
    let history = try await ReportHistory(seed: 506, timeZone: "UTC")
    let other = Account(id: Samples.id(77), name: "B", createdAt: history.time.now())
    try await history.store.insert(other)
    let reports = history.reports
    let first = history.campaigns[0]
    let attempts: [() async throws -> Void] = [
      { _ = try await reports.progress(of: first, in: other.id) },
      { _ = try await reports.report(on: first, in: other.id) },
      { _ = try await reports.calls(of: other.id, campaign: first) },
      { _ = try await reports.failures(of: other.id, campaign: first) },
      { _ = try await reports.report(on: history.agents[0], in: other.id) },
      { _ = try await reports.dashboard(of: Samples.id(78)) },
      { _ = try await reports.analytics(of: Samples.id(78), last: .day) },
    ]
    for attempt in attempts {
      let error = await #expect(throws: StoreError.self) { try await attempt() }
      #expect(error?.code == .notFound)
    }
    let empty = try await reports.dashboard(of: other.id)
    #expect(empty.month == Rollup() && empty.totalCampaigns == 0 && empty.callsPerMinute == 0)
    #expect(empty.averageCampaignDuration == .zero && empty.month.successRate == 0)
    let failures = try await reports.failures(of: other.id, newest: 5)
    #expect(failures.failed == 0 && failures.reasons.isEmpty && failures.campaigns.isEmpty)
    #expect(failures.recommendations.isEmpty && failures.newest.isEmpty && failures.change == 0)
    let analytics = try await reports.analytics(of: other.id, last: .hour)
    #expect(analytics.peakHour == nil && analytics.completionRate == 0 && analytics.callsPerMinute == 0)
    #expect(analytics.averageCompletionTime == .zero)
  }
}
