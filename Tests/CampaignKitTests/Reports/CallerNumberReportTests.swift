import CampaignTesting
import Testing

@testable import CampaignKit

/// How the numbers of an account are compared.
@Suite struct CallerNumberReportTests {
  private func report(_ counts: [(UInt64, Int, Int)], today: Int = 1) throws -> CallerNumberReport {
    let counts = try counts.map { digits, ended, answered in
      CallerNumberCounts(
        number: try #require(PhoneNumber(digits: digits)),
        counts: CallerCounts(calls: ended + 1, ended: ended, answered: answered))
    }
    return CallerNumberReport(days: 7, period: .everything, counts: counts, today: Array(counts.prefix(today)))
  }

  @Test func aNumberThatPeopleDoNotAnswerStandsOut() throws {
    let report = try report([
      (14_155_550_100, 200, 60), (14_155_550_101, 200, 50), (14_155_550_102, 200, 15), (493_012_345_678, 200, 2),
    ])
    #expect(report.lines.map(\.isRarelyAnswered) == [false, false, true, false])
    #expect(report.lines.map { $0.advice != nil } == [false, false, true, false])
    #expect(report.lines[0].counts.answerRate == 30)
    #expect(report.lines[0].today == report.lines[0].counts)
    #expect(report.lines[1].today == CallerCounts())
  }

  @Test func chanceSaysNothing() throws {
    // Too few calls, half as often by a hair, less than half but within what chance gives, too few others, nothing.
    for counts in [(49, 0, 500, 250), (500, 126, 500, 250), (50, 4, 50, 12), (500, 0, 49, 40), (0, 0, 0, 0)] {
      let report = try report([(14_155_550_100, counts.0, counts.1), (14_155_550_101, counts.2, counts.3)])
      #expect(report.lines.allSatisfy { !$0.isRarelyAnswered }, "\(counts)")
    }
  }

  /// A store of one's own may tell a number in parts.
  @Test func aNumberThatIsToldTwiceIsNoEnd() throws {
    let report = try report([(14_155_550_100, 5, 1), (14_155_550_100, 5, 1)], today: 2)
    #expect(report.lines.map(\.today.calls) == [6, 6])
  }

  @Test func coversTheDaysOfTheAccount() async throws {
    let time = ManualTime(try #require(Timestamp("2026-03-04T12:00:00Z")))
    var configuration = LocalStore.Configuration()
    configuration.time = time
    let store = LocalStore(configuration: configuration)
    try await store.setDefaultAccountLimit(100)
    try await store.setSystemLimit(100)
    let identifiers = IdentifierGenerator(random: SeededGenerator(seed: 1))
    var account = Account(id: identifiers.next(at: time.now()), name: "a", createdAt: time.now())
    account.timeZone = "Asia/Kathmandu"
    try await store.insert(account)
    let number = try #require(PhoneNumber(digits: 14_155_550_100))
    func call(_ index: UInt64) async throws {
      let to = try #require(PhoneNumber(digits: 14_155_551_000 + index))
      let call = try await store.begin(SingleCall(account: account.id, to: to, from: number))
      _ = try await store.finish(call.id, CallEnding(index % 2 == 0 ? .answered : .busy, next: .complete))
    }
    try await call(0)
    // Midnight in Nepal is at 18:15 in UTC.
    time.advance(by: try #require(Timestamp("2026-03-04T18:14:59Z")) - time.now())
    try await call(1)
    time.advance(by: .seconds(1))
    try await call(2)
    let reports = CampaignReports(store)
    var line = try #require(try await reports.callerNumbers(of: account.id, days: 2).lines.first)
    #expect(line.today == CallerCounts(calls: 1, ended: 1, answered: 1))
    #expect(line.counts == CallerCounts(calls: 3, ended: 3, answered: 2))
    line = try #require(try await reports.callerNumbers(of: account.id, days: 1).lines.first)
    #expect(line.counts == line.today)
    time.advance(by: .seconds(3 * 86_400))
    #expect(try await reports.callerNumbers(of: account.id, days: 2).lines.isEmpty)
    await #expect(throws: StoreError.self) { try await reports.callerNumbers(of: identifiers.next(at: time.now())) }
  }
}
