import Foundation
import Testing

@testable import CampaignServer

/// Uploads of processes that were killed.
@Suite struct AbandonedUploadTests {
  @Test func areRemovedUnlessSomebodyHasThem() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("uploads-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let names = ["upload-a.csv", "upload-b.csv", "other.csv", "upload-c.txt"]
    for name in names { #expect(FileManager.default.createFile(atPath: "\(folder)/\(name)", contents: Data([1]))) }
    let held = try #require(FileHandle(forUpdatingAtPath: "\(folder)/upload-b.csv"))
    #expect(flock(held.fileDescriptor, LOCK_EX | LOCK_NB) == 0)
    Upload.removeAbandoned(in: folder)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [
        "other.csv", "upload-b.csv", "upload-c.txt",
      ])
    try held.close()
    Upload.removeAbandoned(in: folder)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["other.csv", "upload-c.txt"])
  }
}
