import CampaignKit
import Dispatch
import Synchronization

/// How long a snapshot of a million leads takes, and for how long it holds up a writer.
func measureSnapshot(_ context: Context) async throws {
  let count = context.scaled(1_000_000)
  let store = try LocalStore.file(at: context.folder.fresh("snapshot"), configuration: .quick())
  let fixture = try await StoreFixture(store)
  var source = LeadSource()
  try await fixture.fill(count, from: &source)
  var leads: [Lead.ID] = []
  var random = SplitMix64(seed: 5)
  for _ in 0..<2000 {
    let ordinal = Int(random.next() % UInt64(count))
    if let lead = try await store.lead(ordinal: ordinal, of: fixture.campaign) { leads.append(lead.id) }
  }

  var times = Samples()
  var during = Latencies()
  var idle = Latencies()
  for _ in 0..<context.rounds(5) {
    try await idle.take(leads, store, atMost: 20_000, until: Flag())
    let isDone = Flag()
    async let taken = snapshot(store, isDone)
    try await during.take(leads, store, atMost: .max, until: isDone)
    times.add(try await taken)
  }
  context.report.add(
    Figure(
      name: "snapshot of \(count.grouped) leads", value: times.median, unit: "ms",
      note: "while one writer goes on; spread \((times.spread * 100).short) %"))
  context.report.add(
    Figure(
      name: "small write during a snapshot, p99", value: during.writes.quantile(0.99), unit: "us",
      limit: idle.writes.quantile(0.99),
      note: "without a snapshot; \(during.writes.values.count) writes, durability none"))
  context.report.add(
    Figure(
      name: "small write during a snapshot, longest", value: during.writes.largest, unit: "us",
      limit: idle.writes.largest, note: "without a snapshot"))
  context.report.add(
    Figure(
      name: "read during a snapshot, longest", value: during.reads.largest, unit: "us", limit: idle.reads.largest,
      note: "without a snapshot; what the store's lock holds up"))
  try await store.close()
}

/// Writes a snapshot on a thread of its own, since it blocks.
///
/// The store may refuse to begin while changes are on their way; then it is asked again.
private func snapshot(_ store: LocalStore, _ isDone: Flag) async throws -> Double {
  let result: Result<Double, any Error> = await withCheckedContinuation { continuation in
    DispatchQueue.global().async {
      continuation.resume(
        returning: Result {
          var start = ContinuousClock.now
          while true {
            do {
              try store.snapshot()
              return (ContinuousClock.now - start).seconds * 1e3
            } catch let error as StoreError where error.code == .conflict {
              start = ContinuousClock.now
            }
          }
        })
    }
  }
  isDone.raise()
  return try result.get()
}

/// How long small changes to leads all over the table take, and reads between them, in microseconds.
private struct Latencies {
  var writes = Samples()
  var reads = Samples()

  mutating func take(_ leads: [Lead.ID], _ store: LocalStore, atMost: Int, until isDone: Flag) async throws {
    let moment = SystemTime().now() + .seconds(86_400)
    var turn = 0
    while turn < atMost, !isDone.isRaised {
      let lead = leads[turn % leads.count]
      writes.add(try await seconds { _ = try await store.reschedule(lead, at: moment, isCallback: false) } * 1e6)
      reads.add(try await seconds { _ = try await store.lead(lead) } * 1e6)
      turn += 1
    }
  }
}

private final class Flag: Sendable {
  private let value = Atomic(false)

  var isRaised: Bool { value.load(ordering: .relaxed) }

  func raise() { value.store(true, ordering: .relaxed) }
}
