import CampaignKit
import Foundation

/// What leads and calls take on a disk: in the journal as they are written, and in a snapshot.
func measureSizes(_ context: Context) async throws {
  let leads = context.scaled(200_000)
  let calls = leads / 10
  let folder = context.folder.fresh("sizes")
  // The task that makes a change writes it, so that the journal has it when the change is made.
  let store = try LocalStore.file(at: folder, configuration: .quick(.caller))
  let fixture = try await StoreFixture(store)
  var source = LeadSource()
  let empty = store.condition.logBytes
  try await fixture.fill(leads, from: &source)
  let filled = store.condition.logBytes
  let leadsInSnapshot = try snapshotBytes(store, folder)

  let request = StoreFixture.request(try await fixture.start(), count: 100)
  let started = store.condition.logBytes
  for turn in 0..<calls / 100 {
    let now = try await store.now()
    for (index, call) in try await fixture.claim(request).enumerated() {
      let news: [CallNews] = [
        .placed(carrier: "carrier", reference: "C-\(turn * 100 + index)", at: now), .ringing(at: now),
        .answered(at: now, by: .human),
      ]
      for piece in news { _ = try await store.record(piece, of: call.call) }
      _ = try await store.finish(call.call, CallEnding(.answered, next: .complete))
    }
  }
  let called = store.condition.logBytes
  let all = try snapshotBytes(store, folder)
  try await store.close()

  let (person, life) = ("names, e-mail address, three fields", "claimed, placed, rung, answered, finished")
  let figures: [(name: String, bytes: Int, count: Int, note: String)] = [
    ("a lead and its contact in the journal", filled - empty, leads, person),
    ("a lead and its contact in a snapshot", leadsInSnapshot, leads, person),
    ("a call in the journal", called - started, calls / 100 * 100, life),
    ("a call in a snapshot", all - leadsInSnapshot, calls / 100 * 100, life),
  ]
  for figure in figures {
    context.report.add(
      Figure(
        name: figure.name, value: Double(figure.bytes) / Double(figure.count), unit: "bytes", note: figure.note))
  }
}

/// Writes a snapshot, and returns how large it is.
private func snapshotBytes(_ store: LocalStore, _ folder: String) throws -> Int {
  try store.snapshot()
  return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix("snapshot-") }
    .map { name in
      let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
      return (attributes[.size] as? NSNumber)?.intValue ?? 0
    }
    .reduce(0, +)
}
