import CampaignKit
import CampaignTesting
import Foundation
import Locks
import Synchronization
import Testing

/// The journal on real files.
@Suite struct JournalDiskTests {
  /// Runs a body with a folder of its own, which is removed afterwards.
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("journal-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  private func small(_ folder: String) -> JournalLog {
    JournalLog(folder: folder, configuration: JournalDriver.configuration(seed: 1))
  }

  private func batches(_ log: JournalLog, from position: UInt64) throws -> [[UInt8]] {
    var batches: [[UInt8]] = []
    try log.read(from: position) { _, bytes in batches.append(Array(bytes)) }
    return batches
  }

  /// What is closed is found again, and there is nothing to repair.
  @Test func closesAndReopens() throws {
    try withFolder { folder in
      let log = small(folder + "/log/")
      #expect(try log.open() == LogContents())
      for index in 0..<50 as Range<UInt8> {
        try log.append([UInt8](repeating: index, count: 300), at: UInt64(index), durably: index % 5 == 0)
      }
      try log.replace(before: 40) { sink in try [UInt8](repeating: 7, count: 5000).withUnsafeBytes(sink.write) }
      try log.close()
      try log.close()
      for _ in 0..<2 {
        #expect(try log.open() == LogContents(snapshot: 40, end: 50))
        var snapshot: [UInt8] = []
        try log.readSnapshot { snapshot.append(contentsOf: $0) }
        #expect(snapshot == [UInt8](repeating: 7, count: 5000))
        #expect(try batches(log, from: 48).map(\.first) == [48, 49])
        #expect(throws: LogError.self) { try batches(log, from: 39) }
        try log.close()
      }
    }
  }

