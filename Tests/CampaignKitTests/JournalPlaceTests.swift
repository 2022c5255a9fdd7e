import CampaignKit
import CampaignTesting
import Foundation
import Testing

/// A folder that goes away, or is another, while its log is open; and one with a file whose number is the last.
@Suite struct JournalPlaceTests {
  private func withFolder(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("place-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder.path)
  }

  private func small(_ folder: String) -> JournalLog {
    JournalLog(folder: folder, configuration: JournalDriver.configuration(seed: 1))
  }

  private func isGone(_ body: () throws -> Void) {
    let error = #expect(throws: LogError.self) { try body() }
    #expect(error?.code == .gone && error?.message.contains("removed or replaced") == true)
  }

  /// Whatever waits for the device notices that the folder was removed, and so does who needs room.
  @Test func noticesARemovedFolder() async throws {
    try await withFolder { folder in
      for step in 0..<5 {
        let log = small(folder + "/log")
        _ = try log.open()
        try log.append([1], at: 0, durably: true)
        try FileManager.default.removeItem(atPath: folder + "/log")
        switch step {
        case 0: isGone { try log.append([2], at: 1, durably: true) }
        case 1: isGone { try log.append([UInt8](repeating: 2, count: 9000), at: 1, durably: false) }
        case 2: isGone { try log.synchronize() }
        case 3: isGone { try log.replace(before: 1) { _ in } }
        default: break
        }
        isGone { try log.close() }
        #expect(!FileManager.default.fileExists(atPath: folder + "/log"))
      }
    }
  }

  /// A log that somebody else has put in its place is left alone, and the own folder is good again once it is back.
  @Test func leavesAFolderInItsPlaceAlone() async throws {
    try await withFolder { folder in
      let log = small(folder + "/log")
      _ = try log.open()
      try log.append([1], at: 0, durably: true)
      try FileManager.default.moveItem(atPath: folder + "/log", toPath: folder + "/mine")
      let other = small(folder + "/log")
      _ = try other.open()
      let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/log").sorted()
      for _ in 0..<2 {
        isGone { try log.append([2], at: 1, durably: true) }
        isGone { try log.replace(before: 2) { try [7].withUnsafeBytes($0.write) } }
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/log").sorted() == names)
      try other.append([9], at: 0, durably: true)
      try other.close()
      try FileManager.default.moveItem(atPath: folder + "/log", toPath: folder + "/other")
      try FileManager.default.moveItem(atPath: folder + "/mine", toPath: folder + "/log")
      try log.replace(before: 2) { try [7].withUnsafeBytes($0.write) }
      try log.append([3], at: 2, durably: true)
      try log.close()
      #expect(try log.open() == LogContents(snapshot: 2, end: 3))
      try log.close()
    }
  }

  /// A journal that was removed alone is made up for by a snapshot.
  @Test func noticesARemovedJournal() async throws {
    try await withFolder { folder in
      let log = small(folder + "/log")
      _ = try log.open()
      try log.append([1], at: 0, durably: true)
      try FileManager.default.removeItem(atPath: folder + "/log/journal-000000000001")
      let error = #expect(throws: LogError.self) { try log.replace(before: 1) { _ in } }
      #expect(error?.code == .failed && error?.message.contains("journal was removed") == true)
      #expect(throws: LogError.self) { try log.append([2], at: 1, durably: true) }
      try log.replace(before: 1) { try [7].withUnsafeBytes($0.write) }
      try log.append([2], at: 1, durably: true)
      try log.close()
      #expect(try log.open() == LogContents(snapshot: 1, end: 2))
      try log.close()
    }
  }

  /// A store in a removed folder takes no writes and says why; reads go on.
  @Test(.timeLimit(.minutes(5))) func aStoreRefusesWrites() async throws {
    try await withFolder { folder in
      var configuration = LocalStore.Configuration()
      configuration.appending = .caller
      let store = try LocalStore.file(at: folder + "/store", configuration: configuration)
      try await store.setSystemLimit(5)
      try FileManager.default.removeItem(atPath: folder + "/store")
      for _ in 0..<2 {
        let error = await #expect(throws: StoreError.self) { try await store.setSystemLimit(6) }
        #expect(error?.code == .unavailable && (error?.cause as? LogError)?.code == .gone)
      }
      #expect(!store.condition.isWritable)
      #expect(try await store.accounts(PageRequest(limit: 1)).elements.isEmpty)
      await #expect(throws: StoreError.self) { try await store.close() }
    }
  }

  /// There is no number above the greatest: a log in such a folder is not opened, and one that has used it up goes on
  /// without snapshots.
  @Test func stopsAtTheGreatestNumber() throws {
    let disk = LossyFileSystem()
    try disk.createDirectory("/log")
    disk.setContents([], of: "/log/snapshot-4611686018427387903.part")
    let refused = #expect(throws: LogError.self) { try JournalLog(folder: "/log", fileSystem: disk).open() }
    #expect(refused?.message.contains("4611686018427387903") == true)
    disk.setContents([], of: "/log/snapshot-4611686018427387902.part")
    try disk.remove("/log/snapshot-4611686018427387903.part")
    let log = JournalLog(folder: "/log", configuration: JournalDriver.configuration(seed: 1), fileSystem: disk)
    _ = try log.open()
    #expect(try disk.list("/log").contains("journal-4611686018427387903"))
    try log.append([1], at: 0, durably: true)
    let error = #expect(throws: LogError.self) { try log.replace(before: 1) { _ in } }
    #expect(error?.message.contains("4611686018427387903") == true)
    try log.append([2], at: 1, durably: true)
    try log.close()
    #expect(try log.open() == LogContents(end: 2))
  }
}
