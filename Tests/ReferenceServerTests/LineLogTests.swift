import Foundation
import Testing

@testable import ReferenceServer

@Suite struct LineLogTests {
  private static func lines(_ file: URL) throws -> [String] {
    try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  @Test("Lines stand at the end of the file, whoever else has written to it or cut it") func appends() async throws {
    try await RunningServer.inFolder { folder in
      let file = folder.appending(path: "log")
      let logs = try [LineLog(file.path, flag: "log"), LineLog(file.path, flag: "event-log")]
      for (log, line) in zip(logs + logs, ["1", "2", "3", "4"]) {
        log.log(line: Array(line.utf8))
        log.close()
      }
      #expect(try Self.lines(file) == ["1", "2", "3", "4"])
      let rights = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
      #expect(rights == 0o600)
      try #require(truncate(file.path, 0) == 0)
      logs[0].log(line: Array("5".utf8))
      logs[0].close()
      #expect(try Array(Data(contentsOf: file)) == Array("5\n".utf8))
    }
  }

  @Test("Lines that a disk does not take are counted, and told when it takes lines again") func countsWhatIsLost()
    async throws
  {
    try await RunningServer.inFolder { folder in
      let file = folder.appending(path: "log")
      let manager = FileManager.default
      try manager.createSymbolicLink(atPath: file.path, withDestinationPath: "/dev/full")
      let log = try LineLog(file.path, flag: "log")
      for line in ["1", "2", "3"] { log.log(line: Array(line.utf8)) }
      log.close()
      log.log(line: Array("4".utf8))
      log.close()
      try manager.removeItem(at: file)
      log.reopen()
      #expect(try Self.lines(file) == [])
      log.log(line: Array("5".utf8))
      log.close()
      #expect(try Self.lines(file) == ["5", #"{"missedLines":4}"#])
      log.log(line: Array("6".utf8))
      log.close()
      #expect(try Self.lines(file).last == "6")
    }
  }

  @Test func refusesAFileThatCannotBeWritten() {
    let error = #expect(throws: UsageError.self) { try LineLog("/nowhere/at/all", flag: "event-log") }
    #expect(error?.description.hasPrefix("--event-log: ") == true)
  }
}