  /// Nothing that the log did not make is touched.
  @Test func leavesUnknownFilesAlone() throws {
    try withFolder { folder in
      let names = [
        "notes.txt", "journal-1", "journal-000000000001.bak", "snapshot-", "journal-00000000000x", "journal",
        "snapshot-000000000009.part.old", "journal-18446744073709551615", "journal-000000000000",
      ]
      for name in names { try Data("mine".utf8).write(to: URL(fileURLWithPath: folder + "/" + name)) }
      let log = small(folder)
      _ = try log.open()
      try log.append([1], at: 0, durably: true)
      try log.replace(before: 1) { _ in }
      try log.close()
      #expect(try log.open() == LogContents(snapshot: 1, end: 1))
      for name in names { #expect(try String(contentsOfFile: folder + "/" + name, encoding: .utf8) == "mine") }
    }
  }

  /// A snapshot that was being written when the process ended is removed.
  @Test func removesUnfinishedSnapshots() throws {
    try withFolder { folder in
      let log = small(folder)
      _ = try log.open()
      try log.close()
      let part = folder + "/snapshot-000000000007.part"
      try Data("half".utf8).write(to: URL(fileURLWithPath: part))
      #expect(try log.open().repairs == [])
      #expect(!FileManager.default.fileExists(atPath: part))
    }
  }

  /// One owner at a time, also within a process; the message says who it is.
  @Test func refusesASecondOpener() throws {
    try withFolder { folder in
      let first = small(folder)
      _ = try first.open()
      let error = #expect(throws: LogError.self) { try small(folder).open() }
      #expect(error?.code == .locked && error?.message.contains("this process") == true)
      #expect(throws: LogError.self) { try first.open() }
      let text = try String(contentsOfFile: folder + "/lock", encoding: .utf8)
      #expect(text == "\(ProcessInfo.processInfo.processIdentifier)\n")
      try first.close()

      let stranger = ProcessInfo.processInfo.processIdentifier + 1
      try Data("\(stranger)\n".utf8).write(to: URL(fileURLWithPath: folder + "/lock"))
      let holder = try DiskFileSystem().open(folder + "/lock", .create)
      try holder.lock()
      let other = #expect(throws: LogError.self) { try first.open() }
      #expect(other?.code == .locked && other?.message.contains("process \(stranger)") == true)
      try holder.close()
      _ = try first.open()
    }
  }

  /// A file of a newer format is refused with its version and left as it is.
  @Test func refusesANewerFormat() throws {
    try withFolder { folder in
      let log = small(folder)
      _ = try log.open()
      try log.close()
      let url = URL(fileURLWithPath: folder + "/journal-000000000001")
      var data = try Data(contentsOf: url)
      // Another version, and a checksum of which this one knows nothing.
      data[8] = 9
      data[511] ^= 0xFF
      try data.write(to: url)
      let error = #expect(throws: LogError.self) { try log.open() }
      #expect(error?.code == .newerFormat && error?.message.contains("version 9") == true && error?.file == url.path)
      #expect(try Data(contentsOf: url) == data)
      #expect(throws: LogError.self) { try log.append([1], at: 0, durably: true) }
    }
  }

  /// A folder that cannot be used says why, and what to do.
  @Test func explainsAFolderThatCannotBeUsed() throws {
    try withFolder { folder in
      let missing = #expect(throws: LogError.self) { try small(folder + "/a/b").open() }
      #expect(missing?.code == .failed && missing?.systemError == ENOENT && missing?.file == folder + "/a/b")
      try Data().write(to: URL(fileURLWithPath: folder + "/file"))
      let file = #expect(throws: LogError.self) { try small(folder + "/file").open() }
      #expect(file?.systemError == EEXIST)

      // The superuser may do everything.
      guard geteuid() != 0 else { return }
      try FileManager.default.createDirectory(atPath: folder + "/mine", withIntermediateDirectories: false)
      chmod(folder + "/mine", 0o500)
      let denied = #expect(throws: LogError.self) { try small(folder + "/mine").open() }
      #expect(denied?.systemError == EACCES && denied?.message.contains("the right to") == true)
    }
  }

  /// Calls that do not fit are refused, and change nothing.
  @Test func refusesMisuse() throws {
    try withFolder { folder in
      let log = small(folder)
      #expect(throws: LogError.self) { try log.synchronize() }
      _ = try log.open()
      for (position, batch) in [(1, [1]), (0, [])] as [(UInt64, [UInt8])] {
        let error = #expect(throws: LogError.self) { try log.append(batch, at: position, durably: true) }
        #expect(error?.code == .misused)
      }
      #expect(throws: LogError.self) { try log.readSnapshot { _ in } }
      #expect(throws: LogError.self) { try log.replace(before: 2) { _ in } }
      try log.append([1], at: 0, durably: true)
      try log.replace(before: 1) { _ in
        #expect(throws: LogError.self) { try log.replace(before: 1) { _ in } }
        #expect(throws: LogError.self) { try log.close() }
      }
      try log.close()
      #expect(throws: LogError.self) { try log.append([1], at: 1, durably: true) }
    }
  }

  /// Reserved room reads as zeros, and so does what was cut and reserved again.
  @Test func reservesZeros() throws {
    try withFolder { folder in
      let file = try DiskFileSystem().open(folder + "/file", .createNew)
      try file.preallocate(10_000)
      try [UInt8](repeating: 1, count: 9000).withUnsafeBytes { try file.write($0, at: 500) }
      try file.truncate(to: 600)
      try file.preallocate(9000)
      #expect(try file.size() == 9000)
      var bytes = [UInt8](repeating: 9, count: 10_000)
      #expect(try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 0) } == 9000)
      #expect(bytes[..<500].allSatisfy { $0 == 0 } && bytes[500..<600].allSatisfy { $0 == 1 })
      #expect(bytes[600..<9000].allSatisfy { $0 == 0 })
      try file.close()
      let error = #expect(throws: LogError.self) { try file.size() }
      #expect(error?.code == .closed)
    }
  }

  /// One thread appends while another replaces, again and again.
  @Test func appendsWhileReplacing() throws {
    try withFolder { folder in
      let log = small(folder)
      _ = try log.open()
      let end = Atomic<UInt64>(0)
      let count: UInt64 = 400
      let problems = Locked<[String]>([])
      DispatchQueue.concurrentPerform(iterations: 2) { thread in
        do {
          if thread == 0 {
            for position in 0..<count {
              try log.append(Array("batch \(position)".utf8), at: position, durably: position % 7 == 0)
              end.store(position + 1, ordering: .releasing)
            }
          } else {
            for _ in 0..<25 {
              let position = end.load(ordering: .acquiring)
              try log.replace(before: position) { sink in
                try Array("\(position)".utf8).withUnsafeBytes(sink.write)
              }
            }
          }
        } catch {
          problems.withLock { $0.append("\(error)") }
        }
      }
      #expect(problems.withLock { $0 } == [])
      try log.close()
      let contents = try log.open()
      #expect(contents.end == count && contents.repairs == [])
      let snapshot = try #require(contents.snapshot)
      var text = ""
      try log.readSnapshot { text += String(decoding: $0, as: UTF8.self) }
      #expect(text == "\(snapshot)")
      #expect(
        try batches(log, from: snapshot).map { String(decoding: $0, as: UTF8.self) }
          == (snapshot..<count).map { "batch \($0)" })
    }
  }
}
