import CampaignKit

/// Calls from the claim to the end, with a carrier that takes no time and a store in memory.
func measureThroughput(_ context: Context) async throws {
  let count = context.scaled(1_000_000)
  let run = try await EngineRun(LocalStore(), leads: count, concurrency: 1000)
  let times = try await run.finish(marks: 10)
  let slowdown = times.rates.last.map { last in (times.rates.first ?? last) / last } ?? 1
  context.report.add(
    Figure(
      name: "calls end to end, in memory", value: Double(count) / times.total, unit: "1/s", target: .atLeast(60_000),
      note:
        "\(count.grouped) leads; claimed, placed, three events, finished, counted; 1,000 at once; by processor time "
        + (Double(count) / times.processor).short))
  context.report.add(
    Figure(
      name: "the first tenth to the last", value: slowdown, unit: "times", target: .atMost(1.1),
      note: "tenths at " + times.rates.map { $0.short }.joined(separator: ", ")))
}

/// The same with a store in files, which makes every step durable.
func measureDurableThroughput(_ context: Context) async throws {
  let count = context.scaled(200_000)
  let store = try LocalStore.file(at: context.folder.fresh("engine"))
  let run = try await EngineRun(store, leads: count, concurrency: 1000)
  let times = try await run.finish(marks: 4)
  try await store.close()
  context.report.add(
    Figure(
      name: "calls end to end, every step durable", value: Double(count) / times.total, unit: "1/s",
      target: .atLeast(20_000),
      note: "\(count.grouped) leads; 1,000 at once; tenths at "
        + times.rates.map { $0.short }.joined(separator: ", ")))
}

/// A campaign that an engine calls through.
struct EngineRun {
  let fixture: StoreFixture
  let engine: CampaignEngine
  let count: Int

  init(_ store: LocalStore, leads count: Int, concurrency: Int) async throws {
    self.count = count
    fixture = try await StoreFixture(store)
    var source = LeadSource()
    try await fixture.fill(count, from: &source)
    try await fixture.callAll(atMost: concurrency)
    var mix = CarrierMix.instant
    mix.shares = CarrierMix.Shares(human: 1, machine: 0, screening: 0, noAnswer: 0, busy: 0, rejected: 0, failed: 0)
    var carrier = SimulatedCarrier.Configuration(mix: mix)
    carrier.forcesOutcomes = false
    carrier.remembered = 1000
    engine = CampaignEngine(storage: store, dialer: SimulatedCarrier(carrier))
  }

  /// Runs it to its end; the rates are those of equal parts.
  func finish(marks: Int) async throws -> (total: Double, processor: Double, rates: [Double]) {
    var rates: [Double] = []
    var total = 0.0
    let processor = try await processorSeconds {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { [engine] in try await engine.run() }
        _ = try await engine.start(fixture.campaign)
        for mark in 1...marks {
          let time = try await seconds {
            while let open = try await fixture.store.leadCounts(of: fixture.campaign)?.open,
              open > count - count / marks * mark
            { try await Task.sleep(for: .milliseconds(2)) }
          }
          total += time
          rates.append(Double(count / marks) / time)
        }
        engine.stop()
        try await group.waitForAll()
      }
    }
    return (total, processor, rates)
  }
}
