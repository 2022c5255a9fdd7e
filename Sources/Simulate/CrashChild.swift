import CampaignKit
import Foundation

/// The process that is killed: it changes a store without end, and tells of every change on its standard output.
struct CrashChild {
  let folder: String
  let seed: UInt64

  static let workers = 4

  func run() async throws {
    var configuration = LocalStore.Configuration()
    // A snapshot every few milliseconds, so that many a kill meets one.
    configuration.snapshotEvery = 48 << 10
    let store = try LocalStore.file(at: folder, configuration: configuration)
    Self.write("open\n")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<Self.workers {
        group.addTask {
          var workload = Workload(store, number: number, seed: seed) { Self.write($0.lines) }
          while true { try await workload.step() }
        }
      }
      try await group.waitForAll()
    }
  }

  /// Writes with one call, so that the lines of several tasks do not mix. It ends the process when nobody reads.
  private static func write(_ lines: String) {
    guard !lines.isEmpty else { return }
    try? FileHandle.standardOutput.write(contentsOf: Data(lines.utf8))
  }
}
