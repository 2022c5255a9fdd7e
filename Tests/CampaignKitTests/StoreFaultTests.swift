import CampaignKit
import CampaignTesting
import Testing

@testable import Simulate

@Suite struct StoreFaultTests {
  struct Fault: CustomStringConvertible {
    var kind: FaultyFileSystem.Kind
    var number: Int
    var failure: FaultyFileSystem.Failure
    var isPersistent: Bool

    var description: String { "\(kind) \(number) fails with \(failure)\(isPersistent ? ", and all after it" : "")" }
  }

  private static let steps = 50

  private static func configuration(_ time: ManualTime) -> LocalStore.Configuration {
    StoreSupport.configuration(time, seed: 12, snapshotEvery: 2500)
  }

  /// How many operations of a kind there are when nothing fails.
  private static func counts() async throws -> [FaultyFileSystem.Kind: Int] {
    let time = ManualTime()
    let disk = FaultyFileSystem(LossyFileSystem())
    let store = try StoreSupport.open(disk, configuration(time))
    var workload = Workload(store, seed: 12, advance: { time.advance(by: $0) }) { _ in }
    for _ in 0..<steps { try await workload.step() }
    var counts: [FaultyFileSystem.Kind: Int] = [:]
    for kind in FaultyFileSystem.Kind.allCases { counts[kind] = disk.count(kind) }
    return counts
  }

  /// Whatever operation fails: reads go on, writes are refused as unavailable and taken again after the device is
  /// well, and then all that memory has is durable.
  @Test(arguments: FaultyFileSystem.Kind.allCases)
  func goesOnAfterAFailure(kind: FaultyFileSystem.Kind) async throws {
    let count = try await Self.counts()[kind] ?? 0
    var refusals = 0
    for number in 1...max(1, count) {
      for failure in FaultyFileSystem.Failure.allCases {
        for isPersistent in [false, true] {
          let fault = Fault(kind: kind, number: number, failure: failure, isPersistent: isPersistent)
          do {
            if try await run(fault) { refusals += 1 }
          } catch {
            Issue.record("\(fault): \(error)")
            return
          }
        }
      }
    }
    let isFelt: Set<FaultyFileSystem.Kind> = [.write, .synchronize]
    if isFelt.contains(kind) { #expect(refusals > count, "failures are felt") }
  }

  struct Wrong: Error, CustomStringConvertible {
    var description: String
  }

  /// Whether a write was refused meanwhile.
  private func run(_ fault: Fault) async throws -> Bool {
    let base = LossyFileSystem()
    let disk = FaultyFileSystem(base)
    let time = ManualTime()
    disk.fail(
      fault.kind, number: fault.number, with: fault.failure, persistently: fault.isPersistent,
      shortWrite: fault.number % 3 * 20)
    let configuration = Self.configuration(time)
    guard let store = try? StoreSupport.open(disk, configuration) else {
      disk.heal()
      _ = try StoreSupport.open(base.restart(), configuration)
      return true
    }
    let box = LedgerBox()
    var workload = Workload(store, seed: 12, advance: { time.advance(by: $0) }) { box.ledger.take($0) }
    var wasRefused = false
    var refused = 0
    for _ in 0..<Self.steps {
      try await workload.step()
      guard !store.condition.isWritable else { continue }
      wasRefused = true
      refused += 1
      guard store.condition.failure?.code == .unavailable else { throw Wrong(description: "another failure") }
      // Reads go on, and see what memory has.
      _ = try await StoreView.lines(of: store)
      if refused == 4 { disk.heal() }
    }
    disk.heal()
    // A write that was taken says that all before it is durable.
    try await store.setDefaultAccountLimit(7)
    guard store.condition.isWritable else { throw Wrong(description: "the store does not take writes again") }
    let view = try await StoreView.lines(of: store)
    let isKilled = fault.number.isMultiple(of: 2)
    let found = try StoreSupport.open(isKilled ? base.restart() : base.crash(seed: UInt64(fault.number)), configuration)
    if let difference = StoreView.difference(view, try await StoreView.lines(of: found)) {
      throw Wrong(description: difference)
    }
    let lost = try await box.ledger.settle(with: found)
    if !lost.isEmpty { throw Wrong(description: "\(lost.prefix(3))") }
    var recount = Recount(found)
    try await recount.run()
    if !recount.differences.isEmpty { throw Wrong(description: "\(recount.differences.prefix(3))") }
    return wasRefused
  }

  /// A device without room for snapshots is no obstacle to changes, and is told.
  @Test func goesOnWithoutSnapshots() async throws {
    let disk = FaultyFileSystem(LossyFileSystem())
    let time = ManualTime()
    let store = try StoreSupport.open(disk, Self.configuration(time))
    var workload = Workload(store, seed: 4) { _ in }
    disk.fail(.rename, number: disk.count(.rename) + 1, with: .noRoom, persistently: true)
    for _ in 0..<80 { try await workload.step() }
    #expect(store.condition.isWritable)
    #expect(store.condition.snapshotFailure != nil)
    disk.heal()
    try store.snapshot()
    #expect(store.condition.snapshotFailure == nil)
  }

  /// A snapshot with a wrong byte is refused, with its file and the place in it.
  @Test func refusesADamagedSnapshot() async throws {
    let disk = LossyFileSystem()
    let time = ManualTime()
    let configuration = StoreSupport.configuration(time, seed: 5)
    let store = try StoreSupport.open(disk, configuration)
    var workload = Workload(store, seed: 5) { _ in }
    for _ in 0..<100 { try await workload.step() }
    try store.snapshot()
    try await store.close()
    let name = try #require(try disk.list(StoreSupport.folder).first { $0.contains("snapshot") })
    let path = "\(StoreSupport.folder)/\(name)"
    let whole = try #require(disk.contents(of: path))
    var random = SeededGenerator(seed: 5)
    for _ in 0..<40 {
      let place = Int.random(in: 64..<whole.count, using: &random)
      let next = disk.restart()
      var bytes = whole
      bytes[place] ^= UInt8.random(in: 1...255, using: &random)
      next.setContents(bytes, of: path)
      let error = #expect(throws: StoreError.self) { try StoreSupport.open(next, configuration) }
      #expect(error?.code == .damaged)
      let cause = error?.cause as? LogError
      #expect(
        cause?.file?.contains(name) == true && cause?.offset != nil, "byte \(place): \(String(describing: error))")
      next.setContents(whole, of: path)
      let opened = try StoreSupport.open(next.restart(), configuration)
      try await opened.close()
      disk.setContents(whole, of: path)
    }
  }
}
