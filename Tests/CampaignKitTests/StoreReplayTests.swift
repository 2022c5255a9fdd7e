import CampaignKit
import CampaignTesting
import JSON
import Testing

@testable import Simulate

@Suite struct StoreReplayTests {
  /// A store that is opened anew says what it said before: from its journal, from a snapshot, and from both.
  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func isTheSameAfterReopening(seed: UInt64) async throws {
    let time = ManualTime()
    let configuration = StoreSupport.configuration(time, seed: seed)
    var disk = LossyFileSystem()
    var store = try StoreSupport.open(disk, configuration)
    for stage in 0..<6 {
      for number in 0..<2 {
        var workload = Workload(store, number: number, seed: seed &+ UInt64(stage), advance: { time.advance(by: $0) }) {
          _ in
        }
        for _ in 0..<220 { try await workload.step() }
      }
      // After the second and the fifth stage there is nothing but a snapshot, after the others a journal as well.
      if stage % 3 == 1 { try store.snapshot() }
      let before = (try await StoreSupport.export(store), try await StoreView.lines(of: store))
      disk = disk.restart()
      store = try StoreSupport.open(disk, configuration)
      let after = (try await StoreSupport.export(store), try await StoreView.lines(of: store))
      #expect(before.0 == after.0, "seed \(seed), stage \(stage)")
      #expect(StoreView.difference(before.1, after.1) == nil, "seed \(seed), stage \(stage)")
      var recount = Recount(store)
      try await recount.run()
      #expect(recount.differences.isEmpty, "seed \(seed), stage \(stage)")
    }
  }

  /// With many snapshots the log stays small, also when the store is opened often.
  @Test func writesSnapshotsAcrossOpenings() async throws {
    let time = ManualTime()
    let configuration = StoreSupport.configuration(time, seed: 3, snapshotEvery: 20_000)
    var disk = LossyFileSystem()
    for life in 0..<40 {
      let store = try StoreSupport.open(disk, configuration)
      #expect(store.condition.logBytes < 20_000 + 4000, "life \(life)")
      var workload = Workload(store, seed: UInt64(life)) { _ in }
      for _ in 0..<15 { try await workload.step() }
      try await store.close()
      disk = disk.restart()
    }
  }

  /// What could not be read back is refused: numbers that JSON has no place for, and nesting without end.
  @Test func refusesWhatCannotBeReadBack() async throws {
    let disk = LossyFileSystem()
    let configuration = StoreSupport.configuration(ManualTime(), seed: 3)
    let store = try StoreSupport.open(disk, configuration)
    let now = try await store.now()
    var account = Account(id: Account.ID(high: 1, low: 1), name: "A", createdAt: now)
    try await store.insert(account)
    var campaign = Campaign(id: Campaign.ID(high: 1, low: 2), account: account.id, name: "C", createdAt: now)
    campaign.pacing.callsPerSecond = .infinity
    await #expect(throws: StoreError.self) { try await store.insert(campaign) }
    campaign.pacing.callsPerSecond = nil
    campaign.pacing.breaker = Pacing.Breaker(failureShare: .nan)
    await #expect(throws: StoreError.self) { try await store.insert(campaign) }
    campaign.pacing.breaker = nil
    var deep: JSONObject = [:]
    for _ in 0..<130 { deep = ["a": .object(deep)] }
    campaign.metadata = deep
    await #expect(throws: StoreError.self) { try await store.insert(campaign) }
    campaign.metadata = [:]
    campaign = try await store.insert(campaign)
    account.metadata = deep
    await #expect(throws: StoreError.self) { try await store.update(account) }
    let number = try #require(PhoneNumber(digits: 14_155_550_100))
    await #expect(throws: StoreError.self) {
      try await store.insert([NewLead(number: number, fields: deep)], into: campaign.id, options: LeadInsertion())
    }
    await #expect(throws: StoreError.self) {
      try await store.begin(SingleCall(account: account.id, to: number, metadata: deep))
    }
    // The deepest that is taken can be read back, from the log and from an export.
    var accepted: JSONObject = [:]
    for _ in 0..<99 { accepted = ["a": .object(accepted)] }
    campaign.metadata = accepted
    _ = try await store.update(campaign)
    _ = try await store.insert(
      [NewLead(number: number, fields: accepted)], into: campaign.id, options: LeadInsertion())
    let view = try await StoreView.lines(of: store)
    let opened = try StoreSupport.open(disk.restart(), configuration)
    #expect(StoreView.difference(view, try await StoreView.lines(of: opened)) == nil)
    let copy = LocalStore()
    try await copy.importLines(StoreSupport.pieces(try await StoreSupport.export(opened), seed: 1))
  }
}
