import CampaignKit
import CampaignTesting
import Locks
import Testing

@testable import Simulate

/// How much goes into one batch of the log.
@Suite struct LocalStoreBatchTests {
  private func account(_ number: Int, text: String = "") -> Account {
    var account = Account(
      id: Account.ID(high: 1, low: UInt32(number)), name: "Account \(number)", createdAt: ManualTime().now())
    account.metadata = ["text": .string(text)]
    return account
  }

  /// What gathers while the log is busy goes into batches of bounded size, each change whole, and every writer is told.
  @Test(.timeLimit(.minutes(5)), arguments: [1, 2000]) func partsWhatHasGathered(largest: Int) async throws {
    let disk = LossyFileSystem()
    let log = GatedLog(disk)
    var configuration = LocalStore.Configuration()
    configuration.time = ManualTime()
    configuration.largestBatch = largest
    // Smaller than what gathers, so that a snapshot is taken of what is still to be appended.
    configuration.snapshotEvery = 5000
    let store = try LocalStore(log: log, configuration: configuration)
    log.shut()
    let accounts = (0..<60).map { account($0) }
    let writers = Task {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for account in accounts { group.addTask { try await store.insert(account) } }
        try await group.waitForAll()
      }
    }
    while try await store.accounts(PageRequest(limit: 100)).elements.count < 60 { await Task.yield() }
    log.open(gate: true)
    try await writers.value
    let sizes = log.seen.sizes
    // All is taken twice: before the log was held up, and after. The last batch of each may be smaller.
    #expect(sizes.count > 5 && sizes.allSatisfy { $0 < largest + 1000 }, "\(sizes)")
    #expect(sizes.count { $0 < largest } <= 2, "\(sizes)")
    let view = try await StoreView.lines(of: store)
    try await store.close()
    let again = try LocalStore(log: GatedLog(disk), configuration: configuration)
    #expect(StoreView.difference(view, try await StoreView.lines(of: again)) == nil)
    try await again.close()
  }

  /// Who changes nothing, since another is making the same change durable, waits for that.
  @Test(.timeLimit(.minutes(5))) func waitsForTheSameChange() async throws {
    let log = GatedLog(LossyFileSystem())
    let store = try LocalStore(log: log)
    let entry = Suppression.Pattern.number(try #require(PhoneNumber(e164: "+14155552671")))
    _ = try await store.suppress([Suppression(entry, account: nil, source: "test", addedAt: ManualTime().now())])
    log.shut()
    let first = Task { try await store.unsuppress([entry], of: nil) }
    while !log.seen.isWaiting { await Task.yield() }
    let isDone = Locked(false)
    let second = Task {
      defer { isDone.withLock { $0 = true } }
      return try await store.unsuppress([entry], of: nil)
    }
    for _ in 0..<1000 { await Task.yield() }
    #expect(!isDone.withLock { $0 })
    log.open(gate: true)
    #expect(try await first.value == 1)
    #expect(try await second.value == 0)
    try await store.close()
  }

  /// A batch that the log does not take, for whatever reason, is made up for by a snapshot; the next write is taken.
  @Test(arguments: [LocalStore.Durability.everyCommit, .none])
  func goesOnAfterARefusedBatch(durability: LocalStore.Durability) async throws {
    let disk = LossyFileSystem()
    var configuration = StoreSupport.configuration(ManualTime(), seed: 3)
    configuration.durability = durability
    let store = try LocalStore(log: GatedLog(disk, largest: 1000), configuration: configuration)
    try await store.insert(account(1))
    let large = account(2, text: String(repeating: "x", count: 2000))
    let error = await #expect(throws: StoreError.self) { try await store.insert(large) }
    #expect(error?.code == .unavailable)
    try await store.insert(account(3))
    #expect(store.condition.isWritable)
    try await store.insert(account(4))
    let view = try await StoreView.lines(of: store)
    let again = try StoreSupport.open(disk.restart(), configuration)
    #expect(StoreView.difference(view, try await StoreView.lines(of: again)) == nil)
    #expect(try await again.accounts(PageRequest(limit: 9)).elements.count == 4)
  }

  /// Batches that found the device full are tried again one after the other.
  @Test(.timeLimit(.minutes(5))) func triesAgainBatchByBatch() async throws {
    let disk = FaultyFileSystem(LossyFileSystem())
    var configuration = StoreSupport.configuration(ManualTime(), seed: 3)
    configuration.largestBatch = 1
    let store = try StoreSupport.open(disk, configuration)
    try await store.insert(account(0))
    disk.fail(.write, number: disk.count(.write) + 1, with: .noRoom)
    await #expect(throws: StoreError.self) { try await store.insert(account(1)) }
    try await store.insert(account(2))
    #expect(store.condition.isWritable && store.condition.failure == nil)
    #expect(try await store.accounts(PageRequest(limit: 9)).elements.count == 3)
    try await store.close()
    let again = try StoreSupport.open(disk, configuration)
    #expect(try await again.accounts(PageRequest(limit: 9)).elements.count == 3)
  }

  /// Leads that have too much text together are refused before anything is done, and the store goes on.
  @Test func refusesTooMuchAtOnce() async throws {
    let time = ManualTime()
    let store = try StoreSupport.open(LossyFileSystem(), StoreSupport.configuration(time, seed: 3))
    try await store.insert(account(1))
    let draft = Campaign(
      id: Campaign.ID(high: 2, low: 2), account: account(1).id, name: "C", createdAt: time.now())
    let campaign = try await store.insert(draft)
    let notes = String(repeating: "x", count: 1_000_000)
    func leads(_ count: Int) throws -> [NewLead] {
      try (0..<count).map { index in
        let number = try #require(PhoneNumber(digits: 14_155_550_000 + UInt64(index)))
        var lead = NewLead(number: number)
        lead.notes = notes
        return lead
      }
    }
    let before = store.condition.logBytes
    let many = try leads(LeadInsertion.maximumBytes / notes.utf8.count + 1)
    let error = await #expect(throws: StoreError.self) {
      try await store.insert(many, into: campaign.id, options: LeadInsertion())
    }
    #expect(error?.code == .invalid && error?.message.contains("\(LeadInsertion.maximumBytes)") == true)
    #expect(store.condition.logBytes == before)
    #expect(try await store.leadCounts(of: campaign.id)?.total == 0)
    let result = try await store.insert(leads(2), into: campaign.id, options: LeadInsertion())
    #expect(result.inserted == 2)
  }

  /// Records that are restored in one call are appended in batches as well.
  @Test func restoresInBatches() async throws {
    let log = GatedLog(LossyFileSystem())
    var configuration = StoreSupport.configuration(ManualTime(), seed: 3)
    configuration.largestBatch = 2000
    let store = try LocalStore(log: log, configuration: configuration)
    try await store.restore((0..<50).map { .account(account($0), lastEvent: 0) })
    let sizes = log.seen.sizes
    #expect(sizes.count > 3 && sizes.allSatisfy { $0 < 3000 }, "\(sizes)")
    #expect(try await store.accounts(PageRequest(limit: 99)).elements.count == 50)
    let error = await #expect(throws: StoreError.self) {
      try await store.restore((45..<60).map { .account(account($0), lastEvent: 0) })
    }
    #expect((error?.cause as? RefusedRecord)?.index == 0)
  }
}
