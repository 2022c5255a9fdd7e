import CampaignTesting
import Locks
import Testing

@testable import CampaignKit

/// What reports cost: a number of reads that does not depend on how many leads and calls there are.
@Suite struct ReportCostTests {
  /// A store that writes down what is read, and how much comes back.
  private final class Counted: StorageWrapper {
    let inner: any CampaignStorage
    let seen = Locked<[String]>([])

    init(_ inner: any CampaignStorage) { self.inner = inner }

    func pass<Result: Sendable>(
      _ operation: StorageOperation, _ work: (any CampaignStorage) async throws(StoreError) -> Result
    ) async throws(StoreError) -> Result {
      let result = try await work(inner)
      seen.withLock { $0.append(operation.description) }
      return result
    }

    func leads(_ query: LeadQuery, page: PageRequest) async throws(StoreError) -> Page<Lead> {
      Issue.record("a report looks at leads")
      return try await inner.leads(query, page: page)
    }

    func calls(_ query: CallQuery, page: PageRequest) async throws(StoreError) -> Page<Call> {
      #expect(page.limit <= 10 && (!page.countsTotal || query.from != nil))
      seen.withLock { $0.append("calls") }
      return try await inner.calls(query, page: page)
    }
  }

  /// What is read for each report, of a campaign with so many leads that were all called.
  private func reads(leads: Int) async throws -> [[String]] {
    let time = ManualTime()
    var configuration = LocalStore.Configuration()
    configuration.time = time
    let store = LocalStore(configuration: configuration)
    try await store.setSystemLimit(100_000)
    try await store.setDefaultAccountLimit(100_000)
    let account = Account(id: Samples.id(1), name: "A", createdAt: time.now())
    try await store.insert(account)
    let campaign = try await store.insert(
      Campaign(id: Samples.id(2), account: account.id, name: "C", createdAt: time.now()))
    let agent = Agent(id: Samples.id(3), account: account.id, kind: .person, name: "P", createdAt: time.now())
    try await store.insert(agent)
    let numbers = (0..<leads).compactMap { PhoneNumber(digits: 4_915_110_000_000 + UInt64($0)) }
    _ = try await store.insert(numbers.map { NewLead(number: $0) }, into: campaign.id, options: LeadInsertion())
    _ = try await store.transition(campaign.id, on: .start, reason: nil)
    let lease = try await store.acquire(campaign.id, by: "me", lasting: .seconds(1000))
    let open = [OpenLocality(.unknown, until: .distantFuture)]
    let claim = try await store.claim(ClaimRequest(lease: lease, count: leads, open: open))
    #expect(claim.calls.count == leads)
    for (index, call) in claim.calls.enumerated() {
      _ = try await store.finish(
        call.call, CallEnding(Disposition.allCases[index % 12], next: .fail))
    }
    let counted = Counted(store)
    let reports = CampaignReports(counted)
    let works: [() async throws -> Void] = [
      { _ = try await reports.progress(of: campaign.id, in: account.id) },
      { _ = try await reports.report(on: campaign.id, in: account.id) },
      { _ = try await reports.calls(of: account.id) },
      { _ = try await reports.failures(of: account.id, newest: 10) },
      { _ = try await reports.dashboard(of: account.id) },
      { _ = try await reports.analytics(of: account.id, last: .month) },
      { _ = try await reports.activeCalls(of: account.id, limit: 10) },
      { _ = try await reports.utilization(of: account.id) },
      { _ = try await reports.report(on: agent.id, in: account.id) },
      { _ = try await reports.agentCounts(of: account.id) },
      { _ = try await reports.health(of: account.id) },
      { _ = try await reports.lastActivity(of: campaign) },
    ]
    var reads: [[String]] = []
    for work in works {
      counted.seen.withLock { $0 = [] }
      try await work()
      reads.append(counted.seen.withLock { $0 })
    }
    let last = try await reports.lastActivity(of: campaign)
    #expect(last == time.now())
    return reads
  }

  @Test func readsDoNotGrowWithLeads() async throws {
    let few = try await reads(leads: 12)
    let many = try await reads(leads: 6000)
    #expect(few == many)
    #expect(few.allSatisfy { (1...9).contains($0.count) }, "\(few.map(\.count))")
  }
}
