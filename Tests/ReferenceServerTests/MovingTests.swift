import CampaignKit
import Foundation
import Testing

@testable import ReferenceServer

@Suite struct MovingTests {
  private static func settings(_ folder: URL) -> Settings {
    var settings = Settings()
    settings.dataFolder = folder.path
    return settings
  }

  /// What is said of a file that cannot be imported.
  private static func refusal(_ file: URL, into folder: URL) async -> String {
    let error = await #expect(throws: UsageError.self) {
      try await Moving.import(settings(folder), from: file.path)
    }
    return error?.description ?? ""
  }

  @Test("A folder with something in it is refused before a line is read, and nobody is told to remove it")
  func leavesAFolderAsItIs() async throws {
    try await RunningServer.inFolder { folder in
      let store = try await Opening.storage(Self.settings(folder))
      try await LocalAccount.prepare(in: store)
      try await store.close()
      let file = folder.appending(path: "lines")
      try Data("no export\n".utf8).write(to: file)
      let said = await Self.refusal(file, into: folder)
      #expect(said.contains("is not empty") && !said.contains("remove"), "\(said)")
      let again = try await Opening.storage(Self.settings(folder))
      #expect(try await again.account(LocalAccount.account) != nil)
      try await again.close()
    }
  }

  @Test("Only a folder that took something in is of no use") func saysWhatBecameOfTheFolder() async throws {
    try await RunningServer.inFolder { folder in
      let source = LocalStore()
      try await LocalAccount.prepare(in: source)
      var lines: [UInt8] = []
      try await source.exportLines { lines += $0 }
      let (bad, whole) = (folder.appending(path: "bad"), folder.appending(path: "whole"))
      // A key that comes twice is refused when its account is there already.
      let records = String(decoding: lines, as: UTF8.self).split(separator: "\n")
      let user = try #require(records.first { $0.contains("owner@localhost") })
      try Data((records.dropLast() + [user, user, user]).joined(separator: "\n").utf8).write(to: bad)
      try Data(lines).write(to: whole)
      let (first, second) = (folder.appending(path: "first"), folder.appending(path: "second"))
      #expect(await Self.refusal(bad, into: first).contains("remove it"))
      try Data("no export\n".utf8).write(to: bad)
      #expect(await Self.refusal(bad, into: second).contains("nothing of it was taken in"))
      try await Moving.import(Self.settings(second), from: whole.path)
      #expect(await Self.refusal(bad, into: second).contains("is not empty"))
    }
  }

  @Test("Where there is no store none is made by an export") func exportsOnlyWhatIsThere() async throws {
    try await RunningServer.inFolder { folder in
      let none = folder.appending(path: "none")
      let error = await #expect(throws: UsageError.self) { try await Moving.export(Self.settings(none)) }
      #expect(error?.description.contains("there is no store") == true)
      #expect(!FileManager.default.fileExists(atPath: none.path))
    }
  }
}
