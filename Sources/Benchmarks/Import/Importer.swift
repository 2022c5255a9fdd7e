import CampaignKit
import Foundation
import Locks

/// Importing a file of a million leads, into a store in memory and into one on disk.
func measureImporter(_ context: Context) async throws {
  let file = try LeadFile(rows: context.scaled(1_000_000), at: context.folder.fresh("import.csv"))
  try await measureImport(of: file, "memory", target: 500_000, rounds: context.rounds(5), context) { LocalStore() }
  try await measureImport(of: file, "files, everyCommit", target: 350_000, rounds: context.rounds(5), context) {
    try LocalStore.file(at: context.folder.fresh("import-store"))
  }
  try await measureMemory(of: file, context)
}

private func measureImport(
  of file: LeadFile, _ place: String, target: Double, rounds: Int, _ context: Context,
  store: () throws -> LocalStore
) async throws {
  var rates = Samples()
  var processor = Samples()
  for _ in 0..<rounds {
    let fixture = try await StoreFixture(store())
    let time = try await seconds {
      processor.add(try await processorSeconds { try await fixture.importAll(of: file) })
    }
    rates.add(Double(file.rows) / time)
    try await fixture.store.close()
  }
  context.report.add(
    Figure(
      name: "rows imported, \(place)", value: rates.median, unit: "1/s", target: .atLeast(target),
      note: "\(file.rows.grouped) rows, \((Double(file.bytes) / 1e6).short) MB, read twice; "
        + "\((processor.median / Double(file.rows) * 1e6).short) us of processor time a row; "
        + "spread \((rates.spread * 100).short) %"))
}

/// The memory that an import takes beside what the store keeps: a dry run into nothing but a count of rows would not
/// do, so the same leads are there before, and the import finds only duplicates.
private func measureMemory(of file: LeadFile, _ context: Context) async throws {
  let fixture = try await StoreFixture(LocalStore())
  try await fixture.importAll(of: file)
  let before = ResidentMemory.trimmed()
  let peak = PeakMemory()
  var options = LeadImporter.Options()
  options.defaultRegion = "US"
  let result = try await LeadImporter(fixture.store, options: options)
    .run(.file(file.path), into: fixture.campaign, refusals: peak)
  guard result.tally.duplicates == file.rows else {
    throw Options.Failure(description: "Not all \(file.rows) rows were duplicates: \(result.tally).")
  }
  context.report.add(
    Figure(
      name: "memory of an import above the store", value: Double(peak.bytes - before) / Double(1 << 20), unit: "MiB",
      target: .atMost(32), note: "resident, the most of all times at which refused rows were told; all rows refused"))
}

/// Looks at the memory whenever rows are refused.
private final class PeakMemory: RefusedRowSink {
  private let most = Locked(0)

  var bytes: Int { most.withLock { $0 } }

  func take(_ rows: [RefusedRow], header: [String]) {
    most.withLock { $0 = max($0, ResidentMemory.now()) }
  }
}

extension StoreFixture {
  fileprivate func importAll(of file: LeadFile) async throws {
    let result = try await LeadImporter(store).run(.file(file.path), into: campaign)
    guard result.tally.inserted == file.rows else {
      throw Options.Failure(
        description: "Of \(file.rows) rows \(result.tally.inserted) were inserted: \(result.tally).")
    }
  }
}
