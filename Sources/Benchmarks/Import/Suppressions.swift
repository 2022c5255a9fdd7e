import CampaignKit
import Foundation

/// Taking a do-not-call list of a million numbers out of a file, into a store in memory, and writing it out again.
func measureSuppressions(_ context: Context) async throws {
  let count = context.scaled(1_000_000)
  let path = context.folder.fresh("do-not-call.csv")
  try writeNumbers(count, to: path)
  var imports = Samples()
  var exports = Samples()
  for _ in 0..<context.rounds(3) {
    let fixture = try await StoreFixture(LocalStore())
    imports.add(Double(count) / (try await seconds { try await importNumbers(count, from: path, into: fixture) }))
    exports.add(Double(count) / (try await seconds { try await exportNumbers(count, of: fixture) }))
  }
  let note = "\(count.grouped) numbers in order, a store in memory"
  context.report.add(
    Figure(name: "do-not-call numbers imported", value: imports.median, unit: "1/s", note: note))
  context.report.add(
    Figure(name: "do-not-call numbers exported", value: exports.median, unit: "1/s", note: note))
  try await measureMemory(count, path, context)
}

/// The memory that an import takes beside what the store keeps: the second import of the same file adds nothing.
private func measureMemory(_ count: Int, _ path: String, _ context: Context) async throws {
  let fixture = try await StoreFixture(LocalStore())
  try await importNumbers(count, from: path, into: fixture)
  let before = ResidentMemory.trimmed()
  let progress = ImportProgress()
  async let imported: Void = importNumbers(count, from: path, into: fixture, progress)
  var peak = before
  for await _ in progress { peak = max(peak, ResidentMemory.now()) }
  try await imported
  context.report.add(
    Figure(
      name: "memory of a do-not-call import above the store", value: Double(peak - before) / Double(1 << 20),
      unit: "MiB", target: .atMost(32), note: "resident, the most of all times at which progress was told"))
}

private func writeNumbers(_ count: Int, to path: String) throws {
  var text = "number\r\n"
  for index in 0..<count { text += "+1\(2_015_550_000 + index)\r\n" }
  try Data(text.utf8).write(to: URL(fileURLWithPath: path))
}

private func importNumbers(
  _ count: Int, from path: String, into fixture: StoreFixture, _ progress: ImportProgress? = nil
) async throws {
  let result = try await SuppressionImporter(fixture.store).run(.file(path), for: nil, reporting: progress)
  guard result.added == count else {
    throw Options.Failure(description: "Of \(count) numbers \(result.added) were taken in.")
  }
}

private func exportNumbers(_ count: Int, of fixture: StoreFixture) async throws {
  var lines = -1
  for try await piece in SuppressionExport(fixture.store, of: nil) { lines += piece.count { $0 == 10 } }
  guard lines == count else { throw Options.Failure(description: "Of \(count) numbers \(lines) were written.") }
}
