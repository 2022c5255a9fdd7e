import CampaignKit
import CampaignTesting
import Digests
import Foundation

/// Kills a process that imports a file again and again, and compares what is there in the end with an import that
/// was never cut off.
struct ImportSoak {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  let kills: Int
  let rows: Int
  let seed: UInt64
  /// The program to start: this one.
  let program: String

  /// What an import left behind.
  private struct Trace: Equatable {
    var tally: ImportBatch.Tally
    var leads: Int
    /// A sum over all that was in the file, lead by lead.
    var sum: UInt64
  }

  func run() async throws -> ImportBatch.Tally {
    var random = SeededGenerator(seed: seed)
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("import-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = folder + "/leads.csv"
    try writeFile(file, &random)

    let campaign = Campaign.ID(high: 7, low: 7)
    let clean = LocalStore.memory
    try await prepare(clean, campaign)
    _ = try await LeadImporter(clean).run(.file(file), into: campaign)
    let expected = try await trace(of: clean, campaign)
    guard expected.leads > rows / 2 else {
      throw Failure(description: "seed \(seed): only \(expected.leads) of \(rows) rows are leads, which shows nothing")
    }

    let store = try LocalStore.file(at: folder + "/store")
    try await prepare(store, campaign)
    try await store.close()
    // The moments are told in rows, so that a slow machine gets as far as a quick one, and a little time after that.
    let moments = (0..<kills).map { _ in Int.random(in: 0..<rows, using: &random) }.sorted()
    for moment in moments {
      try live(folder + "/store", file, campaign, until: moment, UInt32.random(in: 0..<5000, using: &random))
    }
    try live(folder + "/store", file, campaign, until: nil, 0)
    let found = try LocalStore.file(at: folder + "/store")
    let trace = try await trace(of: found, campaign)
    try await found.close()
    guard trace == expected else {
      throw Failure(description: "seed \(seed): found \(trace), expected \(expected)")
    }
    return trace.tally
  }

  private func prepare(_ store: LocalStore, _ campaign: Campaign.ID) async throws {
    let now = try await store.now()
    let account = Account.ID(high: 7, low: 7)
    try await store.insert(Account(id: account, name: "Simulation", createdAt: now))
    _ = try await store.insert(Campaign(id: campaign, account: account, name: "Simulation", createdAt: now))
  }

  /// Some rows repeat a number, some have none, and some are marked.
  private func writeFile(_ path: String, _ random: inout SeededGenerator) throws {
    guard FileManager.default.createFile(atPath: path, contents: nil), let file = FileHandle(forWritingAtPath: path)
    else { throw Failure(description: "there is no room for \(path)") }
    var writer = CSVWriter()
    writer.write(["phone", "first_name", "email", "plan", "notes", "do_not_call"])
    for row in 0..<rows {
      // Mobile numbers of India, of which there are enough in a row.
      let number = 919_800_000_000 + (Int.random(in: 0..<50, using: &random) == 0 ? row / 2 : row)
      let phone = Int.random(in: 0..<100, using: &random) == 0 ? "none" : "+\(number)"
      let notes = row % 20 == 0 ? "says \"maybe\",\nafter six" : ""
      let isMarked = Int.random(in: 0..<200, using: &random) == 0
      writer.write([phone, "Name \(row)", "person.\(row)@example.com", "gold", notes, isMarked ? "yes" : ""])
      if row % 10_000 == 0 { try file.write(contentsOf: Data(writer.take())) }
    }
    try file.write(contentsOf: Data(writer.take()))
    try file.close()
  }

  private func trace(of store: LocalStore, _ campaign: Campaign.ID) async throws -> Trace {
    let batches = try await store.importBatches(of: campaign)
    guard batches.count == 1, let batch = batches.first, batch.status == .completed else {
      throw Failure(description: "seed \(seed): the import is not one that is complete: \(batches.map(\.status))")
    }
    var trace = Trace(tally: batch.tally, leads: 0, sum: 0)
    var checksum = Checksum64()
    var page = PageRequest(limit: 1000)
    while true {
      let part = try await store.leads(LeadQuery(.campaign(campaign)), page: page)
      trace.leads += part.elements.count
      for lead in part.elements {
        let text =
          "\(lead.ordinal) \(lead.number) \(lead.person.firstName ?? "") \(lead.person.email ?? "") "
          + "\(lead.notes ?? "") \(lead.fields) \(lead.status)\n"
        checksum.update(Array(text.utf8))
      }
      guard let next = part.next else { break }
      page.start = .cursor(next)
    }
    trace.sum = checksum.finish()
    return trace
  }

  /// Lets a child import until it has told of so many rows, and then kills it; or until its end.
  private func live(
    _ folder: String, _ file: String, _ campaign: Campaign.ID, until rows: Int?, _ delay: UInt32
  ) throws {
    let child = Process()
    child.executableURL = URL(fileURLWithPath: program)
    child.arguments = ["import-child", folder, file, campaign.description]
    let pipe = Pipe()
    child.standardOutput = pipe
    try child.run()
    var carry: [UInt8] = []
    var isKilled = false
    while let data = try pipe.fileHandleForReading.read(upToCount: 1 << 12), !data.isEmpty {
      carry += data
      while let end = carry.firstIndex(of: UInt8(ascii: "\n")) {
        let told = Int(String(decoding: carry[..<end], as: UTF8.self)) ?? 0
        carry.removeSubrange(...end)
        if let rows, told >= rows, !isKilled {
          usleep(delay)
          kill(child.processIdentifier, SIGKILL)
          isKilled = true
        }
      }
    }
    child.waitUntilExit()
    let wasKilled = child.terminationReason == .uncaughtSignal && child.terminationStatus == SIGKILL
    // A kill that comes when all is done changes nothing.
    guard wasKilled == isKilled || child.terminationStatus == 0 else {
      throw Failure(description: "seed \(seed): the child ended by itself, with status \(child.terminationStatus)")
    }
  }
}
