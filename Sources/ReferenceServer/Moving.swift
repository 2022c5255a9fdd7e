import CampaignKit
import Foundation

/// Takes what is kept out of a folder or a database, puts it into another, and checks it. The server must not be
/// running.
enum Moving {
  /// Writes everything as lines of JSON to standard output.
  static func export(_ settings: Settings) async throws {
    let folder = settings.dataFolder + "/store"
    guard settings.postgres != nil || FileManager.default.fileExists(atPath: folder) else {
      throw UsageError("there is no store in \(settings.dataFolder); name another folder with --data")
    }
    let store = try await Opening.storage(settings, isOnlyRead: true)
    let output = FileHandle.standardOutput
    let tally = try await store.exportLines { try output.write(contentsOf: Data($0)) }
    try await store.close()
    tell(
      "exported \(tally.accounts) accounts, \(tally.campaigns) campaigns, \(tally.leads) leads, \(tally.calls) calls")
  }

  /// Fills an empty folder from lines of JSON.
  static func `import`(_ settings: Settings, from path: String?) async throws {
    guard let path else { throw UsageError("import needs the name of a file; - stands for standard input") }
    guard let file = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path) else {
      throw UsageError("the file \(path) cannot be read")
    }
    let store = try await Opening.storage(settings)
    do {
      let tally = try await store.importLines(Pieces(file: file))
      try await store.close()
      tell(
        "imported \(tally.accounts) accounts, \(tally.campaigns) campaigns, \(tally.leads) leads, \(tally.calls) calls")
    } catch let error as StoreError where error.code == .notPermitted {
      try? await store.close()
      throw UsageError("\(settings.place) is not empty; name another with --data or --postgres")
    } catch {
      let rest = await isEmpty(store) ? "nothing of it was taken in" : "\(settings.place) is of no use now; remove it"
      try? await store.close()
      throw UsageError("\(path) cannot be imported, and \(rest): \(error)")
    }
  }

  /// Whether nothing but limits is kept.
  private static func isEmpty(_ store: any PortableStorage) async -> Bool {
    struct Something: Error {}
    do {
      try await store.export { record in
        guard case .limits = record else { throw Something() }
      }
      return true
    } catch {
      return false
    }
  }

  /// Sees whether the carriers have what they need, reads through the folder and tells what is in it.
  static func check(_ settings: Settings) throws -> String {
    try Carrying.check(settings)
    guard settings.postgres == nil else { throw UsageError("check looks at a folder; PostgreSQL checks itself") }
    let folder = settings.dataFolder + "/store"
    let check: JournalCheck
    do { check = try JournalLog(folder: folder).check() } catch { throw UsageError("\(error)") }
    var text = ""
    for file in check.files {
      text += "\(file.name): \(file.records) records, \(file.bytes) bytes"
      text += file.damage.map { ", damaged: \($0)\n" } ?? ", in order\n"
    }
    for repair in check.contents?.repairs ?? [] { text += "would be repaired when it is opened: \(repair)\n" }
    if let damage = check.damage { throw UsageError(text + "it cannot be opened: \(damage)") }
    return text + (check.isInOrder ? "everything is in order\n" : "it can be opened\n")
  }

  private static func tell(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  /// The bytes of a file, some at a time.
  private struct Pieces: AsyncSequence, AsyncIteratorProtocol {
    let file: FileHandle

    mutating func next() async throws -> [UInt8]? {
      guard let data = try file.read(upToCount: 1 << 20), !data.isEmpty else { return nil }
      return Array(data)
    }

    func makeAsyncIterator() -> Pieces { self }
  }
}
