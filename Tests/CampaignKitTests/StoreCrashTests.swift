import CampaignKit
import CampaignTesting
import Foundation
import Testing

@testable import Simulate

@Suite struct StoreCrashTests {
  /// The program is built beside the tests.
  static func program() throws -> String {
    let folders =
      [URL(fileURLWithPath: CommandLine.arguments[0])].map { $0.deletingLastPathComponent() }
      + Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent() }
    let found = folders.map { $0.appendingPathComponent("simulate").path }.first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
    return try #require(found, "the program simulate was not built beside the tests")
  }

  /// Nothing that was acknowledged is lost when the process is killed, wherever that happens.
  @Test func survivesKills() async throws {
    let seed = UInt64.random(in: 0..<1_000_000)
    var soak = CrashSoak(kills: 20, seed: seed, program: try Self.program())
    soak.mostLines = 900
    let tally = try await soak.run()
    #expect(tally.kills == 20 && tally.acknowledged > 200, "seed \(seed)")
  }

  /// A store reads what another process wrote, whose hashes differ.
  @Test(arguments: [400, 30_000])
  func readsTheLogOfAnotherProcess(snapshotEvery: Int) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("store-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var configuration = StoreSupport.configuration(ManualTime(), seed: 8, snapshotEvery: snapshotEvery)
    configuration.durability = .none
    let store = try LocalStore.file(at: folder, configuration: configuration)
    var workload = Workload(store, seed: 8) { _ in }
    for _ in 0..<500 { try await workload.step() }
    let bytes = try await StoreSupport.export(store)
    try await store.close()

    let other = Process()
    other.executableURL = URL(fileURLWithPath: try Self.program())
    other.arguments = ["export", folder]
    let pipe = Pipe()
    other.standardOutput = pipe
    try other.run()
    let told = try pipe.fileHandleForReading.readToEnd() ?? Data()
    other.waitUntilExit()
    #expect(other.terminationStatus == 0)
    #expect(StoreView.difference(StoreSupport.lines(bytes), StoreSupport.lines(Array(told))) == nil)
  }

  /// The check notices an acknowledged change that is not there, and a count that is wrong.
  @Test func noticesALoss() async throws {
    let store = LocalStore()
    var ledger = Ledger()
    let id = Account.ID(high: 1, low: 2)
    ledger.take(.done([(Fact(.account, id), "something")]))
    #expect(try await ledger.settle(with: store).count == 1)
    ledger.take(.done([(Fact(.account, id), "something")]))
    ledger.take(.trying([Fact(.account, id)]))
    #expect(try await ledger.settle(with: store).isEmpty)
  }
}
