import CampaignKit
import CampaignTesting

@testable import Simulate

/// What the tests of whole stores have in common.
enum StoreSupport {
  static let folder = "/store"

  static func configuration(
    _ time: ManualTime, seed: UInt64, snapshotEvery: Int = 256 << 20
  ) -> LocalStore.Configuration {
    var configuration = LocalStore.Configuration()
    configuration.time = time
    configuration.identifiers = IdentifierGenerator(random: SeededGenerator(seed: seed))
    configuration.appending = .caller
    configuration.snapshotEvery = snapshotEvery
    return configuration
  }

  static func open(
    _ disk: any FileSystem, _ configuration: LocalStore.Configuration
  ) throws -> LocalStore {
    try LocalStore(log: log(disk), configuration: configuration)
  }

  static func log(_ disk: any FileSystem) -> JournalLog {
    var configuration = JournalLog.Configuration()
    configuration.preallocation = 1 << 14
    return JournalLog(folder: folder, configuration: configuration, fileSystem: disk)
  }

  /// The export as one piece of bytes.
  static func export(_ store: LocalStore) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    try await store.exportLines { bytes += $0 }
    return bytes
  }

  static func lines(_ bytes: [UInt8]) -> [String] {
    bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Bytes in pieces of random sizes.
  static func pieces(_ bytes: [UInt8], seed: UInt64) -> AsyncStream<[UInt8]> {
    var random = SeededGenerator(seed: seed)
    var rest = bytes[...]
    let (stream, continuation) = AsyncStream.makeStream(of: [UInt8].self)
    while !rest.isEmpty {
      let piece = rest.prefix(.random(in: 1...5000, using: &random))
      continuation.yield(Array(piece))
      rest = rest.dropFirst(piece.count)
    }
    continuation.finish()
    return stream
  }
}

/// One store in memory, changed at random.
struct StoreScene {
  let time = ManualTime()
  let store: LocalStore
  var workloads: [Workload] = []

  init(seed: UInt64, steps: Int) async throws {
    store = LocalStore(configuration: StoreSupport.configuration(time, seed: seed))
    for number in 0..<2 {
      workloads.append(
        Workload(store, number: number, seed: seed, advance: { [time] in time.advance(by: $0) }) { _ in })
    }
    try await run(steps)
  }

  mutating func run(_ steps: Int) async throws {
    for step in 0..<steps {
      let index = step % workloads.count
      try await workloads[index].step()
    }
  }
}
