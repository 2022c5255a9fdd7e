import CampaignKit

/// Leads added in bulk to a store in memory.
func measureInserts(_ context: Context) async throws {
  let count = context.scaled(1_000_000)
  var rates = Samples()
  var processor = Samples()
  for _ in 0..<context.rounds(5) {
    let fixture = try await StoreFixture(LocalStore())
    var source = LeadSource()
    let time = try await fixture.fill(count, from: &source)
    rates.add(Double(count) / time.wall)
    processor.add(Double(count) / time.processor)
  }
  context.report.add(
    Figure(
      name: "leads added in bulk", value: rates.median, unit: "1/s", target: .atLeast(1_000_000),
      note: "\(count.grouped) in batches of 10,000; by processor time \(processor.median.short); "
        + "spread \((rates.spread * 100).short) %"))
}

/// Claims and finishes in memory, with more and more leads.
func measureClaims(_ context: Context) async throws {
  for batch in [1, 100] {
    for hasPriorities in [false, true] {
      var medians: [Double] = []
      let order = hasPriorities ? "random priorities" : "in order"
      for size in [10_000, 100_000, 1_000_000].map(context.scaled) {
        let result = try await turnover(of: size, batch: batch, hasPriorities: hasPriorities, context)
        medians.append(result.value.median)
        context.report.add(
          Figure(
            name: "claim \(batch), finish, \(size.grouped) leads, \(order)", value: result.value.median, unit: "1/s",
            limit: result.limit.median, target: .atLeast(300_000),
            note: "pairs on one core; by processor time \(result.processor.median.short); bare heap behind a lock; "
              + spread((result.value, result.limit))))
      }
      context.report.add(
        Figure(
          name: "claim \(batch), \(order): best size to worst", value: (medians.max() ?? 0) / (medians.min() ?? 1),
          unit: "times", target: .atMost(2)))
    }
  }
}

/// The pairs of a claim and a finish in a second, in a store of so many leads.
private func turnover(
  of size: Int, batch: Int, hasPriorities: Bool, _ context: Context
) async throws -> (value: Samples, limit: Samples, processor: Samples) {
  let rounds = context.rounds(5)
  // A small campaign is used up in a few rounds, so each round has a new one.
  let pairs = min(size, context.scaled(100_000)) / 100 * 100
  let isRenewed = size < pairs * (rounds + 1)
  var fixture = try await StoreFixture(LocalStore())
  var lease = try await prepare(fixture, size, hasPriorities)
  var processor = Samples()
  let result = try await alternate(rounds: rounds) {
    if isRenewed {
      fixture = try await StoreFixture(LocalStore())
      lease = try await prepare(fixture, size, hasPriorities)
    }
    let request = StoreFixture.request(lease, count: batch)
    let ending = CallEnding(.answered, next: .complete)
    let time = try await seconds {
      let time = try await processorSeconds {
        for _ in 0..<pairs / batch {
          for call in try await fixture.claim(request) { _ = try await fixture.store.finish(call.call, ending) }
        }
      }
      processor.add(Double(pairs) / time)
    }
    return Double(pairs) / time
  } _: {
    await BareHeap.rate(entries: size, turns: pairs)
  }
  return (result.value, result.limit, processor)
}

private func prepare(_ fixture: StoreFixture, _ size: Int, _ hasPriorities: Bool) async throws -> CampaignLease {
  var source = LeadSource()
  source.hasPriorities = hasPriorities
  try await fixture.fill(size, from: &source)
  return try await fixture.start()
}

extension Int {
  /// With separators between thousands.
  var grouped: String { self < 1000 ? String(self) : Double(self).short }
}
