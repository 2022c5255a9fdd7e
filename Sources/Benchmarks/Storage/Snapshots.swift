import CampaignKit
import Dispatch
import Synchronization

/// How long a snapshot of a million leads takes, and for how long it holds up a writer.
func measureSnapshot(_ context: Context) async throws {
  let count = context.scaled(1_000_000)
  let store = try LocalStore.file(at: context.folder.fresh("snapshot"), configuration: .quick())
  let fixture = try await StoreFixture(store)
  var source = LeadSource()
  _ = try await fixture.fill(count, from: &source)
  var leads: [Lead.ID] = []
  var random = SplitMix64(seed: 5)
  for _ in 0..<2000 {
    let ordinal = Int(random.next() % UInt64(count))
    if let lead = try await store.lead(ordinal: ordinal, of: fixture.campaign) { leads.append(lead.id) }
  }

  var times = Samples()
  var during = Samples()
  var idle = Samples()
  for _ in 0..<context.rounds(5) {
    idle = try await latencies(leads, store, atMost: 20_000, until: Flag())
    let isDone = Flag()
    async let taken = snapshot(store, isDone)
    for value in try await latencies(leads, store, atMost: .max, until: isDone).values { during.add(value) }
    times.add(try await taken)
  }
  context.report.add(
    Figure(
      name: "snapshot of \(count.grouped) leads", value: times.median, unit: "ms",
      note: "while one writer goes on; spread \((times.spread * 100).short) %"))
  context.report.add(
    Figure(
      name: "small write during a snapshot, p99", value: during.quantile(0.99), unit: "us",
      limit: idle.quantile(0.99), note: "without a snapshot; \(during.values.count) writes, durability none"))
  context.report.add(
    Figure(
      name: "small write during a snapshot, longest", value: during.largest, unit: "us", limit: idle.largest,
      note: "without a snapshot"))
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

/// How long small changes to leads all over the table take, in microseconds.
private func latencies(
  _ leads: [Lead.ID], _ store: LocalStore, atMost: Int, until isDone: Flag
) async throws -> Samples {
  var samples = Samples()
  let moment = SystemTime().now() + .seconds(86_400)
  while samples.values.count < atMost, !isDone.isRaised {
    let lead = leads[samples.values.count % leads.count]
    samples.add(
      try await seconds { _ = try await store.reschedule(lead, at: moment, isCallback: false) } * 1e6)
  }
  return samples
}

private final class Flag: Sendable {
  private let value = Atomic(false)

  var isRaised: Bool { value.load(ordering: .relaxed) }

  func raise() { value.store(true, ordering: .relaxed) }
}
