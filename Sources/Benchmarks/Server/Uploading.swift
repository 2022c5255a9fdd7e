import CampaignKit
import Foundation
import Synchronization

/// A file of a million leads through HTTP into a store on disk, beside the library's own import of it.
func measureUpload(_ context: Context) async throws {
  let file = try LeadFile(rows: context.scaled(1_000_000), at: context.folder.fresh("upload.csv"))
  let uploads = context.folder.fresh("uploads")
  try FileManager.default.createDirectory(atPath: uploads, withIntermediateDirectories: true)
  let times = try await alternate(rounds: context.rounds(3)) {
    let fixture = try await StoreFixture(LocalStore.file(at: context.folder.fresh("upload-store")))
    let served = try await ServedCampaigns(fixture, dialer: SimulatedCarrier(), uploads: uploads)
    let time = try await seconds { try await upload(file, to: served) }
    guard try await fixture.store.leadCounts(of: fixture.campaign)?.total == file.rows else {
      throw Options.Failure(description: "Not all rows have become leads.")
    }
    await served.stop()
    try await fixture.store.close()
    return time
  } _: {
    let fixture = try await StoreFixture(LocalStore.file(at: context.folder.fresh("upload-store")))
    let importer = LeadImporter(fixture.store)
    let time = try await seconds { _ = try await importer.run(.file(file.path), into: fixture.campaign) }
    try await fixture.store.close()
    return time
  }
  context.report.add(
    Figure(
      name: "upload of \(file.rows.grouped) rows", value: times.value.median, unit: "s", limit: times.limit.median,
      target: .ratioAtMost(1.5),
      note: "the library's import; \((Double(file.bytes) / 1e6).short) MB by curl, files, everyCommit; \(spread(times))"
    ))
  try await measureMemory(of: file, uploads, context)
}

/// The memory that an upload takes beside what the store keeps: the same leads are there before, so that nothing is
/// kept of the second upload.
private func measureMemory(of file: LeadFile, _ uploads: String, _ context: Context) async throws {
  let fixture = try await StoreFixture(LocalStore())
  let served = try await ServedCampaigns(fixture, dialer: SimulatedCarrier(), uploads: uploads)
  try await upload(file, to: served)
  let before = ResidentMemory.trimmed()
  let peak = Atomic<Int>(before)
  let watch = Thread {
    while !Thread.current.isCancelled {
      peak.max(ResidentMemory.now(), ordering: .relaxed)
      usleep(5000)
    }
  }
  watch.start()
  try await upload(file, to: served)
  watch.cancel()
  context.report.add(
    Figure(
      name: "memory of an upload above the store",
      value: Double(peak.load(ordering: .relaxed) - before) / Double(1 << 20), unit: "MiB", target: .atMost(64),
      note: "resident, the most of all looks 5 ms apart; all \(file.rows.grouped) rows are refused as repeats"))
  await served.stop()
}

private func upload(_ file: LeadFile, to served: ServedCampaigns) async throws {
  let address = "http://127.0.0.1:\(served.port)/api/v1/campaigns/\(served.fixture.campaign)/leads/upload"
  let arguments = [
    "-sS", "-o", "/dev/null", "-w", "%{http_code}", "-H", served.proof, "-H", "Expect:", "-F",
    "file=@\(file.path);type=text/csv", address,
  ]
  // On a thread of its own: one that waits for curl would be missing to the import.
  let (status, output) = try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread { continuation.resume(with: Result { try run("/usr/bin/curl", arguments) }) }
  }
  guard status == 0, output.hasSuffix("200") else {
    throw Options.Failure(description: "The upload was answered with \(output).")
  }
}
